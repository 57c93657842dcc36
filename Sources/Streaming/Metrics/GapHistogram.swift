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

  /// The percentile (0 to 100) of the gaps; zero without any.
  func percentile(_ percentile: Double) -> Duration {
    guard let histogram, count > 0 else { return .zero }
    return .microseconds(min(Int64(clamping: histogram.valueAtPercentile(percentile)), maximumNanoseconds / 1000 + 1))
  }

  /// All that is shown of the distribution; `nil` without a gap.
  /// - Complexity: passes over the counts; not for every chunk.
  var summary: GapSummary? {
    guard count > 0 else { return nil }
    let maximum = Duration.nanoseconds(maximumNanoseconds)
    return GapSummary(
      p50: min(percentile(50), maximum), p95: min(percentile(95), maximum), p99: min(percentile(99), maximum),
      maximum: maximum)
  }
}
