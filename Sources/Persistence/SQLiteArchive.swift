// The archive of conversations in one SQLite file, as `ConversationArchive` asks for it. What each call does is told here;
// how rows look is told in `Rows`, and what happens to the file itself in `ArchiveOpener` and `ArchiveWriter`.

package import Conversations
package import Diagnostics
import Platform

/// Conversations in `riffle.db` in a folder.
///
/// Making one costs nothing: the file is opened by the first call that needs it, on the archive's own thread. Several
/// processes, and several archives of one process, may use the same folder at once.
package final class SQLiteArchive: ConversationArchive {
  private let writer: ArchiveWriter
  private let reader: ArchiveReader
  private let now: @Sendable () -> Timestamp

  /// The archive in `folder`, which is made with mode 0700 if it is missing.
  /// - Parameter now: the time, for what the calls themselves do not date: the trash, drafts put aside, names of files.
  package convenience init(folder: String, now: @escaping @Sendable () -> Timestamp = wallClock) {
    self.init(folder: folder, migrations: Schema.migrations, now: now)
  }

  init(
    folder: String, migrations: [Migration], system: String? = nil,
    now: @escaping @Sendable () -> Timestamp = wallClock
  ) {
    writer = ArchiveWriter(
      opener: ArchiveOpener(folder: folder, migrations: migrations, system: system, now: now))
    reader = ArchiveReader(writer: writer)
    self.now = now
  }

  /// Now, by the calendar's clock.
  package static func wallClock() -> Timestamp { Timestamp(milliseconds: WallClock.milliseconds()) }

  /// What the user should know about the file: that it was damaged and what was saved, or why nothing can be saved.
  /// Opens the file if that was not done.
  package func openingReport() async -> [Explanation] {
    await writer.openingReport()
  }

  // MARK: Reading

  package func summaries(limit: Int) async throws(ArchiveFailure) -> [ConversationSummary] {
    try await reader.read { (database) throws(SQLiteFailure) in try database.summaries(limit: limit) }
  }

  package func trash(limit: Int) async throws(ArchiveFailure) -> [ConversationSummary] {
    try await reader.read { (database) throws(SQLiteFailure) in try database.trash(limit: limit) }
  }

  package func summary(of id: ConversationID) async throws(ArchiveFailure) -> ConversationSummary? {
    try await reader.read { (database) throws(SQLiteFailure) in try database.summary(of: id) }
  }

  package func identifiers(
    withPrefix prefix: String, inTrash: Bool, limit: Int
  ) async throws(ArchiveFailure) -> [ConversationID] {
    try await reader.read { (database) throws(SQLiteFailure) in
      try database.identifiers(withPrefix: prefix, inTrash: inTrash, limit: limit)
    }
  }

  package func record(of id: ConversationID) async throws(ArchiveFailure) -> ConversationRecord? {
    try await reader.read { (database) throws(SQLiteFailure) in try database.record(of: id) }
  }

  package func window(
    of id: ConversationID, endingWith end: MessageID?, _ piece: PathPiece, maximumBytes: Int
  ) async throws(ArchiveFailure) -> MessageWindow? {
    try await reader.read { (database) throws(SQLiteFailure) in
      try database.window(of: id, endingWith: end, piece, maximumBytes: maximumBytes)
    }
  }

  package func matches(
    of query: FindQuery, in id: ConversationID, endingWith end: MessageID?, from position: Int, backward: Bool,
    limit: Int
  ) async throws(ArchiveFailure) -> MatchPage {
    try await reader.read { (database) throws(SQLiteFailure) in
      try database.matches(of: query, in: id, endingWith: end, from: position, backward: backward, limit: limit)
    }
  }

  package func run(of message: MessageID) async throws(ArchiveFailure) -> RunRecord? {
    try await reader.read { (database) throws(SQLiteFailure) in try database.runRecord(of: message) }
  }

  package func answers(
    _ query: AnswerQuery, after cursor: AnswerCursor?, limit: Int
  ) async throws(ArchiveFailure) -> AnswerPage {
    try await reader.read { (database) throws(SQLiteFailure) in
      try database.answers(query, after: cursor, limit: limit)
    }
  }

  package func promptHistory(limit: Int) async throws(ArchiveFailure) -> [String] {
    try await reader.read { (database) throws(SQLiteFailure) in try database.promptHistory(limit: limit) }
  }

  package func leaf(
    ofVariant offset: Int, from message: MessageID, in id: ConversationID
  ) async throws(ArchiveFailure) -> MessageID? {
    try await reader.read { (database) throws(SQLiteFailure) in
      guard let conversation = try database.key(of: id), let place = try database.place(of: message),
        place.conversation == conversation
      else { return nil }
      let variants = try database.variants(of: message)
      guard let current = variants.firstIndex(of: message) else { return nil }
      let (wanted, isTooFar) = current.addingReportingOverflow(offset)
      guard !isTooFar, variants.indices.contains(wanted) else { return nil }
      return try database.newestLeaf(under: variants[wanted])
    }
  }

  /// A message and its siblings, oldest first; empty if there is no such message.
  package func variants(of message: MessageID) async throws(ArchiveFailure) -> [MessageID] {
    try await reader.read { (database) throws(SQLiteFailure) in try database.variants(of: message) }
  }

  /// Messages outside the trash that hold every word of `query`, or the query itself as a part of their text; best first.
  /// The only entry to the text index; the program has no search of texts yet.
  package func searchText(_ query: String, limit: Int) async throws(ArchiveFailure) -> [SearchHit] {
    try await reader.read { (database) throws(SQLiteFailure) in try database.search(query, limit: limit) }
  }

  // MARK: Writing

  package func create(_ record: ConversationRecord) async throws(ArchiveFailure) {
    try await writer.create(record)
  }

  package func append(_ messages: [Message], to id: ConversationID) async throws(ArchiveFailure) {
    guard !messages.isEmpty else { return }
    try await writer.change(id) { (database, conversation, lock) throws(SQLiteFailure) in
      var leaf: MessagePlace?
      for message in messages {
        leaf = try database.insert(message, in: conversation, owner: lock.owner)
        try database.touch(conversation, at: message.created)
      }
      try database.setLeaf(leaf, of: conversation)
    }
  }

  package func journal(_ entries: [JournalEntry]) async throws(ArchiveFailure) {
    try await writer.journal(entries)
  }

  package func finish(_ message: Message, run: RunRecord?, in id: ConversationID) async throws(ArchiveFailure) {
    try await writer.change(id) { (database, conversation, lock) throws(SQLiteFailure) in
      guard let place = try database.place(of: message.id), place.conversation == conversation else {
        throw SQLiteFailure.refused("message \(message.id) is not in the conversation")
      }
      if let owner = try database.owner(of: place.key), owner != lock.owner, lock.isAlive(owner) {
        throw SQLiteFailure.refused("message \(message.id) is being answered by another riffle")
      }
      try database.unindex(place.key)
      try database.replaceParts(of: place.key, by: message.parts)
      try database.setState(of: place.key, to: message, owner: lock.owner)
      if let run { try database.replaceRun(of: place.key, by: run) }
      if !message.status.isStreaming { try database.index(place.key) }
    }
  }

  package func setWatched(
    _ isWatched: Bool, _ message: MessageID, in id: ConversationID
  ) async throws(ArchiveFailure) {
    // A figure is not worth waiting for the disk, and no news to other processes.
    try await writer.change(id, durable: false, isNews: false) {
      (database, conversation, _) throws(SQLiteFailure) in
      // One that has no figures has nothing to be noted with; what waits behind it is not to be held up by that.
      try database.run(
        "UPDATE runs SET is_watched = ? WHERE message = (SELECT key FROM messages WHERE id = ? AND conversation = ?)",
        .flag(isWatched), message.stored, .integer(conversation))
    }
  }

  package func rate(_ ratings: [MessageID: Bool], in id: ConversationID) async throws(ArchiveFailure) {
    guard !ratings.isEmpty else { return }
    try await writer.change(id) { (database, conversation, _) throws(SQLiteFailure) in
      for (message, isBest) in ratings {
        guard let place = try database.place(of: message), place.conversation == conversation else { continue }
        try database.rate(place.key, isBest: isBest)
      }
    }
  }

  package func moveVariants(
    _ answers: [MessageID], from id: ConversationID, to record: ConversationRecord, under prompt: MessageID
  ) async throws(ArchiveFailure) {
    let time = now()
    try await writer.change(id) { (database, conversation, lock) throws(SQLiteFailure) in
      guard
        let new = try database.moveVariants(answers, from: conversation, to: record, under: prompt, owner: lock.owner)
      else { return }
      if record.isTrashed { try database.setTrashed(time, new) }
      try database.noteChange(of: new, by: lock.owner)
    }
  }

  package func setLeaf(_ message: MessageID?, of id: ConversationID) async throws(ArchiveFailure) {
    try await writer.change(id) { (database, conversation, _) throws(SQLiteFailure) in
      var leaf: MessagePlace?
      if let message {
        leaf = try database.place(of: message)
        guard leaf?.conversation == conversation else {
          throw SQLiteFailure.refused("message \(message) is not in the conversation")
        }
      }
      try database.setLeaf(leaf, of: conversation)
    }
  }

  package func update(_ id: ConversationID, with patch: ConversationPatch) async throws(ArchiveFailure) {
    guard patch != ConversationPatch() else { return }
    try await writer.change(id) { (database, conversation, _) throws(SQLiteFailure) in
      try database.apply(patch, to: conversation)
    }
  }

  package func saveDraft(_ text: String, of id: ConversationID) async throws(ArchiveFailure) {
    try await writer.change(id, durable: false, isNews: false) {
      (database, conversation, _) throws(SQLiteFailure) in try database.replaceDraft(of: conversation, by: text)
    }
  }

  package func shelveDraft(_ text: String, of id: ConversationID) async throws(ArchiveFailure) {
    let time = now()
    try await writer.change(id, durable: false, isNews: false) {
      (database, conversation, _) throws(SQLiteFailure) in
      try database.shelveDraft(text, of: conversation, at: time)
    }
  }

  package func saveQueue(_ queue: [Prompt], of id: ConversationID) async throws(ArchiveFailure) {
    try await writer.change(id) { (database, conversation, _) throws(SQLiteFailure) in
      try database.replaceQueue(of: conversation, by: queue)
    }
  }

  package func setTrashed(_ isTrashed: Bool, _ id: ConversationID) async throws(ArchiveFailure) {
    let time = isTrashed ? now() : nil
    try await writer.change(id) { (database, conversation, _) throws(SQLiteFailure) in
      try database.setTrashed(time, conversation)
    }
  }

  // MARK: The file

  package func recoverInterrupted() async throws(ArchiveFailure) -> [ConversationID] {
    try await writer.recoverInterrupted()
  }

  package func observeForeignChanges(_ handler: @escaping @Sendable (ForeignChange) -> Void) async {
    await writer.observe(handler)
  }

  package func synchronize() async throws(ArchiveFailure) {
    try await writer.synchronize()
  }

  package func close() async {
    await reader.close()
    await writer.close()
  }
}
