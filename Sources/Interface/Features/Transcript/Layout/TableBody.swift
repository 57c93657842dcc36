// The rows of a table. Columns are as wide as their cells where that fits, share the width and wrap where it does not,
// and where even that leaves no room for words each row is a short list of `name: value`. A column only ever grows, up to
// the width of the pane, so a table that streams settles, and a long one costs no more per row than a short one.

import Display
import Markdown

/// A table in rows.
struct TableBody: Equatable, Sendable {
  /// What one row of the screen shows.
  enum Row: Equatable {
    /// Row `line` of the table, 0 being the header, and which of its rows.
    case cells(line: Int, row: Int)
    /// The line below the header, or between rows that take several.
    case separator(line: Int)
  }

  /// A column that has to wrap and is narrower than this breaks words more often than not.
  private static let leastColumn = 10
  private static let separatorColumns = 3

  private(set) var alignments: [MarkdownBlock.Alignment]
  private(set) var widths: [Int] = []
  private(set) var rows: [Row] = []
  private let columns: Int
  /// The widest cell of each column among the rows that are complete, no more than the pane.
  private var natural: [Int] = []
  private var measured = 0
  /// Rows of the screen that are final, and how many rows of the table those are.
  private var finalRows = 0
  private var finalLines = 0
  private var isStacked = false
  private var hasSeparators = false

  init(alignments: [MarkdownBlock.Alignment], columns: Int) {
    self.alignments = alignments
    self.columns = max(1, columns)
    natural = Array(repeating: 0, count: alignments.count)
  }

  private var count: Int { alignments.count }

  /// Takes in what the block has become.
  mutating func extend(
    to part: UnsafeBufferPointer<UInt8>, lines: ArraySlice<MarkdownLine>,
    alignments newAlignments: [MarkdownBlock.Alignment],
    definitions: LinkDefinitions, isOpen: Bool
  ) {
    if newAlignments.count != alignments.count { self = TableBody(alignments: newAlignments, columns: columns) }
    alignments = newAlignments
    let lineCount = lines.count
    func line(_ index: Int) -> [StyledText] {
      cells(
        of: lines[lines.startIndex + index], isHeader: index == 0, part, definitions, isOpen && index == lineCount - 1)
    }
    if lineCount <= measured { self = TableBody(alignments: alignments, columns: columns) }
    while measured < lineCount - 1 {
      let cells = line(measured)
      if measured == 0 { nameWidths = cells.map(Self.width(of:)) }
      measure(cells, into: &natural)
      measured += 1
    }
    var wanted = natural
    if lineCount > 0 { measure(line(lineCount - 1), into: &wanted) }
    if arrange(wanted) {
      finalRows = 0
      finalLines = 0
    }
    rows.removeSubrange(min(finalRows, rows.count)...)
    var index = finalLines
    while index < lineCount {
      append(line(index), index: index)
      index += 1
      if index < lineCount {
        finalRows = rows.count
        finalLines = index
      }
    }
  }

  /// The styled cells of a line of the table.
  func cells(
    of line: MarkdownLine, isHeader: Bool, _ part: UnsafeBufferPointer<UInt8>, _ definitions: LinkDefinitions,
    _ isOpen: Bool
  ) -> [StyledText] {
    // So many bytes hold so many cells and no more, however many columns the header claims.
    let wanted = min(count, line.range.count + 1)
    var ranges = TableRow.cells(of: line, in: part, count: wanted + 1)
    // Cells beyond the last column have no place of their own; what is in them is not lost for that.
    if let extra = ranges.popLast(), let last = ranges.last, extra.lowerBound < line.end, wanted == count {
      var end = line.end
      while end > extra.lowerBound, part[end - 1] == 0x20 || part[end - 1] == 0x7C { end -= 1 }
      if end > extra.lowerBound { ranges[ranges.count - 1] = last.lowerBound..<end }
    }
    return ranges.map {
      StyledText(
        TableRow.text(of: $0, in: part, definitions: definitions, isOpen: isOpen), in: part,
        base: isHeader ? .tableHeader : .text)
    }
  }

  private func measure(_ cells: [StyledText], into widths: inout [Int]) {
    for (index, cell) in cells.enumerated() where index < widths.count {
      widths[index] = max(widths[index], min(columns, Self.width(of: cell)))
    }
  }

