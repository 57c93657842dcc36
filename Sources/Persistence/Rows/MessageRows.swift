// The tree of messages: walking from a leaf towards the root, adding children, replacing a message by its final form.

import Conversations
import Diagnostics

/// What the tree knows of a message without what it says.
struct MessagePlace {
  let key: Int64
  let conversation: Int64
  let depth: Int
}

extension Database {
  // MARK: Finding

  func place(of message: MessageID) throws(SQLiteFailure) -> MessagePlace? {
    try first("SELECT key, conversation, depth FROM messages WHERE id = ?", message.stored) { row in
      MessagePlace(key: row.integer(0), conversation: row.integer(1), depth: row.number(2))
    }
  }

  /// Who streams the message; `nil` if it has ended.
  func owner(of key: Int64) throws(SQLiteFailure) -> Int64? {
    try first("SELECT owner FROM messages WHERE key = ?", .integer(key)) { $0.optionalInteger(0) } ?? nil
  }

  func messageID(_ key: Int64) throws(SQLiteFailure) -> MessageID? {
    try first("SELECT id FROM messages WHERE key = ?", .integer(key)) { MessageID(stored: $0.blob(0)) } ?? nil
  }

  // MARK: Reading

  /// A message with all it says.
  func message(_ key: Int64) throws(SQLiteFailure) -> (message: Message, parent: Int64?, depth: Int)? {
    let row = try first(
      """
      SELECT m.id, m.conversation, m.parent, p.id, m.depth, m.ordinal, m.role, m.created, m.status, m.finish, m.provider,
        m.model, m.usage_input, m.usage_output, m.usage_cache_read, m.usage_cache_write, m.usage_reasoning,
        m.usage_is_estimated
      FROM messages m LEFT JOIN messages p ON p.key = m.parent WHERE m.key = ?
      """, .integer(key)
    ) { MessageRow($0, key: key) }
    guard let row else { return nil }
    let failure = row.status == .incomplete || row.status == .failed ? try self.failure(of: key) : nil
    let siblings =
      try first(
        """
        SELECT ordinal FROM messages WHERE conversation = ? AND parent IS ? ORDER BY ordinal DESC LIMIT 1
        """, .integer(row.conversation), .optional(row.parent)
      ) { $0.number(0) } ?? row.ordinal
    let parts = try self.parts(of: key, isStreaming: row.status == .streaming)
    return (row.message(parts, failure: failure, siblings: siblings), row.parent, row.depth)
  }

  private func failure(of message: Int64) throws(SQLiteFailure) -> Explanation? {
    try first(
      "SELECT kind, summary, detail, request, recovery, recovery_value FROM failures WHERE message = ?",
      .integer(message)
    ) { row in
      Explanation(
        kind: ErrorKind(rawValue: row.text(0)) ?? .provider, summary: row.text(1), detail: row.text(2),
        requestID: row.optionalText(3),
        recovery: row.optionalText(4).flatMap { Recovery(name: $0, storedValue: row.optionalText(5)) })
    }
  }

  /// The figures of an answer.
  func runRecord(of message: MessageID) throws(SQLiteFailure) -> RunRecord? {
    try first(
      """
      SELECT r.id, r.provider, r.model, r.is_streaming, r.started, r.metrics, r.timeline, r.profile,
        r.is_watched, r.rating
      FROM runs r JOIN messages m ON m.key = r.message WHERE m.id = ?
      """, message.stored
    ) { row in
      RunID(stored: row.blob(0)).map { id in
        RunRecord(
          id: id, message: message, model: ModelReference(provider: row.text(1), model: row.text(2)),
          isStreaming: row.flag(3), started: Timestamp(milliseconds: row.integer(4)), metricsJSON: row.text(5),
          timeline: row.blob(6), profile: row.optionalText(7), isWatched: row.optionalInteger(8).map { $0 != 0 },
          isBest: row.optionalInteger(9).map { $0 != 0 })
      }
    } ?? nil
  }

  /// The message and its siblings, oldest first.
  func variants(of message: MessageID) throws(SQLiteFailure) -> [MessageID] {
    try rows(
      """
      SELECT s.id FROM messages m JOIN messages s ON s.conversation = m.conversation AND s.parent IS m.parent
      WHERE m.id = ? ORDER BY s.ordinal, s.key
      """, message.stored
    ) { MessageID(stored: $0.blob(0)) }.compactMap { $0 }
  }

