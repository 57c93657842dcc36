// Figures over many answers: what the view shows, and what it asks for. Reading and grouping are done outside; what comes
// back is as large as what is seen.

package import Conversations
package import Diagnostics
package import Statistics

/// How far back answers are counted.
package enum StatsSpan: CaseIterable, Equatable, Sendable {
  case day, week, month, all

  /// `7 days`.
  package var name: String {
    switch self {
    case .day: "1 day"
    case .week: "7 days"
    case .month: "30 days"
    case .all: "all"
    }
  }

  /// Reads `1d`, `24h`, `7d`, `30d` or `all`, as they are written after `/stats`.
  init?(_ word: String) {
    switch word {
    case "1d", "24h": self = .day
    case "7d", "1w": self = .week
    case "30d": self = .month
    case "all": self = .all
    default: return nil
    }
  }

  /// The first moment of the span that ends now; `nil` for the beginning of everything.
  func start(at now: Timestamp) -> Timestamp? {
    switch self {
    case .day: now.earlier(by: 86_400_000)
    case .week: now.earlier(by: 7 * 86_400_000)
    case .month: now.earlier(by: 30 * 86_400_000)
    case .all: nil
    }
  }
}

/// Which answers are counted, and how they are grouped.
package struct StatsQuery: Equatable, Sendable {
  package var span: StatsSpan
  package var grouping: [AnswerDimension]
  /// Only answers that have these values.
  package var filter: [AnswerDimension: GroupValue]

  /// By provider and model over a week, unless said otherwise.
  package init(
    span: StatsSpan = .week, grouping: [AnswerDimension] = [.provider, .model],
    filter: [AnswerDimension: GroupValue] = [:]
  ) {
    self.span = span
    self.grouping = grouping
    self.filter = filter
  }
}

/// What is to be counted, at a moment.
package struct StatsRequest: Equatable, Sendable {
  package var query: StatsQuery
  /// The first moment that counts; `nil` for the beginning of everything.
  package var since: Timestamp?

  /// A query as it is meant at a moment.
  package init(_ query: StatsQuery, at now: Timestamp) {
    self.query = query
    since = query.span.start(at: now)
  }
}

/// What came of a request.
package struct StatsResult: Equatable, Sendable {
  package var request: StatsRequest
  package var table: StatisticsTable
  /// Seconds east of UTC when the span began: summer time may have come since.
  package var sinceOffsetSeconds: Int

  /// The groups of a request.
  package init(request: StatsRequest, table: StatisticsTable, sinceOffsetSeconds: Int) {
    self.request = request
    self.table = table
    self.sinceOffsetSeconds = sinceOffsetSeconds
  }
}

/// What `/stats` shows.
package struct StatsState: Equatable, Sendable {
  /// What is wanted, and asked for.
  package var query: StatsQuery
  /// What Backspace goes back to, the latest last.
  var former: [StatsQuery] = []
  /// Asked for and not answered.
  var request: StatsRequest?
  /// What is shown: of the query, or of the one before while the new one is on its way.
  var result: StatsResult?
  var failure: Explanation?
  /// Rows in the order in which they are shown.
  private(set) var rows: [StatisticsRow] = []
  /// The column that rows are sorted by; by their names if `nil`.
  var sorting: StatisticsColumn? { didSet { sort() } }
  /// Whether the order is turned around: figures go from the largest, names from the first, unless it is.
  var isTurned = false { didSet { sort() } }
  /// The figure that bars are drawn of; a table if `nil`.
  var chart: ChartFigure?
  /// The marked row.
  var selection = 0

  /// Nothing read yet.
  package init(_ query: StatsQuery = StatsQuery()) { self.query = query }

  package var isLoading: Bool { request != nil }

  mutating func take(_ result: StatsResult) {
    if self.result?.request.query != result.request.query { selection = 0 }
    self.result = result
    request = nil
    failure = nil
    sort()
  }

  private mutating func sort() {
    let all = result?.table.rows ?? []
    defer { selection = min(selection, max(0, rows.count - 1)) }
    guard let column = sorting else {
      rows = isTurned ? all.reversed() : all
      return
    }
    // Rows of which it is not known come last, whichever way; equal ones stay in the order of their names.
    let known = all.enumerated().compactMap { place, row in
      column.number(row).map { (number: isTurned ? -$0 : $0, place: place, row: row) }
    }
    rows =
      known.sorted { $0.number != $1.number ? $0.number > $1.number : $0.place < $1.place }.map(\.row)
      + all.filter { column.number($0) == nil }
  }
}

/// What it wants done.
package enum StatsEffect: Equatable, Sendable {
  /// Counts answers; a newer request takes the place of an older one.
  case load(StatsRequest)
  /// Reads what is usual for the models, from the answers since then.
  case loadBaselines(since: Timestamp)
}

/// What came of it.
package enum StatsNews: Equatable, Sendable {
  case loaded(StatsResult)
  case failed(StatsRequest, Explanation)
  case baselines(SpeedBaselines)
}