  /// The widest line of a cell.
  private static func width(of cell: StyledText) -> Int {
    cell.bytes.withUnsafeBufferPointer { bytes in
      var widest = 0
      var start = 0
      while start <= bytes.count {
        var end = start
        while end < bytes.count, bytes[end] != 0x0A { end += 1 }
        widest = max(widest, CharacterWidth.columns(of: bytes, range: start..<end))
        start = end + 1
      }
      return widest
    }
  }

  /// Shares the width among the columns.
  /// - Returns: whether anything is different from before.
  private mutating func arrange(_ wanted: [Int]) -> Bool {
    let before = (widths, isStacked, hasSeparators)
    let room = columns - Self.separatorColumns * (count - 1)
    let shared = Self.share(max(0, room), among: wanted)
    if wanted.reduce(0, +) <= room {
      (widths, isStacked, hasSeparators) = (wanted, false, false)
    } else if zip(shared, wanted).contains(where: { $0 < $1 && $0 < Self.leastColumn }) {
      (widths, isStacked, hasSeparators) = (wanted.map { min($0, columns) }, true, true)
    } else {
      (widths, isStacked, hasSeparators) = (shared, false, true)
    }
    return before != (widths, isStacked, hasSeparators)
  }

  /// Columns that need less than a fair share keep what they need; the others share the rest.
  private static func share(_ room: Int, among wanted: [Int]) -> [Int] {
    var widths = wanted
    var open = Set(wanted.indices)
    var rest = room
    while !open.isEmpty {
      let fair = rest / open.count
      let modest = open.filter { wanted[$0] <= fair }
      if modest.isEmpty {
        var left = rest - fair * open.count
        for index in open.sorted() {
          widths[index] = fair + (left > 0 ? 1 : 0)
          left -= 1
        }
        break
      }
      for index in modest { rest -= wanted[index] }
      open.subtract(modest)
    }
    return widths
  }

  private mutating func append(_ cells: [StyledText], index: Int) {
    if index > 0, !isStacked, index == 1 || hasSeparators { rows.append(.separator(line: index)) }
    if isStacked, index > 1 { rows.append(.separator(line: index)) }
    let height: Int
    if isStacked {
      height = index == 0 ? 1 : stackedRows(of: cells).count
    } else {
      height = max(1, cells.indices.map { TextBody(cells[$0], columns: width($0)).rows.count }.max() ?? 1)
    }
    for row in 0..<height { rows.append(.cells(line: index, row: row)) }
  }

  private func width(_ column: Int) -> Int { max(1, column < widths.count ? widths[column] : 1) }

  /// The line of the table that a row belongs to, and how far into it.
  func place(ofRow row: Int) -> (line: Int, row: Int) {
    guard rows.indices.contains(row) else { return (0, 0) }
    switch rows[row] {
    case .cells(let line, let row): return (line, row + 1)
    case .separator(let line): return (line, 0)
    }
  }

  /// The row at such a place, or the nearest before it.
  func row(at line: Int, row: Int) -> Int {
    var low = 0
    var high = rows.count
    while low < high {
      let middle = (low + high) / 2
      let place = place(ofRow: middle)
      if place.line < line || place.line == line && place.row <= row { low = middle + 1 } else { high = middle }
    }
    return max(0, low - 1)
  }

  // MARK: Drawing

