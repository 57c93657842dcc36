// What can be told of a Claude model by its name alone, which is all there is before the first answer.

/// A Claude model by its name, in any of the forms that Anthropic, Bedrock and gateways use.
struct ClaudeModel: Equatable {
  /// Such as 4.6; a version that the name does not tell is newer than all known ones.
  var major: Int
  var minor: Int

  /// Reads `claude-sonnet-4-6`, `claude-3-5-haiku-20241022`, `us.anthropic.claude-opus-4-20250514-v1:0`, `claude-2.1`;
  /// nil for a model that is no Claude.
  init?(_ name: String) {
    let name = name.lowercased()
    guard let range = name.firstRange(of: "claude") else { return nil }
    let words = name[range.upperBound...].split { "-._@:/".contains($0) }
    // Dates have eight digits.
    let start = words.firstIndex { $0.count <= 2 && Int($0) != nil } ?? words.endIndex
    let numbers = words[start...].prefix(2).prefix { $0.count <= 2 && Int($0) != nil }.compactMap { Int($0) }
    major = numbers.first ?? 99
    minor = numbers.count > 1 ? numbers[1] : 0
  }

  /// Whether an answer may be begun for it (wire notes: anthropic, section 1): not from 4.6 on.
  var takesPrefill: Bool { (major, minor) < (4, 6) }

  /// How long an answer is at most where the profile does not say: what every model of the generation allows. Anthropic
  /// wants a number in each request.
  var usualTokenLimit: Int {
    switch (major, minor) {
    case (..<3, _), (3, ..<5): 4_096
    case (3, ..<7): 8_192
    default: 32_000
    }
  }
}
