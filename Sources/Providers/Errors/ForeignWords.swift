// Words of a service as they may stand in an explanation: bounded, and without anything that looks like a key.

/// Makes outside words fit for an explanation. Control characters are filtered where the words are shown.
enum ForeignWords {
  /// Robustness, section 1: shown are the first 2,000 characters.
  static let maximumCharacters = 2_000

  private static let keyPrefixes = [
    "sk-", "sk_", "gsk_", "xai-", "AIza", "AKIA", "ASIA", "ghp_", "hf_", "pplx-", "Bearer ",
  ]

  /// The first characters of `text`, keys masked.
  static func bounded(_ text: String, characters: Int = maximumCharacters) -> String {
    // A character is rarely longer than four bytes; marks without end are cut with the bytes.
    let bytes = text.utf8.prefix(characters * 16)
    let start = String(decoding: bytes, as: UTF8.self)
    let cut = start.count > characters ? String(start.prefix(characters)) + "…" : start
    return masked(cut)
  }

  /// Every word that begins like a key and is as long as one becomes its beginning and `•••`.
  static func masked(_ text: String) -> String {
    guard keyPrefixes.contains(where: { text.utf8.count >= 16 && text.firstRange(of: $0) != nil }) else { return text }
    var result = ""
    var rest = Substring(text)
    while let (range, prefix) = nextKey(in: rest) {
      result += rest[..<range.lowerBound]
      let body = rest[range.upperBound...].prefix(while: isKeyCharacter)
      if body.count >= 12 {
        result += prefix + "•••"
      } else {
        result += rest[range] + body
      }
      rest = rest[body.endIndex...]
    }
    return result + rest
  }

  private static func nextKey(in text: Substring) -> (Range<Substring.Index>, String)? {
    keyPrefixes.compactMap { prefix in text.firstRange(of: prefix).map { ($0, prefix) } }
      .min { $0.0.lowerBound < $1.0.lowerBound }
  }

  private static func isKeyCharacter(_ character: Character) -> Bool {
    guard let byte = character.asciiValue else { return false }
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."),
      UInt8(ascii: "*"), UInt8(ascii: "="), UInt8(ascii: "+"), UInt8(ascii: "/"):
      return true
    default: return false
    }
  }
}
