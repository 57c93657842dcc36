// Where one grapheme cluster ends and the next begins, in the UTF-8 of one line, at a cost that does not grow with the
// line. Not for measuring or drawing: that is Display's part.

import Display

/// Boundaries of extended grapheme clusters (UAX #29) in valid UTF-8 without line breaks.
///
/// Display decides about clusters from a start on; this finds a start near by.
enum ClusterBoundary {
  /// The end of the cluster that starts at `offset`, which is a boundary before the end.
  static func after(_ offset: Int, in bytes: [UInt8]) -> Int {
    let count = bytes.count
    guard offset < count else { return count }
    if bytes[offset] < 0x80, offset + 1 == count || bytes[offset + 1] < 0x80 { return offset + 1 }
    return bytes.withUnsafeBufferPointer {
      GraphemeClusters.end(ofClusterAt: offset, in: $0, range: offset..<count)
    }
  }

  /// The start of the cluster that ends at `offset`, which is a boundary after the start.
  static func before(_ offset: Int, in bytes: [UInt8]) -> Int {
    guard offset > 0 else { return 0 }
    if bytes[offset - 1] < 0x80, offset == 1 || bytes[offset - 2] < 0x80 { return offset - 1 }
    var start = certainBoundary(atOrBefore: scalarStart(before: offset, in: bytes), in: bytes)
    while true {
      let next = after(start, in: bytes)
      if next >= offset { return start }
      start = next
    }
  }

  /// The first boundary at or after any `offset`.
  static func atOrAfter(_ offset: Int, in bytes: [UInt8]) -> Int {
    guard offset > 0 else { return 0 }
    guard offset < bytes.count else { return bytes.count }
    var scalar = offset
    while scalar < bytes.count, bytes[scalar] & 0xC0 == 0x80 { scalar += 1 }
    guard scalar < bytes.count else { return bytes.count }
    var boundary = certainBoundary(atOrBefore: scalar, in: bytes)
    while boundary < scalar { boundary = after(boundary, in: bytes) }
    return boundary
  }

  /// The scalar that starts at `offset`; U+FFFD at the end or inside a scalar.
  static func scalar(at offset: Int, in bytes: [UInt8]) -> Unicode.Scalar {
    guard offset < bytes.count else { return "\u{FFFD}" }
    let first = bytes[offset]
    if first < 0x80 { return Unicode.Scalar(first) }
    let length = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
    guard first >= 0xC0, offset + length <= bytes.count else { return "\u{FFFD}" }
    var value = UInt32(first) & (0x7F >> UInt32(length))
    for index in (offset + 1)..<(offset + length) { value = value << 6 | UInt32(bytes[index] & 0x3F) }
    return Unicode.Scalar(value) ?? "\u{FFFD}"
  }

  private static func scalarStart(before offset: Int, in bytes: [UInt8]) -> Int {
    var start = offset - 1
    while start > 0, bytes[start] & 0xC0 == 0x80 { start -= 1 }
    return max(0, start)
  }

  /// Goes back, scalar by scalar, to where a boundary is certain without knowing what stands before.
  private static func certainBoundary(atOrBefore offset: Int, in bytes: [UInt8]) -> Int {
    var candidate = offset
    while candidate > 0, !isCertainBoundary(candidate, in: bytes) {
      let indicators = regionalIndicators(before: candidate, in: bytes)
      if indicators > 0, isRegionalIndicator(scalar(at: candidate, in: bytes)) {
        // Flags are pairs, counted from the start of the run (GB12, GB13).
        if indicators % 2 == 0 { return candidate }
        candidate -= 4
        if indicators > 1 { return candidate }
      } else {
        candidate = scalarStart(before: candidate, in: bytes)
      }
    }
    return candidate
  }

  /// How many regional indicators, F0 9F 87 A6 to BF, end at `offset` without anything between them.
  private static func regionalIndicators(before offset: Int, in bytes: [UInt8]) -> Int {
    bytes.withUnsafeBufferPointer { bytes in
      var start = offset
      while start >= 4, bytes[start - 4] == 0xF0, bytes[start - 3] == 0x9F, bytes[start - 2] == 0x87,
        bytes[start - 1] >= 0xA6
      { start -= 4 }
      return (offset - start) / 4
    }
  }

  /// Only three rules of UAX #29 look further back than one scalar: GB9c (Indic conjuncts, after an extending mark), GB11
  /// (emoji after a joiner) and GB12/13 (pairs of regional indicators). Everywhere else the pair decides.
  private static func isCertainBoundary(_ offset: Int, in bytes: [UInt8]) -> Bool {
    if bytes[offset] < 0x80, bytes[offset - 1] < 0x80 { return true }
    let leftStart = scalarStart(before: offset, in: bytes)
    let left = scalar(at: leftStart, in: bytes)
    let right = scalar(at: offset, in: bytes)
    if isRegionalIndicator(left), isRegionalIndicator(right) { return false }
    let leftCarriesContext =
      left.value == 0x200D
      || (left.value >= 0x300 && (left.properties.isGraphemeExtend || left.properties.isEmojiModifier))
    if leftCarriesContext, !isNeverContextual(right) { return false }
    return after(leftStart, in: bytes) == offset
  }

  private static func isRegionalIndicator(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value >= 0x1F1E6 && scalar.value <= 0x1F1FF
  }

  /// Scalars of large scripts that are neither pictographs nor Indic consonants: enough that a search backwards soon ends.
  private static func isNeverContextual(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0xA9, 0xAE: false
    case 0..<0x900, 0x3040..<0x3200, 0x3400..<0xA000, 0xAC00..<0xD7A4: true
    default: false
    }
  }
}
