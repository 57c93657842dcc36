// Plays an answer: which moment it is, what of the answer is there by then, and when the picture changes next. The answer
// is a message that grows, like one that streams; going back makes it shorter.

import Conversations
import Streaming

/// An answer that is being played, or stands still somewhere.
struct ReplayPlayer: Equatable, Sendable {
  let plan: ReplayPlan
  let prompt: String
  /// The answer as far as it is shown, alone in a conversation of its own, where the reader scrolls and folds.
  private(set) var transcript: TranscriptState
  private(set) var speed: ReplaySpeed
  private(set) var isPaused = false
  /// Chunks that are shown.
  private(set) var chunks = 0

  /// The whole answer.
  private let whole: TranscriptMessage
  /// The moment at which the request began, on the clock that the shown answer has: its parts say when they came.
  let origin: Instant
  /// The moment of the program at which the answer was at `reference`.
  private var began: Instant
  private var reference: Duration = .zero
  /// Parts before this one do not change any more, played forwards.
  private var firstOpen = 0

  // Twenty pictures would do; sixty are what the screen shows at most.
  private static let picture: Duration = .nanoseconds(16_666_667)
  private static let picturesAtMost = 60
  /// How often the clock in the bar moves while nothing comes: as often as the status bar's figures.
  private let clockStep: Duration

  /// A player at the beginning.
  /// - Parameter isCalm: whether nothing is to move by the clock more than once a second.
  init(
    _ answer: ReplayedAnswer, speed: ReplaySpeed, profile: Profile, isUnfolded: Bool, isCalm: Bool, at now: Instant
  ) {
    clockStep = isCalm ? .seconds(1) : .milliseconds(250)
    plan = answer.plan
    prompt = answer.prompt
    self.speed = speed
    began = now
    origin = now
    let stored = answer.message
    // A name of its own: the same answer may be laid out in the pane, where all of it is there.
    var message = Message(
      id: MessageID(high: stored.id.high, low: ~stored.id.low), parent: nil, role: stored.role,
      created: stored.created, origin: stored.origin, parts: stored.parts, status: stored.status,
      usage: stored.usage, variant: stored.variant)
    whole = TranscriptMessage(message, metrics: answer.metrics)
    transcript = TranscriptState(id: answer.conversation, profile: profile)
    transcript.isUnfolded = isUnfolded
    message.parts = []
    transcript.apply(.message(message))
    show(0)
  }

  /// The answer as it is shown.
  var message: TranscriptMessage { transcript.messages[0] }

  var isAtEnd: Bool { chunks >= plan.count }

  /// Where it is: never before a chunk that is shown, never beyond the last one.
  func position(at now: Instant) -> Duration {
    guard !isAtEnd else { return plan.end }
    guard !isPaused, case .factor(let factor) = speed else { return reference }
    return min(plan.end, max(reference, reference + (now - began) * factor))
  }

  /// The time of the last chunk that is shown.
  var lastChunk: Duration? { chunks > 0 ? plan.time(of: chunks - 1) : nil }

  /// When the picture changes: with the next chunk; or with the clock, while none comes for long.
  var due: Instant? {
    guard !isPaused, !isAtEnd else { return nil }
    switch speed {
    case .maximum: return began + Self.picture
    case .factor(let factor):
      let wait = (plan.time(of: chunks) - reference) / factor
      // A microsecond later than exact, so that it is not early by a rounding.
      let next = began + max(.zero, wait) + .microseconds(1)
      return min(next, nextClock ?? next)
    }
  }

  /// When the clock in the bar is to be drawn again; set by `tick`.
  private var nextClock: Instant?

  /// Shows what is due.
  mutating func tick(at now: Instant) {
    guard !isPaused, !isAtEnd else { return }
    switch speed {
    case .maximum:
      let step = max(1, (plan.count + Self.picturesAtMost - 1) / Self.picturesAtMost)
      show(min(plan.count, chunks + step))
      (reference, began) = (lastChunk ?? .zero, now)
    case .factor:
      let due = plan.chunks(until: position(at: now))
      if due > chunks { show(due) }
      nextClock = now + clockStep
    }
  }

