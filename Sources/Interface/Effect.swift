// What the pure program wants done. Effects are performed one after another, in the order in which they were returned,
// and none waits for a stream.

package import Conversations

/// A wish of the pure program.
package enum Effect: Equatable, Sendable {
  // Conversations
  case create(ConversationID, Profile)
  case open(ConversationID)
  /// Opens the one conversation whose ID begins so, or explains why not.
  case openPrefix(String)
  /// Opens the conversation that changed last.
  case openLatest
  /// The conversation that is looked at: what ends elsewhere is unread.
  case focus(ConversationID)
  case loadEarlier(ConversationID, before: MessageID)
  case loadSummaries
  case markRead(ConversationID)
  case rename(ConversationID, String)
  case setPinned(ConversationID, Bool)
  case setArchived(ConversationID, Bool)
  case setTags(ConversationID, [String])
  case setTrashed(ConversationID, Bool)
  case setProfile(ConversationID, Profile)

  // Answers
  case send(Prompt, ConversationID)
  case sendNow(ConversationID)
  case stop(ConversationID)
  case updateQueue(ConversationID, [Prompt])
  case regenerate(ConversationID, MessageID)
  case retry(ConversationID, MessageID)
  case resume(ConversationID, MessageID)
  case editAndResend(ConversationID, MessageID, String)
  case selectVariant(ConversationID, MessageID, offset: Int)

  // Drafts
  /// The profile is that of a conversation that begins with its draft.
  case saveDraft(ConversationID, String, Profile)
  case shelveDraft(ConversationID, String)
  case loadHistory
  /// Reads a file, to be sent with the next prompt of that conversation.
  case attach(ConversationID, path: String)
  /// Lists what a path that is being typed could go on with.
  case listPaths(String)

  // The world
  case loadModels(provider: String)
  case copy(String)
  case openEditor(String)
  case setMouse(Bool)
  case bell
  case redraw
  case suspend
  case quit
  /// Answers with `settled` once everything that acts, or everything that reads, and was handed over before is done.
  case settle(reading: Bool)
}
