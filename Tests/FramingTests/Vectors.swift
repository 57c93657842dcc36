// Finds and reads the published vectors, which stand beside the checkout and are never copied into it. Where they are
// absent the tests that need them are skipped, with a line that says so.

import Framing
import Glibc
import Testing

enum Vectors {
  static let published = Folder(environment("RIFFLE_VECTORS") ?? beside + "/vectors")
  static let wire = Folder(beside + "/wire/vectors")

  /// Why a test did not run.
  static let absence: Comment =
    "the published vectors are not beside the checkout; RIFFLE_VECTORS may name their folder"

  struct Folder: Sendable {
    let path: String

    init(_ path: String) { self.path = path }

    func has(_ file: String) -> Bool { access(path + "/" + file, R_OK) == 0 }

    /// The bytes of a file; empty if it cannot be read, which the tests' own counts then show.
    func bytes(_ file: String) -> [UInt8] {
      guard let handle = fopen(path + "/" + file, "rb") else { return [] }
      defer { fclose(handle) }
      var all: [UInt8] = []
      var piece = [UInt8](repeating: 0, count: 1 << 16)
      while true {
        let count = fread(&piece, 1, piece.count, handle)
        if count == 0 { return all }
        all.append(contentsOf: piece[..<count])
      }
    }

    func json(_ file: String) throws -> JSONValue { try JSONParser.parse(bytes(file)).get() }

    /// The lines of a file of tab-separated values, comments left out.
    func rows(_ file: String) -> [[String]] {
      bytes(file).split(separator: 0x0A).filter { $0.first != 0x23 }.map { line in
        line.split(separator: 0x09).map { String(decoding: $0, as: UTF8.self) }
      }
    }
  }

  private static let beside: String = {
    var parts = #filePath.split(separator: "/", omittingEmptySubsequences: false)
    parts.removeLast(4)
    return parts.joined(separator: "/") + "/shared"
  }()

  private static func environment(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }
}

/// The bytes that a base64 text stands for.
func base64(_ text: String) -> [UInt8] {
  let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
  var bytes: [UInt8] = []
  var bits: UInt32 = 0
  var count = 0
  for byte in text.utf8 {
    guard let value = alphabet.firstIndex(of: byte) else { continue }
    bits = bits << 6 | UInt32(value)
    count += 6
    if count >= 8 {
      count -= 8
      bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
    }
  }
  return bytes
}

/// The bytes that a hexadecimal text stands for.
func hexadecimal(_ text: String) -> [UInt8] {
  let digits = Array(text.utf8)
  return stride(from: 0, to: digits.count - 1, by: 2).map { index in
    UInt8(String(decoding: digits[index...index + 1], as: UTF8.self), radix: 16) ?? 0
  }
}
