// Which bytes are UTF-8, by the table of well-formed sequences (Unicode 17, table 3-7). Replacing what is not is
// `UTF8Repair`'s work; showing characters is nobody's here.

/// Recognises UTF-8, and how much of a broken sequence one replacement character stands for.
package enum UTF8Validator {
  /// What begins at a byte.
  package enum Sequence: Equatable, Sendable {
    /// A well-formed character of so many bytes.
    case valid(Int)
    /// A maximal subpart of so many bytes that no byte can make whole: one U+FFFD.
    case invalid(Int)
    /// All bytes to the end are the beginning of a character.
    case incomplete
  }

  /// Whether all of `bytes` is well-formed.
  package static func isValid(_ bytes: UnsafeRawBufferPointer) -> Bool {
    validPrefix(of: bytes, from: 0) == bytes.count
  }

  /// The end of the longest well-formed run that begins at `start`.
  package static func validPrefix(of bytes: UnsafeRawBufferPointer, from start: Int) -> Int {
    var index = start
    while true {
      index = ByteScan.nonASCII(in: bytes, from: index)
      // Non-ASCII characters come in runs; the search for the next one would cost more than a look.
      while index < bytes.count, bytes[index] >= 0x80 {
        guard case .valid(let length) = sequence(at: index, in: bytes) else { return index }
        index += length
      }
      if index == bytes.count { return index }
    }
  }

  /// What begins at `index`, which must be within `bytes`.
  package static func sequence(at index: Int, in bytes: UnsafeRawBufferPointer) -> Sequence {
    let lead = bytes[index]
    let length: Int
    // The second byte's range rules out overlong forms, surrogates and values above U+10FFFF.
    var lowest: UInt8 = 0x80
    var highest: UInt8 = 0xBF
    switch lead {
    case 0x00...0x7F: return .valid(1)
    case 0xC2...0xDF: length = 2
    case 0xE0...0xEF:
      length = 3
      if lead == 0xE0 { lowest = 0xA0 }
      if lead == 0xED { highest = 0x9F }
    case 0xF0...0xF4:
      length = 4
      if lead == 0xF0 { lowest = 0x90 }
      if lead == 0xF4 { highest = 0x8F }
    default: return .invalid(1)
    }
    for position in 1..<length {
      guard index + position < bytes.count else { return .incomplete }
      let byte = bytes[index + position]
      guard byte >= lowest, byte <= highest else { return .invalid(position) }
      lowest = 0x80
      highest = 0xBF
    }
    return .valid(length)
  }
}
