// Between which of its values the median of a sample's source lies, without any model of where the numbers come from.

/// Fair coins: how many of a number of values lie below their source's median.
enum FairCoins {
  /// The probability that at most `heads` of `count` fair coins show heads.
  ///
  /// Counted from the middle outwards and scaled by the sum, so that no power of a half is too small for a `Double`.
  /// - Complexity: O(`count`)
  static func probability(ofAtMost heads: Int, of count: Int) -> Double {
    guard heads >= 0 else { return 0 }
    guard heads < count else { return 1 }
    // The weight of k heads relative to that of the middle, from the middle down; the other side is the same mirrored.
    var weights = [Double](repeating: 0, count: count + 1)
    let middle = count / 2
    weights[middle] = 1
    for k in stride(from: middle, to: 0, by: -1) { weights[k - 1] = weights[k] * Double(k) / Double(count - k + 1) }
    for k in (middle + 1)..<(count + 1) { weights[k] = weights[count - k] }
    return weights[...heads].reduce(0, +) / weights.reduce(0, +)
  }
}

/// An interval that holds the median of a sample's source with a known probability, whatever the source's distribution.
///
/// The interval from the r-th smallest to the r-th greatest value of a sample misses the median only if fewer than r values
/// lie on one side of it, which has the probability of coin throws (the sign test's interval; Conover, *Practical
/// Nonparametric Statistics*, section 3.2). For a source without ties that probability is exact; with ties the interval holds the
/// median at least as often.
package struct MedianInterval: Equatable, Sendable {
  package let lower: Double
  package let upper: Double
  /// Which value of the sample in order is the lower end, counted from one; the upper end is the same from the other side.
  package let rank: Int
  /// Values in the sample.
  package let count: Int
  /// How often such an interval holds the median: 0.979 for ten values.
  package let coverage: Double

  /// The confidence below which no interval is told.
  package static let leastCoverage = 0.95

  /// The narrowest such interval that holds the median at least that often; `nil` if the sample is too small for one.
  /// - Complexity: O(n²) at worst in the sample's size, which is that of a measurement.
  package init?(of sample: SortedSample, coverage wanted: Double = leastCoverage) {
    guard let rank = Self.rank(count: sample.count, coverage: wanted) else { return nil }
    self.rank = rank
    count = sample.count
    lower = sample.values[rank - 1]
    upper = sample.values[sample.count - rank]
    coverage = Self.coverage(rank: rank, count: sample.count)
  }

  /// How often the interval between the values of that rank from either side holds the median.
  package static func coverage(rank: Int, count: Int) -> Double {
    max(0, 1 - 2 * FairCoins.probability(ofAtMost: rank - 1, of: count))
  }

  /// The smallest sample that has such an interval: 6 for 95 %.
  package static func leastCount(coverage wanted: Double = leastCoverage) -> Int {
    var count = 1
    // An interval of the whole sample misses with 2 · 2^−n: it ends after as many steps as a Double has bits.
    while count < 64, coverage(rank: 1, count: count) < wanted { count += 1 }
    return count
  }

  private static func rank(count: Int, coverage wanted: Double) -> Int? {
    guard count > 0, coverage(rank: 1, count: count) >= wanted else { return nil }
    var rank = 1
    while 2 * (rank + 1) <= count, coverage(rank: rank + 1, count: count) >= wanted { rank += 1 }
    return rank
  }
}
