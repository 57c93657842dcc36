import Testing

@testable import Transport

@Suite("Header lines")
struct ResponseHeadParserTests {
  private func steps(_ lines: [String]) -> [ResponseHeadParser.Step] {
    var parser = ResponseHeadParser()
    return lines.map { line in Array((line + "\r\n").utf8).withUnsafeBytes { parser.push($0) } }
  }

  @Test(
    "The head of the answer is the last block",
    arguments: [
      (["HTTP/1.1 200 OK", "A: 1", ""], 200, "A: 1"),
      (["HTTP/2 204 ", "a:b", ""], 204, "a: b"),
      (["HTTP/1.1 100 Continue", "Old: 1", "", "HTTP/1.1 404 Not Found", "New: 2", ""], 404, "New: 2"),
      (["HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", ""], 101, "Upgrade: websocket"),
      (
        ["HTTP/1.1 200 OK", "Folded: a", "  b", "\tc", "Empty:", "Blank : x ", "junk", ""], 200,
        "Folded: a b c\nEmpty: \nBlank: x"
      ),
    ])
  func blocks(lines: [String], status: Int, headers: String) throws {
    guard case .complete(let found, let fields)? = steps(lines).last else {
      Issue.record("no head")
      return
    }
    #expect(found == status)
    #expect(fields.description == headers)
  }

  @Test(
    "Nothing is a head without a status", arguments: [["A: 1", ""], [""], ["HTTP/1.1 abc", ""], ["HTTP/", "", ""]])
  func noStatus(lines: [String]) {
    #expect(steps(lines).allSatisfy { $0 == .more })
  }

  @Test("Trailers and a second head are passed over")
  func trailers() {
    let steps = steps(["HTTP/1.1 200 OK", "", "X-Trailer: 1", "", "HTTP/1.1 500 No", ""])
    #expect(steps.dropFirst(2).allSatisfy { $0 == .more })
  }

  @Test("The limit counts every block")
  func limit() {
    let line = "X: " + String(repeating: "a", count: 65_000)
    let steps = steps(["HTTP/1.1 200 OK", line, line, line, line, line])
    #expect(steps == [.more, .more, .more, .more, .more, .tooLarge])
  }

  @Test("Bytes that are no UTF-8 are repaired, not refused")
  func invalidText() {
    var parser = ResponseHeadParser()
    let bytes: [UInt8] = Array("X: a".utf8) + [0xFF, 0xC3] + Array("\r\n".utf8)
    _ = Array("HTTP/1.1 200\r\n".utf8).withUnsafeBytes { parser.push($0) }
    _ = bytes.withUnsafeBytes { parser.push($0) }
    guard case .complete(_, let headers) = Array("\r\n".utf8).withUnsafeBytes({ parser.push($0) }) else {
      Issue.record("no head")
      return
    }
    #expect(headers["x"] == "a\u{FFFD}\u{FFFD}")
  }
}
