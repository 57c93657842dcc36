// The rows of a code block: a rule with the language, the lines, a rule. A line that grows is wrapped again from its last
// row, and coloured when it is drawn, from the state in which the line before left the lexer.

import Display
import Markdown

/// One row of code.
struct CodeRow: Equatable, Sendable {
  private let lineIndex: Int32
  private let startOffset: Int32
  private let endOffset: Int32

  init(line: Int, start: Int, end: Int) {
    lineIndex = Int32(clamping: line)
    startOffset = Int32(clamping: start)
    endOffset = Int32(clamping: end)
  }

  /// Counted from the block's first line.
  var line: Int { Int(lineIndex) }
  var start: Int { Int(startOffset) }
  var end: Int { Int(endOffset) }
}

/// Code in rows.
struct CodeBody: Equatable, Sendable {
  /// Distance of tab stops in code.
  static let tabWidth = 4
  /// Columns left of the code, on its own ground; a mark stands there where a line goes on.
  static let margin = 1
  /// What is behind that in an info string is no name of a language, and has no room.
  private static let longestInfo = 256

  private(set) var rows: [CodeRow] = []
  private(set) var info: Range<Int>
  private(set) var language: CodeLanguage?
  /// Whether the closing rule is drawn: while more may come, code has none.
  private(set) var isClosed = false
  private let columns: Int
  private let wraps: Bool
  /// The state before each line whose predecessors are complete.
  private var states: [LexerState] = [.initial]
  /// Lines whose rows are final, and how many rows those are.
  private var finalLines = 0
  private var finalRows = 0
  /// Whether the info string has been read; it grows with the stream too.
  private var infoRead: Range<Int>?

  init(info: Range<Int>, columns: Int, wraps: Bool) {
    self.info = info
    self.columns = max(1, columns - Self.margin)
    self.wraps = wraps
  }

  /// Takes in what the block has become.
  mutating func extend(
    to part: UnsafeBufferPointer<UInt8>, lines: ArraySlice<MarkdownLine>, info newInfo: Range<Int>, isClosed: Bool
  ) {
    self.isClosed = isClosed
    if infoRead != newInfo {
      info = newInfo
      infoRead = newInfo
      let name = part[newInfo.clamped(to: 0..<part.count)].prefix(Self.longestInfo)
      language = CodeLanguage.named(String(decoding: name, as: UTF8.self))
      states = [.initial]
    }
    let count = lines.count
    if count <= finalLines {
      (rows, finalLines, finalRows, states) = ([], 0, 0, [.initial])
    }
    var scratch: [TextRow] = []
    var line = finalLines
    while line < count {
      let place = lines[lines.startIndex + line]
      var start = place.start
      if rows.count > finalRows, let last = rows.last, last.line == line, wraps {
        // The last row of the line that grows.
        start = max(place.start, min(last.start, place.end))
        rows.removeLast()
      } else {
        rows.removeSubrange(min(finalRows, rows.count)...)
      }
      if wraps {
        scratch.removeAll(keepingCapacity: true)
        LineWrapper.wrap(
          bytes: part, range: start..<max(start, place.end), columns: max(1, columns - Int(place.padding)),
          mode: .characters, tabWidth: Self.tabWidth, into: &scratch)
        for row in scratch { rows.append(CodeRow(line: line, start: row.start, end: row.end)) }
      } else {
        rows.append(CodeRow(line: line, start: place.start, end: place.end))
      }
      line += 1
      if line < count {
        finalLines = line
        finalRows = rows.count
      }
    }
    readStates(of: lines, in: part)
  }

  /// Colours the complete lines once, for the states they leave behind.
  private mutating func readStates(of lines: ArraySlice<MarkdownLine>, in part: UnsafeBufferPointer<UInt8>) {
    guard let language else { return }
    while states.count < lines.count {
      let line = lines[lines.startIndex + states.count - 1]
      var state = states[states.count - 1]
      Highlighter.advance(over: line.range, in: part, as: language, state: &state)
      states.append(state)
    }
  }

  /// Rows with the rules above and below.
  var height: Int { rows.count + (isClosed ? 2 : 1) }

  /// The byte of the part at which a row begins; rules stand for the fences.
  func source(ofRow row: Int, in block: MarkdownBlock) -> Int {
    guard row > 0 else { return block.source.lowerBound }
    guard row <= rows.count else { return max(block.source.upperBound - 1, rows.last?.end ?? 0) }
    // Code without a fence begins where its block does, where the rule above it stands already.
    return max(rows[row - 1].start, block.source.lowerBound + 1)
  }

