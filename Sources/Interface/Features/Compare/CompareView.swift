// Streaming against not streaming: the picture. What is compared, the runs of both modes on one scale of time, the verdict,
// a row for each run, the keys.

import Conversations
import Display
import Statistics

/// Draws `/compare`.
enum CompareView {
  /// Which part of the view has which rows.
  private struct Areas {
    var title: Rect
    var prompt: Rect
    var plot: Rect
    var verdict: Rect
    var table: Rect
    var keys: Rect

    /// - Parameter verdictRows: rows that the verdict, or what is said in its place, takes at that width.
    init(_ area: Rect, verdictRows: Int) {
      var rest = area
      (title, rest) = rest.splitTop(1)
      (rest, keys) = rest.splitBottom(rest.rows > 3 ? 1 : 0)
      let isRoomy = rest.rows >= ComparePlot.rows + verdictRows + 8
      (prompt, rest) = rest.splitTop(rest.rows > ComparePlot.rows + verdictRows ? 1 : 0)
      if isRoomy { rest = rest.inset(top: 1) }
      (plot, rest) = rest.splitTop(min(ComparePlot.rows, max(0, rest.rows - verdictRows)))
      if isRoomy { rest = rest.inset(top: 1) }
      (verdict, rest) = rest.splitTop(verdictRows)
      if isRoomy { rest = rest.inset(top: 1) }
      table = rest
    }
  }

  /// Rows for runs at that size, without the header.
  static func tableRows(of compare: CompareState, in area: Rect) -> Int {
    let columns = max(1, area.columns - 2)
    let count = words(of: compare).reduce(0) { $0 + wrapped($1, columns: columns).count }
    return max(0, Areas(area, verdictRows: max(1, count)).table.rows - 1)
  }

  static func draw(
    _ compare: CompareState, _ state: AppState, in area: Rect, on surface: inout Surface, cache: inout LayoutCache
  ) {
    let columns = max(1, area.columns - 2)
    let rows = words(of: compare).flatMap { wrapped($0, columns: columns) }
    let areas = Areas(area, verdictRows: max(1, rows.count))
    drawTitle(compare, in: areas.title, on: &surface, glyphs: &cache.glyphs)
    drawPrompt(compare, in: areas.prompt, on: &surface, glyphs: &cache.glyphs)
    ComparePlot.draw(compare.comparison, in: areas.plot, on: &surface)
    let isOver = !compare.isRunning
    for (offset, text) in rows.enumerated() {
      var row = RowBuilder(columns: areas.verdict.columns)
      row.add(" ", role: .text)
      row.addOutside(
        text, role: isOver ? .text : .dim, attributes: isOver && offset == 0 ? .bold : [], glyphs: &cache.glyphs)
      surface.draw(
        row.cells, at: Point(x: areas.verdict.minX, y: areas.verdict.minY + offset), in: areas.verdict)
    }
    drawTable(compare, in: areas.table, on: &surface, glyphs: &cache.glyphs)
    drawKeys(compare, in: areas.keys, on: &surface)
  }

  /// What stands where the verdict will be, and the verdict.
  private static func words(of compare: CompareState) -> [String] {
    let verdict = CompareWords.verdict(of: compare)
    return verdict.isEmpty ? ["The verdict comes when all runs are made."] : verdict
  }

  private static func wrapped(_ text: String, columns: Int) -> [String] {
    let bytes = Array(text.utf8)
    return bytes.withUnsafeBufferPointer { buffer in
      var rows: [TextRow] = []
      LineWrapper.wrap(bytes: buffer, range: 0..<buffer.count, columns: columns, mode: .words, into: &rows)
      return rows.map { String(decoding: buffer[$0.range], as: UTF8.self) }
    }
  }

  private static func drawTitle(
    _ compare: CompareState, in area: Rect, on surface: inout Surface, glyphs: inout GlyphTable
  ) {
    var right = RowBuilder(columns: area.columns / 2)
    let (words, role): (String, ThemeRole) =
      switch compare.phase {
      case .running: (CompareWords.progress(of: compare), .notice)
      case .finished: ("finished, \(compare.order.pairs) pairs", .success)
      case .stopped: ("stopped", .warning)
      case .failed: ("given up", .error)
      }
    right.add(words + " ", role: role)
    var row = RowBuilder(columns: area.columns)
    row.add(" Streaming and whole ", role: .heading, attributes: .bold)
    row.addOutside(
      compare.order.profile.model.label, role: .dim, glyphs: &glyphs,
      atMost: max(0, row.remaining - right.cells.count - 1))
    row.pad(to: area.columns - right.cells.count, role: .text)
    surface.draw(row.cells, at: Point(x: area.minX, y: area.minY), in: area)
    surface.draw(right.cells, at: Point(x: area.maxX - right.cells.count, y: area.minY), in: area)
  }

