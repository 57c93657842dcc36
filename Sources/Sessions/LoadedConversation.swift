// A conversation as the store holds it: settings and the end of its current path. Whatever is not here is in the archive.

import Conversations
import Streaming

/// A conversation in memory.
struct LoadedConversation: Sendable {
  var record: ConversationRecord
  /// The end of the current path, oldest first, up to its leaf. A message that streams stands here as it began; its run
  /// has what it has become.
  private(set) var messages: [Message]
  /// Messages of the path before these.
  private(set) var earlierCount: Int
  /// Figures of the answers among `messages`.
  var metrics: [MessageID: StreamMetrics]
  /// Whether the archive knows of it, or will once what waits is written.
  var isStored: Bool
  /// The answer being produced.
  var run: RunID?
  /// Whether the first prompt of the queue is to be sent when the stopped answer has ended.
  var sendsNextAfterStop = false
  /// Whether the queue is to go on once what another process has written is read.
  var sendsNextAfterReading = false
  /// Whether another process has changed it while it could not be read anew.
  var isStale = false
  /// Rises with each change; tells after a wait whether anything has happened meanwhile.
  private(set) var revision = 0
  /// When it was last asked for, in the store's own count.
  var lastUse = 0

  init(
    record: ConversationRecord, window: MessageWindow, metrics: [MessageID: StreamMetrics] = [:], isStored: Bool
  ) {
    self.record = record
    messages = window.messages
    earlierCount = window.earlierCount
    self.metrics = metrics
    self.isStored = isStored
  }

  /// A message and its place; looked for from the end, where it mostly is.
  func index(of id: MessageID) -> Int? { messages.lastIndex { $0.id == id } }

  /// Puts messages at the end of the path.
  mutating func append(_ new: [Message]) {
    messages += new
    record.leaf = new.last?.id ?? record.leaf
    touch()
  }

  /// Cuts the path after the first `count` messages held.
  mutating func truncate(to count: Int) {
    messages.removeSubrange(min(count, messages.count)...)
    record.leaf = messages.last?.id
    touch()
  }

  /// Puts older messages before the first one held.
  mutating func prepend(_ window: MessageWindow) {
    messages = window.messages + messages
    earlierCount = window.earlierCount
  }

  /// Puts a message in the place of the one with its identifier; does nothing if that is not on the path held.
  mutating func replace(_ message: Message) {
    guard let index = index(of: message.id) else { return }
    messages[index] = message
    touch()
  }

  /// Notes that something has changed.
  mutating func touch() {
    revision += 1
    record.summary.messageCount = earlierCount + messages.count
  }
}
