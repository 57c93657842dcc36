import Testing

@testable import Transport

@Suite("Deadline rules")
struct DeadlineTrackerTests {
  private let start = SuspendingClock.Instant.now
  private let limits = Deadlines(
    connect: .seconds(10), firstByte: .seconds(20), idle: .seconds(30), total: .seconds(100))

  private func at(_ seconds: Int) -> SuspendingClock.Instant { start.advanced(by: .seconds(seconds)) }

  private func check(
    _ tracker: DeadlineTracker, _ expiry: DeadlineTracker.Expiry?, after seconds: Int,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(tracker.nearest?.expiry == expiry, sourceLocation: sourceLocation)
    #expect(tracker.nearest?.at == at(seconds), sourceLocation: sourceLocation)
    #expect(tracker.expired(at: at(seconds)) == expiry, sourceLocation: sourceLocation)
    #expect(tracker.expired(at: at(seconds - 1)) == nil, sourceLocation: sourceLocation)
  }

  @Test("Each phase has its own limit, and the next begins when the phase does")
  func phases() {
    var tracker = DeadlineTracker(limits, started: start)
    check(tracker, .deadline(.connect), after: 10)
    tracker.enter(.connecting, at: at(3))
    tracker.enter(.securing, at: at(6))
    check(tracker, .deadline(.connect), after: 10)
    tracker.enter(.sending, at: at(7))
    tracker.moved(at: at(9))
    check(tracker, .deadline(.idle), after: 39)
    tracker.enter(.waiting, at: at(12))
    check(tracker, .deadline(.firstByte), after: 32)
    tracker.enter(.receiving, at: at(30))
    check(tracker, .deadline(.idle), after: 60)
    tracker.moved(at: at(50))
    check(tracker, .deadline(.idle), after: 80)
    tracker.moved(at: at(75))
    check(tracker, .deadline(.total), after: 100)
  }

  @Test("A reader who is behind stops the idle time but not the total")
  func paused() {
    var tracker = DeadlineTracker(limits, started: start)
    tracker.enter(.receiving, at: at(5))
    tracker.pause()
    check(tracker, .deadline(.total), after: 100)
    tracker.resume(at: at(60))
    check(tracker, .deadline(.idle), after: 90)
  }

  @Test("After sleep the grace runs out unless a byte comes")
  func sleep() {
    var tracker = DeadlineTracker(limits, started: start)
    tracker.enter(.receiving, at: at(5))
    tracker.machineSlept(noticedAt: at(10), grace: .seconds(4))
    check(tracker, .silentSinceSleep, after: 14)
    tracker.moved(at: at(12))
    check(tracker, .deadline(.idle), after: 42)
  }

  @Test("A second attempt connects anew, the total goes on")
  func restart() {
    var tracker = DeadlineTracker(limits, started: start)
    tracker.enter(.waiting, at: at(95))
    tracker.restart(at: at(85))
    check(tracker, .deadline(.connect), after: 95)
    tracker.restart(at: at(95))
    check(tracker, .deadline(.total), after: 100)
  }

  @Test("Without limits there is none")
  func none() {
    var tracker = DeadlineTracker(Deadlines(connect: nil, firstByte: nil, idle: nil), started: start)
    for phase in TransferPhase.allCases {
      tracker.enter(phase, at: at(1))
      #expect(tracker.nearest == nil)
    }
  }

  @Test(
    "Timers are rounded up", arguments: [(1, 1), (999_999, 1), (1_000_001, 2), (0, 0), (-5, 0), (2_000_000_000, 2000)])
  func rounding(nanoseconds: Int, milliseconds: Int) {
    #expect(Duration.nanoseconds(nanoseconds).wholeMilliseconds == milliseconds)
  }
}
