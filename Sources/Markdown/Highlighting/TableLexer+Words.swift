// Words, numbers and the bytes that some languages put before a word.

import Display

extension TableLexer {
  mutating func readWord() {
    let start = index
    index += 1
    while isTail(at: index) { index += 1 }
    let traits = grammar.traits
    if grammar.hasPrefixes, index - start <= 3, index < end, openPrefixedRegion(start..<index) { return }
    let before = byte(at: start - 1)
    let isMember = before == UInt8(ascii: ".") && byte(at: start - 2) != UInt8(ascii: ".")
    if !traits.contains(.headWords), !isMember || traits.contains(.dotsDoNotMatter),
      let kind = grammar.words.find(start..<index, in: bytes), kind != .typeDefiner || !isName(before: index)
    {
      let isHead = expected == .codeFunction && traits.contains(.headFunctions)
      switch kind {
      case .definer: expect(.codeFunction)
      case .typeDefiner: expect(.codeType)
      default: if isHead { expected = nil }
      }
      isAfterKeyword = kind == .keyword
      paint(from: start, kind.role)
      return
    }
    isAfterKeyword = false
    if let role = expected {
      expected = nil
      // `type: string` and `type = x` define nothing.
      if !(expectedFrom..<start).contains(where: { Self.endsExpectation(bytes[$0]) }) {
        return paint(from: start, role)
      }
    }
    guard let role = roleOfUnknownWord(start..<index) else { return }
    paint(from: start, role)
  }

  /// Whether the word that ends at `index` is no keyword but a name: `type: x`, `{ type, name }`.
  private func isName(before index: Int) -> Bool {
    let next = byte(at: index)
    return next == UInt8(ascii: ",") || next == UInt8(ascii: "?") || next == UInt8(ascii: "=")
      || next == UInt8(ascii: ":") && byte(at: index + 1) != UInt8(ascii: ":")
  }

