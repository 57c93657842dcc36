import Conversations
import Display
import Interface
import Streaming
import Testing

@Suite struct ScrollingTests {
  private static let story = (1...40).map { "Line \($0) of the answer." }.joined(separator: "\n")

  @Test("At the end the pane follows what arrives")
  func follows() {
    let scene = Scene()
    scene.open(turns: [("tell", Self.story)])
    #expect(scene.shows("Line 40 of"))
    let answer = scene.beginAnswer()
    scene.change(.part(answer, index: 0, .text("new words")))
    #expect(scene.shows("new words"))
    #expect(scene.state.transcript.anchor == .bottom)
  }

  @Test("While the reader is elsewhere the line being read stays, whatever arrives, folds or resizes")
  func stays() {
    let scene = Scene()
    scene.open(turns: [("tell", Self.story), ("more", Self.story)])
    scene.press("pageup")
    let top = scene.rows()[1]
    let answer = scene.beginAnswer()
    for number in 1...30 { scene.change(.part(answer, index: 0, .text(String(repeating: "more\n", count: number)))) }
    #expect(scene.rows()[1] == top)
    #expect(scene.shows("new lines"))
    scene.press("ctrl-o")
    #expect(scene.rows()[1] == top)
    scene.resize(60, 24)
    scene.resize(100, 24)
    #expect(scene.rows()[1] == top)
    scene.resize(80, 24)
    #expect(scene.rows()[1] == top)
  }

  @Test("End follows again and the rule about new lines goes")
  func endFollows() {
    let scene = Scene()
    scene.open(turns: [("tell", Self.story)])
    scene.press("pageup")
    let answer = scene.beginAnswer()
    scene.change(.part(answer, index: 0, .text("fresh")))
    scene.press("end")
    #expect(scene.shows("fresh"))
    #expect(!scene.shows("new line"))
  }

  @Test("Scrolling down to the last row follows again")
  func scrollDownFollows() {
    let scene = Scene()
    scene.open(turns: [("tell", Self.story)])
    scene.press("pageup")
    #expect(scene.state.transcript.anchor != .bottom)
    scene.press("pagedown pagedown pagedown")
    #expect(scene.state.transcript.anchor == .bottom)
  }

  @Test("Near the top older messages are asked for once and do not move the line being read")
  func loadsEarlier() {
    let scene = Scene()
    let older = scene.makeMessage(.user, [.text("older")])
    let message = scene.makeMessage(.assistant, [.text(Self.story)], parent: older.id)
    var window = MessageWindow(messages: [message], earlierCount: 3)
    let record = ConversationRecord(
      summary: ConversationSummary(
        id: scene.state.shown, title: "t", updated: Scene.wall, messageCount: 4, profileName: "work",
        model: Scene.profile.model),
      profile: Scene.profile, leaf: message.id, created: Scene.wall)
    scene.change(.opened(ConversationSnapshot(record: record, window: window)))
    scene.press("pageup pageup")
    #expect(scene.takeEffects().filter { if case .loadEarlier = $0 { true } else { false } }.count == 1)
    let top = scene.rows()[1]
    window = MessageWindow(messages: [older], earlierCount: 2, laterCount: 1)
    scene.change(.window(window, metrics: [:]))
    #expect(scene.state.transcript.messages.count == 2)
    #expect(scene.rows()[1] == top)
  }

  @Test("The mouse wheel scrolls by three rows")
  func wheel() {
    let scene = Scene()
    scene.open(turns: [("tell", Self.story)])
    let before = scene.rows()
    scene.act(.input(.mouse(MouseEvent(kind: .scrollUp, position: Point(x: 3, y: 3)))))
    #expect(scene.rows()[4] == before[1])
  }
}
