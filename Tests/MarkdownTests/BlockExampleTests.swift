// The block structure is that of the specifications.

import Markdown
import Testing

@Suite("Blocks of the published examples")
struct BlockExampleTests {
  @Test("Every example of CommonMark has the blocks of the specification", arguments: CommonMarkExamples.commonMark)
  func commonMark(_ example: MarkdownExample) {
    check(example, except: [:])
  }

  @Test("Every example of GitHub's specification has its blocks", arguments: CommonMarkExamples.gitHub)
  func gitHub(_ example: MarkdownExample) {
    check(example, except: [653: "filtered tags are a matter of writing HTML"])
  }

  @Test("Every example of GitHub's extensions has its blocks", arguments: CommonMarkExamples.extensions)
  func extensions(_ example: MarkdownExample) {
    check(
      example,
      except: [
        20: "the page is not given", 22: "filtered tags are a matter of writing HTML",
        23: "footnotes stand where they are defined, not at the end",
      ])
  }

  private func check(_ example: MarkdownExample, except reasons: [Int: String]) {
    let bytes = Array(example.markdown.utf8)
    let difference = OutlineMatch.difference(BlockOutline(.read(bytes), bytes), example.html)
    // An exception that has become needless fails as well.
    #expect((difference == nil) == (reasons[example.example] == nil), "\(difference ?? "fits")\n\(example.markdown)")
  }
}

extension MarkdownDocument {
  /// A whole text.
  static func read(_ bytes: [UInt8], isOpen: Bool = false) -> MarkdownDocument {
    var document = MarkdownDocument()
    _ = document.extend(to: bytes, isOpen: isOpen)
    return document
  }

  /// One that ends at `end` of `bytes` and grew up to there.
  @discardableResult
  mutating func extend(to bytes: [UInt8], upTo end: Int? = nil, isOpen: Bool) -> Int {
    bytes.withUnsafeBufferPointer {
      extend(to: UnsafeBufferPointer(rebasing: $0[..<(end ?? bytes.count)]), isOpen: isOpen)
    }
  }
}
