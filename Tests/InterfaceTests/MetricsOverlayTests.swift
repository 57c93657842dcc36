// The performance figures on the screen: over the text, beside it, live and from the archive.

import Conversations
import Display
import Interface
import Streaming
import TestSupport
import Testing

@Suite("Performance figures")
struct MetricsOverlayTests {
  /// A stream with thinking, text at two speeds and a stall, measured by the recorder that measures all streams.
  private struct Stream {
    var recorder: MetricsRecorder
    let start: Instant

    init(from start: Instant) {
      self.start = start
      recorder = MetricsRecorder(started: start)
      var grammar = StreamGrammar(call: CallID(high: 1, low: 2))
      var made: [StreamChunk] = []
      func receive(_ event: StreamEvent, _ milliseconds: Int) {
        grammar.accept(
          ReceivedEvent(event, received: start + .milliseconds(milliseconds), bytes: 60), into: &made)
      }
      receive(
        .network(
          NetworkPhases(
            dns: .milliseconds(12), connect: .milliseconds(40), tls: .milliseconds(95), requestSent: .milliseconds(96),
            firstByte: .milliseconds(380), httpVersion: "2")), 380)
      var time = 400
      for number in 0..<30 {
        receive(.thinkingDelta("thought \(number) "), time)
        time += 20
      }
      for number in 0..<120 {
        if number == 60 { time += 1800 }
        receive(.textDelta(number % 7 == 0 ? "a longer piece of text " : "word "), time)
        time += number < 60 ? 10 : 40
      }
      receive(
        .usage(TokenUsage(input: 1204, output: 310, cacheRead: 1024, reasoning: 96)), time)
      for chunk in made { recorder.record(chunk) }
    }

    var metrics: StreamMetrics {
      var metrics = recorder.metrics(at: start + .milliseconds(5_900))
      metrics.cost = Cost(amount: 0.0123, isEstimated: false)
      return metrics
    }
  }

  private func check(_ name: String, _ scene: Scene) {
    let difference = Golden.difference(name, scene.frame())
    #expect(difference == nil, "\(difference ?? "")")
  }

  /// A scene whose shown answer streams as above.
  private func live(_ columns: Int, _ rows: Int) -> (scene: Scene, stream: Stream, message: MessageID) {
    let scene = Scene(columns: columns, rows: rows)
    scene.change(.message(scene.makeMessage(.user, [.text("What is a riffle?")])))
    let message = scene.makeMessage(.assistant, [.text("A riffle is the quick water of a stream.")], status: .streaming)
    scene.change(.message(message))
    let stream = Stream(from: scene.state.now)
    scene.wait(.milliseconds(5_900))
    var update = SessionUpdate()
    let run = RunSnapshot(
      id: RunID(high: 1, low: 1), conversation: scene.state.shown, message: message.id, model: Scene.profile.model,
      phase: .writing, started: stream.start, lastChunk: stream.recorder.lastChunk, metrics: stream.metrics,
      window: stream.recorder.window)
    update.runs[run.id] = run
    for number in 0..<2 {
      var other = RunSnapshot(
        id: RunID(high: 2, low: UInt64(number)), conversation: ConversationID("other\(number)") ?? scene.state.shown,
        message: MessageID(high: 2, low: UInt64(number)), model: ModelReference(provider: "lab", model: "m-other"),
        phase: .writing, started: stream.start + .milliseconds(number))
      other.metrics.chunks = 40
      other.metrics.recentCharactersPerSecond = 120
      update.runs[other.id] = other
    }
    scene.act(.session(update))
    return (scene, stream, message.id)
  }

  private func tellTimeline(_ stream: Stream, of message: MessageID, to scene: Scene) {
    let timeline = AnswerTimeline(
      message: message, figures: TimelineFigures(of: stream.recorder.timeline.bytes))
    scene.act(.instrument(.timeline(timeline)))
  }

  @Test("All figures of a live stream, page by page over the text on a small screen")
  func pages() {
    let (scene, stream, message) = live(80, 24)
    scene.press("f3")
    tellTimeline(stream, of: message, to: scene)
    check("metrics-live-80x24-1", scene)
    scene.press("f3")
    check("metrics-live-80x24-2", scene)
    scene.press("f3")
    check("metrics-live-80x24-3", scene)
    scene.press("f3")
    #expect(!scene.shows("Performance"))
  }

