// Where the caret can go in the text itself: by cluster, by word, by line. Rows of the screen are `ComposerRows`.

extension TextBuffer {
  /// The place one cluster, or one line break, before; `nil` at the start.
  func position(before position: TextPosition) -> TextPosition? {
    if position.offset > 0 {
      return TextPosition(
        line: position.line, offset: ClusterBoundary.before(position.offset, in: lines[position.line]))
    }
    guard position.line > 0 else { return nil }
    return TextPosition(line: position.line - 1, offset: lines[position.line - 1].count)
  }

  /// The place one cluster, or one line break, after; `nil` at the end.
  func position(after position: TextPosition) -> TextPosition? {
    if position.offset < lines[position.line].count {
      return TextPosition(
        line: position.line, offset: ClusterBoundary.after(position.offset, in: lines[position.line]))
    }
    guard position.line + 1 < lines.count else { return nil }
    return TextPosition(line: position.line + 1, offset: 0)
  }

  func lineStart(of position: TextPosition) -> TextPosition {
    TextPosition(line: position.line, offset: 0)
  }

  func lineEnd(of position: TextPosition) -> TextPosition {
    TextPosition(line: position.line, offset: lines[position.line].count)
  }

  /// The end of the word at or after `position`. Words are runs of letters and digits, as in readline.
  func wordEnd(after position: TextPosition) -> TextPosition {
    skipForward(from: skipForward(from: position) { !isWord(at: $0) }) { isWord(at: $0) }
  }

  /// The first letter or digit at or after `position`, or the end.
  func wordStart(after position: TextPosition) -> TextPosition {
    skipForward(from: position) { !isWord(at: $0) }
  }

  /// The start of the word at or before `position`.
  func wordStart(before position: TextPosition) -> TextPosition {
    skipBackward(from: skipBackward(from: position) { !isWord(at: $0) }) { isWord(at: $0) }
  }

  /// The start of the run of anything but white space at or before `position`.
  func fieldStart(before position: TextPosition) -> TextPosition {
    skipBackward(from: skipBackward(from: position) { isWhitespace(at: $0) }) { !isWhitespace(at: $0) }
  }

  static func isWhitespace(at offset: Int, in line: [UInt8]) -> Bool {
    let byte = line[offset]
    if byte < 0x80 { return byte == 0x20 || byte == 0x09 }
    return ClusterBoundary.scalar(at: offset, in: line).properties.isWhitespace
  }

  private func skipForward(
    from start: TextPosition, while condition: (TextPosition) -> Bool
  ) -> TextPosition {
    var position = start
    while condition(position), let next = self.position(after: position) { position = next }
    return position
  }

  private func skipBackward(
    from start: TextPosition, while condition: (TextPosition) -> Bool
  ) -> TextPosition {
    var position = start
    while let previous = self.position(before: position), condition(previous) { position = previous }
    return position
  }

  /// Whether a word character stands at `position`; a line break and the end are none.
  private func isWord(at position: TextPosition) -> Bool {
    let line = lines[position.line]
    guard position.offset < line.count else { return false }
    let byte = line[position.offset]
    if byte < 0x80 {
      return (byte >= 0x30 && byte <= 0x39) || (byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A)
    }
    let properties = ClusterBoundary.scalar(at: position.offset, in: line).properties
    return properties.isAlphabetic || properties.numericType != nil
  }

  /// Whether white space or a line break stands at `position`.
  private func isWhitespace(at position: TextPosition) -> Bool {
    let line = lines[position.line]
    guard position.offset < line.count else { return true }
    return Self.isWhitespace(at: position.offset, in: line)
  }
}
