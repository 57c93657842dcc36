// The one walk along a timeline that a plan is made of: it goes through chunks and parts side by side and finds which
// chunk brought which part.

import Conversations

/// Walks through the chunks of an answer.
struct ReplayWalk {
  /// The texts of one kind, one after the other, and how far they had come after each chunk.
  struct Track {
    fileprivate(set) var positions: [UInt32] = []
    private let bytes: [UInt8]
    private(set) var position = 0

    init(_ texts: [String]) {
      var bytes: [UInt8] = []
      bytes.reserveCapacity(texts.reduce(0) { $0 + $1.utf8.count })
      for text in texts { bytes.append(contentsOf: text.utf8) }
      self.bytes = bytes
    }

    var size: Int { bytes.count }

    var scalarCount: Int { bytes.reduce(0) { $0 + ($1 & 0xC0 != 0x80 ? 1 : 0) } }

    /// Goes on by so many scalars, or as many as there are.
    mutating func advance(by scalars: Int) {
      var rest = scalars
      while rest > 0, position < bytes.count {
        position += 1
        while position < bytes.count, bytes[position] & 0xC0 == 0x80 { position += 1 }
        rest -= 1
      }
    }

    mutating func note() { positions.append(UInt32(clamping: position)) }

    mutating func goToEnd() { position = bytes.count }
  }

  private(set) var text: Track
  private(set) var thinking: Track
  /// Characters after each chunk, whatever they belong to.
  private(set) var characters: [UInt32] = [0]
  /// By part: after how many chunks it has begun, and is whole.
  private(set) var begins: [Int]
  private(set) var completes: [Int]
  /// Characters that were there before the first chunk, and characters of chunks that are not kept.
  private(set) var early = 0
  private(set) var missing = 0

  private let parts: [Part]
  private let entries: [TimelineEntry]
  private let isCut: Bool
  /// The numbers of the chunks, from one, that belonged to tool calls.
  private var callChunks: [Int] = []
  private var resultChunks: [Int] = []

  init(_ parts: [Part], _ entries: [TimelineEntry], isCut: Bool) {
    self.parts = parts
    self.entries = entries
    self.isCut = isCut
    text = Track(parts.compactMap { if case .text(let text) = $0 { text } else { nil } })
    thinking = Track(parts.compactMap { if case .thinking(let text, _) = $0 { text } else { nil } })
    // A part that nothing tells of comes with the next one that something does.
    begins = [Int](repeating: entries.count, count: parts.count)
    completes = begins
  }

  mutating func run() {
    beginEarly()
    text.note()
    thinking.note()
    for (index, entry) in entries.enumerated() {
      switch entry.kind {
      case .text: text.advance(by: entry.characters)
      case .thinking: thinking.advance(by: entry.characters)
      case .toolCall: callChunks.append(index + 1)
      case .toolResult: resultChunks.append(index + 1)
      }
      if index + 1 == entries.count {
        // What the timeline does not tell of came after it.
        text.goToEnd()
        thinking.goToEnd()
      }
      text.note()
      thinking.note()
      characters.append(UInt32(clamping: Int(characters[index]) + entry.characters))
    }
    placeTexts()
    placeResults()
    placeCalls()
    for index in begins.indices.dropLast().reversed() { begins[index] = min(begins[index], begins[index + 1]) }
  }

  /// A continued answer has a beginning that no chunk of this timeline brought.
  private mutating func beginEarly() {
    var told: (text: Int, thinking: Int) = (0, 0)
    for entry in entries {
      // Sizes of a damaged timeline may be anything; they count up to more than an answer can hold.
      let characters = min(entry.characters, 1 << 32)
      if entry.kind == .text { told.text = min(told.text + characters, 1 << 40) }
      if entry.kind == .thinking { told.thinking = min(told.thinking + characters, 1 << 40) }
    }
    let kept = (text: text.scalarCount, thinking: thinking.scalarCount)
    missing = max(0, told.text - kept.text) + max(0, told.thinking - kept.thinking)
    guard !isCut else { return }
    let before = (text: max(0, kept.text - told.text), thinking: max(0, kept.thinking - told.thinking))
    early = before.text + before.thinking
    text.advance(by: before.text)
    thinking.advance(by: before.thinking)
  }

