// Right-to-left text in a terminal that does not order it: the cells of a row in the order in which they are seen, by the
// Unicode Bidirectional Algorithm (UAX #9, Unicode 17). Embeddings, overrides and isolates do not occur, because `Sanitizer`
// shows those characters by number; so a row is one run of the paragraph's level, and levels are 0, 1 and 2.
//
// Marks travel in their cell and need no rule. Letters stay as they are: joining them is the terminal's matter.

/// The direction of a paragraph.
package enum TextDirection: Equatable, Sendable {
  case leftToRight, rightToLeft
}

/// A row in visual order.
package struct BidiOrder: Equatable, Sendable {
  /// The cells from left to right; brackets that changed sides are mirrored.
  package let cells: [Cell]
  /// For every column from the left the index of its cell in logical order: a permutation. Both halves of a wide character
  /// stay side by side.
  package let logical: [Int]

  /// For every cell in logical order the column where it is seen: the permutation the other way round.
  package var visual: [Int] {
    var visual = Array(repeating: 0, count: logical.count)
    for (column, index) in logical.enumerated() { visual[index] = column }
    return visual
  }

  /// The direction of a text by its first strong character (P2, P3); nil if there is none, which means that of the
  /// paragraphs around it, or left to right.
  ///
  /// - Complexity: O(length up to that character).
  package static func direction(of bytes: UnsafeBufferPointer<UInt8>, range: Range<Int>) -> TextDirection? {
    let range = range.clamped(to: 0..<bytes.count)
    var index = range.lowerBound
    while index < range.upperBound {
      let scalar = UTF8Decoding.scalar(in: bytes, at: index, end: range.upperBound)
      switch BidiClass(scalar.value) {
      case .leftToRight: return .leftToRight
      case .rightToLeft, .arabicLetter: return .rightToLeft
      default: index += scalar.length
      }
    }
    return nil
  }

  /// The cells of a row in visual order; nil if that is the order they are in, as it is with nearly all text.
  ///
  /// - Parameters:
  ///   - cells: a row in logical order, made by `Sanitizer`. Cells of ours around it, such as a margin, are not part of it.
  ///   - base: the direction of the logical line that the row belongs to. A row of one from right to left is to be drawn
  ///     at the right edge, which is the caller's.
  /// - Complexity: O(n) for n cells, and once more for what each pair of brackets encloses; one comparison for each cell
  ///   where nothing is to be done.
  package static func order(
    _ cells: [Cell], glyphs: borrowing GlyphTable, base: TextDirection = .leftToRight
  ) -> BidiOrder? {
    guard base == .rightToLeft || needsOrder(cells, glyphs) else { return nil }
    var row = BidiRow(cells, glyphs, base)
    row.resolve()
    let order = row.visualOrder()
    var logical: [Int] = []
    var result: [Cell] = []
    logical.reserveCapacity(cells.count)
    result.reserveCapacity(cells.count)
    for number in order {
      let item = row.items[number]
      for index in item.start..<(item.start + item.count) {
        var cell = cells[index]
        if item.level & 1 == 1, index == item.start, let mirror = BidiBrackets.mirror(cell.glyph) {
          cell.glyph = mirror
        }
        logical.append(index)
        result.append(cell)
      }
    }
    return BidiOrder(cells: result, logical: logical)
  }

  /// Whether anything in a row is written from right to left.
  package static func needsOrder(_ cells: [Cell], _ glyphs: borrowing GlyphTable) -> Bool {
    for cell in cells {
      // Hebrew, the first of them, begins at U+0590.
      if cell.glyph < 0x590 { continue }
      if BidiClass(BidiRow.base(of: cell, glyphs)).isRightToLeft { return true }
    }
    return false
  }
}

/// The algorithm on one row.
private struct BidiRow {
  /// A character with the cells it takes.
  struct Item {
    let start: Int
    let count: Int
    let scalar: UInt32
    let original: BidiClass
    var kind: BidiClass
    var level: UInt8
  }

  private(set) var items: [Item] = []
  private let baseLevel: UInt8
  private var baseClass: BidiClass { baseLevel == 0 ? .leftToRight : .rightToLeft }

  init(_ cells: [Cell], _ glyphs: borrowing GlyphTable, _ base: TextDirection) {
    baseLevel = base == .leftToRight ? 0 : 1
    items.reserveCapacity(cells.count)
    var index = 0
    while index < cells.count {
      let isWide = cells[index].width == 2 && index + 1 < cells.count && cells[index + 1].width == 0
      let scalar = Self.base(of: cells[index], glyphs)
      let kind = BidiClass(scalar)
      items.append(
        Item(start: index, count: isWide ? 2 : 1, scalar: scalar, original: kind, kind: kind, level: baseLevel))
      index += isWide ? 2 : 1
    }
  }

  /// The first scalar of a cell.
  static func base(of cell: Cell, _ glyphs: borrowing GlyphTable) -> UInt32 {
    if cell.glyph < GlyphTable.firstIndex { return cell.glyph }
    return glyphs.text(of: cell.glyph).unicodeScalars.first?.value ?? 0xFFFD
  }

  mutating func resolve() {
    resolveWeak()
    resolveBrackets()
    resolveNeutral()
    for index in items.indices { items[index].level = level(of: items[index].kind) }
    restoreWhitespace()
  }

