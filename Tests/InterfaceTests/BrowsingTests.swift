import Conversations
import Display
import Interface
import Streaming
import Testing

@Suite("Browse mode") struct BrowsingTests {
  private static let story = (1...60).map { "Line \($0) of the answer." }.joined(separator: "\n")

  private func scene() -> Scene {
    let scene = Scene()
    scene.change(.message(scene.makeMessage(.user, [.text("first prompt")])))
    scene.change(
      .message(
        scene.makeMessage(
          .assistant, [.thinking("secret thoughts", signature: nil), .text("first answer with `code`")])))
    scene.change(.message(scene.makeMessage(.user, [.text("second prompt")])))
    scene.change(.message(scene.makeMessage(.assistant, [.text(Self.story)])))
    _ = scene.takeEffects()
    return scene
  }

  /// The rows that have the mark of browse mode.
  private func marked(_ scene: Scene) -> [String] {
    let frame = scene.frame()
    return scene.rows().enumerated().filter { y, _ in frame.surface[Point(x: 0, y: y)].role == .browseMark }
      .map(\.element)
  }

  @Test("Esc on an empty composer begins to browse, and again ends it")
  func escape() {
    let scene = scene()
    scene.press("esc")
    #expect(scene.shows("Esc writes"))
    #expect(!marked(scene).isEmpty)
    scene.wait(.seconds(1))
    scene.press("esc")
    #expect(!scene.shows("Esc writes"))
    #expect(marked(scene).isEmpty)
  }

  @Test("Letters move and act instead of writing")
  func letters() {
    let scene = scene()
    scene.press("tab k k")
    #expect(scene.state.composers[scene.state.shown]?.isEmpty ?? true)
    scene.press("i")
    scene.type("k")
    #expect(scene.state.composer.text == "k")
  }

  @Test("A long answer is read through before the step to the one above")
  func readsThrough() {
    let scene = scene()
    scene.press("tab")
    var seen: Set<String> = []
    for _ in 0..<12 {
      seen.formUnion(scene.rows().filter { $0.contains("Line ") })
      scene.press("k")
    }
    #expect(seen.count >= 60)
    #expect(scene.shows("first prompt"))
  }

  @Test("Space folds and unfolds what the mark stands on")
  func folds() {
    let scene = scene()
    scene.press("tab g")
    #expect(!scene.shows("secret thoughts"))
    scene.press("j j space")
    #expect(scene.shows("secret thoughts"))
    scene.press("space")
    #expect(!scene.shows("secret thoughts"))
  }

  @Test("y copies the marked message as it was written")
  func copies() {
    let scene = scene()
    scene.press("tab g j y")
    #expect(scene.takeEffects().contains(.copy("first answer with `code`", isExact: false)))
  }

  @Test("e takes a prompt back into the composer, to be sent in its place")
  func edits() {
    let scene = scene()
    scene.press("tab g e")
    #expect(scene.state.composer.text == "first prompt")
    _ = scene.takeEffects()
    scene.type("!")
    scene.press("enter")
    let first = scene.state.transcript.messages[0].id
    #expect(scene.takeEffects().contains(.editAndResend(scene.state.shown, first, "first prompt!")))
  }

  @Test("d ends the path before a message, and /undo brings the rest back")
  func deletes() {
    let scene = scene()
    scene.press("tab g j j j d")
    let messages = scene.state.transcript.messages
    #expect(scene.takeEffects().contains(.setLeaf(scene.state.shown, messages[1].id)))
    scene.press("i")
    scene.type("/undo")
    scene.press("enter")
    #expect(scene.takeEffects().contains(.setLeaf(scene.state.shown, messages[3].id)))
  }

  @Test("What was taken off in several steps comes back in as many")
  func undoesSteps() {
    let scene = scene()
    for _ in 0..<2 { scene.press("tab G d i") }
    _ = scene.takeEffects()
    for _ in 0..<2 {
      scene.type("/undo")
      scene.press("enter")
    }
    let back = scene.takeEffects().filter { if case .setLeaf = $0 { true } else { false } }
    #expect(back.count == 2)
    scene.type("/undo")
    scene.press("enter")
    #expect(scene.shows("Nothing was deleted"))
  }

  @Test("A message longer than the screen has its label in the first row")
  func longMessage() {
    let scene = scene()
    scene.press("ctrl-x c a")
    #expect(scene.takeEffects().contains(.copy(Self.story, isExact: false)))
  }

  @Test("Esc twice asks which prompt to go back to")
  func rewinds() {
    let scene = scene()
    scene.press("esc esc")
    guard case .picker = scene.state.overlay else {
      Issue.record("no picker")
      return
    }
    #expect(scene.shows("second prompt"))
  }

