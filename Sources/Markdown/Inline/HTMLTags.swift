// Raw HTML in a paragraph (CommonMark 0.31.2, section 6.6).

/// Recognises tags. One value reads one text from its start to its end: it remembers what is never closed there, so that
/// many openings do not each search for the end that is missing.
struct HTMLTags {
  private var hasNoCommentEnd = false
  private var hasNoInstructionEnd = false
  private var hasNoDeclarationEnd = false
  private var hasNoSectionEnd = false

  /// The end of the tag, comment, instruction, declaration or section that begins with the `<` at `start`.
  mutating func end(at start: Int, in bytes: UnsafeBufferPointer<UInt8>) -> Int? {
    let next = start + 1
    guard next < bytes.count else { return nil }
    switch bytes[next] {
    case 0x21: return markup(at: next + 1, in: bytes)
    case 0x2F: return Self.closingTag(at: next + 1, in: bytes)
    case 0x3F: return Self.search("?>", from: next + 1, in: bytes, isMissing: &hasNoInstructionEnd)
    default: return Self.openTag(at: next, in: bytes)
    }
  }

  /// Whether the bytes are `<br>`, `<br/>` or `<br />`.
  static func isBreak(_ range: Range<Int>, in bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    guard range.count >= 4, range.count <= 6, bytes[range.lowerBound + 1] | 0x20 == 0x62,
      bytes[range.lowerBound + 2] | 0x20 == 0x72
    else { return false }
    return switch range.count {
    case 4: true
    case 5: bytes[range.lowerBound + 3] == 0x2F
    default: bytes[range.lowerBound + 3] == 0x20 && bytes[range.lowerBound + 4] == 0x2F
    }
  }

  /// What begins with `<!`.
  private mutating func markup(at start: Int, in bytes: UnsafeBufferPointer<UInt8>) -> Int? {
    guard start < bytes.count else { return nil }
    if Self.stands("--", at: start, in: bytes) {
      if Self.stands(">", at: start + 2, in: bytes) { return start + 3 }
      if Self.stands("->", at: start + 2, in: bytes) { return start + 4 }
      return Self.search("-->", from: start + 2, in: bytes, isMissing: &hasNoCommentEnd)
    }
    if Self.stands("[CDATA[", at: start, in: bytes) {
      return Self.search("]]>", from: start + 7, in: bytes, isMissing: &hasNoSectionEnd)
    }
    guard InlineBytes.isLetter(bytes[start]) else { return nil }
    return Self.search(">", from: start + 1, in: bytes, isMissing: &hasNoDeclarationEnd)
  }

  private static func closingTag(at start: Int, in bytes: UnsafeBufferPointer<UInt8>) -> Int? {
    guard let name = tagName(at: start, in: bytes) else { return nil }
    let end = LinkSyntax.skipWhite(from: name, in: bytes)
    return end < bytes.count && bytes[end] == 0x3E ? end + 1 : nil
  }

  private static func openTag(at start: Int, in bytes: UnsafeBufferPointer<UInt8>) -> Int? {
    guard var index = tagName(at: start, in: bytes) else { return nil }
    while true {
      let next = LinkSyntax.skipWhite(from: index, in: bytes)
      guard next < bytes.count else { return nil }
      if bytes[next] == 0x3E { return next + 1 }
      if bytes[next] == 0x2F { return stands("/>", at: next, in: bytes) ? next + 2 : nil }
      guard next > index, let end = attribute(at: next, in: bytes) else { return nil }
      index = end
    }
  }

  private static func tagName(at start: Int, in bytes: UnsafeBufferPointer<UInt8>) -> Int? {
    guard start < bytes.count, InlineBytes.isLetter(bytes[start]) else { return nil }
    var end = start + 1
    while end < bytes.count, InlineBytes.isAlphanumeric(bytes[end]) || bytes[end] == 0x2D { end += 1 }
    return end
  }

  /// The end of the attribute's name, with its value if it has one.
  private static func attribute(at start: Int, in bytes: UnsafeBufferPointer<UInt8>) -> Int? {
    guard InlineBytes.isLetter(bytes[start]) || bytes[start] == 0x5F || bytes[start] == 0x3A else { return nil }
    var end = start + 1
    while end < bytes.count, isNameByte(bytes[end]) { end += 1 }
    let sign = LinkSyntax.skipWhite(from: end, in: bytes)
    guard sign < bytes.count, bytes[sign] == 0x3D else { return end }
    return value(at: LinkSyntax.skipWhite(from: sign + 1, in: bytes), in: bytes)
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    InlineBytes.isAlphanumeric(byte) || byte == 0x5F || byte == 0x2E || byte == 0x3A || byte == 0x2D
  }

  private static func value(at start: Int, in bytes: UnsafeBufferPointer<UInt8>) -> Int? {
    guard start < bytes.count else { return nil }
    let quote = bytes[start]
    if quote == 0x22 || quote == 0x27 {
      return bytes[(start + 1)...].firstIndex(of: quote).map { $0 + 1 }
    }
    var end = start
    while end < bytes.count, !InlineBytes.isWhite(bytes[end]) {
      switch bytes[end] {
      case 0x22, 0x27, 0x3C, 0x3D, 0x60: return nil
      case 0x3E: return end > start ? end : nil
      default: end += 1
      }
    }
    return end > start ? end : nil
  }

  private static func stands(_ text: StaticString, at start: Int, in bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    guard start + text.utf8CodeUnitCount <= bytes.count else { return false }
    return text.withUTF8Buffer { $0.elementsEqual(bytes[start..<start + $0.count]) }
  }

  /// The position behind the next `text`.
  private static func search(
    _ text: StaticString, from start: Int, in bytes: UnsafeBufferPointer<UInt8>, isMissing: inout Bool
  ) -> Int? {
    guard !isMissing else { return nil }
    let last = text.withUTF8Buffer { $0[$0.count - 1] }
    var index = start + text.utf8CodeUnitCount - 1
    while index < bytes.count {
      if bytes[index] == last, stands(text, at: index + 1 - text.utf8CodeUnitCount, in: bytes) { return index + 1 }
      index += 1
    }
    isMissing = true
    return nil
  }
}
