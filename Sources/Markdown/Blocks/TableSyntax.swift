// What makes two lines a table (GitHub Flavored Markdown 0.29, section "Tables (extension)"): a row of delimiters with as
// many cells as the line before. Where the cells of a row stand is TableRow's matter.

enum TableSyntax {
  /// What is known of a row of delimiters, which may be unfinished.
  struct Delimiters: Equatable {
    var cells: Int
    var hasPipe: Bool
    /// Whether the row could end here.
    var isComplete: Bool
  }

  /// The number of cells of a row: what stands between pipes. A pipe directly behind a backslash is text; the first and
  /// the last one may be left out.
  static func cells(in line: MarkdownLine, of bytes: UnsafeBufferPointer<UInt8>, _ scan: inout LineScan) -> Int {
    scan.resume(at: line.start)
    // State: the pipes counted, twice; plus one if the last byte that is no space is a pipe.
    while scan.position < line.end {
      let byte = bytes[scan.position]
      if byte == UInt8(ascii: "|"), scan.position == line.start || bytes[scan.position - 1] != UInt8(ascii: "\\") {
        scan.state = (scan.state | 1) + 2
      } else if byte != 0x20, byte != 0x09 {
        scan.state &= ~1
      }
      scan.position += 1
    }
    let pipes = scan.state >> 1
    let beginsWithPipe = line.start < line.end && bytes[line.start] == UInt8(ascii: "|")
    let separators = pipes - (beginsWithPipe ? 1 : 0)
    let endsWithPipe = scan.state & 1 == 1
    if beginsWithPipe, separators == 0, endsWithPipe { return 0 }
    return separators + 1 - (endsWithPipe ? 1 : 0)
  }

  /// The row of delimiters that a line's content is so far; `nil` if it cannot become one.
  static func delimiters(_ line: LineCursor, _ scan: inout LineScan) -> Delimiters? {
    scan.resume(at: line.content)
    var place = Place(rawValue: scan.state & 7) ?? .start
    var cells = scan.state >> 4
    var hasPipe = scan.state & 8 != 0
    while scan.position < line.end, !scan.isRefuted {
      let byte = line.bytes[scan.position]
      switch (byte, place) {
      case (0x20, .start), (0x20, .behindPipe), (0x09, .start), (0x09, .behindPipe): break
      case (0x20, .dashes), (0x20, .behindCell), (0x09, .dashes), (0x09, .behindCell): place = .behindCell
      case (UInt8(ascii: "-"), .dashes): break
      case (UInt8(ascii: "-"), .start), (UInt8(ascii: "-"), .colon), (UInt8(ascii: "-"), .behindPipe):
        place = .dashes
        cells += 1
      case (UInt8(ascii: ":"), .start), (UInt8(ascii: ":"), .behindPipe): place = .colon
      case (UInt8(ascii: ":"), .dashes): place = .behindCell
      case (UInt8(ascii: "|"), .start), (UInt8(ascii: "|"), .dashes), (UInt8(ascii: "|"), .behindCell):
        place = .behindPipe
        hasPipe = true
      default: scan.isRefuted = true
      }
      scan.position += 1
    }
    scan.state = cells << 4 | (hasPipe ? 8 : 0) | place.rawValue
    if scan.isRefuted { return nil }
    return Delimiters(cells: cells, hasPipe: hasPipe, isComplete: cells > 0 && place != .colon)
  }

  private enum Place: Int { case start, colon, dashes, behindCell, behindPipe }

  /// The alignments that a complete row of delimiters gives.
  static func alignments(_ line: LineCursor, count: Int) -> [MarkdownBlock.Alignment] {
    var result: [MarkdownBlock.Alignment] = []
    result.reserveCapacity(count)
    var position = line.content
    while position < line.end, result.count < count {
      while position < line.end, line.bytes[position] != UInt8(ascii: "-"), line.bytes[position] != UInt8(ascii: ":") {
        position += 1
      }
      let isLeading = position < line.end && line.bytes[position] == UInt8(ascii: ":")
      if isLeading { position += 1 }
      while position < line.end, line.bytes[position] == UInt8(ascii: "-") { position += 1 }
      let isTrailing = position < line.end && line.bytes[position] == UInt8(ascii: ":")
      if isTrailing { position += 1 }
      result.append(isLeading ? isTrailing ? .center : .leading : isTrailing ? .trailing : .none)
    }
    return result
  }
}
