// The rows of one Markdown block at one width: perhaps a blank row that sets it off, then its body, each row behind what
// the containers around it put at the left.

import Display
import Markdown

/// What a part and its structure are, for reading rows out of it.
struct PartSource {
  let bytes: UnsafeBufferPointer<UInt8>
  let document: MarkdownDocument
  /// Whether more may come.
  let isOpen: Bool

  func lines(of block: MarkdownBlock) -> ArraySlice<MarkdownLine> {
    document.lines[block.lines.clamped(to: document.lines.indices)]
  }
}

/// How rows are drawn that may be drawn in more than one way.
struct RowLook {
  /// Columns that code which is not wrapped is moved to the left.
  var codeShift: Int
  /// Whether text from right to left is put into the order in which it is seen.
  var ordersText: Bool
}

/// One block in rows.
struct BlockLayout: Equatable, Sendable {
  /// What is in the block.
  enum Body: Equatable {
    case text(TextBody)
    case code(CodeBody)
    case table(TableBody)
    case rule
    case empty
  }

  /// Columns that formulas by themselves stand further in.
  private static let mathIndent = 2

  private(set) var body: Body
  private(set) var prefix: BlockPrefix
  private(set) var block: MarkdownBlock
  /// Blank rows before the body: 0 or 1.
  private(set) var gap: Int
  let index: Int
  private let columns: Int
  let wrapsCode: Bool
  /// Whether the block changed since it was laid out.
  var isStale = false
  /// How many definitions there were when it was read.
  private var definitions = 0

  /// Lays a block out. `columns` is the width of the whole pane's text.
  init(of index: Int, in source: PartSource, columns: Int, wrapsCode: Bool) {
    self.index = index
    self.columns = columns
    self.wrapsCode = wrapsCode
    block = source.document.blocks[index]
    prefix = BlockPrefix(of: index, in: source.document, bytes: source.bytes, available: columns)
    gap = Self.gap(before: index, in: source.document)
    body = .empty
    body = makeBody()
    fill(from: source)
  }

  /// Rows of the block.
  var height: Int { gap + bodyHeight }

  private var bodyHeight: Int {
    switch body {
    case .text(let text): max(1, text.rows.count)
    case .code(let code): code.height
    case .table(let table): max(1, table.rows.count)
    case .rule, .empty: 1
    }
  }

  /// Takes in what became of the block.
  mutating func update(from source: PartSource) {
    isStale = false
    let new = source.document.blocks[index]
    let isSame =
      new.container == block.container && new.lines.lowerBound == block.lines.lowerBound
      && new.source.lowerBound == block.source.lowerBound && Self.isGrowth(of: block.kind, to: new.kind)
      && !(hasUnresolvedReferences && definitions != source.document.definitions.count)
    block = new
    prefix = BlockPrefix(of: index, in: source.document, bytes: source.bytes, available: columns)
    gap = Self.gap(before: index, in: source.document)
    if !isSame { body = makeBody() }
    fill(from: source)
  }

  /// Whether the block reads otherwise because a label was defined since.
  func isOutdated(in document: MarkdownDocument) -> Bool {
    isStale || (hasUnresolvedReferences && definitions != document.definitions.count)
  }

  private var hasUnresolvedReferences: Bool {
    if case .text(let text) = body { return text.hasUnresolvedReferences }
    if case .table = body { return true }
    return false
  }

  private static func isGrowth(of old: MarkdownBlock.Kind, to new: MarkdownBlock.Kind) -> Bool {
    switch (old, new) {
    case (.paragraph, .paragraph), (.code, .code), (.table, .table), (.html, .html): true
    case (.heading(let one), .heading(let other)): one == other
    default: false
    }
  }

  private static func gap(before index: Int, in document: MarkdownDocument) -> Int {
    guard index > 0 else { return 0 }
    let block = document.blocks[index]
    if block.isPrecededByBlank { return 1 }
    if case .heading = block.kind { return 1 }
    return 0
  }

  /// Whether it is a paragraph or the like.
  var isText: Bool { if case .text = body { true } else { false } }

  /// Columns that text stands further in than its block.
  var textIndent: Int { block.kind == .math ? Self.mathIndent : 0 }

  private var bodyColumns: Int { max(1, columns - prefix.columns) }

  private func makeBody() -> Body {
    switch block.kind {
    case .paragraph: .text(TextBody(columns: bodyColumns, base: prefix.isQuoted ? .quote : .text))
    case .heading(let level): .text(TextBody(columns: bodyColumns, base: level < 3 ? .heading : .headingMinor))
    case .code(let info, _): .code(CodeBody(info: info, columns: bodyColumns, wraps: wrapsCode))
    case .table(let alignments): .table(TableBody(alignments: alignments, columns: bodyColumns))
    case .rule: .rule
    case .html: .text(TextBody(columns: bodyColumns, base: .dim))
    case .empty, .math: .empty
    }
  }

  private mutating func fill(from source: PartSource) {
    definitions = source.document.definitions.count
    let lines = source.lines(of: block)
    let isLast = index == source.document.blocks.count - 1
    let isOpen = source.isOpen && isLast
    switch body {
    case .text(var text):
      body = .empty
      if block.kind == .html {
        text.extend(to: source.bytes, plain: lines)
      } else {
        text.extend(to: source.bytes, lines: lines, definitions: source.document.definitions, isOpen: isOpen)
      }
      body = .text(text)
    case .code(var code):
      body = .empty
      var info = 0..<0
      if case .code(let range, _) = block.kind { info = range }
      code.extend(to: source.bytes, lines: lines, info: info, isClosed: !(isOpen && block.isOpen))
      body = .code(code)
    case .table(var table):
      body = .empty
      if case .table(let alignments) = block.kind {
        table.extend(
          to: source.bytes, lines: lines, alignments: alignments, definitions: source.document.definitions,
          isOpen: isOpen)
      }
      body = .table(table)
    case .rule: break
    case .empty:
      if block.kind == .math {
        body = .text(TextBody(Self.formula(lines, in: source.bytes), columns: bodyColumns - textIndent))
      }
    }
  }

