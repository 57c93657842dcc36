// Figures against a plain list of the same numbers, the timeline and the JSON there and back.

import Conversations
import Streaming
import Testing

@Suite("Metrics")
struct MetricsTests {
  /// Plays chunks of text at times in milliseconds and measures at the end.
  private func record(_ arrivals: [(milliseconds: Double, text: String)], end: Double? = nil) -> MetricsRecorder {
    var grammar = StreamGrammar(call: call)
    var recorder = MetricsRecorder(started: instant(0))
    var made: [StreamChunk] = []
    for (time, text) in arrivals {
      grammar.accept(ReceivedEvent(.textDelta(text), received: instant(time), bytes: text.utf8.count + 20), into: &made)
    }
    if let end { grammar.accept(ReceivedEvent(.finish(.stop), received: instant(end)), into: &made) }
    for chunk in made { recorder.record(chunk) }
    return recorder
  }

  @Test("Percentiles agree with a sorted list to three digits", arguments: 0..<6 as Range<UInt64>)
  func percentilesAgree(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    var time = 5.0
    var arrivals = [(time, "a")]
    var gaps: [Double] = []
    for _ in 0..<Int.random(in: 1...120, using: &generator) {
      // Gaps of many sizes, zero among them: microseconds to seconds.
      let gap = Bool.random(using: &generator) ? 0 : Double(Int.random(in: 1...4_000_000, using: &generator)) / 1000
      time += gap
      gaps.append(gap)
      arrivals.append((time, "a"))
    }
    gaps.sort()
    let summary = record(arrivals, end: time).metrics(at: instant(time)).gaps
    for (percent, measured) in [(50.0, summary?.p50), (95, summary?.p95), (99, summary?.p99), (100, summary?.maximum)] {
      let rank = max(1, Int((percent / 100 * Double(gaps.count)).rounded(.up)))
      let expected = gaps[rank - 1]
      let milliseconds = (measured ?? .seconds(-1)) / .milliseconds(1)
      #expect(abs(milliseconds - expected) <= expected * 0.001 + 0.002, "seed \(seed) p\(percent)")
    }
  }

  @Test("A stream's figures are what was played")
  func figures() {
    let metrics = record([(40, "Hél"), (60, "lo"), (60, "!"), (100, "水")], end: 120).metrics(at: instant(500))
    #expect(metrics.timeToFirstChunk == .milliseconds(40))
    #expect(metrics.timeToFirstText == .milliseconds(40))
    #expect(metrics.elapsed == .milliseconds(120))
    #expect(metrics.sinceLastChunk == nil)
    #expect(metrics.chunks == 4)
    #expect(metrics.characters == 7)
    #expect(metrics.bytes == 4 + 2 + 1 + 3 + 80)
    #expect(metrics.averageChunkCharacters == 1.75)
    #expect(metrics.gaps?.maximum == .milliseconds(40))
    #expect(metrics.charactersPerSecond == 7 * 1000 / 120.0)
    #expect(metrics.stalls == 0)
  }

  @Test("Thinking comes before the first text")
  func thinkingIsNotText() {
    var recorder = MetricsRecorder(started: instant(0))
    for chunk in chunks([.thinkingDelta("hm")], at: 10) { recorder.record(chunk) }
    #expect(recorder.metrics(at: instant(20)).timeToFirstChunk == .milliseconds(10))
    #expect(recorder.metrics(at: instant(20)).timeToFirstText == nil)
  }

  @Test("Nothing measured is nothing, not zero, and nothing divides by zero")
  func nothingMeasured() {
    let none = MetricsRecorder(started: instant(0)).metrics(at: instant(0))
    #expect(none == StreamMetrics())
    // A whole answer in one read, as without streaming.
    let whole = record([(50, "all of it")], end: 50).metrics(at: instant(50))
    #expect(whole.timeToFirstText == .milliseconds(50) && whole.elapsed == .milliseconds(50))
    #expect(whole.gaps == nil && whole.charactersPerSecond == 180 && whole.chunks == 1)
    let together = record([(50, "two"), (50, "parts")], end: 50).metrics(at: instant(50))
    #expect(together.gaps?.maximum == .zero && together.charactersPerSecond == 160)
  }

