// The text beside the wire, in time: what had arrived with the selected row, what came with it, and what was still to come.

import Display
import Streaming

/// Draws the part of the text around the moment.
enum WireTextView {
  static func draw(
    _ wire: WireState, _ picture: WirePicture, in area: Rect, on surface: inout Surface, glyphs: inout GlyphTable
  ) {
    guard !area.isEmpty else { return }
    guard !picture.text.isEmpty else {
      let words = picture.textNote.isEmpty ? "No text has come." : picture.textNote
      var row = RowBuilder(columns: area.columns)
      row.addOutside(words, role: .dim, glyphs: &glyphs)
      surface.draw(row.cells, at: Point(x: area.minX, y: area.minY), in: area)
      return
    }
    let (start, end) = wire.textPoint
    var text = picture.text
    text.withUTF8 { bytes in
      let point = min(max(0, end), bytes.count)
      // The mark at the moment has a column.
      let columns = max(1, area.columns - 1)
      let (rows, current) = rows(around: point, of: bytes, columns: columns, rows: area.rows)
      // A third of what is seen is still to come, where there is so much.
      let first = max(0, min(current - area.rows * 2 / 3, rows.count - area.rows))
      for (offset, row) in rows.dropFirst(first).prefix(area.rows).enumerated() {
        let isCurrent = first + offset == current
        let cells = cells(of: row, in: bytes, from: min(start, point), to: point, isCurrent: isCurrent, glyphs: &glyphs)
        surface.draw(cells, at: Point(x: area.minX, y: area.minY + offset), in: area)
      }
    }
  }

  /// Rows enough to fill the area before and behind the point, and which of them holds it.
  private static func rows(
    around point: Int, of bytes: UnsafeBufferPointer<UInt8>, columns: Int, rows count: Int
  ) -> (rows: [TextRow], current: Int) {
    // At most four bytes for each column of what is seen; a line is begun at its beginning where that is near.
    let reach = columns * count * 4
    var start = max(0, point - reach)
    if start > 0 {
      start = bytes[start..<point].firstIndex(of: 0x0A).map { $0 + 1 } ?? start
      while start < point, bytes[start] & 0xC0 == 0x80 { start += 1 }
    }
    var rows: [TextRow] = []
    var current = 0
    var line = start
    while line <= bytes.count {
      let limit = min(bytes.count, line + reach)
      let feed = bytes[line..<limit].firstIndex(of: 0x0A)
      let known = rows.count
      LineWrapper.wrap(bytes: bytes, range: line..<(feed ?? limit), columns: columns, into: &rows)
      if feed == nil, limit < bytes.count, let last = rows.last, last.start > line {
        // The last row goes on behind what was looked at.
        rows.removeLast()
        line = last.start
      } else {
        line = (feed ?? limit) + 1
      }
      for index in known..<rows.count where rows[index].start <= point { current = index }
      if rows.count > current + count, line > point { break }
    }
    return (rows, current)
  }

  private static func cells(
    of row: TextRow, in bytes: UnsafeBufferPointer<UInt8>, from start: Int, to point: Int, isCurrent: Bool,
    glyphs: inout GlyphTable
  ) -> [Cell] {
    var cells: [Cell] = []
    let parts: [(Range<Int>, ThemeRole)] = [
      (0..<start, .text), (start..<point, .match), (point..<max(point, bytes.count), .dim),
    ]
    for (part, role) in parts {
      let range = part.clamped(to: row.range)
      if isCurrent, role == .dim { cells.append(Cell("▌", role: .streamingCursor)) }
      guard !range.isEmpty else { continue }
      Sanitizer.appendCells(
        of: bytes, range: range, role: role, glyphs: &glyphs, startColumn: cells.count, into: &cells)
    }
    return cells
  }
}
