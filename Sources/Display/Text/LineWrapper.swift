// Breaking a logical line into rows. A row is found from its own first byte on and nothing before it; so a text that
// grew is wrapped again from its last row only, and the rows are those of wrapping all of it.

/// A row of a wrapped line: which bytes it shows, and how many columns they take.
package struct TextRow: Equatable, Hashable, Sendable {
  // An answer has at most 64 MiB of text (`robustness.md`, section 1); half-size numbers keep long texts cheap.
  private let startOffset: Int32
  private let endOffset: Int32
  private let columnCount: Int32

  /// A row that shows the bytes `start ..< end` in that many columns. Values beyond 2³¹ are clamped.
  package init(start: Int, end: Int, columns: Int) {
    startOffset = Int32(clamping: start)
    endOffset = Int32(clamping: end)
    columnCount = Int32(clamping: columns)
  }

  package var start: Int { Int(startOffset) }
  /// Spaces that vanished at the break lie between this and the next row's `start`.
  package var end: Int { Int(endOffset) }
  /// What `Sanitizer.appendCells` makes of `start ..< end`. More than the width asked for only where a single unit is
  /// wider, or where the text ends with something unfinished.
  package var columns: Int { Int(columnCount) }
  package var range: Range<Int> { start..<max(start, end) }
}

/// Where rows end.
package enum WrapMode: Equatable, Sendable {
  /// At spaces, behind hyphens and dashes, between ideographs; a word longer than a row breaks anywhere.
  case words
  /// At the last cluster that fits; spaces count like letters.
  case characters
}

/// Wraps logical lines.
package enum LineWrapper {
  /// Appends the rows of one logical line, at least one.
  ///
  /// Breaks are greedy and never split a grapheme cluster. In `words` mode spaces at a break vanish, spaces at the
  /// beginning stay, and spaces at the end stay as far as they fit.
  ///
  /// To go on after `bytes` grew: remove the last row, and wrap from its `start`. The result is that of wrapping the
  /// whole line. An unfinished end (half a scalar, a joiner waiting for its right side) hangs on the last row, even
  /// beyond `columns`, because it must not decide a break that the next byte would undo.
  /// - Parameters:
  ///   - bytes: a whole text; only `range` of it is wrapped, but whether the text ends there is taken into account.
  ///   - range: a logical line without its ending, or the part of it from the start of a row; clamped to `bytes`.
  ///   - columns: the width of a row; less than one counts as one. A unit that is wider has a row to itself.
  ///   - tabWidth: distance of tab stops, at least 1.
  /// - Complexity: O(length of `range`).
  package static func wrap(
    bytes: UnsafeBufferPointer<UInt8>, range: Range<Int>, columns: Int, mode: WrapMode = .words,
    tabWidth: Int = Sanitizer.tabWidth, into rows: inout [TextRow]
  ) {
    let range = range.clamped(to: 0..<bytes.count)
    let scanner = TextUnitScanner(bytes: bytes, end: range.upperBound)
    let wrapping = Wrapping(
      scanner: scanner, undecided: scanner.startOfUndecidedEnd(from: range.lowerBound),
      columns: min(max(1, columns), 1 << 24), tabWidth: min(max(1, tabWidth), 1 << 10))
    var start = range.lowerBound
    repeat {
      let row =
        switch mode {
        case .words: wrapping.rowOfWords(at: start)
        case .characters: wrapping.rowOfCharacters(at: start)
        }
      rows.append(TextRow(start: start, end: row.end, columns: row.columns))
      start = row.next
    } while start < range.upperBound
  }
}

/// One call of the wrapper.
private struct Wrapping {
  /// A row that was found: where its text ends, where the next row begins.
  struct Row {
    let end: Int
    let next: Int
    let columns: Int
  }

  let scanner: TextUnitScanner
  /// What begins here or later hangs.
  let undecided: Int
  let columns: Int
  let tabWidth: Int

  private var bytes: UnsafeBufferPointer<UInt8> { scanner.bytes }
  private var end: Int { scanner.end }

  /// Spaces beyond the width that a break swallows; more begin another row. A bound, so that a row that is wrapped again
  /// is a short piece of text.
  static let maximumSwallowed = 1_024

  init(scanner: TextUnitScanner, undecided: Int, columns: Int, tabWidth: Int) {
    self.scanner = scanner
    self.undecided = undecided
    self.columns = columns
    self.tabWidth = tabWidth
  }

  func rowOfCharacters(at start: Int) -> Row {
    var counter = ColumnCounter(tabWidth: tabWidth)
    var index = start
    if let plain = plainRow(at: start) {
      if plain.isLast { return Row(end: end, next: end, columns: end - start) }
      return Row(end: start + columns, next: start + columns, columns: columns)
    }
    while index < end {
      let before = counter.column
      let unit = scanner.unit(at: index, into: &counter)
      if counter.column > columns, index > start, index < undecided {
        return Row(end: index, next: index, columns: before)
      }
      index = unit.end
    }
    return Row(end: end, next: end, columns: counter.column)
  }

  func rowOfWords(at start: Int) -> Row {
    if let plain = plainRow(at: start) {
      if plain.isLast { return Row(end: end, next: end, columns: end - start) }
      if let row = plainBreak(from: start) { return row }
    }
    return rowOfUnits(at: start)
  }

