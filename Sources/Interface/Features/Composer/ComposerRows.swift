// The rows in which a text is shown at one width, found one by one around a place. Nothing is laid out that is not asked
// for, and nothing is kept: a megabyte costs what the screen shows of it.

import Display

/// One row of the composer on screen.
struct ComposerRow: Equatable {
  let line: Int
  /// The bytes of the line that belong to the row: up to the start of the next one, spaces that vanish at the break included.
  let range: Range<Int>
  /// The bytes that are drawn.
  let shown: Range<Int>
  /// Whether no further row of this line follows.
  let endsLine: Bool

  /// Whether a caret there stands in this row; at a break it stands in the row after.
  func contains(_ position: TextPosition) -> Bool {
    position.line == line && position.offset >= range.lowerBound
      && (position.offset < range.upperBound || (endsLine && position.offset == range.upperBound))
  }
}

/// Walks the rows of a text.
struct ComposerRows {
  /// Columns of the prompt and its space, and one at the right edge for a caret behind a full row.
  static let promptColumns = 2
  static let caretColumns = 1

  /// A line longer than `wholeBytes`, which is more than a screenful of 160×50, is wrapped in blocks of about `blockBytes`,
  /// so that a line without an end is not wrapped from its start for every key. Only there may a row be shorter than it
  /// could be, at the end of a block.
  static let wholeBytes = 8_192
  static let blockBytes = 2_048
  /// How far before the end of a block a space is looked for.
  private static let blockSlack = 256

  let buffer: TextBuffer
  /// Columns for text; at least one.
  let columns: Int
  private var block: (line: Int, range: Range<Int>, rows: [ComposerRow]) = (-1, 0..<0, [])

  /// Rows for an area of that many columns, prompt included.
  init(_ buffer: TextBuffer, areaColumns: Int) {
    self.buffer = buffer
    columns = max(1, areaColumns - Self.promptColumns - Self.caretColumns)
  }

  /// The row in which a caret at `position` stands.
  mutating func row(containing position: TextPosition) -> ComposerRow {
    lay(position)
    var low = 0
    var high = block.rows.count - 1
    while low < high {
      let middle = (low + high + 1) / 2
      if block.rows[middle].range.lowerBound <= position.offset { low = middle } else { high = middle - 1 }
    }
    return block.rows[low]
  }

  mutating func row(after row: ComposerRow) -> ComposerRow? {
    if !row.endsLine { return self.row(containing: TextPosition(line: row.line, offset: row.range.upperBound)) }
    guard row.line + 1 < buffer.lines.count else { return nil }
    return self.row(containing: TextPosition(line: row.line + 1, offset: 0))
  }

  mutating func row(before row: ComposerRow) -> ComposerRow? {
    if row.range.lowerBound > 0 {
      return self.row(containing: TextPosition(line: row.line, offset: row.range.lowerBound - 1))
    }
    guard row.line > 0 else { return nil }
    return self.row(containing: TextPosition(line: row.line - 1, offset: buffer.lines[row.line - 1].count))
  }

  /// The number of rows, counted no further than `limit`.
  mutating func count(upTo limit: Int) -> Int {
    var row = self.row(containing: .start)
    var count = 1
    while count < limit, let next = self.row(after: row) {
      row = next
      count += 1
    }
    return count
  }

  /// The column of a caret in its row. Behind a full row it is `columns`.
  func column(of position: TextPosition, in row: ComposerRow) -> Int {
    let end = min(position.offset, row.shown.upperBound)
    return min(columns, width(row.line, row.shown.lowerBound..<max(row.shown.lowerBound, end), from: 0))
  }

