// The pane slides along a path of which it holds a piece. A world beside the scene has the whole path and answers what is
// asked for, as the session store does.

import Conversations
import Diagnostics
import Display
import Interface
import Streaming
import Testing

/// A scene over a long conversation.
private final class LongScene {
  let scene = Scene()
  var path: [Message] = []
  /// What was asked for and is not answered yet.
  var asked: [Effect] = []

  private static let page = 60

  init(_ count: Int, text: (Int) -> String = { "Message number \($0)." }) {
    for number in 0..<count { append(text(number)) }
    open()
  }

  var transcript: TranscriptState { scene.state.transcript }
  var top: String { scene.rows()[1] }

  @discardableResult
  func append(_ text: String, status: MessageStatus = .complete(.stop)) -> Message {
    let role: Role = path.count % 2 == 0 ? .user : .assistant
    path.append(scene.makeMessage(role, [.text(text)], status: status, parent: path.last?.id))
    return path[path.count - 1]
  }

  /// Tells everything anew, as the store does when something was opened or another program has changed it.
  func open() {
    let record = ConversationRecord(
      summary: ConversationSummary(
        id: scene.state.shown, title: "t", updated: Scene.wall, messageCount: path.count, profileName: "work",
        model: Scene.profile.model),
      profile: Scene.profile, leaf: path.last?.id, created: Scene.wall)
    scene.change(
      .opened(ConversationSnapshot(record: record, window: piece(max(0, path.count - Self.page)..<path.count))))
    collect()
  }

  private func piece(_ range: Range<Int>) -> MessageWindow {
    let range = range.clamped(to: path.indices)
    return MessageWindow(
      messages: Array(path[range]), earlierCount: range.lowerBound, laterCount: path.count - range.upperBound)
  }

  private func collect() {
    for effect in scene.takeEffects() {
      switch effect {
      case .loadEarlier, .loadLater, .openAround, .openAt, .openEnd: asked.append(effect)
      default: break
      }
    }
  }

  /// Presses keys and answers all that is asked for because of them.
  func press(_ keys: String) {
    scene.press(keys)
    answer()
  }

  func say(_ text: String) {
    scene.type(text)
    scene.press("enter")
    collect()
  }

  func answer() {
    collect()
    while !asked.isEmpty {
      answer(asked.removeFirst())
      collect()
    }
  }

  private func answer(_ effect: Effect) {
    func place(_ id: MessageID) -> Int? { path.firstIndex { $0.id == id } }
    func around(_ place: Int) -> Range<Int> { max(0, place - Self.page)..<min(path.count, place + Self.page + 1) }
    let range: Range<Int>? =
      switch effect {
      case .loadEarlier(_, let id): place(id).map { max(0, $0 - Self.page)..<$0 }
      case .loadLater(_, let id): place(id).map { $0 + 1..<min(path.count, $0 + 1 + Self.page) }
      case .openAround(_, let id): place(id).map(around)
      case .openAt(_, let position): around(position)
      default: max(0, path.count - Self.page)..<path.count
      }
    if let range {
      scene.change(.window(piece(range), metrics: [:]))
    } else {
      scene.act(.notLoaded(scene.state.shown, Explanation(kind: .notFound, summary: "There is no such message")))
    }
  }

  /// Whether what is held is a piece of the path with the right counts, and not too much.
  var isSound: Bool {
    let transcript = transcript
    let start = transcript.earlierCount
    let end = start + transcript.messages.count
    return end + transcript.laterCount == path.count && transcript.messages.count <= 400
      && Array(transcript.messages.map(\.id)) == path[start..<end].map(\.id)
  }
}

extension TranscriptState {
  /// The number of the message at the top, from zero.
  fileprivate var anchorNumber: Int {
    guard case .top(let id, _) = anchor else { return count }
    return earlierCount + (index(of: id) ?? 0)
  }
}

@Suite struct WindowTests {
  @Test("Scrolling through a long conversation shows every message once and holds few")
  func scrollsThrough() {
    let world = LongScene(1_500)
    var seen: [Int] = []
    func see() {
      for row in world.scene.rows() {
        guard let start = row.firstRange(of: "Message number ")?.upperBound else { continue }
        let number = Int(row[start...].prefix { $0 != "." }) ?? -1
        if !seen.contains(number) { seen.append(number) }
      }
    }
    see()
    while world.transcript.earlierCount > 0 || world.transcript.anchorNumber > 0 {
      world.press("pageup")
      #expect(world.isSound)
      see()
    }
    #expect(seen.sorted() == Array(0..<1_500))
    #expect(world.transcript.laterCount >= 1_100)
    seen = []
    see()
    while world.transcript.anchor != .bottom {
      world.press("pagedown")
      #expect(world.isSound)
      see()
    }
    #expect(seen == Array(0..<1_500))
    #expect(world.transcript.holdsEnd)
  }

