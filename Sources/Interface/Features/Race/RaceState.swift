// Several models side by side: what the view shows.

package import Conversations
package import Diagnostics
package import Streaming

/// What `/race` shows, beside the answers themselves (`RaceTrack`).
package struct RaceState: Equatable, Sendable {
  package let conversation: ConversationID
  /// The lane that keys mean.
  package internal(set) var focus = 0
  /// Whether all lanes are moved together.
  package internal(set) var isSynchronized = true
  /// Where each lane stands; one that is not named follows its end.
  package internal(set) var scrolls: [RunID: LaneScroll] = [:]
  /// Figures as last sampled: they change with every chunk, and drawing them as often would cost more than the text.
  package internal(set) var figures: [RunID: RunSnapshot] = [:]
  package internal(set) var sampled: Instant
  /// When they are taken again; `nil` when all has ended.
  package internal(set) var due: Instant?
  /// The comparison of two answers, if that is looked at.
  package internal(set) var diff: RaceDiff?

  /// The view of a conversation's race.
  package init(conversation: ConversationID, at now: Instant) {
    self.conversation = conversation
    sampled = now
    due = now
  }

  func scroll(of run: RunID) -> LaneScroll { scrolls[run] ?? .end }
}

/// What it wants done.
package enum RaceEffect: Equatable, Sendable {
  /// Begins a race: with a new prompt, or with the last one of the conversation if there is none here.
  case start(ConversationID, Prompt?, [Profile])
  /// Stops one answer.
  case stop(RunID)
  /// One is the path from now on, the others go into the trash.
  case keepOne(ConversationID, MessageID)
  /// All stay as variants; that one is the path.
  case keepAll(ConversationID, MessageID)
  /// What a blind reader said of each answer: whether it was the best.
  case rate(ConversationID, [MessageID: Bool])
}

/// What came of it.
package enum RaceNews: Equatable, Sendable {
  /// A race could not begin; its prompt goes back.
  case refused(ConversationID, Prompt?, Explanation)
  /// One was kept; the others are in that conversation in the trash.
  case kept(ConversationID, bin: ConversationID?)
}
