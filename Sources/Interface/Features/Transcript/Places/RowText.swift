// Between columns of a row and bytes of the text it shows: what selecting, clicking and marking matches need.

import Display

/// The text that one row shows, and where it begins.
struct RowText {
  /// A whole text; the row shows `range` of it.
  let bytes: UnsafeBufferPointer<UInt8>
  let range: Range<Int>
  /// The column, counted from the left edge of the text, at which it begins.
  let column: Int
  let tabWidth: Int
  /// Columns before this one are not of the text; 0 where there are none.
  var firstColumn = 0

  /// The columns that a range of the text takes in this row; `nil` if none.
  func columns(of part: Range<Int>) -> Range<Int>? {
    let shown = part.clamped(to: range)
    guard !shown.isEmpty else { return nil }
    let before = CharacterWidth.columns(of: bytes, range: range.lowerBound..<shown.lowerBound, tabWidth: tabWidth)
    let width = CharacterWidth.columns(of: bytes, range: shown, startColumn: before, tabWidth: tabWidth)
    let end = column + before + max(1, width)
    return end > firstColumn ? max(firstColumn, column + before)..<end : nil
  }

  /// The byte at a column: the start of the cluster that stands there, the end of the row behind it.
  func offset(at wanted: Int) -> Int {
    var offset = range.lowerBound
    var at = column
    while offset < range.upperBound {
      let end = min(range.upperBound, GraphemeClusters.end(ofClusterAt: offset, in: bytes, range: range))
      let width = CharacterWidth.columns(
        of: bytes, range: offset..<max(end, offset + 1), startColumn: at - column, tabWidth: tabWidth)
      if wanted < at + width { return offset }
      at += width
      offset = max(end, offset + 1)
    }
    return range.upperBound
  }

  /// The end of the cluster that begins at `offset`.
  func end(of offset: Int) -> Int {
    guard offset < range.upperBound else { return range.upperBound }
    return min(range.upperBound, max(offset + 1, GraphemeClusters.end(ofClusterAt: offset, in: bytes, range: range)))
  }

  /// The direction of the line that the row belongs to: that of its first strong character.
  var direction: TextDirection {
    var start = range.lowerBound
    // Far enough for any line that a person wrote.
    let limit = max(0, start - 4_096)
    while start > limit, bytes[start - 1] != 0x0A { start -= 1 }
    return BidiOrder.direction(of: bytes, range: start..<range.upperBound) ?? .leftToRight
  }

  /// Whether anything in the row may be written from right to left: no such character is below U+0590.
  private var mayNeedOrder: Bool { bytes[range.clamped(to: 0..<bytes.count)].contains { $0 >= 0xD6 } }

  /// The row's cells in the order in which they are seen, for terminals that do not order them; `nil` if that is theirs.
  func order(_ cells: [Cell], _ glyphs: GlyphTable) -> BidiOrder? {
    let direction = direction
    guard mayNeedOrder || direction == .rightToLeft else { return nil }
    return BidiOrder.order(cells, glyphs: glyphs, base: direction)
  }

  /// The column in logical order of what is seen at a column.
  func logicalColumn(of seen: Int) -> Int {
    guard seen >= column else { return seen }
    var cells: [Cell] = []
    var glyphs = GlyphTable()
    Sanitizer.appendCells(of: bytes, range: range, role: .text, glyphs: &glyphs, tabWidth: tabWidth, into: &cells)
    guard let order = order(cells, glyphs), order.logical.indices.contains(seen - column) else { return seen }
    return column + order.logical[seen - column]
  }
}
