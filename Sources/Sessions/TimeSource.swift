// Where the store gets the time from, so that its histories can be played without waiting.

package import Conversations
package import Streaming

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A clock for measuring, a clock for showing, and a way to wait.
package protocol TimeSource: Sendable {
  /// The moment durations are measured from; goes on while the machine sleeps.
  func now() -> Instant
  /// The moment by the wall clock.
  func wall() -> Timestamp
  /// Returns at that moment; throws at once when the task is cancelled.
  func sleep(until deadline: Instant) async throws
}

/// The machine's clocks.
package struct SystemTime: TimeSource {
  /// The machine's clocks.
  package init() {}

  package func now() -> Instant { ContinuousClock().now }

  package func wall() -> Timestamp {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Timestamp(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
  }

  package func sleep(until deadline: Instant) async throws {
    try await ContinuousClock().sleep(until: deadline)
  }
}
