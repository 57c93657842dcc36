import Conversations
import Diagnostics
import Display
import Streaming
import TestSupport
import Testing

@testable import Interface

@Suite("Replay view") struct ReplayTests {
  /// An answer that thought, wrote, made a call, stalled, and wrote on: 13 chunks in 5 s.
  private static func answer(_ scene: Scene, status: MessageStatus = .complete(.stop)) -> ReplayedAnswer {
    let thinking = (0..<4).map { "Thought \($0) of it. " }
    let words = ["Here ", "is **a ", "list**:\n\n", "- one\n", "- two\n\n"]
    let rest = ["And ", "the ", "end."]
    let parts: [Part] = [
      .thinking(thinking.joined(), signature: nil), .text(words.joined()),
      .toolCall(ToolCall(id: "c1", name: "look", arguments: "{\"at\":\"it\"}", isComplete: true)),
      .text(rest.joined()),
    ]
    var time = 400
    var entries: [TimelineEntry] = []
    func add(_ text: String, _ kind: TimelineEntry.Kind, after gap: Int) {
      time += gap
      entries.append(
        TimelineEntry(
          offset: .milliseconds(time), characters: kind == .toolCall ? 0 : text.unicodeScalars.count, bytes: 80,
          kind: kind))
    }
    for piece in thinking { add(piece, .thinking, after: 100) }
    for piece in words { add(piece, .text, after: 200) }
    add("", .toolCall, after: 100)
    for (index, piece) in rest.enumerated() { add(piece, .text, after: index == 0 ? 2700 : 200) }
    var metrics = StreamMetrics()
    metrics.chunks = entries.count
    metrics.characters = 120
    metrics.elapsed = .milliseconds(time)
    return ReplayedAnswer(
      conversation: scene.state.shown, message: scene.makeMessage(.assistant, parts, status: status),
      prompt: "Show me a list\nplease", metrics: metrics,
      plan: ReplayPlan(parts: parts, entries: entries, chunkCount: entries.count))
  }

  /// What `/replay` asks for.
  private static func target(_ scene: Scene) -> ReplayTarget {
    scene.state.transcript.lastAnswer.map { .message($0.id) } ?? .last(1)
  }

  private func playing(columns: Int = 80, rows: Int = 24, speed: String = "") throws -> Scene {
    let scene = Scene(columns: columns, rows: rows)
    scene.open(turns: [("Show me a list", "Here is a list")])
    scene.type("/replay \(speed)")
    scene.press("enter")
    let effects = scene.takeEffects().filter { if case .instrument = $0 { true } else { false } }
    let last = try #require(scene.state.transcript.lastAnswer)
    #expect(effects == [.instrument(.replay(.load(scene.state.shown, .message(last.id))))])
    scene.act(.instrument(.replay(.loaded(Self.target(scene), Self.answer(scene)))))
    return scene
  }

  /// Goes on to so many milliseconds after the beginning, one due moment after the other, as the loop does.
  private func play(_ scene: Scene, for time: Duration) {
    let end = scene.now + time
    while let due = scene.state.nextTick, due <= end { scene.wait(max(.zero, due - scene.now)) }
    scene.wait(end - scene.now)
  }

  private func check(_ name: String, _ scene: Scene) {
    let difference = Golden.difference(name, scene.frame())
    #expect(difference == nil, "\(difference ?? "")")
  }

  @Test("Thinking, then text, then a stall, then the end", arguments: [(80, 24), (160, 50), (40, 10)])
  func screens(columns: Int, rows: Int) throws {
    let scene = try playing(columns: columns, rows: rows)
    play(scene, for: .milliseconds(650))
    check("replay-thinking-\(columns)x\(rows)", scene)
    play(scene, for: .milliseconds(2600))
    check("replay-stall-\(columns)x\(rows)", scene)
    scene.press("space")
    scene.press("end")
    check("replay-end-\(columns)x\(rows)", scene)
  }

