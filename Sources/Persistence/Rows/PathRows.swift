// Places on a path through the tree, found by links and numbers alone: what is said is read only for the messages that were
// asked for.

import Conversations

/// A path from the root to a message.
struct TreePath {
  let conversation: Int64
  /// The key and the number from zero of the last message.
  let end: (key: Int64, depth: Int)

  /// Messages on the path.
  var count: Int { end.depth + 1 }
}

extension Database {
  /// A piece of the path that ends with `end` or with the leaf; `nil` if its message is not on the path.
  func window(
    of id: ConversationID, endingWith end: MessageID?, _ piece: PathPiece, maximumBytes: Int
  ) throws(SQLiteFailure) -> MessageWindow? {
    let conversation = try existing(id)
    let path = try path(in: conversation, endingWith: end)
    let nothing = MessageWindow(messages: [], earlierCount: 0, laterCount: path?.count ?? 0)
    switch piece {
    case .last(let limit):
      guard let path else { return nothing }
      return try window(of: path, to: path.end.key, limit: limit, maximumBytes)
    case .before(let message, let limit):
      let place = try place(of: message, in: conversation)
      guard
        let parent = try first(
          "SELECT parent FROM messages WHERE key = ?", .integer(place.key), row: { $0.optionalInteger(0) }) ?? nil
      else { return nothing }
      return try window(of: path, to: parent, limit: limit, maximumBytes)
    case .after(let message, let limit):
      guard let path, let place = try place(of: message, on: path) else { return nil }
      let messages = try messages(of: path, after: place.depth, limit: limit, maximumBytes, isWhole: true)
      return MessageWindow(
        messages: messages, earlierCount: place.depth + 1, laterCount: path.end.depth - place.depth - messages.count)
    case .around(let message, let reach):
      guard let path, let place = try place(of: message, on: path) else { return nil }
      return try window(of: path, around: (place.key, place.depth), reach, maximumBytes)
    case .at(let position, let reach):
      guard let path else { return nothing }
      let depth = min(max(0, position), path.end.depth)
      guard let key = try key(at: depth, on: path) else { return nil }
      return try window(of: path, around: (key, depth), reach, maximumBytes)
    }
  }

  /// Looks through a page of a path, whose texts are never copied.
  func matches(
    of query: FindQuery, in id: ConversationID, endingWith end: MessageID?, from position: Int, backward: Bool,
    limit: Int
  ) throws(SQLiteFailure) -> MatchPage {
    guard let path = try path(in: existing(id), endingWith: end), (0..<path.count).contains(position), limit > 0 else {
      return MatchPage(matches: [], next: nil)
    }
    // Links of so many messages are read at once, and no more bytes than a disk gives in some milliseconds.
    let page = 1_000
    let mostBytes = 4 << 20
    let last = backward ? position : min(path.end.depth, position + page - 1)
    guard let lastKey = try key(at: last, on: path) else { return MatchPage(matches: [], next: nil) }
    let keys = try ancestors(from: lastKey, count: min(page, backward ? position + 1 : last - position + 1))
    var found = MatchPage(matches: [], next: nil)
    var bytes = 0
    var place = position
    for key in backward ? keys : keys.reversed() {
      let (isMatch, count) = try isMatch(key, query)
      if isMatch, let message = try messageID(key) {
        found.matches.append(PathMatch(message: message, position: place))
      }
      place += backward ? -1 : 1
      bytes += count
      if found.matches.count == limit || bytes > mostBytes { break }
    }
    // Links that are damaged end the path early.
    if place != position, place >= 0, place < path.count { found.next = place }
    return found
  }

  private func isMatch(_ message: Int64, _ query: FindQuery) throws(SQLiteFailure) -> (isMatch: Bool, bytes: Int) {
    var isMatch = false
    var bytes = 0
    func look(at column: Int32, of row: Statement) {
      row.withText(column) { text in
        bytes += text.count
        if !isMatch { isMatch = query.firstMatch(in: text, range: 0..<text.count) != nil }
      }
    }
    do {
      _ = try rows("SELECT kind, body, name FROM parts WHERE message = ? ORDER BY position", .integer(message)) { row in
        switch StoredPartKind(rawValue: row.integer(0)) {
        case .text, .thinking: look(at: 1, of: row)
        case .toolCall, .toolResult:
          look(at: 2, of: row)
          look(at: 1, of: row)
        case .attachment, .opaque, .growth, nil: break
        }
      }
    } catch  where error.isDamage {
      // It is shown as one that cannot be read.
      return (false, bytes)
    }
    return (isMatch, bytes)
  }

  // MARK: Places

  private func existing(_ id: ConversationID) throws(SQLiteFailure) -> Int64 {
    guard let conversation = try key(of: id) else { throw SQLiteFailure.refused("there is no conversation \(id)") }
    return conversation
  }

  private func path(in conversation: Int64, endingWith end: MessageID?) throws(SQLiteFailure) -> TreePath? {
    guard let end else {
      return try leaf(of: conversation).map { TreePath(conversation: conversation, end: $0) }
    }
    let place = try place(of: end, in: conversation)
    return TreePath(conversation: conversation, end: (place.key, place.depth))
  }

  private func place(of message: MessageID, in conversation: Int64) throws(SQLiteFailure) -> MessagePlace {
    guard let place = try place(of: message), place.conversation == conversation else {
      throw SQLiteFailure.refused("message \(message) is not in the conversation")
    }
    return place
  }

