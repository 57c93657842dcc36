// What is looked for in the texts of a conversation, and the one rule by which it is found: the archive, the store and
// the screen all use this one, so that what was found is what is shown.

/// A text to look for: in any case, or exactly if it has a letter that is not lower case.
///
/// Scalars are compared one by one, each folded by its simple lower case (Unicode 16, `Lowercase_Mapping` where it is one
/// scalar); composed and decomposed letters are different texts. Bytes that are not UTF-8 match nothing.
package struct FindQuery: Sendable {
  /// Matching messages are counted no further.
  package static let mostCounted = 1_000

  /// What was typed.
  package let text: String
  /// Whether case matters.
  package let isExact: Bool
  /// The scalars to find, folded unless `isExact`.
  private let wanted: [UInt32]
  /// For each count of scalars found in a row, how many of them may begin the next try (Knuth, Morris, Pratt 1977).
  private let fallback: [Int]
  /// For each byte, whether a scalar that begins with it may be the first one wanted.
  private let beginnings: [Bool]
  /// For each ASCII byte, what it is compared as.
  private let asciiFold: [UInt8]

  /// A query; the empty one finds nothing.
  /// - Complexity: O(length).
  package init(_ text: String) {
    self.text = text
    let isExact = text.unicodeScalars.contains { $0.properties.changesWhenLowercased }
    self.isExact = isExact
    wanted = text.unicodeScalars.map { isExact ? $0.value : CaseFold.fold($0.value) }
    var fallback = [0, 0]
    var known = 0
    for index in wanted.indices.dropFirst() {
      while known > 0, wanted[known] != wanted[index] { known = fallback[known] }
      if wanted[known] == wanted[index] { known += 1 }
      fallback.append(known)
    }
    self.fallback = fallback
    asciiFold = (0..<128).map { byte in isExact ? byte : UInt8(CaseFold.fold(UInt32(byte))) }
    var beginnings = [Bool](repeating: false, count: 256)
    if let first = wanted.first {
      for byte in 0..<128 { beginnings[byte] = UInt32(asciiFold[byte]) == first }
      for scalar in isExact ? [first] : CaseFold.forms(of: first) where scalar >= 0x80 {
        beginnings[Int(Self.leadByte(of: scalar))] = true
      }
    }
    self.beginnings = beginnings
  }

  package var isEmpty: Bool { wanted.isEmpty }

  /// Where the text stands in `bytes`, in order and without overlap.
  /// - Parameter range: where to look; what is outside the buffer is left out. A match lies wholly inside.
  /// - Complexity: linear in the range.
  package func matches(in bytes: UnsafeBufferPointer<UInt8>, range: Range<Int>) -> [Range<Int>] {
    var found: [Range<Int>] = []
    var place = range.lowerBound
    while let match = firstMatch(in: bytes, range: place..<max(place, range.upperBound)) {
      found.append(match)
      place = match.upperBound
    }
    return found
  }

  /// Where the text stands in `bytes`, in order and without overlap.
  package func matches(in bytes: [UInt8]) -> [Range<Int>] {
    bytes.withUnsafeBufferPointer { matches(in: $0, range: 0..<$0.count) }
  }

  /// The first place in `range` at which the text stands.
  /// - Complexity: linear in what is looked at.
  package func firstMatch(in bytes: UnsafeBufferPointer<UInt8>, range: Range<Int>) -> Range<Int>? {
    let start = min(max(0, range.lowerBound), bytes.count)
    let end = min(max(start, range.upperBound), bytes.count)
    guard !wanted.isEmpty, end > start else { return nil }
    let text = UnsafeBufferPointer(rebasing: bytes[start..<end])
    let match = wanted.withUnsafeBufferPointer { wanted in
      beginnings.withUnsafeBufferPointer { beginnings in
        asciiFold.withUnsafeBufferPointer { asciiFold in
          find(wanted, beginnings, asciiFold, in: text)
        }
      }
    }
    return match.map { $0.lowerBound + start..<$0.upperBound + start }
  }

  /// Whether a part's text, or a tool's name, arguments or result, holds it.
  package func matches(_ part: Part) -> Bool {
    switch part {
    case .text(let text), .thinking(let text, _): isFound(in: text)
    case .toolCall(let call): isFound(in: call.name) || isFound(in: call.arguments)
    case .toolResult(let result): isFound(in: result.name) || isFound(in: result.content)
    case .attachment, .opaque: false
    }
  }

  private func isFound(in text: String) -> Bool {
    var text = text
    return text.withUTF8 { firstMatch(in: $0, range: 0..<$0.count) } != nil
  }

  private func find(
    _ wanted: UnsafeBufferPointer<UInt32>, _ beginnings: UnsafeBufferPointer<Bool>,
    _ asciiFold: UnsafeBufferPointer<UInt8>, in text: UnsafeBufferPointer<UInt8>
  ) -> Range<Int>? {
    var place = 0
    var known = 0
    while place < text.count {
      if known == 0 {
        while place < text.count, !beginnings[Int(text[place])] { place += 1 }
        guard place < text.count else { return nil }
      }
      let byte = text[place]
      let scalar: UInt32
      if byte < 0x80 {
        scalar = UInt32(asciiFold[Int(byte)])
        place += 1
      } else {
        let (value, length) = Self.decode(text, at: place)
        scalar = isExact ? value : CaseFold.fold(value)
        place += length
      }
      while known > 0, wanted[known] != scalar { known = fallback[known] }
      if wanted[known] == scalar { known += 1 }
      if known == wanted.count { return Self.start(of: known, endingAt: place, in: text)..<place }
    }
    return nil
  }

  /// Where so many well-formed scalars begin.
  private static func start(of count: Int, endingAt end: Int, in text: UnsafeBufferPointer<UInt8>) -> Int {
    var place = end
    for _ in 0..<count {
      repeat { place -= 1 } while place > 0 && text[place] & 0xC0 == 0x80
    }
    return place
  }

  /// The scalar at `place`, which is not ASCII, and its length; a byte that begins none is a value that no text has.
  /// Well-formed sequences are those of Unicode 16, table 3-7.
  private static func decode(_ text: UnsafeBufferPointer<UInt8>, at place: Int) -> (value: UInt32, length: Int) {
    let nothing: (UInt32, Int) = (UInt32.max, 1)
    let first = UInt32(text[place])
    if first & 0xE0 == 0xC0, first >= 0xC2, place + 1 < text.count, text[place + 1] & 0xC0 == 0x80 {
      return ((first & 0x1F) << 6 | UInt32(text[place + 1] & 0x3F), 2)
    }
    let length = first < 0xC2 ? 0 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : first < 0xF5 ? 4 : 0
    guard length > 0, place + length <= text.count else { return nothing }
    var value = first & (0x7F >> UInt32(length))
    for offset in 1..<length {
      let next = UInt32(text[place + offset])
      guard next & 0xC0 == 0x80 else { return nothing }
      value = value << 6 | next & 0x3F
    }
    let least: UInt32 = length == 2 ? 0x80 : length == 3 ? 0x800 : 0x1_0000
    guard value >= least, value <= 0x10_FFFF, value & 0xFFFF_F800 != 0xD800 else { return nothing }
    return (value, length)
  }

  private static func leadByte(of scalar: UInt32) -> UInt8 {
    switch scalar {
    case ..<0x80: UInt8(scalar)
    case ..<0x800: UInt8(0xC0 | scalar >> 6)
    case ..<0x1_0000: UInt8(0xE0 | scalar >> 12)
    default: UInt8(0xF0 | scalar >> 18)
    }
  }
}

