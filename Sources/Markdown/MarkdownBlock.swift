// What the block structure of a Markdown text is made of (CommonMark 0.31, sections 3 to 5, and GitHub's extensions).
// Leaves stand in one flat list, in the order of the text; the quotes and list items around them stand in another, and
// each leaf names the innermost one. Nothing here holds text: everything is a range of the bytes that were parsed.

/// The part of one line that belongs to a block: the markers of the containers around it are cut off.
package struct MarkdownLine: Equatable, Hashable, Sendable {
  private let startOffset: Int32
  private let endOffset: Int32
  /// Columns of spaces that stand before the content: what is left of a tab of which a container took a part.
  package let padding: UInt8

  /// The bytes `start ..< end`, without the line's ending. Values beyond 2³¹ are clamped.
  package init(start: Int, end: Int, padding: Int = 0) {
    startOffset = Int32(clamping: start)
    endOffset = Int32(clamping: end)
    self.padding = UInt8(clamping: padding)
  }

  package var start: Int { Int(startOffset) }
  package var end: Int { Int(endOffset) }
  package var range: Range<Int> { start..<max(start, end) }
}

/// A leaf of the block structure.
package struct MarkdownBlock: Equatable, Sendable {
  /// How a column of a table is set.
  package enum Alignment: Equatable, Sendable {
    case none, leading, center, trailing
  }

  /// What a leaf is.
  package enum Kind: Equatable, Sendable {
    /// Lines of text whose inline markup is still to be read.
    case paragraph
    /// Level 1 to 6; one line for `#`, one or more for an underlined heading.
    case heading(level: Int)
    /// The lines are the code itself, without fences. `info` is the info string as it stands in the text; empty for
    /// indented code.
    case code(info: Range<Int>, isFenced: Bool)
    /// An HTML block, which is shown as the text it is.
    case html
    /// A thematic break. No lines.
    case rule
    /// The first line is the header, the others are rows; the delimiter row is left out. One alignment for each column.
    case table([Alignment])
    /// Mathematics that stands by itself, between `$$` or `\[` and `\]`; the lines are the formula.
    case math
    /// A container with nothing in it, such as an empty list item. No lines.
    case empty
  }

  package var kind: Kind
  /// The innermost container, an index into `MarkdownDocument.containers`; −1 at the top.
  package var container: Int
  /// The block's lines, a range of `MarkdownDocument.lines`.
  package var lines: Range<Int>
  /// All bytes of the block, from the start of its content in its first line to the end of its last line, fences and
  /// underlines included. What *copy this block* takes.
  package var source: Range<Int>
  /// Whether a blank line stands before the block.
  package var isPrecededByBlank: Bool
  /// Whether lines to come may belong to it.
  package var isOpen: Bool
}

/// A quote, a list, a list item or a footnote.
package struct MarkdownContainer: Equatable, Sendable {
  /// What a container is.
  package enum Kind: Equatable, Sendable {
    case quote
    /// A list; `start` is the number of the first item of an ordered one. `isTight` may change until the list ends.
    case list(start: Int?, isTight: Bool)
    /// An item, with its number if the list is ordered: the first item's own, then counted up.
    case item(number: Int?, task: Task?)
    /// The definition of a footnote; the label as it stands between `[^` and `]`.
    case footnote(label: Range<Int>)
  }

  /// The box of a task list item.
  package enum Task: Equatable, Sendable {
    case open, done
  }

  package var kind: Kind
  /// The container around it; −1 at the top.
  package var parent: Int
  /// The first leaf inside.
  package var firstBlock: Int
}
