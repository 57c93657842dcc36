// Marks on slow answers, and whether somebody saw an answer's end.

import Conversations
import Display
import Statistics
import Streaming
import TestSupport
import Testing

@testable import Interface

@Suite("Marks on slow answers on the screen")
struct SpeedTests {
  /// Twenty answers, a minute apart, with 0.1 to 2.0 seconds to the first text and ten seconds in total.
  private var baselines: SpeedBaselines {
    var baselines = SpeedBaselines(since: AppState.baselineStart(at: Scene.wall))
    for number in 1...20 {
      baselines.add(
        Scene.profile.model, started: Scene.wall.earlier(by: Int64(number) * 60_000),
        firstText: .milliseconds(100 * number), total: .seconds(10))
    }
    return baselines
  }

  private func metrics(first: Duration, total: Duration) -> StreamMetrics {
    var metrics = StreamMetrics()
    metrics.chunks = 34
    metrics.timeToFirstChunk = first
    metrics.timeToFirstText = first
    metrics.elapsed = total
    metrics.charactersPerSecond = 87
    return metrics
  }

  /// An answer from its beginning to its end.
  @discardableResult
  private func finish(
    _ scene: Scene, first: Duration, total: Duration = .seconds(5), status: MessageStatus = .complete(.stop),
    text: String = "some text"
  ) -> MessageID {
    let answer = scene.makeMessage(.assistant, [.text(text)], status: .streaming)
    scene.change(.message(answer))
    scene.change(.ended(answer.id, status: status, usage: nil, metrics: metrics(first: first, total: total)))
    return answer.id
  }

  private func load(_ scene: Scene) { scene.act(.instrument(.stats(.baselines(baselines)))) }

  @Test("A slow answer says so with the figure that nearly all stay below")
  func marked() {
    let scene = Scene()
    load(scene)
    finish(scene, first: .milliseconds(4100), total: .seconds(11))
    finish(scene, first: .milliseconds(1900))
    #expect(scene.shows("▲ first 4.10 s (p95 1.90 s) · ▲ total 11.0 s (p95 10.0 s) · 87 chars/s"))
    #expect(scene.shows("  first 1.90 s · total 5.00 s · 87 chars/s"))
    let difference = Golden.difference("slow-answer", scene.frame())
    #expect(difference == nil, "\(difference ?? "")")
  }

  @Test("The total of an answer that was stopped says nothing about the model")
  func stopped() {
    let scene = Scene()
    load(scene)
    finish(scene, first: .milliseconds(300), total: .seconds(99), status: .stopped)
    #expect(scene.shows("  first 0.30 s · total 99.0 s"))
  }

  @Test("An answer is usual for those that come after it")
  func ownAnswersCount() {
    let scene = Scene()
    load(scene)
    for _ in 1...5 { finish(scene, first: .seconds(8)) }
    // Five of twenty-five are that slow by now: a sixth one is nothing unusual.
    let marks = scene.state.transcript.messages.map { $0.speed.mark != nil }
    #expect(marks == [true, true, false, false, false])
    #expect(scene.state.speed.baselines?.count(of: Scene.profile.model) == 25)
  }

  @Test("What was shown before the usual is known is marked later, and no line moves", arguments: [false, true])
  func nothingMoves(isScrolled: Bool) throws {
    let scene = Scene(columns: 60, rows: 20)
    for number in 0..<6 {
      scene.change(.message(scene.makeMessage(.user, [.text("question \(number)")])))
      finish(
        scene, first: .seconds([1, 4].contains(number) ? 9 : 1), text: "a line of \(number)\n\nanother one")
    }
    if isScrolled { scene.press("pageup pageup") }
    let before = scene.rows()
    let anchor = scene.state.transcript.anchor
    load(scene)
    let after = scene.rows()
    #expect(scene.state.transcript.anchor == anchor)
    #expect(before != after && before.count == after.count)
    for (old, new) in zip(before, after) where old != new {
      #expect(old.contains("first 9.00 s") && new.contains("▲ first 9.00 s (p95 "), "\(old) became \(new)")
    }
    // What comes later does not move it either.
    if isScrolled {
      finish(scene, first: .seconds(9))
      #expect(Array(scene.rows().prefix(12)) == Array(after.prefix(12)))
    }
  }