extension FindQuery: Equatable {
  package static func == (a: FindQuery, b: FindQuery) -> Bool { a.text == b.text }
}

/// Lower case of single scalars.
private enum CaseFold {
  /// The scalar in lower case, if that is one scalar, else itself.
  static func fold(_ value: UInt32) -> UInt32 {
    if value < 0x80 { return value &- 0x41 < 26 ? value | 0x20 : value }
    // Scripts without case, of which most text beyond Latin, Greek and Cyrillic is; looking a property up costs more.
    switch value {
    case 0xDF...0xFF, 0x0430...0x045F: return value
    case 0x0410...0x042F: return value + 0x20
    case 0x0590...0x109F, 0x1100...0x139F, 0x2000...0x20FF, 0x2E80...0xA63F, 0xAC00...0xFF20, 0x1F000...0x3FFFF:
      return value
    // Final sigma is a sigma (CaseFolding.txt, status C).
    case 0x03C2: return 0x03C3
    default: break
    }
    guard let scalar = Unicode.Scalar(value), scalar.properties.changesWhenLowercased else { return value }
    var lower = scalar.properties.lowercaseMapping.unicodeScalars.makeIterator()
    guard let first = lower.next(), lower.next() == nil else { return value }
    return first.value
  }

  /// The scalars that fold to one that is folded.
  static func forms(of folded: UInt32) -> [UInt32] {
    var forms = [folded]
    if let scalar = Unicode.Scalar(folded) {
      for mapping in [scalar.properties.uppercaseMapping, scalar.properties.titlecaseMapping] {
        let scalars = mapping.unicodeScalars.map(\.value)
        if scalars.count == 1, fold(scalars[0]) == folded { forms += scalars }
      }
    }
    switch folded {
    // Scalars with a lower case whose upper case is another one: the signs kelvin, angstrom and ohm, capital sharp s,
    // capital theta symbol (UnicodeData.txt).
    case 0x6B: forms.append(0x212A)
    case 0xE5: forms.append(0x212B)
    case 0x03C9: forms.append(0x2126)
    case 0xDF: forms.append(0x1E9E)
    case 0x03B8: forms.append(0x03F4)
    case 0x03C3: forms.append(0x03C2)
    default: break
    }
    return forms
  }
}
