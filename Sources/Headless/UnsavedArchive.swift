// An archive that keeps nothing: for `ask --no-save`.

package import Conversations

/// Accepts everything and forgets it at once; what another archive has can be read.
package struct UnsavedArchive: ConversationArchive {
  private let source: (any ConversationArchive)?

  /// - Parameter source: what is read; by default there is nothing to read. Nothing is written to it.
  package init(reading source: (any ConversationArchive)? = nil) { self.source = source }

  package func summaries(limit: Int) async throws(ArchiveFailure) -> [ConversationSummary] {
    try await source?.summaries(limit: limit) ?? []
  }
  package func trash(limit: Int) async throws(ArchiveFailure) -> [ConversationSummary] {
    try await source?.trash(limit: limit) ?? []
  }
  package func summary(of id: ConversationID) async throws(ArchiveFailure) -> ConversationSummary? {
    try await source?.summary(of: id)
  }
  package func identifiers(withPrefix prefix: String, inTrash: Bool, limit: Int) async throws(ArchiveFailure)
    -> [ConversationID]
  { try await source?.identifiers(withPrefix: prefix, inTrash: inTrash, limit: limit) ?? [] }
  package func record(of id: ConversationID) async throws(ArchiveFailure) -> ConversationRecord? {
    try await source?.record(of: id)
  }
  package func window(
    of id: ConversationID, endingWith end: MessageID?, _ piece: PathPiece, maximumBytes: Int
  ) async throws(ArchiveFailure) -> MessageWindow? {
    guard let source else { return MessageWindow(messages: [], earlierCount: 0) }
    return try await source.window(of: id, endingWith: end, piece, maximumBytes: maximumBytes)
  }
  package func matches(
    of query: FindQuery, in id: ConversationID, endingWith end: MessageID?, from position: Int, backward: Bool,
    limit: Int
  ) async throws(ArchiveFailure) -> MatchPage {
    try await source?.matches(of: query, in: id, endingWith: end, from: position, backward: backward, limit: limit)
      ?? MatchPage(matches: [], next: nil)
  }
  package func leaf(ofVariant offset: Int, from message: MessageID, in id: ConversationID) async throws(ArchiveFailure)
    -> MessageID?
  { try await source?.leaf(ofVariant: offset, from: message, in: id) }
  package func run(of message: MessageID) async throws(ArchiveFailure) -> RunRecord? {
    try await source?.run(of: message)
  }
  package func answers(
    _ query: AnswerQuery, after cursor: AnswerCursor?, limit: Int
  ) async throws(ArchiveFailure) -> AnswerPage {
    try await source?.answers(query, after: cursor, limit: limit) ?? AnswerPage(answers: [])
  }
  package func promptHistory(limit: Int) async throws(ArchiveFailure) -> [String] {
    try await source?.promptHistory(limit: limit) ?? []
  }
  package func create(_ record: ConversationRecord) async throws(ArchiveFailure) {}
  package func append(_ messages: [Message], to id: ConversationID) async throws(ArchiveFailure) {}
  package func journal(_ entries: [JournalEntry]) async throws(ArchiveFailure) {}
  package func finish(_ message: Message, run: RunRecord?, in id: ConversationID) async throws(ArchiveFailure) {}
  package func setWatched(
    _ isWatched: Bool, _ message: MessageID, in id: ConversationID
  ) async throws(ArchiveFailure) {}
  package func rate(_ ratings: [MessageID: Bool], in id: ConversationID) async throws(ArchiveFailure) {}
  package func moveVariants(
    _ answers: [MessageID], from id: ConversationID, to record: ConversationRecord, under prompt: MessageID
  ) async throws(ArchiveFailure) {}
  package func setLeaf(_ message: MessageID?, of id: ConversationID) async throws(ArchiveFailure) {}
  package func update(_ id: ConversationID, with patch: ConversationPatch) async throws(ArchiveFailure) {}
  package func saveDraft(_ text: String, of id: ConversationID) async throws(ArchiveFailure) {}
  package func shelveDraft(_ text: String, of id: ConversationID) async throws(ArchiveFailure) {}
  package func saveQueue(_ queue: [Prompt], of id: ConversationID) async throws(ArchiveFailure) {}
  package func setTrashed(_ isTrashed: Bool, _ id: ConversationID) async throws(ArchiveFailure) {}
  package func recoverInterrupted() async throws(ArchiveFailure) -> [ConversationID] { [] }
  package func observeForeignChanges(_ handler: @escaping @Sendable (ForeignChange) -> Void) async {}
  package func synchronize() async throws(ArchiveFailure) {}
  package func close() async { await source?.close() }
}
