// Where lines end. Sixteen bytes at a time, because every byte of a text is looked at for it.

enum LineEnds {
  private static let ones: UInt64 = 0x0101_0101_0101_0101
  private static let highBits: UInt64 = 0x8080_8080_8080_8080

  /// The index of the first LF or CR at or after `start`; the count where there is none.
  static func first(in bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
    let raw = UnsafeRawBufferPointer(bytes)
    var index = start
    let count = raw.count
    while index &+ 16 <= count {
      let low = ends(in: UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: index, as: UInt64.self)))
      let high = ends(in: UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: index &+ 8, as: UInt64.self)))
      if low | high != 0 {
        return low != 0 ? index + low.trailingZeroBitCount >> 3 : index + 8 + high.trailingZeroBitCount >> 3
      }
      index &+= 16
    }
    while index < count, raw[index] != 0x0A, raw[index] != 0x0D { index += 1 }
    return index
  }

  /// The high bit of the first LF or CR of `word`; bits above the lowest one may be wrong.
  @inline(__always)
  private static func ends(in word: UInt64) -> UInt64 {
    zeros(in: word ^ (ones &* 0x0A)) | zeros(in: word ^ (ones &* 0x0D))
  }

  /// The high bit of every zero byte of `word`, and perhaps of bytes above the lowest one: S. E. Anderson, "Bit Twiddling
  /// Hacks", "Determine if a word has a zero byte".
  @inline(__always)
  private static func zeros(in word: UInt64) -> UInt64 { (word &- ones) & ~word & highBits }
}
