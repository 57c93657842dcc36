// When a transfer has to be given up: the rules, as functions of times. Reads no clock.
//
// Times are of a clock that stands still while the machine sleeps; sleeping is told separately (`machineSlept`).

/// The deadlines of one transfer.
struct DeadlineTracker: Sendable {
  typealias Instant = SuspendingClock.Instant

  /// Why time is up.
  enum Expiry: Equatable, Sendable {
    case deadline(Deadline)
    /// Nothing came since the machine woke.
    case silentSinceSleep
  }

  private let deadlines: Deadlines
  private let started: Instant
  private var attempted: Instant
  private(set) var phase = TransferPhase.resolving
  private var lastActivity: Instant
  private var silentUntil: Instant?
  private var isPaused = false

  init(_ deadlines: Deadlines, started: Instant) {
    self.deadlines = deadlines
    self.started = started
    attempted = started
    lastActivity = started
  }

  /// The transfer begins again on another connection; the total goes on.
  mutating func restart(at now: Instant) {
    attempted = now
    phase = .resolving
    lastActivity = now
    isPaused = false
  }

  /// A phase began. The first byte is counted from here if it is `waiting`.
  mutating func enter(_ phase: TransferPhase, at now: Instant) {
    self.phase = phase
    lastActivity = now
  }

  /// A byte went or came.
  mutating func moved(at now: Instant) {
    lastActivity = now
    silentUntil = nil
  }

  /// The reader is behind: silence is our own then.
  mutating func pause() { isPaused = true }

  /// The reader has caught up; silence counts from now.
  mutating func resume(at now: Instant) {
    isPaused = false
    lastActivity = now
  }

  /// The machine slept; connections rarely survive that, and nobody says so.
  mutating func machineSlept(noticedAt now: Instant, grace: Duration) {
    silentUntil = now.advanced(by: grace)
  }

  /// The first limit to come.
  var nearest: (expiry: Expiry, at: Instant)? {
    var nearest: (expiry: Expiry, at: Instant)?
    func consider(_ expiry: Expiry, _ at: Instant?) {
      guard let at else { return }
      if let current = nearest, current.at <= at { return }
      nearest = (expiry, at)
    }
    switch phase {
    case .resolving, .connecting, .securing:
      consider(.deadline(.connect), deadlines.connect.map(attempted.advanced(by:)))
    case .waiting:
      consider(.deadline(.firstByte), deadlines.firstByte.map(lastActivity.advanced(by:)))
    case .sending, .receiving:
      if !isPaused { consider(.deadline(.idle), deadlines.idle.map(lastActivity.advanced(by:))) }
    }
    if !isPaused { consider(.silentSinceSleep, silentUntil) }
    consider(.deadline(.total), deadlines.total.map(started.advanced(by:)))
    return nearest
  }

  /// The limit that has been reached.
  func expired(at now: Instant) -> Expiry? {
    guard let nearest, nearest.at <= now else { return nil }
    return nearest.expiry
  }

  /// The configured length of a limit.
  func length(of deadline: Deadline) -> Duration {
    let length =
      switch deadline {
      case .connect: deadlines.connect
      case .firstByte: deadlines.firstByte
      case .idle: deadlines.idle
      case .total: deadlines.total
      }
    return length ?? .zero
  }
}
