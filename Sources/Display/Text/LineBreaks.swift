// Where logical lines end: LF, CRLF and a lone CR. U+2028 and U+2029 are shown, not obeyed (`Sanitizer`).

/// A logical line inside a larger text.
package struct LogicalLine: Equatable, Sendable {
  /// The bytes of the line without its ending.
  package let content: Range<Int>
  /// Where the next line begins; `nil` while this line has no ending yet. A CR as the very last byte is no ending yet:
  /// an LF may follow it.
  package let next: Int?
}

/// Splits bytes into logical lines.
package enum LineBreaks {
  /// The line that begins at `offset`. An offset outside of `bytes` gives an empty open line at the end.
  /// - Complexity: O(length of the line), eight bytes at a time.
  package static func line(in bytes: UnsafeBufferPointer<UInt8>, from offset: Int) -> LogicalLine {
    let end = bytes.count
    let start = min(max(0, offset), end)
    let found = ASCIIScan.endOfLine(in: bytes, from: start, to: end)
    guard found < end else { return LogicalLine(content: start..<end, next: nil) }
    if bytes[found] == 0x0A { return LogicalLine(content: start..<found, next: found + 1) }
    guard found + 1 < end else { return LogicalLine(content: start..<found, next: nil) }
    return LogicalLine(content: start..<found, next: bytes[found + 1] == 0x0A ? found + 2 : found + 1)
  }
}
