// CSS, SCSS and Less. Whether a word is a selector or a property depends on what ends its statement.

import Display

/// Colours a line of a style sheet.
struct StyleSheetLexer {
  /// What the next bytes are.
  private enum Mode: UInt32 {
    case selector, value, comment
  }

  private let bytes: UnsafeBufferPointer<UInt8>
  private let end: Int
  private let lineStart: Int
  private var index: Int
  private var mode: Mode
  /// Where a comment leads back to.
  private var modeAfterComment: Mode
  /// Open braces, at most 255.
  private var depth: UInt32
  /// Whether the next word begins a statement.
  private var isAtStart = true

  static func color(
    _ line: Range<Int>, in bytes: UnsafeBufferPointer<UInt8>, state: inout LexerState, colors: inout LineColors
  ) {
    let raw = state.rawValue
    var lexer = StyleSheetLexer(
      bytes: bytes, end: line.upperBound, lineStart: line.lowerBound, index: line.lowerBound,
      mode: Mode(rawValue: raw & 3) ?? .selector, modeAfterComment: raw & 4 == 0 ? .selector : .value,
      depth: raw >> 3 & 0xFF)
    while lexer.index < lexer.end { lexer.step(&colors) }
    state.rawValue = lexer.mode.rawValue | (lexer.modeAfterComment == .value ? 4 : 0) | lexer.depth << 3
  }

  private init(
    bytes: UnsafeBufferPointer<UInt8>, end: Int, lineStart: Int, index: Int, mode: Mode, modeAfterComment: Mode,
    depth: UInt32
  ) {
    self.bytes = bytes
    self.end = end
    self.lineStart = lineStart
    self.index = index
    self.mode = mode
    self.modeAfterComment = modeAfterComment
    self.depth = depth
  }

  private mutating func step(_ colors: inout LineColors) {
    if mode == .comment { return readComment(&colors) }
    let byte = bytes[index]
    let next = self.byte(at: index + 1)
    switch byte {
    case UInt8(ascii: "/") where next == UInt8(ascii: "*"):
      modeAfterComment = mode
      mode = .comment
      index += 2
      if index >= end { colors.mark(to: end, .codeComment) }
    case UInt8(ascii: "/") where next == UInt8(ascii: "/") && !isBehindColon:
      index = end
      colors.mark(to: end, .codeComment)
    case UInt8(ascii: "\""), UInt8(ascii: "'"): readString(byte, &colors)
    case UInt8(ascii: "{"):
      depth = min(depth + 1, 255)
      endStatement(&colors)
    case UInt8(ascii: "}"):
      depth = depth > 0 ? depth - 1 : 0
      endStatement(&colors)
    case UInt8(ascii: ";"): endStatement(&colors)
    case UInt8(ascii: "@"): readName(.codeKeyword, &colors)
    case UInt8(ascii: "$"): readProperty(.codeAttribute, &colors)
    case UInt8(ascii: "#") where next == UInt8(ascii: "{"): pass(2, &colors)
    case UInt8(ascii: "#") where mode == .value: readName(.codeNumber, &colors)
    case UInt8(ascii: "."), UInt8(ascii: "#"):
      if mode == .value || next &- 0x30 < 10 { pass(1, &colors) } else { readName(.codeType, &colors) }
    case UInt8(ascii: ":") where mode == .selector && (isName(next) || next == UInt8(ascii: ":")):
      index += next == UInt8(ascii: ":") ? 1 : 0
      readName(.codeFunction, &colors)
    case UInt8(ascii: "!"): readName(.codeKeyword, &colors)
    case 0x30...0x39: readNumber(&colors)
    case 0x20, 0x09: pass(1, &colors, keepsStart: true)
    default:
      if isName(byte) { readWord(&colors) } else { pass(1, &colors) }
    }
  }

