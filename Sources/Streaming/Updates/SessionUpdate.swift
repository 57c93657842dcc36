// What the session store tells everyone who watches: conflated, so that a slow watcher misses frames and never facts.

package import Conversations
package import Diagnostics

/// How a run stands.
package enum RunPhase: Equatable, Sendable {
  /// Resolving, connecting, securing or sending.
  case connecting
  /// The request is out, nothing has come.
  case waiting
  case thinking
  case writing
  case callingTool(String)
  /// Stop was asked for, the connection is being closed.
  case stopping
  /// The attempt failed; the next one begins at `until`, unless stopped.
  case retrying(attempt: Int, of: Int, until: Instant, because: Explanation)
  case ended
}

/// One answer being produced, or just ended, with its figures.
package struct RunSnapshot: Equatable, Sendable {
  package let id: RunID
  package let conversation: ConversationID
  package let message: MessageID
  package var model: ModelReference
  package var phase: RunPhase
  /// When the request began; figures count from here.
  package var started: Instant
  /// When the last content-bearing chunk came.
  package var lastChunk: Instant?
  package var metrics: StreamMetrics
  /// What came in the last fifteen seconds: rates go on with the clock while nothing comes.
  package var window: RateWindow
  /// Tokens of prompt and answer together that the model holds; `nil` where that is not known.
  package var contextLength: Int?

  /// The state of a run.
  package init(
    id: RunID, conversation: ConversationID, message: MessageID, model: ModelReference, phase: RunPhase,
    started: Instant,
    lastChunk: Instant? = nil, metrics: StreamMetrics = StreamMetrics(), window: RateWindow = RateWindow()
  ) {
    self.id = id
    self.conversation = conversation
    self.message = message
    self.model = model
    self.phase = phase
    self.started = started
    self.lastChunk = lastChunk
    self.metrics = metrics
    self.window = window
  }

  package var isLive: Bool { phase != .ended }

  /// Characters in each quarter of a second of the last fifteen seconds before a moment, oldest first, for sparklines.
  package func recentRates(at time: Instant) -> [UInt32] { window.recent(at: nanoseconds(to: time)) }

  /// The same run with the rates of a moment: while nothing comes they fall. One that has ended stays as it is.
  package func asOf(_ time: Instant) -> RunSnapshot {
    guard isLive, !window.isEmpty else { return self }
    let now = nanoseconds(to: time)
    var run = self
    run.metrics.recentCharactersPerSecond = window.rate(at: now)
    run.metrics.presentCharactersPerSecond = window.rate(at: now, quarters: RateWindow.presentQuarters)
    if now > 0 { run.metrics.charactersPerSecond = Double(metrics.characters) * 1e9 / Double(now) }
    return run
  }

  private func nanoseconds(to time: Instant) -> Int64 {
    let (seconds, attoseconds) = (time - started).components
    return max(0, seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
  }

  /// How much of what the model holds prompt and answer fill: 0 to 1, or more; `nil` where one of it is not known.
  package var contextShare: Double? {
    guard let length = contextLength, length > 0, let usage = metrics.usage, let input = usage.input else { return nil }
    return (Double(input) + Double(usage.output ?? 0)) / Double(length)
  }
}

/// A conversation as it stands when somebody opens it.
package struct ConversationSnapshot: Equatable, Sendable {
  package var record: ConversationRecord
  package var window: MessageWindow
  /// Figures of finished answers in the window, by message.
  package var metrics: [MessageID: StreamMetrics]
  /// The race at the end of the path that is under way or not decided; its answers as they stand.
  package var race: RaceSnapshot?

  /// A conversation and the end of its current path.
  package init(
    record: ConversationRecord, window: MessageWindow, metrics: [MessageID: StreamMetrics] = [:],
    race: RaceSnapshot? = nil
  ) {
    self.record = record
    self.window = window
    self.metrics = metrics
    self.race = race
  }
}

/// One change of an open conversation. Changes apply in order.
package enum TranscriptChange: Equatable, Sendable {
  /// Replaces all that is known: after opening, another branch, a foreign change.
  case opened(ConversationSnapshot)
  /// A piece of the current path that was asked for, as it stands now, and figures of the finished answers in it.
  case window(MessageWindow, metrics: [MessageID: StreamMetrics])
  /// A message that is new at the end, or that replaces the one with its identifier.
  case message(Message)
  /// Text that was appended to the part with this index (from zero), which is a text or thinking part. Like the other
  /// changes of one message it may be of an answer of a race that is not on the current path.
  case appended(MessageID, part: Int, text: String)
  /// A new part, or a part that changed otherwise than by growing.
  case part(MessageID, index: Int, Part)
  /// The answer has ended.
  case ended(MessageID, status: MessageStatus, usage: TokenUsage?, metrics: StreamMetrics)
  /// Prompts that wait, all of them.
  case queue([Prompt])
  /// The profile changed.
  case profile(Profile)
}

/// All that changed since the watcher last looked.
package struct SessionUpdate: Equatable, Sendable {
  /// Lines of the conversation list that are new or changed.
  package var summaries: [ConversationID: ConversationSummary] = [:]
  package var removed: Set<ConversationID> = []
  /// Changes of open conversations, each in order.
  package var changes: [ConversationID: [TranscriptChange]] = [:]
  /// Runs that changed; the newest state of each. A run that has `.ended` appears once more and then no longer.
  package var runs: [RunID: RunSnapshot] = [:]
  package var notices: [Explanation] = []
  /// What could not be saved so far, in words (`2 messages, 1 draft`), if that has changed; empty when all is saved again.
  package var unsaved: String?

  /// Nothing changed.
  package init() {}

  package var isEmpty: Bool {
    summaries.isEmpty && removed.isEmpty && changes.isEmpty && runs.isEmpty && notices.isEmpty && unsaved == nil
  }

  /// Adds what happened after this update. Growing text is joined, newer states replace older ones, and a conversation
  /// opened anew forgets what came before.
  /// - Complexity: linear in `newer`, not in what has been gathered.
  package mutating func merge(_ newer: SessionUpdate) {
    for (id, summary) in newer.summaries {
      summaries[id] = summary
      removed.remove(id)
    }
    for id in newer.removed {
      removed.insert(id)
      summaries[id] = nil
    }
    for (id, list) in newer.changes {
      for change in list { changes[id, default: []].appendMerging(change) }
    }
    for (id, run) in newer.runs { runs[id] = run }
    notices.append(contentsOf: newer.notices)
    unsaved = newer.unsaved ?? unsaved
  }
}

extension [TranscriptChange] {
  /// Appends a change, joining it with the last one where both append to the same part.
  package mutating func appendMerging(_ change: TranscriptChange) {
    switch change {
    case .opened:
      self = [change]
    case .appended(let message, let part, let text):
      // Joined only while short: a copy of the joined text then costs little, and a watcher that is far behind still
      // keeps no more than one entry for each kilobyte. Answers of a race grow by turns: text of one may pass text of
      // another.
      for index in indices.reversed().prefix(8) {
        guard case .appended(let other, let place, let waiting) = self[index] else { break }
        guard other == message else { continue }
        guard place == part, waiting.utf8.count < 1024 else { break }
        self[index] = .appended(message, part: part, text: waiting + text)
        return
      }
      append(change)
    default:
      append(change)
    }
  }
}
