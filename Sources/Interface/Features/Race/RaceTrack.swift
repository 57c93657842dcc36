// A race as the program knows it, whether it is looked at or not: its answers so far, those beside the path too.

package import Conversations
import Streaming

/// One answer of a race.
package struct RaceLane: Equatable, Sendable {
  package let run: RunID
  package let profile: Profile
  package internal(set) var message: TranscriptMessage
  /// Its place among those that came to a proper end, from one.
  package internal(set) var place: Int?

  package var isLive: Bool { message.status.isStreaming }
}

/// Several answers to one prompt.
package struct RaceTrack: Equatable, Sendable {
  package let conversation: ConversationID
  package let prompt: MessageID
  /// In the order in which they are shown.
  package internal(set) var lanes: [RaceLane]
  /// The answer that is on the path: the pane shows it too.
  var onPath: MessageID?
  /// Whether the reader is not to know which model said what.
  package internal(set) var isBlind = false
  /// Whether the models were told after they had been hidden.
  var isSeen = false
  /// What a blind reader found best; all of them for a tie.
  package internal(set) var best: Set<MessageID> = []

  /// A race as it is told of; what was known of the same one is kept.
  init(_ snapshot: RaceSnapshot, in conversation: ConversationSnapshot, following old: RaceTrack?) {
    self.conversation = conversation.record.summary.id
    prompt = snapshot.prompt
    onPath = conversation.window.messages.last?.id
    lanes = snapshot.lanes.map { lane in
      RaceLane(
        run: lane.run, profile: lane.profile, message: TranscriptMessage(lane.message, metrics: lane.metrics),
        place: lane.place)
    }
    guard let old, Set(old.lanes.map(\.run)) == Set(lanes.map(\.run)) else { return }
    isBlind = old.isBlind
    best = old.best
    isSeen = old.isSeen
    lanes = old.lanes.compactMap { former in
      guard var lane = lanes.first(where: { $0.run == former.run }) else { return nil }
      lane.message.follow(former.message)
      return lane
    }
  }

  package var isLive: Bool { lanes.contains(where: \.isLive) }
  package var finishedCount: Int { lanes.reduce(0) { $0 + ($1.isLive ? 0 : 1) } }

  func index(of message: MessageID) -> Int? { lanes.firstIndex { $0.message.id == message } }

  /// Folds in a change of one of its answers; others mean nothing to it.
  /// - Complexity: that of the change.
  mutating func apply(_ change: TranscriptChange, at now: Instant) {
    guard let id = change.grownMessage, let index = index(of: id) else { return }
    lanes[index].message.apply(change, at: now)
    if case .ended(_, .complete, _, _) = change, lanes[index].place == nil {
      lanes[index].place = lanes.reduce(1) { $0 + ($1.place == nil ? 0 : 1) }
    }
  }

  /// Whether a change is of an answer that is not on the path: the pane knows nothing of it.
  func isBesidePath(_ change: TranscriptChange) -> Bool {
    guard let id = change.grownMessage, id != onPath else { return false }
    return index(of: id) != nil
  }

  /// What the answers are called while the models are not to be known.
  var aliases: [MessageID: String] {
    guard isBlind else { return [:] }
    var aliases: [MessageID: String] = [:]
    for (index, lane) in lanes.enumerated() { aliases[lane.message.id] = Self.letter(index) }
    return aliases
  }

  /// `A` for the first lane.
  static func letter(_ index: Int) -> String {
    Unicode.Scalar(UInt32(0x41 + index)).map { String(Character($0)) } ?? "?"
  }
}

extension TranscriptChange {
  /// The message that grows or ends by it.
  var grownMessage: MessageID? {
    switch self {
    case .appended(let id, _, _), .part(let id, _, _), .ended(let id, _, _, _): id
    case .opened, .window, .message, .queue, .profile: nil
    }
  }
}
