// The rows of a paragraph or a heading.

import Display
import Markdown

/// Styled text in rows.
struct TextBody: Equatable, Sendable {
  private(set) var text: StyledText
  private(set) var rows: [TextRow] = []
  private let columns: Int
  /// The role of text without markup.
  private let base: ThemeRole

  /// A body without text.
  init(columns: Int, base: ThemeRole) {
    self.columns = max(1, columns)
    self.base = base
    text = StyledText()
  }

  /// A body that does not grow.
  init(_ text: StyledText, columns: Int) {
    self.columns = max(1, columns)
    base = .text
    self.text = text
    wrap(from: 0)
  }

  var hasUnresolvedReferences: Bool { text.hasUnresolvedReferences }

  /// Takes in what the block has become.
  mutating func extend(
    to part: UnsafeBufferPointer<UInt8>, lines: ArraySlice<MarkdownLine>, definitions: LinkDefinitions, isOpen: Bool
  ) {
    // A row is decided by what follows it as well: the one before the first that may change is wrapped again too.
    let kept = max(0, rows.row(holding: text.stableEnd) - 1)
    text.extend(to: part, lines: lines, definitions: definitions, isOpen: isOpen, base: base)
    wrap(from: kept)
  }

  private mutating func wrap(from row: Int) {
    var start = row < rows.count ? rows[row].start : 0
    rows.removeSubrange(min(row, rows.count)...)
    text.bytes.withUnsafeBufferPointer { buffer in
      while true {
        var end = start
        while end < buffer.count, buffer[end] != 0x0A { end += 1 }
        LineWrapper.wrap(bytes: buffer, range: start..<end, columns: columns, mode: .words, into: &rows)
        guard end < buffer.count else { break }
        start = end + 1
      }
    }
  }

  /// The byte of the part at which a row begins.
  func source(ofRow row: Int) -> Int { rows.indices.contains(row) ? text.source(of: rows[row].start) : 0 }

  /// The row that shows a byte of the part: the last one that begins at or before it.
  func row(holdingSource offset: Int) -> Int {
    var low = 0
    var high = rows.count
    while low < high {
      let middle = (low + high) / 2
      if source(ofRow: middle) <= offset { low = middle + 1 } else { high = middle }
    }
    return max(0, low - 1)
  }

  /// Appends the cells of a row.
  func append(row: Int, to cells: inout [Cell], glyphs: inout GlyphTable) {
    guard rows.indices.contains(row) else { return }
    let start = cells.count
    text.bytes.withUnsafeBufferPointer { buffer in
      for piece in text.pieces(of: rows[row].range) {
        Sanitizer.appendCells(
          of: buffer, range: piece.range, role: piece.run.role, attributes: piece.run.attributes, glyphs: &glyphs,
          startColumn: cells.count - start, into: &cells)
      }
    }
  }
}
