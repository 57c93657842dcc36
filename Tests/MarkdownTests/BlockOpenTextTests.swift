// What the end of a text that still grows is read as.

import Markdown
import Testing

@Suite("The open end of a text")
struct BlockOpenTextTests {
  @Test(
    "A line that is nothing but markup so far is left out",
    arguments: [
      "-", "--", "---", "- ", "=", "#", "## ", "*", "**", "***", "_", "__", "+", "`", "``", "```", "~~~", ">", "> ",
      "> >",
      "|", "- **", "- - ", "> - ", "> ```", "$", "$$", "\\", "\\[", "   ", "\t",
    ])
  func markupIsLeftOut(_ markup: String) {
    #expect(outline("text\n\n" + markup) == "<p>text</p>\n")
    #expect(outline(markup) == "")
  }

  @Test(
    "Markup under a paragraph leaves it as it is",
    arguments: ["=", "===", "-", "---", "- ", "#", "```", "> ", "|", "**"])
  func paragraphIsKept(_ markup: String) {
    #expect(outline("text\n" + markup) == "<p>text</p>\n")
  }

  @Test(
    "A table is one from its first line on",
    arguments: ["| a", "| a |", "| a | b |", "| a | b |\n", "| a | b |\n|", "| a | b |\n|-", "| a | b |\n| --- |"])
  func tableIsATable(_ text: String) {
    let columns = text.contains("b") ? 2 : 1
    let document = MarkdownDocument.read(Array(text.utf8), isOpen: true)
    #expect(document.blocks.map(\.kind) == [.table(Array(repeating: .none, count: columns))])
    #expect(document.blocks.first?.lines.count == 1)
    #expect(document.blocks.first?.isOpen == true)
  }

  @Test("The row of delimiters gives a table its alignments as soon as it is complete")
  func delimitersAlign() {
    #expect(kinds("| a | b |\n| --: | :-: |") == [.table([.trailing, .center])])
  }

  @Test("Text under a row of pipes makes a paragraph of both")
  func noTable() {
    #expect(kinds("| a | b |\ntext") == [.paragraph])
  }

  @Test("Pipes that no row of delimiters followed are text once the text is closed or a blank line comes")
  func closedPipesAreText() {
    #expect(MarkdownDocument.read(Array("| a | b |".utf8)).blocks.map(\.kind) == [.paragraph])
    #expect(kinds("| a | b |\n\n") == [.paragraph])
  }

  @Test("The last line of a paragraph is a header while the row of delimiters comes")
  func headerUnderText() {
    #expect(
      outline("text\n| a | b |\n| --") == "<p>text</p>\n<table>\n<thead>\n<tr>\n<th>a</th>\n<th>b</th>\n</tr>\n"
        + "</thead>\n</table>\n")
    #expect(kinds("a | b\n--- |") == [.table([.none, .none])])
  }

  @Test("A row of pipes that has just begun is left out")
  func openRow() {
    #expect(outline("| a |\n|---|\n| b |\n|") == outline("| a |\n|---|\n| b |\n"))
    #expect(outline("| a |\n|---|\n| b") == outline("| a |\n|---|\n| b |\n"))
  }

  @Test("An open fence is code at once, and its closing fence never shows")
  func openFence() {
    #expect(outline("```swift") == "<pre><code class=\"language-swift\"></code></pre>\n")
    #expect(outline("```\nlet a") == "<pre><code>let a\n</code></pre>\n")
    for end in ["", "`", "``", "```", "``` "] {
      #expect(outline("```\nlet a\n" + end) == "<pre><code>let a\n</code></pre>\n")
    }
    #expect(outline("```\nlet a\n```b") == "<pre><code>let a\n```b\n</code></pre>\n")
  }

  @Test("The box of a task is left out until it has text")
  func taskBox() {
    for box in ["[", "[ ", "[x", "[x]", "[ ] "] {
      #expect(outline("- a\n- " + box) == "<ul>\n<li>a</li>\n<li></li>\n</ul>\n", "\(box)")
    }
    #expect(outline("- [x] a") == "<ul>\n<li>[x]a</li>\n</ul>\n")
    #expect(outline("- [a") == "<ul>\n<li>[a</li>\n</ul>\n")
  }

  @Test("A CR at the end waits for its LF")
  func carriageReturn() {
    var document = MarkdownDocument()
    let bytes = Array("a\r\nb".utf8)
    #expect(document.extend(to: bytes, upTo: 1, isOpen: true) == 0)
    #expect(document.extend(to: bytes, upTo: 2, isOpen: true) == 1)
    #expect(document.extend(to: bytes, upTo: 3, isOpen: true) == 1)
    #expect(document.extend(to: bytes, isOpen: true) == 0)
    #expect(BlockOutline(document, bytes).pieces == [.literal("<p>"), .text(Array("a\nb".utf8)), .literal("</p>\n")])
  }

  @Test("Only the last block is open, and none once the text is closed")
  func lastBlockIsOpen() {
    let text = Array("# a\n\nb\n\n- c\n- d".utf8)
    #expect(MarkdownDocument.read(text, isOpen: true).blocks.map(\.isOpen) == [false, false, false, true])
    #expect(MarkdownDocument.read(text).blocks.map(\.isOpen) == [false, false, false, false])
  }

  @Test("A list that becomes loose is new from its beginning")
  func looseList() {
    var document = MarkdownDocument()
    let bytes = Array("a\n\n- b\n- c\n\n- d".utf8)
    _ = document.extend(to: bytes, upTo: bytes.count - 3, isOpen: true)
    #expect(document.extend(to: bytes, isOpen: true) == 1)
  }

  private func outline(_ text: String) -> String {
    let bytes = Array(text.utf8)
    return BlockOutline(.read(bytes, isOpen: true), bytes).text
  }

  private func kinds(_ text: String) -> [MarkdownBlock.Kind] {
    MarkdownDocument.read(Array(text.utf8), isOpen: true).blocks.map(\.kind)
  }
}
