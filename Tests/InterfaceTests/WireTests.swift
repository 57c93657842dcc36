// What went over the wire, on the screen: its pictures, its keys, and what is told where there is no screen.

import Conversations
import Diagnostics
import Display
import Streaming
import TestSupport
import Testing

@testable import Interface

@Suite("The wire on the screen")
struct WireTests {
  private static let words =
    "Sorting is done with `sorted()`, which gives a new array.\n\nIt takes O(n log n) comparisons."

  private func outline(_ scene: Scene, number: Int = 3, attempt: Int = 1, isLive: Bool = false) -> WireOutline {
    var outline = WireOutline(
      number: number, provider: "lab", model: "m-large", conversation: scene.state.shown, answer: nil,
      attempt: attempt, began: Scene.wall, method: "POST", url: "https://lab.example/v1/chat/completions",
      requestBytes: 51)
    outline.status = 200
    outline.responseBytes = 1234
    outline.isLive = isLive
    outline.ending = isLive ? nil : "ended"
    return outline
  }

  private func picture(_ scene: Scene, isLive: Bool = false) -> WirePicture {
    var picture = WirePicture(
      outline(scene, isLive: isLive),
      request: [
        WireLine(.start, "POST https://lab.example/v1/chat/completions"),
        WireLine(.header(name: "Content-Type"), "application/json"),
        WireLine(.header(name: "Authorization"), "•••"), WireLine(.note, ""), WireLine(.body, "{"),
        WireLine(.body, #"  "model": "m-large","#), WireLine(.body, #"  "stream": true"#), WireLine(.body, "}"),
      ])
    picture.head = [
      WireLine(.start, "HTTP/1.1 200"), WireLine(.header(name: "content-type"), "text/event-stream"),
    ]
    var text = ""
    var time = Duration.milliseconds(412)
    for word in Self.words.split(separator: " ") {
      text += (text.isEmpty ? "" : " ") + word
      let preview = #"data: {"choices":[{"index":0,"delta":{"content":" \#(word.filter { $0 != "\n" })"}}]}"#
      picture.events.append(
        WireEvent(time: time, bytes: preview.utf8.count + 2, preview: preview, textEnd: text.utf8.count))
      time += .milliseconds(41)
    }
    picture.events.append(WireEvent(time: time, bytes: 14, preview: "data: [DONE]", textEnd: text.utf8.count))
    picture.text = text
    return picture
  }

  private func opened(_ columns: Int, _ rows: Int, isLive: Bool = false) -> Scene {
    let scene = Scene(columns: columns, rows: rows)
    scene.open(turns: [("How do I sort?", Self.words)])
    scene.press("ctrl-x w")
    _ = scene.takeEffects()
    show(scene, picture(scene, isLive: isLive))
    return scene
  }

  private func show(_ scene: Scene, _ picture: WirePicture?, others: [WireOutline] = []) {
    let outlines = others + [picture?.outline].compactMap(\.self)
    scene.act(.instrument(.wire(.shown(outlines, picture))))
  }

  private func check(_ name: String, _ scene: Scene) {
    let difference = Golden.difference(name, scene.frame())
    #expect(difference == nil, "\(difference ?? "")")
  }

  // MARK: Pictures

  @Test("A wide screen has the raw side and the text, in time", arguments: [(160, 50), (100, 20)])
  func wide(columns: Int, rows: Int) {
    let scene = opened(columns, rows)
    scene.press("k k k k k k k")
    check("wire-\(columns)x\(rows)", scene)
  }

  @Test("A narrow screen has events, request and text, one at a time")
  func narrow() {
    let scene = opened(80, 24)
    scene.press("k k k")
    check("wire-events-80x24", scene)
    scene.press("tab")
    check("wire-text-80x24", scene)
    scene.press("tab")
    check("wire-request-80x24", scene)
    scene.press("tab")
    scene.resize(40, 10)
    check("wire-events-40x10", scene)
  }

  @Test("While an answer streams its end is followed, and what is standing says that it is live")
  func live() {
    let scene = opened(80, 24, isLive: true)
    check("wire-live-80x24", scene)
    var more = picture(scene, isLive: true)
    more.events.append(WireEvent(time: .seconds(2), bytes: 20, preview: "data: the newest", textEnd: 10))
    show(scene, more)
    #expect(scene.shows("data: the newest"))
    // Whoever reads farther up is left there.
    scene.press("k k k k")
    let before = scene.rows().first { $0.hasPrefix("▌") }
    more.events.append(WireEvent(time: .seconds(3), bytes: 20, preview: "data: newer still", textEnd: 10))
    show(scene, more)
    #expect(scene.rows().first { $0.hasPrefix("▌") } == before)
    scene.press("f")
    #expect(scene.shows("data: newer still"))
  }

  @Test("Binary frames are told in words, what is left out is said, and nothing from outside acts on the terminal")
  func binary() {
    let scene = opened(80, 24)
    var other = picture(scene)
    other.outline.number = 4
    other.outline.attempt = 2
    other.outline.ending = "The answer of lab.example broke off: the connection was lost."
    other.events = [
      WireEvent(time: .milliseconds(5), bytes: 96, preview: #"contentBlockDelta  {"delta":{"text":"Hi"}}"#, textEnd: 2),
      WireEvent(time: nil, bytes: 0, preview: "1,234,567 bytes left out here", textEnd: 2),
      WireEvent(time: .seconds(61), bytes: 16, preview: "00 ff 10 20 30", textEnd: 2),
      WireEvent(time: .seconds(62), bytes: 30, preview: "data: \u{1B}[2J\u{202E}evil\u{7}", textEnd: 2),
    ]
    other.text = "Hi"
    show(scene, other)
    check("wire-binary-80x24", scene)
  }

  @Test("An answer that was not recorded says so, with what is known and how to record")
  func absent() {
    let scene = opened(80, 24)
    show(scene, nil)
    check("wire-absent-80x24", scene)
    scene.press("q")
    #expect(!scene.shows("Wire"))
  }

  @Test("A long text without line breaks is shown without gaps, wherever one stands", arguments: [0, 1, 500, 4_999])
  func longText(event: Int) {
    let scene = opened(80, 24)
    var long = picture(scene)
    long.outline.number = 9
    let words = (0..<5_000).map { "w\($0) " }
    var end = 0
    long.events = words.map { word in
      end += word.utf8.count
      return WireEvent(time: .seconds(1), bytes: 9, preview: word, textEnd: end)
    }
    long.text = words.joined()
    show(scene, long)
    scene.press("tab")
    guard case .wire(var wire) = scene.state.instrument else { return }
    wire.selected = .event(event)
    scene.state.instrument = .wire(wire)
    let shown = scene.rows()[3..<22].joined(separator: " ").split { $0 == " " || $0 == "▌" }.compactMap {
      Int($0.dropFirst())
    }
    #expect(shown.contains(event) && shown.count > 100)
    #expect(shown == Array(shown[0]...shown[shown.count - 1]))
  }

  // MARK: Keys

  @Test("Enter unfolds an event and folds it again")
  func unfold() {
    let scene = opened(80, 24)
    scene.press("k k")
    scene.press("enter")
    let event = picture(scene).events.count - 2
    #expect(scene.takeEffects() == [.instrument(.wire(.details(event: event, number: 3)))])
    scene.act(
      .instrument(.wire(.details(event: event, number: 3, [WireLine(.body, "{"), WireLine(.body, "  \"a\": 1")]))))
    #expect(scene.shows("▾") && scene.shows("\"a\": 1"))
    scene.press("j enter")
    #expect(!scene.shows("\"a\": 1"))
    #expect(scene.takeEffects().isEmpty)
    // What comes late for another exchange is none of this one.
    scene.act(.instrument(.wire(.details(event: event, number: 2, [WireLine(.body, "late")]))))
    #expect(!scene.shows("late"))
  }

  @Test("Unfolded lines stay with their event, and go when bytes are left out before it")
  func movedEvents() {
    let scene = opened(80, 24, isLive: true)
    func unfolded() -> [Int] {
      guard case .wire(let wire) = scene.state.instrument else { return [] }
      return wire.details.keys.sorted()
    }
    for event in [1, 4, 9] {
      scene.act(.instrument(.wire(.details(event: event, number: 3, [WireLine(.body, "line of \(event)")]))))
    }
    var more = picture(scene, isLive: true)
    more.events.append(WireEvent(time: .seconds(2), bytes: 20, preview: "data: more", textEnd: 10))
    show(scene, more)
    #expect(unfolded() == [1, 4, 9])
    guard case .wire(var wire) = scene.state.instrument else { return }
    wire.selected = .detail(event: 9, line: 0)
    scene.state.instrument = .wire(wire)
    more.events.replaceSubrange(
      5..<7, with: [WireEvent(time: nil, bytes: 0, preview: "500 bytes left out here", textEnd: 10)])
    show(scene, more)
    #expect(unfolded() == [1])
    guard case .wire(let left) = scene.state.instrument else { return }
    #expect(left.selected == .event(9))
    // As long as nothing else is left out what is unfolded stays; then it stands under other numbers.
    scene.act(.instrument(.wire(.details(event: 8, number: 3, [WireLine(.body, "line of 8")]))))
    show(scene, more)
    #expect(unfolded() == [1, 8])
    more.events[5].preview = "700 bytes left out here"
    show(scene, more)
    #expect(unfolded() == [1])
    more.events = Array(more.events.prefix(1))
    show(scene, more)
    #expect(unfolded() == [])
  }

  @Test("Whatever takes the place of the view tells that nobody looks any more")
  func leaving() {
    let close = Effect.instrument(.wire(.close))
    let pasted = opened(80, 24)
    pasted.act(.input(.paste("words")))
    #expect(pasted.state.instrument == nil && pasted.takeEffects().contains(close))
    #expect(pasted.state.composer.text == "words")
    let other = opened(80, 24)
    other.press("ctrl-x n")
    #expect(other.state.instrument == nil && other.takeEffects().contains(close))
    for command in ["stats", "replay", "compare", "race"] {
      let scene = opened(80, 24)
      scene.act(.line("/\(command)"))
      guard scene.state.instrument != nil else { continue }
      if case .wire = scene.state.instrument { continue }
      #expect(scene.takeEffects().contains(close), "\(command)")
    }
  }

  @Test("A paste goes into what is looked for, a line of it")
  func pasteIntoFind() {
    let scene = opened(80, 24)
    scene.press("/")
    scene.type("Con")
    scene.act(.input(.paste("tent\nand more")))
    #expect(scene.shows(" /Content▏"))
    #expect(scene.takeEffects().isEmpty && scene.state.composer.isEmpty)
    scene.press("enter")
    guard case .wire(let wire) = scene.state.instrument else { return }
    #expect(wire.find == WireState.Find(query: "Content", isTyping: false) && wire.selected != .end)
  }

  @Test("c copies exactly what the log gives, s saves, q closes and says so")
  func outlets() {
    let scene = opened(80, 24)
    scene.press("c")
    scene.press("s")
    #expect(
      scene.takeEffects() == [.instrument(.wire(.curl(3))), .instrument(.wire(.save(3, scene.state.shown)))])
    scene.act(.instrument(.wire(.curl("curl 'x\u{1B}'"))))
    #expect(scene.takeEffects() == [.copy("curl 'x\u{1B}'", isExact: true)])
    scene.press("q")
    #expect(scene.takeEffects() == [.instrument(.wire(.close))])
    #expect(scene.state.instrument == nil)
    // What still comes opens nothing.
    show(scene, picture(scene))
    #expect(scene.state.instrument == nil)
    #expect(scene.takeEffects() == [.instrument(.wire(.close))])
  }

  @Test("The brackets go to the exchanges before and after, as far as there are some")
  func others() {
    let scene = opened(80, 24)
    show(scene, picture(scene), others: [outline(scene, number: 1), outline(scene, number: 2)])
    scene.press("[")
    #expect(scene.takeEffects() == [.instrument(.wire(.open(.number(2))))])
    scene.press("]")
    #expect(scene.takeEffects().isEmpty)
    #expect(scene.shows("newest exchange"))
  }

  @Test("Finding goes from row to row and around")
  func find() {
    let scene = opened(80, 24)
    scene.press("/")
    scene.type("Content")
    #expect(scene.shows(" /Content▏"))
    scene.press("enter")
    let first = scene.rows().first { $0.hasPrefix("▌") }
    scene.press("n")
    let second = scene.rows().first { $0.hasPrefix("▌") }
    #expect(first != nil && second != nil && first != second)
    scene.press("N")
    #expect(scene.rows().first { $0.hasPrefix("▌") } == first)
    scene.press("esc")
    #expect(scene.state.instrument != nil)
    scene.press("/")
    scene.type("nowhere")
    scene.press("enter")
    #expect(scene.shows("Nothing here holds"))
  }

  @Test("Long lines move sideways")
  func shift() {
    let scene = opened(80, 24)
    #expect(!scene.shows("sorted()`,\"}}]}"))
    scene.press("right right")
    #expect(scene.shows("sorted()`,\"}}]}"))
    scene.press("left left")
    #expect(scene.shows("data: {\"choices\""))
  }

  @Test("Every row can be stood on, at every size", arguments: [(40, 10), (80, 24), (120, 40), (500, 200)])
  func everyRow(columns: Int, rows: Int) {
    let scene = opened(columns, rows)
    scene.act(.instrument(.wire(.details(event: 2, number: 3, [WireLine(.body, "one"), WireLine(.note, "two")]))))
    let events = picture(scene).events.count
    scene.press("g")
    var marked: Set<String> = []
    for _ in 0..<(events + 20) {
      let row = scene.rows().first { $0.hasPrefix("▌") }
      #expect(row != nil)
      marked.insert(row ?? "")
      scene.press("j")
    }
    #expect(marked.count >= events + 3)
  }

  @Test("Places and rows are each other's inverse")
  func rows() {
    let scene = Scene()
    let picture = picture(scene)
    let details = [0: [WireLine(.body, "a")], 3: [WireLine(.body, "b"), WireLine(.body, "c")]]
    for side in [nil, WireState.Side.request, .events] {
      let rows = WireRows(picture, details: details, side: side)
      for index in 0..<rows.count { #expect(rows.index(of: rows.place(at: index)) == index) }
    }
  }

  // MARK: Which exchange

  @Test("The command asks for the answer on screen, a number, or in browse mode the answer one stands on")
  func subject() throws {
    let scene = Scene()
    scene.open(turns: [("one", "first"), ("two", "second")])
    let answers = scene.state.transcript.messages.filter { $0.role == .assistant }.map(\.id)
    scene.press("ctrl-x w")
    #expect(scene.takeEffects() == [.instrument(.wire(.open(.answer(answers[1]))))])
    scene.press("q esc k k")
    _ = scene.takeEffects()
    scene.press("ctrl-x w")
    #expect(scene.takeEffects() == [.instrument(.wire(.open(.answer(answers[0]))))])
    scene.press("q i")
    scene.type("/wire 2")
    scene.press("enter")
    #expect(scene.takeEffects().contains(.instrument(.wire(.open(.number(2))))))
  }

  @Test("In linear mode the exchange is told in lines")
  func linear() {
    let linear = LinearScene()
    let scene = linear.scene
    scene.open(turns: [("one", "first")])
    _ = linear.told()
    _ = linear.enter("/wire")
    let answer = scene.state.transcript.lastAnswer.map(\.id)
    #expect(scene.effects.last == answer.map { .instrument(.wire(.tell(.answer($0)))) })
    #expect(scene.state.instrument == nil)
    let picture = picture(scene)
    scene.act(.instrument(.wire(.told([picture.outline], picture))))
    #expect(
      linear.told().contains(
        """
        exchange 3 · 200, lab/m-large
        POST https://lab.example/v1/chat/completions
        Content-Type: application/json
        Authorization: •••
        HTTP/1.1 200
        content-type: text/event-stream
        Request body: 51 bytes. Response: 16 events, 1,234 bytes; ended.
        First event +0.412 s, last +1.027 s.
        """))
    scene.act(.instrument(.wire(.told([], nil))))
    #expect(linear.told().contains("Nothing was recorded"))
  }
}