  // MARK: Keys

  mutating func togglePause(at now: Instant) {
    if isAtEnd {
      // Once more, from the beginning.
      isPaused = false
      return seek(to: .zero, at: now)
    }
    hold(at: now)
    isPaused.toggle()
  }

  mutating func setSpeed(_ new: ReplaySpeed, at now: Instant) {
    hold(at: now)
    speed = new
  }

  /// Goes to a time; it plays on from there, or stands still as before.
  mutating func seek(to time: Duration, at now: Instant) {
    reference = min(plan.end, max(.zero, time))
    began = now
    nextClock = nil
    show(plan.chunks(until: reference))
  }

  /// Goes to the next chunk, or the one before, and stands still there. Chunks that came together are one.
  mutating func step(by offset: Int, at now: Instant) {
    hold(at: now)
    isPaused = true
    if offset > 0 {
      guard !isAtEnd else { return }
      seek(to: plan.time(of: chunks), at: now)
    } else if let here = lastChunk {
      // The last chunk that came before those that are the last ones shown.
      let before = plan.chunks(until: here - .microseconds(100))
      seek(to: before > 0 && here > .zero ? plan.time(of: before - 1) : .zero, at: now)
      if before == 0 { show(0) }
    }
  }

  private mutating func hold(at now: Instant) {
    reference = position(at: now)
    began = now
    nextClock = nil
  }

  mutating func alter(_ body: (inout TranscriptState) -> Void) { body(&transcript) }

  // MARK: The message

  /// Shows so many chunks.
  private mutating func show(_ number: Int) {
    if number < chunks { firstOpen = 0 }
    chunks = number
    let count = plan.partCount(after: number)
    let moment = ReplayMoment(plan: plan, whole: whole, chunks: number, origin: origin)
    moment.fit(&transcript.messages[0], parts: count, from: firstOpen)
    while firstOpen < count, plan.isWhole(firstOpen, after: number) { firstOpen += 1 }
  }
}

/// An answer after a number of chunks.
private struct ReplayMoment {
  let plan: ReplayPlan
  let whole: TranscriptMessage
  let chunks: Int
  let origin: Instant

  /// Makes a message what it was at this moment; parts before `first` are so already.
  func fit(_ message: inout TranscriptMessage, parts count: Int, from first: Int) {
    if message.parts.count > count {
      message.parts.removeSubrange(count...)
      message.revision += 1
    }
    for index in min(first, count)..<count { fit(index, of: &message, isLast: index == count - 1) }
    let isAtEnd = chunks >= plan.count
    let status = isAtEnd ? whole.status : .streaming
    if message.status != status {
      message.status = status
      message.usage = isAtEnd ? whole.usage : nil
      message.metrics = isAtEnd ? whole.metrics : nil
      message.revision += 1
    }
  }

  private func fit(_ index: Int, of message: inout TranscriptMessage, isLast: Bool) {
    let source = whole.parts[index]
    if index == message.parts.count {
      var part = source
      part.bytes = []
      message.parts.append(part)
      message.revision += 1
    }
    let size = min(source.bytes.count, plan.byteCount(of: index, after: chunks))
    let known = message.parts[index].bytes.count
    if size < known {
      message.parts[index].bytes.removeSubrange(size...)
      message.parts[index].generation += 1
      message.revision += 1
    } else if size > known {
      message.parts[index].bytes.append(contentsOf: source.bytes[known..<size])
      // What was closed and goes on all the same is read anew.
      if !isLast { message.parts[index].generation += 1 }
    }
    let isWhole = plan.isWhole(index, after: chunks)
    if case .toolCall(let id, let name, _) = source.kind {
      let kind: TranscriptPart.Kind = isWhole ? source.kind : .toolCall(id: id, name: name, isComplete: false)
      if message.parts[index].kind != kind {
        message.parts[index].kind = kind
        message.revision += 1
      }
    }
    guard let times = plan.times(of: index) else { return }
    message.parts[index].began = origin + times.began
    message.parts[index].ended = isWhole ? origin + times.ended : nil
  }
}
