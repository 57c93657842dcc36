// What the pure program wants done. Effects are performed one after another, in the order in which they were returned,
// and none waits for a stream.

package import Conversations
package import Display

/// Text on its way to the terminal's clipboard.
package struct TerminalCopy: Equatable, Sendable {
  /// As it is to be sent.
  package var text: String
  package var passage: ClipboardPassage
  /// What is told when it is sent.
  package var report: String

  /// A text with the words that follow it.
  package init(text: String, passage: ClipboardPassage, report: String) {
    self.text = text
    self.passage = passage
    self.report = report
  }
}

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
  /// A piece of the path before a message, or after one.
  case loadEarlier(ConversationID, before: MessageID)
  case loadLater(ConversationID, after: MessageID)
  /// A piece of the path around a message, around the message with that number from zero, or at the end.
  case openAround(ConversationID, MessageID)
  case openAt(ConversationID, position: Int)
  case openEnd(ConversationID)
  /// Looks for the next message that matches, after `from` or before it, and on from the other end; from the beginning or
  /// the end if that is `nil`. A newer search ends an older one. Answered by `Action.found`, a second time with the
  /// number of matching messages when a query is new.
  case find(ConversationID, FindQuery, from: MessageID?, backward: Bool)
  /// Ends the search in progress.
  case cancelFind
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
  /// Makes a message the end of the path; `nil` leaves nothing on it.
  case setLeaf(ConversationID, MessageID?)

  // Drafts
  /// The profile is that of a conversation that begins with its draft.
  case saveDraft(ConversationID, String, Profile)
  case shelveDraft(ConversationID, String)
  case loadHistory
  /// Reads a file, to be sent with the next prompt of that conversation.
  case attach(ConversationID, path: String)
  /// Lists what a path that is being typed could go on with.
  case listPaths(String)

  // Measuring
  /// Notes whether somebody was looking when an answer ended.
  case noteWatched(ConversationID, MessageID, Bool)
  /// Counts answers in the lane of what reads, so that linear mode's next line waits for what is told.
  case countAnswers(StatsRequest)
  /// Performed in a lane of its own, where a measurement may take its time.
  case instrument(InstrumentEffect)

  // The world
  case loadModels(provider: String)
  /// Copies a text, by the way that works here. Controls are left out unless it is to be exact.
  case copy(String, isExact: Bool)
  /// Hands text to the terminal.
  case clipboardThroughTerminal(TerminalCopy)
  /// Writes a text to a file that must not exist yet; `~` is the home folder.
  case writeFile(path: String, text: String)
  /// Opens a link of `http`, `https` or `mailto` outside.
  case openLink(String)
  case openEditor(String)
  /// Shows a text on the plain terminal until a key is pressed.
  case showBare(String)
  /// Shows a text in the user's pager.
  case openPager(String)
  /// Shows a copy of a text in the user's editor. The suffix tells the editor what it is: `.md`.
  case viewInEditor(String, suffix: String)
  case setMouse(Bool)
  case bell
  /// Asks the terminal for a desktop notification. Where it is not known to show any it rings, and so it does if `rings`.
  case notify(TerminalNotification, rings: Bool)
  /// Tells a program of the user's of an answer; returns at once.
  case hook(HookEvent)
  case redraw
  case suspend
  case quit
  /// Answers with `settled` once everything that acts, or everything that reads, and was handed over before is done.
  case settle(reading: Bool)
}
