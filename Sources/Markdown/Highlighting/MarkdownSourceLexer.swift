// Markdown as source: its marks are coloured, nothing is set.

import Display

/// Colours a line of Markdown. The state is the open fence: its byte and length, or a comment.
struct MarkdownSourceLexer {
  private let bytes: UnsafeBufferPointer<UInt8>
  private let end: Int
  private let lineStart: Int
  private var index: Int

  /// What looking ahead has found, so that it is not looked for again.
  private struct Ahead {
    /// Marks, by a byte that stands for them and their length, which do not come again in the line.
    var marks: Set<UInt8> = []
    /// Where each closing bracket comes next; the end of the line if it does not.
    var closers: [UInt8: Int] = [:]
  }

  private static let backticks: UInt32 = 1
  private static let tildes: UInt32 = 2
  private static let comment: UInt32 = 3

  static func color(
    _ line: Range<Int>, in bytes: UnsafeBufferPointer<UInt8>, state: inout LexerState, colors: inout LineColors
  ) {
    var lexer = MarkdownSourceLexer(
      bytes: bytes, end: line.upperBound, lineStart: line.lowerBound, index: line.lowerBound)
    lexer.read(&state, &colors)
  }

  private mutating func read(_ state: inout LexerState, _ colors: inout LineColors) {
    let kind = state.rawValue & 3
    if kind == Self.comment { return readComment(&state, &colors) }
    let start = index
    while index < end, bytes[index] == 0x20 || bytes[index] == 0x09 { index += 1 }
    let fence = fenceLength(at: index)
    let fenceKind = byte(at: index) == UInt8(ascii: "~") ? Self.tildes : Self.backticks
    if kind != 0 {
      let isEnd =
        fence >= Int(state.rawValue >> 2 & 0xFFF) && fenceKind == kind && isBlank(from: index + fence)
      if isEnd { state = .initial }
      return colors.mark(to: end, isEnd ? .codeKeyword : .codeString)
    }
    state = .initial
    if fence >= 3 {
      state.rawValue = fenceKind | UInt32(min(fence, 0xFFF)) << 2
      return colors.mark(to: end, .codeKeyword)
    }
    readMarkers(from: start, &colors)
    if byte(at: index) == UInt8(ascii: "#"), isHeading { return colors.mark(to: end, .codeKeyword) }
    readInline(&state, &colors)
  }

  private func fenceLength(at start: Int) -> Int {
    let mark = byte(at: start)
    guard mark == UInt8(ascii: "`") || mark == UInt8(ascii: "~") else { return 0 }
    var last = start
    while byte(at: last) == mark { last += 1 }
    // An info string behind backticks has none; otherwise it is code in the text.
    if mark == UInt8(ascii: "`"), (last..<end).contains(where: { bytes[$0] == mark }) { return 0 }
    return last - start
  }

  private func isBlank(from start: Int) -> Bool {
    !(min(start, end)..<end).contains { bytes[$0] > 0x20 }
  }

  private var isHeading: Bool {
    var last = index
    while byte(at: last) == UInt8(ascii: "#") { last += 1 }
    return last - index <= 6 && (last == end || byte(at: last) == 0x20)
  }

  /// Quote marks, list markers, rules and the boxes of tasks.
  private mutating func readMarkers(from start: Int, _ colors: inout LineColors) {
    while index < end {
      colors.mark(to: index, .code)
      let byte = bytes[index]
      if byte == UInt8(ascii: ">") {
        index += 1
        colors.mark(to: index, .codeComment)
      } else if let length = listMarker() {
        index += length
        colors.mark(to: index, .codeNumber)
      } else {
        break
      }
      while self.byte(at: index) == 0x20 { index += 1 }
    }
    let box = byte(at: index + 1)
    if byte(at: index) == UInt8(ascii: "["), byte(at: index + 2) == UInt8(ascii: "]"), box == 0x20 || box | 0x20 == 0x78
    {
      colors.mark(to: index, .code)
      index += 3
      colors.mark(to: index, .codeNumber)
    }
    if index < end, "-*_=".utf8.contains(bytes[index]), isRule {
      colors.mark(to: index, .code)
      index = end
      colors.mark(to: end, .codeKeyword)
    }
  }

  private var isRule: Bool {
    let mark = bytes[index]
    var count = 0
    for position in index..<end {
      if bytes[position] == mark { count += 1 } else if bytes[position] > 0x20 { return false }
    }
    return count >= 3
  }

  private func listMarker() -> Int? {
    var last = index
    if "-*+".utf8.contains(bytes[index]) {
      last += 1
    } else {
      while byte(at: last) &- 0x30 < 10, last - index < 9 { last += 1 }
      guard last > index, byte(at: last) == UInt8(ascii: ".") || byte(at: last) == UInt8(ascii: ")") else { return nil }
      last += 1
    }
    return last == end || byte(at: last) == 0x20 ? last - index : nil
  }

