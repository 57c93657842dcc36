// Draws the message pane: only the rows on screen are looked at.

import Conversations
import Display

/// Draws the message pane.
enum TranscriptView {
  static func draw(_ state: AppState, in area: Rect, on surface: inout Surface, cache: inout LayoutCache) {
    guard !area.isEmpty else { return }
    let transcript = state.transcript
    guard !transcript.messages.isEmpty else { return WelcomeView.draw(state, in: area, on: &surface) }
    let facts = state.layoutFacts
    let top = state.topPosition(&cache)
    var y = area.minY
    var position = top
    for index in transcript.messages.indices[top.message...] {
      guard y < area.maxY else { break }
      let message = transcript.messages[index]
      cache.draw(message, in: transcript, facts) { layout, glyphs, scratch in
        let pane = MessagePane(state: state, message: message, area: area)
        let isCut = index == top.message && position.stretch.segment > 0
        var stretch: MessageLayout.Stretch? = position.stretch
        while let here = stretch, y < area.maxY {
          let end = pane.draw(here, from: position.row, y: y, &layout, on: &surface, &glyphs, &scratch)
          pane.drawBrowseMark(layout.segments[here.segment], rows: y..<max(y, min(end, area.maxY)), on: &surface)
          y = end
          position.row = 0
          stretch = layout.stretch(after: here)
        }
        if isCut { pane.drawHintOfCutMessage(on: &surface) }
      }
      position = PanePosition.start
    }
    if let words = state.unseenWords(&cache) { drawUnseen(words, in: area, on: &surface) }
  }

  private static func drawUnseen(_ words: String, in area: Rect, on surface: inout Surface) {
    var row = RowBuilder(columns: area.columns)
    row.add(" \(words) · End ", role: .notice)
    let x = area.minX + max(0, (area.columns - row.cells.count) / 2)
    surface.fill(Rect(x: area.minX, y: area.maxY - 1, columns: area.columns, rows: 1), with: Cell("─", role: .rule))
    surface.draw(row.cells, at: Point(x: x, y: area.maxY - 1), in: area)
  }
}
