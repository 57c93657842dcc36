// Figures over many answers: the picture. What is counted, the groups as a table or as bars, what the headings mean, the keys.

import Conversations
import Diagnostics
import Display
import Statistics

/// Draws `/stats`.
enum StatsView {
  static func draw(
    _ stats: StatsState, _ state: AppState, in area: Rect, on surface: inout Surface, cache: inout LayoutCache
  ) {
    var body = area
    var (keys, title, summary) = (area, area, area)
    (title, body) = body.splitTop(1)
    (body, keys) = body.splitBottom(body.rows > 1 ? 1 : 0)
    (summary, body) = body.splitTop(body.rows > 2 ? 1 : 0)
    drawTitle(stats, in: title, on: &surface, &cache.glyphs)
    drawSummary(stats, state, in: summary, on: &surface, &cache.glyphs)
    drawKeys(stats, in: keys, on: &surface)
    if body.rows > 5 { body = body.inset(top: 1) }
    if let answer = lastAnswer(state), body.rows > 7 {
      var line = body
      (body, line) = body.splitBottom(1)
      var row = RowBuilder(columns: line.columns)
      row.add(" last answer here: ", role: .dim)
      row.add(answer.text, role: answer.isMarked ? .warning : .dim)
      surface.draw(row.cells, at: Point(x: line.minX, y: line.minY), in: line)
    }
    guard !stats.rows.isEmpty else { return drawNothing(stats, in: body, on: &surface, &cache.glyphs) }
    if let figure = stats.chart {
      drawChart(StatisticsChart(figure, of: stats.rows), stats, in: body, on: &surface, &cache.glyphs)
    } else {
      drawTable(stats, in: body, on: &surface, &cache.glyphs)
    }
  }

  /// Rows of groups that are seen in an area of that size, about.
  static func listRows(_ area: Rect) -> Int { max(1, area.rows - 7) }

  // MARK: Around it

  private static func drawTitle(
    _ stats: StatsState, in area: Rect, on surface: inout Surface, _ glyphs: inout GlyphTable
  ) {
    var row = RowBuilder(columns: area.columns)
    row.add(" Statistics ", role: .heading, attributes: .bold)
    // Where there is no room for all of them, the chosen one stands alone.
    let spans = area.columns < 64 ? [stats.query.span] : StatsSpan.allCases
    for span in spans {
      let isChosen = span == stats.query.span
      row.add(isChosen ? " [\(span.name)]" : "  \(span.name) ", role: isChosen ? .notice : .dim)
    }
    row.add("  by ", role: .dim)
    let grouping = stats.query.grouping.map(\.rawValue).joined(separator: ", ")
    row.add(grouping.isEmpty ? "nothing" : grouping, role: .text)
    if stats.isLoading { row.add("  counting…", role: .notice) }
    surface.draw(row.cells, at: Point(x: area.minX, y: area.minY), in: area)
  }

  private static func drawSummary(
    _ stats: StatsState, _ state: AppState, in area: Rect, on surface: inout Surface, _ glyphs: inout GlyphTable
  ) {
    guard !area.isEmpty else { return }
    var row = RowBuilder(columns: area.columns)
    row.add(" ", role: .dim)
    for dimension in AnswerDimension.allCases {
      guard let value = stats.query.filter[dimension] else { continue }
      row.add("only \(dimension.rawValue) ", role: .notice)
      row.addOutside(value.text, role: .notice, glyphs: &glyphs, atMost: 32)
      row.add(" · ", role: .dim)
    }
    row.add(words(stats, state).joined(separator: " · "), role: .dim)
    surface.draw(row.cells, at: Point(x: area.minX, y: area.minY), in: area)
  }

  /// What is shown, in words of our own.
  private static func words(_ stats: StatsState, _ state: AppState) -> [String] {
    guard let result = stats.result else { return [] }
    var words: [String] = []
    let table = result.table
    if table.answerCount > 0 {
      words.append("\(NumberText.grouped(table.answerCount)) answer\(table.answerCount == 1 ? "" : "s")")
      if table.errorCount > 0 {
        words.append("\(NumberText.grouped(table.errorCount)) error\(table.errorCount == 1 ? "" : "s")")
      }
      if table.damagedCount > 0 { words.append("\(table.damagedCount) unreadable") }
      words.append(since(result))
      if let column = stats.sorting {
        words.append("by \(column.heading), \(stats.isTurned ? "least" : "most") first")
      }
    }
    return words
  }

