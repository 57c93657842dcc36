// Two things measured in pairs: by how much they differ, and whether that can be told from chance.

/// What pairs of runs say about which of two is sooner.
package enum Verdict: Hashable, Sendable {
  /// The first one is sooner by the median of the differences.
  case sooner
  case later
  /// The interval of the differences holds none at all: so many runs cannot tell.
  case noDifferenceShown
  /// Too few valid pairs for an interval of the wanted confidence.
  case notEnoughRuns(valid: Int, needed: Int)

  /// The word for it in JSON.
  package var name: String {
    switch self {
    case .sooner: "sooner"
    case .later: "later"
    case .noDifferenceShown: "no_difference_shown"
    case .notEnoughRuns: "not_enough_runs"
    }
  }
}

/// By how much the first of two is sooner, from pairs that were measured one right after the other.
package struct PairedDifference: Equatable, Sendable {
  /// The second's time less the first's, of each pair; positive where the first was sooner.
  package let sample: SortedSample
  /// Where the median of the differences lies; `nil` with too few pairs.
  package let interval: MedianInterval?
  package let verdict: Verdict

  /// The difference of pairs of times in seconds. Pairs with a number that is not finite do not count.
  package init(_ pairs: some Sequence<(first: Double, second: Double)>) {
    sample = SortedSample(pairs.map { $0.second - $0.first })
    interval = MedianInterval(of: sample)
    verdict =
      if let interval {
        interval.lower > 0 ? .sooner : interval.upper < 0 ? .later : .noDifferenceShown
      } else {
        .notEnoughRuns(valid: sample.count, needed: MedianInterval.leastCount())
      }
  }

  /// The median of the differences; `nil` without a pair.
  package var median: Double? { sample.median }
}