  /// W1 to W7 in one walk for each that looks back, so that the rules see what those before them made.
  private mutating func resolveWeak() {
    var previous = baseClass
    for index in items.indices {  // W1
      if items[index].kind == .nonspacingMark { items[index].kind = previous }
      previous = items[index].kind
    }
    var strong = baseClass
    for index in items.indices {  // W2
      switch items[index].kind {
      case .leftToRight, .rightToLeft, .arabicLetter: strong = items[index].kind
      case .europeanNumber where strong == .arabicLetter: items[index].kind = .arabicNumber
      default: break
      }
    }
    for index in items.indices where items[index].kind == .arabicLetter { items[index].kind = .rightToLeft }  // W3
    for index in items.indices where index > 0 && index + 1 < items.count {  // W4
      let (left, right) = (items[index - 1].kind, items[index + 1].kind)
      switch items[index].kind {
      case .europeanSeparator where left == .europeanNumber && right == .europeanNumber: items[index].kind = left
      case .commonSeparator where left == right && (left == .europeanNumber || left == .arabicNumber):
        items[index].kind = left
      default: break
      }
    }
    resolveTerminators()
    strong = baseClass
    for index in items.indices {  // W6, W7
      switch items[index].kind {
      case .europeanSeparator, .europeanTerminator, .commonSeparator: items[index].kind = .neutral
      case .leftToRight, .rightToLeft: strong = items[index].kind
      case .europeanNumber where strong == .leftToRight: items[index].kind = .leftToRight
      default: break
      }
    }
  }

  /// W5: terminators beside a European number belong to it.
  private mutating func resolveTerminators() {
    var index = 0
    while index < items.count {
      guard items[index].kind == .europeanTerminator else {
        index += 1
        continue
      }
      var end = index
      while end < items.count, items[end].kind == .europeanTerminator { end += 1 }
      let isBeside =
        (index > 0 && items[index - 1].kind == .europeanNumber)
        || (end < items.count && items[end].kind == .europeanNumber)
      if isBeside { for place in index..<end { items[place].kind = .europeanNumber } }
      index = end
    }
  }

  /// N0: both brackets of a pair take the direction of what they enclose.
  private mutating func resolveBrackets() {
    var open: [(pair: Int, index: Int)] = []
    var pairs: [(opening: Int, closing: Int)] = []
    for index in items.indices where items[index].kind == .neutral {
      guard let bracket = BidiBrackets.bracket(items[index].scalar) else { continue }
      if bracket.isOpening {
        // BD16: with more than 63 open ones the rule stops.
        if open.count == 63 { break }
        open.append((bracket.pair, index))
      } else if let match = open.lastIndex(where: { $0.pair == bracket.pair }) {
        pairs.append((open[match].index, index))
        open.removeSubrange(match...)
      }
    }
    for pair in pairs.sorted(by: { $0.opening < $1.opening }) {
      guard let kind = direction(between: pair.opening, pair.closing) else { continue }
      for index in [pair.opening, pair.closing] {
        items[index].kind = kind
        // Marks behind a bracket go with it.
        var next = index + 1
        while next < items.count, items[next].original == .nonspacingMark {
          items[next].kind = kind
          next += 1
        }
      }
    }
  }

  private func direction(between opening: Int, _ closing: Int) -> BidiClass? {
    var foundOther = false
    for index in (opening + 1)..<closing {
      guard let kind = strength(items[index].kind) else { continue }
      if kind == baseClass { return kind }
      foundOther = true
    }
    guard foundOther else { return nil }
    let before = items[..<opening].reversed().lazy.compactMap { strength($0.kind) }.first ?? baseClass
    return before == baseClass ? baseClass : before
  }

  /// N1, N2: neutral ones take the direction that both sides have, else that of the paragraph.
  private mutating func resolveNeutral() {
    var index = 0
    while index < items.count {
      guard strength(items[index].kind) == nil else {
        index += 1
        continue
      }
      var end = index
      while end < items.count, strength(items[end].kind) == nil { end += 1 }
      let before = index > 0 ? strength(items[index - 1].kind) ?? baseClass : baseClass
      let after = end < items.count ? strength(items[end].kind) ?? baseClass : baseClass
      for place in index..<end { items[place].kind = before == after ? before : baseClass }
      index = end
    }
  }

  /// A strong direction as the rules N0 to N2 see it: numbers are from right to left.
  private func strength(_ kind: BidiClass) -> BidiClass? {
    switch kind {
    case .leftToRight: .leftToRight
    case .rightToLeft, .arabicLetter, .europeanNumber, .arabicNumber: .rightToLeft
    default: nil
    }
  }

  /// I1, I2.
  private func level(of kind: BidiClass) -> UInt8 {
    switch kind {
    case .leftToRight: baseLevel == 0 ? 0 : 2
    case .europeanNumber, .arabicNumber: 2
    default: 1
    }
  }

  /// L1: blanks at the end of a row are at the paragraph's end of it.
  private mutating func restoreWhitespace() {
    var index = items.count - 1
    while index >= 0, items[index].original == .whitespace {
      items[index].level = baseLevel
      index -= 1
    }
  }

  /// L2: runs turn around, from the highest level down to the lowest odd one.
  func visualOrder() -> [Int] {
    var order = Array(items.indices)
    for level in [UInt8(2), 1] {
      var index = 0
      while index < order.count {
        guard items[index].level >= level else {
          index += 1
          continue
        }
        var end = index
        while end < order.count, items[end].level >= level { end += 1 }
        order[index..<end].reverse()
        index = end
      }
    }
    return order
  }
}
