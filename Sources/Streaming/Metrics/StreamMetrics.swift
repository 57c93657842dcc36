// What was measured on one stream. A figure that is not known is `nil`, never zero.

package import Conversations

/// Percentiles of the gaps between chunks.
package struct GapSummary: Equatable, Sendable {
  package var p50: Duration
  package var p95: Duration
  package var p99: Duration
  package var maximum: Duration

  /// Percentiles as the histogram gives them.
  package init(p50: Duration, p95: Duration, p99: Duration, maximum: Duration) {
    self.p50 = p50
    self.p95 = p95
    self.p99 = p99
    self.maximum = maximum
  }
}

/// The figures of one answer, at one moment. Durations count from the moment the request began.
package struct StreamMetrics: Equatable, Sendable {
  package var network: NetworkPhases?
  /// To the first content-bearing chunk, thinking included.
  package var timeToFirstChunk: Duration?
  /// To the first piece of thinking.
  package var timeToFirstThinking: Duration?
  /// To the first text of the answer itself.
  package var timeToFirstText: Duration?
  /// To the last content-bearing chunk so far.
  package var timeToLastChunk: Duration?
  /// To now, or to the end.
  package var elapsed: Duration
  /// Since the last chunk; `nil` before the first and after the end.
  package var sinceLastChunk: Duration?
  package var chunks: Int
  /// Bytes of the content-bearing events on the wire, framing included.
  package var bytes: Int
  /// Unicode scalars of text and thinking.
  package var characters: Int
  package var gaps: GapSummary?
  /// Gaps longer than one second and than eight times the median so far.
  package var stalls: Int
  package var retries: Int
  /// Characters per second over the whole time, from the request on; `nil` before the first chunk.
  package var charactersPerSecond: Double?
  /// Characters per second over the last five seconds, to a quarter of one; `nil` when nothing came.
  package var recentCharactersPerSecond: Double?
  /// The same over the last second.
  package var presentCharactersPerSecond: Double?
  package var usage: TokenUsage?
  /// What it cost; `nil` where no price is configured or the tokens are not known.
  package var cost: Cost?

  /// Nothing measured yet.
  package init() {
    elapsed = .zero
    chunks = 0
    bytes = 0
    characters = 0
    stalls = 0
    retries = 0
  }

  /// Characters per chunk; `nil` without chunks.
  package var averageChunkCharacters: Double? {
    chunks > 0 ? Double(characters) / Double(chunks) : nil
  }

  /// Tokens of the answer per second over the whole time, from the request on; `nil` where they are not known.
  package var tokensPerSecond: Double? {
    guard let output = usage?.output else { return nil }
    // As long as characters were counted for: from the request that was answered on, not from the first attempt.
    if let rate = charactersPerSecond, rate > 0, characters > 0 { return Double(output) * rate / Double(characters) }
    let seconds = elapsed / .seconds(1)
    return seconds > 0 ? Double(output) / seconds : nil
  }
}
