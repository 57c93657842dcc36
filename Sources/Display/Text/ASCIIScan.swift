// How far plain ASCII goes, eight bytes at a time. Most of what models write is that, and needs no table.

enum ASCIIScan {
  private static let ones: UInt64 = 0x0101_0101_0101_0101
  private static let highs: UInt64 = 0x8080_8080_8080_8080

  /// The first offset in `start ..< end` whose byte is not in 0x20 ... 0x7E, or `end`.
  @inline(__always)
  static func endOfPrintable(in bytes: UnsafeBufferPointer<UInt8>, from start: Int, to end: Int) -> Int {
    var index = start
    guard let base = bytes.baseAddress else { return start }
    while index + 8 <= end {
      let word = UInt64(
        littleEndian: UnsafeRawPointer(base + index).loadUnaligned(as: UInt64.self))
      // A high bit stands in every byte that is ≥ 0x80, below 0x20, or 0x7F; false alarms only above a true one.
      let below = (word &- ones &* 0x20)
      let delete = word ^ (ones &* 0x7F)
      let found = (word | (below & ~word) | ((delete &- ones) & ~delete)) & highs
      if found != 0 { return index + found.trailingZeroBitCount / 8 }
      index += 8
    }
    while index < end {
      let byte = bytes[index]
      if byte < 0x20 || byte >= 0x7F { return index }
      index += 1
    }
    return end
  }

  /// The first offset in `start ..< end` whose byte is LF or CR, or `end`.
  @inline(__always)
  static func endOfLine(in bytes: UnsafeBufferPointer<UInt8>, from start: Int, to end: Int) -> Int {
    var index = start
    guard let base = bytes.baseAddress else { return start }
    while index + 8 <= end {
      let word = UInt64(
        littleEndian: UnsafeRawPointer(base + index).loadUnaligned(as: UInt64.self))
      let feed = word ^ (ones &* 0x0A)
      let carriage = word ^ (ones &* 0x0D)
      let found = (((feed &- ones) & ~feed) | ((carriage &- ones) & ~carriage)) & highs
      if found != 0 { return index + found.trailingZeroBitCount / 8 }
      index += 8
    }
    while index < end {
      let byte = bytes[index]
      if byte == 0x0A || byte == 0x0D { return index }
      index += 1
    }
    return end
  }
}
