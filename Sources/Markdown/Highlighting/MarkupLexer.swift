// HTML and XML: tags, attributes, comments. What stands in `<script>` and `<style>` is plain.

import Display

/// Colours a line of HTML or XML.
struct MarkupLexer {
  private enum Mode: UInt32 {
    case text, tag, doubleQuoted, singleQuoted, comment, characterData, raw, declaration
  }

  /// An element whose content is no markup (HTML Living Standard 13.1.2: raw text and escapable raw text elements).
  private enum RawElement: UInt32 {
    case none, script, style, textarea, title

    var name: StaticString {
      switch self {
      case .none: ""
      case .script: "script"
      case .style: "style"
      case .textarea: "textarea"
      case .title: "title"
      }
    }
  }

  private let bytes: UnsafeBufferPointer<UInt8>
  private let end: Int
  private let lineStart: Int
  private let isHTML: Bool
  private var index: Int
  private var mode: Mode
  private var element: RawElement

  static func color(
    _ line: Range<Int>, in bytes: UnsafeBufferPointer<UInt8>, isHTML: Bool, state: inout LexerState,
    colors: inout LineColors
  ) {
    var lexer = MarkupLexer(
      bytes: bytes, end: line.upperBound, lineStart: line.lowerBound, isHTML: isHTML, index: line.lowerBound,
      mode: Mode(rawValue: state.rawValue & 7) ?? .text, element: RawElement(rawValue: state.rawValue >> 3 & 7) ?? .none
    )
    if lexer.mode == .raw, lexer.element == .none { lexer.mode = .text }
    while lexer.index < lexer.end { lexer.step(&colors) }
    state.rawValue = lexer.mode.rawValue | lexer.element.rawValue << 3
  }

  private mutating func step(_ colors: inout LineColors) {
    switch mode {
    case .text: readText(&colors)
    case .tag: readTag(&colors)
    case .doubleQuoted: readUntil("\"", .codeString, then: .tag, &colors)
    case .singleQuoted: readUntil("'", .codeString, then: .tag, &colors)
    case .comment: readUntil("-->", .codeComment, then: .text, &colors)
    case .characterData: readUntil("]]>", .codeString, then: .text, &colors)
    case .declaration: readUntil(">", .codeAttribute, then: .text, &colors)
    case .raw: readRaw(&colors)
    }
  }

  private mutating func readText(_ colors: inout LineColors) {
    let start = index
    while index < end, bytes[index] != UInt8(ascii: "<"), bytes[index] != UInt8(ascii: "&") { index += 1 }
    colors.mark(to: index, .code)
    guard index < end else { return }
    if bytes[index] == UInt8(ascii: "&") { return readEntity(&colors) }
    if has("<!--") {
      index += 4
      mode = .comment
    } else if has("<![CDATA[") {
      index += 9
      mode = .characterData
    } else if has("<!") || has("<?") {
      index += 2
      mode = .declaration
    } else {
      let name = has("</") ? index + 2 : index + 1
      guard name < end, isName(bytes[name]) || bytes[name] == UInt8(ascii: ">") else {
        index += 1
        return colors.mark(to: index, .code)
      }
      let isClosing = name == index + 2
      index = name
      while index < end, isName(bytes[index]) { index += 1 }
      colors.mark(to: index, .codeKeyword)
      element = isHTML && !isClosing ? rawElement(name..<index) : .none
      mode = .tag
      return
    }
    // Painted with what follows it.
    if index >= end { colors.mark(to: end, mode == .comment ? .codeComment : .codeAttribute) }
    assert(index > start)
  }

  private mutating func readEntity(_ colors: inout LineColors) {
    var last = index + 1
    while last < end, last - index < 32, isName(bytes[last]) || bytes[last] == UInt8(ascii: "#"), bytes[last] < 0x80 {
      last += 1
    }
    let isEntity = last < end && last > index + 1 && bytes[last] == UInt8(ascii: ";")
    index = isEntity ? last + 1 : index + 1
    colors.mark(to: index, isEntity ? .codeNumber : .code)
  }