  /// `since 2026-03-01 14:03, local time`.
  static func since(_ result: StatsResult) -> String {
    guard let since = result.request.since else { return "since the first one" }
    let hour = since.components(utcOffsetSeconds: result.sinceOffsetSeconds)
    let day = CalendarDay(year: hour.year, month: hour.month, day: hour.day)
    return "since \(day) \(Figures.twoDigits(hour.hour)):\(Figures.twoDigits(hour.minute)), local time"
  }

  /// What is said of the last answer of the conversation behind.
  static func lastAnswer(_ state: AppState) -> (text: String, isMarked: Bool)? {
    guard let answer = state.transcript.lastAnswer, state.transcript.aliases[answer.id] == nil,
      let facts = MessageCaption.facts(of: answer)
    else { return nil }
    let marked = facts.filter(\.isMarked)
    // What is unusual comes first; where nothing is, the times say so.
    let words = (marked.isEmpty ? facts : marked).prefix(2).map(\.text).joined(separator: " · ")
    return (words, !marked.isEmpty)
  }

  private static func drawKeys(_ stats: StatsState, in area: Rect, on surface: inout Surface) {
    let isChart = stats.chart != nil
    // The most important first; what has no room is left out.
    var keys: [(key: String, meaning: String)] = [
      ("q", "closes"), ("← →", "span"), ("p m f d h", "groups"), ("c", isChart ? "table" : "bars"),
      ("s", isChart ? "figure" : "sorts"), ("Enter", "only this"), ("o", "turns"), ("r", "reloads"), ("↑ ↓", "move"),
    ]
    if !stats.former.isEmpty { keys.insert(("Backspace", "back"), at: 1) }
    var row = RowBuilder(columns: area.columns)
    for (key, meaning) in keys where row.remaining >= key.unicodeScalars.count + meaning.utf8.count + 4 {
      row.add(row.cells.isEmpty ? " " : " · ", role: .dim)
      row.add(key, role: .popupKey)
      row.add(" \(meaning)", role: .dim)
    }
    surface.draw(row.cells, at: Point(x: area.minX, y: area.minY), in: area)
  }

  private static func drawNothing(
    _ stats: StatsState, in area: Rect, on surface: inout Surface, _ glyphs: inout GlyphTable
  ) {
    var row = RowBuilder(columns: area.columns)
    row.add(" ", role: .text)
    if let failure = stats.failure {
      row.addOutside(failure.sentence, role: .error, glyphs: &glyphs)
    } else if stats.isLoading || stats.result == nil {
      row.add("The answers are being counted.", role: .dim)
    } else {
      let span = stats.query.span
      row.add(span == .all ? "No answers yet." : "No answers in the last \(span.name).", role: .text)
      if span != .all { row.add(" → shows a longer time.", role: .dim) }
    }
    surface.draw(row.cells, at: Point(x: area.minX, y: area.minY), in: area)
  }

  // MARK: Table

  private static func drawTable(
    _ stats: StatsState, in area: Rect, on surface: inout Surface, _ glyphs: inout GlyphTable
  ) {
    let table = StatsTable(stats, columns: area.columns)
    let (heading, body) = area.splitTop(area.rows > 1 ? 1 : 0)
    var list = body
    if list.rows > 3 {
      var line = list
      (list, line) = list.splitBottom(1)
      var row = RowBuilder(columns: line.columns)
      row.add(" \(StatisticsColumn.legend)", role: .dim)
      surface.draw(row.cells, at: Point(x: line.minX, y: line.minY), in: line)
    }
    if list.rows > 4 { (list, _) = list.splitBottom(1) }
    drawHeading(table, stats, in: heading, on: &surface)
    let first = firstRow(stats, rows: list.rows)
    for index in first..<min(stats.rows.count, first + list.rows) {
      let line = Rect(x: list.minX, y: list.minY + index - first, columns: list.columns, rows: 1)
      let isSelected = index == stats.selection
      let role: ThemeRole = isSelected ? .listSelected : .listItem
      surface.fill(line, with: .blank(role))
      var row = RowBuilder(columns: line.columns)
      row.add(isSelected ? "▸ " : "  ", role: role)
      var end = StatsTable.margin
      for (name, width) in zip(table.names[index], table.nameWidths) {
        row.addOutside(name, role: role, glyphs: &glyphs, atMost: width)
        end += width
        row.pad(to: end, role: role)
        row.add("  ", role: role)
        end += StatisticsColumn.gap
      }
      for (place, column) in table.chosen.enumerated() {
        let text = column.column.text(stats.rows[index])
        row.pad(to: end + column.width - text.unicodeScalars.count, role: role)
        row.add(text, role: role)
        end += column.width
        if place + 1 < table.chosen.count { row.add("  ", role: role) }
        end += StatisticsColumn.gap
      }
      surface.draw(row.cells, at: Point(x: line.minX, y: line.minY), in: line)
    }
  }