  @Test("Each chunk is shown at its time, and nothing before", arguments: [("", 1.0), ("4x", 4.0), ("0.5", 0.5)])
  func times(speed: String, factor: Double) throws {
    let scene = try playing(speed: speed)
    let answer = Self.answer(scene)
    var shown = 0
    let start = scene.now
    while let due = scene.state.nextTick, scene.state.instrument?.due != nil {
      scene.wait(max(.zero, due - scene.now))
      guard case .replay(let replay) = scene.state.instrument, let player = replay.player else { break }
      if player.chunks > shown {
        // Within a frame of its time: a microsecond, here.
        for chunk in shown..<player.chunks {
          let late = (scene.now - start) - answer.plan.time(of: chunk) / factor
          #expect(late >= .zero && late < .milliseconds(16), "chunk \(chunk) is \(late) late")
        }
        shown = player.chunks
      }
    }
    #expect(shown == answer.plan.count)
    #expect(scene.shows("And the end."))
  }

  @Test("Without waits all of it comes within a second, piece by piece")
  func maximum() throws {
    let scene = try playing(speed: "max")
    #expect(!scene.shows("And the end."))
    play(scene, for: .milliseconds(20))
    #expect(scene.shows("Thought 0"))
    play(scene, for: .seconds(1))
    #expect(scene.shows("And the end."))
    #expect(scene.state.instrument?.due == nil)
  }

  @Test("A pause stands still, without a timer, and goes on from there")
  func pause() throws {
    let scene = try playing()
    play(scene, for: .milliseconds(550))
    scene.press("space")
    #expect(scene.state.instrument?.due == nil)
    play(scene, for: .seconds(60))
    #expect(scene.shows("paused") && scene.shows("Thought 0") && !scene.shows("Thought 1"))
    scene.press("space")
    play(scene, for: .milliseconds(60))
    #expect(scene.shows("Thought 1") && !scene.shows("Thought 2"))
  }

  @Test("Keys go to chunks, seconds, tenths and both ends; what is seen depends on the time alone")
  func seeking() throws {
    let scene = try playing()
    scene.press("space")
    for keys in ["end", ",", ",", "home", ". . . . .", "9", "alt-1", "right", "left", "5", "end", "home"] {
      scene.press(keys)
    }
    #expect(scene.shows("chunk 0/13"), "\(scene.rows())")
    scene.press(".")
    #expect(scene.shows("chunk 1/13") && scene.shows("Thought 0"))
    scene.press(",")
    #expect(scene.shows("chunk 0/13") && !scene.shows("Thought 0"))
    scene.press("5")
    let there = scene.rows()
    scene.press("end")
    #expect(scene.shows("And the end.") && scene.shows("chunk 13/13"))
    scene.press("5")
    #expect(scene.rows() == there)
    // Another scene that went there at once shows the same.
    let other = try playing()
    other.press("space")
    other.press("5")
    #expect(other.rows() == there)
  }

  @Test("Speeds are changed on the way without a jump")
  func speeds() throws {
    let scene = try playing()
    play(scene, for: .milliseconds(550))
    scene.press("+")
    #expect(scene.shows(" 2x"))
    play(scene, for: .milliseconds(30))
    #expect(scene.shows("Thought 1") && !scene.shows("Thought 2"))
    scene.press("4")
    #expect(scene.shows(" 4x"))
    scene.press("- - - - -")
    #expect(scene.shows(" 0.25x"))
    scene.press("1")
    #expect(scene.shows(" 1x"))
    scene.press("m")
    #expect(scene.shows(" max"))
  }

  @Test("Scrolling up stays where it is while it plays, and the end is followed again at the end")
  func scrolling() throws {
    let scene = try playing(columns: 40, rows: 10)
    scene.press("t")
    play(scene, for: .seconds(2))
    let following = scene.rows()[3]
    scene.press("up up up up up up up up")
    #expect(scene.shows("▌ m-large") && scene.rows()[3] != following)
    let top = scene.rows()[3]
    play(scene, for: .seconds(4))
    #expect(scene.rows()[3] == top)
    scene.press("down down down down down down down down down down down down")
    #expect(scene.shows("And the end."))
  }

  @Test("q and Esc close it; the conversation is as it was")
  func closing() throws {
    for key in ["q", "esc"] {
      let scene = try playing()
      scene.press(key)
      #expect(scene.state.instrument == nil)
      #expect(scene.shows("Here is a list") && !scene.shows("Replay"))
    }
  }

