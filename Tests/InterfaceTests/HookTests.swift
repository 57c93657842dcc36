import Conversations
import Diagnostics
import Display
import Streaming
import Testing

@testable import Interface

/// When hooks are run and when somebody is called: decided without running anything.
@Suite("Hooks and calls") struct HookTests {
  private static let kinds: [HookEvent.Kind] = [.finish, .error, .stall]
  private static let why = Explanation(kind: .truncated, summary: "The connection broke")

  private func scene() -> Scene {
    let scene = Scene()
    scene.state.options.hooks = Set(Self.kinds)
    return scene
  }

  private func hooks(_ scene: Scene) -> [HookEvent] {
    scene.takeEffects().compactMap { if case .hook(let event) = $0 { event } else { nil } }
  }

  /// Ends the answer of a scene.
  private func end(
    _ scene: Scene, _ message: MessageID, _ status: MessageStatus, in conversation: ConversationID? = nil
  ) {
    var metrics = StreamMetrics()
    metrics.chunks = 3
    var update = SessionUpdate()
    update.changes[conversation ?? scene.state.shown] = [
      .ended(message, status: status, usage: TokenUsage(input: 1, output: 2), metrics: metrics)
    ]
    for var run in scene.state.runs.values where run.message == message {
      run.phase = .ended
      update.runs[run.id] = run
    }
    scene.act(.session(update))
  }

  @Test("An answer that ends as it should, with its text and figures")
  func finish() throws {
    let scene = scene()
    let message = scene.beginAnswer()
    scene.change(.part(message, index: 0, .thinking("hm", signature: nil)))
    scene.change(.part(message, index: 1, .text(String(repeating: "é", count: 3000))))
    _ = scene.takeEffects()
    end(scene, message, .complete(.length))
    let event = try #require(hooks(scene).first)
    #expect(event.kind == .finish && event.reason == .length && event.error == nil)
    #expect(event.text == String(repeating: "é", count: HookEvent.maximumCharacters))
    #expect(event.metrics.chunks == 3 && event.usage == TokenUsage(input: 1, output: 2))
    #expect(event.model == Scene.profile.model && event.profile == "work" && event.message == message)
  }

  @Test(
    "What failed or broke off is an error, what was stopped is neither",
    arguments: [
      (MessageStatus.incomplete(why), [HookEvent.Kind.error]), (.failed(why), [.error]), (.stopped, []),
      (.interrupted, []), (.complete(nil), [.finish]),
    ])
  func endings(_ status: MessageStatus, _ expected: [HookEvent.Kind]) {
    let scene = scene()
    let message = scene.beginAnswer()
    end(scene, message, status)
    let events = hooks(scene)
    #expect(events.map(\.kind) == expected)
    if expected == [.error] { #expect(events.first?.error == Self.why) }
  }

  @Test("At a slow pace the hook comes with the ending and has all of the text")
  func pace() throws {
    let scene = scene()
    scene.state.chosenPace = .tokens(perSecond: 1)
    let message = scene.beginAnswer()
    scene.change(.part(message, index: 0, .text("all of it, though little of it is shown")))
    end(scene, message, .complete(.stop))
    #expect(hooks(scene).map(\.text) == ["all of it, though little of it is shown"])
    #expect(!scene.shows("little of it is shown"))
  }

  @Test("Without a hook there is no effect and no timer")
  func none() {
    let scene = Scene()
    let message = scene.beginAnswer(chunks: 5)
    #expect(scene.state.stallDue == nil)
    scene.wait(.seconds(20))
    end(scene, message, .complete(.stop))
    #expect(hooks(scene).isEmpty)
  }

  @Test("A pause is told of once, when it is longer than a second and eight usual gaps; the next pause again")
  func stall() throws {
    let scene = scene()
    let message = scene.beginAnswer(chunks: 5)
    var update = SessionUpdate()
    var run = try #require(scene.state.runs.values.first)
    run.metrics.gaps = GapSummary(
      p50: .milliseconds(500), p95: .seconds(1), p99: .seconds(1), maximum: .seconds(1))
    update.runs[run.id] = run
    scene.act(.session(update))
    scene.wait(.milliseconds(3999))
    #expect(hooks(scene).isEmpty)
    scene.wait(.milliseconds(10))
    let events = hooks(scene)
    #expect(events.map(\.kind) == [.stall] && events.first?.message == message)
    #expect(events.first?.metrics.sinceLastChunk ?? .zero >= .seconds(4))
    #expect(scene.state.stallDue == nil)
    scene.wait(.seconds(30))
    #expect(hooks(scene).isEmpty)
    // It goes on, and pauses once more.
    run.lastChunk = scene.now
    update.runs[run.id] = run
    scene.act(.session(update))
    scene.wait(.seconds(5))
    #expect(hooks(scene).map(\.kind) == [.stall])
    // The wait for the first chunk, and that for another attempt, are none.
    run.lastChunk = nil
    update.runs[run.id] = run
    scene.act(.session(update))
    #expect(scene.state.stallDue == nil)
  }

  // MARK: Bell and notification

  private func calls(_ scene: Scene) -> [Effect] {
    scene.takeEffects().filter {
      switch $0 {
      case .bell, .notify: true
      default: false
      }
    }
  }

  @Test("Nobody is called for what is looked at; whoever looks elsewhere is")
  func elsewhere() throws {
    let scene = Scene()
    scene.state.options.rings = true
    var message = scene.beginAnswer()
    end(scene, message, .complete(.stop))
    #expect(calls(scene).isEmpty)
    scene.act(.input(.focus(false)))
    message = scene.beginAnswer()
    end(scene, message, .complete(.stop))
    #expect(calls(scene) == [.bell])
    // Who stopped it knows.
    message = scene.beginAnswer()
    end(scene, message, .stopped)
    #expect(calls(scene).isEmpty)
  }

  @Test("A notification says what happened and in which conversation, and rings if that was asked for too")
  func notification() throws {
    let scene = Scene()
    scene.state.options.notifies = true
    scene.state.transcript.title = "Sorting; and more"
    let first = scene.state.shown
    let message = scene.beginAnswer()
    scene.press("ctrl-x n")
    #expect(scene.state.shown != first)
    _ = scene.takeEffects()
    end(scene, message, .failed(Self.why), in: first)
    #expect(
      calls(scene) == [
        .notify(TerminalNotification(title: "riffle: an answer failed", body: "Sorting; and more"), rings: false)
      ])
  }
}
