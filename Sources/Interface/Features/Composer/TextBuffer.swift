// The text under the caret: lines of bytes, so that a keystroke in a pasted megabyte costs as much as in a short prompt.
// Knows nothing of keys, undo or the screen.

/// A place in a `TextBuffer`: a line, and a byte offset into its UTF-8.
package struct TextPosition: Comparable, Hashable, Sendable {
  /// Counted from zero.
  package var line: Int
  /// In bytes; on a cluster boundary wherever a buffer hands it out.
  package var offset: Int

  /// A place; whether it exists is up to the buffer it is used with.
  package init(line: Int, offset: Int) {
    self.line = line
    self.offset = offset
  }

  /// The very beginning of every text.
  package static let start = TextPosition(line: 0, offset: 0)

  /// Reading order.
  package static func < (left: TextPosition, right: TextPosition) -> Bool {
    left.line == right.line ? left.offset < right.offset : left.line < right.line
  }

  /// Where a text of these bytes ends that begins here.
  func advanced(over bytes: [UInt8]) -> TextPosition {
    var breaks = 0
    var lastBreak = -1
    for index in bytes.indices where bytes[index] == 0x0A {
      breaks += 1
      lastBreak = index
    }
    if breaks == 0 { return TextPosition(line: line, offset: offset + bytes.count) }
    return TextPosition(line: line + breaks, offset: bytes.count - lastBreak - 1)
  }
}

/// Multi-line text with a caret.
///
/// - The text is valid UTF-8; lines end with LF, which no line contains.
/// - The caret exists and stands between grapheme clusters, never inside one.
/// - An edit costs the length of what it changes plus a move of memory in one line.
package struct TextBuffer: Equatable, Sendable {
  /// The lines without their line ends; never empty.
  private(set) var lines: [[UInt8]]
  /// Where the next character goes.
  package private(set) var caret: TextPosition
  /// The size of the text in UTF-8, line ends included.
  package private(set) var byteCount: Int

  /// A buffer with that text, line ends made LF, and the caret at its end.
  package init(_ text: String = "") {
    let bytes = Self.normalized(text)
    lines = Self.split(bytes)
    byteCount = bytes.count
    caret = .start
    caret = end
  }

  /// Whether there is no text at all, not even a line break.
  package var isEmpty: Bool { byteCount == 0 }
  /// The number of lines; one for the empty text.
  package var lineCount: Int { lines.count }
  /// The whole text. Linear in its length.
  package var text: String { text(in: .start..<end) }
  /// The place after the last character.
  package var end: TextPosition { TextPosition(line: lines.count - 1, offset: lines[lines.count - 1].count) }

  /// Whether nothing but white space would be sent. Stops at the first visible character.
  package var isBlank: Bool {
    for line in lines {
      var offset = 0
      while offset < line.count {
        if !Self.isWhitespace(at: offset, in: line) { return false }
        offset = ClusterBoundary.after(offset, in: line)
      }
    }
    return true
  }

  /// Puts the caret at a place, or at the nearest cluster boundary after it.
  package mutating func moveCaret(to position: TextPosition) {
    caret = aligned(position)
  }

  /// The text between two places.
  package func text(in range: Range<TextPosition>) -> String {
    String(decoding: bytes(in: range), as: UTF8.self)
  }

  func bytes(in range: Range<TextPosition>) -> [UInt8] {
    let first = range.lowerBound
    let last = range.upperBound
    if first.line == last.line { return Array(lines[first.line][first.offset..<last.offset]) }
    var result = Array(lines[first.line][first.offset...])
    for index in (first.line + 1)..<last.line {
      result.append(0x0A)
      result.append(contentsOf: lines[index])
    }
    result.append(0x0A)
    result.append(contentsOf: lines[last.line][..<last.offset])
    return result
  }

  /// Replaces a range by normalised bytes and puts the caret behind them.
  /// - Parameter range: between places of this buffer that begin a scalar; undoing may need one inside a cluster.
  /// - Returns: what stood there.
  @discardableResult
  mutating func replace(_ range: Range<TextPosition>, with inserted: [UInt8]) -> [UInt8] {
    let first = range.lowerBound
    let last = range.upperBound
    let removed = range.isEmpty ? [] : bytes(in: range)
    byteCount += inserted.count - removed.count
    if first.line == last.line, !inserted.contains(0x0A) {
      lines[first.line].replaceSubrange(first.offset..<last.offset, with: inserted)
      caret = aligned(TextPosition(line: first.line, offset: first.offset + inserted.count))
      return removed
    }
    var pieces = Self.split(inserted)
    let tail = lines[last.line][last.offset...]
    let final = TextPosition(
      line: first.line + pieces.count - 1,
      offset: pieces[pieces.count - 1].count + (pieces.count == 1 ? first.offset : 0))
    pieces[0].insert(contentsOf: lines[first.line][..<first.offset], at: 0)
    pieces[pieces.count - 1].append(contentsOf: tail)
    lines.replaceSubrange(first.line...last.line, with: pieces)
    caret = aligned(final)
    return removed
  }

  /// The nearest existing place that is a cluster boundary, at or after `position`.
  func aligned(_ position: TextPosition) -> TextPosition {
    if position.line < 0 { return .start }
    if position.line >= lines.count { return end }
    return TextPosition(
      line: position.line, offset: ClusterBoundary.atOrAfter(position.offset, in: lines[position.line]))
  }

  /// UTF-8 with CR and CRLF made LF.
  static func normalized(_ text: String) -> [UInt8] {
    let bytes = Array(text.utf8)
    guard bytes.contains(0x0D) else { return bytes }
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    var previous: UInt8 = 0
    for byte in bytes {
      if byte == 0x0D {
        result.append(0x0A)
      } else if byte != 0x0A || previous != 0x0D {
        result.append(byte)
      }
      previous = byte
    }
    return result
  }

  private static func split(_ bytes: [UInt8]) -> [[UInt8]] {
    var result: [[UInt8]] = []
    var start = 0
    var rest = bytes[...]
    while let index = rest.firstIndex(of: 0x0A) {
      result.append(index == start ? [] : Array(bytes[start..<index]))
      start = index + 1
      rest = bytes[start...]
    }
    result.append(start == 0 ? bytes : Array(rest))
    return result
  }
}
