// Columns that stand below each other in a terminal, by the width that characters have there.

import Display

/// Lines of a table without a header, two blanks between the columns.
package enum TextTable {
  /// A text in a column.
  package struct Cell: Sendable {
    /// The edge of the column at which texts stand.
    package enum Side: Sendable { case left, right }

    let text: String
    let side: Side

    /// A text without controls and line breaks.
    package init(_ text: String, side: Side = .left) {
      self.text = text
      self.side = side
    }
  }

  /// One line for each row. The last column is not filled up, so that no line ends in blanks.
  package static func lines(_ rows: [[Cell]]) -> [String] {
    var widths: [Int] = []
    let measured = rows.map { row in row.map { ($0, CharacterWidth.columns(of: $0.text)) } }
    for row in measured {
      for (column, cell) in row.enumerated() {
        if column == widths.count { widths.append(0) }
        widths[column] = max(widths[column], cell.1)
      }
    }
    return measured.map { row in
      row.enumerated().map { column, cell in
        let blanks = String(repeating: " ", count: widths[column] - cell.1)
        switch cell.0.side {
        case .right: return blanks + cell.0.text
        case .left: return column + 1 == row.count ? cell.0.text : cell.0.text + blanks
        }
      }.joined(separator: "  ")
    }
  }
}
