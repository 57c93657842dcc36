// Between ncurses and the terminal: takes the bytes of a frame and gives fewer that do the same. ncurses returns to plain
// attributes at the end of every update and sets colours one by one; here a change of attributes is held back until something
// is written with it, and only the difference to what the terminal has goes out, in one sequence.
// Where a cell holds a `ClusterStandIn`, the real text goes out.
//
// It understands the output of `TerminalDescription` only; bytes for other terminals must not come here.

import Display

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Colours and attributes as a terminal has them.
struct Rendition: Equatable, Sendable {
  /// SGR attributes, by the number that switches them on.
  struct Flags: OptionSet, Sendable {
    let rawValue: UInt16
    static let bold = Flags(rawValue: 1 << 1)
    static let dim = Flags(rawValue: 1 << 2)
    static let italic = Flags(rawValue: 1 << 3)
    static let underline = Flags(rawValue: 1 << 4)
    static let reverse = Flags(rawValue: 1 << 7)
    static let strikethrough = Flags(rawValue: 1 << 9)
    static let all: Flags = [.bold, .dim, .italic, .underline, .reverse, .strikethrough]
  }

  var flags: Flags = []
  /// 0 for the terminal's own; else 1 + the palette index, or 0x1000000 and the RGB value.
  var foreground: UInt32 = 0
  var background: UInt32 = 0
}

/// The SGR state of the terminal, across frames.
struct FrameOutput: Sendable {
  /// What the bytes so far ask for.
  private var wanted = Rendition()
  /// What the terminal has; nil when that is not known.
  private var actual: Rendition? = nil

  /// The terminal's attributes are not known any more: somebody else wrote to it.
  mutating func forget() {
    wanted = Rendition()
    actual = nil
  }

