// The parts of links and of link reference definitions (CommonMark 0.31.2, sections 4.7 and 6.3).

/// Destinations, titles and labels.
enum LinkSyntax {
  /// How reading a part went.
  enum Outcome: Equatable {
    /// The part and where it ends, delimiters included.
    case found(Range<Int>, end: Int)
    case none
    /// The text ended before the part did.
    case unfinished
  }

  /// The longest label, in characters.
  static let maximumLabel = 999
  /// How deep parentheses may nest in a destination; the specification asks for three at least.
  private static let maximumParentheses = 32

  /// The destination that begins at `start`.
  static func destination(at start: Int, in bytes: UnsafeBufferPointer<UInt8>) -> Outcome {
    guard start < bytes.count else { return .unfinished }
    return bytes[start] == 0x3C ? angleDestination(at: start, in: bytes) : bareDestination(at: start, in: bytes)
  }

  private static func angleDestination(at start: Int, in bytes: UnsafeBufferPointer<UInt8>) -> Outcome {
    var index = start + 1
    while index < bytes.count {
      switch bytes[index] {
      case 0x3E: return .found(start + 1..<index, end: index + 1)
      case 0x0A, 0x0D, 0x3C: return .none
      case 0x5C where index + 1 < bytes.count && InlineBytes.isPunctuation(bytes[index + 1]): index += 2
      default: index += 1
      }
    }
    return .unfinished
  }

  private static func bareDestination(at start: Int, in bytes: UnsafeBufferPointer<UInt8>) -> Outcome {
    var depth = 0
    var index = start
    loop: while index < bytes.count {
      let byte = bytes[index]
      switch byte {
      case 0x5C where index + 1 < bytes.count && InlineBytes.isPunctuation(bytes[index + 1]):
        index += 1
      case 0x28:
        depth += 1
        guard depth <= maximumParentheses else { return .none }
      case 0x29:
        if depth == 0 { break loop }
        depth -= 1
      case 0x20:
        break loop
      default:
        if InlineBytes.isASCIIControl(byte) { break loop }
      }
      index += 1
    }
    if index >= bytes.count { return .unfinished }
    return depth == 0 ? .found(start..<index, end: index) : .none
  }

  /// The title that begins with the quote or parenthesis at `start`.
  static func title(at start: Int, in bytes: UnsafeBufferPointer<UInt8>) -> Outcome {
    guard start < bytes.count else { return .unfinished }
    let opening = bytes[start]
    guard opening == 0x22 || opening == 0x27 || opening == 0x28 else { return .none }
    let closing = opening == 0x28 ? 0x29 : opening
    var index = start + 1
    while index < bytes.count {
      let byte = bytes[index]
      if byte == closing { return .found(start + 1..<index, end: index + 1) }
      if byte == 0x28 && opening == 0x28 { return .none }
      index += byte == 0x5C && index + 1 < bytes.count && InlineBytes.isPunctuation(bytes[index + 1]) ? 2 : 1
    }
    return .unfinished
  }

  /// The label whose `[` stands at `start`; it may be empty.
  static func label(at start: Int, in bytes: UnsafeBufferPointer<UInt8>) -> Outcome {
    var index = start + 1
    while index < bytes.count {
      // A character has at most four bytes; `isLabel` counts them.
      guard index - start <= 4 * maximumLabel + 1 else { return .none }
      switch bytes[index] {
      case 0x5D: return .found(start + 1..<index, end: index + 1)
      case 0x5B: return .none
      case 0x5C where index + 1 < bytes.count && InlineBytes.isPunctuation(bytes[index + 1]): index += 2
      default: index += 1
      }
    }
    return .unfinished
  }

  /// Whether the bytes may be a label: not too long, not only white space.
  static func isLabel(_ range: Range<Int>, in bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    guard range.count <= 4 * maximumLabel, range.contains(where: { !InlineBytes.isWhite(bytes[$0]) }) else {
      return false
    }
    return range.count <= maximumLabel || range.count { bytes[$0] & 0xC0 != 0x80 } <= maximumLabel
  }

  /// The position behind white space.
  static func skipWhite(from start: Int, in bytes: UnsafeBufferPointer<UInt8>) -> Int {
    var index = start
    while index < bytes.count, InlineBytes.isWhite(bytes[index]) { index += 1 }
    return index
  }

  /// A destination or title with its backslashes and entities resolved.
  static func resolved(_ range: Range<Int>, in bytes: UnsafeBufferPointer<UInt8>) -> String {
    var text: [UInt8] = []
    text.reserveCapacity(range.count)
    let part = UnsafeBufferPointer(rebasing: bytes[range])
    var index = 0
    while index < part.count {
      let byte = part[index]
      if byte == 0x5C, index + 1 < part.count, InlineBytes.isPunctuation(part[index + 1]) {
        text.append(part[index + 1])
        index += 2
      } else if byte == 0x26, let entity = Entities.decode(at: index, in: part) {
        text.append(contentsOf: entity.text)
        index += entity.length
      } else {
        text.append(byte)
        index += 1
      }
    }
    return String(decoding: text, as: UTF8.self)
  }
}
