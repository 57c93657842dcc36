// What the published streams of every dialect are checked for.

import Conversations
import Diagnostics
import Framing
import Streaming
import Testing

@testable import Providers

/// Compares streams and refusals with their published meaning.
enum Published {
  /// Decodes a stream in every cut and compares it with its expectation.
  /// - Parameter reasons: what our reason may be, by the provider's word.
  static func check(
    _ vector: StreamVector, with dialect: some WireDialect, reasons: [String: [FinishReason]]
  ) {
    let whole = Summary(decode([vector.body], with: dialect))
    compare(whole, vector.expect, reasons: reasons)
    for pieces in Cuts.all(vector.body) { #expect(Summary(decode(pieces, with: dialect)) == whole) }
  }

  /// Damages a stream in many ways: each must come to exactly one ending, the same in every cut.
  static func damage(_ vector: StreamVector, with dialect: some WireDialect) {
    let words = ["null", "[]", "{}", "-1", "\"\"", "1e999", "\\ud800", "\n\n", "}", "\u{0}"].map { Array($0.utf8) }
    for seed in 1...60 as ClosedRange<UInt64> {
      var numbers = SeededNumbers(seed: seed)
      var bytes = vector.body
      for _ in 0...Int.random(in: 0...3, using: &numbers) where !bytes.isEmpty {
        let start = Int.random(in: bytes.indices, using: &numbers)
        let end = min(bytes.count, start + Int.random(in: 0...12, using: &numbers))
        bytes.replaceSubrange(start..<end, with: words.randomElement(using: &numbers) ?? [])
      }
      let whole = Summary(decode([bytes], with: dialect))
      #expect(whole.endings == 1, "seed \(seed)")
      let cut = Summary(decode(Cuts.random(bytes, seed: seed, largest: 9), with: dialect))
      #expect(cut.text == whole.text && cut.calls == whole.calls && cut.finish == whole.finish, "seed \(seed)")
      var decoding = EventDecoding(
        dialect, context: ResponseContext(provider: "lab", model: "m"), received: ContinuousClock.now)
      decoding.decodeWhole(bytes, received: ContinuousClock.now)
      #expect(Summary(decoding.take()).endings == 1, "seed \(seed)")
    }
  }

  private static func compare(_ summary: Summary, _ expect: JSONValue, reasons: [String: [FinishReason]]) {
    #expect(summary.endings == 1)
    #expect(summary.text == expect["text"]?.string)
    #expect(summary.thinking == expect["thinking"]?.string)
    let usable = summary.finish == nil ? [] : summary.calls.filter(\.isEnded)
    let expected = expect["toolCalls"]?.array ?? []
    #expect(usable.count == expected.count)
    for (call, wanted) in zip(usable, expected) {
      // Where the service gave no id, any will do.
      #expect(wanted["id"]?.string.map { $0 == call.id } ?? !call.id.isEmpty)
      #expect(call.name == wanted["name"]?.string)
      #expect((try? JSONParser.parse(call.arguments).get()) == wanted["arguments"])
    }
    let usage = expect["usage"] ?? .null
    #expect(summary.usage?.input == usage["inputTokens"]?.int)
    #expect(summary.usage?.output == usage["outputTokens"]?.int)
    #expect(summary.usage?.reasoning == usage["reasoningTokens"]?.int)
    #expect(summary.usage?.cacheRead == usage["cacheReadTokens"]?.int)
    compareEnd(summary, expect, reasons: reasons)
  }

  private static func compareEnd(_ summary: Summary, _ expect: JSONValue, reasons: [String: [FinishReason]]) {
    switch expect["end"]?.string {
    case "complete":
      let allowed = reasons[expect["stopReason"]?.string ?? ""] ?? []
      #expect(summary.finish.map(allowed.contains) == true)
    case "truncated":
      guard case .truncated = summary.failure else {
        Issue.record("\(String(describing: summary.failure))")
        return
      }
    default:
      let wanted = expect["error"] ?? .null
      if let message = wanted["message"]?.string {
        #expect(summary.error?.explanation.detail.contains(message) == true)
      }
      #expect(summary.error?.isRetryable == wanted["retryable"]?.bool)
    }
  }
}
