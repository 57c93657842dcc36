// The columns of a table of statistics: their headings, how their figures are written, and which go first where there is no
// room. The same ones on the full screen, in linear mode and on the command line.

/// A figure of a group.
package enum StatisticsColumn: String, CaseIterable, Equatable, Hashable, Sendable {
  case count, errors
  case errorRate = "error_rate"
  case firstP50 = "first_p50"
  case firstP95 = "first_p95"
  case firstP99 = "first_p99"
  case rateP50 = "rate_p50"
  case rateP95 = "rate_p95"
  case rateP99 = "rate_p99"
  case totalP50 = "total_p50"
  case totalP95 = "total_p95"
  case totalP99 = "total_p99"
  case input, output, cached, cost, watched, wins

  /// In the order of their importance.
  package static let byImportance: [StatisticsColumn] = [
    .count, .errors, .firstP50, .firstP95, .rateP50, .totalP50, .totalP95, .cost, .output, .errorRate, .input, .watched,
    .rateP95, .firstP99, .totalP99, .rateP99, .cached, .wins,
  ]

  /// Over the column: ASCII.
  package var heading: String {
    switch self {
    case .count: "answers"
    case .errors: "errors"
    case .errorRate: "error %"
    case .firstP50: "first p50"
    case .firstP95: "first p95"
    case .firstP99: "first p99"
    case .rateP50: "rate p50"
    case .rateP95: "rate p95"
    case .rateP99: "rate p99"
    case .totalP50: "total p50"
    case .totalP95: "total p95"
    case .totalP99: "total p99"
    case .input: "tokens in"
    case .output: "out"
    case .cached: "cached"
    case .cost: "cost"
    case .watched: "watched"
    case .wins: "wins"
    }
  }

  /// What the headings mean, in a line: ASCII.
  package static let legend = "first, total: seconds; rate: characters/s; ~ holds estimates"

  /// The figure as a number, in the unit of the heading; `nil` where it is not known.
  package func number(_ row: StatisticsRow) -> Double? {
    switch self {
    case .count: Double(row.count)
    case .errors: Double(row.errors)
    case .errorRate: row.errorRate * 100
    case .firstP50: row.firstText.map { $0.p50 / 1000 }
    case .firstP95: row.firstText.map { $0.p95 / 1000 }
    case .firstP99: row.firstText.map { $0.p99 / 1000 }
    case .rateP50: row.rate?.p50
    case .rateP95: row.rate?.p95
    case .rateP99: row.rate?.p99
    case .totalP50: row.total.map { $0.p50 / 1000 }
    case .totalP95: row.total.map { $0.p95 / 1000 }
    case .totalP99: row.total.map { $0.p99 / 1000 }
    case .input: row.input.map { Double($0.value) }
    case .output: row.output.map { Double($0.value) }
    case .cached: row.cached.map { Double($0.value) }
    case .cost: row.cost?.value
    case .watched: row.watched.share.map { $0 * 100 }
    case .wins: row.wins.known > 0 ? Double(row.wins.count) : nil
    }
  }

  /// The figure as it is written; a dash where it is not known. One column for each character.
  package func text(_ row: StatisticsRow) -> String {
    switch self {
    case .count: return NumberText.grouped(row.count)
    case .errors: return NumberText.grouped(row.errors)
    case .input: return Self.text(row.input)
    case .output: return Self.text(row.output)
    case .cached: return Self.text(row.cached)
    case .cost: return row.cost.map { ($0.isEstimated ? "~" : "") + NumberText.amount($0.value) } ?? NumberText.unknown
    case .wins: return row.wins.known > 0 ? "\(row.wins.count)/\(row.wins.known)" : NumberText.unknown
    case .errorRate, .watched:
      return number(row).map { "\(NumberText.percent($0)) %" } ?? NumberText.unknown
    case .rateP50, .rateP95, .rateP99: return number(row).map(NumberText.rate) ?? NumberText.unknown
    case .firstP50, .firstP95, .firstP99, .totalP50, .totalP95, .totalP99:
      return number(row).map(NumberText.seconds) ?? NumberText.unknown
    }
  }

  private static func text(_ sum: KnownSum<Int>?) -> String {
    sum.map { ($0.isEstimated ? "~" : "") + NumberText.grouped($0.value) } ?? NumberText.unknown
  }

  /// The columns of which something is known, in their order; counts always are.
  package static func known(in table: StatisticsTable) -> [StatisticsColumn] {
    allCases.filter { column in table.rows.contains { column.number($0) != nil } }
  }

  /// The columns that fit beside each other, the most important first to be chosen, in their order.
  /// - Parameter room: columns of the screen, those between included.
  /// - Parameter width: of a column.
  package static func fitting(
    _ columns: [StatisticsColumn], room: Int, width: (StatisticsColumn) -> Int
  ) -> [StatisticsColumn] {
    var rest = room
    var chosen: Set<StatisticsColumn> = []
    for column in byImportance where columns.contains(column) {
      rest -= width(column) + gap
      if rest < 0 { break }
      chosen.insert(column)
    }
    return columns.filter(chosen.contains)
  }

  /// Blanks between two columns.
  package static let gap = 2
}

/// Numbers as tables of statistics have them: short, without a unit, never more exact than they are.
package enum NumberText {
  package static let unknown = "–"

  /// Three digits or so: `0.041`, `0.41`, `12.3`, `1,234`.
  package static func seconds(_ value: Double) -> String {
    value < 0.1 ? decimal(value, 3) : value < 10 ? decimal(value, 2) : value < 1000 ? decimal(value, 1) : whole(value)
  }

  package static func rate(_ value: Double) -> String { value < 100 ? decimal(value, 1) : whole(value) }

  /// A share in hundredths: `0`, `2.5`, `72`.
  package static func percent(_ value: Double) -> String { value > 0 && value < 10 ? decimal(value, 1) : whole(value) }

  /// Money, in any currency: `0.000125`, `0.0123`, `12.30`.
  package static func amount(_ value: Double) -> String {
    value == 0 ? "0" : value < 0.001 ? decimal(value, 6) : value < 1 ? decimal(value, 4) : decimal(value, 2)
  }

  private static func whole(_ value: Double) -> String {
    value.isFinite && value < 1e15 ? grouped(Int(value.rounded())) : unknown
  }

  /// `1,234,567`.
  package static func grouped(_ value: Int) -> String {
    var digits = String(value.magnitude)
    var result = ""
    while digits.utf8.count > 3 {
      result = ",\(digits.suffix(3))\(result)"
      digits.removeLast(3)
    }
    return (value < 0 ? "-" : "") + digits + result
  }

  /// With that many digits after the point, rounded half up; a negative number is none of ours.
  package static func decimal(_ value: Double, _ digits: Int) -> String {
    guard value.isFinite, value >= 0, value < 1e12 else { return unknown }
    let scale = (0..<digits).reduce(1) { scale, _ in scale * 10 }
    let scaled = Int((value * Double(scale)).rounded())
    let fraction = String(scaled % scale)
    return "\(scaled / scale).\(String(repeating: "0", count: digits - fraction.utf8.count))\(fraction)"
  }
}
