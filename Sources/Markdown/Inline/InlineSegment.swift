// The segments of a paragraph: how much of it is read at a time, and where its bytes stand in the source.

/// A place in the lines of a block at which a segment begins.
struct InlinePlace: Equatable, Sendable {
  /// Counted from the block's first line.
  var line = 0
  /// The byte of the source; −1 for the start of the line.
  var offset = -1
  /// Whether only white space stands before it in its line.
  var isIndentation = true
  /// Whether it is the end of its line.
  var isLineEnd = false
}

/// The text of one segment: lines without their indentation, joined by line feeds.
///
/// A segment ends before the first white space behind 4,096 bytes of source, or after 8,192. Nothing in a paragraph's
/// markup crosses segments, so what was read once is never read again, however long the paragraph becomes. The rule looks
/// at nothing but the bytes: pieces of a text give the segments the whole gives.
struct InlineSegment {
  private struct Piece {
    var text: Int
    var source: Int
  }

  /// Longer than all but a few paragraphs, short enough to be read again with each piece that arrives.
  private static let usualLength = 4_096
  private static let maximumLength = 8_192

  private(set) var text: [UInt8] = []
  private var pieces: [Piece] = []

  /// Loads the segment that begins at `start`.
  /// - Returns: where the next one begins; `nil` if this one ends with the text.
  mutating func load(
    from start: InlinePlace, lines: ArraySlice<MarkdownLine>, bytes: UnsafeBufferPointer<UInt8>
  ) -> InlinePlace? {
    text.removeAll(keepingCapacity: true)
    pieces.removeAll(keepingCapacity: true)
    if text.capacity == 0, let last = lines.last, let first = lines.first {
      text.reserveCapacity(min(max(last.end - first.start, 0), Self.maximumLength))
    }
    var used = 0
    var isIndentation = start.isIndentation
    for number in start.line..<max(lines.count, start.line) {
      let line = lines[lines.startIndex + number].range.clamped(to: 0..<bytes.count)
      var index = number == start.line && start.offset >= 0 ? min(start.offset, line.upperBound) : line.lowerBound
      if number > start.line {
        text.append(0x0A)
        used += 1
        isIndentation = true
      }
      if isIndentation {
        let limit = min(line.upperBound, index + max(0, Self.maximumLength - used))
        let indentation = index
        while index < limit, InlineBytes.isBlank(bytes[index]) { index += 1 }
        used += index - indentation
        if used >= Self.maximumLength { return InlinePlace(line: number, offset: index, isIndentation: true) }
      }
      let end = Self.end(from: index, to: line.upperBound, used: used, in: bytes)
      pieces.append(Piece(text: text.count, source: index))
      text.append(contentsOf: bytes[index..<max(index, end)])
      if end < line.upperBound { return InlinePlace(line: number, offset: end, isIndentation: false) }
      used += end - index
      if used >= Self.usualLength, number + 1 < lines.count, text.last != 0x5C {
        return InlinePlace(line: number, offset: end, isIndentation: false, isLineEnd: true)
      }
    }
    return nil
  }

  /// Where a segment ends that has `used` bytes before `start`; `limit` if it goes on behind the line.
  static func end(
    from start: Int, to limit: Int, used: Int, in bytes: UnsafeBufferPointer<UInt8>
  ) -> Int {
    let last = start + max(1, maximumLength - used)
    var index = start + max(1, usualLength - used)
    while index < min(last, limit) {
      // White space belongs to what follows it, so that its run is in one piece and an escaped line end is too.
      if InlineBytes.isBlank(bytes[index]), !InlineBytes.isBlank(bytes[index - 1]), bytes[index - 1] != 0x5C {
        return index
      }
      index += 1
    }
    guard last < limit else { return limit }
    // A character is not cut; four bytes of continuation are none.
    let cut = (0..<4).first { last - $0 > start && bytes[last - $0] & 0xC0 != 0x80 }
    return last - (cut ?? 0)
  }

  /// Cuts the text's end off.
  mutating func truncate(to count: Int) { text.removeSubrange(min(count, text.count)...) }

  /// Takes a text that stands in the source with some of its bytes left out, as a table's cell does.
  mutating func load(_ range: Range<Int>, of bytes: UnsafeBufferPointer<UInt8>, without isOmitted: (Int) -> Bool) {
    text.removeAll(keepingCapacity: true)
    pieces.removeAll(keepingCapacity: true)
    var start = range.lowerBound
    for index in range where isOmitted(index) {
      append(start..<index, of: bytes)
      start = index + 1
    }
    append(start..<range.upperBound, of: bytes)
  }

  private mutating func append(_ range: Range<Int>, of bytes: UnsafeBufferPointer<UInt8>) {
    guard !range.isEmpty else { return }
    pieces.append(Piece(text: text.count, source: range.lowerBound))
    text.append(contentsOf: bytes[range])
  }

  /// Where byte `index` of the text stands in the source, and how many bytes from there on stand there together.
  ///
  /// - Parameter cursor: the piece that was found last; as the places asked for rise, each piece is passed once.
  func source(of index: Int, cursor: inout Int) -> (offset: Int, length: Int) {
    while cursor + 1 < pieces.count, pieces[cursor + 1].text <= index { cursor += 1 }
    guard cursor < pieces.count else { return (0, Int.max) }
    let end = cursor + 1 < pieces.count ? pieces[cursor + 1].text : Int.max
    return (pieces[cursor].source + index - pieces[cursor].text, end - index)
  }
}
