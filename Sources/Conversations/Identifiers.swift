// Names of things: what a user types for a conversation, and 128-bit numbers for everything else.

/// What the user types to switch to a conversation: generated short (`k7m2x9`) or chosen (`streaming_test`).
package struct ConversationID: Hashable, Comparable, Sendable, CustomStringConvertible {
  package let rawValue: String

  /// Accepts 1 to 64 characters of `A–Z a–z 0–9 _ - .`, not beginning with `-` or `.`; `nil` otherwise.
  package init?(_ text: String) {
    guard (1...64).contains(text.utf8.count), let first = text.utf8.first, first != UInt8(ascii: "-"),
      first != UInt8(ascii: "."), text.utf8.allSatisfy(Self.isAllowed)
    else { return nil }
    rawValue = text
  }

  /// Six characters that are not mistaken for each other (no `0 o 1 l i`), beginning with a letter.
  package static func random(using generator: inout some RandomNumberGenerator) -> ConversationID {
    let letters = Array("abcdefghjkmnpqrstuvwxyz".utf8)
    let all = Array("abcdefghjkmnpqrstuvwxyz23456789".utf8)
    var bytes = [letters[Int.random(in: 0..<letters.count, using: &generator)]]
    while bytes.count < 6 { bytes.append(all[Int.random(in: 0..<all.count, using: &generator)]) }
    return ConversationID(unchecked: String(decoding: bytes, as: UTF8.self))
  }

  private init(unchecked text: String) { rawValue = text }

  package var description: String { rawValue }

  package static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }

  private static func isAllowed(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."):
      true
    default: false
    }
  }
}

/// A 128-bit number that names one thing of a kind, in the layout of UUID version 7 (RFC 9562, section 5.7): sorted by
/// the time it was made, to the millisecond.
package struct Identifier<Entity>: Hashable, Comparable, Sendable, CustomStringConvertible {
  package let high: UInt64
  package let low: UInt64

  /// An identifier with these bits, as the archive stored them.
  package init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  /// A new identifier.
  package static func make(at time: Timestamp, using generator: inout some RandomNumberGenerator) -> Self {
    let milliseconds = UInt64(max(0, time.milliseconds)) & 0xFFFF_FFFF_FFFF
    return Self(
      high: milliseconds << 16 | 0x7000 | generator.next() & 0x0FFF,
      low: 0x8000_0000_0000_0000 | generator.next() & 0x3FFF_FFFF_FFFF_FFFF)
  }

  /// Reads the form that `description` writes; `nil` for anything else.
  package init?(_ text: String) {
    let digits = text.utf8.filter { $0 != UInt8(ascii: "-") }
    guard digits.count == 32, text.utf8.count == 36,
      let high = UInt64(String(decoding: digits[..<16], as: UTF8.self), radix: 16),
      let low = UInt64(String(decoding: digits[16...], as: UTF8.self), radix: 16)
    else { return nil }
    self.init(high: high, low: low)
  }

  /// 36 characters in lower case: `01890a5d-ac96-774b-bcce-b302099a8057`.
  package var description: String {
    let digits = Self.hexadecimal(high) + Self.hexadecimal(low)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(36)
    for (index, digit) in digits.enumerated() {
      if index == 8 || index == 12 || index == 16 || index == 20 { bytes.append(UInt8(ascii: "-")) }
      bytes.append(digit)
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  package static func < (a: Self, b: Self) -> Bool { (a.high, a.low) < (b.high, b.low) }

  private static func hexadecimal(_ value: UInt64) -> [UInt8] {
    let digits = Array(String(value, radix: 16).utf8)
    return [UInt8](repeating: UInt8(ascii: "0"), count: 16 - digits.count) + digits
  }
}

/// Names one message.
package typealias MessageID = Identifier<Message>
/// Names one answer being produced.
package typealias RunID = Identifier<RunTag>
/// Names one request in flight.
package typealias CallID = Identifier<CallTag>

/// Distinguishes `RunID` from other identifiers.
package enum RunTag: Sendable {}
/// Distinguishes `CallID` from other identifiers.
package enum CallTag: Sendable {}
