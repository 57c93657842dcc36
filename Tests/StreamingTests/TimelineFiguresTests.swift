// The shape of a stream against plain lists of the same chunks, however its timeline is cut.

import Conversations
import Streaming
import Testing

@Suite("Timeline figures")
struct TimelineFiguresTests {
  private struct Played {
    var recorder: MetricsRecorder
    /// Tenths of milliseconds, characters, and whether it was thinking.
    var chunks: [(tick: Int, characters: Int, isThinking: Bool)]
    var bytes: [UInt8] { recorder.timeline.bytes }
    var gaps: [Int] { zip(chunks, chunks.dropFirst()).map { $1.tick - $0.tick } }
  }

  private func play(seed: UInt64, count: Int) -> Played {
    var generator = SeededGenerator(seed: seed)
    var recorder = MetricsRecorder(started: instant(0))
    var grammar = StreamGrammar(call: call)
    var made: [StreamChunk] = []
    var played: [(Int, Int, Bool)] = []
    var tick = 0
    for _ in 0..<count {
      let exponent = Int.random(in: 0...17, using: &generator)
      tick += Int.random(in: 0...(1 << exponent), using: &generator)
      let length = Int.random(in: 0...(1 << Int.random(in: 0...12, using: &generator)), using: &generator)
      let isThinking = Bool.random(using: &generator)
      let text = String(repeating: "é", count: max(1, length))
      grammar.accept(
        ReceivedEvent(
          isThinking ? .thinkingDelta(text) : .textDelta(text), received: instant(0) + .microseconds(tick * 100),
          bytes: 40 + length), into: &made)
      played.append((tick, max(1, length), isThinking))
    }
    for chunk in made { recorder.record(chunk) }
    return Played(recorder: recorder, chunks: played)
  }

  @Test("Distributions, stalls and slots are those of the chunks", arguments: 0..<4 as Range<UInt64>)
  func oracle(seed: UInt64) throws {
    let played = play(seed: seed, count: 250)
    let figures = TimelineFigures(of: played.bytes)
    #expect(figures.chunks == played.chunks.count)
    var gaps = [UInt32](repeating: 0, count: TimelineFigures.gapBuckets)
    for gap in played.gaps {
      // The borders in words: nothing, below a millisecond, then doubling.
      var bucket = 0
      if gap > 0 { bucket = 1 }
      var border = 10
      while gap >= border, bucket < TimelineFigures.gapBuckets - 1 {
        bucket += 1
        border *= 2
      }
      gaps[bucket] += 1
    }
    #expect(figures.gapCounts == gaps, "seed \(seed)")
    var sizes = [UInt32](repeating: 0, count: TimelineFigures.sizeBuckets)
    for chunk in played.chunks {
      var bucket = 0
      var border = 1
      while chunk.characters >= border, bucket < TimelineFigures.sizeBuckets - 1 {
        bucket += 1
        border *= 2
      }
      sizes[bucket] += 1
    }
    #expect(figures.sizeCounts == sizes, "seed \(seed)")
    #expect(figures.stallCount == played.recorder.metrics(at: instant(1e9)).stalls, "seed \(seed)")
    #expect(figures.stalls.allSatisfy { $0.length > .seconds(1) })

    #expect(figures.slots.count <= TimelineFigures.maximumSlots)
    for (index, slot) in figures.slots.enumerated() {
      let range = (Int64(index) * figures.slotTicks)..<(Int64(index + 1) * figures.slotTicks)
      let here = played.chunks.indices.filter { range.contains(Int64(played.chunks[$0].tick)) }
      #expect(slot.chunks == UInt32(here.count), "seed \(seed) slot \(index)")
      #expect(slot.characters == UInt32(here.reduce(0) { $0 + played.chunks[$1].characters }))
      #expect(slot.hasThinking == here.contains { played.chunks[$0].isThinking })
      #expect(slot.hasText == here.contains { !played.chunks[$0].isThinking })
      #expect(slot.longestGap == UInt32(here.map { $0 == 0 ? 0 : played.gaps[$0 - 1] }.max() ?? 0))
    }
    for columns in [1, 7, 40, 300] {
      let drawn = figures.columns(columns, over: figures.last)
      #expect(drawn.count == columns)
      #expect(drawn.reduce(0) { $0 + Int($1.chunks) } == played.chunks.count)
    }
  }

  @Test("A timeline in pieces gives what the whole gives", arguments: 0..<6 as Range<UInt64>)
  func pieces(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let played = play(seed: seed &+ 100, count: 60)
    let whole = TimelineFigures(of: played.bytes)
    for cut in 0...played.bytes.count {
      var figures = TimelineFigures()
      figures.read(Array(played.bytes.prefix(cut)))
      figures.read(Array(played.bytes.dropFirst(figures.position)))
      #expect(figures == whole, "seed \(seed) cut \(cut)")
    }
    var figures = TimelineFigures()
    var given = 0
    while figures.position < played.bytes.count {
      given = min(played.bytes.count, given + Int.random(in: 1...5, using: &generator))
      figures.read(Array(played.bytes[figures.position..<given]))
    }
    #expect(figures == whole, "seed \(seed)")
  }

  @Test("A long answer keeps its slots and its memory")
  func long() {
    var recorder = MetricsRecorder(started: instant(0))
    var grammar = StreamGrammar(call: call)
    var made: [StreamChunk] = []
    for number in 0..<600 {
      grammar.accept(ReceivedEvent(.textDelta("word "), received: instant(Double(number) * 1000)), into: &made)
    }
    for chunk in made { recorder.record(chunk) }
    let figures = TimelineFigures(of: recorder.timeline.bytes)
    #expect(
      figures.slots.count <= TimelineFigures.maximumSlots && figures.slots.count > TimelineFigures.maximumSlots / 3)
    #expect(figures.slots.reduce(0) { $0 + Int($1.chunks) } == 600)
  }

  @Test("Any bytes are the shape of something, or of nothing", arguments: 0..<100 as Range<UInt64>)
  func noise(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let bytes = [1] + (0..<300).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    let figures = TimelineFigures(of: bytes)
    #expect(figures.chunks == Timeline.entries(of: bytes).count)
    #expect(figures.columns(80, over: figures.last).count == 80)
  }

  @Test("Nothing has no shape")
  func empty() {
    let figures = TimelineFigures(of: [])
    #expect(figures.chunks == 0 && figures.slots.isEmpty && figures.stallCount == 0)
    #expect(figures.columns(3, over: .zero) == [.init(), .init(), .init()])
    #expect(TimelineFigures(of: [2, 1, 1, 1]).chunks == 0)
  }
}
