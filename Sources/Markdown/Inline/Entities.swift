// Entities and numeric character references (CommonMark 0.31.2, section 2.5).

/// What `&…;` stands for.
package enum Entities {
  /// The reference that begins with the `&` at `index`, if there is one, and its length in bytes.
  ///
  /// Zero, surrogates and numbers beyond Unicode are U+FFFD, as the specification has it. A reference to a control or a
  /// bidirectional control is no reference: text that is shown never gets one from a text without it.
  package static func decode(
    at index: Int, in bytes: UnsafeBufferPointer<UInt8>
  ) -> (text: EntityText, length: Int)? {
    guard index >= 0, index + 2 < bytes.count, bytes[index] == 0x26 else { return nil }
    return bytes[index + 1] == 0x23 ? number(at: index, in: bytes) : name(at: index, in: bytes)
  }

  /// The longest name is 31 bytes.
  private static let maximumName = 31

  private static func name(at index: Int, in bytes: UnsafeBufferPointer<UInt8>) -> (text: EntityText, length: Int)? {
    var end = index + 1
    let limit = min(bytes.count, end + maximumName + 1)
    while end < limit, InlineBytes.isAlphanumeric(bytes[end]) { end += 1 }
    guard end < limit, bytes[end] == 0x3B, end > index + 1 else { return nil }
    guard let text = EntityNames.shared.text(of: UnsafeBufferPointer(rebasing: bytes[index + 1..<end])) else {
      return nil
    }
    return (text, end + 1 - index)
  }

  private static func number(at index: Int, in bytes: UnsafeBufferPointer<UInt8>) -> (text: EntityText, length: Int)? {
    let isHexadecimal = bytes[index + 2] | 0x20 == 0x78
    let start = index + (isHexadecimal ? 3 : 2)
    // Seven decimal and six hexadecimal digits are what the specification allows.
    let limit = min(bytes.count, start + (isHexadecimal ? 7 : 8))
    var end = start
    var value: UInt32 = 0
    while end < limit, let digit = InlineBytes.digit(bytes[end]), isHexadecimal || digit < 10 {
      value = value * (isHexadecimal ? 16 : 10) + digit
      end += 1
    }
    guard end > start, end < limit, bytes[end] == 0x3B else { return nil }
    guard let text = EntityText(codePoint: value) else { return nil }
    return (text, end + 1 - index)
  }
}

/// The UTF-8 of one or two characters.
package struct EntityText: Equatable, Sendable, RandomAccessCollection {
  private var packed: UInt64 = 0
  package private(set) var endIndex = 0

  package var startIndex: Int { 0 }
  package subscript(position: Int) -> UInt8 { UInt8(truncatingIfNeeded: packed >> UInt64(position * 8)) }

  /// Nothing.
  fileprivate init() {}

  /// One character; `nil` for one that no reference may give.
  fileprivate init?(codePoint: UInt32) {
    let scalar = codePoint == 0 ? "\u{FFFD}" : Unicode.Scalar(codePoint) ?? "\u{FFFD}"
    guard !InlineBytes.isControl(scalar) else { return nil }
    append(scalar)
  }

  fileprivate mutating func append(_ scalar: Unicode.Scalar) {
    for byte in UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter where endIndex < 8 {
      packed |= UInt64(byte) << UInt64(endIndex * 8)
      endIndex += 1
    }
  }
}

/// Where the names stand in `EntityTable.entries`.
private struct EntityNames: Sendable {
  static let shared = EntityNames()

  /// Where each entry begins, in the order of the names.
  private let starts: [UInt16]

  private init() {
    var starts: [UInt16] = []
    EntityTable.entries.withUTF8Buffer { table in
      for index in table.indices where table[index] > 0x20 && (index == 0 || table[index - 1] <= 0x20) {
        starts.append(UInt16(truncatingIfNeeded: index))
      }
    }
    self.starts = starts
  }

  func text(of name: UnsafeBufferPointer<UInt8>) -> EntityText? {
    EntityTable.entries.withUTF8Buffer { table in
      var low = 0
      var high = starts.count
      while low < high {
        let middle = (low + high) / 2
        let order = Self.compare(name, with: table, at: Int(starts[middle]))
        if order == 0 { return Self.text(in: table, at: Int(starts[middle]) + name.count + 1) }
        if order < 0 { high = middle } else { low = middle + 1 }
      }
      return nil
    }
  }

  /// Below, at or above zero as the name stands before, at or behind the entry.
  private static func compare(
    _ name: UnsafeBufferPointer<UInt8>, with table: UnsafeBufferPointer<UInt8>, at start: Int
  ) -> Int {
    for index in name.indices {
      // A name that is over has `=` here, which stands before all letters but behind digits.
      let other = start + index < table.count && table[start + index] != 0x3D ? Int(table[start + index]) : 0
      if Int(name[index]) != other { return Int(name[index]) - other }
    }
    let next = start + name.count
    return next < table.count && table[next] == 0x3D ? 0 : -1
  }

  /// The text of the code points from `start` to the next white space.
  private static func text(in table: UnsafeBufferPointer<UInt8>, at start: Int) -> EntityText? {
    var text = EntityText()
    var value: UInt32 = 0
    var index = start
    while true {
      if index < table.count, let digit = InlineBytes.digit(table[index]) {
        value = value << 4 | digit
        index += 1
        continue
      }
      guard let scalar = Unicode.Scalar(value), !InlineBytes.isControl(scalar) else { return nil }
      text.append(scalar)
      guard index < table.count, table[index] == 0x2B else { return text }
      value = 0
      index += 1
    }
  }
}
