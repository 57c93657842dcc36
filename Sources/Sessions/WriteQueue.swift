// What waits to be written to the archive, in order and per conversation. Pure; the store does the writing.

import Conversations

/// One change of the archive.
enum ArchiveWrite: Equatable, Sendable {
  case create(ConversationRecord)
  case append([Message])
  case finish(Message, RunRecord?)
  case watched(MessageID, Bool)
  case setLeaf(MessageID?)
  case update(ConversationPatch)
  case saveDraft(String)
  case shelveDraft(String)
  case saveQueue([Prompt])
  case setTrashed(Bool)
  case rate([MessageID: Bool])
  /// Answers go into a new conversation, under a copy of their prompt.
  case moveVariants([MessageID], to: ConversationRecord, under: MessageID)

  /// The messages it would save.
  var messages: [Message] {
    switch self {
    case .append(let messages): messages
    case .finish(let message, _): [message]
    default: []
    }
  }
}

/// Changes waiting to be written. A conversation's changes stay in order; one that cannot be written does not hold up
/// the other conversations.
struct WriteQueue: Sendable {
  private struct Item {
    let ticket: Int
    var write: ArchiveWrite
    var bytes: Int
  }

  private var items: [ConversationID: [Item]] = [:]
  /// Conversations in the order in which their turn comes.
  private var order: [ConversationID] = []
  /// The conversation whose first change is being written.
  private var writing: ConversationID?
  private var lastTicket = 0
  /// Bytes of the messages that wait.
  private(set) var byteCount = 0

  var isEmpty: Bool { items.isEmpty }

  func hasPending(_ id: ConversationID) -> Bool { items[id] != nil }

  /// Adds a change and gives the ticket by which its end is known. A newer draft, queue or setting takes the place of one
  /// that still waits.
  @discardableResult
  mutating func add(_ write: ArchiveWrite, to id: ConversationID) -> Int {
    if items[id] == nil { order.append(id) }
    var list = items[id] ?? []
    // The first one is being written: it must stay as it is.
    let first = writing == id ? 1 : 0
    for index in list.indices.dropFirst(first).reversed() {
      if let joined = Self.joined(list[index].write, write) {
        list[index].write = joined
        items[id] = list
        return list[index].ticket
      }
    }
    lastTicket += 1
    let bytes = write.messages.reduce(0) { sum, message in
      sum + message.parts.reduce(0) { $0 + ContextBuilder.byteCount(of: $1) }
    }
    byteCount += bytes
    list.append(Item(ticket: lastTicket, write: write, bytes: bytes))
    items[id] = list
    return lastTicket
  }

  /// The next change to write, of a conversation that is not among `failing`; it counts as being written until
  /// `succeeded` or `failed` is called.
  mutating func begin(except failing: Set<ConversationID>) -> (id: ConversationID, ticket: Int, write: ArchiveWrite)? {
    guard let place = order.firstIndex(where: { !failing.contains($0) }), let item = items[order[place]]?.first else {
      return nil
    }
    // Its turn comes again after the others'.
    let id = order.remove(at: place)
    order.append(id)
    writing = id
    return (id, item.ticket, item.write)
  }

  /// The change being written is written.
  mutating func succeeded() {
    guard let id = writing, var list = items[id] else { return }
    byteCount -= list.removeFirst().bytes
    writing = nil
    items[id] = list.isEmpty ? nil : list
    if list.isEmpty { order.removeAll { $0 == id } }
  }

  /// The change being written could not be written, and waits on.
  mutating func failed() { writing = nil }

  /// Tickets of a conversation's waiting changes.
  func tickets(of id: ConversationID) -> [Int] { (items[id] ?? []).map(\.ticket) }

  /// A conversation's waiting changes, oldest first.
  func writes(of id: ConversationID) -> [ArchiveWrite] { (items[id] ?? []).map(\.write) }

  /// Messages that wait to be written, each in its newest form, in order.
  func messages(of id: ConversationID) -> [Message] {
    var found: [Message] = []
    for message in (items[id] ?? []).flatMap(\.write.messages) {
      if let index = found.lastIndex(where: { $0.id == message.id }) {
        found[index] = message
      } else {
        found.append(message)
      }
    }
    return found
  }

  /// The figures of an answer, if they wait to be written.
  func run(of message: MessageID) -> RunRecord? {
    for list in items.values {
      for item in list {
        if case .finish(_, let run?) = item.write, run.message == message { return run }
      }
    }
    return nil
  }

  /// Conversations with something waiting.
  var conversations: [ConversationID] { order }

  private static func joined(_ old: ArchiveWrite, _ new: ArchiveWrite) -> ArchiveWrite? {
    switch (old, new) {
    case (.saveDraft, .saveDraft), (.saveQueue, .saveQueue), (.setTrashed, .setTrashed): new
    case (.update(let patch), .update(let newer)): .update(patch.updated(with: newer))
    default: nil
    }
  }
}

extension ConversationPatch {
  /// This change and a newer one after it.
  func updated(with newer: ConversationPatch) -> ConversationPatch {
    var patch = self
    patch.title = newer.title ?? title
    patch.isPinned = newer.isPinned ?? isPinned
    patch.isArchived = newer.isArchived ?? isArchived
    patch.isUnread = newer.isUnread ?? isUnread
    patch.tags = newer.tags ?? tags
    patch.profile = newer.profile ?? profile
    return patch
  }
}