  @Test("What is not wrapped is moved sideways")
  func shifts() {
    let scene = Scene(columns: 40, rows: 24)
    scene.open(turns: [("q", "```\nSTART\(String(repeating: "-", count: 60))END\n```")])
    #expect(scene.shows("START") && scene.shows("END"))
    scene.press("tab w")
    #expect(scene.shows("START") && !scene.shows("END"))
    #expect(scene.shows("›"))
    for _ in 0..<5 { scene.press(">") }
    #expect(scene.shows("END") && !scene.shows("START"))
    #expect(scene.shows("‹"))
    scene.press("w")
    #expect(scene.shows("START") && scene.shows("END"))
  }

  @Test("A letter copies what it labels, and the next key does more with it")
  func hints() {
    let scene = Scene(columns: 80, rows: 30)
    scene.open(turns: [
      (
        "q",
        "See [docs](https://example.org/d).\n\n```swift\nlet a = 1\nlet b = 2\n```\n\n| x | y |\n|---|---|\n| 1 | 2 |"
      )
    ])
    _ = scene.takeEffects()
    scene.press("ctrl-x c")
    // The prompt, the answer, the link, the code, the table.
    let frame = scene.frame()
    let labels = frame.surface.cells.filter { $0.role == .hint && $0.glyph != 0x20 }.map {
      frame.glyphs.text(of: $0.glyph)
    }
    #expect(labels == ["a", "s", "d", "f", "g"])
    scene.press("f")
    #expect(scene.takeEffects() == [.copy("let a = 1\nlet b = 2", isExact: false)])
    scene.press("w")
    guard case .writeFile(let path, let text)? = scene.takeEffects().first else {
      Issue.record("nothing written")
      return
    }
    #expect(path.hasSuffix(".swift") && text == "let a = 1\nlet b = 2")
    scene.press("ctrl-x c")
    scene.press("d")
    #expect(scene.takeEffects() == [.copy("https://example.org/d", isExact: false)])
    scene.press("o")
    #expect(scene.takeEffects() == [.openLink("https://example.org/d")])
    scene.press("ctrl-x c")
    scene.press("g")
    scene.press("q")
    #expect(scene.state.composer.text == "> | x | y |\n> |---|---|\n> | 1 | 2 |\n\n")
  }
}

@Suite("Leaving browse mode") struct LeavingBrowseModeTests {
  @Test("A prompt that was picked by Esc Esc can be written at once")
  func rewind() {
    let scene = Scene()
    scene.open(turns: [("first", "one"), ("second", "two")])
    scene.press("esc esc enter")
    scene.type("d!")
    #expect(scene.state.composer.text.hasSuffix("d!"))
    #expect(!scene.shows("Esc writes"))
  }

  @Test("Browse mode over a draft leaves it alone and ends with Esc")
  func draft() {
    let scene = Scene()
    scene.open(turns: [("first", "one")])
    scene.type("abc")
    scene.press("ctrl-x v backspace")
    #expect(scene.state.composer.text == "abc")
    scene.press("esc")
    scene.type("d")
    #expect(scene.state.composer.text == "abcd")
  }

  @Test("Another conversation begins without marks, labels and searches of the one before")
  func switching() {
    let scene = Scene()
    scene.open(turns: [("first", "one")])
    scene.press("tab /")
    scene.type("one")
    scene.press("enter ctrl-x n")
    scene.type("n")
    #expect(scene.state.composer.text == "n")
    #expect(!scene.shows("/one"))
  }

  @Test("After a label was used, other keys mean what they always do")
  func hints() {
    let scene = Scene()
    scene.open(turns: [("first", "one")])
    scene.press("ctrl-x c")
    scene.press("a")
    scene.type("hello")
    #expect(scene.state.composer.text == "hello")
  }
}

@Suite("Finding in a conversation") struct FindingTests {
  private func scene() -> Scene {
    let scene = Scene()
    scene.open(turns: [
      ("where is the Needle", (1...50).map { "Line \($0)" }.joined(separator: "\n\n")),
      ("next", "A **nee**dle in markup, and\n\n```\ncode with needle\n```\n\nend"),
    ])
    _ = scene.takeEffects()
    return scene
  }

  /// The text of cells in a role, row by row.
  private func cells(_ role: ThemeRole, _ scene: Scene) -> [String] {
    let frame = scene.frame()
    return (0..<frame.surface.size.rows).compactMap { y in
      var text = ""
      for x in 0..<frame.surface.size.columns where frame.surface[Point(x: x, y: y)].role == role {
        text += frame.glyphs.text(of: frame.surface[Point(x: x, y: y)].glyph)
      }
      return text.isEmpty ? nil : text
    }
  }

  @Test("Matches are marked as the text is typed, also across markup")
  func marks() {
    let scene = scene()
    scene.press("tab")
    scene.press("/")
    scene.type("needle")
    #expect(cells(.currentMatch, scene) + cells(.match, scene) == ["needle", "needle"])
    #expect(scene.shows("/needle"))
  }

