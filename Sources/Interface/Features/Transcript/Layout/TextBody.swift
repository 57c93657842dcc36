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
    let before = text.stableEnd
    text.extend(to: part, lines: lines, definitions: definitions, isOpen: isOpen, base: base)
    wrap(from: text.stableEnd < before ? 0 : kept)
  }

  /// Takes in lines that are shown as they stand, without markup.
  mutating func extend(to part: UnsafeBufferPointer<UInt8>, plain lines: ArraySlice<MarkdownLine>) {
    let kept = max(0, rows.row(holding: text.stableEnd) - 1)
    let before = text.stableEnd
    text.extend(to: part, plain: lines, role: base)
    wrap(from: text.stableEnd < before ? 0 : kept)
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
  ///
  /// Rows of one run that stands for other bytes are told apart by counting them: no run has more rows than bytes.
  func source(ofRow row: Int) -> Int {
    guard rows.indices.contains(row) else { return 0 }
    let place = text.place(of: rows[row].start)
    return place.isVerbatim ? place.source : place.source + row - rows.row(holding: place.start)
  }

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
      var drawn = rows[row].start
      for piece in text.pieces(of: rows[row].range) {
        // Markup in the middle of a cluster does not part it: it was counted as one.
        let end = Self.clusterEnd(
          from: max(drawn, piece.range.lowerBound), piece.range.upperBound, rows[row].end, buffer)
        Sanitizer.appendCells(
          of: buffer, range: max(drawn, piece.range.lowerBound)..<max(drawn, end), role: piece.run.role,
          attributes: piece.run.attributes, glyphs: &glyphs, startColumn: cells.count - start, into: &cells)
        drawn = max(drawn, end)
      }
    }
  }

  /// The first boundary between clusters at or after `end`.
  private static func clusterEnd(from start: Int, _ end: Int, _ limit: Int, _ bytes: UnsafeBufferPointer<UInt8>) -> Int
  {
    // Below U+0300 nothing goes on with the character before it.
    guard end < limit, bytes[end] >= 0xCC else { return end }
    var boundary = start
    while boundary < end {
      boundary = GraphemeClusters.end(ofClusterAt: boundary, in: bytes, range: boundary..<limit)
    }
    return boundary
  }
}
