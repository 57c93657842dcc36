// Which columns of `/stats` there are at a width, and how wide each is.

import Display
import Statistics

/// The columns of the view at a width.
struct StatsTable {
  /// A column of figures.
  struct Column: Equatable {
    var column: StatisticsColumn
    var width: Int
  }

  /// Texts of the groups, by row.
  let names: [[String]]
  let headings: [String]
  /// Widths of the texts of the groups.
  let nameWidths: [Int]
  let chosen: [Column]

  /// Before each row: the mark of the one that is selected.
  static let margin = 2

  /// The columns for what is loaded.
  init(_ stats: StatsState, columns: Int) {
    let table = stats.result?.table ?? StatisticsTable(grouping: stats.query.grouping)
    let isWhole = table.grouping.isEmpty
    let headings = isWhole ? [""] : table.grouping.map(\.rawValue)
    let limit = max(6, columns / 3)
    // Outside words stay words: only their width is asked for here.
    let names = stats.rows.map { row in
      isWhole ? ["all answers"] : row.key.map { Sanitizer.singleLine($0.text, maximumColumns: limit) }
    }
    let nameWidths = headings.indices.map { index in
      names.reduce(headings[index].utf8.count) { max($0, CharacterWidth.columns(of: $1[index])) }
    }
    (self.headings, self.names, self.nameWidths) = (headings, names, nameWidths)
    let room = columns - Self.margin - nameWidths.reduce(0) { $0 + $1 + StatisticsColumn.gap } + StatisticsColumn.gap
    func width(_ column: StatisticsColumn) -> Int {
      // The mark of the sorted column stands behind its heading.
      let heading = column.heading.utf8.count + (column == stats.sorting ? 1 : 0)
      return stats.rows.reduce(heading) { max($0, column.text($1).unicodeScalars.count) }
    }
    chosen = StatisticsColumn.fitting(StatisticsColumn.known(in: table), room: room, width: width).map {
      Column(column: $0, width: width($0))
    }
  }
}
