// A race on the screen: its pictures, and what its keys do.

import Conversations
import Diagnostics
import Display
import Streaming
import TestSupport
import Testing

@testable import Interface

@Suite("A race on the screen") struct RaceTests {
  private static let names = ["m-large", "m-small", "m-deep", "m-fast"]
  private static let texts = [
    "# Sorting\n\nUse `sorted()`, which gives a **new** array:\n\n```swift\nlet a = [3, 1, 2].sorted()\n```\n\nIt is stable.",
    "# Sorting\n\nUse `sort()`, which changes the array itself:\n\n```swift\nvar a = [3, 1, 2]\na.sort()\n```",
    "There are two ways:\n\n| Way | Changes |\n|---|---|\n| `sort()` | the array |\n| `sorted()` | nothing |\n\n1. first\n2. second",
    "`a.sorted()`",
  ]

  /// A race in a scene, under a test's hand.
  private final class Field {
    let scene: Scene
    var lanes: [RaceSnapshot.Lane] = []
    var prompt: Message

    init(columns: Int, rows: Int, count: Int, command: String = "/race a b -- How do I sort?") {
      scene = Scene(columns: columns, rows: rows)
      scene.state.options.profiles += ["a", "b"].map { Profile(name: $0, model: Scene.profile.model) }
      scene.type(command)
      scene.press("enter")
      prompt = scene.makeMessage(.user, [.text("How do I sort?")])
      for index in 0..<count {
        var message = scene.makeMessage(.assistant, [], status: .streaming, parent: prompt.id)
        let model = ModelReference(provider: "lab", model: RaceTests.names[index])
        message.origin = model
        message.variant = Variant(index: index + 1, count: count)
        lanes.append(
          RaceSnapshot.Lane(
            run: RunID(high: 9, low: UInt64(index + 1)), profile: Profile(name: "p\(index)", model: model),
            message: message))
      }
      tell()
    }

    var answers: [MessageID] { lanes.map(\.message.id) }

    /// Tells the race anew, as the store does.
    func tell(onPath: Int = 0, in id: ConversationID? = nil, isOver: Bool = false) {
      let id = id ?? scene.state.shown
      let record = ConversationRecord(
        summary: ConversationSummary(
          id: id, title: "How do I sort?", updated: Scene.wall, messageCount: 2, profileName: "work",
          model: Scene.profile.model), profile: Scene.profile, leaf: answers[onPath], created: Scene.wall)
      let race = RaceSnapshot(prompt: prompt.id, lanes: lanes)
      scene.change(
        .opened(
          ConversationSnapshot(
            record: record,
            window: MessageWindow(messages: [prompt, lanes[onPath].message], earlierCount: 0),
            race: isOver ? nil : race)), in: id)
      for index in lanes.indices where lanes[index].message.status.isStreaming { run(index, .waiting) }
    }

    func run(_ lane: Int, _ phase: RunPhase, chunks: Int = 0) {
      var run = RunSnapshot(
        id: lanes[lane].run, conversation: scene.state.shown, message: answers[lane],
        model: lanes[lane].profile.model, phase: phase, started: scene.now)
      run.metrics.chunks = chunks
      run.metrics.recentCharactersPerSecond = chunks > 0 ? 100 + Double(lane) * 50 : nil
      run.metrics.timeToFirstText = chunks > 0 ? .milliseconds(200 + lane * 100) : nil
      run.lastChunk = chunks > 0 ? scene.now : nil
      var update = SessionUpdate()
      update.runs[run.id] = run
      scene.act(.session(update))
    }

    func say(_ lane: Int, _ text: String) {
      scene.change(.part(answers[lane], index: 0, .text(text)))
      run(lane, .writing, chunks: 12)
      scene.wait(.milliseconds(250))
    }

    func end(_ lane: Int, _ status: MessageStatus = .complete(.stop)) {
      var metrics = StreamMetrics()
      metrics.chunks = 34
      metrics.elapsed = .milliseconds(1000 + 700 * lane)
      metrics.timeToFirstText = .milliseconds(200 + lane * 100)
      metrics.charactersPerSecond = 120 - Double(lane) * 10
      var update = SessionUpdate()
      update.changes[scene.state.shown] = [
        .ended(answers[lane], status: status, usage: TokenUsage(input: 12, output: 1_234), metrics: metrics)
      ]
      update.runs[lanes[lane].run] = RunSnapshot(
        id: lanes[lane].run, conversation: scene.state.shown, message: answers[lane],
        model: lanes[lane].profile.model, phase: .ended, started: scene.now, metrics: metrics)
      scene.act(.session(update))
    }
  }

