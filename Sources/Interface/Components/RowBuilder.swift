// Puts one row together, piece by piece, never wider than it may be.

package import Display

/// Cells of one row, cut at a width.
package struct RowBuilder {
  package private(set) var cells: [Cell] = []
  private let columns: Int

  /// An empty row of at most that many columns.
  package init(columns: Int) { self.columns = max(0, columns) }

  package var remaining: Int { max(0, columns - cells.count) }

  /// Adds our own words: characters that are one column wide each, such as letters, digits and box drawing.
  package mutating func add(_ text: String, role: ThemeRole, attributes: TextAttributes = []) {
    for scalar in text.unicodeScalars {
      guard cells.count < columns else { return }
      cells.append(Cell(scalar, role: role, attributes: attributes))
    }
  }

  /// Adds words from outside, sanitised to one line and shortened with an ellipsis if they do not fit.
  package mutating func addOutside(
    _ text: String, role: ThemeRole, attributes: TextAttributes = [], glyphs: inout GlyphTable, atMost limit: Int = .max
  ) {
    guard remaining > 0 else { return }
    cells += Sanitizer.line(
      text, role: role, attributes: attributes, glyphs: &glyphs, maximumColumns: min(limit, remaining))
  }

  /// Adds cells, as many as fit.
  package mutating func add(_ more: some Collection<Cell>) {
    cells.append(contentsOf: more.prefix(remaining))
  }

  /// Fills up with blanks to `column`, or to the full width.
  package mutating func pad(to column: Int? = nil, role: ThemeRole) {
    let end = min(column ?? columns, columns)
    while cells.count < end { cells.append(.blank(role)) }
  }
}
