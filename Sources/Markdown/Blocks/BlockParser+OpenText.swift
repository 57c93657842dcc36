// The end of a text that still grows, read as what it is most likely to become. Whatever is done here is undone before
// more is read, so it must not cost more than the beginning of the line.

extension BlockParser {
  /// Takes in a line of which more may come.
  mutating func takeOpen(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int, to end: Int) {
    var row: TableSyntax.Delimiters?
    if start < end {
      var line = LineCursor(bytes: bytes, start: start, end: end)
      let matched = open.match(&line, &memo)
      line.findContent(&memo)
      if open.leaf.isParagraph, matched == open.stack.count, line.indent < 4 {
        row = TableSyntax.delimiters(line, &memo.delimiterRow)
      }
      if !isUndecided(line, matched: matched, row: row) {
        row = nil
        isLineOpen = true
        take(&line, matched: matched)
        isLineOpen = false
        if !tree.blocks.isEmpty { tree.blocks[tree.blocks.count - 1].isOpen = true }
      }
    }
    showTable(before: row, in: bytes)
  }

  /// Ends everything.
  mutating func close(in bytes: UnsafeBufferPointer<UInt8>) {
    closeLeaf(in: bytes)
    tree.closeLast()
    open.stack.removeAll()
  }

  /// Whether the line is so far nothing but markup that may become this or that.
  private mutating func isUndecided(_ line: LineCursor, matched: Int, row: TableSyntax.Delimiters?) -> Bool {
    if line.isBlank { return true }
    if matched == open.stack.count {
      switch open.leaf {
      case .fencedCode(let fence):
        return fence.mayBeClosed(by: line, &memo)
      case .html:
        return false
      case .indentedCode:
        if line.indent >= 4 { return false }
      case .math(let fence):
        return line.content + 1 == line.end && line.first == fence.closer.utf8Start[0]
      case .none, .paragraph, .table:
        break
      }
    }
    if let row, row.isComplete, row.hasPipe, let header = tree.lines.last,
      TableSyntax.cells(in: header, of: line.bytes, &memo.headerRow) == row.cells
    {
      return false
    }
    if line.end - line.content <= 2, mayOpenMath(line) { return true }
    memo.markup.resume(at: line.content)
    while memo.markup.position < line.end, !memo.markup.isRefuted {
      switch line.bytes[memo.markup.position] {
      case UInt8(ascii: "-"), UInt8(ascii: "="), UInt8(ascii: "#"), UInt8(ascii: "*"), UInt8(ascii: "_"),
        UInt8(ascii: "+"), UInt8(ascii: "`"), UInt8(ascii: "~"), UInt8(ascii: ">"), UInt8(ascii: "|"),
        UInt8(ascii: ":"), 0x20, 0x09:
        memo.markup.position += 1
      default:
        memo.markup.isRefuted = true
      }
    }
    return !memo.markup.isRefuted
  }

  /// Whether one or two bytes are the beginning of a delimiter of mathematics.
  private func mayOpenMath(_ line: LineCursor) -> Bool {
    let second = line.byte(after: 1)
    switch line.first {
    case UInt8(ascii: "$"): return second == 0x0A || second == UInt8(ascii: "$")
    case UInt8(ascii: "\\"): return second == 0x0A || second == UInt8(ascii: "[")
    default: return false
    }
  }

  /// Shows the last line of a paragraph as the header of a table: if it is the only one and begins with a pipe, or if
  /// what has come of the next line, `row`, may become the delimiters for it.
  private mutating func showTable(before row: TableSyntax.Delimiters?, in bytes: UnsafeBufferPointer<UInt8>) {
    guard open.leaf.isParagraph, let block = tree.blocks.last, let header = tree.lines.last, !block.lines.isEmpty else {
      return
    }
    let isAlone = block.lines.count == 1 && bytes[header.start] == UInt8(ascii: "|")
    guard isAlone || row?.hasPipe ?? false else { return }
    let cells = TableSyntax.cells(in: header, of: bytes, &memo.headerRow)
    // A paragraph without pipes stays one: the pipe below it may just as well begin the header.
    let isFollowed = memo.headerRow.state > 1 && row.map { $0.cells > 0 && $0.cells <= cells } ?? false
    guard cells > 0, isAlone || isFollowed else { return }
    beginTable(Array(repeating: .none, count: cells), in: bytes)
  }
}
