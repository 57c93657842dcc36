// Values and folders that the archive's tests share.

import Conversations
import Diagnostics
import Glibc

@testable import Persistence

/// A folder that is removed with its last reference.
final class TemporaryFolder: Sendable {
  let path: String

  init() {
    var template = Array("/tmp/riffle-archive-XXXXXX".utf8CString)
    path = template.withUnsafeMutableBufferPointer { buffer in
      buffer.baseAddress.flatMap { mkdtemp($0) }.map { String(cString: $0) } ?? "/tmp"
    }
  }

  deinit {
    if path != "/tmp" { removeTree(path) }
  }

  var database: String { path + "/riffle.db" }

  var names: [String] { listing(of: path) }
}

func listing(of path: String) -> [String] {
  guard let stream = opendir(path) else { return [] }
  defer { closedir(stream) }
  var names: [String] = []
  while let entry = readdir(stream) {
    let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
      String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
    if name != ".", name != ".." { names.append(name) }
  }
  return names.sorted()
}

private func removeTree(_ path: String) {
  for name in listing(of: path) {
    let entry = path + "/" + name
    if unlink(entry) != 0 { removeTree(entry) }
  }
  rmdir(path)
}

func readFile(_ path: String) -> [UInt8] {
  guard let file = fopen(path, "r") else { return [] }
  defer { fclose(file) }
  var bytes: [UInt8] = []
  var buffer = [UInt8](repeating: 0, count: 65536)
  while case let count = fread(&buffer, 1, buffer.count, file), count > 0 { bytes += buffer[..<count] }
  return bytes
}

func writeFile(_ path: String, _ bytes: [UInt8]) {
  guard let file = fopen(path, "w") else { return }
  fwrite(bytes, 1, bytes.count, file)
  fclose(file)
}

func permissions(_ path: String) -> UInt32 {
  var found = stat()
  return lstat(path, &found) == 0 ? found.st_mode & 0o7777 : 0
}

let sampleModel = ModelReference(provider: "lab", model: "tiny-1")

func conversation(_ name: String) -> ConversationID {
  guard let id = ConversationID(name) else { fatalError("\(name) is no name") }
  return id
}

func message(id number: UInt64) -> MessageID {
  MessageID(high: 0x0190_0000_0000_7000, low: 0x8000_0000_0000_0000 | number)
}

func record(_ name: String, title: String = "", updated: Int64 = 1000) -> ConversationRecord {
  ConversationRecord(
    summary: ConversationSummary(
      id: conversation(name), title: title, updated: Timestamp(milliseconds: updated), messageCount: 0,
      profileName: "default", model: sampleModel),
    profile: Profile(name: "default", model: sampleModel), leaf: nil, created: Timestamp(milliseconds: 1000))
}

func prompt(_ number: UInt64, after parent: UInt64? = nil, _ text: String = "Hello", at time: Int64 = 2000) -> Message {
  Message(
    id: message(id: number), parent: parent.map { message(id: $0) }, role: .user,
    created: Timestamp(milliseconds: time), parts: [.text(text)])
}

func answer(
  _ number: UInt64, after parent: UInt64?, _ text: String = "", status: MessageStatus = .complete(.stop)
) -> Message {
  Message(
    id: message(id: number), parent: parent.map { message(id: $0) }, role: .assistant,
    created: Timestamp(milliseconds: 3000), origin: sampleModel, parts: text.isEmpty ? [] : [.text(text)],
    status: status)
}

extension MessageWindow {
  var texts: [String] { messages.map(\.text) }
}
