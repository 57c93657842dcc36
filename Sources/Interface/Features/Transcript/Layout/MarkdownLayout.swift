// The rows of a Markdown text that grows. Its structure is read once; blocks are laid out when somebody looks at them,
// so that following a long answer, or resizing it, costs what is on screen.

import Display
import Markdown

/// A Markdown text in rows, block by block.
struct MarkdownLayout: Equatable, Sendable {
  let columns: Int
  private(set) var document = MarkdownDocument()
  private(set) var consumed = 0
  private(set) var isOpen = true
  private let wrapsCode: Bool
  /// Blocks that were looked at.
  private var blocks: [Int: BlockLayout] = [:]

  /// More blocks than are ever near the screen at once.
  private static let capacity = 4096

  init(columns: Int, wrapsCode: Bool) {
    self.columns = max(1, columns)
    self.wrapsCode = wrapsCode
  }

  static func == (left: MarkdownLayout, right: MarkdownLayout) -> Bool {
    // Which blocks were looked at is no difference.
    left.columns == right.columns && left.document == right.document && left.isOpen == right.isOpen
      && left.wrapsCode == right.wrapsCode
  }

  var blockCount: Int { document.blocks.count }

  /// Takes in what was appended to `bytes` since the last call, and whether more may come.
  mutating func extend(to bytes: [UInt8], isOpen newIsOpen: Bool) {
    guard bytes.count > consumed || isOpen != newIsOpen else { return }
    let last = document.blocks.count - 1
    var changed = bytes.withUnsafeBufferPointer { document.extend(to: $0, isOpen: newIsOpen) }
    // How the end is read depends on whether it is one, and on which block is the last.
    if last >= 0 { changed = min(changed, last) }
    consumed = bytes.count
    isOpen = newIsOpen
    guard !blocks.isEmpty else { return }
    for index in changed..<max(changed, last + 1) {
      if index < document.blocks.count { blocks[index]?.isStale = true } else { blocks[index] = nil }
    }
  }

  func source(_ bytes: UnsafeBufferPointer<UInt8>) -> PartSource {
    PartSource(bytes: bytes, document: document, isOpen: isOpen)
  }

  /// A block as it is now, laid out if it was not.
  mutating func block(_ index: Int, _ bytes: [UInt8]) -> BlockLayout? {
    guard document.blocks.indices.contains(index) else { return nil }
    if let known = blocks[index], !known.isOutdated(in: document) { return known }
    return bytes.withUnsafeBufferPointer { buffer in
      let source = source(buffer)
      if blocks[index] != nil {
        blocks[index]?.update(from: source)
      } else {
        if blocks.count >= Self.capacity { blocks.removeAll(keepingCapacity: true) }
        blocks[index] = BlockLayout(of: index, in: source, columns: columns, wrapsCode: wrapsCode)
      }
      return blocks[index]
    }
  }

  /// The block that holds a byte: the last one that begins at or before it.
  func block(holding offset: Int) -> Int {
    var low = 0
    var high = document.blocks.count
    while low < high {
      let middle = (low + high) / 2
      if document.blocks[middle].source.lowerBound <= offset { low = middle + 1 } else { high = middle }
    }
    return max(0, low - 1)
  }
}
