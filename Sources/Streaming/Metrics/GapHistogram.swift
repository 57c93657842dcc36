// The distribution of the gaps between chunks, in bounded memory.

import Histogram

/// Gaps in microseconds with three significant digits, up to an hour; a longer one counts as an hour.
///
/// The counts take 94 KB, from the first gap until the recorder is let go of: 23 doublings of 1,024 steps of four bytes.
struct GapHistogram: Sendable {
  private static let longest: UInt64 = 3_600_000_000
  private var histogram: Histogram<UInt32>?
  private(set) var maximumNanoseconds: Int64 = 0
  private(set) var count = 0

  /// Counts one gap.
  mutating func record(nanoseconds: Int64) {
    if histogram == nil {
      histogram = Histogram(highestTrackableValue: Self.longest, numberOfSignificantValueDigits: .three)
    }
    // Rounded to the nearest microsecond; clamped, so the histogram never refuses.
    let microseconds = min(Self.longest, UInt64(max(0, nanoseconds) + 500) / 1000)
    _ = histogram?.record(microseconds)
    maximumNanoseconds = max(maximumNanoseconds, nanoseconds)
    count += 1
  }

  /// All that is shown of the distribution; `nil` without a gap.
  /// - Complexity: one pass over the counts up to the 99th percentile; not for every chunk.
  var summary: GapSummary? {
    guard let histogram, count > 0 else { return nil }
    // The package finds one percentile at a time in code that is not specialised; one pass of its iterator, which is,
    // finds all three in a tenth of the time.
    let maximum = Duration.nanoseconds(maximumNanoseconds)
    let ranks = [50, 95, 99].map { (UInt64(count) * $0 + 99) / 100 }
    var found: [Duration] = []
    for step in histogram.recordedValues() {
      while found.count < ranks.count, step.totalCountToThisValue >= ranks[found.count] {
        found.append(min(.microseconds(Int64(clamping: step.value)), maximum))
      }
      if found.count == ranks.count { break }
    }
    guard found.count == ranks.count else { return nil }
    return GapSummary(p50: found[0], p95: found[1], p99: found[2], maximum: maximum)
  }
}