  private mutating func placeTexts() {
    var (textStart, thinkingStart) = (0, 0)
    for (index, part) in parts.enumerated() {
      switch part {
      case .text(let value): place(index, text.positions, start: &textStart, size: value.utf8.count)
      case .thinking(let value, _): place(index, thinking.positions, start: &thinkingStart, size: value.utf8.count)
      case .toolCall, .toolResult, .attachment, .opaque: break
      }
    }
  }

  private mutating func place(_ part: Int, _ positions: [UInt32], start: inout Int, size: Int) {
    guard size > 0 else { return }
    begins[part] = Self.first(in: positions) { Int($0) > start }
    start += size
    completes[part] = Self.first(in: positions) { Int($0) >= start }
  }

  /// The first place of a rising list where something holds.
  private static func first(in positions: [UInt32], where holds: (UInt32) -> Bool) -> Int {
    var low = 0
    var high = positions.count - 1
    while low < high {
      let middle = (low + high) / 2
      if holds(positions[middle]) { high = middle } else { low = middle + 1 }
    }
    return max(0, low)
  }

  private mutating func placeResults() {
    let results = parts.indices.filter { if case .toolResult = parts[$0] { true } else { false } }
    // Those of the beginning of a continued answer have no chunk.
    let surplus = isCut ? 0 : max(0, results.count - resultChunks.count)
    for (number, part) in results.enumerated() {
      let chunk = number - surplus
      begins[part] = chunk < 0 ? 0 : chunk < resultChunks.count ? resultChunks[chunk] : entries.count
      completes[part] = begins[part]
    }
  }

  /// Calls come between what stands before and behind them. Which of several in a row had which chunk is not kept: they
  /// share them evenly.
  private mutating func placeCalls() {
    var index = 0
    while index < parts.count {
      guard case .toolCall = parts[index] else {
        index += 1
        continue
      }
      var end = index
      while end < parts.count, parts[end].isCallOrSilent { end += 1 }
      let calls = (index..<end).filter { if case .toolCall = parts[$0] { true } else { false } }
      place(
        calls, after: begin(before: index), before: end < parts.count ? begins[end] : nil, last: lastChunk(from: end))
      index = end
    }
  }

  private mutating func place(_ calls: [Int], after start: Int, before next: Int?, last: Int) {
    if next == 0 {
      for call in calls { (begins[call], completes[call]) = (0, 0) }
      return
    }
    let first = callChunks.firstIndex { $0 > start } ?? callChunks.count
    let beginnings = callChunks[first...].prefix { $0 < next ?? .max }
    let all = callChunks[first...].prefix { $0 < last }
    for (number, call) in calls.enumerated() {
      guard !beginnings.isEmpty else {
        begins[call] = next ?? entries.count
        completes[call] = begins[call]
        continue
      }
      let here = beginnings.startIndex + number * beginnings.count / calls.count
      let following = beginnings.startIndex + (number + 1) * beginnings.count / calls.count
      begins[call] = callChunks[here]
      let end = number == calls.count - 1 ? all.last : callChunks[max(here, following - 1)]
      completes[call] = max(begins[call], end ?? begins[call])
    }
  }

  /// After how many chunks the last part before one had begun.
  private func begin(before part: Int) -> Int {
    for index in (0..<part).reversed() {
      switch parts[index] {
      case .text, .thinking: if parts[index].shownBytes > 0 { return begins[index] }
      case .toolResult: return begins[index]
      case .toolCall, .attachment, .opaque: continue
      }
    }
    return 0
  }

  /// The first chunk that may belong to calls of a later row.
  private func lastChunk(from part: Int) -> Int {
    guard let next = parts[part...].firstIndex(where: { if case .toolCall = $0 { true } else { false } }) else {
      return .max
    }
    return begin(before: next)
  }
}

extension Part {
  /// Whether it is a call, or stands between calls without having had a chunk.
  fileprivate var isCallOrSilent: Bool {
    switch self {
    case .toolCall, .opaque, .attachment: true
    case .text, .thinking: shownBytes == 0
    case .toolResult: false
    }
  }
}