  private func check(_ name: String, _ field: Field) {
    let difference = Golden.difference(name, field.scene.frame())
    #expect(difference == nil, "\(difference ?? "")")
  }

  /// Two have ended, the others write.
  private func halfway(columns: Int, rows: Int, count: Int, command: String = "/race a b -- How do I sort?") -> Field {
    let field = Field(columns: columns, rows: rows, count: count, command: command)
    for lane in 0..<count { field.say(lane, Self.texts[lane]) }
    field.end(count - 1)
    if count > 2 {
      field.end(1, .incomplete(Explanation(kind: .truncated, summary: "The answer broke off", recovery: .resume)))
    }
    return field
  }

  @Test("Lanes stand side by side where they have room, else one below a list of all")
  func pictures() {
    check("race-80x24", halfway(columns: 80, rows: 24, count: 2))
    check("race-160x50", halfway(columns: 160, rows: 50, count: 4))
    check("race-80x24-four", halfway(columns: 80, rows: 24, count: 4))
    check("race-40x12", halfway(columns: 40, rows: 12, count: 2))
    check("race-200x12", halfway(columns: 200, rows: 12, count: 3))
  }

  @Test("Wherever it is drawn, nothing is drawn outside", arguments: [(20, 5), (21, 6), (40, 10), (73, 9), (500, 200)])
  func everySize(columns: Int, rows: Int) {
    let field = halfway(columns: columns, rows: rows, count: 4)
    #expect(field.scene.rows().count == rows)
    field.scene.press("d")
    #expect(field.scene.rows().count == rows)
  }