  @Test("What is read from the archive is marked like what came just now, at any pace")
  func opened() {
    let scene = Scene()
    load(scene)
    let slow = scene.makeMessage(.assistant, [.text("slow")])
    let window = MessageWindow(messages: [slow], earlierCount: 0)
    scene.change(.window(window, metrics: [slow.id: metrics(first: .seconds(4), total: .seconds(5))]))
    #expect(scene.shows("▲ first 4.00 s (p95 1.90 s)"))
    let paced = Scene()
    paced.state.chosenPace = .tokens(perSecond: 10)
    load(paced)
    finish(paced, first: .seconds(4), text: String(repeating: "some words ", count: 30))
    paced.wait(.seconds(60))
    #expect(paced.shows("▲ first 4.00 s (p95 1.90 s)"))
  }

  @Test("Linear mode tells it with the figures, and /stats beside the last answer")
  func told() {
    let scene = Scene()
    load(scene)
    finish(scene, first: .milliseconds(4100))
    #expect(
      LinearText.figures(of: scene.state.transcript.lastAnswer).contains("first 4.10 s, which is slow: p95 1.90 s"))
    scene.type("/stats")
    scene.press("enter")
    #expect(scene.shows(" last answer here: ▲ first 4.10 s (p95 1.90 s)"))
  }

  @Test("What is usual is read anew when an answer ends, every ten minutes at the most")
  func renewal() {
    let scene = Scene()
    func renewals() -> Int {
      end(scene)
      return scene.takeEffects().count { if case .instrument(.stats(.loadBaselines)) = $0 { true } else { false } }
    }
    #expect(renewals() == 0)
    scene.wait(.seconds(599))
    #expect(renewals() == 0)
    scene.wait(.seconds(2))
    #expect(renewals() == 1)
    #expect(renewals() == 0)
    // Nothing is due: without an answer nothing is read.
    #expect(scene.state.nextTick.map { $0 > scene.now } ?? true)
  }

  // MARK: Watched

  /// A run that ends now.
  private func end(_ scene: Scene, in id: ConversationID? = nil) {
    let message = scene.beginAnswer(chunks: 1)
    guard var run = scene.state.runs.values.first(where: { $0.message == message }) else { return }
    if let id {
      run = RunSnapshot(
        id: run.id, conversation: id, message: message, model: run.model, phase: .ended, started: run.started)
    }
    run.phase = .ended
    var update = SessionUpdate()
    update.runs[run.id] = run
    scene.act(.session(update))
  }

  private func watched(_ scene: Scene) -> [Bool] {
    scene.takeEffects().compactMap { if case .noteWatched(_, _, let isWatched) = $0 { isWatched } else { nil } }
  }

  @Test("Somebody saw it if the end was on a focused screen and nothing lay over it")
  func seen() {
    let scene = Scene()
    scene.open(turns: [("a", String(repeating: "text\n\n", count: 60))])
    end(scene)
    #expect(watched(scene) == [true])
    scene.press("f3")
    end(scene)
    #expect(watched(scene) == [true])
    scene.press("f3")
    scene.act(.input(.focus(false)))
    end(scene)
    #expect(watched(scene) == [false])
    scene.act(.input(.focus(true)))
    scene.press("pageup")
    end(scene)
    #expect(watched(scene) == [false])
    scene.press("ctrl-end")
    end(scene)
    #expect(watched(scene) == [true])
    scene.press("f1")
    end(scene)
    #expect(watched(scene) == [false])
    scene.press("esc")
    scene.type("/stats")
    scene.press("enter")
    end(scene)
    #expect(watched(scene) == [false])
    scene.press("q")
    end(scene, in: ConversationID("elsewhere"))
    #expect(watched(scene) == [false])
    end(scene)
    #expect(watched(scene) == [true])
  }

  @Test("Nobody can say it in linear mode, and in views that show answers in their own way")
  func unknown() {
    let scene = Scene()
    scene.state.instrument = .race(RaceState(conversation: scene.state.shown, at: scene.state.now))
    end(scene)
    #expect(watched(scene) == [])
    scene.state.instrument = nil
    scene.type("/compare 6 hello")
    scene.press("enter")
    #expect(scene.state.instrument != nil)
    end(scene)
    #expect(watched(scene) == [])
    scene.state.instrument = nil
    scene.state.linear = LinearState()
    end(scene)
    #expect(watched(scene) == [])
  }
}
