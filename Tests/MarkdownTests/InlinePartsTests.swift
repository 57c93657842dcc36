// Entities, and rows of tables.

import Markdown
import Testing

@Suite("Entities")
struct EntityTests {
  private func decode(_ text: String) -> String? {
    Array(text.utf8).withUnsafeBufferPointer { bytes in
      Entities.decode(at: 0, in: bytes).map { String(decoding: $0.text, as: UTF8.self) + " \($0.length)" }
    }
  }

  @Test(
    "Names and numbers are read as HTML has them",
    arguments: [
      ("&amp;x", "& 5"), ("&AElig;", "Æ 7"), ("&zwnj;", "\u{200C} 6"), ("&zscr;", "𝓏 6"), ("&acE;", "∾̳ 5"),
      ("&CounterClockwiseContourIntegral;", "∳ 33"), ("&sup1;", "¹ 6"), ("&sup;", "⊃ 5"), ("&frac12;", "½ 8"),
      ("&#65;", "A 5"), ("&#x1F642;", "🙂 9"), ("&#X41;", "A 6"), ("&#0;", "\u{FFFD} 4"), ("&#xD800;", "\u{FFFD} 8"),
      ("&#9999999;", "\u{FFFD} 10"),
    ])
  func read(_ text: String, _ expected: String) { #expect(decode(text) == expected) }

  @Test(
    "Others stay text, and none gives a control",
    arguments: [
      "&amp", "&amp ;", "&;", "&nosuchname;", "&#;", "&#x;", "&#12345678;", "&#x1234567;", "&#6a;", "&", "&a", "amp;",
      "&Tab;", "&NewLine;", "&lrm;", "&rlm;", "&#27;", "&#x7f;", "&#155;", "&#x202E;", "&#x2066;", "&#x61C;",
      "&CounterClockwiseContourIntegrals;", "&am;", "&ampa;",
    ])
  func stay(_ text: String) { #expect(decode(text) == nil) }
}

@Suite("Rows of tables")
struct TableRowTests {
  private func cells(_ row: String, count: Int) -> [String] {
    let bytes = Array(row.utf8)
    return bytes.withUnsafeBufferPointer { buffer in
      TableRow.cells(of: MarkdownLine(start: 0, end: bytes.count), in: buffer, count: count)
        .map { String(decoding: buffer[$0], as: UTF8.self) }
    }
  }

  @Test(
    "Pipes part cells unless a backslash stands before them",
    arguments: [
      ("| a | b |", ["a", "b", ""]), ("a|b|c", ["a", "b", "c"]), ("a|b|c|d", ["a", "b", "c"]), ("", ["", "", ""]),
      ("|", ["", "", ""]), ("||", ["", "", ""]), ("|a||b|", ["a", "", "b"]), ("a \\| b | c", ["a \\| b", "c", ""]),
      ("`a|b` | c", ["`a", "b`", "c"]), ("  | a |  ", ["a", "", ""]), ("a\\\\|b|c", ["a\\\\|b", "c", ""]),
    ])
  func cells(_ row: String, _ expected: [String]) { #expect(cells(row, count: 3) == expected) }

  @Test("No columns are no cells")
  func noCells() { #expect(cells("a|b", count: 0) == []) }

  @Test(
    "A backslashed pipe is a pipe, in code as well",
    arguments: [
      ("a \\| *b*", ["«a | »", "em«b»"]), ("`a\\|b`", ["code«a|b»"]), ("**a\\|b**\\|", ["strong«a|b»", "«|»"]),
      ("\\\\|", ["«|»"]), ("[a\\|b](c\\|d)", ["a«a|b» → c%7Cd ''"]),
    ])
  func text(_ cell: String, _ expected: [String]) {
    let bytes = Array(cell.utf8)
    let text = bytes.withUnsafeBufferPointer {
      TableRow.text(of: 0..<bytes.count, in: $0, definitions: LinkDefinitions(), isOpen: false)
    }
    #expect(text.runs.map(\.description) == expected)
    #expect(text.faults(source: bytes) == [])
  }
}
