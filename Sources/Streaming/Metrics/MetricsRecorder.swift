// Measures a stream chunk by chunk. The same recorder feeds the screen, `ask --json` and the archive.

import Conversations

/// The figures of one answer as it arrives.
///
/// What is counted is the *content-bearing chunk*: text, thinking, a tool call's beginning or arguments, a tool's result.
/// Gaps are taken between the arrivals of such chunks; chunks that one read brought have a measured gap of zero.
/// `elapsed` (`total_ms`) is what the user waited: it counts from the first request on, with all attempts and the waits
/// between them. Everything else measures the service and counts from the request that gave the answer: a first chunk
/// that came 40 ms after the third attempt began says so, and rates are not diluted by a countdown.
///
/// A chunk costs a constant; the percentiles are worked out at most four times a second.
package struct MetricsRecorder: Sendable {
  /// When the present attempt began.
  package private(set) var started: Instant
  /// When the first one began.
  private var asked: Instant
  /// When the last content-bearing chunk came.
  package private(set) var lastChunk: Instant?
  /// Times and sizes of the chunks.
  package private(set) var timeline = Timeline()
  /// What the network took, once the transport has told.
  package private(set) var network: NetworkPhases?

  private var lastNanoseconds: Int64 = 0
  private var firstChunk: Int64?
  private var firstThinking: Int64?
  private var firstText: Int64?
  private var ended: Int64?
  private var chunks = 0
  private var bytes = 0
  private var characters = 0
  private var stalls = 0
  private var retries = 0
  private var usage: TokenUsage?
  private var gaps = GapHistogram()
  /// What came in the last fifteen seconds.
  package private(set) var window = RateWindow()
  private var summary: GapSummary?
  private var summaryTime: Int64 = .min
  private var summaryCount = 0

  private static let summaryNanoseconds: Int64 = 250_000_000
  private static let shortestStall: Int64 = 1_000_000_000

  /// Nothing measured yet of a request that begins at a time.
  package init(started: Instant) {
    self.started = started
    asked = started
  }

  /// A retry is granted; it counts even if the wait for it is stopped.
  package mutating func grantRetry() { retries += 1 }

  /// The request is repeated: figures begin anew.
  package mutating func restart(at time: Instant) {
    let (count, first) = (retries, asked)
    self = MetricsRecorder(started: time)
    retries = count
    asked = first
  }

  /// Counts a chunk.
  package mutating func record(_ chunk: borrowing StreamChunk) {
    switch chunk.event {
    case .textDelta(let text):
      count(text, of: chunk, as: .text)
      if firstText == nil { firstText = lastNanoseconds }
    case .thinkingDelta(let text):
      count(text, of: chunk, as: .thinking)
      if firstThinking == nil { firstThinking = lastNanoseconds }
    case .toolCallBegin: count("", of: chunk, as: .toolCall)
    case .toolCallArguments: count("", of: chunk, as: .toolCall)
    case .toolResult: count("", of: chunk, as: .toolResult)
    case .usage(let newer): usage = usage?.updated(with: newer) ?? newer
    case .network(let phases): network = phases
    case .start, .thinkingSignature, .toolCallEnd, .opaque, .resuming: break
    case .finish, .error:
      ended = max(lastNanoseconds, nanoseconds(to: chunk.received))
      refreshSummary()
    }
  }

  /// The figures at a moment; after the end, those of the end.
  /// - Complexity: O(1). Percentiles may be a quarter of a second old while the stream runs.
  package func metrics(at time: Instant) -> StreamMetrics {
    let now = ended ?? max(lastNanoseconds, nanoseconds(to: time))
    var metrics = StreamMetrics()
    metrics.network = network
    metrics.timeToFirstChunk = firstChunk.map(Duration.nanoseconds)
    metrics.timeToFirstThinking = firstThinking.map(Duration.nanoseconds)
    metrics.timeToFirstText = firstText.map(Duration.nanoseconds)
    metrics.timeToLastChunk = chunks > 0 ? .nanoseconds(lastNanoseconds) : nil
    metrics.elapsed = max(.zero, started - asked) + .nanoseconds(now)
    metrics.sinceLastChunk = ended == nil && chunks > 0 ? .nanoseconds(now - lastNanoseconds) : nil
    metrics.chunks = chunks
    metrics.bytes = bytes
    metrics.characters = characters
    metrics.gaps = summary
    metrics.stalls = stalls
    metrics.retries = retries
    // Over the whole time, the wait for the first chunk included: what came in one burst would else have any rate.
    if chunks > 0, now > 0 { metrics.charactersPerSecond = Double(characters) * 1e9 / Double(now) }
    if ended == nil {
      metrics.recentCharactersPerSecond = window.rate(at: now)
      metrics.presentCharactersPerSecond = window.rate(at: now, quarters: RateWindow.presentQuarters)
    }
    metrics.usage = usage
    return metrics
  }

  private mutating func count(_ text: borrowing String, of chunk: borrowing StreamChunk, as kind: TimelineEntry.Kind) {
    // What one read brought has one time; comparing is cheaper than taking times apart.
    let now = chunk.received == lastChunk ? lastNanoseconds : max(lastNanoseconds, nanoseconds(to: chunk.received))
    let scalars = text.scalarCount
    if chunks > 0 {
      let gap = now - lastNanoseconds
      if Self.isStall(gap, after: gaps) { stalls += 1 }
      gaps.record(nanoseconds: gap)
    } else {
      firstChunk = now
    }
    chunks += 1
    bytes += chunk.bytes
    characters += scalars
    lastChunk = chunk.received
    lastNanoseconds = now
    window.add(scalars, at: now)
    timeline.append(nanoseconds: now, characters: scalars, bytes: chunk.bytes, kind: kind)
    if now - Self.summaryNanoseconds >= summaryTime || gaps.count == 1 {
      refreshSummary()
      summaryTime = now
    }
  }

  /// Whether a gap, in nanoseconds, is a stall after the gaps that were before: longer than a second and than eight times
  /// their median, which is worked out only for gaps of more than a second.
  static func isStall(_ gap: Int64, after gaps: GapHistogram) -> Bool {
    guard gap > shortestStall else { return false }
    guard let median = gaps.summary?.p50 else { return true }
    return .nanoseconds(gap) > median * 8
  }

  private mutating func refreshSummary() {
    guard gaps.count != summaryCount else { return }
    summary = gaps.summary
    summaryCount = gaps.count
  }

  private func nanoseconds(to time: Instant) -> Int64 {
    let (seconds, attoseconds) = (time - started).components
    return seconds * 1_000_000_000 + attoseconds / 1_000_000_000
  }
}

extension String {
  /// Unicode scalars, counted as the bytes of UTF-8 that do not continue one.
  var scalarCount: Int {
    utf8.withContiguousStorageIfAvailable { bytes in
      var count = 0
      for byte in bytes where byte & 0xC0 != 0x80 { count &+= 1 }
      return count
    } ?? unicodeScalars.count
  }
}
