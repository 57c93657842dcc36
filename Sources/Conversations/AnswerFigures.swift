// What statistics want to know of an answer that has ended: a few numbers, none of what was said. Answers come in pages, so
// that a hundred thousand of them take no more memory than a thousand.

/// How an answer ended, without its words.
package enum AnswerOutcome: Equatable, Hashable, Sendable {
  case complete
  /// Stopped by the user.
  case stopped
  /// riffle died while the answer streamed.
  case interrupted
  /// The stream broke after something had arrived; the kind is one of `ErrorKind`, as it was stored.
  case incomplete(kind: String?)
  /// Nothing arrived.
  case failed(kind: String?)

  /// Whether something went wrong: an answer that the user stopped is none.
  package var isError: Bool {
    switch self {
    case .incomplete, .failed: true
    case .complete, .stopped, .interrupted: false
    }
  }
}

/// The figures of one answer that has ended. What was not measured, or cannot be read, is `nil`.
package struct AnswerFigures: Equatable, Sendable {
  package var message: MessageID
  package var conversation: ConversationID
  package var started: Timestamp
  package var model: ModelReference
  /// The profile that was talked with; `nil` for answers from before it was written down.
  package var profile: String?
  package var isStreaming: Bool
  package var outcome: AnswerOutcome
  /// From the request to the first text of the answer itself.
  package var firstText: Duration?
  /// From the request to the first content-bearing chunk, thinking included.
  package var firstChunk: Duration?
  package var total: Duration?
  package var characters: Int?
  package var chunks: Int?
  /// Characters per second over the whole time, from the request on.
  package var charactersPerSecond: Double?
  package var usage: TokenUsage?
  /// In the currency of the configured prices.
  package var cost: Double?
  /// Whether the tokens that the cost was counted from were estimated.
  package var isCostEstimated: Bool
  package var stalls: Int?
  package var retries: Int?
  /// Whether somebody was looking when it ended.
  package var isWatched: Bool?
  /// Whether a reader who did not know the models took it for the best of a race.
  package var isBest: Bool?

  /// Figures of which nothing but the origin is known yet.
  package init(
    message: MessageID, conversation: ConversationID, started: Timestamp, model: ModelReference, isStreaming: Bool,
    outcome: AnswerOutcome
  ) {
    self.message = message
    self.conversation = conversation
    self.started = started
    self.model = model
    self.isStreaming = isStreaming
    self.outcome = outcome
    isCostEstimated = false
  }
}

/// Which answers are asked for: those that started in a span of time.
package struct AnswerQuery: Equatable, Sendable {
  /// The first moment of the span; `nil` for the beginning of everything.
  package var since: Timestamp?
  /// The first moment behind the span; `nil` for no end.
  package var until: Timestamp?
  /// Only answers of this model.
  package var model: ModelReference?

  /// All answers, unless limited.
  package init(since: Timestamp? = nil, until: Timestamp? = nil, model: ModelReference? = nil) {
    self.since = since
    self.until = until
    self.model = model
  }
}

/// Where the next page begins. Its numbers mean something to the archive that made it only.
package struct AnswerCursor: Equatable, Sendable {
  package var started: Int64
  package var key: Int64

  /// Behind the answer with these numbers.
  package init(started: Int64, key: Int64) {
    self.started = started
    self.key = key
  }
}

/// Some of the answers that were asked for, the newest last.
package struct AnswerPage: Equatable, Sendable {
  package var answers: [AnswerFigures]
  /// Answers that are there and cannot be read; they are not among `answers`.
  package var damagedCount: Int
  /// Where to go on; `nil` at the end.
  package var next: AnswerCursor?

  /// A page.
  package init(answers: [AnswerFigures], damagedCount: Int = 0, next: AnswerCursor? = nil) {
    self.answers = answers
    self.damagedCount = damagedCount
    self.next = next
  }
}
