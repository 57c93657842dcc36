// Numbers as they are written. Reading one as Int64 or Double loses what does not fit; the text never does.

/// A JSON number: its exact source text, and what it is as an integer or a floating-point value.
package struct JSONNumber: Equatable, Sendable {
  /// The number as it was written, for instance `1e6` or `1.0`.
  package let text: String

  /// A whole number.
  package init(_ value: some FixedWidthInteger) { text = String(value) }

  /// A floating-point value in its shortest exact form; nil for infinities and NaN, which JSON does not have.
  package init?(_ value: Double) {
    guard value.isFinite else { return nil }
    text = value.description
  }

  /// The number written at `bytes`; nil if that is not exactly one JSON number.
  package init?(parsing bytes: UnsafeRawBufferPointer) {
    guard case .number(let end) = Self.scan(bytes, from: 0), end == bytes.count else { return nil }
    text = String(decoding: bytes, as: UTF8.self)
  }

  init(checked bytes: UnsafeRawBufferPointer) { text = String(decoding: bytes, as: UTF8.self) }

  /// The value if it is a whole number that fits, also when written `5.0` or `1e3`.
  package var int64: Int64? {
    var text = text
    return text.withUTF8 { Self.int64(UnsafeRawBufferPointer($0)) }
  }

  /// The nearest floating-point value; infinite when the number is too large for one.
  package var double: Double { Double(text) ?? .nan }

  // MARK: Reading

  enum Scan {
    case number(end: Int)
    case broken(at: Int)
  }

  /// Follows the grammar of RFC 8259 section 6 from `start`. What comes after the number is not looked at.
  static func scan(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Scan {
    var index = start
    let count = bytes.count
    func digits() -> Bool {
      let first = index
      while index < count, ASCII.isDigit(bytes[index]) { index += 1 }
      return index > first
    }
    if index < count, bytes[index] == ASCII.minus { index += 1 }
    if index < count, bytes[index] == ASCII.zero {
      index += 1
    } else if !digits() {
      return .broken(at: index)
    }
    if index < count, bytes[index] == ASCII.point {
      index += 1
      guard digits() else { return .broken(at: index) }
    }
    if index < count, bytes[index] | 0x20 == ASCII.lowercaseE {
      index += 1
      if index < count, bytes[index] == ASCII.plus || bytes[index] == ASCII.minus { index += 1 }
      guard digits() else { return .broken(at: index) }
    }
    return .number(end: index)
  }

  /// The value of a checked number, if it is whole and fits.
  static func int64(_ bytes: UnsafeRawBufferPointer) -> Int64? {
    // Built downwards, because the most negative value has no positive counterpart.
    var value: Int64 = 0
    let isNegative = bytes.first == ASCII.minus
    for index in (isNegative ? 1 : 0)..<bytes.count {
      guard ASCII.isDigit(bytes[index]) else {
        return whole(double(bytes))
      }
      let (product, overflow) = value.multipliedReportingOverflow(by: 10)
      let (difference, borrow) = product.subtractingReportingOverflow(Int64(bytes[index] - ASCII.zero))
      guard !overflow, !borrow else { return nil }
      value = difference
    }
    if isNegative { return value }
    return value == .min ? nil : -value
  }

  // `Int64(exactly:)` would do, but needs the C mathematics library, which this module does not link.
  private static func whole(_ value: Double) -> Int64? {
    guard value >= -0x1p63, value < 0x1p63 else { return nil }
    let truncated = Int64(value)
    return Double(truncated) == value ? truncated : nil
  }

  /// The value of a checked number. Short decimals are computed exactly without a string: both parts fit a Double, so the
  /// one division rounds once (W. D. Clinger, "How to Read Floating Point Numbers Accurately", 1990).
  static func double(_ bytes: UnsafeRawBufferPointer) -> Double {
    let isNegative = bytes.first == ASCII.minus
    var digits: Int64 = 0
    var divisor = 1.0
    var seenPoint = false
    if bytes.count <= 16 {
      var isPlain = true
      for index in (isNegative ? 1 : 0)..<bytes.count {
        let byte = bytes[index]
        if ASCII.isDigit(byte) {
          digits = digits * 10 + Int64(byte - ASCII.zero)
          if seenPoint { divisor *= 10 }
        } else if byte == ASCII.point {
          seenPoint = true
        } else {
          isPlain = false
          break
        }
      }
      if isPlain, digits < 1 << 53 { return (isNegative ? -Double(digits) : Double(digits)) / divisor }
    }
    return Double(String(decoding: bytes, as: UTF8.self)) ?? .nan
  }
}
