// Code spans (CommonMark 0.31.2, section 6.1).

/// The runs of backticks of one text, found once: whether a run is closed is then known without reading on, however many
/// runs of however many lengths there are.
struct CodeSpans {
  private struct Run {
    var start: Int
    var length: Int
    /// The next run of the same length; −1 without one.
    var next: Int
  }

  private var runs: [Run] = []
  /// By length, the first run that is not yet passed.
  private var upcoming: [Int] = []
  private var isRead = false

  /// Where the run begins that closes a run of `length` backticks which ends at `end`. `end` never falls from call to call.
  mutating func closing(length: Int, after end: Int, in bytes: UnsafeBufferPointer<UInt8>) -> Int? {
    if !isRead { read(bytes) }
    guard length < upcoming.count else { return nil }
    var run = upcoming[length]
    while run >= 0, runs[run].start < end { run = runs[run].next }
    upcoming[length] = run
    return run >= 0 ? runs[run].start : nil
  }

  private mutating func read(_ bytes: UnsafeBufferPointer<UInt8>) {
    isRead = true
    var index = 0
    var longest = 0
    while index < bytes.count {
      guard bytes[index] == 0x60 else {
        index += 1
        continue
      }
      let length = InlineBytes.run(of: 0x60, in: bytes, at: index)
      runs.append(Run(start: index, length: length, next: -1))
      longest = max(longest, length)
      index += length
    }
    upcoming = Array(repeating: -1, count: longest + 1)
    for run in runs.indices.reversed() {
      runs[run].next = upcoming[runs[run].length]
      upcoming[runs[run].length] = run
    }
  }

  /// The code between the backticks: one space at each end does not count if there is one at both and something else too.
  static func stripped(_ range: Range<Int>, in bytes: UnsafeBufferPointer<UInt8>) -> Range<Int> {
    guard range.count >= 2, isSpace(bytes[range.lowerBound]), isSpace(bytes[range.upperBound - 1]),
      range.contains(where: { !isSpace(bytes[$0]) })
    else { return range }
    return range.lowerBound + 1..<range.upperBound - 1
  }

  /// A line ending counts as a space.
  private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x0A || byte == 0x0D }
}