  /// Appends the cells of a row.
  func append(
    row: Int, to cells: inout [Cell], part: UnsafeBufferPointer<UInt8>, lines: ArraySlice<MarkdownLine>,
    definitions: LinkDefinitions, isOpen: Bool, ordersText: Bool, glyphs: inout GlyphTable
  ) {
    guard rows.indices.contains(row) else { return }
    switch rows[row] {
    case .separator(let line): appendSeparator(isBelowHeader: line == 1, to: &cells)
    case .cells(let line, let row):
      guard line < lines.count else { return }
      let place = lines[lines.startIndex + line]
      let texts = self.cells(of: place, isHeader: line == 0, part, definitions, isOpen && line == lines.count - 1)
      guard isStacked else { return append(texts, row: row, ordersText: ordersText, to: &cells, &glyphs) }
      if line == 0 {
        appendStackedHeader(texts, to: &cells, &glyphs)
      } else {
        let all = stackedRows(of: texts)
        guard row < all.count else { return }
        let names = TableRow.cells(of: lines[lines.startIndex], in: part, count: count)
        if all[row].isFirst, all[row].column < names.count {
          var name: [Cell] = []
          let text = TableRow.text(of: names[all[row].column], in: part, definitions: definitions, isOpen: false)
          TextBody(StyledText(text, in: part, base: .tableHeader), columns: columns)
            .append(row: 0, to: &name, glyphs: &glyphs)
          Truncation.truncate(&name, columns: columns / 2)
          cells += name + CellRow.literal(": ", role: .tableHeader)
        } else {
          cells += CellRow.literal("  ", role: .text)
        }
        all[row].body.append(row: all[row].row, to: &cells, glyphs: &glyphs)
      }
    }
  }

  private func appendSeparator(isBelowHeader: Bool, to cells: inout [Cell]) {
    if isStacked {
      for _ in 0..<min(columns, 24) { cells.append(Cell("─", role: .tableBorder)) }
      return
    }
    for index in widths.indices {
      if index > 0 { cells += CellRow.literal("─┼─", role: .tableBorder) }
      for _ in 0..<widths[index] { cells.append(Cell("─", role: .tableBorder)) }
    }
  }

  private func append(
    _ texts: [StyledText], row: Int, ordersText: Bool, to cells: inout [Cell], _ glyphs: inout GlyphTable
  ) {
    for index in widths.indices {
      if index > 0 { cells += CellRow.literal(" │ ", role: .tableBorder) }
      let start = cells.count
      var content: [Cell] = []
      if index < texts.count {
        TextBody(texts[index], columns: width(index)).append(row: row, to: &content, glyphs: &glyphs)
        let base = texts[index].bytes.withUnsafeBufferPointer { BidiOrder.direction(of: $0, range: 0..<$0.count) }
        if ordersText, let order = BidiOrder.order(content, glyphs: glyphs, base: base ?? .leftToRight) {
          content = order.cells
        }
      }
      if content.count > widths[index] { Truncation.truncate(&content, columns: widths[index]) }
      let free = widths[index] - content.count
      let left =
        switch alignments[index] {
        case .none, .leading: 0
        case .center: free / 2
        case .trailing: free
        }
      for _ in 0..<left { cells.append(.blank()) }
      cells += content
      let isLast = index == widths.count - 1
      while !isLast, cells.count < start + widths[index] { cells.append(.blank()) }
    }
  }

  /// One row of a record: a column's text, and which of its rows.
  private struct StackedRow {
    let column: Int
    let body: TextBody
    let row: Int
    var isFirst: Bool { row == 0 }
  }

  /// The rows of a record. Names are no part of the wrapping: a value begins beside its name if that leaves it room, and
  /// goes on two columns in.
  private func stackedRows(of cells: [StyledText]) -> [StackedRow] {
    var rows: [StackedRow] = []
    for (column, cell) in cells.enumerated() where !cell.bytes.isEmpty || column == 0 {
      let body = TextBody(cell, columns: stackedWidth(column))
      for row in body.rows.indices { rows.append(StackedRow(column: column, body: body, row: row)) }
    }
    return rows
  }

  /// Columns of a value in a record: what the name leaves, at least a third.
  private func stackedWidth(_ column: Int) -> Int {
    max(1, columns - 2 - min(columns / 2, nameWidths.indices.contains(column) ? nameWidths[column] : 0))
  }

  /// Columns that each name takes in a record.
  private var nameWidths: [Int] = []

  private func appendStackedHeader(_ texts: [StyledText], to cells: inout [Cell], _ glyphs: inout GlyphTable) {
    let start = cells.count
    for (index, text) in texts.enumerated() {
      if index > 0 { cells += CellRow.literal(" │ ", role: .tableBorder) }
      TextBody(text, columns: columns).append(row: 0, to: &cells, glyphs: &glyphs)
      if cells.count - start > columns { break }
    }
    var all = Array(cells[start...])
    Truncation.truncate(&all, columns: columns)
    cells.replaceSubrange(start..., with: all)
  }
}