  private static func formula(_ lines: ArraySlice<MarkdownLine>, in bytes: UnsafeBufferPointer<UInt8>) -> StyledText {
    var formula: [UInt8] = []
    for (index, line) in lines.enumerated() {
      if index > 0 { formula.append(0x0A) }
      formula += bytes[line.range.clamped(to: 0..<bytes.count)]
    }
    let readable = Array(formula.withUnsafeBufferPointer { MathText.lines($0) }.joined(separator: [0x0A]))
    return StyledText(plain: readable, source: lines.first?.start ?? 0, role: .math, isVerbatim: false)
  }

  // MARK: Places

  /// The byte of the part at which a row begins. The blank row before a block has none of its own.
  func source(ofRow row: Int, in source: PartSource) -> Int {
    let row = row - gap
    guard row > 0 else { return block.source.lowerBound }
    switch body {
    case .text(let text): return max(block.source.lowerBound, text.source(ofRow: row))
    case .code(let code): return code.source(ofRow: row, in: block)
    case .table(let table):
      let place = table.place(ofRow: row)
      let lines = source.lines(of: block)
      guard place.line < lines.count else { return block.source.lowerBound }
      let line = lines[lines.startIndex + place.line]
      return line.start + min(place.row, line.range.count)
    case .rule, .empty: return block.source.lowerBound
    }
  }

  /// The row that shows a byte of the part.
  func row(holdingSource offset: Int, in source: PartSource) -> Int {
    guard offset > block.source.lowerBound else { return gap }
    switch body {
    case .text(let text): return gap + text.row(holdingSource: offset)
    case .code(let code): return gap + code.row(holdingSource: offset, in: block)
    case .table(let table):
      let lines = source.lines(of: block)
      var low = 0
      var high = lines.count
      while low < high {
        let middle = (low + high) / 2
        if lines[lines.startIndex + middle].start <= offset { low = middle + 1 } else { high = middle }
      }
      guard low > 0 else { return gap }
      return gap + table.row(at: low - 1, row: offset - lines[lines.startIndex + low - 1].start)
    case .rule, .empty: return gap
    }
  }

  // MARK: Drawing

  /// Appends the cells of a row.
  /// - Returns: how many cells there are up to the end of the text, where a streaming cursor would stand.
  func append(row: Int, to cells: inout [Cell], source: PartSource, look: RowLook, glyphs: inout GlyphTable) -> Int {
    let isGap = row < gap
    prefix.append(
      to: &cells, isFirstRow: row == gap, isGap: isGap, bytes: source.bytes, glyphs: &glyphs)
    guard !isGap else { return cells.count }
    let bodyRow = row - gap
    switch body {
    case .text(let text):
      for _ in 0..<textIndent { cells.append(.blank()) }
      text.append(row: bodyRow, to: &cells, glyphs: &glyphs)
    case .code(let code):
      return code.append(
        row: bodyRow, to: &cells, part: source.bytes, lines: source.lines(of: block), shift: look.codeShift,
        glyphs: &glyphs)
    case .table(let table):
      table.append(
        row: bodyRow, to: &cells, part: source.bytes, lines: source.lines(of: block),
        definitions: source.document.definitions, isOpen: source.isOpen && index == source.document.blocks.count - 1,
        ordersText: look.ordersText, glyphs: &glyphs)
    case .rule: for _ in 0..<bodyColumns { cells.append(Cell("─", role: .rule)) }
    case .empty: break
    }
    return cells.count
  }

  /// Puts the text of a row into the order in which it is seen. Code stays as it is: there the order is part of what it
  /// says. A paragraph from right to left that stands by itself begins at the right.
  /// - Returns: where a streaming cursor stands.
  func order(
    row: Int, _ cells: inout [Cell], end: Int, _ source: PartSource, _ glyphs: GlyphTable
  ) -> Int {
    guard case .text = body else { return end }
    let ordered = withText(ofRow: row, source) { text -> (BidiOrder, Int, TextDirection)? in
      guard text.column <= cells.count, let order = text.order(Array(cells[text.column...]), glyphs) else { return nil }
      return (order, text.column, text.direction)
    }
    guard let (order, column, direction) = ordered ?? nil else { return end }
    cells.replaceSubrange(column..., with: order.cells)
    guard direction == .rightToLeft else { return end }
    let free = free(leftOf: cells.count)
    cells.insert(contentsOf: Array(repeating: .blank(), count: free), at: 0)
    return free > 0 ? free - 1 : column
  }

  /// Columns left of a row from right to left that has so many cells.
  private func free(leftOf count: Int) -> Int { prefix.columns == 0 ? max(0, columns - count) : 0 }

  /// Columns by which a row stands further right because it is from right to left.
  func shift(ofRow row: Int, _ source: PartSource) -> Int {
    guard case .text(let text) = body, text.rows.indices.contains(row - gap) else { return 0 }
    let isRightToLeft = withText(ofRow: row, source) { $0.direction == .rightToLeft } ?? false
    return isRightToLeft ? free(leftOf: text.rows[row - gap].columns) : 0
  }
}