  /// The last place in a row that is not right of a column.
  func position(atColumn goal: Int, in row: ComposerRow) -> TextPosition {
    let line = buffer.lines[row.line]
    var offset = row.range.lowerBound
    var column = 0
    while offset < row.shown.upperBound {
      let next = ClusterBoundary.after(offset, in: line)
      if next >= row.range.upperBound, !row.endsLine { break }
      column += width(row.line, offset..<next, from: column)
      if column > goal { break }
      offset = next
    }
    return TextPosition(line: row.line, offset: offset)
  }

  /// The first row to show so that the caret is in sight, the text moves as little as possible, and no row stays empty
  /// that could show text.
  /// - Parameter anchor: any place in the row that was first before.
  mutating func top(near anchor: TextPosition, showing caret: TextPosition, rows: Int) -> ComposerRow {
    let caretRow = row(containing: buffer.aligned(caret))
    let anchorRow = row(containing: buffer.aligned(anchor))
    if (caretRow.line, caretRow.range.lowerBound) <= (anchorRow.line, anchorRow.range.lowerBound) {
      return filled(from: caretRow, rows: rows)
    }
    var last = anchorRow
    for _ in 1..<max(2, rows) where last != caretRow {
      guard rows > 1, let next = row(after: last) else { break }
      last = next
    }
    return last == caretRow ? filled(from: anchorRow, rows: rows) : back(from: caretRow, by: rows - 1)
  }

  /// `first`, or a row before it if the text ends before that many rows are full.
  private mutating func filled(from first: ComposerRow, rows: Int) -> ComposerRow {
    var last = first
    var count = 1
    while count < rows, let next = row(after: last) {
      last = next
      count += 1
    }
    return back(from: first, by: rows - count)
  }

  private mutating func back(from row: ComposerRow, by count: Int) -> ComposerRow {
    var row = row
    var left = count
    while left > 0, let previous = self.row(before: row) {
      row = previous
      left -= 1
    }
    return row
  }

  private func width(_ line: Int, _ range: Range<Int>, from column: Int) -> Int {
    buffer.lines[line].withUnsafeBufferPointer {
      CharacterWidth.columns(of: $0, range: range, startColumn: column)
    }
  }

  /// Lays out the block around a place, unless it is the one at hand.
  private mutating func lay(_ position: TextPosition) {
    let line = buffer.lines[position.line]
    if block.line == position.line, block.range.contains(position.offset) { return }
    if block.line == position.line, block.range.upperBound == line.count, position.offset == line.count { return }
    let range = Self.block(around: position.offset, in: line)
    var wrapped: [TextRow] = []
    line.withUnsafeBufferPointer { LineWrapper.wrap(bytes: $0, range: range, columns: columns, into: &wrapped) }
    var rows: [ComposerRow] = []
    rows.reserveCapacity(wrapped.count)
    for (index, row) in wrapped.enumerated() {
      let isLast = index + 1 == wrapped.count
      let next = isLast ? range.upperBound : wrapped[index + 1].start
      rows.append(
        ComposerRow(
          line: position.line, range: row.start..<next, shown: row.range,
          endsLine: isLast && range.upperBound == line.count))
    }
    block = (position.line, range, rows)
  }

  private static func block(around offset: Int, in line: [UInt8]) -> Range<Int> {
    guard line.count > wholeBytes else { return 0..<line.count }
    var number = offset / blockBytes
    while number > 0, blockStart(number, in: line) > offset { number -= 1 }
    while blockStart(number + 1, in: line) <= offset, blockStart(number + 1, in: line) < line.count { number += 1 }
    return blockStart(number, in: line)..<blockStart(number + 1, in: line)
  }

  private static func blockStart(_ number: Int, in line: [UInt8]) -> Int {
    let nominal = number * blockBytes
    if nominal <= 0 { return 0 }
    if nominal >= line.count { return line.count }
    for offset in stride(from: nominal, to: nominal - blockSlack, by: -1)
    where line[offset - 1] == 0x20 && line[offset] != 0x20 && line[offset] < 0x80 {
      return offset
    }
    return ClusterBoundary.atOrAfter(nominal, in: line)
  }
}
