// What an interval claims, against counting by hand and against sources whose medians are known.

import Statistics
import TestSupport
import Testing

@Suite("Intervals of the median")
struct MedianIntervalTests {
  @Test(
    "Ranks and coverage are those of the sign test's tables",
    arguments: [
      // Conover, Practical Nonparametric Statistics: the binomial distribution with p = 1/2.
      (6, 1, 0.96875), (7, 1, 0.984375), (8, 1, 0.9921875), (9, 2, 0.9609375), (10, 2, 0.978515625),
      (15, 4, 0.96484375), (20, 6, 0.9586105346679688), (25, 8, 0.9567147493362427),
    ])
  func tables(count: Int, rank: Int, coverage: Double) throws {
    let interval = try #require(MedianInterval(of: SortedSample((1...count).map(Double.init))))
    #expect(interval.rank == rank)
    #expect(interval.lower == Double(rank) && interval.upper == Double(count + 1 - rank))
    #expect(abs(interval.coverage - coverage) < 1e-12)
  }

  @Test("Fewer than six values have no interval of 95 %")
  func tooFew() {
    #expect(MedianInterval.leastCount() == 6)
    for count in 0..<6 { #expect(MedianInterval(of: SortedSample((0..<count).map(Double.init))) == nil) }
    #expect(MedianInterval(of: SortedSample([1, 2, 3, 4, 5]), coverage: 0.9)?.coverage == 0.9375)
  }

  @Test("The narrowest interval is taken, and never one below what was wanted", arguments: [6, 31, 64, 200, 1500])
  func narrowest(count: Int) throws {
    let interval = try #require(MedianInterval(of: SortedSample((0..<count).map(Double.init))))
    #expect(interval.coverage >= 0.95 && interval.coverage < 1)
    let next = MedianInterval.coverage(rank: interval.rank + 1, count: count)
    #expect(next < 0.95 || 2 * (interval.rank + 1) > count)
  }

  /// A source with a known median.
  enum Source: String, CaseIterable, CustomTestStringConvertible {
    case exponential, uniform, heavy, twoHumps

    var testDescription: String { rawValue }

    /// The value below which that share of the source lies.
    func value(at share: Double) -> Double {
      switch self {
      case .uniform: share
      // The series of −ln(1 − share); enough of it for shares that a test draws.
      case .exponential: Self.logarithm(1 / (1 - share))
      // The Pareto distribution with exponent 1: no mean at all.
      case .heavy: 1 / (1 - share)
      // Two thirds low and narrow, one third high and wide.
      case .twoHumps: share < 2.0 / 3 ? share : 10 + 30 * share
      }
    }

    var median: Double { value(at: 0.5) }

    private static func logarithm(_ number: Double) -> Double {
      // ln(m · 2^e) = e ln 2 + 2 artanh((m − 1) / (m + 1)).
      let ratio = (number.significand - 1) / (number.significand + 1)
      var term = ratio
      var sum = 0.0
      for odd in stride(from: 1.0, through: 41, by: 2) {
        sum += term / odd
        term *= ratio * ratio
      }
      return Double(number.exponent) * 0.693147180559945309 + 2 * sum
    }
  }

  private static let experiments = 1_000

  /// Four standard deviations of a count of hits: wider than chance needs in a thousand tests, narrow enough that an interval
  /// with one rank more or less is found out.
  private static func tolerance(_ share: Double) -> Double {
    4 * (share * (1 - share) * Double(experiments)).squareRoot()
  }

  @Test(
    "In a thousand experiments an interval holds the true median as often as it claims",
    arguments: Source.allCases, [6, 9, 10, 20, 50])
  func coverage(source: Source, count: Int) throws {
    var generator = SeededGenerator(seed: 0x5EED_0000 + UInt64(count))
    var hits = 0
    var claimed = 0.0
    for _ in 0..<Self.experiments {
      let sample = SortedSample(
        (0..<count).map { _ in source.value(at: Double.random(in: 0..<1, using: &generator)) })
      let interval = try #require(MedianInterval(of: sample))
      claimed = interval.coverage
      if interval.lower <= source.median, source.median <= interval.upper { hits += 1 }
    }
    let expected = claimed * Double(Self.experiments)
    #expect(abs(Double(hits) - expected) <= Self.tolerance(claimed), "\(hits) hits, \(expected) claimed")
  }

  @Test(
    "Two modes that are alike show no difference as often as the interval claims", arguments: Source.allCases,
    [6, 10, 20])
  func alike(source: Source, count: Int) {
    var generator = SeededGenerator(seed: 0xA11C_E000 + UInt64(count))
    var verdicts: [Verdict: Int] = [:]
    for _ in 0..<Self.experiments {
      let pairs = (0..<count).map { _ in
        (
          first: source.value(at: Double.random(in: 0..<1, using: &generator)),
          second: source.value(at: Double.random(in: 0..<1, using: &generator))
        )
      }
      verdicts[PairedDifference(pairs).verdict, default: 0] += 1
    }
    let rank = MedianInterval(of: SortedSample((0..<count).map(Double.init)))?.rank ?? 0
    let claimed = MedianInterval.coverage(rank: rank, count: count)
    let found = Double(verdicts[.noDifferenceShown] ?? 0)
    #expect(abs(found - claimed * Double(Self.experiments)) <= Self.tolerance(claimed), "\(verdicts)")
  }
}
