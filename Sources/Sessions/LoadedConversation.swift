// A conversation as the store holds it: settings and the end of its current path. Whatever is not here is in the archive;
// what is not in the archive yet is here.

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
  /// The answers being produced: one, or those of a race in the order in which they were begun.
  var runs: [RunID] = []
  /// The race at the end of the path that is under way or not decided.
  var race: Race?
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

  var isAnswering: Bool { !runs.isEmpty }

  /// Puts messages at the end of the path. A race that was there is decided by that: its answers are variants.
  mutating func append(_ new: [Message]) {
    messages += new
    race = nil
    record.leaf = new.last?.id ?? record.leaf
    touch()
  }

  /// Messages on the path.
  var count: Int { earlierCount + messages.count }

  /// Makes another piece of the path all that is held, and the path's end.
  mutating func cut(to piece: ArraySlice<Message>, earlierCount: Int) {
    messages = Array(piece)
    race = nil
    self.earlierCount = earlierCount
    record.leaf = messages.last?.id
    let held = Set(messages.map(\.id))
    metrics = metrics.filter { held.contains($0.key) }
    touch()
  }

  /// Lets go of the oldest messages, which the archive must have, when more are held than twice `limit` or twice
  /// `maximumBytes`; at least one stays.
  mutating func trim(to limit: Int, maximumBytes: Int) {
    let bytes = messages.reduce(0) { $0 + $1.byteCount }
    guard messages.count > 2 * limit || bytes > 2 * maximumBytes else { return }
    var kept = 0
    var size = 0
    for message in messages.reversed() {
      size += message.byteCount
      if kept == limit || size > maximumBytes && kept > 0 { break }
      kept += 1
    }
    for message in messages.dropLast(kept) { metrics[message.id] = nil }
    earlierCount += messages.count - kept
    messages.removeFirst(messages.count - kept)
  }

  /// Puts a message in the place of the one with its identifier; does nothing if that is not on the path held.
  mutating func replace(_ message: Message) {
    guard let index = index(of: message.id) else { return }
    messages[index] = message
    touch()
  }

  /// Takes another answer of the race for the one at the end of the path.
  mutating func put(_ message: Message, inPlaceOf old: MessageID) {
    guard let index = index(of: old) else { return }
    messages[index] = message
    record.leaf = message.id
    metrics[old] = nil
    touch()
  }

  /// Goes on with the race of before, if the path still ends in an answer of it.
  mutating func keepRace(of former: LoadedConversation?) {
    guard let former = former?.race, let last = messages.last, last.parent == former.prompt,
      former.lanes.contains(where: { $0.message.id == last.id })
    else { return }
    race = former
  }

  /// Notes that something has changed.
  mutating func touch() {
    revision += 1
    record.summary.messageCount = count
  }
}
