// Bars for the groups of a table: lengths and words, not yet cells or lines. A bar is the median, what follows it up to the
// 95th percentile is shaded.

/// What a chart shows.
package enum ChartFigure: String, CaseIterable, Equatable, Sendable {
  case first, rate, total, count, cost

  /// What can be written.
  package static var forms: String { allCases.map(\.rawValue).joined(separator: ", ") }

  /// What the bars are, with their unit.
  package var title: String {
    switch self {
    case .first: "time to first text, seconds: █ p50, ░ to p95"
    case .rate: "rate, characters/s: █ p50, ░ to p95"
    case .total: "total time of complete answers, seconds: █ p50, ░ to p95"
    case .count: "answers"
    case .cost: "cost, in the currency of the prices"
    }
  }

  /// The column of the bar itself, and that of its shade.
  var columns: (bar: StatisticsColumn, shade: StatisticsColumn?) {
    switch self {
    case .first: (.firstP50, .firstP95)
    case .rate: (.rateP50, .rateP95)
    case .total: (.totalP50, .totalP95)
    case .count: (.count, nil)
    case .cost: (.cost, nil)
    }
  }
}

/// A bar for each group.
package struct StatisticsChart: Equatable, Sendable {
  /// A group's bar.
  package struct Bar: Equatable, Sendable {
    /// The group's values; they may hold words from outside.
    package var label: String
    package var value: Double?
    package var shade: Double?
    /// The figures in words: `0.41 · 1.20`, or a dash.
    package var text: String
  }

  package let figure: ChartFigure
  package let bars: [Bar]
  /// What a bar of the full length stands for; `nil` if nothing is known.
  package let scale: Double?

  /// A chart of some groups, in their order.
  package init(_ figure: ChartFigure, of rows: [StatisticsRow]) {
    self.figure = figure
    let (bar, shade) = figure.columns
    bars = rows.map { row in
      let label = row.key.isEmpty ? "all" : row.key.map(\.text).joined(separator: " ")
      let known = bar.number(row) != nil
      let words = [bar, shade].compactMap { $0?.text(row) }.joined(separator: " · ")
      return Bar(
        label: label, value: bar.number(row), shade: shade?.number(row), text: known ? words : NumberText.unknown)
    }
    scale = bars.compactMap { max($0.value ?? 0, $0.shade ?? 0) }.max().flatMap { $0 > 0 ? $0 : nil }
  }

  /// `full bar: 1.20`; empty if nothing is known.
  package var scaleText: String {
    guard let scale else { return "" }
    let text =
      switch figure {
      case .first, .total: NumberText.seconds(scale)
      case .rate: NumberText.rate(scale)
      case .count: NumberText.grouped(Int(scale))
      case .cost: NumberText.amount(scale)
      }
    return "full bar: \(text)"
  }

  /// A bar as block characters, one column each: whole blocks, a part of one, then the shade.
  /// - Parameter columns: the length of a full bar.
  package func blocks(_ bar: Bar, columns: Int) -> (solid: String, shade: String) {
    guard let scale, let value = bar.value, columns > 0 else { return ("", "") }
    func eighths(_ number: Double) -> Int { Int((min(1, max(0, number / scale)) * Double(columns * 8)).rounded()) }
    // What is not nothing is to be seen.
    let length = max(value > 0 ? 1 : 0, eighths(value))
    var solid = String(repeating: "█", count: length / 8)
    if length % 8 > 0 { solid.unicodeScalars.append(Self.parts[length % 8 - 1]) }
    let end = eighths(bar.shade ?? 0) / 8
    return (solid, String(repeating: "░", count: max(0, end - (length + 7) / 8)))
  }

  private static let parts: [Unicode.Scalar] = ["▏", "▎", "▍", "▌", "▋", "▊", "▉"]
}
