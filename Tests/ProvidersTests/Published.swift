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
