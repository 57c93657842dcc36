// The walk that measuring, wrapping and drawing share. Because all of them walk by the same steps, what a row was
// measured to take is what it takes when drawn.
//
// A unit is the smallest piece of text a row may begin or end with: one grapheme cluster, or one stand-in for a
// character that is not shown itself. Where a unit ends is decided from its first byte on and nothing before it, so a
// walk may begin at any unit and finds the same ones; only what follows an undecided end of the text may change it.
//
// A cluster is drawn as one cell per spacing character with the marks that belong to it. Emoji sequences and flags are
// one wide cell (UTS #51; an emoji presentation sequence is as wide as an emoji, UAX #11, section 5). The conjuncts and vowel signs of Indic scripts are several, because that is how terminals count them; the
// wrapper still keeps them together.

/// What receives the pieces of a unit. The implementations are generic arguments, so nothing is called indirectly.
protocol TextUnitSink {
  /// A tab.
  mutating func tab()
  /// `^X`, for a control character below U+0020 or DEL.
  mutating func caret(_ control: UInt8)
  /// `<U+202E>`, for a scalar that is shown by its number.
  mutating func number(of scalar: UInt32)
  /// `<+7 marks>`, for marks beyond those a character may carry.
  mutating func marks(beyond count: Int)
  /// A spacing character with its marks. `scalar` is set if it is one alone; `isStray` if there are marks only, which
  /// then need a dotted circle to stand on.
  mutating func cell(bytes: Range<Int>, scalar: UInt32?, columns: Int, isStray: Bool)
}

/// A unit that was walked over.
struct TextUnit {
  let end: Int
  /// The class of its first scalar, which decides about a break before it.
  let lineBreak: LineBreakClass
  /// Space or tab without marks: may vanish at a break.
  let isSpace: Bool
}

/// The walk over a range of bytes.
struct TextUnitScanner {
  let bytes: UnsafeBufferPointer<UInt8>
  /// At most `bytes.count`.
  let end: Int
  let table = CharacterTable()

  /// `robustness.md`, section 1: marks on one character.
  static let maximumMarks = 4
  /// A cluster may be endless. These bounds keep a unit to a few kilobytes, so that wrapping a row again costs little.
  static let maximumExcessMarks = 1_000
  static let maximumCells = 8
  /// The longest sequences in use join four people with skin tones and a heart.
  static let maximumJoins = 8

  /// Walks over the unit at `start`, which is below `end`.
  @inline(__always)
  func unit<Sink: TextUnitSink>(at start: Int, into sink: inout Sink) -> TextUnit {
    let byte = bytes[start]
    if byte < 0x20 || byte == 0x7F {
      if byte == 0x09 {
        sink.tab()
        return TextUnit(end: start + 1, lineBreak: .other, isSpace: true)
      }
      sink.caret(byte)
      return TextUnit(end: start + 1, lineBreak: .other, isSpace: false)
    }
    if byte < 0x80 {
      if isAtBoundary(start + 1) {
        sink.cell(bytes: start..<(start + 1), scalar: UInt32(byte), columns: 1, isStray: false)
        return TextUnit(end: start + 1, lineBreak: Self.lineBreak(ofASCII: byte), isSpace: byte == 0x20)
      }
      return cluster(
        at: start, UTF8Decoding.scalar(in: bytes, at: start, end: end), table.properties(of: UInt32(byte)), &sink)
    }
    let first = UTF8Decoding.scalar(in: bytes, at: start, end: end)
    let properties = table.properties(of: first.value)
    if properties.isWholeBeforeBoundary, isAtBoundary(start + first.length) {
      sink.cell(
        bytes: start..<(start + first.length), scalar: first.value, columns: properties.columns, isStray: false)
      return TextUnit(end: start + first.length, lineBreak: properties.lineBreak, isSpace: false)
    }
    return cluster(at: start, first, properties, &sink)
  }

  /// Whether what stands at `index` does not continue a cluster of one ordinary scalar.
  @inline(__always)
  private func isAtBoundary(_ index: Int) -> Bool {
    guard index < end else { return true }
    let byte = bytes[index]
    // Nothing below U+00AD, whose UTF-8 begins with C2, continues one; the first mark is U+0300, CC 80.
    if byte < 0xCC { return true }
    let next = UTF8Decoding.scalar(in: bytes, at: index, end: end)
    return !table.properties(of: next.value).continuesOrdinaryScalar
  }