  private mutating func readTag(_ colors: inout LineColors) {
    let byte = bytes[index]
    if byte == UInt8(ascii: ">") {
      // An element that closes itself has no content.
      let isEmpty = index > lineStart && bytes[index - 1] == UInt8(ascii: "/")
      index += 1
      colors.mark(to: index, .codeKeyword)
      mode = element != .none && !isEmpty ? .raw : .text
      if mode == .text { element = .none }
    } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
      index += 1
      mode = byte == UInt8(ascii: "\"") ? .doubleQuoted : .singleQuoted
      if index >= end { colors.mark(to: end, .codeString) }
    } else if byte == UInt8(ascii: "<") {
      mode = .text
      element = .none
    } else if isName(byte) || byte == UInt8(ascii: "@") || byte == UInt8(ascii: "#") {
      while index < end, isAttribute(bytes[index]) { index += 1 }
      colors.mark(to: index, .codeAttribute)
      if index < end, bytes[index] == UInt8(ascii: "=") { readBareValue(&colors) }
    } else {
      index += 1
      colors.mark(to: index, byte == UInt8(ascii: "/") ? .codeKeyword : .code)
    }
  }

  /// The value behind `=` if it has no quotes.
  private mutating func readBareValue(_ colors: inout LineColors) {
    index += 1
    colors.mark(to: index, .code)
    guard index < end, bytes[index] != UInt8(ascii: "\""), bytes[index] != UInt8(ascii: "'") else { return }
    while index < end, bytes[index] > 0x20, bytes[index] != UInt8(ascii: ">") { index += 1 }
    colors.mark(to: index, .codeString)
  }

  private mutating func readRaw(_ colors: inout LineColors) {
    while index < end {
      if bytes[index] == UInt8(ascii: "<"), has("</"), isRawEnd(at: index + 2) { break }
      index += 1
    }
    colors.mark(to: index, .code)
    if index < end { mode = .text }
  }

  private func isRawEnd(at start: Int) -> Bool {
    var last = start
    while last < end, last - start < 12, isName(bytes[last]) { last += 1 }
    return rawElement(start..<last) == element
  }

  private func rawElement(_ name: Range<Int>) -> RawElement {
    switch name.count {
    case 6: isNamed(.script, name) ? .script : .none
    case 5: isNamed(.style, name) ? .style : isNamed(.title, name) ? .title : .none
    case 8: isNamed(.textarea, name) ? .textarea : .none
    default: .none
    }
  }

  /// Whether the name, which has the length of the element's, is the same in any case.
  private func isNamed(_ element: RawElement, _ name: Range<Int>) -> Bool {
    element.name.withUTF8Buffer { zip($0, name).allSatisfy { $0 == bytes[$1] | 0x20 } }
  }

  private mutating func readUntil(
    _ text: StaticString, _ role: ThemeRole, then next: Mode, _ colors: inout LineColors
  ) {
    while index < end, !has(text) { index += 1 }
    if index < end {
      index += text.utf8CodeUnitCount
      mode = next
    }
    colors.mark(to: index, role)
  }

  @inline(__always)
  private func has(_ text: StaticString) -> Bool {
    let count = text.utf8CodeUnitCount
    guard index + count <= end else { return false }
    return text.withUTF8Buffer { buffer in
      for offset in 0..<buffer.count where bytes[index + offset] != buffer[offset] { return false }
      return true
    }
  }

  private func isName(_ byte: UInt8) -> Bool {
    (byte | 0x20) &- 0x61 < 26 || byte &- 0x30 < 10 || byte >= 0x80 || byte == UInt8(ascii: "-")
      || byte == UInt8(ascii: "_") || byte == UInt8(ascii: ":") || byte == UInt8(ascii: ".")
  }

  private func isAttribute(_ byte: UInt8) -> Bool {
    byte > 0x20 && byte != UInt8(ascii: "=") && byte != UInt8(ascii: ">") && byte != UInt8(ascii: "/")
      && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "'") && byte != UInt8(ascii: "<")
  }
}
