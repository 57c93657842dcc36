// What the composer tells its caller about a key or a paste.

/// What came of a key or a paste.
package enum ComposerOutcome: Equatable, Sendable {
  /// The key is not the composer's, or does nothing here: the caller's keymap may have it.
  case ignored
  /// The key is the composer's but changed nothing.
  case unchanged
  /// The caret, a list or the search changed; the text did not.
  case moved
  /// The text changed: it wants drawing, journalling, and fresh completions.
  case edited
  /// The text, never blank, is to be sent or obeyed. It stays until the caller calls `clear()`, so a refusal loses nothing.
  case submit(String)
  /// A paste of that many bytes went into the text, which is now edited; it is large enough to offer it as an attachment.
  case offersAttachment(byteCount: Int)
}