  static let stallCases: [(gaps: [Double], stalls: Int)] = [
    ([20, 20, 20, 1500], 1), ([20, 20, 20, 900], 0), ([500, 500, 500, 3900], 0), ([500, 500, 500, 4100], 1),
    ([1001], 1), ([20, 1200, 20, 1300], 2),
  ]

  @Test("A stall is longer than a second and than eight times the median so far", arguments: stallCases.indices)
  func stalls(index: Int) {
    var time = 10.0
    var arrivals = [(time, "a")]
    for gap in Self.stallCases[index].gaps {
      time += gap
      arrivals.append((time, "a"))
    }
    #expect(record(arrivals).metrics(at: instant(time)).stalls == Self.stallCases[index].stalls)
  }

  @Test("A repeated request counts from its own beginning; the whole time is that of all attempts")
  func restart() {
    var recorder = MetricsRecorder(started: instant(0))
    recorder.grantRetry()
    recorder.restart(at: instant(1000))
    for chunk in chunks([.textDelta("a")], at: 1010) { recorder.record(chunk) }
    let metrics = recorder.metrics(at: instant(1020))
    #expect(metrics.retries == 1)
    #expect(metrics.timeToFirstChunk == .milliseconds(10))
    #expect(metrics.elapsed == .milliseconds(1020))
    #expect(metrics.charactersPerSecond == 50)
  }

  @Test("A stall is measured against the median of all gaps before it, not of those a moment ago")
  func exactMedian() {
    // 3 gaps of 500 ms, then 200 of 1 ms within the quarter of a second for which percentiles are kept: the median is 1 ms.
    var time = 0.0
    var arrivals = [(time, "a")]
    for gap in [500, 500, 500] + [Double](repeating: 1, count: 200) + [1100.0] {
      time += gap
      arrivals.append((time, "a"))
    }
    #expect(record(arrivals).metrics(at: instant(time)).stalls == 1)
  }

  @Test("A machine that sleeps for a day makes one long gap, and nothing overflows")
  func sleeping() {
    let day = 86_400_000.0
    let metrics = record([(10, "a"), (20, "b"), (day, "c"), (day + 10, "d")], end: day + 20).metrics(at: instant(day))
    #expect(metrics.gaps?.maximum == .milliseconds(86_399_980))
    #expect((metrics.gaps?.p50 ?? .zero) / .milliseconds(10) < 1.001)
    #expect(metrics.stalls == 1)
    #expect(metrics.elapsed == .milliseconds(86_400_020))
    let far = record([(0, "a"), (1e12, "b")]).metrics(at: instant(1e12))
    #expect(far.stalls == 1 && far.gaps != nil)
  }

  @Test("Rates over one second, over five and over all are those of what came then")
  func rates() {
    // 100 characters a second for ten seconds, then 1,000 a second for one.
    var arrivals: [(Double, String)] = []
    for tenth in 0..<100 { arrivals.append((Double(tenth) * 100, "0123456789")) }
    for tenth in 0..<10 { arrivals.append((10_000 + Double(tenth) * 100, String(repeating: "x", count: 100))) }
    let metrics = record(arrivals).metrics(at: instant(10_999))
    let expected: [(Double?, Double)] = [
      (metrics.presentCharactersPerSecond, 1000), (metrics.recentCharactersPerSecond, 280),
      (metrics.charactersPerSecond, 2000 / 10.999),
    ]
    for (measured, truth) in expected {
      #expect(abs((measured ?? 0) - truth) <= truth * 0.06, "\(measured ?? -1) for \(truth)")
    }
    #expect(record(arrivals, end: 11_000).metrics(at: instant(11_000)).presentCharactersPerSecond == nil)
  }

