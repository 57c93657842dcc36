// What single bytes and characters are to inline markup.

/// Classes of bytes and characters (CommonMark 0.31.2, section 2.1).
enum InlineBytes {
  /// Letters and digits of ASCII.
  @inline(__always)
  static func isAlphanumeric(_ byte: UInt8) -> Bool { isLetter(byte) || isDigit(byte) }

  @inline(__always)
  static func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- 0x61 < 26 }

  @inline(__always)
  static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }

  /// Space, tab, line feed, carriage return.
  @inline(__always)
  static func isWhite(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x0A || byte == 0x09 || byte == 0x0D }

  @inline(__always)
  static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

  /// C0 and DEL.
  @inline(__always)
  static func isASCIIControl(_ byte: UInt8) -> Bool { byte < 0x20 || byte == 0x7F }

  /// What a backslash may stand before.
  @inline(__always)
  static func isPunctuation(_ byte: UInt8) -> Bool {
    byte > 0x20 && byte < 0x7F && !isAlphanumeric(byte)
  }

  /// The value of a hexadecimal digit.
  @inline(__always)
  static func digit(_ byte: UInt8) -> UInt32? {
    if isDigit(byte) { return UInt32(byte &- 0x30) }
    let letter = (byte | 0x20) &- 0x61
    return letter < 6 ? UInt32(letter) + 10 : nil
  }

  /// C0, DEL, C1 and the bidirectional controls (Unicode 16, property Bidi_Control).
  static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0..<0x20, 0x7F..<0xA0, 0x061C, 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069: true
    default: false
    }
  }

  /// How many bytes from `start` on are `byte`, at most up to `end`.
  @inline(__always)
  static func run(of byte: UInt8, in bytes: UnsafeBufferPointer<UInt8>, at start: Int) -> Int {
    var end = start
    while end < bytes.count, bytes[end] == byte { end += 1 }
    return end - start
  }

  /// Whether an odd number of backslashes stands before `index`.
  static func isEscaped(_ index: Int, in bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    var start = index
    while start > 0, bytes[start - 1] == 0x5C { start -= 1 }
    return (index - start) & 1 == 1
  }
}

/// What a character next to a run of delimiters is.
enum InlineNeighbour: Equatable {
  case white, punctuation, other

  /// The character that ends before `index`; the edge of a text is white space.
  init(before index: Int, in bytes: UnsafeBufferPointer<UInt8>) {
    guard index > 0 else {
      self = .white
      return
    }
    let last = bytes[index - 1]
    guard last >= 0x80 else {
      self.init(ascii: last)
      return
    }
    var start = index - 1
    while start > 0, index - start < 4, bytes[start] & 0xC0 == 0x80 { start -= 1 }
    self.init(scalarAt: start, in: bytes)
  }

  /// The character that begins at `index`; the edge of a text is white space.
  init(at index: Int, in bytes: UnsafeBufferPointer<UInt8>) {
    guard index < bytes.count else {
      self = .white
      return
    }
    if bytes[index] < 0x80 { self.init(ascii: bytes[index]) } else { self.init(scalarAt: index, in: bytes) }
  }

  private init(ascii byte: UInt8) {
    if InlineBytes.isWhite(byte) || byte == 0x0C {
      self = .white
    } else {
      self = InlineBytes.isPunctuation(byte) ? .punctuation : .other
    }
  }

  private init(scalarAt index: Int, in bytes: UnsafeBufferPointer<UInt8>) {
    guard let scalar = Self.scalar(at: index, in: bytes) else {
      self = .other
      return
    }
    switch scalar.properties.generalCategory {
    case .spaceSeparator:
      self = .white
    case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation, .initialPunctuation,
      .finalPunctuation, .otherPunctuation, .mathSymbol, .currencySymbol, .modifierSymbol, .otherSymbol:
      self = .punctuation
    default:
      self = .other
    }
  }

  /// The character of two to four bytes at `index`; `nil` if it is ill-formed.
  private static func scalar(at index: Int, in bytes: UnsafeBufferPointer<UInt8>) -> Unicode.Scalar? {
    let lead = bytes[index]
    let length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2
    guard lead >= 0xC2, lead < 0xF5, index + length <= bytes.count else { return nil }
    var value = UInt32(lead) & (0x7F >> UInt32(length))
    for next in bytes[index + 1..<index + length] {
      guard next & 0xC0 == 0x80 else { return nil }
      value = value << 6 | UInt32(next & 0x3F)
    }
    return Unicode.Scalar(value)
  }
}
