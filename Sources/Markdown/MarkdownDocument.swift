// The block structure of a text that grows.

/// The blocks of a Markdown text, taken in piece by piece.
package struct MarkdownDocument: Equatable, Sendable {
  private var parser = BlockParser()
  /// What stood before the last line was read, which was not ended, and before what was open was closed.
  private var settled = Settled()
  /// Where the first line that is not settled begins.
  private var lineStart = 0
  /// No line ends before this byte.
  private var scanned = 0

  /// The leaves in the order of the text.
  package var blocks: [MarkdownBlock] { parser.tree.blocks }
  /// The quotes, lists, items and footnotes, each behind the one it stands in.
  package var containers: [MarkdownContainer] { parser.tree.containers }
  /// The lines of all blocks; between those of one block and the next may be some that belong to none.
  package var lines: [MarkdownLine] { parser.tree.lines }
  /// The targets of reference links, wherever in the text they are defined.
  package var definitions: LinkDefinitions { parser.tree.definitions }

  /// An empty document.
  package init() {}

  /// Whether the documents show the same.
  package static func == (left: MarkdownDocument, right: MarkdownDocument) -> Bool {
    left.blocks == right.blocks && left.containers == right.containers && left.definitions == right.definitions
      && left.blocks.allSatisfy { left.lines[$0.lines] == right.lines[$0.lines] }
  }

  /// Takes in what was appended to `bytes` since the last call; what stood before must be the same.
  ///
  /// - Parameter isOpen: whether more may come. Then the end is read as what it is most likely to become, and a line that
  ///   is so far nothing but markup (`-`, `##`, two backticks) is left out; what the end is read as never touches what
  ///   stands before.
  /// - Returns: the index of the first block that is new or has changed, or whose list has become loose; `blocks.count`
  ///   if none has.
  /// - Complexity: linear in what was appended, plus the beginning of the last line.
  package mutating func extend(to bytes: UnsafeBufferPointer<UInt8>, isOpen: Bool) -> Int {
    guard bytes.count >= scanned else { return blocks.count }
    let firstOpen = max(settled.mark.blocks - 1, 0)
    let shown = Array(parser.tree.blocks[min(firstOpen, parser.tree.blocks.count)...])
    let shownKinds = settled.kinds.map { parser.tree.containers[$0.container].kind }
    let kinds = settled.kinds
    restore()
    takeLines(of: bytes)
    settle()
    takeRest(of: bytes, isOpen: isOpen)

    let new = parser.tree.blocks[min(firstOpen, parser.tree.blocks.count)...]
    var index = firstOpen
    for (old, new) in zip(shown, new) {
      if old != new { break }
      index += 1
    }
    for (entry, old) in zip(kinds, shownKinds) where parser.tree.containers[entry.container].kind != old {
      index = min(index, parser.tree.containers[entry.container].firstBlock)
    }
    return min(index, parser.tree.blocks.count)
  }

  // MARK: Lines

  /// Takes in all lines that have ended. A CR at the end may be the first half of a CRLF.
  private mutating func takeLines(of bytes: UnsafeBufferPointer<UInt8>) {
    var position = max(scanned, lineStart)
    while true {
      position = LineEnds.first(in: bytes, from: position)
      guard position < bytes.count else { break }
      var next = position + 1
      if bytes[position] == 0x0D {
        guard next < bytes.count else { break }
        if bytes[next] == 0x0A { next += 1 }
      }
      parser.take(bytes, from: lineStart, to: position)
      lineStart = next
      position = next
    }
    scanned = position
  }

  private mutating func takeRest(of bytes: UnsafeBufferPointer<UInt8>, isOpen: Bool) {
    if isOpen {
      parser.takeOpen(bytes, from: lineStart, to: scanned)
    } else {
      if lineStart < bytes.count { parser.take(bytes, from: lineStart, to: scanned) }
      parser.close(in: bytes)
    }
  }

  // MARK: Going back

  private struct Settled: Sendable {
    var open = OpenBlocks()
    var mark = BlockTree.Mark()
    /// What the open containers are: lists become loose, items get boxes.
    var kinds: [(container: Int, kind: MarkdownContainer.Kind)] = []
  }

  private mutating func settle() {
    settled.open = parser.open
    settled.mark = parser.tree.mark
    settled.kinds = parser.open.stack.map { ($0.container, parser.tree.containers[$0.container].kind) }
  }

  private mutating func restore() {
    parser.open = settled.open
    parser.tree.cut(to: settled.mark)
    for entry in settled.kinds { parser.tree.containers[entry.container].kind = entry.kind }
  }
}
