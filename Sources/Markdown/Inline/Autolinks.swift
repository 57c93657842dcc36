// Addresses that are links by themselves: in angle brackets (CommonMark 0.31.2, section 6.5) and bare ones (GitHub
// Flavored Markdown 0.29, section 6.9).

/// An address in a text.
struct Autolink: Equatable {
  /// What stands before the text in the destination.
  enum Prefix: Equatable {
    case none, web, mail
  }

  /// The address, which is also what is shown.
  var range: Range<Int>
  var prefix: Prefix

  /// The link, whose destination is the text with its prefix.
  func link(in bytes: UnsafeBufferPointer<UInt8>) -> InlineLink {
    let text = String(decoding: UnsafeBufferPointer(rebasing: bytes[range]), as: UTF8.self)
    return switch prefix {
    case .none: InlineLink(destination: text, title: "")
    case .web: InlineLink(destination: "http://" + text, title: "")
    case .mail: InlineLink(destination: "mailto:" + text, title: "")
    }
  }
}

/// Recognises addresses.
enum Autolinks {
  /// The address in angle brackets whose `<` stands at `start`.
  static func inAngles(at start: Int, in bytes: UnsafeBufferPointer<UInt8>) -> Autolink? {
    if let end = absoluteAddress(at: start + 1, in: bytes) { return Autolink(range: start + 1..<end, prefix: .none) }
    if let end = mailAddress(at: start + 1, in: bytes) { return Autolink(range: start + 1..<end, prefix: .mail) }
    return nil
  }

  /// The end of a scheme, a colon and anything but white space, controls and angle brackets, before a `>`.
  private static func absoluteAddress(at start: Int, in bytes: UnsafeBufferPointer<UInt8>) -> Int? {
    guard start < bytes.count, InlineBytes.isLetter(bytes[start]) else { return nil }
    var index = start + 1
    // A scheme has 2 to 32 characters.
    while index < bytes.count, index - start < 32, isSchemeByte(bytes[index]) { index += 1 }
    guard index < bytes.count, bytes[index] == 0x3A, index - start >= 2 else { return nil }
    while index < bytes.count, bytes[index] > 0x20, bytes[index] != 0x7F, bytes[index] != 0x3C, bytes[index] != 0x3E {
      index += 1
    }
    return index < bytes.count && bytes[index] == 0x3E ? index : nil
  }

  private static func isSchemeByte(_ byte: UInt8) -> Bool {
    InlineBytes.isAlphanumeric(byte) || byte == 0x2B || byte == 0x2E || byte == 0x2D
  }

  /// The end of an e-mail address before a `>`; the rule is that of HTML's e-mail field.
  private static func mailAddress(at start: Int, in bytes: UnsafeBufferPointer<UInt8>) -> Int? {
    var index = start
    while index < bytes.count, isLocalByte(bytes[index]) { index += 1 }
    guard index > start, index < bytes.count, bytes[index] == 0x40 else { return nil }
    repeat {
      let part = index + 1
      index = part
      while index < bytes.count, InlineBytes.isAlphanumeric(bytes[index]) || bytes[index] == 0x2D { index += 1 }
      guard index > part, index - part <= 63, bytes[part] != 0x2D, bytes[index - 1] != 0x2D else { return nil }
    } while index < bytes.count && bytes[index] == 0x2E
    return index < bytes.count && bytes[index] == 0x3E ? index : nil
  }

  private static func isLocalByte(_ byte: UInt8) -> Bool {
    if InlineBytes.isAlphanumeric(byte) { return true }
    return switch byte {
    case 0x2E, 0x21, 0x23...0x27, 0x2A, 0x2B, 0x2F, 0x3D, 0x3F, 0x5E, 0x5F, 0x60, 0x7B...0x7E, 0x2D: true
    default: false
    }
  }
}

/// Bare addresses. Each is found at a byte that every address of its kind has, and read from there to both sides.
extension Autolinks {
  /// The address whose scheme ends with the colon at `colon`; it begins at `floor` or later.
  static func atColon(
    _ colon: Int, from floor: Int, isInBrackets: Bool, in bytes: UnsafeBufferPointer<UInt8>
  ) -> Autolink? {
    guard colon + 3 < bytes.count, bytes[colon + 1] == 0x2F, bytes[colon + 2] == 0x2F else { return nil }
    var start = colon
    while start > floor, colon - start < 6, InlineBytes.isLetter(bytes[start - 1]) { start -= 1 }
    guard isScheme(start..<colon, in: bytes), start == 0 || !InlineBytes.isAlphanumeric(bytes[start - 1]) else {
      return nil
    }
    guard let host = host(at: colon + 3, needsDot: false, in: bytes) else { return nil }
    let end = end(from: host, start: start, isInBrackets: isInBrackets, in: bytes)
    return end > colon + 3 ? Autolink(range: start..<end, prefix: .none) : nil
  }

  /// The address that begins with `www` before the dot at `dot`; it begins at `floor` or later.
  static func atDot(
    _ dot: Int, from floor: Int, isInBrackets: Bool, in bytes: UnsafeBufferPointer<UInt8>
  ) -> Autolink? {
    let start = dot - 3
    guard start >= floor, dot + 1 < bytes.count,
      (start..<dot).allSatisfy({ bytes[$0] | 0x20 == 0x77 }), start == 0 || mayPrecede(bytes[start - 1])
    else { return nil }
    guard let host = host(at: start, needsDot: true, in: bytes), host > dot + 1 else { return nil }
    let end = end(from: host, start: start, isInBrackets: isInBrackets, in: bytes)
    return end > dot + 1 ? Autolink(range: start..<end, prefix: .web) : nil
  }