  @Test("A blind race tells neither models nor figures, in the lanes and in the pane, until one is chosen")
  func blind() throws {
    let field = halfway(columns: 80, rows: 24, count: 2, command: "/race blind a b -- How do I sort?")
    check("race-blind", field)
    func hidesModels() -> Bool {
      !field.scene.rows().contains { row in
        Self.names.prefix(2).contains { row.contains($0) && !row.hasSuffix("lab/m-large") }
      }
    }
    #expect(hidesModels())
    #expect(!field.scene.shows("/s") && !field.scene.shows("1st"))
    field.scene.press("esc")
    #expect(field.scene.state.instrument == nil)
    #expect(hidesModels(), "\(field.scene.rows())")
    #expect(!field.scene.shows("chars/s"))
    field.scene.type("/race")
    field.scene.press("enter")
    let race = try #require(field.scene.state.races[field.scene.state.shown])
    _ = field.scene.takeEffects()
    field.scene.press("2")
    let ratings = [race.lanes[0].message.id: false, race.lanes[1].message.id: true]
    #expect(field.scene.takeEffects() == [.instrument(.race(.rate(field.scene.state.shown, ratings)))])
    #expect(field.scene.shows("m-large") && field.scene.shows("m-small") && field.scene.shows("★ best"))
    // Now the number keeps it.
    field.scene.press("2")
    #expect(
      field.scene.takeEffects()
        == [.instrument(.race(.keepOne(field.scene.state.shown, race.lanes[1].message.id)))])
  }

  @Test("The other instruments do not tell of the models of a blind race either, until one is chosen")
  func blindInstruments() {
    let field = halfway(columns: 80, rows: 24, count: 2, command: "/race blind a b -- How do I sort?")
    field.end(0)
    let scene = field.scene
    scene.press("esc")
    func run(_ command: String) {
      scene.type(command)
      scene.press("enter")
    }
    func showStatistics() {
      run("/stats")
      for case .instrument(.stats(.load(let request))) in scene.takeEffects() {
        let result = StatsResult(request: request, table: SampleGroups.models, sinceOffsetSeconds: 0)
        scene.act(.instrument(.stats(.loaded(result))))
      }
    }
    for command in ["/replay", "/replay 1", "/wire", "/wire 1"] {
      _ = scene.takeEffects()
      run(command)
      #expect(scene.state.instrument == nil && scene.takeEffects().isEmpty, "\(command)")
      #expect(scene.state.notice?.notice.text == "The models of a blind race are hidden until its best is chosen")
    }
    showStatistics()
    #expect(scene.shows("answers") && !scene.shows("last answer here"))
    scene.press("q")
    run("/race")
    scene.press("1 esc")
    showStatistics()
    #expect(scene.shows("last answer here"))
    scene.press("q")
    run("/replay")
    #expect(scene.state.instrument != nil)
    scene.press("esc")
    run("/wire")
    #expect(scene.state.instrument != nil)
  }

  @Test("In another conversation a blind race shows neither in its exchanges nor among the other streams")
  func blindElsewhere() throws {
    let field = halfway(columns: 120, rows: 40, count: 2, command: "/race blind a b -- How do I sort?")
    let scene = field.scene
    let blind = scene.state.shown
    scene.press("esc")
    scene.state.shown = try #require(ConversationID("k7m2x9"))
    scene.open(turns: [("one", "1")])
    _ = scene.beginAnswer(chunks: 5)
    scene.type("/metrics overlay")
    scene.press("enter")
    scene.wait(.seconds(1))
    #expect(scene.shows("m-large") && !scene.shows("other live streams"), "\(scene.rows())")
    func outline(_ number: Int, in id: ConversationID) -> WireOutline {
      WireOutline(
        number: number, provider: "lab", model: "m-small", conversation: id, answer: nil, attempt: 1,
        began: Scene.wall, method: "POST", url: "https://lab.example/", requestBytes: 5)
    }
    let all = [outline(1, in: scene.state.shown), outline(2, in: blind)]
    scene.press("ctrl-x w")
    scene.act(.instrument(.wire(.shown(all, WirePicture(all[0], request: [])))))
    _ = scene.takeEffects()
    scene.press("]")
    #expect(scene.takeEffects().isEmpty && scene.state.notice?.notice.text == "This is the newest exchange")
    scene.act(.instrument(.wire(.shown(all, WirePicture(all[1], request: [])))))
    #expect(scene.state.instrument == nil && scene.takeEffects() == [.instrument(.wire(.close))])
    #expect(scene.state.notice?.notice.text.contains("blind race") == true)
  }

  @Test("Hooks are told of an answer beside the path with its own text and profile", arguments: [false, true])
  func hooks(goesOn: Bool) throws {
    let field = Field(columns: 80, rows: 24, count: 2)
    let scene = field.scene
    scene.state.options.hooks = [.finish, .stall]
    for lane in 0..<2 { field.say(lane, Self.texts[lane]) }
    field.end(0)
    _ = scene.takeEffects()
    if goesOn {
      // The prompt that waited begins in the same moment.
      var update = SessionUpdate()
      update.changes[scene.state.shown] = [
        .ended(field.answers[1], status: .complete(.stop), usage: nil, metrics: StreamMetrics()),
        .message(scene.makeMessage(.user, [.text("more")], parent: field.answers[0])),
      ]
      update.runs[field.lanes[1].run] = RunSnapshot(
        id: field.lanes[1].run, conversation: scene.state.shown, message: field.answers[1],
        model: field.lanes[1].profile.model, phase: .ended, started: scene.now)
      scene.act(.session(update))
      #expect(scene.state.races.isEmpty)
    } else {
      scene.wait(.seconds(30))
      field.end(1)
    }
    let events = scene.takeEffects().compactMap { if case .hook(let event) = $0 { event } else { nil } }
    #expect(events.map(\.kind) == (goesOn ? [.finish] : [.stall, .finish]))
    #expect(events.allSatisfy { $0.text == Self.texts[1] && $0.profile == "p1" && $0.message == field.answers[1] })
  }

  @Test("Blindness can begin in the view until a text was read; a tie is the best of all, no choice is nothing")
  func ties() throws {
    let field = Field(columns: 80, rows: 24, count: 2)
    field.scene.press("b")
    #expect(field.scene.shows("Answer A"))
    for lane in 0..<2 { field.say(lane, Self.texts[lane]) }
    _ = field.scene.takeEffects()
    field.scene.press("t")
    let id = field.scene.state.shown
    #expect(
      field.scene.takeEffects()
        == [.instrument(.race(.rate(id, [field.answers[0]: true, field.answers[1]: true])))])
    field.scene.press("b")
    #expect(!field.scene.shows("Answer A"))

    let other = Field(columns: 80, rows: 24, count: 2)
    other.scene.press("b")
    for lane in 0..<2 { other.say(lane, Self.texts[lane]) }
    _ = other.scene.takeEffects()
    other.scene.press("n")
    #expect(other.scene.takeEffects().isEmpty && other.scene.shows("m-small"))
  }

  @Test("Who has seen which model said what chooses blindly no more")
  func peeking() {
    let field = halfway(columns: 80, rows: 24, count: 2)
    _ = field.scene.takeEffects()
    field.scene.press("b")
    #expect(!field.scene.shows("Answer A") && field.scene.shows("The models were on screen already"))
    let other = Field(columns: 80, rows: 24, count: 2)
    other.scene.press("b b b")
    #expect(!other.scene.shows("Answer A"))
  }

  @Test("Two answers are compared word by word, in signs as well as in colour")
  func comparison() {
    let field = halfway(columns: 80, rows: 24, count: 3)
    field.scene.press("d")
    check("race-diff", field)
    #expect(field.scene.shows("[-"))
    #expect(field.scene.shows("{+"))
    field.scene.press("tab")
    #expect(field.scene.shows("[-m-deep-]"))
    // The lane itself is passed over.
    field.scene.press("tab")
    #expect(field.scene.shows("[-m-small-]"))
    field.scene.press("esc")
    #expect(field.scene.shows("keep one"))
  }

  @Test("Both lanes scroll together, or each alone; at the end it is followed again")
  func scrolling() {
    let field = Field(columns: 80, rows: 16, count: 2)
    let long = (1...40).map { "paragraph \($0)\n\n" }.joined()
    for lane in 0..<2 { field.say(lane, long) }
    #expect(field.scene.rows().contains { $0.components("paragraph 40") == 2 })
    field.scene.press("g")
    #expect(field.scene.rows().contains { $0.components("paragraph 1 ") == 1 && $0.hasSuffix("paragraph 1") })
    field.scene.press("s pagedown")
    #expect(!field.scene.rows().contains { $0.hasPrefix("  paragraph 1 ") })
    #expect(field.scene.rows().contains { $0.hasSuffix("paragraph 1") })
    field.scene.press("s G")
    field.say(0, long + "the very end")
    field.say(1, long + "the very end")
    #expect(field.scene.rows().contains { $0.components("the very end") == 2 })
  }

  @Test("A place that is read stays where it is while the answer grows")
  func stays() {
    let field = Field(columns: 80, rows: 16, count: 2)
    let long = (1...40).map { "paragraph \($0)\n\n" }.joined()
    for lane in 0..<2 { field.say(lane, long) }
    field.scene.press("up up up")
    let before = field.scene.rows()[6...13]
    field.scene.change(
      .appended(field.answers[0], part: 0, text: long), .appended(field.answers[1], part: 0, text: long))
    #expect(field.scene.rows()[6...13].map { $0.prefix(39) } == before.map { $0.prefix(39) })
  }

  @Test("The pane knows nothing of answers that are not on its path, and pacing neither")
  func pane() {
    let field = Field(columns: 80, rows: 24, count: 2)
    field.scene.state.chosenPace = .sentence
    field.scene.change(.part(field.answers[1], index: 0, .text("Beside. ")))
    field.scene.change(.appended(field.answers[1], part: 0, text: "More"))
    #expect(field.scene.shows("Beside. More"))
    #expect(field.scene.state.pacing.isEmpty)
    field.scene.change(.part(field.answers[0], index: 0, .text("On the path")))
    #expect(!field.scene.state.pacing.isEmpty && field.scene.shows("On the path"))
    field.scene.press("esc")
    #expect(!field.scene.shows("Beside"))
    #expect(field.scene.state.transcript.messages.count == 2)
  }

  @Test("Gone away and come back, all texts are there, also from a program that had forgotten them")
  func comesBack() {
    let field = Field(columns: 80, rows: 24, count: 2)
    field.say(0, "first text")
    field.say(1, "second text")
    let id = field.scene.state.shown
    field.scene.press("esc")
    field.scene.press("ctrl-x n")
    #expect(field.scene.state.shown != id)
    field.scene.change(.appended(field.answers[1], part: 0, text: " grows"), in: id)
    field.scene.press("alt-/")
    field.scene.type("/race")
    field.scene.press("enter")
    #expect(field.scene.shows("first text") && field.scene.shows("second text grows"))
    field.scene.state.races = [:]
    for lane in field.lanes.indices { field.lanes[lane].message.parts = [.text("told anew \(lane)")] }
    field.tell()
    #expect(field.scene.shows("told anew 0") && field.scene.shows("told anew 1"))
  }

  @Test("The last answer of a race that is not looked at is told of once; of one that is looked at nothing")
  func notices() {
    let field = Field(columns: 80, rows: 24, count: 2)
    field.end(1)
    #expect(field.scene.state.notice == nil)
    field.scene.press("esc")
    #expect(field.scene.state.notice == nil)
    field.end(0)
    #expect(
      field.scene.shows("All 2 answers of the race are there, m-small first; /race shows them")
        || field.scene.shows("lab/m-small first"))
    #expect(!field.scene.state.transcript.messages.isEmpty)
    // Idle again: nothing ticks but the notice.
    field.scene.wait(.seconds(20))
    #expect(field.scene.state.nextTick == nil)
  }

  @Test("Leaving the view stops nothing; x stops one, X all, a keeps all")
  func keys() {
    let field = Field(columns: 80, rows: 24, count: 2)
    let id = field.scene.state.shown
    _ = field.scene.takeEffects()
    field.scene.press("tab x")
    #expect(field.scene.takeEffects() == [.instrument(.race(.stop(field.lanes[1].run)))])
    field.scene.press("X")
    #expect(field.scene.takeEffects() == [.stop(id)])
    field.scene.press("a")
    #expect(field.scene.takeEffects() == [.instrument(.race(.keepAll(id, field.answers[1])))])
    #expect(field.scene.state.instrument == nil)
    field.tell(onPath: 1, isOver: true)
    #expect(field.scene.state.races.isEmpty)
  }

  @Test("When the conversation goes on, its race is over and its models are told")
  func goesOn() {
    let field = halfway(columns: 80, rows: 24, count: 2, command: "/race blind a b -- How do I sort?")
    let next = field.scene.makeMessage(.user, [.text("And backwards?")], parent: field.answers[0])
    field.scene.change(.message(next))
    #expect(field.scene.state.races.isEmpty && field.scene.state.instrument == nil)
    #expect(field.scene.shows("And backwards?") && !field.scene.shows("Answer"))
  }

  @Test("A race can be asked for by names, from the list, with what is being written, or with the last prompt")
  func begins() {
    let scene = Scene()
    scene.type("/race work")
    scene.press("enter")
    #expect(scene.shows("There is no prompt yet"))
    scene.open(turns: [("one", "1")])
    _ = scene.takeEffects()
    let guide = scene.state.options.profiles[1]
    scene.type("/race guide")
    scene.press("enter")
    #expect(scene.takeEffects().contains(.instrument(.race(.start(scene.state.shown, nil, [Scene.profile, guide])))))
    scene.press("esc")
    scene.type("/race nobody")
    scene.press("enter")
    #expect(scene.shows("There is no profile nobody"))
    var other = Scene.profile
    other.name = ""
    other.model.model = "m-x/y"
    scene.type("/race work lab/m-x/y -- What is it?")
    scene.press("enter")
    #expect(
      scene.takeEffects().contains(
        .instrument(.race(.start(scene.state.shown, Prompt(text: "What is it?"), [Scene.profile, other])))))
    scene.press("esc")
    scene.type("/race a b c d e")
    scene.press("enter")
    scene.type("draft")
    _ = scene.takeEffects()
    scene.press("ctrl-x g")
    #expect(scene.shows("Race of a new prompt"))
    scene.press("enter")
    #expect(scene.shows("Race of a new prompt"), "one alone is no race")
    scene.press("tab tab enter")
    #expect(
      scene.takeEffects().contains(
        .instrument(.race(.start(scene.state.shown, Prompt(text: "draft"), [Scene.profile, guide])))))
    #expect(scene.state.composer.isEmpty)
  }

  @Test("A prompt whose race could not begin goes back to the composer")
  func refused() {
    let scene = Scene()
    scene.type("/race work guide -- What is it?")
    scene.press("enter")
    let why = Explanation(kind: .badRequest, summary: "It is closing")
    scene.act(.instrument(.race(.refused(scene.state.shown, Prompt(text: "What is it?"), why))))
    #expect(scene.state.instrument == nil && scene.state.composer.text == "What is it?")
    #expect(scene.shows("It is closing"))
  }

  @Test("What can be asked for is read from what stands behind the command")
  func requests() {
    var wanted = RaceRequest("")
    #expect(wanted.names.isEmpty && wanted.prompt == nil && !wanted.isBlind)
    wanted = RaceRequest("blind a lab/b -- one\n  two -- three")
    #expect(wanted.isBlind && wanted.names == ["a", "lab/b"] && wanted.prompt == "one\n  two -- three")
    #expect(RaceRequest("a blind").names == ["a", "blind"])
    #expect(RaceRequest("a --").prompt == nil)
  }

  @Test("In linear mode a sentence says which command races models")
  func linear() {
    let scene = Scene()
    scene.state.linear = LinearState()
    scene.act(.line("/race a b -- x"))
    #expect(scene.state.instrument == nil)
    #expect(scene.state.notice?.notice.text.contains("riffle race PROMPT") == true)
  }
}

extension String {
  /// How often a text occurs.
  fileprivate func components(_ part: String) -> Int {
    var count = 0
    var rest = self[...]
    while let found = rest.firstRange(of: part) {
      count += 1
      rest = rest[found.upperBound...]
    }
    return count
  }
}
