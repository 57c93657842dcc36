// The published examples of inline markup.

import Markdown
import Testing

@Suite("Inline examples", .disabled(if: InlineVectors.areMissing))
struct InlineExampleTests {
  /// Examples whose paragraphs are read otherwise here, by number, with the reason.
  static let exceptions: [String: [Int: String]] = [
    "commonmark-0.31.2": [
      12: "backslashed brackets around something are a formula",
      39: "no entity gives a line feed", 40: "no entity gives a tab",
      602: bareAddress, 608: bareAddress, 611: bareAddress, 612: bareAddress,
    ],
    "gfm-0.29": [
      308: "backslashed brackets around something are a formula",
      335: "no entity gives a line feed", 336: "no entity gives a tab",
      610: bareAddress, 616: bareAddress, 619: bareAddress, 620: bareAddress,
      645: "comments are those of CommonMark 0.31",
    ],
  ]

  private static let bareAddress = "GitHub's extension makes it a link"

  static let sections: Set<String> = [
    "Code spans", "Emphasis and strong emphasis", "Links", "Images", "Autolinks", "Raw HTML", "Hard line breaks",
    "Soft line breaks", "Textual content", "Backslash escapes", "Entity and numeric character references", "Inlines",
    "Precedence", "Strikethrough (extension)", "Autolinks (extension)",
  ]

  static func paragraphs(_ file: String) -> [InlineVectors.Example] {
    InlineVectors.examples(file).filter { example in
      sections.contains(example.section) && example.paragraph != nil && !example.markdown.contains("\n\n")
        && exceptions[file]?[example.example] == nil
    }
  }

  @Test("CommonMark's paragraphs have the runs of their HTML", arguments: paragraphs("commonmark-0.31.2"))
  func commonMark(example: InlineVectors.Example) throws {
    let html = try #require(example.paragraph)
    #expect(InlineText(Array(example.markdown.utf8)).runs == InlineHTML.runs(of: html, source: example.markdown))
  }

  @Test("GitHub's paragraphs have the runs of their HTML", arguments: paragraphs("gfm-0.29"))
  func gitHub(example: InlineVectors.Example) throws {
    let html = try #require(example.paragraph)
    #expect(InlineText(Array(example.markdown.utf8)).runs == InlineHTML.runs(of: html, source: example.markdown))
  }
}