  /// The row that shows a byte of the part.
  func row(holdingSource offset: Int, in block: MarkdownBlock) -> Int {
    guard let first = rows.first else { return isClosed && offset > block.source.lowerBound ? height - 1 : 0 }
    guard offset >= first.start, offset > block.source.lowerBound else { return 0 }
    var low = 0
    var high = rows.count
    while low < high {
      let middle = (low + high) / 2
      if rows[middle].start <= offset { low = middle + 1 } else { high = middle }
    }
    let last = rows[rows.count - 1]
    let isBehind = isClosed && offset > last.start + 1 && offset >= last.end
    return isBehind ? height - 1 : low
  }

  /// Appends the cells of a row, on a ground as wide as the block.
  /// - Parameter shift: columns that are scrolled away at the left, where lines are not wrapped.
  /// - Returns: how many cells there are up to the end of the code.
  func append(
    row: Int, to cells: inout [Cell], part: UnsafeBufferPointer<UInt8>, lines: ArraySlice<MarkdownLine>, shift: Int,
    glyphs: inout GlyphTable
  ) -> Int {
    let width = columns + Self.margin
    let start = cells.count
    guard row > 0, row <= rows.count else {
      appendRule(isTop: row == 0, width: width, to: &cells, part: part, glyphs: &glyphs)
      return cells.count
    }
    let place = rows[row - 1]
    guard place.line < lines.count else { return cells.count }
    let line = lines[lines.startIndex + place.line]
    var code: [Cell] = []
    for _ in 0..<line.padding { code.append(.blank(.code)) }
    let shown = wraps ? place : CodeRow(line: place.line, start: place.start, end: end(of: place, shift: shift))
    appendColoured(shown, of: line, to: &code, part: part, glyphs: &glyphs)
    var mark = Cell.blank(.code)
    if place.start > line.start { mark = Cell("↳", role: .codeLabel) }
    if !wraps, shift > 0 {
      let isHidden = !code.isEmpty
      code.removeFirst(min(shift, code.count))
      if code.first?.width == 0 { code[0] = .blank(.code) }
      if isHidden { mark = Cell("‹", role: .codeLabel) }
    }
    cells.append(mark)
    if code.count > columns {
      code.removeSubrange(columns...)
      if !wraps {
        if code[columns - 1].width == 0, columns > 1 { code[columns - 2] = .blank(.code) }
        code[columns - 1] = Cell("›", role: .codeLabel)
      } else if code[columns - 1].width == 2 {
        code[columns - 1] = .blank(.code)
      }
    }
    cells += code
    let end = cells.count
    while cells.count < start + width { cells.append(.blank(.code)) }
    return end
  }

  /// Where the part of an unwrapped row ends that may be seen: a line may be a megabyte.
  func end(of row: CodeRow, shift: Int) -> Int {
    wraps ? row.end : min(row.end, row.start + 16 * (shift + columns + 1))
  }

  private func appendColoured(
    _ place: CodeRow, of line: MarkdownLine, to cells: inout [Cell], part: UnsafeBufferPointer<UInt8>,
    glyphs: inout GlyphTable
  ) {
    var spans: [CodeSpan] = []
    if let language, place.line < states.count {
      var state = states[place.line]
      Highlighter.color(line.range, in: part, as: language, state: &state, into: &spans)
    }
    var start = line.start
    for span in spans where span.end > place.start && start < place.end {
      let from = max(start, place.start)
      Sanitizer.appendCells(
        of: part, range: from..<max(from, min(span.end, place.end)), role: span.role, attributes: [], glyphs: &glyphs,
        startColumn: cells.count, tabWidth: Self.tabWidth, into: &cells)
      start = span.end
    }
    let rest = max(place.start, spans.last?.end ?? place.start)
    if rest < place.end {
      Sanitizer.appendCells(
        of: part, range: rest..<place.end, role: .code, attributes: [], glyphs: &glyphs, startColumn: cells.count,
        tabWidth: Self.tabWidth, into: &cells)
    }
  }

  private func appendRule(
    isTop: Bool, width: Int, to cells: inout [Cell], part: UnsafeBufferPointer<UInt8>, glyphs: inout GlyphTable
  ) {
    let start = cells.count
    var rule = RowBuilder(columns: width)
    let label = String(decoding: part[info.clamped(to: 0..<part.count)].prefix(Self.longestInfo), as: UTF8.self)
    if isTop, label.contains(where: { $0 != " " }) {
      rule.add("── ", role: .codeLabel)
      rule.addOutside(label, role: .codeLabel, glyphs: &glyphs, atMost: width / 2)
      rule.add(" ", role: .codeLabel)
    }
    cells += rule.cells
    while cells.count < start + width { cells.append(Cell("─", role: .codeLabel)) }
  }
}
