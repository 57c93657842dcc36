// What is usual for a model: the times of its earlier answers, against which a new one is held. An answer outside of them
// carries a mark; nothing is said before there are enough to say anything.

package import Conversations

/// In what an answer was slower than nearly all of its model before it.
package struct SpeedMark: Equatable, Sendable {
  /// The 95th percentile of the times to the first text, if this answer's was above it.
  package var firstTextP95: Duration?
  /// The same of the total times.
  package var totalP95: Duration?

  /// A mark for one of them or both.
  package init(firstTextP95: Duration? = nil, totalP95: Duration? = nil) {
    self.firstTextP95 = firstTextP95
    self.totalP95 = totalP95
  }
}

/// Times of answers by model.
package struct SpeedBaselines: Equatable, Sendable {
  /// How far back an answer is compared, in milliseconds: thirty days.
  package static let reach: Int64 = 30 * 86_400_000
  /// Fewer answers than this say nothing.
  package static let fewest = 20

  fileprivate struct Times: Equatable, Sendable {
    /// In the order of their start; milliseconds, not a number where it is not known.
    var started: [Int64] = []
    var firstTexts: [Double] = []
    var totals: [Double] = []
  }

  private var models: [ModelReference: Times] = [:]
  /// From when on all answers are known.
  private let since: Int64

  /// Nothing known yet of the answers since then; of earlier ones nothing ever is.
  package init(since: Timestamp = Timestamp(milliseconds: .min)) { self.since = since.milliseconds }

  package var isEmpty: Bool { models.isEmpty }

  /// Answers that are known of a model.
  package func count(of model: ModelReference) -> Int { models[model]?.started.count ?? 0 }

  /// Adds an answer. The total counts of complete ones only.
  /// - Complexity: O(1) for one that is newer than those before it, as mostly.
  package mutating func add(_ answer: AnswerFigures) {
    add(
      answer.model, started: answer.started, firstText: answer.firstText,
      total: answer.outcome == .complete ? answer.total : nil)
  }

  /// Adds the times of an answer; what is not known is `nil`. An answer that is known already is not added again.
  package mutating func add(_ model: ModelReference, started: Timestamp, firstText: Duration?, total: Duration?) {
    guard firstText != nil || total != nil, started.milliseconds >= since else { return }
    models[model, default: Times()].add(
      started.milliseconds, Self.tenths(firstText), Self.tenths(total))
  }

  /// What there is to mark of an answer, compared with those that started before it, up to thirty days before.
  /// - Parameter total: of a complete answer.
  /// - Returns: `nil` if nothing is unusual, or if nothing can be said.
  /// - Complexity: O(answers of the model), without sorting; sorting only for what is marked.
  package func mark(
    _ model: ModelReference, started: Timestamp, firstText: Duration?, total: Duration?
  ) -> SpeedMark? {
    let (limit, isEarlier) = since.addingReportingOverflow(Self.reach)
    guard !isEarlier, started.milliseconds >= limit, let times = models[model] else { return nil }
    let start = times.index(of: started.milliseconds - Self.reach)
    let end = times.index(of: started.milliseconds)
    guard start < end else { return nil }
    let mark = SpeedMark(
      firstTextP95: Self.p95(of: times.firstTexts[start..<end], below: firstText),
      totalP95: Self.p95(of: times.totals[start..<end], below: total))
    return mark == SpeedMark() ? nil : mark
  }

  /// In milliseconds, as exact as figures are stored.
  private static func tenths(_ time: Duration?) -> Double {
    time.map { ($0.inMilliseconds * 10).rounded() / 10 } ?? .nan
  }

  /// The 95th percentile of enough times, if it is below `time`.
  private static func p95(of times: ArraySlice<Double>, below time: Duration?) -> Duration? {
    let time = tenths(time)
    guard !time.isNaN else { return nil }
    var known = 0
    var less = 0
    for other in times where !other.isNaN {
      known += 1
      if other < time { less += 1 }
    }
    // The value of the nearest rank is less than this one exactly if as many values are.
    guard known >= fewest, less >= Int((0.95 * Double(known)).rounded(.up)) else { return nil }
    return SortedSample(times).percentile(0.95).map { .microseconds(Int64(($0 * 1000).rounded())) }
  }
}

extension SpeedBaselines.Times {
  /// The first place whose answer did not start before `time`.
  func index(of time: Int64) -> Int {
    var (low, high) = (0, started.count)
    while low < high {
      let middle = (low + high) / 2
      if started[middle] < time { low = middle + 1 } else { high = middle }
    }
    return low
  }

  mutating func add(_ time: Int64, _ firstText: Double, _ total: Double) {
    let place = (started.last ?? .min) < time ? started.count : index(of: time)
    var other = place
    while other < started.count, started[other] == time {
      if Self.isSame(firstTexts[other], firstText), Self.isSame(totals[other], total) { return }
      other += 1
    }
    started.insert(time, at: place)
    firstTexts.insert(firstText, at: place)
    totals.insert(total, at: place)
  }

  private static func isSame(_ a: Double, _ b: Double) -> Bool { a == b || (a.isNaN && b.isNaN) }
}
