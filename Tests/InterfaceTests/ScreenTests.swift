import Conversations
import Diagnostics
import Display
import Interface
import Streaming
import TestSupport
import Testing

@Suite struct ScreenTests {
  static let sizes = [(80, 24), (120, 40), (20, 5)]

  private func check(_ name: String, _ scene: Scene) {
    let difference = Golden.difference(name, scene.frame())
    #expect(difference == nil, "\(difference ?? "")")
  }

  @Test("An empty conversation says how to begin", arguments: sizes)
  func empty(columns: Int, rows: Int) {
    let scene = Scene(columns: columns, rows: rows)
    check("empty-\(columns)x\(rows)", scene)
  }

  @Test("A finished exchange has code, facts and times", arguments: sizes)
  func finished(columns: Int, rows: Int) {
    let scene = Scene(columns: columns, rows: rows)
    scene.change(.message(scene.makeMessage(.user, [.text("How do I sort an array?")])))
    let answer = scene.makeMessage(
      .assistant,
      [
        .thinking("The user wants to sort.", signature: nil),
        .text(
          "Use `sorted()`:\n\n```swift\nlet a = [3, 1, 2].sorted()\nprint(a)  // [1, 2, 3]\n```\n\nIt returns a new array."
        ),
      ], status: .streaming)
    scene.change(.message(answer))
    var metrics = StreamMetrics()
    metrics.chunks = 34
    metrics.characters = 180
    metrics.elapsed = .milliseconds(3210)
    metrics.timeToFirstChunk = .milliseconds(410)
    metrics.timeToFirstText = .milliseconds(620)
    metrics.charactersPerSecond = 87.2
    scene.change(
      .ended(answer.id, status: .complete(.stop), usage: TokenUsage(input: 12, output: 34), metrics: metrics))
    check("finished-\(columns)x\(rows)", scene)
  }

  @Test("A streaming answer shows its cursor, its phase and a tool call that grows", arguments: sizes)
  func streaming(columns: Int, rows: Int) {
    let scene = Scene(columns: columns, rows: rows)
    scene.change(.message(scene.makeMessage(.user, [.text("Weather in Paris?")])))
    let answer = scene.beginAnswer(phase: .writing, chunks: 12)
    scene.change(.part(answer, index: 0, .thinking("Paris, so I call the tool.", signature: nil)))
    scene.change(
      .part(answer, index: 1, .toolCall(ToolCall(id: "c1", name: "get_weather", arguments: "{\"city\":\"Par"))))
    scene.change(.part(answer, index: 2, .text("It is **sunny** and")))
    scene.change(.queue([Prompt(text: "and tomorrow?")]))
    check("streaming-\(columns)x\(rows)", scene)
  }

  @Test("Failed, stopped and interrupted answers say so beside their text")
  func endings() {
    let scene = Scene()
    let why = Explanation(
      kind: .rateLimited, summary: "The provider is busy", detail: "429 from lab", requestID: "r-1",
      recovery: .retry(afterMilliseconds: 1000))
    for status in [MessageStatus.failed(why), .stopped, .interrupted, .incomplete(why), .complete(.length)] {
      scene.change(.message(scene.makeMessage(.assistant, [.text("some text")], status: status)))
    }
    check("endings", scene)
  }

  @Test("The performance overlay shows every figure, and a dash for what was not measured")
  func overlay() {
    let scene = Scene(columns: 100, rows: 34)
    _ = scene.beginAnswer(phase: .writing, chunks: 120)
    scene.press("f3")
    check("overlay", scene)
  }

  @Test("Hostile text in every place of the screen stays text")
  func hostile() {
    let scene = Scene()
    let attack = "a\u{1B}]52;c;Zm9v\u{7}b\u{202E}c\u{9B}31md"
    scene.state.transcript.title = attack
    scene.change(.message(scene.makeMessage(.user, [.text(attack)])))
    let why = Explanation(kind: .server, summary: attack, detail: attack)
    scene.change(.message(scene.makeMessage(.assistant, [.text(attack)], status: .failed(why))))
    scene.act(.failed(why))
    check("hostile", scene)
  }

  @Test("The palette, the switcher and the help lie over the pane")
  func popups() {
    let scene = Scene()
    scene.open(turns: [("a", "b")])
    scene.press("ctrl-p")
    check("palette", scene)
    scene.press("esc f1")
    check("help", scene)
  }

  @Test("A conversation that is opened and named in one update has its name on the screen")
  func namedWhileOpening() {
    let scene = Scene()
    var summary = ConversationSummary(
      id: scene.state.shown, title: "", updated: Scene.wall, messageCount: 0, profileName: "work",
      model: Scene.profile.model)
    let record = ConversationRecord(summary: summary, profile: Scene.profile, leaf: nil, created: Scene.wall)
    var update = SessionUpdate()
    update.changes[scene.state.shown] = [
      .opened(ConversationSnapshot(record: record, window: MessageWindow(messages: [], earlierCount: 0))),
      .message(scene.makeMessage(.user, [.text("Plans for spring")])),
    ]
    summary.title = "Plans for spring"
    update.summaries[scene.state.shown] = summary
    scene.act(.session(update))
    #expect(scene.rows()[0].contains("· Plans for spring"))
  }

  @Test("Any size from nothing to huge is drawn", arguments: [(0, 0), (1, 1), (19, 4), (20, 4), (21, 5), (500, 200)])
  func anySize(columns: Int, rows: Int) {
    let scene = Scene(columns: columns, rows: rows)
    scene.open(turns: [("a question", String(repeating: "日本 👍 text ", count: 50))])
    scene.state.isSidebarShown = true
    scene.press("f3")
    #expect(scene.frame().surface.size == Size(columns: columns, rows: rows))
    scene.press("f1")
    #expect(scene.frame().surface.size == Size(columns: columns, rows: rows))
  }
}
