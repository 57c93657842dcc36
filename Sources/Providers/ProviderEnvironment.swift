// What clients use of the world, as values: connections, files, time. Composed once, replaced in tests.

package import Diagnostics
package import Streaming
package import Transport

/// Time as replays and the guide need it: a clock to read and a way to wait.
package struct ProviderClock: Sendable {
  /// The present.
  package var now: @Sendable () -> Instant
  /// Returns at the time, or earlier if its task is cancelled.
  package var sleep: @Sendable (_ until: Instant) async -> Void

  /// A clock of these two.
  package init(now: @escaping @Sendable () -> Instant, sleep: @escaping @Sendable (_ until: Instant) async -> Void) {
    self.now = now
    self.sleep = sleep
  }

  /// The machine's clock.
  package static let system = ProviderClock(
    now: { .now },
    sleep: { time in
      // A sleep ends early only by cancellation, and whoever cancels has already said so.
      do { try await ContinuousClock().sleep(until: time, tolerance: .milliseconds(1)) } catch {}
    })
}

/// What clients use of the world.
package struct ProviderEnvironment: Sendable {
  /// Shared by all clients, so that connections are.
  package var http: HTTPClient
  package var clock: ProviderClock
  /// Reads a whole file, for recordings.
  package var load: @Sendable (_ path: String) -> Result<[UInt8], Explanation>
  /// Seconds since 1970 in UTC, for headers that name a date.
  package var wallClock: @Sendable () -> Int64
  /// What the guide reads; asked when it answers, so that starting costs nothing.
  package var guideBook: @Sendable () -> GuideBook = { .manual }
  /// Where AWS credentials are looked for; nowhere by default.
  package var aws: AWSSurroundings

  /// An environment; by default with the machine's clocks and without files.
  package init(
    http: HTTPClient, clock: ProviderClock = .system,
    load: @escaping @Sendable (_ path: String) -> Result<[UInt8], Explanation> = { path in
      .failure(Explanation(kind: .setting, summary: "Files cannot be read here", detail: path))
    },
    wallClock: @escaping @Sendable () -> Int64 = systemSeconds, aws: AWSSurroundings = AWSSurroundings()
  ) {
    self.http = http
    self.clock = clock
    self.load = load
    self.wallClock = wallClock
    self.aws = aws
  }
}
