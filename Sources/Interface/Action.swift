// Everything that can happen to the pure program.

package import Conversations
package import Diagnostics
package import Display
package import Manual
package import Streaming

/// Something that happened.
package enum Action: Sendable {
  case input(InputEvent)
  /// A whole line was typed, or read from a pipe, in linear mode; without its end.
  case line(String)
  case session(SessionUpdate)
  /// Time went by and something on screen depends on it.
  case tick
  case settings(InterfaceOptions, [Diagnostic])
  /// All themes that can be chosen, and what is wrong with the user's own.
  case themes([Theme], [Diagnostic])
  /// The manual with what this program knows of itself.
  case manual([ManualSection])
  /// The terminal's background is known.
  case appearance(Appearance)
  case summaries([ConversationSummary])
  case history([String])
  case models(provider: String, [ModelDescriptor])
  /// A prefix fits these conversations: none, or several.
  case ambiguous(prefix: String, [ConversationID])
  case opened(ConversationID)
  /// What a search in a conversation gave so far.
  case found(FindResult)
  /// A piece of a path that was asked for cannot be had.
  case notLoaded(ConversationID, Explanation)
  /// Text was copied; which way and what of it, in words.
  case copied(String)
  /// Text for the clipboard is to go through the terminal, which only the loop can do.
  case clipboardThroughTerminal(TerminalCopy)
  case edited(String)
  case notice(Notice)
  case failed(Explanation)
  /// A prompt was not accepted: its text and files go back.
  case refused(ConversationID, Prompt, Explanation)
  /// What a start without a configuration found.
  case offers([ProfileOffer])
  /// A file was read.
  case attached(ConversationID, Attachment)
  /// What a path can go on with, each a whole path as it would be typed.
  case paths(typed: String, [String])
  /// An effect `settle` was reached: what was handed over before it is done.
  case settled
  /// Something an instrument asked for.
  case instrument(InstrumentNews)
}

/// A short word to the user.
package struct Notice: Equatable, Sendable {
  /// How much it matters.
  package enum Weight: Equatable, Sendable { case info, success, warning, error }

  package var text: String
  package var weight: Weight

  /// A notice that goes away by itself.
  package init(_ text: String, _ weight: Weight = .info) {
    self.text = text
    self.weight = weight
  }
}
