// An archive that keeps nothing: for `ask --no-save`.

package import Conversations

/// Accepts everything and forgets it at once.
package struct UnsavedArchive: ConversationArchive {
  /// An empty archive, which stays so.
  package init() {}

  package func summaries(limit: Int) async throws(ArchiveFailure) -> [ConversationSummary] { [] }
  package func summary(of id: ConversationID) async throws(ArchiveFailure) -> ConversationSummary? { nil }
  package func trash(limit: Int) async throws(ArchiveFailure) -> [ConversationSummary] { [] }
  package func identifiers(withPrefix prefix: String, inTrash: Bool, limit: Int) async throws(ArchiveFailure)
    -> [ConversationID]
  { [] }
  package func record(of id: ConversationID) async throws(ArchiveFailure) -> ConversationRecord? { nil }
  package func window(of id: ConversationID, before: MessageID?, limit: Int) async throws(ArchiveFailure)
    -> MessageWindow
  {
    MessageWindow(messages: [], earlierCount: 0)
  }
  package func leaf(ofVariant offset: Int, from message: MessageID, in id: ConversationID) async throws(ArchiveFailure)
    -> MessageID?
  { nil }
  package func run(of message: MessageID) async throws(ArchiveFailure) -> RunRecord? { nil }
  package func create(_ record: ConversationRecord) async throws(ArchiveFailure) {}
  package func append(_ messages: [Message], to id: ConversationID) async throws(ArchiveFailure) {}
  package func journal(_ entries: [JournalEntry]) async throws(ArchiveFailure) {}
  package func finish(_ message: Message, run: RunRecord?, in id: ConversationID) async throws(ArchiveFailure) {}
  package func setLeaf(_ message: MessageID?, of id: ConversationID) async throws(ArchiveFailure) {}
  package func update(_ id: ConversationID, with patch: ConversationPatch) async throws(ArchiveFailure) {}
  package func saveDraft(_ text: String, of id: ConversationID) async throws(ArchiveFailure) {}
  package func shelveDraft(_ text: String, of id: ConversationID) async throws(ArchiveFailure) {}
  package func saveQueue(_ queue: [Prompt], of id: ConversationID) async throws(ArchiveFailure) {}
  package func promptHistory(limit: Int) async throws(ArchiveFailure) -> [String] { [] }
  package func setTrashed(_ isTrashed: Bool, _ id: ConversationID) async throws(ArchiveFailure) {}
  package func recoverInterrupted() async throws(ArchiveFailure) -> [ConversationID] { [] }
  package func observeForeignChanges(_ handler: @escaping @Sendable (ForeignChange) -> Void) async {}
  package func synchronize() async throws(ArchiveFailure) {}
  package func close() async {}
}
