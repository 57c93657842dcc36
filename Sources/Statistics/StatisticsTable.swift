// Answers in groups: counts, sums and percentiles. Built up answer by answer, so that of each answer no more than three
// numbers stay in memory.

package import Conversations

/// Percentiles by the nearest rank: each is a value that occurred.
package struct Percentiles: Equatable, Sendable {
  package var p50: Double
  package var p95: Double
  package var p99: Double

  /// The percentiles of a sample; `nil` if it is empty.
  package init?(_ numbers: some Sequence<Double>) {
    let sample = SortedSample(numbers)
    guard let p50 = sample.percentile(0.5), let p95 = sample.percentile(0.95), let p99 = sample.percentile(0.99) else {
      return nil
    }
    self.p50 = p50
    self.p95 = p95
    self.p99 = p99
  }
}

/// A sum of what is known.
package struct KnownSum<Number: Equatable & Sendable>: Equatable, Sendable {
  package var value: Number
  /// Whether anything in it was estimated.
  package var isEstimated: Bool

  /// A sum.
  package init(_ value: Number, isEstimated: Bool = false) {
    self.value = value
    self.isEstimated = isEstimated
  }
}

/// A part of those of which it is known.
package struct KnownShare: Equatable, Sendable {
  package var count: Int
  package var known: Int

  /// So many of so many.
  package init(_ count: Int = 0, of known: Int = 0) {
    self.count = count
    self.known = known
  }

  /// 0 to 1; `nil` where nothing is known.
  package var share: Double? { known > 0 ? Double(count) / Double(known) : nil }

  mutating func add(_ isTrue: Bool?) {
    guard let isTrue else { return }
    known += 1
    if isTrue { count += 1 }
  }
}

/// What is known of a group of answers.
package struct StatisticsRow: Equatable, Sendable {
  /// One value for each dimension of the grouping, in its order.
  package var key: [GroupValue]
  package var count: Int
  /// Failed and incomplete answers. One that the user stopped is none.
  package var errors: Int
  package var stopped: Int
  /// Milliseconds to the first text of the answer itself.
  package var firstText: Percentiles?
  /// Characters per second.
  package var rate: Percentiles?
  /// Milliseconds to the end of complete answers: one that was broken off says nothing of how long answers take.
  package var total: Percentiles?
  package var input: KnownSum<Int>?
  package var output: KnownSum<Int>?
  /// Prompt tokens that the provider had kept.
  package var cached: KnownSum<Int>?
  package var cost: KnownSum<Double>?
  /// Answers whose end somebody was looking at.
  package var watched: KnownShare
  /// Answers that were found the best in a race without names.
  package var wins: KnownShare

  /// A group of which only the counts are known.
  package init(key: [GroupValue], count: Int, errors: Int = 0, stopped: Int = 0) {
    self.key = key
    self.count = count
    self.errors = errors
    self.stopped = stopped
    watched = KnownShare()
    wins = KnownShare()
  }

  /// 0 to 1.
  package var errorRate: Double { count > 0 ? Double(errors) / Double(count) : 0 }
}

/// Groups of answers.
package struct StatisticsTable: Equatable, Sendable {
  package var grouping: [AnswerDimension]
  /// In the order of their keys.
  package var rows: [StatisticsRow]
  /// Answers that could not be read and are not counted.
  package var damagedCount: Int

  /// A table.
  package init(grouping: [AnswerDimension], rows: [StatisticsRow] = [], damagedCount: Int = 0) {
    self.grouping = grouping
    self.rows = rows
    self.damagedCount = damagedCount
  }

  /// Answers in all groups.
  package var answerCount: Int { rows.reduce(0) { $0 + $1.count } }
  package var errorCount: Int { rows.reduce(0) { $0 + $1.errors } }
}