  private static func drawPrompt(
    _ compare: CompareState, in area: Rect, on surface: inout Surface, glyphs: inout GlyphTable
  ) {
    guard !area.isEmpty else { return }
    var row = RowBuilder(columns: area.columns)
    row.add(compare.isLastPrompt ? " the last prompt: " : " prompt: ", role: .dim)
    row.addOutside(compare.order.prompt, role: .user, glyphs: &glyphs)
    surface.draw(row.cells, at: Point(x: area.minX, y: area.minY), in: area)
  }

  private static func drawKeys(_ compare: CompareState, in area: Rect, on surface: inout Surface) {
    guard !area.isEmpty else { return }
    var keys = [("Esc", compare.isRunning ? "closes, measuring goes on" : "closes")]
    keys.append(compare.isRunning ? ("x", "stops") : ("r", "runs again"))
    keys.append(("↑ ↓", "runs"))
    var row = RowBuilder(columns: area.columns)
    for (key, meaning) in keys where row.remaining >= key.unicodeScalars.count + meaning.utf8.count + 4 {
      row.add(row.cells.isEmpty ? " " : " · ", role: .dim)
      row.add(key, role: .popupKey)
      row.add(" \(meaning)", role: .dim)
    }
    surface.draw(row.cells, at: Point(x: area.minX, y: area.minY), in: area)
  }

  // MARK: The runs

  /// A column of the table: where it ends, or begins for what stands at its left.
  private struct Columns {
    let pair = 9
    let mode = 11
    let time: Int
    let characters: Int
    let unit: SecondsUnit

    init(_ width: Int, _ comparison: Comparison) {
      unit = SecondsUnit.table(for: comparison.runs.compactMap { $0.seconds(.total) })
      time = width >= 56 ? 16 : 10
      characters = width >= 56 ? 12 : 0
    }
  }

  private static func drawTable(
    _ compare: CompareState, in area: Rect, on surface: inout Surface, glyphs: inout GlyphTable
  ) {
    guard area.rows >= 2 else { return }
    let columns = Columns(area.columns, compare.comparison)
    var header = RowBuilder(columns: area.columns)
    header.add(" ", role: .tableHeader)
    header.add(left("pair", columns.pair) + left("mode", columns.mode), role: .tableHeader)
    let mark = columns.time >= 16 ? ", \(columns.unit.name)" : ""
    header.add(right("first text\(mark)", columns.time) + right("total\(mark)", columns.time), role: .tableHeader)
    header.add(right("characters", columns.characters), role: .tableHeader)
    surface.draw(header.cells, at: Point(x: area.minX, y: area.minY), in: area)
    let room = area.rows - 1
    let runs = compare.comparison.runs
    let end = max(min(runs.count, room), runs.count - compare.scrollBack)
    let shown = runs[max(0, end - room)..<end]
    for (offset, run) in shown.enumerated() {
      let row = cells(of: run, columns, width: area.columns, glyphs: &glyphs)
      surface.draw(row, at: Point(x: area.minX, y: area.minY + 1 + offset), in: area)
    }
    if end < runs.count {
      var more = RowBuilder(columns: area.columns / 2)
      more.add("\(runs.count - end) more below ", role: .dim)
      surface.draw(more.cells, at: Point(x: area.maxX - more.cells.count, y: area.minY), in: area)
    }
  }

  private static func cells(
    of run: ComparedRun, _ columns: Columns, width: Int, glyphs: inout GlyphTable
  ) -> [Cell] {
    let isCounted = run.place.pair != nil
    let role: ThemeRole = isCounted ? .text : .dim
    var row = RowBuilder(columns: width)
    row.add(" ", role: role)
    row.add(left(run.place.pair.map { "\($0)" } ?? "warm-up", columns.pair), role: role)
    row.add(left(run.place.mode.rawValue, columns.mode), role: role)
    switch run.outcome {
    case .valid(let first, let total, let characters):
      // Where the header has no room for the unit, each time has its own.
      let unit = columns.time >= 16 ? "" : " \(columns.unit.name)"
      for seconds in [first, total] {
        row.add(right(columns.unit.number(seconds) + unit, columns.time), role: role)
      }
      if columns.characters > 0 { row.add(right("\(characters)", columns.characters), role: role) }
    case .excluded(let reason):
      row.add("  excluded: ", role: .warning)
      row.addOutside(reason, role: role, glyphs: &glyphs)
    }
    return row.cells
  }

  private static func left(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.unicodeScalars.count))
  }

  private static func right(_ text: String, _ width: Int) -> String {
    width == 0 ? "" : String(repeating: " ", count: max(0, width - text.unicodeScalars.count)) + text
  }
}
