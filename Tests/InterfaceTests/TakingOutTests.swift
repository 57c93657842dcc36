// Commands that take text out, and what is told of it.

import Conversations
import Diagnostics
import Display
import Interface
import Streaming
import Testing

@Suite struct TakingOutTests {
  private static func scene() -> Scene {
    let scene = Scene()
    scene.open(turns: [("one?", "First."), ("two?", "Second.\n\n```swift\nlet x = 1\n```\n")])
    _ = scene.takeEffects()
    return scene
  }

  private static let second = "Second.\n\n```swift\nlet x = 1\n```\n"

  /// The effects of a slash command that take something out.
  private func effects(_ command: String, _ scene: Scene) -> [Effect] {
    scene.type(command)
    scene.press("enter")
    return scene.takeEffects().filter { effect in
      switch effect {
      case .copy, .writeFile, .openPager, .viewInEditor, .openEditor, .clipboardThroughTerminal: true
      default: false
      }
    }
  }

  @Test(
    "An answer is copied by its number from the end, exactly if that is said",
    arguments: [
      ("/copy", second, false), ("/copy 1", second, false), ("/copy 2", "First.", false), ("/copy exact", second, true),
      ("/copy 2 exact", "First.", true),
    ])
  func copies(command: String, text: String, isExact: Bool) {
    #expect(effects(command, Self.scene()) == [.copy(text, isExact: isExact)])
  }

  @Test(
    "What cannot be copied is told",
    arguments: [
      ("/copy 3", "There are 2 answers here"), ("/copy 0", "There are 2 answers here"),
      ("/copy all", "It is /copy, /copy 2"), ("/copy exact 2", "It is /copy, /copy 2"),
    ])
  func refuses(command: String, words: String) {
    let scene = Self.scene()
    #expect(effects(command, scene) == [])
    #expect(scene.shows(words))
  }

  @Test("The last answer is written to the file that is named; without a name one is proposed")
  func writes() {
    let scene = Self.scene()
    #expect(effects("/write ~/notes/a b.md", scene) == [.writeFile(path: "~/notes/a b.md", text: Self.second)])
    #expect(effects("/write", scene) == [])
    #expect(scene.shows("A file is missing: /write \(scene.state.shown.rawValue)"))
    #expect(effects("/write x.md", Scene()) == [])
  }

  @Test("Pager and editor get the conversation as one text")
  func reads() {
    let scene = Self.scene()
    let id = scene.state.shown.rawValue
    let text =
      "# \(id)\n\n## You\n\none?\n\n## lab/m-large\n\nFirst.\n\n## You\n\ntwo?\n\n## lab/m-large\n\n\(Self.second)"
    #expect(effects("/pager", scene) == [.openPager(text)])
    #expect(effects("/editor", scene) == [.viewInEditor(text, suffix: ".md")])
    let empty = Scene()
    #expect(effects("/pager", empty) == [])
    #expect(empty.shows("There is nothing to read yet"))
  }

  @Test("Files, endings and what is not loaded are named; thinking and tools are left out")
  func conversationText() {
    let scene = Scene()
    let file = Attachment(name: "a.txt", mediaType: "text/plain", bytes: Array(repeating: 65, count: 1_200))
    scene.change(.message(scene.makeMessage(.user, [.text("look\n\n"), .attachment(file)])))
    let why = Explanation(kind: .connection, summary: "Connection lost")
    scene.change(
      .message(
        scene.makeMessage(
          .assistant, [.thinking("hm", signature: nil), .text("part")], status: .incomplete(why))))
    let id = scene.state.shown.rawValue
    #expect(
      ConversationText.text(of: scene.state.transcript)
        == "# \(id)\n\n## You\n\nlook\n\n[file a.txt, text/plain, 1,200 bytes]\n\n## lab/m-large\n\npart\n\n"
        + "[incomplete: Connection lost]\n")
  }

  @Test("What goes through the terminal is handed to the loop, and what was copied is told")
  func told() {
    let scene = Self.scene()
    let copy = TerminalCopy(text: "x", passage: .tmux, report: "Sent")
    scene.act(.clipboardThroughTerminal(copy))
    #expect(scene.takeEffects() == [.clipboardThroughTerminal(copy)])
    scene.act(.copied("Copied 1,234 bytes with wl-copy"))
    #expect(scene.shows("Copied 1,234 bytes with wl-copy"))
  }

  @Test(
    "Exact figures have their thousands parted",
    arguments: [
      (0, "0 bytes"), (1, "1 byte"), (999, "999 bytes"), (1_000, "1,000 bytes"), (1_234_567, "1,234,567 bytes"),
    ])
  func figures(value: Int, text: String) {
    #expect(Figures.exactBytes(value) == text)
  }
}
