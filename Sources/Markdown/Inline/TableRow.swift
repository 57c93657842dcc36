// Rows of tables (GitHub Flavored Markdown 0.29, section 4.10).

/// Rows of tables.
package enum TableRow {
  /// Where the cells of a row stand in `bytes`, without the pipes and the spaces around; exactly `count` of them, the
  /// missing ones empty.
  package static func cells(
    of line: MarkdownLine, in bytes: UnsafeBufferPointer<UInt8>, count: Int
  ) -> [Range<Int>] {
    var cells: [Range<Int>] = []
    cells.reserveCapacity(max(count, 0))
    let row = trimmed(line.range.clamped(to: 0..<bytes.count), in: bytes)
    var start = row.lowerBound
    if start < row.upperBound, bytes[start] == 0x7C { start += 1 }
    var index = start
    while index < row.upperBound, cells.count < count {
      // A pipe is escaped by a backslash, whatever stands before that.
      if bytes[index] == 0x7C, index == start || bytes[index - 1] != 0x5C {
        cells.append(trimmed(start..<index, in: bytes))
        start = index + 1
      }
      index += 1
    }
    if start < row.upperBound, cells.count < count { cells.append(trimmed(start..<row.upperBound, in: bytes)) }
    while cells.count < count { cells.append(row.upperBound..<row.upperBound) }
    return cells
  }

  /// The content of a cell, in which `\|` is a pipe.
  package static func text(
    of cell: Range<Int>, in bytes: UnsafeBufferPointer<UInt8>, definitions: LinkDefinitions, isOpen: Bool
  ) -> InlineText {
    let cell = cell.clamped(to: 0..<bytes.count)
    var text = InlineText()
    text.extend(to: bytes, cell: cell, definitions: definitions, isOpen: isOpen) { index in
      bytes[index] == 0x5C && index + 1 < cell.upperBound && bytes[index + 1] == 0x7C
    }
    return text
  }

  private static func trimmed(_ range: Range<Int>, in bytes: UnsafeBufferPointer<UInt8>) -> Range<Int> {
    var (start, end) = (range.lowerBound, range.upperBound)
    while start < end, InlineBytes.isBlank(bytes[start]) { start += 1 }
    while end > start, InlineBytes.isBlank(bytes[end - 1]) { end -= 1 }
    return start..<end
  }
}
