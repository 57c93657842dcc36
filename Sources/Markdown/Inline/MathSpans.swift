// Formulas in a line of text: `$…$` by pandoc's rule, `$$…$$`, `\(…\)` and `\[…\]`.

/// Finds where formulas end. One value reads one text from its start to its end, and remembers which ends are missing.
struct MathSpans {
  private var hasNoDollar = false
  private var hasNoDoubleDollar = false
  private var hasNoParenthesis = false
  private var hasNoBracket = false

  /// The formula that begins with the `$` or the backslash at `start`, and where it ends with its delimiters.
  mutating func formula(
    at start: Int, in bytes: UnsafeBufferPointer<UInt8>
  ) -> (formula: Range<Int>, end: Int)? {
    guard start + 2 < bytes.count else { return nil }
    let next = bytes[start + 1]
    guard bytes[start] == 0x24 else {
      return next == 0x28
        ? Self.closed(from: start + 2, by: 0x5C, 0x29, in: bytes, isMissing: &hasNoParenthesis)
        : Self.closed(from: start + 2, by: 0x5C, 0x5D, in: bytes, isMissing: &hasNoBracket)
    }
    return next == 0x24
      ? Self.closed(from: start + 2, by: 0x24, 0x24, in: bytes, isMissing: &hasNoDoubleDollar)
      : single(from: start + 1, in: bytes)
  }

  /// Pandoc's rule: no white space inside next to either dollar, and no digit behind the second one. The first dollar that
  /// is not escaped decides.
  private mutating func single(
    from start: Int, in bytes: UnsafeBufferPointer<UInt8>
  ) -> (formula: Range<Int>, end: Int)? {
    guard !hasNoDollar, !InlineBytes.isWhite(bytes[start]) else { return nil }
    var end = start
    while end < bytes.count, bytes[end] != 0x24 { end += bytes[end] == 0x5C ? 2 : 1 }
    guard end < bytes.count else {
      hasNoDollar = true
      return nil
    }
    guard end > start, !InlineBytes.isWhite(bytes[end - 1]) else { return nil }
    if end + 1 < bytes.count, InlineBytes.isDigit(bytes[end + 1]) { return nil }
    return (start..<end, end + 1)
  }

  private static func closed(
    from start: Int, by first: UInt8, _ second: UInt8, in bytes: UnsafeBufferPointer<UInt8>, isMissing: inout Bool
  ) -> (formula: Range<Int>, end: Int)? {
    guard !isMissing else { return nil }
    var end = start
    while end + 1 < bytes.count {
      if bytes[end] == first, bytes[end + 1] == second {
        let isEmpty = (start..<end).allSatisfy { InlineBytes.isWhite(bytes[$0]) }
        return isEmpty ? nil : (start..<end, end + 2)
      }
      end += bytes[end] == 0x5C ? 2 : 1
    }
    isMissing = true
    return nil
  }
}
