// One scalar at a time out of bytes that may be anything. Not a validator and not a converter: the callers walk over
// text in place and never build a copy of it.

/// A scalar and the bytes it took.
struct DecodedScalar {
  /// U+FFFD where the bytes are not UTF-8.
  var value: UInt32
  /// At least 1.
  var length: Int
  /// Whether the bytes were a proper beginning of a scalar cut off by the end.
  var isCut: Bool
}

enum UTF8Decoding {
  /// The scalar at `index`, which is below `end`, itself at most `bytes.count`.
  ///
  /// An ill-formed sequence is one U+FFFD per maximal subpart (Unicode 17, section 3.9, table 3-7 and "U+FFFD
  /// Substitution of Maximal Subparts"), which is what `String(decoding:as:)` gives.
  @inline(__always)
  static func scalar(in bytes: UnsafeBufferPointer<UInt8>, at index: Int, end: Int) -> DecodedScalar {
    let first = bytes[index]
    if first < 0x80 { return DecodedScalar(value: UInt32(first), length: 1, isCut: false) }
    // The first continuation byte has a narrower range after E0, ED, F0 and F4: no overlong forms, no surrogates,
    // nothing above U+10FFFF.
    var lower: UInt8 = 0x80
    var upper: UInt8 = 0xBF
    let count: Int
    var value: UInt32
    switch first {
    case 0xC2...0xDF:
      count = 2
      value = UInt32(first & 0x1F)
    case 0xE0...0xEF:
      count = 3
      value = UInt32(first & 0x0F)
      if first == 0xE0 { lower = 0xA0 } else if first == 0xED { upper = 0x9F }
    case 0xF0...0xF4:
      count = 4
      value = UInt32(first & 0x07)
      if first == 0xF0 { lower = 0x90 } else if first == 0xF4 { upper = 0x8F }
    default:
      return DecodedScalar(value: 0xFFFD, length: 1, isCut: false)
    }
    var length = 1
    while length < count {
      guard index + length < end else { return DecodedScalar(value: 0xFFFD, length: length, isCut: true) }
      let byte = bytes[index + length]
      guard byte >= lower, byte <= upper else { return DecodedScalar(value: 0xFFFD, length: length, isCut: false) }
      value = value << 6 | UInt32(byte & 0x3F)
      lower = 0x80
      upper = 0xBF
      length += 1
    }
    return DecodedScalar(value: value, length: length, isCut: false)
  }

  /// The offset of an unfinished sequence at the very end, or `end` if there is none. Looks at three bytes at most.
  static func startOfCutSequence(in bytes: UnsafeBufferPointer<UInt8>, from start: Int, end: Int) -> Int {
    var index = end - 1
    while index >= start, index >= end - 3 {
      let byte = bytes[index]
      if byte < 0x80 { return end }
      if byte >= 0xC0 {
        let decoded = scalar(in: bytes, at: index, end: end)
        return decoded.isCut && index + decoded.length == end ? index : end
      }
      index -= 1
    }
    return end
  }
}
