// An answer again, as it came: what the view shows. The plan says what was there when; this says which moment it is.

package import Conversations
package import Diagnostics
package import Streaming

/// What `/replay` shows.
package struct ReplayState: Equatable, Sendable {
  package let conversation: ConversationID
  /// Which of its answers was asked for.
  let target: ReplayTarget
  /// How fast it begins.
  let speed: ReplaySpeed
  /// What plays; `nil` until it is read.
  var player: ReplayPlayer?

  /// When the next piece is shown; `nil` while nothing moves.
  var due: Instant? { player?.due }
}

/// How fast an answer is played.
package enum ReplaySpeed: Equatable, Sendable {
  case factor(Double)
  /// Without its waits: all of it within a second.
  case maximum

  /// What `+` and `-` go through.
  static let steps: [ReplaySpeed] = [0.25, 0.5, 1, 2, 4, 16].map { .factor($0) } + [.maximum]

  /// Reads `4`, `0.5x` or `max`; `nil` for what is none of the steps.
  package init?(_ text: String) {
    let text = text.lowercased()
    let word = text.last == "x" && text != "max" ? String(text.dropLast()) : text
    guard
      let known = Self.steps.first(where: { word == "max" ? $0 == .maximum : $0 == Double(word).map { .factor($0) } })
    else { return nil }
    self = known
  }

  /// The next faster or slower one, or itself at the end.
  func next(by offset: Int) -> ReplaySpeed {
    let index = Self.steps.firstIndex(of: self) ?? 2
    return Self.steps[min(Self.steps.count - 1, max(0, index + offset))]
  }

  /// `4x`, `0.25x`, `max`.
  package var words: String {
    switch self {
    case .maximum: "max"
    case .factor(let factor):
      factor == factor.rounded() ? "\(Int(factor))x" : "\(Figures.decimal(factor, factor < 0.5 ? 2 : 1))x"
    }
  }
}

/// Which answer is to be played.
package enum ReplayTarget: Equatable, Sendable {
  case message(MessageID)
  /// The last one of the path, or the n-th last.
  case last(Int)
}

/// An answer as it is kept, ready to be played.
package struct ReplayedAnswer: Equatable, Sendable {
  package var conversation: ConversationID
  package var message: Message
  package var prompt: String
  package var metrics: StreamMetrics?
  package var plan: ReplayPlan

  /// An answer with the plan of how it came.
  package init(
    conversation: ConversationID, message: Message, prompt: String, metrics: StreamMetrics?, plan: ReplayPlan
  ) {
    self.conversation = conversation
    self.message = message
    self.prompt = prompt
    self.metrics = metrics
    self.plan = plan
  }
}

/// What it wants done.
package enum ReplayEffect: Equatable, Sendable {
  case load(ConversationID, ReplayTarget)
}

/// What came of it.
package enum ReplayNews: Equatable, Sendable {
  /// The answer that was asked for by that target.
  case loaded(ReplayTarget, ReplayedAnswer)
  case failed(ReplayTarget, ConversationID, Explanation)
}