  private func cluster<Sink: TextUnitSink>(
    at start: Int, _ first: DecodedScalar, _ firstProperties: CharacterProperties, _ sink: inout Sink
  ) -> TextUnit {
    let lineBreak = firstProperties.lineBreak
    if isShownByNumberAlone(first.value, firstProperties) {
      sink.number(of: first.value)
      return TextUnit(end: start + first.length, lineBreak: lineBreak, isSpace: false)
    }
    if first.value == 0x1F3F4, let flagEnd = endOfTagFlag(from: start + first.length) {
      sink.cell(bytes: start..<flagEnd, scalar: nil, columns: 2, isStray: false)
      return TextUnit(end: flagEnd, lineBreak: lineBreak, isSpace: false)
    }

    var boundary = GraphemeBoundary(firstProperties)
    var cell = CellInProgress(start: start, end: start + first.length, scalar: first.value, properties: firstProperties)
    var previous = firstProperties
    var index = start + first.length
    var cells = 1
    var joins = 0
    var excess = 0

    scalars: while index < end {
      // No ASCII character continues a cluster except after a prepended mark.
      if bytes[index] < 0x80, !boundary.endsWithPrepend { break }
      let next = UTF8Decoding.scalar(in: bytes, at: index, end: end)
      // The beginning of a scalar may still become a mark or a letter of its own.
      if next.isCut { break }
      let properties = table.properties(of: next.value)
      let endedWithLoneIndicator = boundary.endsWithLoneIndicator
      let endedWithPictograph = boundary.endsWithPictograph
      let endedJoined = boundary.endsWithJoinedPictograph
      guard !properties.isShownByNumber, boundary.takes(properties) else { break }
      let isJoinedPictograph = endedJoined && properties.isExtendedPictographic
      switch next.value {
      case 0xFE0E, 0xFE0F:
        guard previous.isEmoji, excess == 0 else { break scalars }
        cell.end = index + next.length
        // UTS #51, ED-9a: what it asks for is an emoji, and those are wide.
        if next.value == 0xFE0F { cell.columns = 2 }
      case 0x200D:
        if endedWithPictograph {
          guard excess == 0, joins < Self.maximumJoins, isPictograph(at: index + next.length) else { break scalars }
          joins += 1
        } else {
          guard previous.mayPrecedeJoiner, excess == 0 else { break scalars }
        }
        cell.end = index + next.length
      case 0x200C:
        guard previous.mayPrecedeJoiner, excess == 0 else { break scalars }
        cell.end = index + next.length
      case 0x1F3FB...0x1F3FF where previous.isExtendedPictographic && excess == 0:
        cell.end = index + next.length
        cell.columns = 2
      case _ where isJoinedPictograph && excess == 0:
        cell.end = index + next.length
        cell.columns = 2
      case _ where endedWithLoneIndicator && properties.graphemeClass == .regionalIndicator && excess == 0:
        cell.end = index + next.length
        cell.columns = 2
      case _ where properties.columns == 0:
        if excess == 0, cell.marks < Self.maximumMarks {
          cell.marks += 1
          cell.end = index + next.length
        } else {
          guard excess < Self.maximumExcessMarks else { break scalars }
          excess += 1
        }
      default:
        guard excess == 0, cells < Self.maximumCells else { break scalars }
        cell.finish(into: &sink)
        cells += 1
        cell = CellInProgress(start: index, end: index + next.length, scalar: next.value, properties: properties)
      }
      previous = properties
      index += next.length
    }
    cell.finish(into: &sink)
    if excess > 0 { sink.marks(beyond: excess) }
    let isSpace = first.value == 0x20 && index == start + 1
    return TextUnit(end: index, lineBreak: isSpace ? .other : lineBreak, isSpace: isSpace)
  }

  /// From here to the end of the text everything may still turn into something else when more bytes arrive: an unfinished
  /// sequence, a joiner that waits for its right side, the beginning of a tag flag. `end` if nothing does.
  func startOfUndecidedEnd(from start: Int) -> Int {
    guard end == bytes.count else { return end }
    let cut = UTF8Decoding.startOfCutSequence(in: bytes, from: start, end: end)
    // U+200D is E2 80 8D.
    if cut - 3 >= start, bytes[cut - 3] == 0xE2, bytes[cut - 2] == 0x80, bytes[cut - 1] == 0x8D { return cut - 3 }
    // U+1F3F4 is F0 9F 8F B4; a flag has at most 24 bytes behind it.
    var flag = end - 4
    while flag >= start, flag > end - 28 {
      if bytes[flag] == 0xF0, bytes[flag + 1] == 0x9F, bytes[flag + 2] == 0x8F, bytes[flag + 3] == 0xB4 {
        let isBeginning = Self.tagFlags.contains { matches($0, at: flag + 4, allowingCut: true) != nil }
        return isBeginning && flag + 4 < end ? flag + 4 : cut
      }
      flag -= 1
    }
    return cut
  }

  private func isShownByNumberAlone(_ scalar: UInt32, _ properties: CharacterProperties) -> Bool {
    if properties.isShownByNumber { return true }
    switch scalar {
    case 0x200C, 0x200D, 0xFE0E, 0xFE0F: return true
    default: break
    }
    // A vowel or final of Korean without its initial has no column of its own, and no base to stand on.
    let isLoneJamo = properties.graphemeClass == .vowel || properties.graphemeClass == .trailing
    return isLoneJamo && properties.columns == 0
  }

