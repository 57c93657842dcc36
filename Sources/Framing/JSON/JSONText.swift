// A JSON string where it stands in its bytes: compared and measured without making a String. It is valid only as long as
// the bytes are, that is inside the closure that lent them.

/// A string inside a JSON text, between its quotes, already checked: escapes are right and control characters absent.
package struct JSONText {
  /// The bytes between the quotes, escapes as they are written.
  package let raw: UnsafeRawBufferPointer
  /// Whether `raw` holds a backslash; without one it is the text itself.
  package let hasEscapes: Bool

  /// Whether the string is empty.
  package var isEmpty: Bool { raw.isEmpty }

  /// The string, escapes resolved; lone surrogates and invalid UTF-8 become U+FFFD.
  package var string: String {
    guard hasEscapes else { return String(decoding: raw, as: UTF8.self) }
    // An escape is never shorter than what it stands for, so the room is always enough.
    return String(unsafeUninitializedCapacity: raw.count) { unescape(into: UnsafeMutableRawBufferPointer($0)) }
  }

  /// Appends the string as valid UTF-8, as `string` would give it.
  package func append(to output: inout [UInt8]) {
    let start = output.count
    if hasEscapes {
      let unescaped = [UInt8](unsafeUninitializedCapacity: raw.count) { buffer, count in
        count = unescape(into: UnsafeMutableRawBufferPointer(buffer))
      }
      output.append(contentsOf: unescaped)
    } else {
      output.append(contentsOf: raw)
    }
    let isValid = output.withUnsafeBytes { UTF8Validator.validPrefix(of: $0, from: start) == $0.count }
    guard !isValid else { return }
    var repair = UTF8Repair()
    let broken = [UInt8](output[start...])
    output.removeLast(broken.count)
    broken.withUnsafeBytes { repair.push($0, into: &output) }
    repair.finish(into: &output)
  }

  /// Whether the string is exactly `literal`, byte for byte; no normalisation.
  @inline(__always)
  package static func == (text: JSONText, literal: StaticString) -> Bool {
    if text.hasEscapes { return text.unescapedEquals(literal) }
    let count = literal.utf8CodeUnitCount
    guard text.raw.count == count else { return false }
    let start = literal.utf8Start
    for index in 0..<count where text.raw[index] != start[index] { return false }
    return true
  }

  /// Whether the string is anything but `literal`.
  package static func != (text: JSONText, literal: StaticString) -> Bool { !(text == literal) }

  /// Lets a string be the subject of a `switch` over literals.
  package static func ~= (literal: StaticString, text: JSONText) -> Bool { text == literal }

  private func unescapedEquals(_ literal: StaticString) -> Bool {
    var bytes: [UInt8] = []
    append(to: &bytes)
    return bytes.withUnsafeBytes { ByteScan.matches($0, literal) }
  }

  /// Writes the string with its escapes resolved and returns its length. `output` has room for `raw.count` bytes.
  private func unescape(into output: UnsafeMutableRawBufferPointer) -> Int {
    var read = 0
    var written = 0
    while read < raw.count {
      let byte = raw[read]
      guard byte == ASCII.backslash, read + 1 < raw.count else {
        output[written] = byte
        read += 1
        written += 1
        continue
      }
      let escape = raw[read + 1]
      guard escape == ASCII.lowercaseU else {
        output[written] =
          switch escape {
          case 0x62: 0x08  // b
          case 0x66: 0x0C  // f
          case 0x6E: ASCII.lineFeed
          case 0x72: ASCII.carriageReturn
          case 0x74: ASCII.tab
          default: escape
          }
        read += 2
        written += 1
        continue
      }
      var scalar = codeUnit(at: read) ?? 0xFFFD
      read += 6
      if scalar & 0xFC00 == 0xD800, let low = codeUnit(at: read), low & 0xFC00 == 0xDC00 {
        scalar = 0x10000 + (scalar & 0x3FF) << 10 + (low & 0x3FF)
        read += 6
      }
      if scalar & 0xFFFF_F800 == 0xD800 { scalar = 0xFFFD }
      switch scalar {
      case 0..<0x80:
        output[written] = UInt8(scalar)
        written += 1
      case 0x80..<0x800:
        output[written] = UInt8(0xC0 | scalar >> 6)
        output[written + 1] = UInt8(0x80 | scalar & 0x3F)
        written += 2
      case 0x800..<0x10000:
        output[written] = UInt8(0xE0 | scalar >> 12)
        output[written + 1] = UInt8(0x80 | scalar >> 6 & 0x3F)
        output[written + 2] = UInt8(0x80 | scalar & 0x3F)
        written += 3
      default:
        output[written] = UInt8(0xF0 | scalar >> 18)
        output[written + 1] = UInt8(0x80 | scalar >> 12 & 0x3F)
        output[written + 2] = UInt8(0x80 | scalar >> 6 & 0x3F)
        output[written + 3] = UInt8(0x80 | scalar & 0x3F)
        written += 4
      }
    }
    return written
  }

  /// The code unit of the `\uXXXX` at `index`; nil if no such escape stands there.
  private func codeUnit(at index: Int) -> UInt32? {
    guard index + 6 <= raw.count, raw[index] == ASCII.backslash, raw[index + 1] == ASCII.lowercaseU else { return nil }
    var unit: UInt32 = 0
    for position in index + 2..<index + 6 {
      guard let digit = ASCII.hexadecimalDigit(raw[position]) else { return nil }
      unit = unit << 4 | digit
    }
    return unit
  }
}
