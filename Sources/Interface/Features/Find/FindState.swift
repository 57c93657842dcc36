// Finding a text in the conversation: what is looked for, and the place that was found last.

import Conversations

/// A search that is being typed or walked through.
struct FindState: Equatable, Sendable {
  var text = ""
  /// Whether keys go into the text.
  var isTyping = true
  /// Where the reader was, to go back there when nothing comes of it.
  var origin: ScrollAnchor
  /// The match on which the search stands.
  var current: TextPoint?
  /// The message that the archive found and that is on its way to the screen, and whether its last match is wanted.
  var awaited: MessageID?
  var isBackward = false
  /// A part that was unfolded while the text was typed.
  var unfolded: TranscriptState.PartKey?

  /// The query; the empty one finds nothing.
  var query: FindQuery { FindQuery(text) }
}
