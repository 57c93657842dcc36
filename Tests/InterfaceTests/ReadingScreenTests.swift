import Conversations
import Diagnostics
import Display
import Interface
import Platform
import Streaming
import TestSupport
import Testing

@testable import Configuration

@Suite("Answers on the screen") struct ReadingScreenTests {
  private static let cases = Answers.all.flatMap { answer in
    [40, 80, 200].map { (answer.name, answer.text, $0) }
  }

  private func scene(_ text: String, columns: Int, rows: Int) -> Scene {
    let scene = Scene(columns: columns, rows: rows)
    scene.change(.message(scene.makeMessage(.user, [.text("Show me")])))
    scene.change(.message(scene.makeMessage(.assistant, [.text(text)])))
    return scene
  }

  @Test("An answer looks as it was looked at", arguments: cases)
  func golden(name: String, text: String, columns: Int) {
    let scene = scene(text, columns: columns, rows: name == "code" ? 48 : 90)
    // As on the terminals that leave order to the program; elsewhere rows stay as they are stored.
    scene.state.options.ordersText = true
    let difference = Golden.difference("reading-\(name)-\(columns)", scene.frame())
    #expect(difference == nil, "\(difference ?? "")")
  }

  @Test(
    "In every kind of theme the same cells have their own looks", arguments: Answers.all.map(\.name),
    ["dark", "light", "mono"])
  func themes(name: String, theme: String) throws {
    let text = try #require(Answers.all.first { $0.name == name }?.text)
    let scene = scene(text, columns: 80, rows: 60)
    scene.state.options.ordersText = true
    let bytes = try LocalFiles.read("\(CheckoutFolder.root)/themes/\(theme).toml", atMost: 1 << 20)
    scene.state.theme = ThemeFile.read(bytes, file: theme, fallback: DefaultTheme.dark).theme
    let difference = Golden.difference("reading-styles-\(name)-\(theme)", text: styles(of: scene.frame()))
    #expect(difference == nil, "\(difference ?? "")")
  }

  /// The rows of a frame, each with the styles its text has: `columns style`.
  private func styles(of frame: Frame) -> String {
    var lines: [String] = []
    for y in 0..<frame.surface.size.rows {
      var text = ""
      var runs: [(start: Int, style: String)] = []
      for x in 0..<frame.surface.size.columns {
        let cell = frame.surface[Point(x: x, y: y)]
        if cell.width > 0 { text += frame.glyphs.text(of: cell.glyph) }
        var style = frame.theme[cell.role]
        style.attributes.formUnion(cell.attributes)
        let written = "\(style.foreground) on \(style.background) \(style.attributes.rawValue)"
        if runs.last?.style != written { runs.append((x, written)) }
      }
      while text.last == " " { text.removeLast() }
      lines.append("|\(text)")
      if !text.isEmpty { lines.append("  " + runs.map { "\($0.start): \($0.style)" }.joined(separator: "; ")) }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  @Test("At every moment a growing answer looks as if it had come in one piece", arguments: Answers.all.map(\.name))
  func growth(name: String) throws {
    let text = try #require(Answers.all.first { $0.name == name }?.text.prefix(2_600))
    let bytes = Array(text.utf8)
    for (columns, seed) in [(40, 1), (80, 2), (120, 3)] {
      var generator = SeededGenerator(seed: UInt64(seed))
      let growing = Scene(columns: columns, rows: 40)
      let answer = growing.beginAnswer()
      var shown = ""
      for piece in generator.pieces(of: bytes, averaging: 40) {
        shown = String(decoding: Array(shown.utf8) + piece, as: UTF8.self)
        guard shown.utf8.count > 0 else { continue }
        growing.change(.part(answer, index: 0, .text(shown)))
        let now = growing.rows()
        growing.cache = LayoutCache()
        #expect(growing.rows() == now, "\(columns) columns, \(shown.utf8.count) bytes")
      }
      growing.change(.ended(answer, status: .complete(.stop), usage: nil, metrics: StreamMetrics()))
      let ended = growing.rows()
      growing.cache = LayoutCache()
      #expect(growing.rows() == ended)
    }
  }

  @Test("Only what is unfinished changes its shape while an answer grows")
  func settles() {
    let scene = Scene(columns: 60, rows: 30)
    let answer = scene.beginAnswer()
    var text = ""
    var before: [String] = []
    for character
      in "Some **bold words** and `code` here.\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\nA [link](https://example.org) ends."
    {
      text.append(character)
      scene.change(.part(answer, index: 0, .text(text)))
      let rows = scene.rows().map { $0.replacing("▌", with: "") }
      // No raw markup is to be seen at any moment.
      for row in rows {
        #expect(!row.contains("**") && !row.contains("`") && !row.contains("](") && !row.contains("|--"), "\(text)")
      }
      before = rows
    }
    #expect(before.contains { $0.contains("A link (https://example.org) ends.") })
  }
}
