// What stands at the start of a line in languages where the line counts: keys, targets, instructions, prompts.

import Display

extension TableLexer {
  /// Reads the head of a line that no region and no string reaches into.
  mutating func readHead() {
    switch grammar.head {
    case .none: return
    case .keys:
      if !readSection(isLoose: false) { readKey(separators: [UInt8(ascii: "=")], isLoose: false) }
    case .looseKeys:
      if !readSection(isLoose: true) { readKey(separators: [UInt8(ascii: "="), UInt8(ascii: ":")], isLoose: true) }
    case .blocks: readBlock()
    case .yaml: readYAMLHead()
    case .makefile: readMakefileHead()
    case .dockerfile: readInstruction()
    case .assembly: readMnemonic()
    case .session: readPrompt()
    }
  }

  /// `[section]`, with nothing but a comment behind it.
  private mutating func readSection(isLoose: Bool) -> Bool {
    let start = indentEnd
    guard byte(at: start) == UInt8(ascii: "[") else { return false }
    var last = start
    while byte(at: last) == UInt8(ascii: "[") { last += 1 }
    // A row of an array may stand alone too, but it has quotes or commas.
    if !isLoose, byte(at: last) == UInt8(ascii: "\"") || byte(at: last) == UInt8(ascii: "'") { return false }
    while last < end, bytes[last] != UInt8(ascii: "]") {
      if !isLoose, bytes[last] == UInt8(ascii: ",") { return false }
      last += 1
    }
    guard last < end else { return false }
    while byte(at: last) == UInt8(ascii: "]") { last += 1 }
    let rest = skippingBlanks(from: last)
    guard isLoose || rest == end || byte(at: rest) == UInt8(ascii: "#") else { return false }
    index = last
    paint(from: start, .codeType)
    return true
  }

  /// What stands before the first separator, if it can be a key.
  private mutating func readKey(separators: [UInt8], isLoose: Bool) {
    let start = indentEnd
    var last = start
    var keyEnd = start
    while last < end, !separators.contains(bytes[last]) {
      let byte = bytes[last]
      let isKeyByte =
        isTail(at: last) || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "\"")
        || byte == UInt8(ascii: "'") || byte == UInt8(ascii: "*") || byte == UInt8(ascii: "/")
      if isKeyByte {
        // Two words are one key only where keys are loose.
        if !isLoose, keyEnd > start, keyEnd < last, self.byte(at: keyEnd - 1) != UInt8(ascii: "."),
          byte != UInt8(ascii: ".")
        {
          return
        }
        keyEnd = last + 1
      } else if !isBlank(at: last) {
        return
      }
      last += 1
    }
    guard last < end, keyEnd > start, byte(at: last + 1) != UInt8(ascii: "=") else { return }
    index = keyEnd
    paint(from: start, .codeAttribute)
  }

  private mutating func readBlock() {
    let start = indentEnd
    guard isWordStart(at: start) else { return readKey(separators: [UInt8(ascii: "=")], isLoose: false) }
    var last = start
    while isTail(at: last) { last += 1 }
    let next = byte(at: skippingBlanks(from: last))
    if next == UInt8(ascii: "{") || next == UInt8(ascii: "\"") {
      index = last
      paint(from: start, .codeKeyword)
    } else {
      readKey(separators: [UInt8(ascii: "=")], isLoose: false)
    }
  }

  private mutating func readMakefileHead() {
    let start = indentEnd
    guard byte(at: lineStart) != 0x09, start < end, bytes[start] != UInt8(ascii: "#") else { return }
    var word = start
    while isTail(at: word) { word += 1 }
    if grammar.words.find(start..<word, in: bytes) == .keyword { return }
    var depth = 0
    var last = start
    while last < end {
      let byte = bytes[last]
      if byte == UInt8(ascii: "(") || byte == UInt8(ascii: "{") { depth += 1 }
      if byte == UInt8(ascii: ")") || byte == UInt8(ascii: "}") { depth -= 1 }
      if byte == UInt8(ascii: "#") { return }
      if depth <= 0, byte == UInt8(ascii: "=") || byte == UInt8(ascii: ":") { break }
      last += 1
    }
    guard last < end else { return }
    var next = last
    while byte(at: next) == UInt8(ascii: ":") { next += 1 }
    let isVariable = byte(at: next) == UInt8(ascii: "=")
    while last > start, isBlank(at: last - 1) || isVariable && "?+!".utf8.contains(bytes[last - 1]) { last -= 1 }
    index = last
    paint(from: start, isVariable ? .codeAttribute : .codeFunction)
  }

  private mutating func readInstruction() {
    if value == Self.continuedInstruction { return }
    var last = indentEnd
    while isTail(at: last) { last += 1 }
    guard grammar.words.find(indentEnd..<last, in: bytes) != nil else { return }
    index = last
    paint(from: indentEnd, .codeKeyword)
  }

  private mutating func readMnemonic() {
    var start = indentEnd
    var last = start
    while isTail(at: last) || byte(at: last) == UInt8(ascii: ".") { last += 1 }
    if last > start, byte(at: last) == UInt8(ascii: ":") {
      index = last
      paint(from: start, .codeFunction)
      start = skippingBlanks(from: last + 1)
      last = start
      while isTail(at: last) || byte(at: last) == UInt8(ascii: ".") { last += 1 }
    }
    guard isWordStart(at: start), byte(at: last) != UInt8(ascii: ":") else { return }
    index = last
    paint(from: start, .codeKeyword)
  }

  /// A prompt is `$`, `%`, `#` or `>` at the end of the first word; a line without one is output.
  private mutating func readPrompt() {
    var last = indentEnd
    while last < end, bytes[last] > 0x20 { last += 1 }
    guard last > indentEnd, last == end || isBlank(at: last), "$%#>".utf8.contains(bytes[last - 1]) else {
      index = end
      return
    }
    index = last
    paint(from: indentEnd, .codeAttribute)
  }
}

