// How many characters came lately: the last fifteen seconds in quarters, for the live rate and its sparkline.

/// Characters in each quarter of a second of the last fifteen seconds.
///
/// Times are nanoseconds since the stream began. A time before the newest quarter counts into the newest.
package struct RateWindow: Equatable, Sendable {
  /// Quarters remembered.
  package static let quarters = 60
  /// Quarters that the recent rate looks at: five seconds even out bursts and still follow a change.
  package static let recentQuarters = 20
  /// Quarters that the present rate looks at: one second.
  package static let presentQuarters = 4
  private static let quarterNanoseconds: Int64 = 250_000_000

  private var counts = [UInt32](repeating: 0, count: Self.quarters)
  private var newest: Int64 = 0
  /// When the first characters came; `nil` before.
  private var first: Int64?

  /// An empty window.
  package init() {}

  /// Whether nothing came yet.
  package var isEmpty: Bool { first == nil }

  /// Counts characters that came at a time.
  /// - Complexity: O(1), at most `quarters` steps after a silence.
  package mutating func add(_ characters: Int, at nanoseconds: Int64) {
    let quarter = nanoseconds / Self.quarterNanoseconds
    if quarter > newest {
      // Quarters in which nothing came are zero; after a long silence all of them are.
      for skipped in max(newest + 1, quarter - Int64(Self.quarters) + 1)...quarter { counts[Self.slot(skipped)] = 0 }
      newest = quarter
    }
    if first == nil { first = nanoseconds }
    let slot = Self.slot(newest)
    let (sum, overflows) = counts[slot].addingReportingOverflow(UInt32(clamping: characters))
    counts[slot] = overflows ? .max : sum
  }

  /// The quarters up to a time, oldest first, the last one still running. Empty before anything came.
  package func recent(at nanoseconds: Int64) -> [UInt32] {
    guard first != nil else { return [] }
    let now = max(newest, nanoseconds / Self.quarterNanoseconds)
    let oldest = max(0, now - Int64(Self.quarters) + 1)
    return (oldest...now).map { count(of: $0) }
  }

  /// Characters per second over so many quarters, the running one among them, or since the first characters if that is
  /// less; `nil` if nothing came in that time.
  package func rate(at nanoseconds: Int64, quarters: Int = recentQuarters) -> Double? {
    guard let first else { return nil }
    let now = max(newest, nanoseconds / Self.quarterNanoseconds)
    let oldest = max(0, now - Int64(min(max(1, quarters), Self.quarters)) + 1)
    var sum = 0
    for quarter in oldest...now { sum += Int(count(of: quarter)) }
    guard sum > 0 else { return nil }
    // At least a quarter: a burst that has just begun is not an endless rate.
    let begin = max(first, oldest * Self.quarterNanoseconds)
    let span = max(Self.quarterNanoseconds, nanoseconds - begin)
    return Double(sum) * 1e9 / Double(span)
  }

  private func count(of quarter: Int64) -> UInt32 {
    quarter <= newest && quarter > newest - Int64(Self.quarters) ? counts[Self.slot(quarter)] : 0
  }

  private static func slot(_ quarter: Int64) -> Int { Int(quarter % Int64(quarters)) }
}
