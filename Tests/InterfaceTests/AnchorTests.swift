import Conversations
import Display
import Streaming
import TestSupport
import Testing

@testable import Interface

@Suite("Places of rows") struct AnchorTests {
  private static let texts =
    Answers.all.map(\.text) + [
      "<details>\n" + (1...60).map { "line \($0) of raw text" }.joined(separator: "\n") + "\n</details>",
      "See [a](https://example.org/\(String(repeating: "long/", count: 80))) and more of it.",
      "A formula $\(String(repeating: "x + ", count: 100))x$ that takes rows.",
      "$$\n\\begin{aligned}\na &= b \\\\\nc &= d\n\\end{aligned}\n$$",
      "    indented code\n    of two lines\n\nend", "```\n```", "```swift\nlet open = 1", "- \n-\n\n1.\n",
      "| x |\n|-|\n| y |\nx\n\nend",
      "---\n\n---", "> ", "![](https://example.org/x.png)", "*e*\u{301} and **a**\u{308}",
    ]

  @Test("Every row is found again at its place, at any width", arguments: texts)
  func roundTrip(text: String) {
    for columns in [20, 40, 80, 200] {
      for status in [MessageStatus.complete(.stop), .streaming] {
        let scene = Scene(columns: columns, rows: 40)
        scene.change(
          .message(
            scene.makeMessage(
              .assistant, [.thinking("one\ntwo", signature: nil), .text(text)], status: status)))
        let message = scene.state.transcript.messages[0]
        let found = scene.cache.with(message, in: scene.state.transcript, scene.state.layoutFacts) {
          Self.misses(in: &$0, message)
        }
        #expect(found == [], "\(columns) columns, \(status)")
      }
    }
  }

  /// Rows whose place leads elsewhere.
  private static func misses(in layout: inout MessageLayout, _ message: TranscriptMessage) -> [String] {
    var misses: [String] = []
    var stretch: MessageLayout.Stretch? = layout.firstStretch
    while let here = stretch {
      for row in 0..<layout.height(of: here, in: message) {
        let place = layout.place(at: here, row: row, in: message)
        let found = layout.locate(place, in: message)
        // The live end of thinking stands for its label.
        if case .tail = layout.segments[here.segment] { continue }
        if found.stretch != here || found.row != row {
          misses.append("\(layout.segments[here.segment]) \(here) row \(row) \(place) is found as \(found)")
        }
      }
      stretch = layout.stretch(after: here)
    }
    return misses
  }

  @Test("What leaves a paragraph again leaves nothing behind")
  func shrinking() {
    let text =
      "`" + String(repeating: "*x* ", count: 1000) + "\ny | " + String(repeating: "z ", count: 150) + "\n--- | ---\n"
    let scene = Scene(columns: 60, rows: 100)
    let answer = scene.beginAnswer()
    var shown = ""
    for piece in text.split(separator: "z ", omittingEmptySubsequences: false) {
      shown += piece + "z "
      scene.change(.part(answer, index: 0, .text(shown)))
      _ = scene.frame()
    }
    scene.change(.part(answer, index: 0, .text(text)))
    let rows = scene.rows()
    scene.cache = LayoutCache()
    #expect(scene.rows() == rows)
  }

  @Test("A column grows with the widest of all its cells")
  func longTable() {
    let rows = (1...120).map { "| \($0) | \($0 == 100 ? "a much longer value here" : "x") |" }.joined(separator: "\n")
    let scene = Scene(columns: 80, rows: 40)
    let answer = scene.beginAnswer()
    var shown = "| id | value |\n|---|---|\n"
    for row in rows.split(separator: "\n") {
      shown += row + "\n"
      scene.change(.part(answer, index: 0, .text(shown)))
      _ = scene.frame()
    }
    #expect(scene.shows("100 │ a much longer value here"))
    let now = scene.rows()
    scene.cache = LayoutCache()
    #expect(scene.rows() == now)
  }

  @Test("A table that claims ten thousand columns is drawn")
  func wideTable() {
    let header = String(repeating: "|a", count: 10_000) + "\n" + String(repeating: "|-", count: 10_000) + "\n"
    let scene = Scene(columns: 80, rows: 24)
    scene.open(turns: [("q", header + String(repeating: "x\n", count: 10_000) + "\nend")])
    #expect(scene.shows("end"))
    scene.press("pageup")
    #expect(scene.shows("a: x"))
  }
}
