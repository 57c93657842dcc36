// The bytes that the wire formats give a meaning to, and the two questions asked about runs of them.
// It is for this module only: text for people is never examined byte by byte.

enum ASCII {
  static let tab: UInt8 = 0x09
  static let lineFeed: UInt8 = 0x0A
  static let carriageReturn: UInt8 = 0x0D
  static let space: UInt8 = 0x20
  static let quote: UInt8 = 0x22
  static let plus: UInt8 = 0x2B
  static let comma: UInt8 = 0x2C
  static let minus: UInt8 = 0x2D
  static let point: UInt8 = 0x2E
  static let slash: UInt8 = 0x2F
  static let zero: UInt8 = 0x30
  static let nine: UInt8 = 0x39
  static let colon: UInt8 = 0x3A
  static let openBracket: UInt8 = 0x5B
  static let backslash: UInt8 = 0x5C
  static let closeBracket: UInt8 = 0x5D
  static let lowercaseE: UInt8 = 0x65
  static let lowercaseU: UInt8 = 0x75
  static let openBrace: UInt8 = 0x7B
  static let closeBrace: UInt8 = 0x7D
  static let delete: UInt8 = 0x7F

  /// Space, tab, line feed and carriage return: the white space of JSON (RFC 8259 section 2).
  @inline(__always)
  static func isBlank(_ byte: UInt8) -> Bool {
    byte <= space && (byte == space || byte == lineFeed || byte == carriageReturn || byte == tab)
  }

  @inline(__always)
  static func isDigit(_ byte: UInt8) -> Bool { byte >= zero && byte <= nine }

  /// The value of a hexadecimal digit of either case.
  static func hexadecimalDigit(_ byte: UInt8) -> UInt32? {
    switch byte {
    case 0x30...0x39: UInt32(byte) - 0x30
    case 0x41...0x46: UInt32(byte) - 0x41 + 10
    case 0x61...0x66: UInt32(byte) - 0x61 + 10
    default: nil
    }
  }

  static func isDoneMarker(_ bytes: UnsafeRawBufferPointer) -> Bool {
    var low = 0
    var high = bytes.count
    while low < high, isBlank(bytes[low]) { low += 1 }
    while high > low, isBlank(bytes[high - 1]) { high -= 1 }
    return high - low == 6 && ByteScan.matches(UnsafeRawBufferPointer(rebasing: bytes[low..<high]), "[DONE]")
  }
}
