// Extended grapheme clusters by the rules GB3 to GB999 of Unicode 17, UAX #29, as a state machine over the scalars of
// one cluster. It says where a cluster may not be split; how many columns it takes is `TextUnit`'s business.

/// The values of Grapheme_Cluster_Break, numbered as in `CharacterTable`.
enum GraphemeClass: UInt16 {
  case other, carriageReturn, lineFeed, control, extend, joiner, regionalIndicator, prepend, spacingMark
  case leading, vowel, trailing, leadingVowel, leadingVowelTrailing
}

/// What a cluster's scalars so far mean for the next one.
struct GraphemeBoundary {
  private var previous: GraphemeClass
  private var isAfterLoneIndicator: Bool
  private var emoji: EmojiProgress
  private var conjunct: ConjunctProgress

  private enum EmojiProgress { case none, pictograph, joined }
  private enum ConjunctProgress { case none, consonant, linked }

  /// A cluster that begins with a scalar of these properties.
  @inline(__always)
  init(_ first: CharacterProperties) {
    previous = first.graphemeClass
    isAfterLoneIndicator = previous == .regionalIndicator
    emoji = first.isExtendedPictographic ? .pictograph : .none
    conjunct = first.conjunct == .consonant ? .consonant : .none
  }

  var endsWithPrepend: Bool { previous == .prepend }
  /// Whether the scalars so far are a pictograph with its marks, so that a joiner may join another one.
  var endsWithPictograph: Bool { emoji == .pictograph }
  var endsWithJoinedPictograph: Bool { emoji == .joined }
  var endsWithLoneIndicator: Bool { isAfterLoneIndicator }

  /// Whether the cluster goes on with a scalar of these properties; if so, the scalar is taken in.
  @inline(__always)
  mutating func takes(_ next: CharacterProperties) -> Bool {
    let nextClass = next.graphemeClass
    guard continues(next, nextClass) else { return false }
    switch emoji {
    case .pictograph where nextClass == .extend: break
    case .pictograph where nextClass == .joiner: emoji = .joined
    default: emoji = next.isExtendedPictographic ? .pictograph : .none
    }
    switch next.conjunct {
    case .none: conjunct = .none
    case .consonant: conjunct = .consonant
    case .extend: break
    case .linker: if conjunct != .none { conjunct = .linked }
    }
    isAfterLoneIndicator = nextClass == .regionalIndicator && !isAfterLoneIndicator
    previous = nextClass
    return true
  }

  @inline(__always)
  private func continues(_ next: CharacterProperties, _ nextClass: GraphemeClass) -> Bool {
    switch previous {
    case .carriageReturn: return nextClass == .lineFeed  // GB3, GB4
    case .lineFeed, .control: return false  // GB4
    default: break
    }
    switch nextClass {
    case .carriageReturn, .lineFeed, .control: return false  // GB5
    case .extend, .joiner, .spacingMark: return true  // GB9, GB9a
    default: break
    }
    switch previous {
    case .prepend: return true  // GB9b
    case .leading:  // GB6
      switch nextClass {
      case .leading, .vowel, .leadingVowel, .leadingVowelTrailing: return true
      default: break
      }
    case .leadingVowel, .vowel: if nextClass == .vowel || nextClass == .trailing { return true }  // GB7
    case .leadingVowelTrailing, .trailing: if nextClass == .trailing { return true }  // GB8
    default: break
    }
    if conjunct == .linked, next.conjunct == .consonant { return true }  // GB9c
    if emoji == .joined, next.isExtendedPictographic { return true }  // GB11
    return isAfterLoneIndicator && nextClass == .regionalIndicator  // GB12, GB13
  }
}

/// Splits text at the boundaries of grapheme clusters.
package enum GraphemeClusters {
  /// The offset after the cluster that begins at `start`; ill-formed bytes count as U+FFFD. `end` at the end.
  ///
  /// Exact for Unicode 17, also where the standard library is not yet (conjuncts of some Indic scripts).
  package static func end(
    ofClusterAt start: Int, in bytes: UnsafeBufferPointer<UInt8>, range: Range<Int>
  ) -> Int {
    let range = range.clamped(to: 0..<bytes.count)
    guard start >= range.lowerBound, start < range.upperBound else { return range.upperBound }
    let table = CharacterTable()
    let first = UTF8Decoding.scalar(in: bytes, at: start, end: range.upperBound)
    var boundary = GraphemeBoundary(table.properties(of: first.value))
    var index = start + first.length
    while index < range.upperBound {
      let next = UTF8Decoding.scalar(in: bytes, at: index, end: range.upperBound)
      guard boundary.takes(table.properties(of: next.value)) else { break }
      index += next.length
    }
    return index
  }
}
