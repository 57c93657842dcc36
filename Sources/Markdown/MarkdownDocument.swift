// The block structure of a text that grows.

/// The blocks of a Markdown text, taken in piece by piece.
package struct MarkdownDocument: Equatable, Sendable {
  package private(set) var blocks: [MarkdownBlock] = []
  package private(set) var containers: [MarkdownContainer] = []
  package private(set) var lines: [MarkdownLine] = []
  /// The targets of reference links, wherever in the text they are defined.
  package private(set) var definitions = LinkDefinitions()

  /// An empty document.
  package init() {}

  /// Takes in what was appended to `bytes` since the last call.
  ///
  /// - Parameter isOpen: whether more may come. Then the end is read as what it is most likely to become, and a line that
  ///   is so far nothing but markup (`-`, `##`, two backticks) is left out; what the end is read as never touches what
  ///   stands before.
  /// - Returns: the index of the first block that is new or has changed; `blocks.count` if none has.
  /// - Complexity: linear in what was appended, plus the beginning of the last line.
  package mutating func extend(to bytes: UnsafeBufferPointer<UInt8>, isOpen: Bool) -> Int {
    blocks.count
  }
}
