// Reading with the keys: one message, or one foldable part of it, is the one that commands are about.

import Conversations

/// What browse mode stands on.
struct BrowseState: Equatable, Sendable {
  var message: MessageID
  /// A part that can be folded; `nil` is the message as a whole.
  var part: Int?
}
