// What a load says of a provider: percentiles of each request's figures, and what all of them together got done.

import Diagnostics
package import Statistics
import Streaming

/// The figures of a load; those of requests are of valid ones alone.
package struct LoadReport: Equatable, Sendable {
  package let valid: Int
  package let excluded: Int
  /// Requests that warmed up and were not counted.
  package let warmUps: Int
  /// Why requests were excluded, the commonest reason first.
  package let reasons: [Reason]
  /// In seconds from each request.
  package let firstText: SortedSample
  package let firstChunk: SortedSample
  package let total: SortedSample
  /// Between the chunks of each answer, all answers together, in seconds; empty where answers came in one piece.
  package let gaps: SortedSample
  /// Characters a second of each answer, over its whole time.
  package let rate: SortedSample
  /// Tokens a second of each answer.
  package let tokenRate: SortedSample
  /// Whether tokens of any answer were estimated because the provider counted none.
  package let areTokensEstimated: Bool
  /// From the first measured request to the end of the last one; warm-ups are before it.
  package let wall: Duration
  /// Requests under way on average over that time, and at the most.
  package let meanConcurrency: Double?
  package let peakConcurrency: Int
  private let characters: Int

  /// A reason with how many requests it excluded.
  package struct Reason: Equatable, Sendable {
    package let sentence: String
    package let count: Int
  }

  /// The figures of what came of a load.
  package init(of outcome: LoadOutcome) {
    let measured = outcome.trials.filter { !$0.isWarmUp }
    let good = measured.filter { $0.result.fault == nil }.map(\.result)
    warmUps = outcome.trials.count - measured.count
    valid = good.count
    excluded = measured.count - good.count
    reasons = Self.reasons(in: measured)
    firstText = SortedSample(good.compactMap { $0.metrics.timeToFirstText?.inSeconds })
    firstChunk = SortedSample(good.compactMap { $0.metrics.timeToFirstChunk?.inSeconds })
    total = SortedSample(good.map(\.metrics.elapsed.inSeconds))
    gaps = SortedSample(good.flatMap(Self.gaps))
    rate = SortedSample(good.compactMap(\.metrics.charactersPerSecond))
    let tokens = good.compactMap { result in result.outputTokens.map { (tokens: $0, time: result.metrics.elapsed) } }
    tokenRate = SortedSample(
      tokens.compactMap { $0.time > .zero ? Double($0.tokens.count) / $0.time.inSeconds : nil })
    areTokensEstimated = tokens.contains { $0.tokens.isEstimated }
    characters = good.reduce(0) { $0 + $1.metrics.characters }
    wall = measured.map(\.end).max() ?? .zero
    let busy = measured.reduce(Duration.zero) { $0 + ($1.end - $1.begin) }
    meanConcurrency = wall > .zero ? busy.inSeconds / wall.inSeconds : nil
    peakConcurrency = Self.peak(of: measured)
  }

  /// Valid answers a second of the measured time; `nil` if none was measured.
  package var answersPerSecond: Double? { perSecond(valid) }
  /// Their characters a second.
  package var charactersPerSecond: Double? { perSecond(characters) }

  private func perSecond(_ count: Int) -> Double? {
    valid > 0 && wall > .zero ? Double(count) / wall.inSeconds : nil
  }

  private static func gaps(of result: TrialResult) -> [Double] {
    let offsets = Timeline.entries(of: result.timeline).map(\.offset)
    return zip(offsets, offsets.dropFirst()).map { ($1 - $0).inSeconds }
  }

  private static func reasons(in trials: [LoadTrial]) -> [Reason] {
    var counts: [String: Int] = [:]
    for trial in trials {
      if let fault = trial.result.fault { counts[fault.sentence, default: 0] += 1 }
    }
    return counts.map { Reason(sentence: $0.key, count: $0.value) }
      .sorted { ($1.count, $0.sentence) < ($0.count, $1.sentence) }
  }

  /// The most spans that overlap.
  private static func peak(of trials: [LoadTrial]) -> Int {
    // Where one ends another begins: the end is taken first.
    let changes =
      trials.flatMap { [(time: $0.begin, change: 1), (time: $0.end, change: -1)] }
      .sorted { ($0.time, $0.change) < ($1.time, $1.change) }
    var under = 0
    var peak = 0
    for (_, change) in changes {
      under += change
      peak = max(peak, under)
    }
    return peak
  }
}
