// Where HTML blocks begin and end (CommonMark 0.31.2 section 4.6). Nothing is understood of HTML beyond that.

enum HTMLBlocks {
  /// What ends a block, by the seven conditions of the specification.
  enum End: Equatable, Sendable {
    /// 1: `</script>`, `</pre>`, `</style>` or `</textarea>` somewhere in a line.
    case closingTag
    /// 2 to 5: these bytes somewhere in a line.
    case comment, instruction, declaration, characterData
    /// 6 and 7: a blank line.
    case blankLine
  }

  /// The block that a line whose content begins with `<` begins, if it does.
  static func start(of line: LineCursor, interruptsParagraph: Bool, _ memo: inout LineMemo) -> End? {
    switch line.byte(after: 1) {
    case UInt8(ascii: "!"):
      if line.byte(after: 2) == UInt8(ascii: "-") {
        return line.byte(after: 3) == UInt8(ascii: "-") ? .comment : nil
      }
      if isLetter(line.byte(after: 2)) { return .declaration }
      return begins(line, after: 2, with: "[CDATA[") ? .characterData : nil
    case UInt8(ascii: "?"):
      return .instruction
    default:
      break
    }
    let isClosing = line.byte(after: 1) == UInt8(ascii: "/")
    let nameStart = isClosing ? 2 : 1
    guard isLetter(line.byte(after: nameStart)) else { return nil }
    var length = 1
    while length < longestName + 1, isNameByte(line.byte(after: nameStart + length)) { length += 1 }
    let next = line.byte(after: nameStart + length)
    let isDelimited = next == 0x20 || next == 0x09 || next == 0x0A || next == UInt8(ascii: ">")
    if !isClosing, isOne(of: verbatimNames, line, at: nameStart, length) { return isDelimited ? .closingTag : nil }
    let isSelfClosed =
      next == UInt8(ascii: "/") && line.byte(after: nameStart + length + 1) == UInt8(ascii: ">")
    if isDelimited || isSelfClosed, isOne(of: blockNames, line, at: nameStart, length) { return .blankLine }
    return !interruptsParagraph && isCompleteTag(line, &memo.tag) ? .blankLine : nil
  }

  /// Whether the line from `start` on holds what ends the block, which then ends with this line.
  static func ends(
    _ end: End, in bytes: UnsafeBufferPointer<UInt8>, from start: Int, to limit: Int, _ memo: inout LineMemo
  ) -> Bool {
    switch end {
    case .blankLine: false
    case .comment: finds("-->", in: bytes, from: start, to: limit, &memo.terminator)
    case .instruction: finds("?>", in: bytes, from: start, to: limit, &memo.terminator)
    case .declaration: finds(">", in: bytes, from: start, to: limit, &memo.terminator)
    case .characterData: finds("]]>", in: bytes, from: start, to: limit, &memo.terminator)
    case .closingTag: findsClosingTag(in: bytes, from: start, to: limit, &memo.terminator)
    }
  }

  // MARK: Ends

  private static func finds(
    _ text: StaticString, in bytes: UnsafeBufferPointer<UInt8>, from start: Int, to limit: Int, _ scan: inout LineScan
  ) -> Bool {
    scan.resume(at: start)
    let count = text.utf8CodeUnitCount
    let wanted = text.utf8Start
    let last = wanted[count - 1]
    while scan.position < limit, scan.state == 0 {
      if bytes[scan.position] == last, scan.position - start >= count - 1 {
        let first = scan.position - count + 1
        if (0..<count).allSatisfy({ bytes[first + $0] == wanted[$0] }) { scan.state = 1 }
      }
      scan.position += 1
    }
    return scan.state == 1
  }

  private static func findsClosingTag(
    in bytes: UnsafeBufferPointer<UInt8>, from start: Int, to limit: Int, _ scan: inout LineScan
  ) -> Bool {
    scan.resume(at: start)
    while scan.position < limit, scan.state == 0 {
      if bytes[scan.position] == UInt8(ascii: ">") {
        for name in verbatimNames {
          let first = scan.position - name.utf8CodeUnitCount - 2
          guard first >= start, bytes[first] == UInt8(ascii: "<"), bytes[first + 1] == UInt8(ascii: "/") else {
            continue
          }
          if matches(name, bytes, at: first + 2) { scan.state = 1 }
        }
      }
      scan.position += 1
    }
    return scan.state == 1
  }

  // MARK: Starts

  /// Condition 7: one whole tag and nothing but white space after it.
  private static func isCompleteTag(_ line: LineCursor, _ scan: inout LineScan) -> Bool {
    scan.resume(at: line.content + 1)
    var state = TagState(rawValue: scan.state) ?? .failed
    while scan.position < line.end, state != .failed {
      state = state.next(line.bytes[scan.position])
      scan.position += 1
    }
    scan.state = state.rawValue
    return state == .closed
  }

  private static func begins(_ line: LineCursor, after distance: Int, with text: StaticString) -> Bool {
    (0..<text.utf8CodeUnitCount).allSatisfy { line.byte(after: distance + $0) == text.utf8Start[$0] }
  }

  private static func isOne(of names: [StaticString], _ line: LineCursor, at start: Int, _ length: Int) -> Bool {
    names.contains { $0.utf8CodeUnitCount == length && matches($0, line.bytes, at: line.content + start) }
  }

  private static func matches(_ name: StaticString, _ bytes: UnsafeBufferPointer<UInt8>, at start: Int) -> Bool {
    (0..<name.utf8CodeUnitCount).allSatisfy { bytes[start + $0] | 0x20 == name.utf8Start[$0] | 0x20 }
  }

  static func isLetter(_ byte: UInt8) -> Bool { byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A }

  static func isNameByte(_ byte: UInt8) -> Bool {
    isLetter(byte) || byte >= 0x30 && byte <= 0x39 || byte == UInt8(ascii: "-")
  }

  private static let verbatimNames: [StaticString] = ["script", "pre", "style", "textarea"]

  private static let longestName = 10

  private static let blockNames: [StaticString] = [
    "address", "article", "aside", "base", "basefont", "blockquote", "body", "caption", "center", "col", "colgroup",
    "dd", "details", "dialog", "dir", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "frame",
    "frameset", "h1", "h2", "h3", "h4", "h5", "h6", "head", "header", "hr", "html", "iframe", "legend", "li", "link",
    "main", "menu", "menuitem", "nav", "noframes", "ol", "optgroup", "option", "p", "param", "search", "section",
    "summary", "table", "tbody", "td", "tfoot", "th", "thead", "title", "tr", "track", "ul",
  ]
}
