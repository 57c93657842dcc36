// How a stored answer came: which part of it was there after which chunk, and when. Made once from the message and its
// timeline, and then asked for any moment, forwards or backwards. It knows no clock: time is an argument.

package import Conversations

/// An answer and the order in which it came.
///
/// Text and thinking are exact to the character. Of tool calls the timeline keeps the times and not the sizes: a call is
/// shown from its first chunk on and has its arguments with its last one.
package struct ReplayPlan: Equatable, Sendable {
  /// How timeline and message fit together.
  package enum Fit: Equatable, Sendable {
    /// Every character has its chunk.
    case exact
    /// The timeline ends before the answer did: after so many chunks, of so many if that is known. What it does not tell of
    /// comes with the last chunk.
    case cut(after: Int, of: Int?)
    /// The answer was continued, and the timeline is that of the last piece: so many characters are there from the start.
    case continued(characters: Int)
    /// The timeline tells of more characters than are kept.
    case shortened(characters: Int)
  }

  /// A stretch of time in which nothing came that should have: a stall (`contract`, end of `ask --json`).
  package struct Stall: Equatable, Sendable {
    /// From the chunk before until the chunk after.
    package var start: Duration
    package var end: Duration
  }

  package let fit: Fit
  package let stalls: [Stall]

  /// Times of the chunks in tenths of milliseconds, never falling.
  private let ticks: [Int64]
  /// After how many chunks how many bytes of all texts, of all thinking, and how many characters had come; from no chunk on.
  private let text: [UInt32]
  private let thinking: [UInt32]
  private let characters: [UInt32]
  /// By part: where it lies among the parts of its kind, and after how many chunks it has begun and is whole.
  private let parts: [Placed]

  private struct Placed: Equatable, Sendable {
    var track: Track
    var start = 0
    var size: Int
    var begins: Int
    var completes: Int
  }

  private enum Track { case text, thinking, other }

  private static let tick: Int64 = 100_000

  /// A plan for the parts of a message.
  /// - Parameters:
  ///   - chunkCount: how many chunks were counted while it came, if that is known.
  ///   - limit: chunks that a timeline keeps; tests make it small.
  /// - Complexity: linear in the text and in the chunks: not for the thread that draws.
  package init(
    parts: [Part], entries: [TimelineEntry], chunkCount: Int?, limit: Int = Timeline.maximumEntries
  ) {
    ticks = entries.map { Self.ticks($0.offset) }
    let isCut = entries.count >= limit || chunkCount.map { $0 > entries.count } == true
    var walk = ReplayWalk(parts, entries, isCut: isCut)
    walk.run()
    fit =
      isCut
      ? .cut(after: entries.count, of: chunkCount.flatMap { $0 > entries.count ? $0 : nil })
      : walk.early > 0
        ? .continued(characters: walk.early)
        : walk.missing > 0 ? .shortened(characters: walk.missing) : .exact
    text = walk.text.positions
    thinking = walk.thinking.positions
    characters = walk.characters
    stalls = Self.stalls(ticks)
    var textStart = 0
    var thinkingStart = 0
    self.parts = parts.indices.map { index in
      var placed = Placed(
        track: .other, size: parts[index].shownBytes, begins: walk.begins[index], completes: walk.completes[index])
      switch parts[index] {
      case .text:
        placed.track = .text
        placed.start = textStart
        textStart += placed.size
      case .thinking:
        placed.track = .thinking
        placed.start = thinkingStart
        thinkingStart += placed.size
      case .toolCall, .toolResult, .attachment, .opaque: break
      }
      return placed
    }
  }

  /// Chunks in the timeline.
  package var count: Int { ticks.count }

  /// When the last chunk came, since the request began.
  package var end: Duration { ticks.last.map(Self.duration) ?? .zero }

  /// When a chunk came; from zero.
  package func time(of chunk: Int) -> Duration { ticks.indices.contains(chunk) ? Self.duration(ticks[chunk]) : end }

  /// How many chunks had come at a time, those of that very moment included.
  /// - Complexity: O(log chunks).
  package func chunks(until time: Duration) -> Int {
    let limit = Self.ticks(time)
    var low = 0
    var high = ticks.count
    while low < high {
      let middle = (low + high) / 2
      if ticks[middle] <= limit { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// How many parts had begun; a part begins no later than those after it.
  /// - Complexity: O(log parts).
  package func partCount(after chunks: Int) -> Int {
    if chunks >= count { return parts.count }
    var low = 0
    var high = parts.count
    while low < high {
      let middle = (low + high) / 2
      if parts[middle].begins <= chunks { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// How many bytes of a part's text were there; of what is no text, all or none.
  package func byteCount(of part: Int, after chunks: Int) -> Int {
    guard parts.indices.contains(part) else { return 0 }
    let placed = parts[part]
    if chunks >= count { return placed.size }
    switch placed.track {
    case .text: return min(max(0, Int(text[max(0, chunks)]) - placed.start), placed.size)
    case .thinking: return min(max(0, Int(thinking[max(0, chunks)]) - placed.start), placed.size)
    case .other: return placed.completes <= chunks ? placed.size : 0
    }
  }

  /// Whether all of a part was there.
  package func isWhole(_ part: Int, after chunks: Int) -> Bool {
    guard parts.indices.contains(part) else { return false }
    return chunks >= count || parts[part].begins <= chunks && parts[part].completes <= chunks
  }

  /// When a part began and when it was whole; `nil` where it was there from the start.
  package func times(of part: Int) -> (began: Duration, ended: Duration)? {
    guard parts.indices.contains(part), parts[part].begins > 0 else { return nil }
    return (time(of: parts[part].begins - 1), time(of: max(parts[part].begins, parts[part].completes) - 1))
  }

  // MARK: Figures of a moment

  /// Characters a second over the second before a time, or over the time since the first chunk if that is shorter; `nil`
  /// where there was none, or it is too short to tell.
  package func rate(at time: Duration) -> Double? {
    guard let first = ticks.first else { return nil }
    let now = Self.ticks(time)
    let span = min(10_000, now - first)
    guard span >= 1000 else { return nil }
    let start = Self.duration(now - span)
    let came = characters[chunks(until: time)] - characters[chunks(until: start)]
    return Double(came) * 10_000 / Double(span)
  }

  /// What came in one column of a picture of the whole time.
  package struct Column: Equatable, Sendable {
    package var chunks = 0
    package var textBytes = 0
    package var thinkingBytes = 0
    /// Whether it lies in a stall from end to end.
    package var isStalled = false
  }

  /// The whole time in that many columns of the same length; a chunk belongs to one column.
  /// - Complexity: O(columns · log chunks + stalls).
  package func columns(_ number: Int) -> [Column] {
    guard number > 0, let last = ticks.last else { return [] }
    let span = max(1, last)
    var before = 0
    var columns: [Column] = []
    columns.reserveCapacity(number)
    for index in 1...number {
      // The end of a column belongs to the next one, but for the last.
      let edge = Self.edge(index, of: number, span)
      let after = index == number ? count : chunks(until: Self.duration(edge - 1))
      columns.append(
        Column(
          chunks: after - before, textBytes: Int(text[after]) - Int(text[before]),
          thinkingBytes: Int(thinking[after]) - Int(thinking[before])))
      before = after
    }
    for stall in stalls {
      let first = Self.column(of: Self.ticks(stall.start), number, span)
      let end = Self.column(of: Self.ticks(stall.end), number, span)
      for index in first...max(first, end) where columns[index].chunks == 0 { columns[index].isStalled = true }
      // So short on this scale that it has no column of its own: it is marked where it ends.
      if end <= first + 1, columns[end].chunks > 0 { columns[end].isStalled = true }
    }
    return columns
  }

  /// The column that a time lies in.
  package func column(of time: Duration, among number: Int) -> Int {
    guard number > 0 else { return 0 }
    return Self.column(of: Self.ticks(time), number, max(1, ticks.last ?? 1))
  }

  private static func edge(_ index: Int, of number: Int, _ span: Int64) -> Int64 {
    let (whole, rest) = span.quotientAndRemainder(dividingBy: Int64(number))
    return whole * Int64(index) + rest * Int64(index) / Int64(number)
  }

  private static func column(of tick: Int64, _ number: Int, _ span: Int64) -> Int {
    min(number - 1, max(0, Int(Double(tick) / Double(span) * Double(number))))
  }

  private static func stalls(_ ticks: [Int64]) -> [Stall] {
    var gaps = GapHistogram()
    var stalls: [Stall] = []
    for (before, after) in zip(ticks, ticks.dropFirst()) {
      let gap = (after - before) * tick
      if MetricsRecorder.isStall(gap, after: gaps) {
        stalls.append(Stall(start: duration(before), end: duration(after)))
      }
      gaps.record(nanoseconds: gap)
    }
    return stalls
  }

  private static func ticks(_ time: Duration) -> Int64 {
    let (seconds, attoseconds) = time.components
    // Far beyond any timeline, and far from where ticks overflow.
    guard seconds < 1 << 40 else { return 1 << 54 }
    return seconds * 10_000 + attoseconds / 100_000_000_000_000
  }

  private static func duration(_ ticks: Int64) -> Duration { .microseconds(ticks * 100) }
}

extension Part {
  /// Bytes of what is shown of it.
  var shownBytes: Int {
    switch self {
    case .text(let text), .thinking(let text, _): text.utf8.count
    case .toolCall(let call): call.arguments.utf8.count
    case .toolResult(let result): result.content.utf8.count
    case .opaque(let piece): piece.content.utf8.count
    case .attachment: 0
    }
  }
}
