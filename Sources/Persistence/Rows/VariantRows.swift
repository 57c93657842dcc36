// Variants that are taken out of the tree, and what a reader said of them.

import Conversations

extension Database {
  /// Writes down whether an answer was the best of a race; one without figures has no place for it.
  func rate(_ message: Int64, isBest: Bool) throws(SQLiteFailure) {
    try run("UPDATE runs SET rating = ? WHERE message = ?", .flag(isBest), .integer(message))
  }

  /// Moves answers to one prompt into a new conversation under a copy of it.
  /// - Returns: the new conversation; `nil` if there is nothing that can go, or if it is there already.
  func moveVariants(
    _ answers: [MessageID], from conversation: Int64, to record: ConversationRecord, under prompt: MessageID,
    owner: Int64
  ) throws(SQLiteFailure) -> Int64? {
    guard try key(of: record.summary.id) == nil else { return nil }
    let leaf = try leaf(of: conversation)?.key
    var keys: [Int64] = []
    var parent: Int64?
    for answer in answers {
      guard let place = try place(of: answer), place.conversation == conversation, place.key != leaf,
        try self.owner(of: place.key) == nil, try !hasChild(place.key), let above = try self.parent(of: place.key),
        parent == nil || parent == above
      else { continue }
      parent = above
      keys.append(place.key)
    }
    guard let parent, let old = try message(parent)?.message else { return nil }
    let new = try insert(record)
    let copy = Message(id: prompt, parent: nil, role: old.role, created: old.created, parts: old.parts)
    let top = try insert(copy, in: new, owner: owner)
    for (index, key) in keys.enumerated() {
      try run(
        "UPDATE messages SET conversation = ?, parent = ?, depth = ?, ordinal = ? WHERE key = ?", .integer(new),
        .integer(top.key), .integer(Int64(top.depth + 1)), .integer(Int64(index + 1)), .integer(key))
    }
    if let first = keys.first {
      try setLeaf(MessagePlace(key: first, conversation: new, depth: top.depth + 1), of: new)
    }
    try numberChildren(of: parent, in: conversation)
    return new
  }

  private func hasChild(_ key: Int64) throws(SQLiteFailure) -> Bool {
    try first(
      "SELECT 1 FROM messages WHERE parent = ? AND conversation = (SELECT conversation FROM messages WHERE key = ?)",
      .integer(key), .integer(key), row: { _ in true }) ?? false
  }

  private func parent(of key: Int64) throws(SQLiteFailure) -> Int64? {
    try first("SELECT parent FROM messages WHERE key = ?", .integer(key)) { $0.optionalInteger(0) } ?? nil
  }

  /// Counts the variants anew from one: numbers with gaps would be shown as such.
  private func numberChildren(of parent: Int64, in conversation: Int64) throws(SQLiteFailure) {
    let left = try rows(
      "SELECT key FROM messages WHERE conversation = ? AND parent = ? ORDER BY ordinal, key", .integer(conversation),
      .integer(parent)
    ) { $0.integer(0) }
    for (index, key) in left.enumerated() {
      try run("UPDATE messages SET ordinal = ? WHERE key = ?", .integer(Int64(index + 1)), .integer(key))
    }
  }
}
