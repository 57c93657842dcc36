// Patches in the unified format (POSIX diff -u, git diff).

import Display

/// Colours a line of a patch. The state counts down the lines that the hunk still has of either side, so that a deleted
/// line beginning with `--` is no header.
enum DiffLexer {
  static func color(
    _ line: Range<Int>, in bytes: UnsafeBufferPointer<UInt8>, state: inout LexerState, colors: inout LineColors
  ) {
    var old = state.rawValue >> 16
    var new = state.rawValue & 0xFFFF
    let text = UnsafeBufferPointer(rebasing: bytes[line])
    let isInHunk = old > 0 || new > 0
    let role: ThemeRole
    switch text.first {
    case UInt8(ascii: "@") where text.starts(with: "@@".utf8):
      (old, new) = counts(in: text)
      let title = endOfRange(in: text)
      colors.mark(to: line.lowerBound + title, .codeAttribute)
      colors.mark(to: line.upperBound, .codeFunction)
      state.rawValue = old << 16 | new
      return
    case UInt8(ascii: "+") where isInHunk || !text.starts(with: "+++ ".utf8):
      role = .codeInserted
      new = new > 0 ? new - 1 : 0
    case UInt8(ascii: "-") where isInHunk || !text.starts(with: "--- ".utf8):
      role = .codeDeleted
      old = old > 0 ? old - 1 : 0
    case UInt8(ascii: ">"): role = .codeInserted
    case UInt8(ascii: "<"): role = .codeDeleted
    case UInt8(ascii: "\\"): role = .codeComment
    case UInt8(ascii: " "), nil:
      role = .code
      old = old > 0 ? old - 1 : 0
      new = new > 0 ? new - 1 : 0
    default:
      role = isHeader(text) ? .codeKeyword : .code
      if role == .codeKeyword { (old, new) = (0, 0) }
    }
    colors.mark(to: line.upperBound, role)
    state.rawValue = old << 16 | new
  }

  private static func isHeader(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    let starts = [
      "+++ ", "--- ", "*** ", "diff ", "index ", "new file", "deleted file", "old mode", "new mode", "similarity",
      "dissimilarity", "rename ", "copy ", "Index: ", "====", "Binary files", "GIT binary", "Only in ",
    ]
    return starts.contains { text.starts(with: $0.utf8) }
  }

  /// The line counts of `@@ -1,5 +1,6 @@`; 1 where a count is left out.
  private static func counts(in text: UnsafeBufferPointer<UInt8>) -> (UInt32, UInt32) {
    var index = 2
    return (
      count(after: UInt8(ascii: "-"), in: text, from: &index), count(after: UInt8(ascii: "+"), in: text, from: &index)
    )
  }

  private static func count(
    after sign: UInt8, in text: UnsafeBufferPointer<UInt8>, from index: inout Int
  ) -> UInt32 {
    while index < text.count, text[index] == 0x20 { index += 1 }
    guard index < text.count, text[index] == sign else { return 0 }
    index += 1
    _ = number(in: text, from: &index)
    guard index < text.count, text[index] == UInt8(ascii: ",") else { return 1 }
    index += 1
    return number(in: text, from: &index)
  }

  /// Decimal digits, at most 65535.
  private static func number(in text: UnsafeBufferPointer<UInt8>, from index: inout Int) -> UInt32 {
    var value: UInt32 = 0
    while index < text.count, text[index] &- 0x30 < 10 {
      value = min(value * 10 + UInt32(text[index] - 0x30), 0xFFFF)
      index += 1
    }
    return value
  }

  /// Where the second `@@` ends.
  private static func endOfRange(in text: UnsafeBufferPointer<UInt8>) -> Int {
    var index = 2
    while index + 1 < text.count {
      if text[index] == UInt8(ascii: "@"), text[index + 1] == UInt8(ascii: "@") { return index + 2 }
      index += 1
    }
    return text.count
  }
}
