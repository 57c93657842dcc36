// Paragraphs: what is taken off their beginning and what they turn into when another line comes.

extension BlockParser {
  mutating func beginParagraph(_ line: inout LineCursor) {
    var start = line.content
    let isFirst = open.stack.last.map { $0.isItem && !$0.hasChild } ?? false
    if isFirst, isLineOpen, TaskBox.mayOpen(line, &memo) { return }
    if isFirst, let item = open.stack.last, let box = TaskBox.opening(line, &memo) {
      if case .item(let number, _) = tree.containers[item.container].kind {
        tree.containers[item.container].kind = .item(number: number, task: box.task)
      }
      start = box.content
    }
    append(.paragraph, from: start, to: line.end)
    tree.append(MarkdownLine(start: start, end: line.end))
    open.leaf = .paragraph(line.bytes[start] == UInt8(ascii: "[") ? .definition : .text)
    open.noteText()
  }

  @inline(__always)
  mutating func appendToParagraph(_ line: inout LineCursor) {
    if open.leaf == .paragraph(.definition), line.first == UInt8(ascii: "[") {
      // What stands before a line that begins with "[" is complete: no title can follow. So a long run of definitions is
      // read once, not again at each end.
      recordDefinitions(in: line.bytes, isComplete: false)
    }
    tree.append(MarkdownLine(start: line.content, end: line.end))
    open.noteText()
  }

  /// Ends the paragraph; one of nothing but definitions disappears.
  mutating func closeParagraph(in bytes: UnsafeBufferPointer<UInt8>) {
    if open.leaf != .paragraph(.text), recordDefinitions(in: bytes, isComplete: true) {
      if tree.removeLast() { open.isAfterBlank = true }
    } else {
      tree.closeLast()
    }
    open.leaf = .none
  }

  /// Takes the definitions off the beginning of the paragraph.
  ///
  /// - Parameter isComplete: whether the paragraph ends here; otherwise a line that begins with `[` follows.
  /// - Returns: whether nothing is left.
  @discardableResult
  mutating func recordDefinitions(in bytes: UnsafeBufferPointer<UInt8>, isComplete: Bool) -> Bool {
    guard let block = tree.blocks.last else { return false }
    var first = block.lines.lowerBound
    let limit = block.lines.upperBound
    scanning: while first < limit {
      open.leaf = .paragraph(.text)
      guard bytes[tree.lines[first].start] == UInt8(ascii: "[") else { break }
      var scanner = DefinitionScanner(bytes: bytes, lines: tree.lines, range: first..<limit)
      switch scanner.scan(isComplete: isComplete) {
      case .none:
        break scanning
      case .undecided:
        open.leaf = .paragraph(.undecided)
        break scanning
      case .found(let next):
        scanner.label.withUnsafeBufferPointer { tree.definitions.define($0, as: scanner.link) }
        first = next
        open.leaf = .paragraph(.definition)
      }
    }
    let last = tree.blocks.count - 1
    tree.blocks[last].lines = first..<limit
    if first < limit {
      tree.blocks[last].source = tree.lines[first].start..<block.source.upperBound
    }
    return first == limit
  }

  /// Makes a heading of the paragraph above `line`; not if nothing but definitions stands there.
  mutating func underline(_ line: LineCursor, level: Int) -> Bool {
    if open.leaf != .paragraph(.text), recordDefinitions(in: line.bytes, isComplete: true) {
      if tree.removeLast() { open.isAfterBlank = true }
      open.leaf = .none
      return false
    }
    tree.blocks[tree.blocks.count - 1].kind = .heading(level: level)
    tree.extendLast(to: line.end)
    tree.closeLast()
    open.leaf = .none
    return true
  }

  /// Makes a table of the paragraph's last line if `line` is the row of delimiters for it.
  mutating func delimitTable(_ line: LineCursor) -> Bool {
    guard let row = TableSyntax.delimiters(line, &memo.delimiterRow), row.isComplete, let header = tree.lines.last
    else {
      return false
    }
    let cells = TableSyntax.cells(in: header, of: line.bytes, &memo.headerRow)
    // A word over a dash between colons is no table of one column; a pipe makes it one.
    guard cells == row.cells, row.hasPipe || memo.headerRow.state > 1 else { return false }
    beginTable(TableSyntax.alignments(line, count: cells), in: line.bytes)
    tree.extendLast(to: line.end)
    return true
  }

  /// Makes the paragraph's last line the header of a table.
  mutating func beginTable(_ alignments: [MarkdownBlock.Alignment], in bytes: UnsafeBufferPointer<UInt8>) {
    guard let block = tree.blocks.last, !block.lines.isEmpty else { return }
    let header = block.lines.upperBound - 1
    if block.lines.count > 1 {
      let last = tree.blocks.count - 1
      tree.blocks[last].lines = block.lines.lowerBound..<header
      let start = block.source.lowerBound
      tree.blocks[last].source = start..<max(tree.lines[header - 1].end, start)
      closeParagraph(in: bytes)
      tree.append(
        .table(alignments), in: block.container, source: tree.lines[header].start..<tree.lines[header].end,
        isPrecededByBlank: open.isAfterBlank)
      tree.blocks[tree.blocks.count - 1].lines = header..<header + 1
    } else {
      tree.blocks[tree.blocks.count - 1].kind = .table(alignments)
    }
    open.leaf = .table
  }
}
