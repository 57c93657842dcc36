// Conversations, their settings, drafts, queues, and the history of prompts.

import Conversations

extension Database {
  // MARK: Finding

  func key(of id: ConversationID) throws(SQLiteFailure) -> Int64? {
    try first("SELECT key FROM conversations WHERE id = ?", .text(id.rawValue)) { $0.integer(0) }
  }

  func identifier(of conversation: Int64) throws(SQLiteFailure) -> ConversationID? {
    try first("SELECT id FROM conversations WHERE key = ?", .integer(conversation)) { ConversationID($0.text(0)) }
      ?? nil
  }

  func identifiers(
    withPrefix prefix: String, inTrash: Bool, limit: Int
  ) throws(SQLiteFailure) -> [ConversationID] {
    if try first(
      "SELECT 1 FROM conversations WHERE id = ? AND (trashed IS NOT NULL) = ?", .text(prefix), .flag(inTrash),
      row: { _ in true }) == true,
      let id = ConversationID(prefix)
    {
      return Array([id].prefix(max(limit, 0)))
    }
    // Identifiers are ASCII, so DEL stands behind whatever may follow the prefix.
    return try rows(
      "SELECT id FROM conversations WHERE id >= ? AND id < ? AND (trashed IS NOT NULL) = ? ORDER BY id LIMIT ?",
      .text(prefix), .text(prefix + "\u{7F}"), .flag(inTrash), .integer(Int64(max(limit, 0)))
    ) { ConversationID($0.text(0)) }.compactMap { $0 }
  }

  // MARK: Reading

  /// The trash, newest first.
  func trash(limit: Int) throws(SQLiteFailure) -> [ConversationSummary] {
    let lines = try rows(
      """
      SELECT c.key, c.id, c.title, c.updated, c.message_count, c.is_pinned, c.is_archived, c.is_unread, c.tag_count,
        c.profile, c.provider, c.model, leaf.status,
        EXISTS (SELECT 1 FROM drafts WHERE drafts.conversation = c.key)
      FROM conversations c LEFT JOIN messages leaf ON leaf.key = c.leaf
      WHERE c.trashed IS NOT NULL ORDER BY c.updated DESC, c.key DESC LIMIT ?
      """, .integer(Int64(max(limit, 0))), row: SummaryRow.init
    )
    return try lines.map { line throws(SQLiteFailure) in try whole(line) }.compactMap { $0 }
  }

  func summaries(limit: Int) throws(SQLiteFailure) -> [ConversationSummary] {
    let lines = try rows(
      """
      SELECT c.key, c.id, c.title, c.updated, c.message_count, c.is_pinned, c.is_archived, c.is_unread, c.tag_count,
        c.profile, c.provider, c.model, leaf.status,
        EXISTS (SELECT 1 FROM drafts WHERE drafts.conversation = c.key)
      FROM conversations c LEFT JOIN messages leaf ON leaf.key = c.leaf
      WHERE c.trashed IS NULL ORDER BY c.is_pinned DESC, c.updated DESC, c.key DESC LIMIT ?
      """, .integer(Int64(max(limit, 0))), row: SummaryRow.init
    )
    return try lines.map { line throws(SQLiteFailure) in try whole(line) }.compactMap { $0 }
  }

  func summary(of id: ConversationID) throws(SQLiteFailure) -> ConversationSummary? {
    let line = try first(
      """
      SELECT c.key, c.id, c.title, c.updated, c.message_count, c.is_pinned, c.is_archived, c.is_unread, c.tag_count,
        c.profile, c.provider, c.model, leaf.status,
        EXISTS (SELECT 1 FROM drafts WHERE drafts.conversation = c.key)
      FROM conversations c LEFT JOIN messages leaf ON leaf.key = c.leaf WHERE c.id = ? AND c.trashed IS NULL
      """, .text(id.rawValue), row: SummaryRow.init
    )
    return try line.flatMap { line throws(SQLiteFailure) in try whole(line) }
  }

  private func whole(_ line: SummaryRow) throws(SQLiteFailure) -> ConversationSummary? {
    guard var summary = line.summary else { return nil }
    if line.tagCount > 0 { summary.tags = try tags(of: line.key) }
    return summary
  }