  /// Appends the bytes of an update to `output`. Sequences are never cut between two calls, as ncurses writes whole ones.
  mutating func append(
    _ bytes: UnsafeBufferPointer<UInt8>, glyphs: borrowing GlyphTable, to output: inout [UInt8]
  ) {
    var index = 0
    let count = bytes.count
    // Most frames have none, and are looked at no further.
    let hasStandIns = bytes.baseAddress.map { memchr($0, Int32(ClusterStandIn.lead), count) != nil } ?? false
    while index < count {
      let byte = bytes[index]
      if byte == 0x1B {
        let end = sequenceEnd(bytes, from: index)
        if bytes[end - 1] == UInt8(ascii: "m"), end - index >= 3 {
          apply(bytes, index + 2, end - 1)
        } else {
          if isPainting(bytes, index, end) { settle(&output) }
          output.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[index..<end]))
        }
        index = end
      } else if byte < 0x20 {
        // A line feed in the last row scrolls, and the new line takes the background.
        if byte == 0x0A { settle(&output) }
        output.append(byte)
        index += 1
      } else {
        var end = index + 1
        while end < count, bytes[end] >= 0x20 { end += 1 }
        settle(&output)
        if hasStandIns {
          appendText(bytes, index..<end, glyphs, to: &output)
        } else {
          output.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[index..<end]))
        }
        index = end
      }
    }
  }

  /// Appends text, with what stand-ins stand for in their place.
  private func appendText(
    _ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>, _ glyphs: borrowing GlyphTable, to output: inout [UInt8]
  ) {
    let run = UnsafeBufferPointer(rebasing: bytes[..<range.upperBound])
    var copied = range.lowerBound
    var index = range.lowerBound
    while index < range.upperBound {
      guard run[index] == ClusterStandIn.lead,
        let found = ClusterStandIn.found(in: run, at: index, notBefore: copied)
      else {
        index += 1
        continue
      }
      output.append(contentsOf: UnsafeBufferPointer(rebasing: run[copied..<found.range.lowerBound]))
      // Blanks first, for a terminal that takes fewer columns than we: what was there before must not show. And the
      // cursor is set behind it, where ncurses believes it to be.
      for _ in 0..<found.width { output.append(0x20) }
      moveCursor(to: found.column, &output)
      output.append(contentsOf: glyphs.text(of: found.glyph).utf8)
      moveCursor(to: found.column + found.width, &output)
      copied = found.range.upperBound
      index = copied
    }
    output.append(contentsOf: UnsafeBufferPointer(rebasing: run[copied..<range.upperBound]))
  }

  /// CHA. Beyond the right edge it stays in the last column, as ncurses does with a terminal that does not wrap.
  private func moveCursor(to column: Int, _ output: inout [UInt8]) {
    output += [0x1B, UInt8(ascii: "[")]
    let number = column + 1
    if number >= 1_000 { output.append(UInt8(0x30 + number / 1_000 % 10)) }
    if number >= 100 { output.append(UInt8(0x30 + number / 100 % 10)) }
    if number >= 10 { output.append(UInt8(0x30 + number / 10 % 10)) }
    output += [UInt8(0x30 + number % 10), UInt8(ascii: "G")]
  }

  /// The index after the escape sequence that begins at `start`.
  private func sequenceEnd(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
    var index = start + 1
    guard index < bytes.count else { return bytes.count }
    if bytes[index] != UInt8(ascii: "[") { return index + 1 }
    index += 1
    while index < bytes.count, bytes[index] < 0x40 { index += 1 }
    return min(index + 1, bytes.count)
  }

  /// Whether the sequence writes cells, so that attributes matter: everything but the movements of the cursor.
  private func isPainting(_ bytes: UnsafeBufferPointer<UInt8>, _ start: Int, _ end: Int) -> Bool {
    guard bytes[start + 1 < end ? start + 1 : start] == UInt8(ascii: "[") else { return true }
    switch bytes[end - 1] {
    case UInt8(ascii: "A"), UInt8(ascii: "B"), UInt8(ascii: "C"), UInt8(ascii: "D"), UInt8(ascii: "G"),
      UInt8(ascii: "H"), UInt8(ascii: "d"), UInt8(ascii: "r"):
      return false
    default: return true
    }
  }

  /// Takes the parameters of an SGR sequence between `start` and `end`.
  private mutating func apply(_ bytes: UnsafeBufferPointer<UInt8>, _ start: Int, _ end: Int) {
    var index = start
    func next() -> Int {
      var value = 0
      while index < end, bytes[index] != UInt8(ascii: ";") {
        value = min(value * 10 + Int(bytes[index] & 0x0F), 0xFFFF)
        index += 1
      }
      index += 1
      return value
    }
    func color() -> UInt32 {
      if next() == 5 { return UInt32(next() & 0xFF) + 1 }
      let (red, green, blue) = (next(), next(), next())
      return 0x100_0000 | UInt32(red & 0xFF) << 16 | UInt32(green & 0xFF) << 8 | UInt32(blue & 0xFF)
    }
    repeat {
      let code = next()
      switch code {
      case 0: wanted = Rendition()
      case 1, 2, 3, 4, 7, 9: wanted.flags.insert(Rendition.Flags(rawValue: 1 << UInt16(code)))
      case 22: wanted.flags.subtract([.bold, .dim])
      case 23, 24, 27, 29: wanted.flags.remove(Rendition.Flags(rawValue: 1 << UInt16(code - 20)))
      case 30...37: wanted.foreground = UInt32(code - 30) + 1
      case 90...97: wanted.foreground = UInt32(code - 90) + 9
      case 38: wanted.foreground = color()
      case 39: wanted.foreground = 0
      case 40...47: wanted.background = UInt32(code - 40) + 1
      case 100...107: wanted.background = UInt32(code - 100) + 9
      case 48: wanted.background = color()
      case 49: wanted.background = 0
      default: break
      }
    } while index < end
  }

  /// Gives the terminal the attributes that are wanted.
  @inline(__always)
  private mutating func settle(_ output: inout [UInt8]) {
    if actual != wanted { change(&output) }
  }

  private mutating func change(_ output: inout [UInt8]) {
    defer { actual = wanted }
    output += [0x1B, UInt8(ascii: "[")]
    let begin = output.count
    var from = actual ?? Rendition()
    if actual == nil { add(0, to: &output) }
    if wanted == Rendition() {
      if actual != nil { output.append(UInt8(ascii: "m")) } else { close(&output, begin) }
      return
    }

    let removed = from.flags.subtracting(wanted.flags)
    if !removed.isEmpty {
      for code in [3, 4, 7, 9] where removed.contains(Rendition.Flags(rawValue: 1 << UInt16(code))) {
        add(code + 20, to: &output)
      }
      // One code ends both.
      if !removed.isDisjoint(with: [.bold, .dim]) {
        add(22, to: &output)
        from.flags.subtract([.bold, .dim])
      }
    }
    let added = wanted.flags.subtracting(from.flags)
    for code in [1, 2, 3, 4, 7, 9] where added.contains(Rendition.Flags(rawValue: 1 << UInt16(code))) {
      add(code, to: &output)
    }
    if from.foreground != wanted.foreground { addColor(wanted.foreground, base: 30, to: &output) }
    if from.background != wanted.background { addColor(wanted.background, base: 40, to: &output) }
    close(&output, begin)
  }

  private func addColor(_ color: UInt32, base: Int, to output: inout [UInt8]) {
    switch color {
    case 0: add(base + 9, to: &output)
    case 1...8: add(base + Int(color) - 1, to: &output)
    case 9...16: add(base + 60 + Int(color) - 9, to: &output)
    case 17...256:
      add(base + 8, to: &output)
      add(5, to: &output)
      add(Int(color) - 1, to: &output)
    default:
      add(base + 8, to: &output)
      add(2, to: &output)
      add(Int(color >> 16 & 0xFF), to: &output)
      add(Int(color >> 8 & 0xFF), to: &output)
      add(Int(color & 0xFF), to: &output)
    }
  }

  private func add(_ number: Int, to output: inout [UInt8]) {
    if number >= 100 { output.append(UInt8(0x30 + number / 100)) }
    if number >= 10 { output.append(UInt8(0x30 + number / 10 % 10)) }
    output.append(UInt8(0x30 + number % 10))
    output.append(UInt8(ascii: ";"))
  }

  /// Turns the last separator into the end of the sequence.
  private func close(_ output: inout [UInt8], _ begin: Int) {
    if output.count > begin { output[output.count - 1] = UInt8(ascii: "m") } else { output.append(UInt8(ascii: "m")) }
  }
}
