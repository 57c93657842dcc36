// Link reference definitions and footnotes by label (CommonMark 0.31.2 sections 4.7 and 6.3).

/// The targets of reference links and the labels of footnotes. Of two definitions of one label the first holds.
package struct LinkDefinitions: Equatable, Sendable {
  /// A footnote's label is no link's label: both stand in one table, told apart by their first byte.
  private enum Family {
    static let link: UInt8 = 0
    static let footnote: UInt8 = 1
  }

  /// The places in `targets` by family and normal label.
  private var places: [[UInt8]: Int] = [:]
  /// In the order of the text, so that the last ones can be taken back; footnotes have no target.
  private var targets: [(key: [UInt8], link: InlineLink?)] = []

  /// No definitions.
  package init() {}

  /// How many labels are defined, footnotes included. As long as it stays the same, so do all answers.
  package var count: Int { targets.count }

  /// The target of a label, which are the bytes between the brackets, over several lines without the prefixes of
  /// containers; case and the amount of white space make no difference. `nil` if it is not defined.
  package func destination(of label: UnsafeBufferPointer<UInt8>) -> InlineLink? {
    if targets.isEmpty { return nil }
    return places[Self.key(Family.link, label)].flatMap { targets[$0].link }
  }

  /// Whether a footnote of this label is defined. The label stands between `[^` and `]`.
  package func footnote(_ label: UnsafeBufferPointer<UInt8>) -> Bool {
    if targets.isEmpty { return false }
    return places[Self.key(Family.footnote, label)] != nil
  }

  /// Records a link unless its label is known.
  mutating func define(_ label: UnsafeBufferPointer<UInt8>, as link: InlineLink) {
    insert(Self.key(Family.link, label), link)
  }

  /// Records a footnote.
  mutating func defineFootnote(_ label: UnsafeBufferPointer<UInt8>) {
    insert(Self.key(Family.footnote, label), nil)
  }

  /// Forgets what was recorded after there were `count` labels.
  mutating func truncate(to count: Int) {
    while targets.count > max(count, 0), let last = targets.popLast() { places[last.key] = nil }
  }

  package static func == (left: LinkDefinitions, right: LinkDefinitions) -> Bool {
    left.targets.elementsEqual(right.targets) { $0.key == $1.key && $0.link == $1.link }
  }

  private mutating func insert(_ key: [UInt8], _ link: InlineLink?) {
    guard key.count > 1, places[key] == nil else { return }
    places[key] = targets.count
    targets.append((key, link))
  }

  /// The family and the label in its normal form: case folded, white space collapsed, none at the ends.
  private static func key(_ family: UInt8, _ label: UnsafeBufferPointer<UInt8>) -> [UInt8] {
    var key: [UInt8] = [family]
    key.reserveCapacity(label.count + 1)
    var isASCII = true
    for byte in label {
      switch byte {
      case 0x20, 0x09, 0x0A, 0x0D:
        if key.count > 1, key.last != 0x20 { key.append(0x20) }
      case 0x41...0x5A:
        key.append(byte | 0x20)
      default:
        if byte >= 0x80 { isASCII = false }
        key.append(byte)
      }
    }
    if key.count > 1, key.last == 0x20 { key.removeLast() }
    return isASCII ? key : folded(key)
  }

  /// Full case folding by the mappings the standard library has: "ẞ", "ß" and "SS" are one, so are the sigmas.
  private static func folded(_ bytes: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
      if scalar.isASCII {
        result.append(UInt8(truncatingIfNeeded: scalar.value))
        continue
      }
      for lower in scalar.properties.lowercaseMapping.unicodeScalars {
        for upper in lower.properties.uppercaseMapping.unicodeScalars {
          result.append(contentsOf: upper.properties.lowercaseMapping.utf8)
        }
      }
    }
    return result
  }
}
