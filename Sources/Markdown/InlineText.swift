// The inline structure of one block that grows.

/// The text of a paragraph, a heading or a table cell, with its markup read and taken away.
package struct InlineText: Equatable, Sendable {
  /// What is shown, in UTF-8 as it came: a soft line break is a space, a hard one LF.
  package private(set) var text: [UInt8] = []
  /// Covers `text` without gaps.
  package private(set) var spans: [InlineSpan] = []
  package private(set) var links: [InlineLink] = []
  /// The offset in `text` before which nothing changes however the lines grow.
  package private(set) var stableEnd = 0
  /// Whether something in brackets would be a link if its label were defined: read the block again when
  /// `LinkDefinitions.count` has risen.
  package private(set) var hasUnresolvedReferences = false

  /// An empty text.
  package init() {}

  /// Takes in what was appended to the block since the last call; all calls for one value are of the same block.
  ///
  /// - Parameter isOpen: whether more may come. Then emphasis, code and links that are not closed yet are taken as closed
  ///   at the end, and markup at the very end is left out.
  package mutating func extend(
    to bytes: UnsafeBufferPointer<UInt8>, lines: ArraySlice<MarkdownLine>, definitions: LinkDefinitions, isOpen: Bool
  ) {}
}

/// Rows of tables.
package enum TableRow {
  /// Where the cells of a row stand in `bytes`, without the pipes and the spaces around; exactly `count` of them, the
  /// missing ones empty.
  package static func cells(
    of line: MarkdownLine, in bytes: UnsafeBufferPointer<UInt8>, count: Int
  ) -> [Range<Int>] { [] }

  /// The content of a cell, in which `\|` is a pipe.
  package static func text(
    of cell: Range<Int>, in bytes: UnsafeBufferPointer<UInt8>, definitions: LinkDefinitions, isOpen: Bool
  ) -> InlineText { InlineText() }
}