  private mutating func readInline(_ state: inout LexerState, _ colors: inout LineColors) {
    var ahead = Ahead()
    while index < end {
      let byte = bytes[index]
      switch byte {
      case 0x5C: index += self.byte(at: index + 1) < 0x80 && index + 1 < end ? 2 : 1
      case UInt8(ascii: "`"): readCode(&ahead, &colors)
      case UInt8(ascii: "*"), UInt8(ascii: "_"): readEmphasis(byte, &ahead, &colors)
      case UInt8(ascii: "["), UInt8(ascii: "<"):
        if has("<!--") {
          colors.mark(to: index, .code)
          index += 4
          return readComment(&state, &colors)
        }
        readBracket(byte, &ahead, &colors)
      default: index += 1
      }
    }
    colors.mark(to: end, .code)
  }

  private mutating func readComment(_ state: inout LexerState, _ colors: inout LineColors) {
    state.rawValue = Self.comment
    while index < end, !has("-->") { index += 1 }
    guard index < end else { return colors.mark(to: end, .codeComment) }
    index += 3
    colors.mark(to: index, .codeComment)
    state = .initial
    readInline(&state, &colors)
  }

  private mutating func readCode(_ ahead: inout Ahead, _ colors: inout LineColors) {
    let start = index
    while byte(at: index) == UInt8(ascii: "`") { index += 1 }
    let length = index - start
    let name = UInt8(truncatingIfNeeded: 0x80 + min(length, 0x7F))
    guard !ahead.marks.contains(name) else { return }
    var position = index
    while position < end {
      guard bytes[position] == UInt8(ascii: "`") else {
        position += 1
        continue
      }
      let run = position
      while byte(at: position) == UInt8(ascii: "`") { position += 1 }
      if position - run == length {
        colors.mark(to: start, .code)
        index = position
        return colors.mark(to: index, .codeString)
      }
    }
    ahead.marks.insert(name)
  }

  private mutating func readEmphasis(_ mark: UInt8, _ ahead: inout Ahead, _ colors: inout LineColors) {
    let start = index
    while byte(at: index) == mark, index - start < 3 { index += 1 }
    let length = index - start
    // Within a word an underscore is a letter, and behind a blank nothing opens.
    let isInWord = mark == UInt8(ascii: "_") && start > lineStart && isLetter(bytes[start - 1])
    let name = mark &+ UInt8(length)
    guard !isInWord, byte(at: index) > 0x20, !ahead.marks.contains(name) else { return }
    var position = index
    while position < end {
      if bytes[position] == mark, bytes[position - 1] > 0x20 {
        let run = position
        while byte(at: position) == mark, position - run < length { position += 1 }
        if position - run == length {
          colors.mark(to: start, .code)
          index = position
          return colors.mark(to: index, .codeType)
        }
      } else {
        position += bytes[position] == 0x5C ? 2 : 1
      }
    }
    ahead.marks.insert(name)
  }

  /// `[text](target)`, `[text][label]`, `[label]: target` and `<tag>`.
  private mutating func readBracket(_ open: UInt8, _ ahead: inout Ahead, _ colors: inout LineColors) {
    let start = index
    let close: UInt8 = open == UInt8(ascii: "[") ? UInt8(ascii: "]") : UInt8(ascii: ">")
    index += 1
    guard open == UInt8(ascii: "[") || isLetter(byte(at: index)) || byte(at: index) == UInt8(ascii: "/"),
      let last = end(of: close, from: index, &ahead)
    else { return }
    if open == UInt8(ascii: "<") {
      colors.mark(to: start, .code)
      index = last
      return colors.mark(to: index, .codeAttribute)
    }
    let next = byte(at: last)
    let targetClose = next == UInt8(ascii: "(") ? UInt8(ascii: ")") : UInt8(ascii: "]")
    if next == UInt8(ascii: "(") || next == UInt8(ascii: "["), let target = end(of: targetClose, from: last + 1, &ahead)
    {
      colors.mark(to: start, .code)
      colors.mark(to: last, .codeFunction)
      index = target
      colors.mark(to: index, .codeString)
    } else if next == UInt8(ascii: ":") {
      colors.mark(to: start, .code)
      colors.mark(to: last, .codeFunction)
      index = end
      colors.mark(to: end, .codeString)
    }
  }

  /// Behind the next `close`.
  private func end(of close: UInt8, from start: Int, _ ahead: inout Ahead) -> Int? {
    if let known = ahead.closers[close], known >= start { return known < end ? known + 1 : nil }
    var position = start
    while position < end, bytes[position] != close { position += 1 }
    ahead.closers[close] = position
    return position < end ? position + 1 : nil
  }

  private func byte(at index: Int) -> UInt8 { index < end ? bytes[index] : 0 }

  private func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- 0x61 < 26 || byte &- 0x30 < 10 || byte >= 0x80 }

  private func has(_ text: StaticString) -> Bool {
    index + text.utf8CodeUnitCount <= end
      && text.withUTF8Buffer { buffer in
        for offset in 0..<buffer.count where bytes[index + offset] != buffer[offset] { return false }
        return true
      }
  }
}