  private mutating func pass(_ count: Int, _ colors: inout LineColors, keepsStart: Bool = false) {
    index = min(end, index + count)
    colors.mark(to: index, .code)
    if !keepsStart { isAtStart = false }
  }

  private mutating func endStatement(_ colors: inout LineColors) {
    pass(1, &colors)
    mode = .selector
    isAtStart = true
  }

  private mutating func readComment(_ colors: inout LineColors) {
    while index < end, !(bytes[index] == UInt8(ascii: "*") && byte(at: index + 1) == UInt8(ascii: "/")) { index += 1 }
    if index < end {
      index += 2
      mode = modeAfterComment
    }
    colors.mark(to: index, .codeComment)
  }

  private mutating func readString(_ quote: UInt8, _ colors: inout LineColors) {
    index += 1
    while index < end, bytes[index] != quote { index += bytes[index] == 0x5C ? 2 : 1 }
    index = min(end, index + 1)
    colors.mark(to: index, .codeString)
    isAtStart = false
  }

  private mutating func readName(_ role: ThemeRole, _ colors: inout LineColors) {
    index = min(end, index + 1)
    while index < end, isName(bytes[index]) { index += 1 }
    colors.mark(to: index, role)
    isAtStart = false
  }

  private mutating func readNumber(_ colors: inout LineColors) {
    while index < end, isName(bytes[index]) && bytes[index] != UInt8(ascii: "-") || bytes[index] == UInt8(ascii: ".") {
      index += 1
    }
    if byte(at: index) == UInt8(ascii: "%") { index += 1 }
    colors.mark(to: index, .codeNumber)
    isAtStart = false
  }

  private mutating func readWord(_ colors: inout LineColors) {
    if mode == .value {
      let start = index
      while index < end, isName(bytes[index]) { index += 1 }
      // `--name` is a variable.
      let isVariable = bytes[start] == UInt8(ascii: "-") && byte(at: start + 1) == UInt8(ascii: "-")
      colors.mark(
        to: index, byte(at: index) == UInt8(ascii: "(") ? .codeFunction : isVariable ? .codeAttribute : .code)
      return
    }
    if isAtStart, depth > 0, isDeclaration() { return readProperty(.codeAttribute, &colors) }
    let isFunction = bytes[index] == UInt8(ascii: "-")
    readName(isFunction ? .codeAttribute : .codeKeyword, &colors)
  }

  /// A name and, behind a colon, the way into its value.
  private mutating func readProperty(_ role: ThemeRole, _ colors: inout LineColors) {
    let canStart = isAtStart
    readName(role, &colors)
    var colon = index
    while byte(at: colon) == 0x20 || byte(at: colon) == 0x09 { colon += 1 }
    if canStart, byte(at: colon) == UInt8(ascii: ":") {
      index = colon + 1
      colors.mark(to: index, .code)
      mode = .value
    }
  }

  /// Whether the statement at `index` is a declaration: a colon comes, and no brace before it ends. The statement is read
  /// once more then, so a line costs at most twice its length.
  private func isDeclaration() -> Bool {
    var position = index
    var hasColon = false
    while position < end {
      switch bytes[position] {
      case UInt8(ascii: "{"): return bytes[position - 1] == UInt8(ascii: "#")
      case UInt8(ascii: ";"), UInt8(ascii: "}"): return hasColon
      case UInt8(ascii: ":"): hasColon = true
      default: break
      }
      position += 1
    }
    return hasColon
  }

  private func byte(at index: Int) -> UInt8 { index < end ? bytes[index] : 0 }

  /// As the slashes of a URL are.
  private var isBehindColon: Bool { index > lineStart && bytes[index - 1] == UInt8(ascii: ":") }

  private func isName(_ byte: UInt8) -> Bool {
    (byte | 0x20) &- 0x61 < 26 || byte &- 0x30 < 10 || byte >= 0x80 || byte == UInt8(ascii: "-")
      || byte == UInt8(ascii: "_")
  }
}
