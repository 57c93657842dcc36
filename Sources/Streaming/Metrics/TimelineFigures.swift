// What the chunks of an answer look like over time, in bounded memory: distributions, stalls, and how it went.

/// The shape of a stream, chunk by chunk from its timeline: for a live stream as it grows, for a finished one from the
/// archive, with the same result.
///
/// Times are those of the timeline, to a tenth of a millisecond. A chunk costs a constant; the whole is about 10 KB.
package struct TimelineFigures: Equatable, Sendable {
  /// What came in one stretch of time.
  package struct Slot: Equatable, Sendable {
    package var chunks: UInt32 = 0
    package var characters: UInt32 = 0
    /// The longest gap that ended here, in tenths of milliseconds.
    package var longestGap: UInt32 = 0
    package var hasThinking = false
    package var hasText = false
    package var hasTools = false

    /// Nothing.
    package init() {}

    /// Adds what came in another stretch.
    package mutating func add(_ other: Slot) {
      chunks = chunks.addingSaturating(other.chunks)
      characters = characters.addingSaturating(other.characters)
      longestGap = max(longestGap, other.longestGap)
      hasThinking = hasThinking || other.hasThinking
      hasText = hasText || other.hasText
      hasTools = hasTools || other.hasTools
    }
  }

  /// A gap that was a stall: longer than a second and than eight times the median of those before it.
  package struct Stall: Equatable, Sendable {
    /// When it began, from the request on.
    package var start: Duration
    package var length: Duration
  }

  /// Stretches of time into which it is cut.
  package static let maximumSlots = 240
  /// Powers of two of milliseconds, and one for gaps below a tenth of one: together in one read.
  package static let gapBuckets = 18
  /// Powers of two of characters, and one for chunks without any.
  package static let sizeBuckets = 14
  /// Stalls that are remembered; more are counted.
  package static let maximumStalls = 256

  package private(set) var chunks = 0
  package private(set) var last: Duration = .zero
  /// The first is for gaps below 0.1 ms, the second for those below 1 ms, each further one for twice as long ones: 1 to
  /// 2 ms, 2 to 4 ms and so on; the last is for all that are longer.
  package private(set) var gapCounts = [UInt32](repeating: 0, count: Self.gapBuckets)
  /// The first is for chunks without characters, then for 1 character, 2 to 3, 4 to 7 and so on; the last is for all longer
  /// ones.
  package private(set) var sizeCounts = [UInt32](repeating: 0, count: Self.sizeBuckets)
  package private(set) var stalls: [Stall] = []
  package private(set) var stallCount = 0
  /// What came, in stretches of `slotTicks` from the request on.
  package private(set) var slots: [Slot] = []
  /// Tenths of milliseconds of each slot; doubles when the answer outgrows them.
  package private(set) var slotTicks: Int64 = 256

  private var decoder = TimelineDecoder()
  private var lastTick: Int64 = 0
  private var gaps = GapHistogram()

  /// Nothing yet.
  package init() {}

  /// The figures of a whole timeline.
  package init(of timeline: [UInt8]) {
    read(timeline)
  }

  /// Bytes of the timeline read so far; the next piece begins there.
  package var position: Int { decoder.position }

  /// Takes in the bytes of a timeline from `position` on.
  package mutating func read(_ bytes: [UInt8]) {
    var decoder = decoder
    decoder.read(bytes) { add($0) }
    self.decoder = decoder
  }

  package static func == (one: TimelineFigures, other: TimelineFigures) -> Bool {
    one.decoder == other.decoder && one.slots == other.slots && one.gapCounts == other.gapCounts
      && one.sizeCounts == other.sizeCounts && one.stalls == other.stalls && one.stallCount == other.stallCount
  }

  private mutating func add(_ entry: TimelineEntry) {
    let (seconds, attoseconds) = entry.offset.components
    let tick = seconds * 10_000 + attoseconds / 100_000_000_000_000
    var slot = Slot()
    slot.chunks = 1
    slot.characters = UInt32(clamping: entry.characters)
    switch entry.kind {
    case .text: slot.hasText = true
    case .thinking: slot.hasThinking = true
    case .toolCall, .toolResult: slot.hasTools = true
    }
    if chunks > 0 {
      let gap = tick - lastTick
      slot.longestGap = UInt32(clamping: gap)
      if gap > 10_000 { noteStall(gap) }
      gaps.record(nanoseconds: gap * Timeline.tickNanoseconds)
      gapCounts[Self.gapBucket(ticks: gap)] += 1
    }
    sizeCounts[Self.sizeBucket(characters: entry.characters)] += 1
    chunks += 1
    lastTick = tick
    last = entry.offset
    put(slot, at: tick)
  }

  private mutating func noteStall(_ gap: Int64) {
    let length = Duration.nanoseconds(gap * Timeline.tickNanoseconds)
    guard isLongerThanEightMedians(gap) else { return }
    stallCount += 1
    if stalls.count < Self.maximumStalls { stalls.append(Stall(start: last, length: length)) }
  }

  /// Whether a gap is longer than eight times the median of those before it. The doubling buckets settle it mostly; the
  /// exact median takes a pass over its histogram.
  private func isLongerThanEightMedians(_ gap: Int64) -> Bool {
    guard gaps.count > 0 else { return true }
    let rank = (gaps.count + 1) / 2
    var seen = 0
    var bucket = 0
    for count in gapCounts {
      seen += Int(count)
      if seen >= rank { break }
      bucket += 1
    }
    let border = Self.ticks(below: bucket)
    if gap <= border.lower * 8 { return false }
    if let upper = border.upper, gap > upper * 8 { return true }
    guard let median = gaps.summary?.p50 else { return true }
    return .nanoseconds(gap * Timeline.tickNanoseconds) > median * 8
  }

  /// The borders of a bucket of gaps, in tenths of milliseconds; the last one has no upper border.
  private static func ticks(below bucket: Int) -> (lower: Int64, upper: Int64?) {
    switch bucket {
    case 0: (0, 1)
    case 1: (1, 10)
    default: (10 << (bucket - 2), bucket < gapBuckets - 1 ? 10 << (bucket - 1) : nil)
    }
  }

  private mutating func put(_ slot: Slot, at tick: Int64) {
    while tick / slotTicks >= Int64(Self.maximumSlots) { halve() }
    let index = Int(tick / slotTicks)
    while slots.count <= index { slots.append(Slot()) }
    slots[index].add(slot)
  }

  /// Makes the slots twice as long.
  private mutating func halve() {
    var merged: [Slot] = []
    for index in stride(from: 0, to: slots.count, by: 2) {
      var slot = slots[index]
      if index + 1 < slots.count { slot.add(slots[index + 1]) }
      merged.append(slot)
    }
    slots = merged
    slotTicks *= 2
  }

  static func gapBucket(ticks: Int64) -> Int {
    guard ticks > 0 else { return 0 }
    let milliseconds = UInt64(ticks / 10)
    guard milliseconds > 0 else { return 1 }
    return min(gapBuckets - 1, 2 + (63 - milliseconds.leadingZeroBitCount))
  }

  static func sizeBucket(characters: Int) -> Int {
    guard characters > 0 else { return 0 }
    return min(sizeBuckets - 1, 1 + (63 - UInt64(characters).leadingZeroBitCount))
  }

  /// The slots drawn out or drawn together to so many columns over a time, from the request on.
  /// - Parameter time: what the columns stand for together; what came later is in the last one.
  package func columns(_ count: Int, over time: Duration) -> [Slot] {
    guard count > 0 else { return [] }
    var result = [Slot](repeating: Slot(), count: count)
    let (seconds, attoseconds) = time.components
    let ticks = max(1, seconds * 10_000 + attoseconds / 100_000_000_000_000)
    for (index, slot) in slots.enumerated() where slot.chunks > 0 {
      // By the slot's middle: with more columns than slots, some columns stay empty.
      let middle = Int64(index) * slotTicks + slotTicks / 2
      result[min(count - 1, Int(min(ticks, middle) * Int64(count) / ticks))].add(slot)
    }
    return result
  }
}

extension UInt32 {
  fileprivate func addingSaturating(_ other: UInt32) -> UInt32 {
    let (sum, overflows) = addingReportingOverflow(other)
    return overflows ? .max : sum
  }
}