  @Test("While nothing comes the rates of a live run fall with the clock, and an ended one keeps its figures")
  func silence() throws {
    let recorder = record((0..<20).map { (Double($0) * 100, "0123456789") })
    var run = RunSnapshot(
      id: RunID(high: 1, low: 1), conversation: try #require(ConversationID("silence")),
      message: answerID, model: ModelReference(provider: "lab", model: "m"), phase: .writing, started: instant(0),
      metrics: recorder.metrics(at: instant(1900)), window: recorder.window)
    #expect(abs((run.asOf(instant(1900)).metrics.presentCharactersPerSecond ?? 0) - 100) < 20)
    let later = run.asOf(instant(4000)).metrics
    #expect(later.presentCharactersPerSecond == nil)
    #expect(later.recentCharactersPerSecond == 50 && later.charactersPerSecond == 50)
    #expect(run.asOf(instant(20_000)).metrics.recentCharactersPerSecond == nil)
    #expect(run.recentRates(at: instant(4000)).suffix(4) == [0, 0, 0, 0])
    run.phase = .ended
    #expect(run.asOf(instant(20_000)) == run)
  }

  @Test("An answer that only thinks has no first text")
  func onlyThinking() {
    var recorder = MetricsRecorder(started: instant(0))
    for chunk in chunks([.thinkingDelta("hm")], at: 10) { recorder.record(chunk) }
    let metrics = recorder.metrics(at: instant(20))
    #expect(metrics.timeToFirstThinking == .milliseconds(10) && metrics.timeToLastChunk == .milliseconds(10))
    #expect(metrics.timeToFirstText == nil && metrics.chunks == 1 && metrics.characters == 2)
    #expect(MetricsJSON.object(metrics).contains(#""first_text_ms":null,"first_thinking_ms":10.0"#))
  }

  @Test("Tokens per second are those of the whole time, and nothing without tokens or time")
  func tokenRate() {
    var metrics = StreamMetrics()
    #expect(metrics.tokensPerSecond == nil)
    metrics.usage = TokenUsage(input: 3, output: 50)
    #expect(metrics.tokensPerSecond == nil)
    metrics.elapsed = .seconds(2)
    #expect(metrics.tokensPerSecond == 25)
  }

  @Test("Times that run backwards do no harm")
  func backwards() {
    let metrics = record([(100, "a"), (50, "b"), (-10, "c")], end: 20).metrics(at: instant(0))
    #expect(metrics.elapsed == .milliseconds(100))
    #expect(metrics.gaps?.maximum == .zero)
  }

  @Test("The window shows quarters of a second and forgets after fifteen seconds")
  func rateWindow() {
    var window = RateWindow()
    #expect(window.recent(at: 0).isEmpty && window.rate(at: 0) == nil)
    window.add(10, at: 100_000_000)
    window.add(5, at: 260_000_000)
    window.add(5, at: 1_000_000_000)
    #expect(window.recent(at: 1_100_000_000) == [10, 5, 0, 0, 5])
    #expect(window.rate(at: 1_100_000_000) == 20)
    #expect(window.recent(at: 16_000_000_000).allSatisfy { $0 == 0 })
    #expect(window.recent(at: 15_000_000_000).count == RateWindow.quarters)
    #expect(window.rate(at: 16_000_000_000) == nil)
    // A long silence, then more: nothing of the old is left.
    window.add(7, at: 100_000_000_000)
    #expect(window.recent(at: 100_000_000_000).reduce(0, +) == 7)
  }

  @Test("The timeline is read as it was written", arguments: 0..<4 as Range<UInt64>)
  func timelineRoundTrip(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    var recorder = MetricsRecorder(started: instant(0))
    var grammar = StreamGrammar(call: call)
    var made: [StreamChunk] = []
    var expected: [TimelineEntry] = []
    var tenths = 0
    for _ in 0..<120 {
      tenths += Int.random(in: 0...20_000, using: &generator)
      let text = String(repeating: "é", count: Int.random(in: 1...300, using: &generator))
      let bytes = Int.random(in: 0...2000, using: &generator)
      let isThinking = Bool.random(using: &generator)
      grammar.accept(
        ReceivedEvent(
          isThinking ? .thinkingDelta(text) : .textDelta(text), received: instant(0) + .microseconds(tenths * 100 + 33),
          bytes: bytes), into: &made)
      expected.append(
        TimelineEntry(
          offset: .microseconds(tenths * 100), characters: text.unicodeScalars.count, bytes: bytes,
          kind: isThinking ? .thinking : .text))
    }
    for chunk in made { recorder.record(chunk) }
    #expect(Timeline.entries(of: recorder.timeline.bytes) == expected, "seed \(seed)")
    // Cut anywhere, it gives what stands before the cut.
    for length in stride(from: 0, to: recorder.timeline.bytes.count, by: 7) {
      let entries = Timeline.entries(of: Array(recorder.timeline.bytes.prefix(length)))
      #expect(entries == Array(expected.prefix(entries.count)))
    }
  }