  /// The end of the newest path through a message: from child to newest child.
  func newestLeaf(under message: MessageID) throws(SQLiteFailure) -> MessageID? {
    guard let place = try place(of: message) else { return nil }
    var leaf = place.key
    while let child = try first(
      "SELECT key FROM messages WHERE conversation = ? AND parent = ? ORDER BY ordinal DESC, key DESC LIMIT 1",
      .integer(place.conversation), .integer(leaf), row: { $0.integer(0) })
    {
      leaf = child
    }
    return try messageID(leaf)
  }

  // MARK: Writing

  /// Adds a message under its parent, as the newest of its siblings. One that is there already stays as it is, so a call
  /// that was repeated after an uncertain failure does no harm.
  func insert(_ message: Message, in conversation: Int64, owner: Int64) throws(SQLiteFailure) -> MessagePlace {
    if let known = try place(of: message.id) {
      guard known.conversation == conversation else {
        throw SQLiteFailure.refused("message \(message.id) belongs to another conversation")
      }
      return known
    }
    var parent: MessagePlace?
    if let id = message.parent {
      parent = try place(of: id)
      guard let parent, parent.conversation == conversation else {
        throw SQLiteFailure.refused("message \(id) is not in the conversation")
      }
    }
    let parentKey = SQLiteValue.optional(parent?.key)
    let ordinal =
      try first(
        "SELECT ordinal FROM messages WHERE conversation = ? AND parent IS ? ORDER BY ordinal DESC LIMIT 1",
        .integer(conversation), parentKey
      ) { $0.integer(0) } ?? 0
    let depth = (parent?.depth ?? -1) + 1
    try run(
      """
      INSERT INTO messages (id, conversation, parent, depth, ordinal, role, created, status) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
      """,
      message.id.stored, .integer(conversation), parentKey, .integer(Int64(depth)), .integer(ordinal + 1),
      .integer(message.role.stored), .integer(message.created.milliseconds),
      .integer(StoredStatus(message.status).rawValue))
    let key = lastInserted
    try setState(of: key, to: message, owner: owner)
    try insertParts(message.parts, of: key)
    if !message.status.isStreaming { try index(key) }
    return MessagePlace(key: key, conversation: conversation, depth: depth)
  }

  /// Writes everything of a message that may change but what it says.
  /// - Parameter owner: whom the message belongs to while it streams.
  func setState(of key: Int64, to message: Message, owner: Int64) throws(SQLiteFailure) {
    let usage = message.usage
    try run(
      """
      UPDATE messages SET status = ?, finish = ?, provider = ?, model = ?, usage_input = ?, usage_output = ?,
        usage_cache_read = ?, usage_cache_write = ?, usage_reasoning = ?, usage_is_estimated = ?, owner = ?, created = ?
      WHERE key = ?
      """,
      .integer(StoredStatus(message.status).rawValue), .optional(message.status.finishReason?.name),
      .optional(message.origin?.provider), .optional(message.origin?.model), .optional(usage?.input),
      .optional(usage?.output), .optional(usage?.cacheRead), .optional(usage?.cacheWrite), .optional(usage?.reasoning),
      .optional(usage.map { $0.isEstimated ? 1 : 0 }), message.status.isStreaming ? .integer(owner) : .null,
      .integer(message.created.milliseconds), .integer(key))
    try run("DELETE FROM failures WHERE message = ?", .integer(key))
    if let failure = message.status.failure {
      try run(
        """
        INSERT INTO failures (message, kind, summary, detail, request, recovery, recovery_value)
        VALUES (?, ?, ?, ?, ?, ?, ?)
        """,
        .integer(key), .text(failure.kind.rawValue), .text(failure.summary), .text(failure.detail),
        .optional(failure.requestID), .optional(failure.recovery?.name), .optional(failure.recovery?.storedValue))
    }
  }