  private func tags(of conversation: Int64) throws(SQLiteFailure) -> [String] {
    try rows("SELECT tag FROM tags WHERE conversation = ? ORDER BY position", .integer(conversation)) { $0.text(0) }
  }

  func record(of id: ConversationID) throws(SQLiteFailure) -> ConversationRecord? {
    let found = try first(
      """
      SELECT c.key, c.id, c.title, c.updated, c.message_count, c.is_pinned, c.is_archived, c.is_unread, c.tag_count,
        c.profile, c.provider, c.model, leaf.status, 0, c.created, leaf.id, c.temperature, c.top_p, c.maximum_tokens,
        c.is_streaming, c.extra_json, c.system, c.trashed IS NOT NULL
      FROM conversations c LEFT JOIN messages leaf ON leaf.key = c.leaf WHERE c.id = ?
      """, .text(id.rawValue)
    ) { row in
      (
        line: SummaryRow(row), created: Timestamp(milliseconds: row.integer(14)), leaf: MessageID(stored: row.blob(15)),
        profile: Profile(
          name: row.text(9), model: ModelReference(provider: row.text(10), model: row.text(11)), system: row.text(21),
          temperature: row.optionalReal(16), topP: row.optionalReal(17), maximumTokens: row.optionalNumber(18),
          isStreaming: row.flag(19), extraJSON: row.text(20)), isTrashed: row.flag(22)
      )
    }
    guard let found, var summary = try whole(found.line) else { return nil }
    let draft =
      try first("SELECT text FROM drafts WHERE conversation = ?", .integer(found.line.key)) { $0.text(0) } ?? ""
    summary.hasDraft = !draft.isEmpty
    return ConversationRecord(
      summary: summary, profile: found.profile, leaf: found.leaf, created: found.created, draft: draft,
      queue: try queue(of: found.line.key), isTrashed: found.isTrashed)
  }

  private func queue(of conversation: Int64) throws(SQLiteFailure) -> [Prompt] {
    let prompts = try rows(
      "SELECT key, text FROM queued_prompts WHERE conversation = ? ORDER BY position", .integer(conversation)
    ) { (key: $0.integer(0), text: $0.text(1)) }
    return try prompts.map { prompt throws(SQLiteFailure) in
      let keys = try rows(
        "SELECT attachment FROM queued_attachments WHERE prompt = ? ORDER BY position", .integer(prompt.key)
      ) { $0.integer(0) }
      return Prompt(
        text: prompt.text,
        attachments: try keys.map { key throws(SQLiteFailure) in try attachment(key) }.compactMap { $0 })
    }
  }

  /// The end of the current path: its key and depth.
  func leaf(of conversation: Int64) throws(SQLiteFailure) -> (key: Int64, depth: Int)? {
    try first(
      "SELECT m.key, m.depth FROM conversations c JOIN messages m ON m.key = c.leaf WHERE c.key = ?",
      .integer(conversation)
    ) { ($0.integer(0), $0.number(1)) }
  }

  /// Prompts and drafts that were put aside, newest first, each once. The trash is left out.
  func promptHistory(limit: Int) throws(SQLiteFailure) -> [String] {
    guard limit > 0 else { return [] }
    let drafts = try rows(
      """
      SELECT d.created, d.text FROM shelved_drafts d JOIN conversations c ON c.key = d.conversation
      WHERE c.trashed IS NULL ORDER BY d.created DESC, d.key DESC LIMIT ?
      """, .integer(Int64(limit))
    ) { (created: $0.integer(0), text: $0.text(1)) }
    var nextDraft = 0
    var seen: Set<String> = [""]
    var history: [String] = []
    func add(_ text: String) {
      if history.count < limit, seen.insert(text).inserted { history.append(text) }
    }
    func addDrafts(since created: Int64) {
      while nextDraft < drafts.count, drafts[nextDraft].created >= created {
        add(drafts[nextDraft].text)
        nextDraft += 1
      }
    }
    // Repetitions are common (`continue`): more rows are looked at than wanted, though not without bound.
    _ = try first(
      """
      SELECT m.created, (SELECT group_concat(body, '') FROM parts WHERE message = m.key AND kind = 1)
      FROM messages m JOIN conversations c ON c.key = m.conversation
      WHERE m.role = 1 AND c.trashed IS NULL ORDER BY m.created DESC, m.key DESC LIMIT ?
      """, .integer(Int64(min(limit, 100_000)) * 8)
    ) { row throws(SQLiteFailure) in
      while history.count < limit {
        addDrafts(since: row.integer(0))
        add(row.text(1))
        if try !row.step() { return }
      }
    }
    addDrafts(since: .min)
    return history
  }

