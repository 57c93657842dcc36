// Base64 (RFC 4648 section 4) for what travels inside JSON: attachments out, recordings in.

/// Bytes as letters and back.
enum Base64 {
  private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  /// The text for `bytes`, padded.
  static func encode(_ bytes: [UInt8]) -> String {
    let length = (bytes.count + 2) / 3 * 4
    return String(unsafeUninitializedCapacity: length) { output in
      var place = 0
      var index = 0
      while index < bytes.count {
        let rest = bytes.count - index
        let second = rest > 1 ? UInt32(bytes[index + 1]) : 0
        let third = rest > 2 ? UInt32(bytes[index + 2]) : 0
        let word = UInt32(bytes[index]) << 16 | second << 8 | third
        output[place] = alphabet[Int(word >> 18)]
        output[place + 1] = alphabet[Int(word >> 12 & 63)]
        output[place + 2] = rest > 1 ? alphabet[Int(word >> 6 & 63)] : UInt8(ascii: "=")
        output[place + 3] = rest > 2 ? alphabet[Int(word & 63)] : UInt8(ascii: "=")
        place += 4
        index += 3
      }
      return place
    }
  }

  /// The bytes that `text` stands for; nil if it is not base64. Padding may be missing.
  static func decode(_ text: String) -> [UInt8]? {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.utf8.count / 4 * 3)
    var word: UInt32 = 0
    var bits = 0
    var isPadded = false
    for byte in text.utf8 {
      if byte == UInt8(ascii: "=") {
        isPadded = true
        continue
      }
      guard !isPadded, let value = value(of: byte) else { return nil }
      word = word << 6 | value
      bits += 6
      if bits >= 8 {
        bits -= 8
        bytes.append(UInt8(truncatingIfNeeded: word >> UInt32(bits)))
      }
    }
    return bits == 6 ? nil : bytes
  }

  private static func value(of byte: UInt8) -> UInt32? {
    switch byte {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(byte - UInt8(ascii: "A"))
    case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(byte - UInt8(ascii: "a") + 26)
    case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - UInt8(ascii: "0") + 52)
    case UInt8(ascii: "+"): 62
    case UInt8(ascii: "/"): 63
    default: nil
    }
  }
}