// YAML (1.2.2): block structure by indentation, which the head of a line shows.
extension TableLexer {
  private mutating func readYAMLHead() {
    var start = indentEnd
    if start == lineStart, end - start >= 3,
      matches(Array("---".utf8), at: start) || matches(Array("...".utf8), at: start)
    {
      index = start + 3
      paint(from: start, .codeKeyword)
      start = skippingBlanks(from: index)
      openBlockScalar(at: start, indent: -1)
      return
    }
    var indent = start - lineStart
    while byte(at: start) == UInt8(ascii: "-") || byte(at: start) == UInt8(ascii: "?"),
      start + 1 == end || isBlank(at: start + 1)
    {
      index = start + 1
      paint(from: start, .codeKeyword)
      indent = start - lineStart
      start = skippingBlanks(from: index)
    }
    index = start
    guard let colon = colonOfKey(from: start) else {
      openBlockScalar(at: start, indent: indent)
      return
    }
    indent = start - lineStart
    index = colon
    while index > start, isBlank(at: index - 1) { index -= 1 }
    paint(from: start, .codeAttribute)
    index = colon + 1
    openBlockScalar(at: skippingBlanks(from: index), indent: indent)
  }

  /// Where the colon behind a key at `start` stands.
  private func colonOfKey(from start: Int) -> Int? {
    var index = start
    let first = byte(at: start)
    guard start < end, !Array("[]{},#|>@`%&*!:".utf8).contains(first) else { return nil }
    if first == UInt8(ascii: "\"") || first == UInt8(ascii: "'") {
      index += 1
      while index < end, bytes[index] != first {
        if bytes[index] == 0x5C, first == UInt8(ascii: "\"") { index += 1 }
        index += 1
      }
      guard index < end else { return nil }
      index = skippingBlanks(from: index + 1)
      return byte(at: index) == UInt8(ascii: ":") ? index : nil
    }
    while index < end {
      if bytes[index] == UInt8(ascii: ":"), index + 1 == end || isBlank(at: index + 1) { return index }
      if bytes[index] == UInt8(ascii: "#"), isBlank(at: index - 1) { return nil }
      index += 1
    }
    return nil
  }

  /// Opens a block scalar if its indicator stands at `start`, behind tags and anchors.
  private mutating func openBlockScalar(at start: Int, indent: Int) {
    var position = start
    while byte(at: position) == UInt8(ascii: "!") || byte(at: position) == UInt8(ascii: "&") {
      while position < end, bytes[position] > 0x20 { position += 1 }
      position = skippingBlanks(from: position)
    }
    guard byte(at: position) == UInt8(ascii: "|") || byte(at: position) == UInt8(ascii: ">") else { return }
    let mark = position
    position += 1
    while isDigit(at: position) || byte(at: position) == UInt8(ascii: "-") || byte(at: position) == UInt8(ascii: "+") {
      position += 1
    }
    let rest = skippingBlanks(from: position)
    guard rest == end || byte(at: rest) == UInt8(ascii: "#") else { return }
    index = start
    while index < mark, readSigil() { index = skippingBlanks(from: index) }
    index = position
    paint(from: mark, .codeKeyword)
    region = Self.blockScalar
    value = UInt32(min(max(indent + 1, 0), 0x1FFF))
  }

  /// A line of a block scalar, or the end of one: a line that is not indented far enough.
  mutating func continueBlockScalar() {
    let indent = indentEnd - lineStart
    if indentEnd == end || indent >= Int(value) && (value > 0 || !isDocumentMark) {
      index = end
      colors.mark(to: end, .codeString)
    } else {
      region = 0
      value = 0
    }
  }

  private var isDocumentMark: Bool {
    matches(Array("---".utf8), at: lineStart) || matches(Array("...".utf8), at: lineStart)
  }
}