  @Test("On a large screen all of it, over the text and then beside it")
  func panel() {
    let (scene, stream, message) = live(160, 50)
    scene.press("f3")
    tellTimeline(stream, of: message, to: scene)
    check("metrics-live-160x50", scene)
    scene.press("f3")
    check("metrics-panel-160x50", scene)
    scene.press("f3")
    #expect(!scene.state.isMetricsShown)
  }

  @Test("A finished answer has the same from the archive")
  func archived() throws {
    let scene = Scene(columns: 120, rows: 40)
    let stream = Stream(from: scene.state.now)
    scene.change(.message(scene.makeMessage(.user, [.text("What is a riffle?")])))
    let answer = scene.makeMessage(.assistant, [.text("The quick water of a stream.")], status: .streaming)
    scene.change(.message(answer))
    let metrics = try #require(MetricsJSON.metrics(from: MetricsJSON.object(stream.metrics)))
    scene.change(
      .ended(answer.id, status: .complete(.stop), usage: stream.metrics.usage, metrics: metrics))
    _ = scene.takeEffects()
    scene.press("f3")
    #expect(scene.takeEffects() == [.instrument(.timeline(scene.state.shown, answer.id))])
    check("metrics-archived-without-timeline", scene)
    tellTimeline(stream, of: answer.id, to: scene)
    check("metrics-archived", scene)
    // What belongs to another answer is not drawn into this one's figures.
    tellTimeline(stream, of: MessageID(high: 9, low: 9), to: scene)
    check("metrics-archived", scene)
  }

  @Test("The shape of a stream is asked for once for each sample, and not while it is not shown")
  func asking() {
    let (scene, _, message) = live(120, 40)
    func asked() -> Int {
      scene.takeEffects().count { $0 == .instrument(.timeline(scene.state.shown, message)) }
    }
    #expect(asked() == 0)
    scene.wait(.seconds(2))
    #expect(asked() == 0)
    scene.press("f3")
    #expect(asked() == 1)
    scene.press("ctrl-l")
    #expect(asked() == 0)
    scene.wait(.seconds(2))
    #expect(asked() == 1)
    scene.press("f3 f3")
    scene.wait(.seconds(2))
    #expect(asked() <= 1)
    #expect(!scene.state.isMetricsShown)
    scene.wait(.seconds(2))
    #expect(asked() == 0)
  }

  @Test("Of an answer whose end riffle did not see there are dashes, and not another answer's figures")
  func unmeasured() {
    let (scene, _, _) = live(120, 40)
    scene.change(.message(scene.makeMessage(.assistant, [.text("half")], status: .interrupted)))
    scene.press("tab f3")
    #expect(scene.shows("first chunk         –") && scene.shows("elapsed             –"))
    #expect(!scene.shows("1,244"))
  }

  @Test("Before any stream there is nothing but dashes, and small screens keep their text")
  func nothing() {
    for (columns, rows) in [(120, 40), (20, 5), (40, 10)] {
      let scene = Scene(columns: columns, rows: rows)
      scene.press("f3")
      check("metrics-none-\(columns)x\(rows)", scene)
    }
  }

  @Test("The status bar says how full the model is, where both are known")
  func context() {
    for (length, words) in [(10_000, "context 15 %"), (1_000_000, "context 0.2 %"), (0, nil), (nil, nil)]
      as [(Int?, String?)]
    {
      let (scene, stream, message) = live(160, 40)
      var run = RunSnapshot(
        id: RunID(high: 1, low: 1), conversation: scene.state.shown, message: message, model: Scene.profile.model,
        phase: .ended, started: stream.start, metrics: stream.metrics)
      run.contextLength = length
      var update = SessionUpdate()
      update.runs[run.id] = run
      scene.act(.session(update))
      #expect(scene.shows(words ?? "done") && (words != nil || !scene.shows("context")), "\(scene.rows().last ?? "")")
    }
  }

  @Test("/metrics puts them where they are wanted")
  func command() {
    let (scene, _, _) = live(120, 40)
    for (word, place) in [
      ("panel", MetricsPlace.panel), ("overlay", .overlay(page: 0)), ("off", .hidden), ("", .overlay(page: 0)),
    ] {
      scene.type("/metrics \(word)")
      scene.press("enter")
      #expect(scene.state.metricsPlace == place)
    }
    scene.type("/metrics above")
    scene.press("enter")
    #expect(scene.shows("There is no place for the figures: above"))
  }
}
