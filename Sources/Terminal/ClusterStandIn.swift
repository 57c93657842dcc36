// A cell of ncurses cannot hold a joined emoji, and its C library may not know a new one. Such a cell holds a stand-in of
// the same width instead: a question mark with four marks, which are a number. `FrameOutput` puts the real text back.
//
// The marks are variation selectors from U+E0100 on: they have no width, pass through ncurses, and never come out of
// `Sanitizer`, which shows them by number. They spell, in base 240, the glyph of the cell and the column it is in. The
// column is there because only an absolute one brings the cursor back to where ncurses believes it is, whatever the
// terminal made of the cluster; and ncurses compares cells, so what it leaves alone is what stands there already.

/// The coding of stand-ins.
enum ClusterStandIn {
  /// Wide and narrow question marks: what is seen where nothing puts the text back.
  static let wideBase: UInt32 = 0xFF1F
  static let narrowBase: UInt32 = 0x3F
  /// Columns up to here can be coded; `TerminalLine` gives at most 2,000.
  static let maximumColumn = 2_047

  private static let firstMark: UInt32 = 0xE0100
  private static let digits: UInt32 = 240

  /// The four marks of a glyph at a column, which is at most `maximumColumn`. 240⁴ is above 2,048 times all glyphs.
  static func marks(glyph: UInt32, column: Int) -> [UInt32] {
    var number = glyph << 11 | UInt32(column)
    var marks: [UInt32] = [0, 0, 0, 0]
    for index in marks.indices.reversed() {
      marks[index] = firstMark + number % digits
      number /= digits
    }
    return marks
  }

  /// A stand-in that was found.
  struct Found: Equatable {
    var glyph: UInt32
    var column: Int
    var width: Int
    /// The bytes of the question mark and of the marks.
    var range: Range<Int>
  }

  /// The first byte of every mark.
  static let lead: UInt8 = 0xF3

  /// The stand-in whose first mark begins at `index`; nil where there is none, since private characters have that first
  /// byte too.
  static func found(in bytes: UnsafeBufferPointer<UInt8>, at index: Int, notBefore start: Int) -> Found? {
    guard index + 16 <= bytes.count else { return nil }
    var number: UInt64 = 0
    for mark in 0..<4 {
      let at = index + mark * 4
      // U+E0100 is F3 A0 84 80, U+E01EF is F3 A0 87 AF.
      guard bytes[at] == lead, bytes[at + 1] == 0xA0, bytes[at + 2] >= 0x84, bytes[at + 2] <= 0x87 else { return nil }
      number = number * UInt64(digits) + UInt64(bytes[at + 2] & 0x03) << 6 + UInt64(bytes[at + 3] & 0x3F)
    }
    let isWide = index - 3 >= start && bytes[index - 3] == 0xEF && bytes[index - 2] == 0xBC && bytes[index - 1] == 0x9F
    guard isWide || (index > start && bytes[index - 1] == 0x3F) else { return nil }
    return Found(
      glyph: UInt32(truncatingIfNeeded: number >> 11), column: Int(number & 0x7FF), width: isWide ? 2 : 1,
      range: (index - (isWide ? 3 : 1))..<(index + 16))
  }
}