  @Test("What is added and let go of never moves the row being read")
  func staysInPlace() {
    let world = LongScene(1_000) { "Message number \($0).\n" + String(repeating: "and more\n", count: $0 % 7) }
    for keys in ["pageup", "alt-up", "pageup pageup"] {
      for _ in 0..<60 {
        world.scene.press(keys)
        let rows = world.scene.rows()
        world.answer()
        #expect(world.scene.rows() == rows)
        #expect(world.isSound)
      }
    }
    for keys in ["pagedown", "alt-down"] {
      for _ in 0..<60 {
        world.scene.press(keys)
        let rows = world.scene.rows()
        world.answer()
        #expect(world.scene.rows() == rows)
        #expect(world.isSound)
      }
    }
  }

  @Test("Large messages are held by their size, and the one being read among them")
  func largeMessages() {
    let text = String(repeating: "All work and no play makes a dull text. ", count: 8_000)
    let world = LongScene(40) { "Message number \($0). " + text }
    #expect(world.transcript.messages.reduce(0) { $0 + $1.text.utf8.count } <= 4 << 20)
    for _ in 0..<30 {
      world.press("alt-up")
      #expect(world.isSound)
      #expect(world.transcript.messages.reduce(0) { $0 + $1.text.utf8.count } <= 5 << 20)
      guard case .top(let id, _) = world.transcript.anchor else { continue }
      #expect(world.transcript.index(of: id) != nil)
    }
    #expect(world.top.contains("you") || world.top.contains("lab/m-large"))
  }

  @Test("The first and the last message are one key away", arguments: [("ctrl-home", "ctrl-end"), ("alt-<", "end")])
  func ends(start: String, end: String) {
    let world = LongScene(1_000)
    world.press(start)
    #expect(world.scene.shows("Message number 0."))
    #expect(world.transcript.earlierCount == 0 && world.isSound)
    world.press(end)
    #expect(world.scene.shows("Message number 999."))
    #expect(world.transcript.anchor == .bottom && world.isSound)
  }

  @Test(
    "/goto goes to a message by number or part",
    arguments: [
      ("/goto 1", 0), ("/goto 500", 499), ("/goto 50%", 500), ("/goto 0%", 0), ("/goto first", 0), ("/goto 12.5%", 125),
      ("/goto 955", 954),
    ])
  func goTo(command: String, place: Int) {
    let world = LongScene(1_000)
    world.say(command)
    #expect(world.scene.shows("Message \(place + 1) of 1000"))
    world.answer()
    #expect(world.transcript.anchor == .top(world.path[place].id, .header))
    #expect(world.scene.rows().contains { $0.contains("Message number \(place).") })
    #expect(world.isSound)
  }

  @Test(
    "/goto with anything else says what it takes", arguments: ["/goto", "/goto x", "/goto 101%", "/goto -1", "/goto 0"])
  func goToNothing(command: String) {
    let world = LongScene(100)
    world.say(command)
    #expect(world.scene.shows("/goto 120 goes to that message"))
    #expect(world.transcript.anchor == .bottom)
  }

  @Test("A message is shown at once if it is held, else when what is around it has come")
  func showsMessage() {
    let world = LongScene(1_000)
    world.scene.effects += world.scene.state.show(message: world.path[945].id)
    #expect(world.transcript.anchor == .top(world.path[945].id, .header))
    world.scene.effects += world.scene.state.show(message: world.path[300].id)
    #expect(world.transcript.anchor == .top(world.path[945].id, .header))
    world.answer()
    #expect(world.transcript.anchor == .top(world.path[300].id, .header))
    #expect(world.isSound)
    world.scene.effects += world.scene.state.show(message: world.scene.makeMessage(.user, []).id)
    world.answer()
    #expect(world.transcript.anchor == .top(world.path[300].id, .header))
    #expect(world.scene.shows("There is no such message"))
    world.press("pageup")
    #expect(world.isSound)
  }

