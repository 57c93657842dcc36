// Places, order and limits of parsed documents.

import Diagnostics
import Testing

@testable import Configuration

/// A text whose name in reports is its beginning.
struct LongText: CustomTestStringConvertible, Sendable {
  let text: String
  init(_ text: String) { self.text = text }
  var testDescription: String { text.prefix(24).debugDescription }
}

struct TOMLDocumentTests {
  @Test("Keys and values know their line and column, and keep the order of the file")
  func places() {
    let document = TOMLDocument(parsing: "zebra = 1\n[b.a]\n  \"é\" = \"x\"\n  y = [true, 2]\n", file: "t.toml")
    let inner = TOMLTable([
      TOMLEntry(
        key: "é", at: TOMLPosition(line: 3, column: 3),
        value: TOMLValue(.string("x"), at: TOMLPosition(line: 3, column: 9))),
      TOMLEntry(
        key: "y", at: TOMLPosition(line: 4, column: 3),
        value: TOMLValue(
          .array([
            TOMLValue(.boolean(true), at: TOMLPosition(line: 4, column: 8)),
            TOMLValue(.integer(2), at: TOMLPosition(line: 4, column: 14)),
          ]), at: TOMLPosition(line: 4, column: 7))),
    ])
    #expect(document.problem == nil)
    #expect(document.root.entries.map(\.key) == ["zebra", "b"])
    #expect(document.root.entry("b")?.position == TOMLPosition(line: 2, column: 2))
    guard case .table(let b) = document.root["b"]?.content, case .table(let a) = b["a"]?.content else {
      Issue.record("no table b.a")
      return
    }
    #expect(a == inner)
  }

  @Test(
    "An error in the text has a place inside the text",
    arguments: [
      ("a = ", 1, 5), ("a = 1\nb", 2, 2), ("", 0, 0), ("a = \"x", 1, 7), ("a = 1\na = 2\n", 2, 5), ("[a]\n[a]\n", 2, 1),
    ])
  func errorPlaces(text: String, line: Int, column: Int) {
    let problem = TOMLDocument(parsing: text, file: "t.toml").problem
    #expect(problem?.location.map { [$0.line, $0.column] } == (line == 0 ? nil : [line, column]))
  }

  @Test(
    "Documents that nest too deep are refused before they cost stack",
    arguments: [
      LongText(Array(repeating: "a", count: 200_000).joined(separator: ".") + " = 1"),
      LongText("[" + Array(repeating: "a", count: 100).joined(separator: ".") + "]"),
      LongText("a = " + String(repeating: "[", count: 100_000)),
      LongText("a = " + String(repeating: "{a=", count: 100_000)),
      LongText(String(repeating: "a.", count: 40) + "a = { " + String(repeating: "b.", count: 40) + "b = 1 }"),
      LongText("[" + String(repeating: "a.", count: 40) + "a]\n" + String(repeating: "b.", count: 40) + "b = 1"),
      LongText("x = \"\"\"\"\"\"\"\"\n" + String(repeating: "a.", count: 90) + "a = 1"),
    ])
  func tooDeep(text: LongText) {
    #expect(TOMLDocument(parsing: text.text, file: "t.toml").problem?.message == "nested deeper than 64 levels")
  }

  @Test(
    "Dots in strings, comments, numbers and flat arrays do not count as depth",
    arguments: [
      LongText("a = \"" + String(repeating: "a.", count: 500) + "\""),
      LongText("a = '''\n" + String(repeating: "a.\\", count: 500) + "\n'''\nb = 1"),
      LongText("# " + String(repeating: "a.", count: 500)),
      LongText("a = [" + String(repeating: "1.5, ", count: 500) + "]"),
      LongText(
        String(repeating: "[a.b]\n[c]\n", count: 1) + "d = [\n"
          + String(repeating: "{ x.y = 1.5 }, # a.b.c\n", count: 300) + "]"),
      LongText("a = \"\\\"" + String(repeating: ".", count: 100) + "\""),
    ])
  func flat(text: LongText) {
    #expect(TOMLDocument(parsing: text.text, file: "t.toml").problem == nil)
  }

  @Test("Exactly 64 levels are allowed")
  func boundary() {
    let key = { (parts: Int) in Array(repeating: "a", count: parts).joined(separator: ".") + " = 1" }
    #expect(TOMLDocument(parsing: key(64), file: "t").problem == nil)
    #expect(TOMLDocument(parsing: key(65), file: "t").problem != nil)
  }

  @Test("More than a mebibyte is refused unread, and less is read")
  func size() {
    let line = Array("# padding\n".utf8)
    let large = Array(repeatElement(line, count: (1 << 20) / line.count + 1).joined())
    #expect(TOMLDocument(parsing: large, file: "t").problem?.message == "the file is larger than 1 MiB")
    #expect(TOMLDocument(parsing: large.dropLast(line.count), file: "t").problem == nil)
  }

  @Test("Bytes that are not UTF-8 are an error with a place")
  func invalidBytes() {
    let problem = TOMLDocument(parsing: [0x61, 0x3D, 0x22, 0xFF, 0xFE, 0x22], file: "t").problem
    #expect(problem?.location?.line == 1)
  }

  @Test("A string in a message is short, quoted, and without control characters")
  func described() {
    let value = TOMLValue(
      .string("a\"\u{1B}[31m\n" + String(repeating: "x", count: 100)), at: TOMLPosition(line: 1, column: 1))
    #expect(value.described == #"string "a\"\u{1b}[31m\n"# + String(repeating: "x", count: 32) + #"…""#)
  }
}