  private static func endsExpectation(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "=") || byte == UInt8(ascii: ":") || byte == UInt8(ascii: ",") || byte == UInt8(ascii: ";")
  }

  @inline(__always)
  private mutating func roleOfUnknownWord(_ word: Range<Int>) -> ThemeRole? {
    let traits = grammar.traits
    let next = byte(at: index)
    let isCalled = traits.contains(.calls) && next == UInt8(ascii: "(")
    if isCalled, traits.contains(.callsBeforeTypes) { return .codeFunction }
    if traits.contains(.capitalTypes), isTypeName(word) { return .codeType }
    if isCalled { return .codeFunction }
    if traits.contains(.macros), next == UInt8(ascii: "!"),
      [UInt8(ascii: "("), UInt8(ascii: "["), UInt8(ascii: "{"), 0x20].contains(byte(at: index + 1))
    {
      index += 1
      return .codeFunction
    }
    if traits.contains(.suffixTypes), word.count > 2, bytes[index - 1] == UInt8(ascii: "t"),
      bytes[index - 2] == UInt8(ascii: "_")
    {
      return .codeType
    }
    if traits.contains(.dashedFunctions), word.dropFirst().contains(where: { bytes[$0] == UInt8(ascii: "-") }) {
      return .codeFunction
    }
    if traits.contains(.tags), next == UInt8(ascii: "="), byte(at: index + 1) != UInt8(ascii: "="),
      isBlank(at: word.lowerBound - 1) || word.lowerBound == lineStart
    {
      return .codeAttribute
    }
    if traits.contains(.signatures), word.lowerBound == lineStart {
      let colon = skippingBlanks(from: index)
      if byte(at: colon) == UInt8(ascii: ":"), byte(at: colon + 1) == UInt8(ascii: ":") { return .codeFunction }
    }
    return nil
  }

  /// A capital at the start and a small letter behind it, or a single capital.
  private func isTypeName(_ word: Range<Int>) -> Bool {
    guard bytes[word.lowerBound] &- 0x41 < 26 else { return false }
    if word.count == 1 { return !grammar.traits.contains(.callsBeforeTypes) }
    return word.dropFirst().contains { bytes[$0] &- 0x61 < 26 }
  }

  mutating func readNumber() {
    let start = index
    let isHexadecimal = bytes[index] == UInt8(ascii: "0") && (byte(at: index + 1) | 0x20) == UInt8(ascii: "x")
    let traits = grammar.traits
    index += 1
    while index < end {
      let byte = bytes[index]
      switch byte {
      case 0x30...0x39, UInt8(ascii: "_"): break
      case 0x41...0x5A, 0x61...0x7A:
        let isExponent = (byte | 0x20) == (isHexadecimal ? UInt8(ascii: "p") : UInt8(ascii: "e"))
        let sign = self.byte(at: index + 1)
        if isExponent, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-"), isDigit(at: index + 2) { index += 1 }
      case UInt8(ascii: "."), UInt8(ascii: "'"):
        guard isDigit(at: index + 1), byte == UInt8(ascii: ".") || traits.contains(.quotedDigits) else {
          return paintNumber(from: start)
        }
      case UInt8(ascii: "-"), UInt8(ascii: ":"):
        guard traits.contains(.dates), isDigit(at: index + 1) else { return paintNumber(from: start) }
      default: return paintNumber(from: start)
      }
      index += 1
    }
    paintNumber(from: start)
  }

  private mutating func paintNumber(from start: Int) {
    paint(from: start, .codeNumber)
    isAfterKeyword = false
    expected = nil
  }

  /// Reads what a trait puts at `index`; does nothing and gives `false` if it is nothing of the kind.
  mutating func readSigil() -> Bool {
    let traits = grammar.traits
    switch bytes[index] {
    case UInt8(ascii: "@"):
      guard isWordStart(at: index + 1) else { return false }
      readPrefixed(traits.contains(.atKeywords) ? .codeKeyword : .codeAttribute, dotted: traits.contains(.atAttributes))
    case UInt8(ascii: "#"): return readHash()
    case UInt8(ascii: "$"): return readVariable()
    case UInt8(ascii: ":"):
      let before = byte(at: index - 1)
      guard isWordStart(at: index + 1), before != UInt8(ascii: ":"), !isTail(at: index - 1) || index == lineStart else {
        return false
      }
      readPrefixed(.codeAttribute, dotted: false)
    case UInt8(ascii: "%"), UInt8(ascii: "."):
      guard isWordStart(at: index + 1), index == lineStart || !isTail(at: index - 1) else { return false }
      readPrefixed(.codeAttribute, dotted: false)
    case UInt8(ascii: "\\"):
      guard isWordStart(at: index + 1) else {
        index += byte(at: index + 1) < 0x80 && index + 1 < end ? 2 : 1
        return true
      }
      readPrefixed(.codeKeyword, dotted: false)
    case UInt8(ascii: "-"):
      guard isWordStart(at: index + 1), traits.contains(.leadingDash) ? index == lineStart : isBlank(at: index - 1)
      else { return false }
      readPrefixed(.codeAttribute, dotted: false)
    case UInt8(ascii: "'"): return readCharacter()
    case UInt8(ascii: "/"): return readRegex()
    case UInt8(ascii: "<"): return readTag()
    case UInt8(ascii: "&"), UInt8(ascii: "*"), UInt8(ascii: "!"):
      let before = byte(at: index - 1)
      guard index == indentEnd || isBlank(at: index - 1) || before == UInt8(ascii: "[") || before == UInt8(ascii: ","),
        isWordStart(at: index + 1) || byte(at: index + 1) == UInt8(ascii: "!")
      else { return false }
      let start = index
      while index < end, bytes[index] > 0x20, bytes[index] != UInt8(ascii: ","), bytes[index] != UInt8(ascii: "]") {
        index += 1
      }
      paint(from: start, .codeType)
    default: return false
    }
    return true
  }

  private mutating func readPrefixed(_ role: ThemeRole, dotted: Bool) {
    let start = index
    index += 1
    expected = nil
    let isTypeDefiner =
      grammar.traits.contains(.atKeywords)
      && grammar.words.find(index..<wordEnd(from: index), in: bytes) == .typeDefiner
    while isTail(at: index) || dotted && byte(at: index) == UInt8(ascii: ".") && isWordStart(at: index + 1) {
      index += 1
    }
    if isTypeDefiner { expect(.codeType) }
    paint(from: start, role)
  }

  private func wordEnd(from start: Int) -> Int {
    var index = start
    while isTail(at: index) { index += 1 }
    return index
  }

  private mutating func readHash() -> Bool {
    let start = index
    if grammar.traits.contains(.preprocessor) {
      guard isFirst(start) else { return false }
      index = skippingBlanks(from: index + 1)
      let word = index
      while isTail(at: index) { index += 1 }
      let isInclude =
        matches(Array("include".utf8), at: word) || matches(Array("import".utf8), at: word)
      paint(from: start, .codeAttribute)
      let open = skippingBlanks(from: index)
      if isInclude, byte(at: open) == UInt8(ascii: "<") {
        index = open
        while index < end, bytes[index] != UInt8(ascii: ">") { index += 1 }
        index = min(end, index + 1)
        paint(from: open, .codeString)
      }
      return true
    }
    guard isWordStart(at: index + 1) else { return false }
    readPrefixed(.codeAttribute, dotted: false)
    return true
  }

  /// `$name`, `$1`, `$@`, `${…}`, and `$(…)` where that is a variable.
  mutating func readVariable() -> Bool {
    let start = index
    guard let last = endOfVariable(at: index) else { return false }
    index = last
    paint(from: start, .codeAttribute)
    return true
  }

  /// Where the variable at `start` ends; `nil` if none stands there.
  func endOfVariable(at start: Int) -> Int? {
    var index = start + 1
    guard index < end else { return nil }
    let next = bytes[index]
    let isInParentheses = next == UInt8(ascii: "(") && grammar.traits.contains(.parenthesisVariables)
    if next == UInt8(ascii: "{") || isInParentheses {
      let close = Self.counterpart(of: next)
      // Names are short; a bracket that is not closed within reach is no variable.
      while index < end, index - start <= 128, bytes[index] != close { index += 1 }
      return byte(at: index) == close ? index + 1 : nil
    }
    if next &- 0x30 < 10 { return index + 1 }
    if next == UInt8(ascii: "_") || (next | 0x20) &- 0x61 < 26 || next >= 0x80 {
      while index < end {
        let byte = bytes[index]
        guard byte == UInt8(ascii: "_") || (byte | 0x20) &- 0x61 < 26 || byte &- 0x30 < 10 || byte >= 0x80 else {
          break
        }
        index += 1
      }
      return index
    }
    switch next {
    case UInt8(ascii: "@"), UInt8(ascii: "*"), UInt8(ascii: "#"), UInt8(ascii: "?"), UInt8(ascii: "!"),
      UInt8(ascii: "<"), UInt8(ascii: "^"), UInt8(ascii: "$"):
      return grammar.traits.contains(.dollarVariables) ? index + 1 : nil
    default: return nil
    }
  }

  private mutating func readCharacter() -> Bool {
    let start = index
    var close = index + 1
    if byte(at: close) == 0x5C {
      // The longest escape is one such as '\u{10FFFF}'.
      close += 2
      while close < end, close - start < 14, bytes[close] != UInt8(ascii: "'") { close += 1 }
    } else if close < end {
      close += 1
      while close < end, close - start < 5, bytes[close] & 0xC0 == 0x80 { close += 1 }
    }
    if close > start + 1, byte(at: close) == UInt8(ascii: "'") {
      index = close + 1
      paint(from: start, .codeString)
      return true
    }
    guard grammar.traits.contains(.lifetimes), isWordStart(at: start + 1) else { return false }
    readPrefixed(.codeAttribute, dotted: false)
    return true
  }

  private mutating func readRegex() -> Bool {
    guard !hasNoRegexEnd, isValueExpected else { return false }
    var last = index + 1
    var isInSet = false
    while last < end {
      let byte = bytes[last]
      if byte == 0x5C {
        last += 1
      } else if byte == UInt8(ascii: "[") {
        isInSet = true
      } else if byte == UInt8(ascii: "]") {
        isInSet = false
      } else if byte == UInt8(ascii: "/"), !isInSet {
        break
      }
      last += 1
    }
    guard last < end else {
      hasNoRegexEnd = true
      return false
    }
    let start = index
    index = last + 1
    while index < end, (bytes[index] | 0x20) &- 0x61 < 26 { index += 1 }
    paint(from: start, .codeString)
    return true
  }

  /// Whether a value may begin at `index`, so that `/` and `<` there are no operators.
  private var isValueExpected: Bool {
    var before = index - 1
    while isBlank(at: before) { before -= 1 }
    guard before >= lineStart else { return true }
    if isTail(at: before) { return isAfterKeyword }
    switch bytes[before] {
    case UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}"), UInt8(ascii: "\""), UInt8(ascii: "'"),
      UInt8(ascii: "`"):
      return false
    default: return true
    }
  }

  private mutating func readTag() -> Bool {
    let start = index
    var name = index + 1
    if byte(at: name) == UInt8(ascii: "/") { name += 1 }
    let isClosing = name == start + 2
    guard isClosing || isValueExpected, isWordStart(at: name) || byte(at: name) == UInt8(ascii: ">") else {
      return false
    }
    index = name
    while isTail(at: index) || byte(at: index) == UInt8(ascii: ".") || byte(at: index) == UInt8(ascii: "-") {
      index += 1
    }
    paint(from: start, .codeKeyword)
    return true
  }
}
