// Colours a line by the rules of a `Grammar`. One pass from left to right; whatever looks ahead remembers that it found
// nothing, so that a line costs its length.

import Display

/// One line of one language. Used once.
struct TableLexer {
  let bytes: UnsafeBufferPointer<UInt8>
  let lineStart: Int
  let end: Int
  let grammar: Grammar
  var colors: LineColors
  var index: Int
  /// The open region, counted from 1; 0 in code.
  var region: Int
  /// What the region's end depends on: a count, the hash of a word, or a closing byte and a depth. 13 bits.
  var value: UInt32
  /// The string that the code at hand stands in, counted from 1; 0 if in none.
  var outer: Int
  var outerValue: UInt32
  /// Brackets open within that hole.
  var braces: UInt32
  /// A region that begins with the next line, counted from 1, and its value.
  var heredoc = 0
  var heredocValue: UInt32 = 0
  /// A string goes on because the line ends in its escape.
  var continues = false
  /// What the next word is, after `func` and the like, and where that came to be expected.
  var expected: ThemeRole?
  var expectedFrom = 0
  /// Where the blanks at the start of the line end.
  let indentEnd: Int
  var isAfterKeyword = false
  /// Looking for the end of a regular expression found none in this line.
  var hasNoRegexEnd = false

  init(
    _ line: Range<Int>, in bytes: UnsafeBufferPointer<UInt8>, grammar: Grammar, state: LexerState, colors: LineColors
  ) {
    self.bytes = bytes
    self.grammar = grammar
    self.colors = colors
    lineStart = line.lowerBound
    index = line.lowerBound
    end = line.upperBound
    var indentEnd = line.lowerBound
    while indentEnd < end, bytes[indentEnd] == 0x20 || bytes[indentEnd] == 0x09 { indentEnd += 1 }
    self.indentEnd = indentEnd
    // Bits 0–4 region, 5–9 the string around, 10–14 brackets, 15–18 its count, 19–31 the region's value.
    let raw = state.rawValue
    let count = grammar.regions.count
    region = Int(raw & 31)
    outer = Int(raw >> 5 & 31)
    braces = raw >> 10 & 31
    outerValue = raw >> 15 & 15
    value = raw >> 19
    if region > count, region != Self.blockScalar { region = 0 }
    if outer > count { outer = 0 }
    if outer == 0 { braces = 0 }
  }

  /// The region of YAML's block scalars, whose value is the indentation they have to exceed plus 1.
  static let blockScalar = 31

  /// The value, without a region, of a line that goes on with a Dockerfile's instruction.
  static let continuedInstruction: UInt32 = 1

  /// Colours the line.
  mutating func run() {
    if region == Self.blockScalar { continueBlockScalar() }
    if region == 0, outer == 0 { readHead() }
    while index < end {
      if region != 0, region != Self.blockScalar { readRegion() } else { readCode() }
    }
    endLine()
  }

  var packedState: LexerState {
    LexerState(
      rawValue: UInt32(region) | UInt32(outer) << 5 | min(braces, 31) << 10 | (outerValue & 15) << 15 | value << 19)
  }

  /// Gives the bytes from `start` to `index` a role; what stands before them is plain.
  @inline(__always)
  mutating func paint(from start: Int, _ role: ThemeRole) {
    colors.mark(to: start, .code)
    colors.mark(to: index, role)
  }

  mutating func expect(_ role: ThemeRole) {
    expected = role
    expectedFrom = index
  }

  private mutating func endLine() {
    if region != 0, region != Self.blockScalar, !continues, !grammar.regions[region - 1].spansLines {
      region = 0
      value = 0
    }
    if outer != 0 {
      let rule = grammar.regions[outer - 1]
      if !rule.spansLines {
        (region, value, outer, outerValue, braces) = (0, 0, 0, 0, 0)
      } else if outerValue > 15 {
        // There is no room for it beside the region inside: the hole ends with the line.
        (region, value, outer, outerValue, braces) = (outer, outerValue, 0, 0, 0)
      }
    }
    if region == 0 { value = 0 }
    if heredoc != 0, region == 0, outer == 0 {
      region = heredoc
      value = heredocValue
    } else if grammar.head == .dockerfile, region == 0, byte(at: end - 1) == 0x5C {
      value = Self.continuedInstruction
    }
  }

  private mutating func readCode() {
    while index < end, region == 0 || region == Self.blockScalar {
      let kind = grammar.classes[Int(bytes[index])]
      if kind & Grammar.Class.opener != 0, openRegion() { continue }
      if kind & Grammar.Class.sigil != 0, readSigil() { continue }
      switch kind & Grammar.Class.kinds {
      case Grammar.Class.word: readWord()
      case Grammar.Class.digit: readNumber()
      case Grammar.Class.bracket: readBracket()
      default:
        index += 1
        while index < end, grammar.classes[Int(bytes[index])] & ~Grammar.Class.tail == 0 { index += 1 }
      }
    }
  }

  private mutating func readBracket() {
    let byte = bytes[index]
    index += 1
    expected = nil
    if outer != 0 {
      let opener = grammar.regions[outer - 1].hole.last ?? 0
      if byte == opener {
        braces = min(braces + 1, 31)
      } else if byte == Self.counterpart(of: opener) {
        if braces > 1 {
          braces -= 1
        } else {
          paint(from: index - 1, .codeString)
          (region, value, outer, outerValue, braces) = (outer, outerValue, 0, 0, 0)
        }
        return
      }
    }
    if byte == UInt8(ascii: "("), grammar.traits.contains(.headFunctions) { expect(.codeFunction) }
  }

  /// The bracket that closes `byte`; the byte itself if it is none.
  static func counterpart(of byte: UInt8) -> UInt8 {
    switch byte {
    case UInt8(ascii: "("): UInt8(ascii: ")")
    case UInt8(ascii: "["): UInt8(ascii: "]")
    case UInt8(ascii: "{"): UInt8(ascii: "}")
    case UInt8(ascii: "<"): UInt8(ascii: ">")
    default: byte
    }
  }

  @inline(__always)
  func isTail(at index: Int) -> Bool {
    index >= lineStart && index < end && grammar.classes[Int(bytes[index])] & Grammar.Class.tail != 0
  }

  @inline(__always)
  func isWordStart(at index: Int) -> Bool {
    index < end && grammar.classes[Int(bytes[index])] & Grammar.Class.kinds == Grammar.Class.word
  }

  @inline(__always)
  func byte(at index: Int) -> UInt8 { index >= lineStart && index < end ? bytes[index] : 0 }

  func isBlank(at index: Int) -> Bool { byte(at: index) == 0x20 || byte(at: index) == 0x09 }

  func isDigit(at index: Int) -> Bool { byte(at: index) &- 0x30 < 10 }

  /// The first offset from `start` on that is no blank.
  func skippingBlanks(from start: Int) -> Int {
    var index = start
    while isBlank(at: index) { index += 1 }
    return index
  }

  /// Whether only blanks stand before `index` in the line.
  func isFirst(_ index: Int) -> Bool { index <= indentEnd }

  func matches(_ text: [UInt8], at start: Int) -> Bool {
    guard start + text.count <= end else { return false }
    for offset in 0..<text.count where bytes[start + offset] != text[offset] { return false }
    return true
  }

  /// 13 bits out of a word; never 0, so that a word differs from none.
  func hash(_ range: Range<Int>) -> UInt32 {
    var hash: UInt32 = 2_166_136_261
    for index in range { hash = (hash ^ UInt32(bytes[index])) &* 16_777_619 }
    return max(1, (hash ^ hash >> 13) & 0x1FFF)
  }
}
