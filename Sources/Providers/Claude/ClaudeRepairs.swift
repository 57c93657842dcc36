// What Claude's hosts refuse, and what is then sent instead (wire notes: errors and retries, section 7). A repair changes
// the finished body, so that it reaches what a profile's `extra` put there too.

import Framing

/// The repairs of Messages bodies.
enum ClaudeRepairs {
  static let noTemperature = Repair("temperature")
  static let noTopP = Repair("top_p")
  static let noTopK = Repair("top_k")
  /// `enabled` becomes `adaptive`: the newest models know nothing else.
  static let adaptiveThinking = Repair("thinking.type.adaptive")
  /// Thinking is not asked for.
  static let noThinking = Repair("thinking")
  /// The thinking of earlier answers is not sent back.
  static let noThinkingEcho = Repair("thinking of earlier answers")

  private static let tokenLimitPrefix = "max_tokens at most "

  /// Answers of at most so many tokens, the model's own limit.
  static func tokenLimit(_ limit: Int) -> Repair { Repair(tokenLimitPrefix + String(limit)) }

  /// The limit that a repair stands for.
  static func tokenLimit(in repairs: Set<Repair>) -> Int? {
    repairs.compactMap { $0.name.hasPrefix(tokenLimitPrefix) ? Int($0.name.dropFirst(tokenLimitPrefix.count)) : nil }
      .min()
  }

  /// What helps against a refusal.
  static func repair(_ failure: HTTPFailure, applied: Set<Repair>) -> Repair? {
    guard failure.status == 400 || failure.status == 422 else { return nil }
    let report = failure.report
    // A prompt that is too long is told with the same words as a limit that is too high.
    if case .contextOverflow = ErrorClass(status: failure.status, report: report) { return nil }
    let words = String(report.message.prefix(4_000))
    func names(_ word: String) -> Bool { words.firstRange(of: word) != nil }
    // A value out of range is the user's to correct.
    let isRange = names("range") || names("less than") || names("greater than")
    let isThinking = names("thinking.type") || names("thinking.budget") || names("does not support thinking")
    let wanted: [(Bool, Repair)] = [
      // Before the parameters: such a message may name the option that it wants instead.
      (isThinking && names("adaptive"), adaptiveThinking),
      (isThinking || names("but found `tool_use`") || names("but found `text`"), noThinking),
      (
        names("thinking") && (names("signature") || names("cannot be modified") || names("cannot contain")),
        noThinkingEcho
      ),
      (names("temperature") && !isRange, noTemperature), (names("top_p") && !isRange, noTopP),
      (names("top_k") && !isRange, noTopK),
    ]
    if let repair = wanted.first(where: { $0.0 && !applied.contains($0.1) })?.1 { return repair }
    if names("max_tokens"), tokenLimit(in: applied) == nil, let limit = allowedTokens(in: words) {
      return tokenLimit(limit)
    }
    return nil
  }

  /// `max_tokens: 100000 > 64000, which is the maximum allowed number of output tokens for …`: 64000.
  private static func allowedTokens(in words: String) -> Int? {
    guard let sign = words.firstRange(of: " > ") else { return nil }
    let digits = words[sign.upperBound...].prefix { $0.isASCII && ($0.isNumber || $0 == ",") }.filter { $0 != "," }
    return Int(digits).flatMap { (1...10_000_000).contains($0) ? $0 : nil }
  }

  /// The body as it is sent after repairs.
  static func apply(_ repairs: Set<Repair>, to body: [UInt8]) -> [UInt8] {
    // Written by this module, so it parses.
    guard !repairs.isEmpty, case .success(var tree) = JSONParser.parse(body) else { return body }
    if repairs.contains(noTemperature) { tree["temperature"] = nil }
    if repairs.contains(noTopP) { tree["top_p"] = nil }
    if repairs.contains(noTopK) { tree["top_k"] = nil }
    if repairs.contains(noThinking) {
      tree["thinking"] = nil
    } else if repairs.contains(adaptiveThinking), tree["thinking"]?["type"] == "enabled" {
      tree["thinking"]?["type"] = "adaptive"
      tree["thinking"]?["budget_tokens"] = nil
    }
    if let limit = tokenLimit(in: repairs), let asked = tree["max_tokens"]?.int, asked > limit {
      tree["max_tokens"] = .number(JSONNumber(limit))
    }
    return tree.bytes
  }
}
