// The three bytes EF BB BF that some servers put before everything else. Only the very first three count:
// a second mark, or a later one, is data.

/// Watches for one leading UTF-8 byte order mark, however it was cut.
struct ByteOrderMark: Sendable {
  /// Bytes of the mark seen so far; 4 when the question is settled.
  private var matched = 0

  var isSettled: Bool { matched == 4 }

  /// Looks at the next bytes of the stream's beginning.
  ///
  /// Bytes that looked like a mark and were none go to `line`. Returns how many bytes were used up.
  mutating func settle(_ bytes: UnsafeRawBufferPointer, into line: inout [UInt8]) -> Int {
    var index = 0
    while !isSettled, index < bytes.count {
      guard bytes[index] == Self.mark(matched) else {
        giveUp(into: &line)
        return index
      }
      matched = matched == 2 ? 4 : matched + 1
      index += 1
    }
    return index
  }

  /// The stream went on, or ended, without the rest of the mark: what was seen of it is data.
  mutating func giveUp(into line: inout [UInt8]) {
    guard !isSettled else { return }
    for index in 0..<matched { line.append(Self.mark(index)) }
    matched = 4
  }

  private static func mark(_ index: Int) -> UInt8 {
    switch index {
    case 0: 0xEF
    case 1: 0xBB
    default: 0xBF
    }
  }
}