  /// The e-mail address around the `@` at `sign`; it begins at `floor` or later.
  static func atSign(_ sign: Int, from floor: Int, in bytes: UnsafeBufferPointer<UInt8>) -> Autolink? {
    var start = sign
    while start > floor, isBareLocalByte(bytes[start - 1]) { start -= 1 }
    while start < sign, !InlineBytes.isAlphanumeric(bytes[start]) { start += 1 }
    guard start < sign else { return nil }
    var end = sign + 1
    var dots = 0
    while end < bytes.count {
      if bytes[end] == 0x2E {
        guard end + 1 < bytes.count, InlineBytes.isAlphanumeric(bytes[end + 1]) else { break }
        dots += 1
      } else if !InlineBytes.isAlphanumeric(bytes[end]), bytes[end] != 0x2D, bytes[end] != 0x5F {
        break
      }
      end += 1
    }
    guard dots > 0, InlineBytes.isAlphanumeric(bytes[sign + 1]), InlineBytes.isAlphanumeric(bytes[end - 1]),
      end == bytes.count || bytes[end] != 0x40
    else { return nil }
    return Autolink(range: start..<end, prefix: .mail)
  }

  private static func isBareLocalByte(_ byte: UInt8) -> Bool {
    InlineBytes.isAlphanumeric(byte) || byte == 0x2E || byte == 0x2D || byte == 0x5F || byte == 0x2B
  }

  /// White space, and what may open emphasis or a parenthesis.
  private static func mayPrecede(_ byte: UInt8) -> Bool {
    InlineBytes.isWhite(byte) || byte == 0x2A || byte == 0x5F || byte == 0x7E || byte == 0x28
  }

  private static func isScheme(_ range: Range<Int>, in bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    func matches(_ scheme: StaticString) -> Bool {
      scheme.withUTF8Buffer { name in
        range.count == name.count && name.indices.allSatisfy { bytes[range.lowerBound + $0] | 0x20 == name[$0] }
      }
    }
    return matches("https") || matches("http") || matches("ftp")
  }

  /// A name has at most 253 bytes (RFC 1035, section 2.3.4, without the lengths of its parts).
  private static let maximumHost = 253

  /// The end of the host's name; no underscore in the last two parts of it.
  private static func host(at start: Int, needsDot: Bool, in bytes: UnsafeBufferPointer<UInt8>) -> Int? {
    var end = start
    var dots = 0
    var underscores = (before: 0, last: 0)
    loop: while end < bytes.count, end - start <= maximumHost {
      let byte = bytes[end]
      switch byte {
      case 0x5F: underscores.last += 1
      case 0x2E:
        underscores = (underscores.last, 0)
        dots += 1
      case 0x2D: break
      case 0xC2...: if isBoundary(end, in: bytes) { break loop }
      case 0x80...: break
      default: if !InlineBytes.isAlphanumeric(byte) { break loop }
      }
      end += 1
    }
    guard end > start, end - start <= maximumHost, bytes[start] != 0x2E, !needsDot || dots > 0 else { return nil }
    return underscores.before == 0 && underscores.last == 0 ? end : nil
  }

  /// The end of the address whose host ends at `host`: up to white space or `<`, without what ends a sentence or closes
  /// a parenthesis that was opened outside.
  private static func end(
    from host: Int, start: Int, isInBrackets: Bool, in bytes: UnsafeBufferPointer<UInt8>
  ) -> Int {
    var end = host
    loop: while end < bytes.count {
      switch bytes[end] {
      case 0...0x20, 0x7F, 0x3C: break loop
      // Inside brackets the address may be the text of a link.
      case 0x5D where isInBrackets: break loop
      case let byte where byte >= 0xC2 && isBoundary(end, in: bytes): break loop
      default: end += 1
      }
    }
    return trimmed(end, start: start, in: bytes)
  }

  /// Unicode's white space, and the punctuation of Chinese and Japanese, which write no space behind an address.
  private static func isBoundary(_ index: Int, in bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    if index + 1 < bytes.count {
      // U+3000 to U+303F and U+FF00 to U+FF3F.
      if bytes[index] == 0xE3, bytes[index + 1] == 0x80 { return true }
      if bytes[index] == 0xEF, bytes[index + 1] == 0xBC { return true }
    }
    return InlineNeighbour(at: index, in: bytes) == .white
  }

  private static func trimmed(_ untrimmed: Int, start: Int, in bytes: UnsafeBufferPointer<UInt8>) -> Int {
    var end = untrimmed
    var surplus = 0
    for byte in bytes[start..<end] where byte == 0x28 || byte == 0x29 { surplus += byte == 0x29 ? 1 : -1 }
    while end > start {
      switch bytes[end - 1] {
      case 0x29:
        guard surplus > 0 else { return end }
        surplus -= 1
        end -= 1
      case 0x21, 0x22, 0x27, 0x2A, 0x2C, 0x2E, 0x3A, 0x3F, 0x5F, 0x7E:
        end -= 1
      case 0x3B:
        var name = end - 1
        while name > start, InlineBytes.isLetter(bytes[name - 1]) { name -= 1 }
        let isEntity = name < end - 1 && name > start && bytes[name - 1] == 0x26
        end = isEntity ? name - 1 : end - 1
      default:
        return end
      }
    }
    return end
  }
}
