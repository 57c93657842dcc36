// The published examples, from their text to what is set how.

import Markdown
import Testing

@Suite("Inline text of the published examples")
struct InlineExampleTests {
  private static let bareAddress = "GitHub's extension makes a link of it"
  private static let formula = "backslashed brackets around something are a formula"
  private static let comment = "comments are those of CommonMark 0.31"
  private static let control = "no entity gives a control"

  @Test("CommonMark's examples have the text of their HTML", arguments: CommonMarkExamples.commonMark)
  func commonMark(_ example: MarkdownExample) {
    check(
      example,
      except: [
        12: Self.formula, 39: Self.control, 40: Self.control, 602: Self.bareAddress, 608: Self.bareAddress,
        611: Self.bareAddress, 612: Self.bareAddress,
      ])
  }

  @Test("The examples of GitHub's specification have the text of their HTML", arguments: CommonMarkExamples.gitHub)
  func gitHub(_ example: MarkdownExample) {
    check(
      example,
      except: [
        308: Self.formula, 335: Self.control, 336: Self.control, 610: Self.bareAddress, 616: Self.bareAddress,
        619: Self.bareAddress, 620: Self.bareAddress, 645: Self.comment, 646: Self.comment,
        653: "filtered tags are a matter of writing HTML",
      ])
  }

  @Test("The examples of GitHub's extensions have the text of their HTML", arguments: CommonMarkExamples.extensions)
  func extensions(_ example: MarkdownExample) {
    check(
      example,
      except: [
        12: "a break takes the spaces beside it along", 20: "the page is not given",
        22: "filtered tags are a matter of writing HTML", 23: "footnotes keep their labels",
      ])
  }

  @Test("The texts of all examples are pieces of their source, whole and while they arrive")
  func sources() {
    for example in CommonMarkExamples.commonMark + CommonMarkExamples.extensions {
      let bytes = Array(example.markdown.utf8)
      var document = MarkdownDocument()
      for end in 0...bytes.count {
        let isOpen = end < bytes.count
        document.extend(to: bytes, upTo: end, isOpen: isOpen)
        let prefix = Array(bytes[..<end])
        let faults = document.inlineTexts(of: prefix, isOpen: isOpen).flatMap { $0.faults(source: prefix) }
        #expect(faults == [], "example \(example.example), \(end) bytes")
      }
    }
  }

  private func check(_ example: MarkdownExample, except reasons: [Int: String]) {
    let bytes = Array(example.markdown.utf8)
    let document = MarkdownDocument.read(bytes)
    let expected = BlockOutline(document, bytes).contents(of: example.html)
      .map { InlineHTML.runs(of: $0, source: example.markdown) }
    let found = document.inlineTexts(of: bytes).map(\.runs)
    // An exception that has become needless fails as well.
    if reasons[example.example] == nil { #expect(found == expected) } else { #expect(found != expected) }
  }
}

extension MarkdownDocument {
  /// The texts of all paragraphs, headings and cells, in their order.
  func inlineTexts(of bytes: [UInt8], isOpen: Bool = false) -> [InlineText] {
    bytes.withUnsafeBufferPointer { bytes in
      blocks.flatMap { block in
        let isOpen = isOpen && block.isOpen
        switch block.kind {
        case .paragraph, .heading:
          var text = InlineText()
          text.extend(to: bytes, lines: lines[block.lines], definitions: definitions, isOpen: isOpen)
          return [text]
        case .table(let alignments):
          return lines[block.lines].flatMap { row in
            TableRow.cells(of: row, in: bytes, count: alignments.count).map {
              TableRow.text(of: $0, in: bytes, definitions: definitions, isOpen: isOpen)
            }
          }
        case .code, .html, .rule, .math, .empty:
          return []
        }
      }
    }
  }
}

extension BlockOutline {
  /// What stands in the page where the outline has a text; as much as there is of it, if the page has other blocks.
  func contents(of html: String) -> [String] {
    let page = Array(OutlineMatch.normal(html).utf8)
    var position = 0
    var contents: [String] = []
    for (index, piece) in pieces.enumerated() {
      switch piece {
      case .literal(let text): position = min(position + text.utf8.count, page.count)
      case .text:
        var end = page.count
        if index + 1 < pieces.count, case .literal(let text) = pieces[index + 1] {
          end = OutlineMatch.find(Array(text.utf8), in: page, from: position) ?? page.count
        }
        contents.append(String(decoding: page[position..<end], as: UTF8.self))
        position = end
      }
    }
    return contents
  }
}
