// Texts that are made to be expensive simply finish; the time limit of the whole run is the measure.

import Markdown
import Testing

@Suite("Blocks without limits")
struct BlockLimitTests {
  @Test("Quotes and lists deeper than 32 are flattened")
  func depth() {
    let quotes = MarkdownDocument.read(Array((String(repeating: ">", count: 50_000) + " a").utf8))
    #expect(quotes.containers.count == 32)
    #expect(quotes.blocks.map(\.kind) == [.paragraph])
    let items = MarkdownDocument.read(Array((String(repeating: "- ", count: 50_000) + "a").utf8))
    #expect(items.containers.count == 64)
    let lines = (0..<2_000).map { String(repeating: " ", count: $0 * 2) + "- a\n" }.joined()
    #expect(MarkdownDocument.read(Array(lines.utf8)).containers.count <= 32 + 2_000)
  }

  @Test("A hundred thousand items are one list")
  func longList() {
    var document = MarkdownDocument()
    var bytes: [UInt8] = []
    bytes.reserveCapacity(1_000_000)
    for number in 1...100_000 {
      bytes += Array("\(number). a\n".utf8)
      if number % 100 == 0 { document.extend(to: bytes, isOpen: true) }
    }
    document.extend(to: bytes, isOpen: false)
    #expect(document.containers.count == 100_001)
    #expect(document.containers.last?.kind == .item(number: 100_000, task: nil))
  }

  @Test(
    "A line of 200,000 bytes that grows byte by byte finishes, whatever it is made of",
    arguments: [
      "word ", "-", "- ", "=", "#", "# a", "#  #", "*", "`", "~", ">", "|", "| a ", "|-", ":-|", " ", "\t", "a   ", "1",
      "<a b='", "<!-- a", "<pre", "[a", "[a]: ", "$$a ", "\\[ \\", "- [ ] ", "1. ", "[^a",
    ])
  func growingLine(_ part: String) {
    grow(beginning: "", part)
  }

  @Test(
    "A line of 200,000 bytes grows in any block",
    arguments: [
      "```\n": "`", "```\na\n": "a ", "text\n": "=", "text \n": "- ", "| a | b |\n": "|-", "| a |\n|-|\n": "| b ",
      "$$\n": "$ ", "<!--\n": "--", "<pre>\n": "</pre", "    a\n": "  ", "[a]: b\n": "'c", "- a\n": "  ", "#": " ",
      "# a": " ", "```": " a", "<a ": "b", "[a]:\n": "b",
    ])
  func growingLineInBlock(_ beginning: String, _ part: String) {
    grow(beginning: beginning, part)
  }

  @Test(
    "A hundred thousand lines grow line by line",
    arguments: [
      "word\n", "- a\n", "> a\n", "[a]: b\n", "[a]: b 'c\n", "    a\n", "\n", "| a |\n", "* \n", "a\n\n", "<b>\n",
    ])
  func growingLines(_ part: String) {
    var document = MarkdownDocument()
    let bytes = Array(String(repeating: part, count: 100_000).utf8)
    for end in stride(from: part.utf8.count, through: bytes.count, by: part.utf8.count) {
      document.extend(to: bytes, upTo: end, isOpen: true)
    }
    document.extend(to: bytes, isOpen: false)
    #expect(document == .read(bytes))
  }

  private func grow(beginning: String, _ part: String) {
    let count = 200_000
    let bytes = Array((beginning + String(repeating: part, count: count / part.utf8.count)).utf8)
    var document = MarkdownDocument()
    for end in 1...bytes.count { document.extend(to: bytes, upTo: end, isOpen: true) }
    document.extend(to: bytes, isOpen: false)
    #expect(document == .read(bytes))
  }
}