  @Test("A usual chunk takes about four bytes of timeline")
  func timelineIsCompact() {
    let recorder = record((0..<1000).map { (Double($0) * 20.3, "word ") })
    #expect(recorder.timeline.bytes.count <= 4 * 1000 + 8)
  }

  @Test("Any bytes are a timeline, or nothing", arguments: 0..<200 as Range<UInt64>)
  func timelineOfNoise(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let noise = [1] + (0..<200).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    let entries = Timeline.entries(of: noise)
    #expect(entries.allSatisfy { $0.bytes >= 0 && $0.characters >= 0 && $0.offset >= .zero }, "seed \(seed)")
  }

  @Test("The JSON has the names of the contract and null for what is not known")
  func json() {
    var metrics = record([(41.24, "abc"), (61.34, "de")], end: 812).metrics(at: instant(812))
    #expect(
      MetricsJSON.object(metrics)
        == #"{"chunks":2,"bytes":45,"characters":5,"average_chunk_characters":2.5,"first_chunk_ms":41.2,"first_text_ms":41.2,"first_thinking_ms":null,"last_chunk_ms":61.3,"total_ms":812.0,"gap_ms":{"p50":20.1,"p95":20.1,"p99":20.1,"max":20.1},"stalls":0,"retries":0,"characters_per_second":6.2,"cost":null,"cost_estimated":null,"http_version":null,"connection_reused":null,"phases_ms":{"dns":null,"connect":null,"tls":null,"request_sent":null,"first_byte":null}}"#
    )
    metrics.network = NetworkPhases(
      dns: .microseconds(100), connect: .microseconds(200), requestSent: .microseconds(300),
      firstByte: .microseconds(40_800), httpVersion: "1.1")
    #expect(
      MetricsJSON.members(metrics).hasSuffix(
        #""http_version":"1.1","connection_reused":false,"phases_ms":{"dns":0.1,"connect":0.2,"tls":null,"request_sent":0.3,"first_byte":40.8}"#
      ))
  }

  @Test("What was written as JSON is read again")
  func jsonRoundTrip() {
    var metrics = record([(40, "abc"), (60, "de"), (90, "f")], end: 120).metrics(at: instant(120))
    metrics.charactersPerSecond = 120
    metrics.network = NetworkPhases(
      dns: .microseconds(100), connect: .milliseconds(2), requestSent: .milliseconds(3), firstByte: .milliseconds(38),
      isConnectionReused: true,
      httpVersion: "2\"\u{1B}")
    metrics.timeToFirstThinking = .milliseconds(39)
    metrics.cost = Cost(amount: 0.001234, isEstimated: true)
    // The histogram's microseconds are written as tenths of milliseconds.
    metrics.gaps = GapSummary(
      p50: .milliseconds(20), p95: .milliseconds(30), p99: .milliseconds(30), maximum: .milliseconds(30))
    #expect(MetricsJSON.metrics(from: MetricsJSON.object(metrics)) == metrics)
    #expect(MetricsJSON.metrics(from: MetricsJSON.object(StreamMetrics())) == StreamMetrics())
  }

  @Test(
    "Text that is no object of figures gives nothing",
    arguments: ["", "{", "[]", "{\"a\":[1]}", "{} x", "{\"a\":nan}", "{\"a\":{\"b\":{}}}", "{\"a\""])
  func jsonNonsense(text: String) {
    #expect(MetricsJSON.metrics(from: text) == nil)
  }
}
