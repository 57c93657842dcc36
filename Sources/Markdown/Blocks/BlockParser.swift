// The block structure line by line, as the specification's appendix "A parsing strategy" describes it (CommonMark
// 0.31.2). A line is matched with the open containers, then with the starts of new blocks; the rest is text. How a line
// that has not ended is read stands in BlockParser+OpenText.swift.

struct BlockParser: Sendable {
  var tree = BlockTree()
  var open = OpenBlocks()
  var memo = LineMemo()
  /// Whether more may come of the line that is being read.
  var isLineOpen = false

  /// Takes in the line `start ..< end`, without its ending.
  mutating func take(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int, to end: Int) {
    var line = LineCursor(bytes: bytes, start: start, end: end)
    let matched = open.match(&line, &memo)
    line.findContent(&memo)
    take(&line, matched: matched)
  }

  /// Takes in what is left of a line behind the markers of the containers it continues.
  mutating func take(_ line: inout LineCursor, matched: Int) {
    if matched == open.stack.count, continueLeaf(&line) { return }
    let startsNew = startBlocks(&line, matched: matched)
    switch startsNew {
    case .leaf:
      open.noteText()
    case .containers:
      if line.isBlank { return open.noteText() }
      beginParagraph(&line)
    case .nothing:
      if line.isBlank { return takeBlank(line, matched: matched) }
      if open.leaf.isParagraph {
        // Either all containers match, or it is a lazy continuation.
        appendToParagraph(&line)
      } else {
        closeContainers(to: matched, in: line.bytes)
        if open.leaf == .table { appendRow(line) } else { beginParagraph(&line) }
      }
    }
  }

  private mutating func takeBlank(_ line: LineCursor, matched: Int) {
    closeContainers(to: matched, in: line.bytes)
    if open.leaf != .indentedCode { closeLeaf(in: line.bytes) }
    open.noteBlank()
  }

  // MARK: Leaves that take whole lines

  /// Lets code, HTML and mathematics take the line.
  private mutating func continueLeaf(_ line: inout LineCursor) -> Bool {
    switch open.leaf {
    case .none, .paragraph, .table:
      return false
    case .indentedCode:
      if line.indent >= 4 || line.isBlank {
        let isBlank = line.isBlank
        line.advance(columns: min(4, line.indent))
        if isBlank {
          // It belongs to the code if more code follows: the next line's append takes it in.
          tree.lines.append(line.rest)
          open.noteBlank()
        } else {
          tree.append(line.rest)
          open.noteText()
        }
        return true
      }
      return false
    case .fencedCode(let fence):
      if fence.isClosed(by: line, &memo) {
        tree.extendLast(to: line.end)
        closeLeaf(in: line.bytes)
      } else {
        line.advance(columns: min(fence.indent, line.indent))
        tree.append(line.rest)
      }
    case .html(let end):
      if line.isBlank, end == .blankLine { return false }
      tree.append(line.rest)
      if HTMLBlocks.ends(end, in: line.bytes, from: line.offset, to: line.end, &memo) { closeLeaf(in: line.bytes) }
      if line.isBlank {
        open.noteBlank()
        return true
      }
    case .math(let fence):
      if line.isBlank { return false }
      guard let end = fence.end(in: line, &memo) else {
        tree.append(line.rest)
        break
      }
      if line.content < end { tree.append(MarkdownLine(start: line.content, end: end)) }
      tree.extendLast(to: line.end)
      closeLeaf(in: line.bytes)
    }
    open.noteText()
    return true
  }

  private mutating func appendRow(_ line: LineCursor) {
    tree.append(MarkdownLine(start: line.content, end: line.end))
    open.noteText()
  }

  // MARK: Opening and closing

  /// Adds a leaf to the innermost container.
  mutating func append(_ kind: MarkdownBlock.Kind, from start: Int, to end: Int) {
    prepareChild()
    tree.append(kind, in: open.container, source: start..<end, isPrecededByBlank: open.isAfterBlank)
  }

  /// Adds a container to the innermost one.
  mutating func push(_ kind: OpenContainer.Kind, _ shown: MarkdownContainer.Kind, at line: LineCursor) {
    if case .item = kind { noteChild() } else { prepareChild() }
    let container = tree.append(
      shown, in: open.container, source: line.end..<line.end, isPrecededByBlank: open.isAfterBlank)
    open.stack.append(OpenContainer(kind: kind, container: container))
  }

  /// A list holds nothing but items: whatever else comes ends it.
  private mutating func prepareChild() {
    if let last = open.stack.last, last.isList { open.stack.removeLast() }
    noteChild()
  }

  /// Records that the innermost container gets a child: behind a blank line it loosens the list.
  private mutating func noteChild() {
    let top = open.stack.count - 1
    guard top >= 0 else { return }
    if open.gap < top, open.stack[top].hasChild {
      if open.stack[top].isList {
        loosen(open.stack[top].container)
      } else if open.stack[top].isItem, top > 0 {
        loosen(open.stack[top - 1].container)
      }
    }
    open.stack[top].hasChild = true
  }

  private mutating func loosen(_ list: Int) {
    if case .list(let start, true) = tree.containers[list].kind {
      tree.containers[list].kind = .list(start: start, isTight: false)
    }
  }

  /// Ends the leaf and the containers that a line does not continue.
  mutating func closeContainers(to count: Int, in bytes: UnsafeBufferPointer<UInt8>) {
    guard count < open.stack.count else { return }
    closeLeaf(in: bytes)
    tree.closeLast()
    open.stack.removeLast(open.stack.count - count)
  }

  mutating func closeLeaf(in bytes: UnsafeBufferPointer<UInt8>) {
    if open.leaf.isParagraph {
      closeParagraph(in: bytes)
    } else if open.leaf != .none {
      tree.closeLast()
    }
    open.leaf = .none
  }
}
