// Why the store did not do what it was asked.

package import Conversations
package import Diagnostics

/// A request that the store refused. Nothing was changed.
package enum SessionError: Error, Equatable, Sendable {
  case noSuchConversation(String)
  case conversationExists(ConversationID)
  case noSuchMessage
  /// The prompt has neither words nor files.
  case nothingToSend
  /// It needs a conversation that is not answering at the moment.
  case answering(ConversationID)
  /// A race has an agent of this provider more than once.
  case agentTwice(String)
  /// More waits to be saved than may be kept in memory.
  case tooMuchUnsaved
  /// The store was shut down.
  case closed
  case archive(ArchiveFailure)
}

extension SessionError: Explainable {
  package var explanation: Explanation {
    switch self {
    case .noSuchConversation(let name):
      Explanation(
        kind: .notFound, summary: name.isEmpty ? "No conversation was named" : "There is no conversation \(name)")
    case .conversationExists(let id):
      Explanation(kind: .badRequest, summary: "A conversation \(id) exists already")
    case .noSuchMessage:
      Explanation(kind: .notFound, summary: "There is no such message in this conversation")
    case .nothingToSend:
      Explanation(kind: .badRequest, summary: "There is nothing to send")
    case .answering(let id):
      Explanation(kind: .badRequest, summary: "\(id) is still answering", detail: "stop the answer first")
    case .agentTwice(let provider):
      Explanation(
        kind: .badRequest, summary: "\(provider) can be in a race only once",
        detail: "it remembers the conversation by itself, and the same prompt would reach it twice")
    case .tooMuchUnsaved:
      Explanation(
        kind: .tooLarge, summary: "Nothing more can be sent",
        detail: "too much is waiting to be saved; make room on the disk first", recovery: .freeSpace)
    case .closed:
      Explanation(kind: .cancelled, summary: "riffle is closing")
    case .archive(let failure): failure.explanation
    }
  }
}
