// How fast arrived text is shown: a matter of reading, never of storing or measuring.

/// How arrived text is released to the screen. Storage and metrics follow arrival in any case.
package enum Pace: Equatable, Sendable, CustomStringConvertible {
  case instant
  /// About that many tokens a second, 1 to 10000.
  case tokens(perSecond: Int)
  /// Whole sentences.
  case sentence
  /// Evenly, a little behind arrival.
  case smooth

  /// Reads `instant`, `tokens:N`, `sentence` and `smooth`; `nil` for anything else.
  package init?(_ text: String) {
    switch text {
    case "instant": self = .instant
    case "sentence": self = .sentence
    case "smooth": self = .smooth
    default:
      guard text.hasPrefix("tokens:"), text.utf8.dropFirst(7).allSatisfy({ (0x30...0x39).contains($0) }),
        let number = Int(text.dropFirst(7)), Self.tokenRange.contains(number)
      else { return nil }
      self = .tokens(perSecond: number)
    }
  }

  package static let tokenRange = 1...10_000
  /// What may be written.
  package static let allowed = "instant, tokens:N (N from 1 to 10000), sentence or smooth"

  package var description: String {
    switch self {
    case .instant: "instant"
    case .tokens(let number): "tokens:\(number)"
    case .sentence: "sentence"
    case .smooth: "smooth"
    }
  }
}