  @Test("n and N walk, a text in small letters fits any case, and the pane moves only where it must")
  func walks() {
    let scene = scene()
    scene.press("tab /")
    scene.type("needle")
    scene.press("enter n")
    #expect(cells(.currentMatch, scene) == ["needle"])
    #expect(scene.shows("code with needle"))
    scene.press("N N")
    #expect(cells(.currentMatch, scene) == ["Needle"])
    #expect(scene.shows("where is the"))
  }

  @Test("What is not held is looked for by the archive")
  func beyond() {
    let scene = scene()
    scene.press("tab /")
    scene.type("absent")
    scene.press("enter")
    guard case .find(let id, let query, _, let backward)? = scene.takeEffects().last else {
      Issue.record("nothing asked")
      return
    }
    #expect(id == scene.state.shown && query.text == "absent" && !backward)
    scene.act(.found(FindResult(conversation: id, query: query)))
    #expect(scene.shows("Not found: absent"))
  }

  @Test("A match in something folded unfolds it")
  func unfolds() {
    let scene = Scene()
    scene.change(
      .message(scene.makeMessage(.assistant, [.thinking("deep thought", signature: nil), .text("shallow")])))
    scene.press("tab /")
    scene.type("deep")
    scene.press("enter")
    #expect(cells(.currentMatch, scene) == ["deep"])
  }

  @Test("Esc while typing goes back to where the reader was")
  func cancels() {
    let scene = scene()
    let before = scene.state.transcript.anchor
    scene.press("tab /")
    scene.type("Line 7")
    #expect(scene.state.transcript.anchor != before)
    scene.press("esc")
    #expect(scene.state.transcript.anchor == before)
  }
}

@Suite("Selecting with the mouse") struct SelectingTests {
  private func mouse(_ kind: MouseEvent.Kind, _ x: Int, _ y: Int) -> Action {
    .input(.mouse(MouseEvent(kind: kind, position: Point(x: x, y: y))))
  }

  /// Where a text stands on the screen.
  private func place(_ text: String, _ scene: Scene) -> Point {
    for (y, row) in scene.rows().enumerated() {
      if let found = row.firstRange(of: text) {
        return Point(x: row.distance(from: row.startIndex, to: found.lowerBound), y: y)
      }
    }
    return Point(x: 0, y: 0)
  }

  @Test("Dragging marks, y copies the text without wraps, borders and indentation")
  func drags() {
    let scene = Scene(columns: 40, rows: 30)
    scene.open(turns: [
      (
        "q",
        "A first paragraph that is long enough to take several rows.\n\n- item one\n- item two\n\n```\nlet x = 1\n```"
      )
    ])
    _ = scene.takeEffects()
    let start = place("first", scene)
    let end = place("x = 1", scene)
    scene.act(mouse(.press(button: 1), start.x, start.y))
    scene.act(mouse(.drag, end.x, end.y))
    scene.act(mouse(.release, end.x, end.y))
    #expect(scene.shows("y copies"))
    scene.press("y")
    #expect(
      scene.takeEffects() == [
        .copy(
          "first paragraph that is long enough to take several rows.\n\n- item one\n- item two\n\nlet x", isExact: false
        )
      ])
  }

  @Test("A formula is copied as it was written")
  func formulas() {
    let scene = Scene()
    scene.open(turns: [("q", "The root $x^2$ of it.\n\n$$\n\\frac{a}{b}\n$$\n\nend")])
    _ = scene.takeEffects()
    let start = place("The root x²", scene)
    let end = place("end", scene)
    scene.act(mouse(.press(button: 1), start.x, start.y))
    scene.act(mouse(.drag, end.x, end.y))
    scene.press("y")
    #expect(
      scene.takeEffects() == [
        .copy("The root $x^2$ of it.\n\n$$\n\\frac{a}{b}\n$$\n\ne", isExact: false)
      ])
  }

  @Test("A click marks nothing, and any other key lets go")
  func clicks() {
    let scene = Scene()
    scene.open(turns: [("q", "Some words here")])
    let place = place("words", scene)
    scene.act(mouse(.press(button: 1), place.x, place.y))
    scene.act(mouse(.release, place.x, place.y))
    scene.type("y")
    #expect(scene.state.composer.text == "y")
  }

  @Test("A click in the composer places the caret")
  func caret() {
    let scene = Scene()
    scene.type("hello world")
    let place = place("world", scene)
    scene.act(mouse(.press(button: 1), place.x, place.y))
    scene.act(mouse(.release, place.x, place.y))
    scene.type("big ")
    #expect(scene.state.composer.text == "hello big world")
  }

  @Test("A click on a folded part unfolds it")
  func unfolds() {
    let scene = Scene()
    scene.change(.message(scene.makeMessage(.assistant, [.thinking("deep thought", signature: nil), .text("so")])))
    let place = place("thought", scene)
    scene.act(mouse(.press(button: 1), place.x, place.y))
    scene.act(mouse(.release, place.x, place.y))
    #expect(scene.shows("deep thought"))
  }
}
