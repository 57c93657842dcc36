// The blocks and containers found so far, and how they are written. What is open stands in OpenBlocks.

struct BlockTree: Equatable, Sendable {
  var blocks: [MarkdownBlock] = []
  var containers: [MarkdownContainer] = []
  var lines: [MarkdownLine] = []
  var definitions = LinkDefinitions()

  /// How much there is: what is longer is cut off to come back to it. Only the last block may have changed besides.
  struct Mark: Equatable, Sendable {
    var blocks = 0
    var containers = 0
    var lines = 0
    var definitions = 0
    var lastBlock: MarkdownBlock?
  }

  var mark: Mark {
    Mark(
      blocks: blocks.count, containers: containers.count, lines: lines.count, definitions: definitions.count,
      lastBlock: blocks.last)
  }

  mutating func cut(to mark: Mark) {
    blocks.removeLast(max(blocks.count - max(mark.blocks - 1, 0), 0))
    if let last = mark.lastBlock { blocks.append(last) }
    containers.removeLast(max(containers.count - mark.containers, 0))
    lines.removeLast(max(lines.count - mark.lines, 0))
    definitions.truncate(to: mark.definitions)
  }

  /// Adds a leaf without lines; it takes the place of the `empty` one that held the container's place.
  mutating func append(_ kind: MarkdownBlock.Kind, in container: Int, source: Range<Int>, isPrecededByBlank: Bool) {
    var block = MarkdownBlock(
      kind: kind, container: container, lines: lines.count..<lines.count, source: source,
      isPrecededByBlank: isPrecededByBlank, isOpen: true)
    if let last = blocks.last, last.kind == .empty, last.container == container, last.isOpen {
      block.isPrecededByBlank = last.isPrecededByBlank
      blocks[blocks.count - 1] = block
    } else {
      closeLast()
      blocks.append(block)
    }
  }

  /// Adds a container and an `empty` block in it.
  ///
  /// - Returns: the index of the container.
  mutating func append(
    _ kind: MarkdownContainer.Kind, in parent: Int, source: Range<Int>, isPrecededByBlank: Bool
  ) -> Int {
    let container = containers.count
    if let last = blocks.last, last.kind == .empty, last.container == parent, last.isOpen {
      blocks[blocks.count - 1].container = container
      blocks[blocks.count - 1].source = source
    } else {
      append(.empty, in: container, source: source, isPrecededByBlank: isPrecededByBlank)
    }
    containers.append(MarkdownContainer(kind: kind, parent: parent, firstBlock: blocks.count - 1))
    return container
  }

  /// Adds a line to the last block.
  @inline(__always)
  mutating func append(_ line: MarkdownLine) {
    lines.append(line)
    let last = blocks.count - 1
    guard last >= 0 else { return }
    blocks[last].lines = blocks[last].lines.lowerBound..<lines.count
    blocks[last].source = blocks[last].source.lowerBound..<max(line.end, blocks[last].source.lowerBound)
  }

  /// Lets the last block's source reach to `end`, past its lines.
  mutating func extendLast(to end: Int) {
    guard let last = blocks.last else { return }
    blocks[blocks.count - 1].source = last.source.lowerBound..<max(end, last.source.upperBound)
  }

  mutating func closeLast() {
    if !blocks.isEmpty { blocks[blocks.count - 1].isOpen = false }
  }

  /// Takes the last block away; where it was the only one of its container, that is empty again.
  ///
  /// - Returns: whether a blank line stood before it.
  mutating func removeLast() -> Bool {
    guard let last = blocks.last else { return false }
    if last.container >= 0, containers[last.container].firstBlock == blocks.count - 1 {
      blocks[blocks.count - 1].kind = .empty
      blocks[blocks.count - 1].lines = lines.count..<lines.count
      blocks[blocks.count - 1].source = last.source.lowerBound..<last.source.lowerBound
    } else {
      blocks.removeLast()
    }
    return last.isPrecededByBlank
  }
}