  func replaceRun(of message: Int64, by run: RunRecord) throws(SQLiteFailure) {
    try self.run(
      """
      INSERT OR REPLACE INTO runs (message, id, provider, model, is_streaming, started, metrics, timeline, profile,
        is_watched, rating)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """,
      .integer(message), run.id.stored, .text(run.model.provider), .text(run.model.model), .flag(run.isStreaming),
      .integer(run.started.milliseconds), .text(run.metricsJSON), .blob(run.timeline), .optional(run.profile),
      .optional(run.isWatched.map { $0 ? 1 : 0 }), .optional(run.isBest.map { $0 ? 1 : 0 }))
  }

  // MARK: Answers whose process is gone

  /// Messages that stream, with the owner of each. In the index's order: in that of the keys, all messages would be read.
  func streamingMessages() throws(SQLiteFailure) -> [(key: Int64, conversation: Int64, owner: Int64)] {
    try rows("SELECT key, conversation, owner FROM messages WHERE owner IS NOT NULL ORDER BY owner, key") { row in
      (row.integer(0), row.integer(1), row.integer(2))
    }
  }

  /// Makes what the journal holds the message's own, and ends it.
  func interrupt(_ message: Int64) throws(SQLiteFailure) {
    if case .readable(let parts) = try parts(of: message, isStreaming: true) {
      try replaceParts(of: message, by: parts)
      try index(message)
    }
    try run(
      "UPDATE messages SET status = ?, owner = NULL WHERE key = ?", .integer(StoredStatus.interrupted.rawValue),
      .integer(message))
  }
}

/// A row of `messages`, before it is known whether it makes sense.
private struct MessageRow {
  let id: MessageID
  let conversation: Int64
  let parent: Int64?
  let parentID: MessageID?
  let depth: Int
  let ordinal: Int
  let role: Role?
  let created: Timestamp
  let status: StoredStatus?
  let finish: FinishReason?
  let origin: ModelReference?
  let usage: TokenUsage?

  init(_ row: Statement, key: Int64) {
    // A damaged identifier is replaced by one that no message has, made from the key, so that the path goes on.
    id = MessageID(stored: row.blob(0)) ?? MessageID(high: 0, low: UInt64(bitPattern: key))
    conversation = row.integer(1)
    parent = row.optionalInteger(2)
    parentID =
      parent.map { parent in MessageID(stored: row.blob(3)) ?? MessageID(high: 0, low: UInt64(bitPattern: parent)) }
    depth = row.number(4)
    ordinal = row.number(5)
    role = Role(stored: row.integer(6))
    created = Timestamp(milliseconds: row.integer(7))
    status = StoredStatus(rawValue: row.integer(8))
    finish = row.optionalText(9).map { FinishReason(name: $0) }
    origin = row.optionalText(10).map { ModelReference(provider: $0, model: row.text(11)) }
    usage = row.optionalInteger(17).map { isEstimated in
      TokenUsage(
        input: row.optionalNumber(12), output: row.optionalNumber(13), cacheRead: row.optionalNumber(14),
        cacheWrite: row.optionalNumber(15), reasoning: row.optionalNumber(16), isEstimated: isEstimated != 0)
    }
  }

  func message(_ read: ReadParts, failure: Explanation?, siblings: Int) -> Message {
    let variant = Variant(index: ordinal, count: max(siblings, ordinal))
    guard case .readable(let parts) = read, let role, let status = messageStatus(failure) else {
      return Message(
        id: id, parent: parentID, role: role ?? .assistant, created: created, origin: origin,
        parts: [.text("This message cannot be read (\(id)). Its bytes are kept in the file.")], usage: usage,
        variant: variant)
    }
    return Message(
      id: id, parent: parentID, role: role, created: created, origin: origin, parts: parts, status: status,
      usage: usage, variant: variant)
  }

  private func messageStatus(_ failure: Explanation?) -> MessageStatus? {
    let failure = failure ?? Explanation(kind: .provider, summary: "The answer ended early")
    return switch status {
    case .complete: .complete(finish)
    case .streaming: .streaming
    case .stopped: .stopped
    case .interrupted: .interrupted
    case .incomplete: .incomplete(failure)
    case .failed: .failed(failure)
    case nil: nil
    }
  }
}

extension SQLiteFailure {
  /// A call that makes no sense for what the file holds.
  static func refused(_ why: String) -> SQLiteFailure { SQLiteFailure(code: refusedCode, message: why) }

  var isRefusal: Bool { code == Self.refusedCode }

  /// No code of SQLite is negative.
  private static var refusedCode: Int32 { -1 }
}
