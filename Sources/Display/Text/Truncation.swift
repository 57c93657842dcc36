// Shortening what does not fit. A cut shows as `…`, never splits a grapheme cluster, and never leaves half a wide cell.

/// Cuts rows and lines to a width.
package enum Truncation {
  /// What stands at the end of a text that was cut.
  package static let mark: Unicode.Scalar = "…"

  /// Cuts `row` to at most `columns` cells, the last of which then is `…` in the role of the cell it replaces.
  package static func truncate(_ row: inout [Cell], columns: Int) {
    guard row.count > max(0, columns) else { return }
    guard columns > 0 else {
      row.removeAll()
      return
    }
    var kept = columns - 1
    // The second half of a wide cell goes with the first.
    if row[kept].width == 0, kept > 0 { kept -= 1 }
    let replaced = row[kept]
    row.removeSubrange(kept...)
    row.append(Cell(mark, role: replaced.role, attributes: replaced.attributes))
  }

  /// How many bytes of a single line fit, leaving a column for `…` if not all do.
  static func fit(_ bytes: UnsafeBufferPointer<UInt8>, columns: Int) -> (end: Int, needsMark: Bool) {
    let scanner = TextUnitScanner(bytes: bytes, end: bytes.count)
    var counter = ColumnCounter(tabWidth: Sanitizer.tabWidth)
    var index = 0
    var fitting = 0
    while index < bytes.count {
      index = scanner.unit(at: index, into: &counter).end
      if counter.column > columns { return columns > 0 ? (fitting, true) : (0, false) }
      if counter.column <= columns - 1 { fitting = index }
    }
    return (index, false)
  }
}
