// What stands in the composer's place while keys read instead of writing: the text that is looked for, or the keys that
// matter most here.

import Display

/// Draws the bar of browse mode.
enum BrowseBarView {
  /// Draws into the composer's area.
  /// - Returns: where the hardware cursor belongs while a text is typed.
  static func draw(_ state: AppState, in area: Rect, on surface: inout Surface, glyphs: inout GlyphTable) -> Point? {
    guard !area.isEmpty else { return nil }
    surface.fill(area, with: .blank(.composer))
    let origin = Point(x: area.minX, y: area.maxY - 1)
    var row = RowBuilder(columns: area.columns)
    if let find = state.find {
      row.add("/", role: .composerPrompt)
      // The end is what is being typed, so a long text loses its beginning.
      var text = Sanitizer.line(find.text, role: .composer, glyphs: &glyphs)
      let room = max(0, area.columns - 2)
      if text.count > room { text.removeFirst(text.count - room) }
      if text.first?.width == 0 { text[0] = .blank(.composer) }
      row.add(text)
      let end = row.cells.count
      if find.isTyping {
        if !find.text.isEmpty, find.current == nil {
          row.add("  not on screen; Enter looks further", role: .composerHint)
        }
      } else {
        row.add(find.current == nil ? "  not found" : "  n next · N previous", role: .composerHint)
        row.add(" · Esc ends", role: .composerHint)
      }
      surface.draw(row.cells, at: origin, in: area)
      return find.isTyping ? Point(x: min(area.maxX - 1, area.minX + end), y: origin.y) : nil
    }
    row.add("browse ", role: .composerPrompt)
    for hint in hints(state) {
      guard row.remaining >= hint.unicodeScalars.count + 3 else { break }
      row.add(row.cells.count > 7 ? " · " : " ", role: .composerHint)
      row.add(hint, role: .composerHint)
    }
    surface.draw(row.cells, at: origin, in: area)
    return nil
  }

  /// Keys that the configuration gave, the most wanted first.
  private static func hints(_ state: AppState) -> [String] {
    let wanted: [(CommandID, String)] = [
      ("browse.next", "down"), ("browse.previous", "up"), ("browse.fold", "fold"), ("browse.copy", "copy"),
      ("browse.hints", "labels"), ("browse.find", "find"), ("browse.help", "keys"),
    ]
    let hints = wanted.compactMap { id, word in
      state.options.keymap.keys(for: id).map { "\(Keymap.text(of: $0)) \(word)" }
    }
    return [state.isStreaming(state.shown) ? "Esc stops" : "Esc writes"] + hints
  }
}