  @Test("An answer that streams, none at all, and an argument that is none are told in words")
  func refusals() {
    let scene = Scene()
    scene.type("/replay")
    scene.press("enter")
    #expect(scene.shows("There is no answer to play yet"))
    scene.change(.message(scene.makeMessage(.user, [.text("x")])))
    _ = scene.beginAnswer()
    scene.type("/replay")
    scene.press("enter")
    #expect(scene.shows("still streams"))
    #expect(scene.state.instrument == nil)
    scene.type("/replay fast")
    scene.press("enter")
    #expect(scene.shows("It is /replay"))
    scene.type("/replay 2")
    scene.press("enter")
    #expect(scene.state.instrument != nil)
    scene.act(
      .instrument(
        .replay(
          .failed(.last(2), scene.state.shown, Explanation(kind: .notFound, summary: "This answer has no timeline")))))
    #expect(scene.state.instrument == nil)
    #expect(scene.shows("This answer has no timeline"))
  }

  @Test("In linear mode the command line is pointed to, and no picture is opened")
  func linear() throws {
    let scene = Scene()
    scene.open(turns: [("a", "b")])
    scene.state.linear = LinearState()
    scene.act(.line("/replay 2"))
    #expect(scene.state.instrument == nil)
    let notice = try #require(scene.state.notice?.notice.text)
    #expect(notice == "riffle replay \(scene.state.shown) --answer 2 plays it in the terminal, as it came")
  }

  @Test("What was asked for earlier and comes late is not taken for what is asked for now")
  func late() {
    let scene = Scene()
    scene.open(turns: [("a", "b"), ("c", "d")])
    scene.type("/replay 2")
    scene.press("enter")
    scene.press("q")
    scene.type("/replay")
    scene.press("enter")
    func isPlaying() -> Bool {
      if case .replay(let replay) = scene.state.instrument { replay.player != nil } else { false }
    }
    let failure = Explanation(kind: .notFound, summary: "This answer has no timeline")
    scene.act(.instrument(.replay(.loaded(.last(2), Self.answer(scene)))))
    scene.act(.instrument(.replay(.failed(.last(2), scene.state.shown, failure))))
    #expect(scene.state.instrument != nil && !isPlaying() && !scene.shows("no timeline"))
    scene.act(.instrument(.replay(.loaded(Self.target(scene), Self.answer(scene)))))
    #expect(isPlaying())
  }

  @Test("A timeline that does not fit is said above the answer")
  func fits() throws {
    let scene = try playing(columns: 120)
    scene.press("q")
    scene.type("/replay")
    scene.press("enter")
    var answer = Self.answer(scene)
    answer.plan = ReplayPlan(
      parts: answer.message.parts,
      entries: [TimelineEntry(offset: .milliseconds(10), characters: 2, bytes: 9, kind: .text)], chunkCount: 40)
    scene.act(.instrument(.replay(.loaded(Self.target(scene), answer))))
    #expect(scene.shows("timeline ends after 1 of 40 chunks"))
  }

  @Test("An answer of 200,000 chunks is drawn and played from its middle like any other")
  func longAnswer() throws {
    let scene = try playing()
    scene.press("q")
    scene.type("/replay")
    scene.press("enter")
    let count = 200_000
    let text = String(repeating: "word \n\n", count: count / 7)
    let entries = (0..<count).map {
      TimelineEntry(offset: .milliseconds($0 * 10), characters: 1, bytes: 9, kind: .text)
    }
    var answer = Self.answer(scene)
    answer.message.parts = [.text(text)]
    answer.plan = ReplayPlan(parts: answer.message.parts, entries: entries, chunkCount: count)
    scene.act(.instrument(.replay(.loaded(Self.target(scene), answer))))
    scene.press("space")
    scene.press("5")
    _ = scene.rows()
    scene.press("space")
    var frames = [scene.rows()]
    for _ in 0..<50 {
      play(scene, for: .milliseconds(10))
      frames.append(scene.rows())
    }
    // A chunk with every frame: none stands still, and none shows the whole.
    #expect(zip(frames, frames.dropFirst()).allSatisfy { $0 != $1 })
  }
}
