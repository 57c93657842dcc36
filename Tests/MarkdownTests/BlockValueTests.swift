// What blocks and containers say beyond the structure of the specification's pages.

import Markdown
import Testing

@Suite("Blocks and their values")
struct BlockValueTests {
  @Test("A block's source reaches from its content to the end of its last line")
  func sources() {
    #expect(
      sources("# a #\n\n- b\n  c\n\n> d\n===\n\n```x\ne\n```\n\n| f |\n|---|\n| g |\n\n    h\n\n***") == [
        "# a #", "b\n  c", "d\n===", "```x\ne\n```", "| f |\n|---|\n| g |", "h", "***",
      ])
    #expect(sources("a\nb\n===\n$$\nx\n$$\n") == ["a\nb\n===", "$$\nx\n$$"])
    #expect(sources("[a]: b\nc\r\n| d |\r\n|-|\r\n") == ["c", "| d |\r\n|-|"])
  }

  @Test("Items count up from the number of the first")
  func numbers() {
    let document = MarkdownDocument.read(Array("7. a\n7. b\n\n1) c\n- [ ] d\n- [X] e".utf8))
    #expect(
      document.containers.map(\.kind) == [
        .list(start: 7, isTight: true), .item(number: 7, task: nil), .item(number: 8, task: nil),
        .list(start: 1, isTight: true), .item(number: 1, task: nil),
        .list(start: nil, isTight: true), .item(number: nil, task: .open), .item(number: nil, task: .done),
      ])
    #expect(document.containers.map(\.parent) == [-1, 0, 0, -1, 3, -1, 5, 5])
    #expect(document.containers.map(\.firstBlock) == [0, 0, 1, 2, 2, 3, 3, 4])
  }

  @Test("Containers without content hold an empty block")
  func emptyContainers() {
    let document = MarkdownDocument.read(Array(">\n\n-\n-\n  [a]: b\n\n[^c]:\n".utf8))
    #expect(document.blocks.map(\.kind) == [.empty, .empty, .empty, .empty])
    #expect(document.blocks.map(\.container) == [0, 2, 3, 4])
    #expect(document.containers.map(\.firstBlock) == [0, 1, 1, 2, 3])
  }

  @Test("Blocks know whether a blank line stands before them")
  func blankLines() {
    let document = MarkdownDocument.read(Array("# a\nb\n\nc\n- d\n\n- e\n> f\n>\n> g\n***\n".utf8))
    #expect(document.blocks.map(\.isPrecededByBlank) == [false, false, true, false, true, false, true, false])
  }

  @Test(
    "Mathematics stands between its delimiters where lines begin and end",
    arguments: [
      "$$x$$": "<math>x</math>\n", "text\n$$\nx\ny\n$$\ntext": "<p>text</p>\n<math>x\ny</math>\n<p>text</p>\n",
      "\\[ x \\]": "<math>x </math>\n", "\\[\nx\n\\]  ": "<math>x</math>\n", "$$ x\ny $$": "<math>x\ny </math>\n",
      "- a\n  $$\n  x\n  $$": "<ul>\n<li>a\n<math>x</math>\n</li>\n</ul>\n",
      "$$x$$ is text": "<p>$$x$$ is text</p>\n", "\\[text\\] and more": "<p>\\[text\\] and more</p>\n",
      "a\n\\[text": "<p>a\n\\[text</p>\n", "$$$": "<p>$$$</p>\n",
      "$$\nx\n\ntext": "<math>x</math>\n<p>text</p>\n", "$$\nx": "<math>x</math>\n",
    ])
  func mathematics(_ text: String, _ expected: String) {
    #expect(outline(text) == expected)
  }

  @Test("The definition of a footnote goes on in lines that are indented by four columns")
  func footnotes() {
    let text = """
      text
      [^1]: one
      lazy
      [^b c]: none
      [^2]:
          two

          > three

              four

      [^2]: five
      """
    #expect(
      outline(text) == "<p>text</p>\n<footnote 1>\n<p>one\nlazy\n[^b c]: none</p>\n</footnote>\n"
        + "<footnote 2>\n<p>two</p>\n<blockquote>\n<p>three</p>\n</blockquote>\n<pre><code>four\n</code></pre>\n"
        + "</footnote>\n<footnote 2>\n<p>five</p>\n</footnote>\n")
    let definitions = MarkdownDocument.read(Array(text.utf8)).definitions
    #expect(definitions.count == 2)
    #expect(footnote("1", definitions) && footnote("2", definitions) && !footnote("b c", definitions))
  }

  @Test(
    "Definitions are found by their label whatever its case and white space",
    arguments: [
      ("[a]: /u", "A", "/u", ""), ("[ A\n  b ]: /u", "a B", "/u", ""), ("[ẞ]: /u 't'", "SS", "/u", "t"),
      ("[ΑΓΩ]: /φου", "αγω", "/φου", ""), ("[a]: <b c> (d\ne)", "a", "b c", "d\ne"), ("[a]:\n/u\n'x'", "a", "/u", "x"),
      ("[a]: /u\n'x' y", "a", "/u", ""), ("[a]: \\*&#65;\\a 'b\\'c'", "a", "*A\\a", "b'c"), ("[a]: <>", "a", "", ""),
      ("[a]: /1\n[a]: /2", "a", "/1", ""), ("> [a]: /u\n> 'b\n> c'", "a", "/u", "b\nc"), ("[a\\]]: b", "a\\]", "b", ""),
    ])
  func definitions(_ text: String, _ label: String, _ destination: String, _ title: String) {
    let definitions = MarkdownDocument.read(Array(text.utf8)).definitions
    let bytes = Array(label.utf8)
    let link = bytes.withUnsafeBufferPointer { definitions.destination(of: $0) }
    #expect(link?.destination == destination)
    #expect(link?.title == title)
    #expect(definitions.count == 1)
  }

  @Test("Labels are of at most 999 characters")
  func longLabels() {
    for (count, expected) in [(999, 1), (1_000, 0)] {
      for letter in ["a", "ä"] {
        let text = "[" + String(repeating: letter, count: count) + "]: /u"
        #expect(MarkdownDocument.read(Array(text.utf8)).definitions.count == expected)
      }
    }
  }

  @Test("A row below a table goes on until a blank line or another block")
  func tableEnds() {
    let table = "| a |\n|---|\n"
    let page = "<table>\n<thead>\n<tr>\n<th>a</th>\n</tr>\n</thead>\n"
    let row = "<tbody>\n<tr>\n<td>b</td>\n</tr>\n</tbody>\n</table>\n"
    #expect(outline(table + "b\n\nc") == page + row + "<p>c</p>\n")
    #expect(outline(table + "b\n> c") == page + row + "<blockquote>\n<p>c</p>\n</blockquote>\n")
    #expect(
      outline("> " + table.dropLast().split(separator: "\n").joined(separator: "\n> ") + "\nb")
        == "<blockquote>\n" + page + "</table>\n</blockquote>\n<p>b</p>\n")
  }

  @Test("A delimiter row needs as many cells as the header and a pipe somewhere")
  func tableBegins() {
    for text in ["a\n:-", "a | b\n:-", "| a |\n|-|-|", "a\n:-:|:-:", "| a |\n|:|", "| a |\n|-||", "| a |\n    |-|"] {
      #expect(MarkdownDocument.read(Array(text.utf8)).blocks.map(\.kind) == [.paragraph], "\(text)")
    }
    for text in ["|a\n:-", "a|\n|-", "a\n|-|", "\\|\n-|", "| a \\| b |\n|  :-:  |\t"] {
      #expect(MarkdownDocument.read(Array(text.utf8)).blocks.first?.lines.count == 1, "\(text)")
    }
  }

  private func outline(_ text: String) -> String {
    let bytes = Array(text.utf8)
    return BlockOutline(.read(bytes), bytes).text
  }

  private func sources(_ text: String) -> [String] {
    let bytes = Array(text.utf8)
    return MarkdownDocument.read(bytes).blocks.map { String(decoding: bytes[$0.source], as: UTF8.self) }
  }

  private func footnote(_ label: String, _ definitions: LinkDefinitions) -> Bool {
    Array(label.utf8).withUnsafeBufferPointer { definitions.footnote($0) }
  }
}
