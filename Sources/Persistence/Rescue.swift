// Copies what can be read of a damaged database into a new one. The damaged file is not touched: rows are read from a copy,
// since even reading a database may write to the files beside it.

import CSQLite

struct Rescue {
  /// What was saved, and what is known to be lost.
  struct Count: Equatable {
    var conversations = 0
    var messages = 0
    var lost = 0
  }

  /// The damaged file.
  let aside: String
  /// Where its copy may stand for a while.
  let copy: String

  /// In an order in which what is pointed to comes first. The second column of each pair is the column that rows are
  /// looked for by when they cannot be read in a row.
  private static let tables: [(name: String, key: String)] = [
    ("conversations", "key"), ("tags", "conversation"), ("messages", "key"), ("failures", "message"),
    ("attachments", "key"), ("parts", "key"), ("journal", "message"), ("runs", "message"),
    ("drafts", "conversation"), ("shelved_drafts", "key"), ("queued_prompts", "key"), ("queued_attachments", "prompt"),
  ]

  /// Fills a new database of the newest schema.
  func fill(_ new: Database) throws(SQLiteFailure) -> Count {
    defer { ArchiveFiles.removeDatabase(copy) }
    new.checkForeignKeys(false)
    var count = Count()
    // Once with the log and, if it makes the file unreadable, once without it.
    for withLog in [true, false] {
      guard let old = openCopy(withLog: withLog) else { continue }
      var lost = 0
      try new.write { () throws(SQLiteFailure) in
        for table in Self.tables { lost += try copyRows(of: table, from: old, to: new) }
        try mend(new)
        count.conversations = try new.first("SELECT count(*) FROM conversations") { $0.number(0) } ?? 0
        count.messages = try new.first("SELECT count(*) FROM messages") { $0.number(0) } ?? 0
      }
      count.lost = lost
      if count.conversations > 0 { break }
    }
    new.checkForeignKeys(true)
    return count
  }

  private func openCopy(withLog: Bool) -> Database? {
    ArchiveFiles.removeDatabase(copy)
    guard ArchiveFiles.copy(aside, to: copy) else { return nil }
    if withLog, ArchiveFiles.find(aside + "-wal") == .file {
      guard ArchiveFiles.copy(aside + "-wal", to: copy + "-wal") else { return nil }
    }
    guard let database = try? Database(path: copy, access: .readWrite) else { return nil }
    database.allowDamage()
    return database
  }

  /// Copies the columns that both files have. Returns how many rows are known to be lost.
  private func copyRows(
    of table: (name: String, key: String), from old: Database, to new: Database
  ) throws(SQLiteFailure) -> Int {
    let wanted = try new.rows("SELECT name FROM pragma_table_info(?)", .text(table.name)) { $0.text(0) }
    let present = (try? old.rows("SELECT name FROM pragma_table_info(?)", .text(table.name)) { $0.text(0) }) ?? []
    let columns = wanted.filter { present.contains($0) }
    guard columns.contains(table.key) else { return 0 }
    // Names of our own schema, not of the file's.
    let list = columns.joined(separator: ", ")
    let places = columns.map { _ in "?" }.joined(separator: ", ")
    let insert = try new.prepare("INSERT OR IGNORE INTO \(table.name) (\(list)) VALUES (\(places))")
    let keyColumn = Int32(columns.firstIndex(of: table.key) ?? 0)
    var lost = 0
    var last: Int64 = 0

    func take(_ row: Statement) throws(SQLiteFailure) {
      last = max(last, row.integer(keyColumn))
      let values = (0..<Int32(columns.count)).map { row.value($0) }
      defer { insert.end() }
      do {
        try insert.begin(values)
        _ = try insert.step()
      } catch  where error.primary == SQLITE_CONSTRAINT || error.primary == SQLITE_MISMATCH {
        lost += 1
      }
    }

    // A table that is not there, or whose description cannot be read, gives nothing.
    guard let all = try? old.prepare("SELECT \(list) FROM \(table.name) ORDER BY \(table.key)") else { return 0 }
    if try readAll(all, [], take) { return lost }
    // The highest key may be readable where the rows are not; else the next keys are tried for a while.
    let highest =
      (try? old.prepare("SELECT max(\(table.key)) FROM \(table.name)")).flatMap { statement -> Int64? in
        (try? statement.step()) == true ? statement.optionalInteger(0) : nil
      } ?? last + 100_000
    guard let one = try? old.prepare("SELECT \(list) FROM \(table.name) WHERE \(table.key) = ?") else {
      return lost + 1
    }
    // The key that failed may have been read in part: what is there already is ignored.
    for key in max(last, 1)...max(last, highest, 1) {
      if try !readAll(one, [.integer(key)], take) { lost += 1 }
    }
    return lost
  }