  /// Whether the row from `start` on is printable ASCII, so that bytes are columns: either all that is left and fits, or
  /// `columns` bytes and the one behind them, which belongs to no cluster with something else.
  private func plainRow(at start: Int) -> (isLast: Bool, Void)? {
    if end - start <= columns {
      return ASCIIScan.endOfPrintable(in: bytes, from: start, to: end) == end ? (true, ()) : nil
    }
    let needed = start + columns + 1
    guard ASCIIScan.endOfPrintable(in: bytes, from: start, to: needed) == needed else { return nil }
    return needed == end || bytes[needed] < 0x80 ? (false, ()) : nil
  }

  /// `rowOfUnits` for a row of printable ASCII; `nil` if that has to look closer.
  private func plainBreak(from start: Int) -> Row? {
    let limit = start + columns
    // The first byte that does not fit is a space, or there is a break before it, the later the better.
    var index = limit
    if bytes[limit] != 0x20 {
      while index > start {
        let before = bytes[index - 1]
        if before == 0x20 { break }
        if before == 0x2D, index - 2 >= start, isLetter(bytes[index]), isLetterOrDigit(bytes[index - 2]) {
          return Row(end: index, next: index, columns: index - start)
        }
        index -= 1
      }
      // A word longer than the row, perhaps after an indentation.
      if index == start { return Row(end: limit, next: limit, columns: columns) }
    }
    var contentEnd = index
    while contentEnd > start, bytes[contentEnd - 1] == 0x20 { contentEnd -= 1 }
    guard contentEnd > start else { return nil }
    var next = index
    while next < end, bytes[next] == 0x20 { next += 1 }
    // Trailing spaces of the whole line, tabs, and spaces that carry a mark are not for here.
    guard next < end, bytes[next] < 0x80, bytes[next] >= 0x20, next - limit < Self.maximumSwallowed else { return nil }
    return Row(end: contentEnd, next: next, columns: contentEnd - start)
  }

  private func rowOfUnits(at start: Int) -> Row {
    var counter = ColumnCounter(tabWidth: tabWidth)
    var index = start
    // The text so far without spaces behind it, and with as many as fit.
    var content = Row(end: start, next: start, columns: 0)
    var fitting = content
    var lastBreak: Row?
    var classes = (beforeLast: UnitClass.none, last: UnitClass.none)
    var swallowed = 0

    while index < end {
      let before = counter.column
      let unit = scanner.unit(at: index, into: &counter)
      if unit.isSpace {
        if counter.column <= columns {
          fitting = Row(end: unit.end, next: unit.end, columns: counter.column)
        } else {
          swallowed += 1
          if swallowed > Self.maximumSwallowed { return Row(end: content.end, next: index, columns: content.columns) }
        }
        classes = (classes.last, .space)
        index = unit.end
        continue
      }
      let unitClass = UnitClass(unit, firstByte: bytes[index])
      if classes.last == .space {
        if content.end > start { lastBreak = Row(end: content.end, next: index, columns: content.columns) }
      } else if UnitClass.allowsBreak(classes.beforeLast, classes.last, unitClass) {
        lastBreak = Row(end: index, next: index, columns: before)
      }
      if index < undecided, index > start, counter.column > columns {
        if let lastBreak { return lastBreak }
        // Only an indentation stands before a unit that does not fit: it fills a row of its own.
        let isIndentation = content.end == start
        return isIndentation
          ? Row(end: fitting.end, next: index, columns: fitting.columns)
          : Row(end: index, next: index, columns: before)
      }
      classes = (classes.last, unitClass)
      content = Row(end: unit.end, next: unit.end, columns: counter.column)
      fitting = content
      index = unit.end
    }
    return Row(end: fitting.end, next: end, columns: fitting.columns)
  }

  private func isLetter(_ byte: UInt8) -> Bool {
    (0x61...0x7A).contains(byte | 0x20)
  }

  private func isLetterOrDigit(_ byte: UInt8) -> Bool {
    isLetter(byte) || (0x30...0x39).contains(byte)
  }
}

/// What a unit is to the unit beside it: a coarse form of UAX #14.
private enum UnitClass: Equatable {
  case none, space, hyphen
  case scalar(LineBreakClass)

  init(_ unit: TextUnit, firstByte: UInt8) {
    self = firstByte == 0x2D ? .hyphen : .scalar(unit.lineBreak)
  }

  /// Whether a row may end between `last` and `next`, with no space between them.
  static func allowsBreak(_ beforeLast: UnitClass, _ last: UnitClass, _ next: UnitClass) -> Bool {
    switch (last, next) {
    case (.none, _), (_, .none), (_, .space), (.space, _): false
    // LB21: no break before a hyphen; `-x` and `1-2` stay whole, `well-known` may break.
    case (_, .hyphen), (_, .scalar(.dash)): false
    case (.hyphen, .scalar(.ideograph)): true
    case (.hyphen, .scalar(.letter)): beforeLast == .scalar(.letter) || beforeLast == .scalar(.digit)
    case (.hyphen, _): false
    // LB13, LB14, LB12, LB19.
    case (_, .scalar(.closing)), (.scalar(.opening), _), (_, .scalar(.glue)), (.scalar(.glue), _): false
    case (.scalar(.dash), _): true
    // LB31: ideographs and pictographs break on both sides.
    case (.scalar(.ideograph), _), (_, .scalar(.ideograph)): true
    default: false
    }
  }
}
