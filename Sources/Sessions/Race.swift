// A race as the store holds it: which answers are in it, and how those ended that are over.

import Conversations
import Streaming

/// Several answers to one prompt. What streams of them is in their runs.
struct Race: Equatable, Sendable {
  /// One answer.
  struct Lane: Equatable, Sendable {
    let run: RunID
    let profile: Profile
    /// As it began, or as it ended.
    var message: Message
    var metrics: StreamMetrics?
    /// Its place among those that came to a proper end.
    var place: Int?
  }

  let prompt: MessageID
  /// What the prompt would call a conversation, and when it was written: it may not stay in memory.
  let title: String
  let created: Timestamp
  /// Variants that there were before.
  let earlierVariants: Int
  var lanes: [Lane]

  func index(of message: MessageID) -> Int? { lanes.firstIndex { $0.message.id == message } }

  /// An answer has ended; places are given in the order of the endings, to those that are complete.
  mutating func end(_ message: Message, _ metrics: StreamMetrics) {
    guard let index = index(of: message.id) else { return }
    lanes[index].message = message
    lanes[index].metrics = metrics
    guard case .complete = message.status else { return }
    lanes[index].place = lanes.reduce(1) { $0 + ($1.place == nil ? 0 : 1) }
  }
}