  /// Gives every row to `take`, whose failures are those of the new file. False if the old one cannot be read to the end.
  private func readAll(
    _ statement: Statement, _ values: [SQLiteValue], _ take: (Statement) throws(SQLiteFailure) -> Void
  ) throws(SQLiteFailure) -> Bool {
    defer { statement.end() }
    do { try statement.begin(values) } catch { return false }
    while true {
      do { if try !statement.step() { return true } } catch { return false }
      try take(statement)
    }
  }

  /// Makes the saved rows agree with each other: nothing points to what is lost.
  private func mend(_ new: Database) throws(SQLiteFailure) {
    try new.execute(
      """
      INSERT OR IGNORE INTO conversations (key, id, title, created, updated, profile, provider, model, is_streaming,
          extra_json, system)
        SELECT conversation, 'rescued-' || conversation, 'Rescued', min(created), max(created), '', '', '', 1, '', ''
        FROM messages WHERE conversation NOT IN (SELECT key FROM conversations) GROUP BY conversation;
      -- A message whose parent is lost goes on from the last one before it, which is most often the parent's parent.
      UPDATE messages SET parent =
          (SELECT max(p.key) FROM messages p WHERE p.conversation = messages.conversation AND p.key < messages.key)
        WHERE parent IS NOT NULL AND parent NOT IN (SELECT key FROM messages);
      WITH RECURSIVE tree(key, conversation, depth) AS (
          SELECT key, conversation, 0 FROM messages WHERE parent IS NULL
          UNION ALL
          SELECT m.key, m.conversation, tree.depth + 1 FROM tree
            JOIN messages m ON m.conversation = tree.conversation AND m.parent = tree.key)
        UPDATE messages SET depth = tree.depth FROM tree WHERE tree.key = messages.key AND messages.depth <> tree.depth;
      UPDATE conversations SET leaf = (SELECT max(key) FROM messages WHERE conversation = conversations.key)
        WHERE leaf IS NOT NULL AND leaf NOT IN (SELECT key FROM messages);
      UPDATE conversations SET leaf = (SELECT max(key) FROM messages WHERE conversation = conversations.key)
        WHERE id LIKE 'rescued-%' AND leaf IS NULL;
      UPDATE conversations SET message_count =
          coalesce((SELECT depth + 1 FROM messages WHERE messages.key = conversations.leaf), 0),
        tag_count = (SELECT count(*) FROM tags WHERE conversation = conversations.key);
      DELETE FROM tags WHERE conversation NOT IN (SELECT key FROM conversations);
      DELETE FROM failures WHERE message NOT IN (SELECT key FROM messages);
      DELETE FROM runs WHERE message NOT IN (SELECT key FROM messages);
      DELETE FROM parts WHERE message NOT IN (SELECT key FROM messages);
      DELETE FROM journal WHERE message NOT IN (SELECT key FROM messages);
      UPDATE parts SET attachment = NULL WHERE attachment NOT IN (SELECT key FROM attachments);
      UPDATE journal SET attachment = NULL WHERE attachment NOT IN (SELECT key FROM attachments);
      DELETE FROM drafts WHERE conversation NOT IN (SELECT key FROM conversations);
      DELETE FROM shelved_drafts WHERE conversation NOT IN (SELECT key FROM conversations);
      DELETE FROM queued_prompts WHERE conversation NOT IN (SELECT key FROM conversations);
      DELETE FROM queued_attachments WHERE prompt NOT IN (SELECT key FROM queued_prompts)
        OR attachment NOT IN (SELECT key FROM attachments);
      UPDATE messages SET indexed = 0;
      """)
    let messages = try new.rows("SELECT key FROM messages WHERE owner IS NULL") { $0.integer(0) }
    for message in messages { try new.index(message) }
  }
}