  // MARK: Writing

  func insert(_ record: ConversationRecord) throws(SQLiteFailure) -> Int64 {
    if try key(of: record.summary.id) != nil {
      throw SQLiteFailure.refused("the name \(record.summary.id) is taken")
    }
    let summary = record.summary
    try run(
      """
      INSERT INTO conversations (id, title, created, updated, is_pinned, is_archived, is_unread, profile, provider, model,
        is_streaming, extra_json, system) VALUES (?, ?, ?, ?, ?, ?, ?, '', '', '', 1, '', '')
      """,
      .text(summary.id.rawValue), .text(summary.title), .integer(record.created.milliseconds),
      .integer(summary.updated.milliseconds), .flag(summary.isPinned), .flag(summary.isArchived),
      .flag(summary.isUnread))
    let key = lastInserted
    try setProfile(record.profile, of: key)
    try replaceTags(of: key, by: summary.tags)
    try replaceDraft(of: key, by: record.draft)
    try replaceQueue(of: key, by: record.queue)
    return key
  }

  func apply(_ patch: ConversationPatch, to conversation: Int64) throws(SQLiteFailure) {
    try run(
      """
      UPDATE conversations SET title = coalesce(?, title), is_pinned = coalesce(?, is_pinned),
        is_archived = coalesce(?, is_archived), is_unread = coalesce(?, is_unread) WHERE key = ?
      """,
      .optional(patch.title), .optional(patch.isPinned.map { $0 ? 1 : 0 }),
      .optional(patch.isArchived.map { $0 ? 1 : 0 }), .optional(patch.isUnread.map { $0 ? 1 : 0 }),
      .integer(conversation))
    if let profile = patch.profile { try setProfile(profile, of: conversation) }
    if let tags = patch.tags { try replaceTags(of: conversation, by: tags) }
  }

  private func setProfile(_ profile: Profile, of conversation: Int64) throws(SQLiteFailure) {
    try run(
      """
      UPDATE conversations SET profile = ?, provider = ?, model = ?, temperature = ?, top_p = ?, maximum_tokens = ?,
        is_streaming = ?, extra_json = ?, system = ? WHERE key = ?
      """,
      .text(profile.name), .text(profile.model.provider), .text(profile.model.model), .optional(profile.temperature),
      .optional(profile.topP), .optional(profile.maximumTokens), .flag(profile.isStreaming), .text(profile.extraJSON),
      .text(profile.system), .integer(conversation))
  }

  private func replaceTags(of conversation: Int64, by tags: [String]) throws(SQLiteFailure) {
    try run("DELETE FROM tags WHERE conversation = ?", .integer(conversation))
    for (position, tag) in tags.enumerated() {
      try run(
        "INSERT INTO tags (conversation, position, tag) VALUES (?, ?, ?)", .integer(conversation),
        .integer(Int64(position)), .text(tag))
    }
    try run(
      "UPDATE conversations SET tag_count = ? WHERE key = ?", .integer(Int64(tags.count)), .integer(conversation))
  }

  func replaceDraft(of conversation: Int64, by text: String) throws(SQLiteFailure) {
    if text.isEmpty {
      try run("DELETE FROM drafts WHERE conversation = ?", .integer(conversation))
    } else {
      try run(
        "INSERT OR REPLACE INTO drafts (conversation, text) VALUES (?, ?)", .integer(conversation), .text(text))
    }
  }

  func shelveDraft(_ text: String, of conversation: Int64, at time: Timestamp) throws(SQLiteFailure) {
    guard !text.isEmpty else { return }
    try run(
      "INSERT INTO shelved_drafts (conversation, created, text) VALUES (?, ?, ?)", .integer(conversation),
      .integer(time.milliseconds), .text(text))
  }