  /// The place of a message; `nil` if it is not on the path.
  private func place(of message: MessageID, on path: TreePath) throws(SQLiteFailure) -> MessagePlace? {
    guard let place = try place(of: message), place.conversation == path.conversation, place.depth <= path.end.depth,
      try key(at: place.depth, on: path) == place.key
    else { return nil }
    return place
  }

  /// The message with number `depth` of a path.
  ///
  /// Where the tree has one message of that number, it is the one. Else the next number of which there is one only is
  /// looked for, in growing steps, and the links are followed from there.
  /// - Complexity: O(log path) where the tree has no branches nearby; at worst the links of the path.
  func key(at depth: Int, on path: TreePath) throws(SQLiteFailure) -> Int64? {
    guard depth >= 0, depth <= path.end.depth else { return nil }
    var level = depth
    var step = 1
    while level < path.end.depth {
      let keys = try rows(
        "SELECT key FROM messages WHERE conversation = ? AND depth = ? LIMIT 2", .integer(path.conversation),
        .integer(Int64(level))
      ) { $0.integer(0) }
      if let key = keys.first, keys.count == 1 { return try ancestor(of: key, by: level - depth) }
      level += step
      step *= 2
    }
    return try ancestor(of: path.end.key, by: path.end.depth - depth)
  }

  private func ancestor(of key: Int64, by generations: Int) throws(SQLiteFailure) -> Int64? {
    if generations == 0 { return key }
    return try first(
      """
      WITH RECURSIVE line(key, parent, rest) AS (
        SELECT key, parent, ?2 FROM messages WHERE key = ?1
        UNION ALL
        SELECT m.key, m.parent, line.rest - 1 FROM line JOIN messages m ON m.key = line.parent WHERE line.rest > 0)
      SELECT key FROM line WHERE rest = 0
      """, .integer(key), .integer(Int64(generations))
    ) { $0.integer(0) }
  }

  /// The message and what leads to it, newest first, at most `count`.
  private func ancestors(from key: Int64, count: Int) throws(SQLiteFailure) -> [Int64] {
    guard count > 0 else { return [] }
    return try rows(
      """
      WITH RECURSIVE line(key, parent, rest) AS (
        SELECT key, parent, ?2 FROM messages WHERE key = ?1
        UNION ALL
        SELECT m.key, m.parent, line.rest - 1 FROM line JOIN messages m ON m.key = line.parent WHERE line.rest > 1)
      SELECT key FROM line
      """, .integer(key), .integer(Int64(count))
    ) { $0.integer(0) }
  }

  // MARK: Bodies

  private func window(
    of path: TreePath?, to last: Int64, limit: Int, _ maximumBytes: Int
  ) throws(SQLiteFailure) -> MessageWindow {
    let (messages, firstDepth) = try messages(to: last, limit: limit, maximumBytes)
    let lastDepth = firstDepth + messages.count - 1
    return MessageWindow(
      messages: messages, earlierCount: messages.isEmpty ? 0 : firstDepth,
      laterCount: max(0, (path?.end.depth ?? -1) - lastDepth))
  }

  private func window(
    of path: TreePath, around place: (key: Int64, depth: Int), _ reach: Int, _ maximumBytes: Int
  ) throws(SQLiteFailure) -> MessageWindow {
    let reach = min(max(0, reach), 1 << 20)
    let (before, firstDepth) = try messages(to: place.key, limit: reach + 1, maximumBytes / 2)
    let after = try messages(of: path, after: place.depth, limit: reach, maximumBytes / 2, isWhole: false)
    return MessageWindow(
      messages: before + after, earlierCount: firstDepth,
      laterCount: max(0, path.end.depth - place.depth - after.count))
  }

  /// At most `limit` messages that end with `last`, oldest first, and the number of the first of them.
  ///
  /// - Complexity: O(`limit`), however long the path is.
  private func messages(
    to last: Int64, limit: Int, _ maximumBytes: Int
  ) throws(SQLiteFailure) -> (messages: [Message], firstDepth: Int) {
    var messages: [Message] = []
    var firstDepth = 0
    var bytes = 0
    var next: Int64? = last
    while let key = next, messages.count < limit, let found = try message(key) {
      bytes += found.message.byteCount
      if bytes > maximumBytes, !messages.isEmpty { break }
      messages.append(found.message)
      firstDepth = found.depth
      next = found.parent
    }
    messages.reverse()
    return (messages, firstDepth)
  }

  /// At most `limit` messages of a path that follow number `depth`.
  /// - Parameter isWhole: whether the first of them comes along however large it is.
  private func messages(
    of path: TreePath, after depth: Int, limit: Int, _ maximumBytes: Int, isWhole: Bool
  ) throws(SQLiteFailure) -> [Message] {
    let count = min(max(0, limit), path.end.depth - depth)
    guard count > 0, let last = try key(at: depth + count, on: path) else { return [] }
    var messages: [Message] = []
    var bytes = 0
    for key in try ancestors(from: last, count: count).reversed() {
      guard let found = try message(key) else { break }
      bytes += found.message.byteCount
      if bytes > maximumBytes, !(isWhole && messages.isEmpty) { break }
      messages.append(found.message)
    }
    return messages
  }
}