  @Test("Only the newest jump counts; what an older one brings is passed over")
  func overtakenJump() {
    let world = LongScene(1_000)
    world.say("/goto 10")
    world.scene.press("end")
    world.answer()
    #expect(world.transcript.anchor == .bottom && world.isSound)
    #expect(world.scene.shows("Message number 999."))
  }

  @Test("What streams while the reader is far away is counted, not held, and found whole on return")
  func streamsElsewhere() {
    let world = LongScene(1_000)
    world.press("ctrl-home")
    let rows = world.scene.rows()
    let prompt = world.append("asked elsewhere")
    world.scene.change(.message(prompt))
    let answer = world.append("", status: .streaming)
    world.scene.change(.message(answer))
    world.scene.change(.message(answer))
    #expect(world.transcript.laterCount == 1_002 - world.transcript.messages.count)
    #expect(world.transcript.unseenMessages == 2)
    world.scene.change(.part(answer.id, index: 0, .text("grow")))
    world.scene.change(.appended(answer.id, part: 0, text: "ing words"))
    #expect(world.transcript.index(of: answer.id) == nil)
    #expect(world.transcript.lastAnswer?.text == "growing words")
    #expect(world.scene.rows().dropLast(4) == rows.dropLast(4))
    #expect(world.scene.shows("2 new messages · End"))
    world.path[1_001].parts = [.text("growing words")]
    world.press("end")
    #expect(world.scene.shows("growing words"))
    world.scene.change(.appended(answer.id, part: 0, text: " go on"))
    #expect(world.scene.shows("growing words go on"))
    #expect(world.transcript.unseenMessages == 0 && world.isSound)
  }

  @Test("An answer that is let go of while it streams is whole when the reader comes back")
  func letsGoOfLive() {
    let world = LongScene(1_000)
    world.scene.change(.message(world.append("asked")))
    let answer = world.append("begin", status: .streaming)
    world.scene.change(.message(answer))
    for _ in 0..<80 { world.press("pageup pageup") }
    #expect(world.transcript.index(of: answer.id) == nil)
    world.scene.change(.appended(answer.id, part: 0, text: "ning"))
    world.path[1_001].parts = [.text("beginning")]
    world.scene.change(.ended(answer.id, status: .complete(.stop), usage: nil, metrics: StreamMetrics()))
    world.path[1_001].status = .complete(.stop)
    #expect(world.transcript.message(answer.id)?.status == .complete(.stop))
    world.press("end")
    #expect(world.scene.shows("beginning"))
    #expect(world.isSound)
  }

  @Test("A prompt that is sent from far away is seen at the end")
  func sendsFromFarAway() {
    let world = LongScene(1_000)
    world.press("ctrl-home")
    world.scene.type("hello")
    world.scene.press("enter")
    world.scene.change(.message(world.append("hello")))
    world.answer()
    #expect(world.transcript.anchor == .bottom && world.isSound)
    #expect(world.scene.shows("hello"))
  }

  @Test("When everything is told anew the reader far away stays, as long as the message is there")
  func toldAnew() {
    let world = LongScene(1_000)
    world.say("/goto 300")
    world.answer()
    let rows = world.scene.rows()
    world.append("by another program")
    world.open()
    world.answer()
    #expect(world.scene.rows()[1...15] == rows[1...15])
    #expect(world.isSound)
    #expect(world.transcript.unseenMessages == 1)
    // Another path, which has other messages from number 100 on.
    world.path.removeSubrange(100...)
    for number in 0..<300 { world.append("Other number \(number).") }
    world.open()
    world.answer()
    #expect(world.transcript.anchor == .bottom && world.isSound)
    #expect(world.scene.shows("Other number 299."))
  }

  @Test("A pane of small pieces is filled by itself")
  func fills() {
    let world = LongScene(200)
    world.scene.change(
      .opened(
        ConversationSnapshot(
          record: ConversationRecord(
            summary: ConversationSummary(
              id: world.scene.state.shown, title: "t", updated: Scene.wall, messageCount: 200, profileName: "work",
              model: Scene.profile.model),
            profile: Scene.profile, leaf: nil, created: Scene.wall),
          window: MessageWindow(messages: [world.path[199]], earlierCount: 199))))
    world.answer()
    #expect(world.scene.shows("Message number 195."))
    #expect(world.transcript.anchor == .bottom && world.isSound)
  }
}
