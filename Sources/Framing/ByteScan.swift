// Searches through bytes, eight at a time. They decide how fast a flood of tokens is decoded.
// It is not for searching text: a byte below 0x80 never occurs inside a UTF-8 sequence, anything else might.

enum ByteScan {
  private static let ones: UInt64 = 0x0101_0101_0101_0101
  private static let highBits: UInt64 = 0x8080_8080_8080_8080

  /// The index of the first LF or CR at or after `start`; the count where there is none.
  static func lineEnd(in bytes: UnsafeRawBufferPointer, from start: Int) -> Int {
    var index = start
    let count = bytes.count
    while index + 16 <= count {
      let low = lineEnds(in: word(in: bytes, at: index))
      let high = lineEnds(in: word(in: bytes, at: index + 8))
      // One branch for sixteen bytes; the two words do not wait for each other.
      if low | high != 0 {
        return low != 0 ? index + low.trailingZeroBitCount >> 3 : index + 8 + high.trailingZeroBitCount >> 3
      }
      index += 16
    }
    while index < count, bytes[index] != ASCII.lineFeed, bytes[index] != ASCII.carriageReturn { index += 1 }
    return index
  }

  /// The index of the first LF at or after `start`; the count where there is none.
  static func lineFeed(in bytes: UnsafeRawBufferPointer, from start: Int) -> Int {
    var index = start
    let count = bytes.count
    while index + 8 <= count {
      let found = zeros(in: word(in: bytes, at: index) ^ (ones &* 0x0A))
      if found != 0 { return index + found.trailingZeroBitCount >> 3 }
      index += 8
    }
    while index < count, bytes[index] != ASCII.lineFeed { index += 1 }
    return index
  }

  /// The index of the first byte that ends or interrupts a run of plain JSON string text: quote, backslash or C0.
  @inline(__always)
  static func stringInterruption(in bytes: UnsafeRawBufferPointer, from start: Int) -> Int {
    var index = start
    let count = bytes.count
    while index + 8 <= count {
      let word = word(in: bytes, at: index)
      let found =
        zeros(in: word ^ (ones &* 0x22)) | zeros(in: word ^ (ones &* 0x5C))
        | ((word &- (ones &* 0x20)) & ~word & highBits)
      if found != 0 { return index + found.trailingZeroBitCount >> 3 }
      index += 8
    }
    while index < count {
      let byte = bytes[index]
      if byte == ASCII.quote || byte == ASCII.backslash || byte < 0x20 { return index }
      index += 1
    }
    return index
  }

  /// The index of the first byte with its high bit set at or after `start`; the count where there is none.
  static func nonASCII(in bytes: UnsafeRawBufferPointer, from start: Int) -> Int {
    var index = start
    let count = bytes.count
    while index + 8 <= count {
      let found = word(in: bytes, at: index) & highBits
      if found != 0 { return index + found.trailingZeroBitCount >> 3 }
      index += 8
    }
    while index < count, bytes[index] < 0x80 { index += 1 }
    return index
  }

  /// Whether `bytes` are exactly the bytes of `text`.
  @inline(__always)
  static func matches(_ bytes: UnsafeRawBufferPointer, _ text: StaticString) -> Bool {
    let count = text.utf8CodeUnitCount
    guard bytes.count == count else { return false }
    let start = text.utf8Start
    for index in 0..<count where bytes[index] != start[index] { return false }
    return true
  }

  /// Whether two runs of bytes are equal.
  static func matches(_ bytes: UnsafeRawBufferPointer, _ other: UnsafeRawBufferPointer) -> Bool {
    guard bytes.count == other.count else { return false }
    for index in 0..<bytes.count where bytes[index] != other[index] { return false }
    return true
  }

  /// The high bit of the first LF or CR of `word`; see `zeros` for the bits above it.
  @inline(__always)
  private static func lineEnds(in word: UInt64) -> UInt64 {
    zeros(in: word ^ (ones &* 0x0A)) | zeros(in: word ^ (ones &* 0x0D))
  }

  /// The eight bytes at `index`, the first one lowest.
  @inline(__always)
  private static func word(in bytes: UnsafeRawBufferPointer, at index: Int) -> UInt64 {
    UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self))
  }

  /// The high bit of every zero byte of `word`. Bits above the lowest set one may be wrong (a borrow travels upwards),
  /// so only the lowest may be used: S. E. Anderson, "Bit Twiddling Hacks", "Determine if a word has a zero byte".
  @inline(__always)
  private static func zeros(in word: UInt64) -> UInt64 { (word &- ones) & ~word & highBits }
}
