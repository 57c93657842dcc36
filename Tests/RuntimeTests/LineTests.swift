// Lines in and text out, over pipes.

import Glibc
import Platform
import Testing

@testable import Runtime

@Suite("Lines")
struct LineTests {
  /// The lines of some bytes, handed over in pieces of that size.
  private func lines(of text: [UInt8], in size: Int) throws -> [String] {
    let ends = try Ends()
    var reader = LineReader(ends.read)
    var lines: [String] = []
    var rest = text[...]
    while !rest.isEmpty {
      let piece = Array(rest.prefix(size))
      #expect(write(ends.write, piece, piece.count) == piece.count)
      rest = rest.dropFirst(size)
      #expect(reader.read() == .bytes)
      while let line = reader.next() { lines.append(line) }
    }
    ends.closeWrite()
    #expect(reader.read() == .end)
    while let line = reader.next() { lines.append(line) }
    #expect(reader.isAtEnd && !reader.wantsBytes)
    return lines
  }

  @Test(
    "However its bytes arrive, a text has the same lines, the last one without an end too",
    arguments: [1, 2, 3, 7, 999])
  func cuts(size: Int) throws {
    let text = Array("one\n\ntwo \r\nthree\rfour\nfünf \\\n".utf8) + [0xFF, 0x0A] + Array("six".utf8)
    #expect(
      try lines(of: text, in: size) == ["one", "", "two ", "three\rfour", "fünf \\", "\u{FFFD}", "six"])
  }

  @Test("Text that nobody reads yet waits, and is complete and without controls when it is read")
  func slowReader() throws {
    let pipe = try FileDescriptor.pipe()
    var writer = LineWriter(pipe.write.raw)
    let text = String(repeating: "word \u{1B}[31m\u{9B}2J\u{7}\n", count: 20_000)
    writer.add(outside: text)
    writer.flush()
    #expect(!writer.isEmpty && !writer.isBroken)
    var read: [UInt8] = []
    while !writer.isEmpty {
      _ = try pipe.read.read(into: &read, atMost: 65_536)
      writer.flush()
    }
    var entry = [PollEntry(pipe.read.raw, .readable)]
    while Poll.wait(&entry, nanoseconds: 0) > 0, entry[0].found.contains(.readable) {
      _ = try pipe.read.read(into: &read, atMost: 65_536)
    }
    let expected = String(repeating: "word ^[[31m<U+009B>2J^G\n", count: 20_000)
    #expect(String(decoding: read, as: UTF8.self) == expected)
  }

  @Test("A reader that went away is noticed")
  func closedReader() throws {
    SignalSource.ignore(SIGPIPE)
    let ends = try Ends()
    ends.closeRead()
    var writer = LineWriter(ends.write)
    writer.add(outside: "anybody?\n")
    writer.flush()
    #expect(writer.isBroken)
  }
}

/// A pipe whose ends are closed one by one.
private final class Ends {
  private(set) var read: Int32 = -1
  private(set) var write: Int32 = -1

  init() throws {
    var both: [Int32] = [-1, -1]
    guard pipe(&both) == 0 else { throw SystemError("pipe") }
    (read, write) = (both[0], both[1])
  }

  deinit {
    closeRead()
    closeWrite()
  }

  func closeRead() {
    if read >= 0 { close(read) }
    read = -1
  }

  func closeWrite() {
    if write >= 0 { close(write) }
    write = -1
  }
}
