// Figures over many answers, and what is noted of an answer after its end.

package import Conversations

extension SessionStore {
  /// Gives the figures of answers that have ended to `body`, the newest last.
  ///
  /// What waits to be written is not among them. The store itself is not held up: the archive's reader does the work.
  /// - Returns: how many answers could not be read.
  package nonisolated func eachAnswer(
    _ query: AnswerQuery, _ body: (AnswerFigures) -> Void
  ) async throws(SessionError) -> Int {
    do throws(ArchiveFailure) {
      return try await archive.eachAnswer(query, body)
    } catch {
      throw .archive(error)
    }
  }

  /// Notes whether somebody was looking when an answer ended: behind the answer itself, in the order of the changes.
  package func noteWatched(_ isWatched: Bool, _ message: MessageID, in id: ConversationID) {
    guard !isClosed, conversations[id]?.isStored != false else { return }
    enqueue(.watched(message, isWatched), to: id)
  }
}
