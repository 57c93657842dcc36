// A tag read byte by byte (CommonMark 0.31.2 section 6.6, open and closing tags), alone on its line.

enum TagState: Int {
  case opened, name, space, attribute, afterAttribute, beforeValue, doubleQuoted, singleQuoted, unquoted, afterQuoted
  case slash, closingSlash, closingName, closingSpace, closed, failed

  /// The state after one more byte.
  func next(_ byte: UInt8) -> TagState {
    let isSpace = byte == 0x20 || byte == 0x09
    switch self {
    case .opened:
      if byte == UInt8(ascii: "/") { return .closingSlash }
      return HTMLBlocks.isLetter(byte) ? .name : .failed
    case .name:
      return HTMLBlocks.isNameByte(byte) ? .name : isSpace ? .space : Self.end(byte)
    case .space:
      return isSpace ? .space : Self.startsAttribute(byte) ? .attribute : Self.end(byte)
    case .attribute:
      if Self.startsAttribute(byte) || HTMLBlocks.isNameByte(byte) || byte == UInt8(ascii: ".") { return .attribute }
      return byte == UInt8(ascii: "=") ? .beforeValue : isSpace ? .afterAttribute : Self.end(byte)
    case .afterAttribute:
      if byte == UInt8(ascii: "=") { return .beforeValue }
      return isSpace ? .afterAttribute : Self.startsAttribute(byte) ? .attribute : Self.end(byte)
    case .beforeValue:
      if isSpace { return .beforeValue }
      if byte == UInt8(ascii: "\"") { return .doubleQuoted }
      return byte == UInt8(ascii: "'") ? .singleQuoted : Self.isUnquoted(byte) ? .unquoted : .failed
    case .doubleQuoted:
      return byte == UInt8(ascii: "\"") ? .afterQuoted : .doubleQuoted
    case .singleQuoted:
      return byte == UInt8(ascii: "'") ? .afterQuoted : .singleQuoted
    case .unquoted:
      if isSpace { return .space }
      return byte == UInt8(ascii: ">") ? .closed : Self.isUnquoted(byte) ? .unquoted : .failed
    case .afterQuoted:
      return isSpace ? .space : Self.end(byte)
    case .slash:
      return byte == UInt8(ascii: ">") ? .closed : .failed
    case .closingSlash:
      return HTMLBlocks.isLetter(byte) ? .closingName : .failed
    case .closingName:
      if HTMLBlocks.isNameByte(byte) { return .closingName }
      return isSpace ? .closingSpace : byte == UInt8(ascii: ">") ? .closed : .failed
    case .closingSpace:
      return isSpace ? .closingSpace : byte == UInt8(ascii: ">") ? .closed : .failed
    case .closed:
      return isSpace ? .closed : .failed
    case .failed:
      return .failed
    }
  }

  private static func end(_ byte: UInt8) -> TagState {
    byte == UInt8(ascii: ">") ? .closed : byte == UInt8(ascii: "/") ? .slash : .failed
  }

  private static func startsAttribute(_ byte: UInt8) -> Bool {
    HTMLBlocks.isLetter(byte) || byte == UInt8(ascii: "_") || byte == UInt8(ascii: ":")
  }

  private static func isUnquoted(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "="), UInt8(ascii: "<"), UInt8(ascii: ">"),
      UInt8(ascii: "`"):
      false
    default:
      true
    }
  }
}