  private func isPictograph(at index: Int) -> Bool {
    guard index < end else { return false }
    let next = UTF8Decoding.scalar(in: bytes, at: index, end: end)
    return table.properties(of: next.value).isExtendedPictographic
  }

  /// The three flags of UTS #51, ED-14a that are recommended for interchange, as tag letters behind U+1F3F4.
  private static let tagFlags: [StaticString] = ["gbeng", "gbsct", "gbwls"]

  private func endOfTagFlag(from start: Int) -> Int? {
    for flag in Self.tagFlags {
      if let flagEnd = matches(flag, at: start, allowingCut: false) { return flagEnd }
    }
    return nil
  }

  /// Whether the tag letters of `flag` and the cancel tag stand at `start`, or at least the beginning of them up to the
  /// end. A tag for the ASCII character c is U+E0000 + c, that is F3 A0 80 80 | c / 64, c mod 64.
  private func matches(_ flag: StaticString, at start: Int, allowingCut: Bool) -> Int? {
    var index = start
    for position in 0...flag.utf8CodeUnitCount {
      let letter: UInt8 = position < flag.utf8CodeUnitCount ? flag.utf8Start[position] : 0x7F
      for part in 0..<4 {
        guard index < end else { return allowingCut ? index : nil }
        let expected: UInt8 =
          switch part {
          case 0: 0xF3
          case 1: 0xA0
          case 2: 0x80 | letter >> 6
          default: 0x80 | letter & 0x3F
          }
        guard bytes[index] == expected else { return nil }
        index += 1
      }
    }
    return index
  }

  @inline(__always)
  static func lineBreak(ofASCII byte: UInt8) -> LineBreakClass {
    switch byte {
    case 0x61...0x7A, 0x41...0x5A: .letter
    case 0x30...0x39: .digit
    case 0x28, 0x5B, 0x7B, 0x24: .opening
    case 0x29, 0x5D, 0x7D, 0x21, 0x2C, 0x2E, 0x3A, 0x3B, 0x3F, 0x25: .closing
    case 0x22, 0x27: .glue
    default: .other
    }
  }
}

/// A spacing character whose marks are being collected.
private struct CellInProgress {
  let start: Int
  var end: Int
  var columns: Int
  var marks: Int
  private let scalar: UInt32
  private let lengthOfFirst: Int
  private let isStray: Bool

  init(start: Int, end: Int, scalar: UInt32, properties: CharacterProperties) {
    self.start = start
    self.end = end
    self.scalar = scalar
    lengthOfFirst = end - start
    isStray = properties.columns == 0
    columns = isStray ? 1 : properties.columns
    marks = isStray ? 1 : 0
  }

  func finish<Sink: TextUnitSink>(into sink: inout Sink) {
    let isAlone = end - start == lengthOfFirst && !isStray
    sink.cell(bytes: start..<end, scalar: isAlone ? scalar : nil, columns: columns, isStray: isStray)
  }
}

/// How many columns stand-ins take and how they are spelled; one place for both.
enum StandIn {
  /// `<U+202E>`: four hexadecimal digits, more if needed.
  static func columns(ofNumber scalar: UInt32) -> Int {
    scalar > 0xFFFFF ? 10 : scalar > 0xFFFF ? 9 : 8
  }

  /// `<+7 marks>`; one mark is `<+1 mark>`.
  static func columns(ofMarks count: Int) -> Int {
    text(ofMarks: count).utf8.count
  }

  static func text(ofNumber scalar: UInt32) -> String {
    let digits = String(scalar, radix: 16, uppercase: true)
    return "<U+" + String(repeating: "0", count: max(0, 4 - digits.utf8.count)) + digits + ">"
  }

  static func text(ofMarks count: Int) -> String {
    count == 1 ? "<+1 mark>" : "<+\(count) marks>"
  }

  /// The second character of `^X`.
  static func letter(ofCaret control: UInt8) -> UInt8 { control ^ 0x40 }
}

/// Adds up columns and nothing else.
struct ColumnCounter: TextUnitSink {
  /// The column where the next cell stands, counted from the start of the row.
  var column = 0
  let tabWidth: Int

  mutating func tab() { column += tabWidth - column % tabWidth }
  mutating func caret(_ control: UInt8) { column += 2 }
  mutating func number(of scalar: UInt32) { column += StandIn.columns(ofNumber: scalar) }
  mutating func marks(beyond count: Int) { column += StandIn.columns(ofMarks: count) }
  @inline(__always)
  mutating func cell(bytes: Range<Int>, scalar: UInt32?, columns: Int, isStray: Bool) { column += columns }
}