/// Groups answers, one after another.
package struct AnswerAggregator: Sendable {
  fileprivate struct Group: Sendable {
    var count = 0
    var errors = 0
    var stopped = 0
    var firstTexts: [Double] = []
    var rates: [Double] = []
    var totals: [Double] = []
    var input: KnownSum<Int>?
    var output: KnownSum<Int>?
    var cached: KnownSum<Int>?
    var cost: KnownSum<Double>?
    var watched = KnownShare()
    var wins = KnownShare()
  }

  private let grouping: [AnswerDimension]
  private let filter: [AnswerDimension: GroupValue]
  private let localHour: @Sendable (Timestamp) -> LocalHour
  private var groups: [[GroupValue]: Group] = [:]

  /// An aggregator without answers.
  /// - Parameter grouping: in any order; none makes one group of all.
  /// - Parameter filter: only answers that have these values.
  /// - Parameter localHour: when an instant is, in local time; summer time is its business.
  package init(
    by grouping: [AnswerDimension], only filter: [AnswerDimension: GroupValue] = [:],
    localHour: @escaping @Sendable (Timestamp) -> LocalHour
  ) {
    self.grouping = grouping
    self.filter = filter
    self.localHour = localHour
  }

  /// Counts an answer.
  package mutating func add(_ answer: AnswerFigures) {
    var known: LocalHour?
    func hour() -> LocalHour {
      let hour = known ?? localHour(answer.started)
      known = hour
      return hour
    }
    for (dimension, value) in filter where answer.value(of: dimension, hour: hour) != value { return }
    groups[grouping.map { answer.value(of: $0, hour: hour) }, default: Group()].add(answer)
  }

  /// The groups so far.
  /// - Complexity: O(n log n) in the number of answers.
  package func table(damagedCount: Int = 0) -> StatisticsTable {
    let rows = groups.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map { $0.value.row(key: $0.key) }
    return StatisticsTable(grouping: grouping, rows: rows, damagedCount: damagedCount)
  }
}

extension AnswerAggregator.Group {
  mutating func add(_ answer: AnswerFigures) {
    count += 1
    if answer.outcome.isError { errors += 1 }
    if answer.outcome == .stopped { stopped += 1 }
    if let first = answer.firstText { firstTexts.append(first.inMilliseconds) }
    if let rate = answer.charactersPerSecond { rates.append(rate) }
    if answer.outcome == .complete, let total = answer.total { totals.append(total.inMilliseconds) }
    if let usage = answer.usage {
      Self.add(usage.input, usage.isEstimated, to: &input)
      Self.add(usage.output, usage.isEstimated, to: &output)
      Self.add(usage.cacheRead, usage.isEstimated, to: &cached)
    }
    if let cost = answer.cost {
      let sum = self.cost ?? KnownSum(0)
      self.cost = KnownSum(sum.value + cost, isEstimated: sum.isEstimated || answer.isCostEstimated)
    }
    watched.add(answer.isWatched)
    wins.add(answer.isBest)
  }

  private static func add(_ number: Int?, _ isEstimated: Bool, to sum: inout KnownSum<Int>?) {
    guard let number else { return }
    let old = sum ?? KnownSum(0)
    // Numbers of a damaged or hostile file may be anything.
    let (total, isTooLarge) = old.value.addingReportingOverflow(number)
    sum = KnownSum(isTooLarge ? .max : total, isEstimated: old.isEstimated || isEstimated)
  }

  func row(key: [GroupValue]) -> StatisticsRow {
    var row = StatisticsRow(key: key, count: count, errors: errors, stopped: stopped)
    row.firstText = Percentiles(firstTexts)
    row.rate = Percentiles(rates)
    row.total = Percentiles(totals)
    (row.input, row.output, row.cached, row.cost) = (input, output, cached, cost)
    (row.watched, row.wins) = (watched, wins)
    return row
  }
}

extension Duration {
  /// Milliseconds with fractions.
  var inMilliseconds: Double {
    let parts = components
    return Double(parts.seconds) * 1000 + Double(parts.attoseconds) / 1e15
  }
}
