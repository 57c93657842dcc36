// What a pasted megabyte costs. Printed, not asserted: the machine decides.

import Display
import Testing

@testable import Interface

@Suite("Composer cost", .serialized)
struct ComposerCostTests {
  @Test(
    "A pasted megabyte is kept, and keys, undo and drawing work in it",
    arguments: [
      ("lines", "The quick brown fox jumps over the lazy dog, again and again and again.\n"), ("one line", "word "),
      ("no spaces", "0123456789"), ("ideographs", "日本語の文章"), ("line feeds", "\n"),
    ])
  func megabyte(_ name: String, _ piece: String) {
    let text = String(repeating: piece, count: (1 << 20) / piece.utf8.count)
    var state = ComposerState()
    let clock = ContinuousClock()
    let paste = clock.measure { _ = state.paste(text) }
    let first = clock.measure { _ = state.handle(KeyChord(.character("x")), width: 200, rows: 16) }
    state.press("Up Up Up Up", width: 200, rows: 16)
    let keys = clock.measure {
      for _ in 0..<50 { _ = state.handle(KeyChord(.character("x")), width: 200, rows: 16) }
    }
    let arrows = clock.measure {
      for _ in 0..<50 { _ = state.handle(KeyChord(.left), width: 200, rows: 16) }
    }
    let drawing = clock.measure {
      for _ in 0..<10 {
        let height = ComposerView.height(of: state, width: 200, maximum: 16)
        var surface = Surface(size: Size(columns: 200, rows: height))
        var glyphs = GlyphTable()
        _ = ComposerView.draw(state, in: Rect(surface.size), on: &surface, glyphs: &glyphs, isFocused: true)
      }
    }
    print(
      "1 MiB of \(name): paste \(paste), first key \(first), key \(keys / 50), left \(arrows / 50), frame \(drawing / 10)"
    )
    #expect(state.buffer.byteCount == text.utf8.count + 51)
    while state.press("C-_", width: 200) == .edited {}
    #expect(state.isEmpty)
  }
}