  private static func drawHeading(_ table: StatsTable, _ stats: StatsState, in area: Rect, on surface: inout Surface) {
    var row = RowBuilder(columns: area.columns)
    row.pad(to: StatsTable.margin, role: .tableHeader)
    var end = StatsTable.margin
    for (heading, width) in zip(table.headings, table.nameWidths) {
      row.add(heading, role: .tableHeader)
      end += width + StatisticsColumn.gap
      row.pad(to: end, role: .tableHeader)
    }
    for column in table.chosen {
      let isSorted = column.column == stats.sorting
      let heading = column.column.heading + (isSorted ? stats.isTurned ? "▲" : "▼" : "")
      row.pad(to: end + column.width - heading.unicodeScalars.count, role: .tableHeader)
      row.add(heading, role: .tableHeader, attributes: isSorted ? .bold : [])
      end += column.width + StatisticsColumn.gap
      row.pad(to: end, role: .tableHeader)
    }
    surface.draw(row.cells, at: Point(x: area.minX, y: area.minY), in: area)
  }

  // MARK: Bars

  private static func drawChart(
    _ chart: StatisticsChart, _ stats: StatsState, in area: Rect, on surface: inout Surface,
    _ glyphs: inout GlyphTable
  ) {
    let (heading, list) = area.splitTop(area.rows > 1 ? 1 : 0)
    var title = RowBuilder(columns: heading.columns)
    title.add(" \(chart.figure.title)", role: .tableHeader)
    if !chart.scaleText.isEmpty { title.add("  (\(chart.scaleText))", role: .graphAxis) }
    surface.draw(title.cells, at: Point(x: heading.minX, y: heading.minY), in: heading)
    let widest = max(6, list.columns / 3)
    let label = chart.bars.reduce(0) {
      max($0, CharacterWidth.columns(of: Sanitizer.singleLine($1.label, maximumColumns: widest)))
    }
    let figures = chart.bars.reduce(0) { max($0, $1.text.unicodeScalars.count) }
    let columns = max(1, list.columns - StatsTable.margin - label - figures - 4)
    let first = firstRow(stats, rows: list.rows)
    for index in first..<min(chart.bars.count, first + list.rows) {
      let bar = chart.bars[index]
      let isSelected = index == stats.selection
      let role: ThemeRole = isSelected ? .listSelected : .listItem
      let blocks = chart.blocks(bar, columns: columns)
      var row = RowBuilder(columns: list.columns)
      row.add(isSelected ? "▸ " : "  ", role: role)
      row.addOutside(bar.label, role: role, glyphs: &glyphs, atMost: label)
      row.pad(to: StatsTable.margin + label, role: role)
      row.add("  ", role: .text)
      row.add(blocks.solid, role: .graph)
      row.add(blocks.shade, role: .graphAlternate)
      row.add(blocks.solid.isEmpty ? "" : " ", role: .text)
      row.add(bar.text, role: .text)
      surface.draw(row.cells, at: Point(x: list.minX, y: list.minY + index - first), in: list)
    }
  }

  /// The first row that is seen: the marked one stands in the middle where it can.
  private static func firstRow(_ stats: StatsState, rows: Int) -> Int {
    max(0, min(stats.selection - rows / 2, stats.rows.count - rows))
  }
}
