// The end of a text that still grows: which bytes say nothing yet.

/// Cuts off markup that has only begun, so that it does not flash up before its partner arrives.
enum OpenEnd {
  /// How many of the bytes are shown: markup characters at the very end may open, close or escape something.
  static func length(of bytes: UnsafeBufferPointer<UInt8>) -> Int {
    var end = withoutBreak(bytes, end: withoutReference(bytes, end: bytes.count))
    while end > 0 {
      let byte = bytes[end - 1]
      var start = end - 1
      while start > 0, bytes[start - 1] == byte { start -= 1 }
      switch byte {
      case 0x5C:
        // Of an even number each is shown by another.
        return end - ((end - start) & 1)
      case 0x21, 0x24, 0x26, 0x2A, 0x3C, 0x5B, 0x5F, 0x60, 0x7E:
        if InlineBytes.isEscaped(start, in: bytes) { return start + 1 }
        end = start
      default:
        return end
      }
    }
    return end
  }

  /// Without `&name` or `&#1` at the end, which may become a character.
  private static func withoutReference(_ bytes: UnsafeBufferPointer<UInt8>, end: Int) -> Int {
    var start = end
    // The longest name has 31 bytes.
    while start > 0, end - start < 32, InlineBytes.isAlphanumeric(bytes[start - 1]) || bytes[start - 1] == 0x23 {
      start -= 1
    }
    guard start > 0, bytes[start - 1] == 0x26, !InlineBytes.isEscaped(start - 1, in: bytes) else { return end }
    return start - 1
  }

  /// Without what may become `<br>`, `<br/>` or `<br />`.
  private static func withoutBreak(_ bytes: UnsafeBufferPointer<UInt8>, end: Int) -> Int {
    for start in max(0, end - 5)..<max(0, end - 1) where bytes[start] == 0x3C {
      let isBegun = zip(bytes[start + 1..<end], "br /".utf8).allSatisfy { $0 == $1 || $0 | 0x20 == $1 }
      let isShort = end - start == 4 && bytes[start + 3] == 0x2F && bytes[start + 2] | 0x20 == 0x72
      return isBegun || isShort ? start : end
    }
    return end
  }

  /// How many of the bytes are left without white space at the end.
  static func lengthWithoutWhite(of bytes: UnsafeBufferPointer<UInt8>) -> Int {
    var end = bytes.count
    while end > 0, InlineBytes.isWhite(bytes[end - 1]) { end -= 1 }
    return end
  }
}
