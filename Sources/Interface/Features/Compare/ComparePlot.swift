// The runs of both modes as points on one scale of time, with their medians and where those lie.

import Display
import Statistics

/// Draws the plot of a comparison: an axis, and a row for each mode and measure.
enum ComparePlot {
  /// Rows that it takes.
  static let rows = 5

  /// How the columns are divided; narrow screens keep the points and lose words.
  private struct Columns {
    let label: Int
    let plot: Int
    let figures: Int

    init(_ width: Int) {
      label = width >= 60 ? 22 : 12
      figures = width >= 80 ? 31 : width >= 36 ? 10 : 0
      plot = max(0, width - label - figures - 2)
    }
  }

  static func draw(_ comparison: Comparison, in area: Rect, on surface: inout Surface) {
    guard !area.isEmpty else { return }
    let columns = Columns(area.columns)
    // From zero, and the same for all rows: lengths may be compared by eye.
    let longest = ComparedMode.allCases.compactMap { comparison.sample(of: $0, .total).values.last }.max()
    let unit = SecondsUnit.table(for: [longest].compactMap(\.self))
    drawAxis(to: longest, unit, columns, in: area, on: &surface)
    var y = area.minY + 1
    for measure in ComparedMeasure.allCases {
      for mode in ComparedMode.allCases {
        guard y < area.maxY else { return }
        let sample = comparison.sample(of: mode, measure)
        var row = RowBuilder(columns: area.columns)
        row.add(label(measure, mode, columns.label), role: .text)
        row.add(points(of: sample, to: longest, columns: columns.plot, mode))
        row.pad(to: columns.label + columns.plot + 2, role: .text)
        row.add(figures(of: sample, unit, columns.figures), role: .text)
        surface.draw(row.cells, at: Point(x: area.minX, y: y), in: area)
        y += 1
      }
    }
  }

  private static func label(_ measure: ComparedMeasure, _ mode: ComparedMode, _ width: Int) -> String {
    let isWide = width >= 22
    let first = mode == .streaming ? (measure == .firstText ? (isWide ? "first text" : "text") : "total") : ""
    let second = isWide || mode == .whole ? mode.rawValue : "stream"
    let text = " " + first + String(repeating: " ", count: max(1, (isWide ? 12 : 6) - first.utf8.count)) + second
    return String(text.prefix(width)) + String(repeating: " ", count: max(0, width - text.utf8.count))
  }

  private static func drawAxis(
    to longest: Double?, _ unit: SecondsUnit, _ columns: Columns, in area: Rect, on surface: inout Surface
  ) {
    var row = RowBuilder(columns: area.columns)
    row.pad(to: columns.label, role: .graphAxis)
    let end = longest.map { " \(unit.number($0)) \(unit.name)" } ?? ""
    row.add("0 ", role: .graphAxis)
    let line = columns.plot - 2 - end.unicodeScalars.count
    row.add(String(repeating: "─", count: max(0, line)), role: .graphAxis)
    row.add(end, role: .graphAxis)
    row.pad(to: columns.label + columns.plot + 2, role: .text)
    if columns.figures >= 31 { row.add("median  between, how sure", role: .dim) }
    surface.draw(row.cells, at: Point(x: area.minX, y: area.minY), in: area)
  }

  /// A point for each run, a heavy bar at the median, a line along its interval.
  private static func points(
    of sample: SortedSample, to longest: Double?, columns: Int, _ mode: ComparedMode
  ) -> [Cell] {
    let role: ThemeRole = mode == .streaming ? .graph : .graphAlternate
    var cells = [Cell](repeating: .blank(.text), count: max(0, columns))
    guard let longest, longest > 0, columns > 0 else { return cells }
    func place(_ value: Double) -> Int {
      min(columns - 1, max(0, Int((value / longest * Double(columns - 1)).rounded())))
    }
    if let interval = MedianInterval(of: sample) {
      for column in place(interval.lower)...place(interval.upper) { cells[column] = Cell("─", role: role) }
    }
    for value in sample.values { cells[place(value)] = Cell("•", role: role) }
    if let median = sample.median { cells[place(median)] = Cell("┃", role: role, attributes: .bold) }
    return cells
  }

  private static func figures(of sample: SortedSample, _ unit: SecondsUnit, _ width: Int) -> String {
    guard width > 0, let median = sample.median else { return width > 0 ? "–" : "" }
    let one = "\(unit.number(median)) \(unit.name)"
    guard width >= 31, let interval = MedianInterval(of: sample) else { return one }
    return
      "\(one)  \(unit.range(interval.lower, interval.upper)) \(unit.name), \(SecondsText.percent(interval.coverage))"
  }
}