  func replaceQueue(of conversation: Int64, by queue: [Prompt]) throws(SQLiteFailure) {
    let old = try rows("SELECT key FROM queued_prompts WHERE conversation = ?", .integer(conversation)) {
      $0.integer(0)
    }
    for prompt in old {
      let files = try rows("SELECT attachment FROM queued_attachments WHERE prompt = ?", .integer(prompt)) {
        $0.integer(0)
      }
      try run("DELETE FROM queued_attachments WHERE prompt = ?", .integer(prompt))
      try deleteAttachments(files)
      try run("DELETE FROM queued_prompts WHERE key = ?", .integer(prompt))
    }
    for (position, prompt) in queue.enumerated() {
      try run(
        "INSERT INTO queued_prompts (conversation, position, text) VALUES (?, ?, ?)", .integer(conversation),
        .integer(Int64(position)), .text(prompt.text))
      let key = lastInserted
      for (place, file) in prompt.attachments.enumerated() {
        let attachment = try insertAttachment(file)
        try run(
          "INSERT INTO queued_attachments (prompt, position, attachment) VALUES (?, ?, ?)", .integer(key),
          .integer(Int64(place)), .integer(attachment))
      }
    }
  }

  /// Makes a message the end of the current path; `nil` for none.
  func setLeaf(_ leaf: MessagePlace?, of conversation: Int64) throws(SQLiteFailure) {
    try run(
      "UPDATE conversations SET leaf = ?, message_count = ? WHERE key = ?", .optional(leaf?.key),
      .integer(Int64(leaf.map { $0.depth + 1 } ?? 0)), .integer(conversation))
  }

  func touch(_ conversation: Int64, at time: Timestamp) throws(SQLiteFailure) {
    try run(
      "UPDATE conversations SET updated = max(updated, ?) WHERE key = ?", .integer(time.milliseconds),
      .integer(conversation))
  }

  func setTrashed(_ time: Timestamp?, _ conversation: Int64) throws(SQLiteFailure) {
    try run(
      "UPDATE conversations SET trashed = ? WHERE key = ?", .optional(time?.milliseconds), .integer(conversation))
  }

  // MARK: What changed

  /// Notes that a conversation has changed, so that other processes can tell which.
  func noteChange(of conversation: Int64, by owner: Int64) throws(SQLiteFailure) {
    try run("UPDATE changes SET revision = revision + 1 WHERE conversation = 0")
    try run(
      """
      INSERT OR REPLACE INTO changes (conversation, revision, owner)
        SELECT ?, revision, ? FROM changes WHERE conversation = 0
      """, .integer(conversation), .integer(owner))
  }

  func lastChange(of conversation: Int64) throws(SQLiteFailure) -> (revision: Int64, owner: Int64)? {
    try first("SELECT revision, owner FROM changes WHERE conversation = ?", .integer(conversation)) { row in
      (row.integer(0), row.integer(1))
    }
  }

  func revision() throws(SQLiteFailure) -> Int64 {
    try first("SELECT revision FROM changes WHERE conversation = 0") { $0.integer(0) } ?? 0
  }

  /// Conversations that others than `owner` have changed since a revision.
  func changedConversations(since revision: Int64, notBy owner: Int64) throws(SQLiteFailure) -> Set<ConversationID> {
    Set(
      try rows(
        """
        SELECT c.id FROM changes JOIN conversations c ON c.key = changes.conversation
        WHERE changes.revision > ? AND changes.owner <> ?
        """, .integer(revision), .integer(owner)
      ) { ConversationID($0.text(0)) }.compactMap { $0 })
  }
}

/// The columns that every reading of a line begins with.
private struct SummaryRow {
  let key: Int64
  let tagCount: Int
  /// Without tags; `nil` if the name cannot be one.
  let summary: ConversationSummary?

  init(_ row: Statement) {
    key = row.integer(0)
    tagCount = row.number(8)
    let leafStatus = row.optionalInteger(12).flatMap { StoredStatus(rawValue: $0) }
    summary = ConversationID(row.text(1)).map { id in
      ConversationSummary(
        id: id, title: row.text(2), updated: Timestamp(milliseconds: row.integer(3)), messageCount: row.number(4),
        isPinned: row.flag(5), isArchived: row.flag(6), tags: [], profileName: row.text(9),
        model: ModelReference(provider: row.text(10), model: row.text(11)), hasDraft: row.flag(13),
        isUnread: row.flag(7), hasError: leafStatus?.isError ?? false)
    }
  }
}
