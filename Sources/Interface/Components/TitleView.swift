// The first line: which conversation, its title, with whom it talks, and whether others have something new.

import Conversations
import Display
import Streaming

/// Draws the title line.
enum TitleView {
  static func draw(_ state: AppState, in area: Rect, on surface: inout Surface, glyphs: inout GlyphTable) {
    guard !area.isEmpty else { return }
    surface.fill(area, with: .blank(.title))
    let right = rightSide(state, columns: area.columns, glyphs: &glyphs)
    var left = RowBuilder(columns: max(0, area.columns - right.count - 1))
    left.add(" \(state.shown.rawValue)", role: .title, attributes: .bold)
    let title = state.transcript.title
    if !title.isEmpty, left.remaining > 6 {
      left.add(" · ", role: .title)
      left.addOutside(title, role: .title, glyphs: &glyphs)
    }
    surface.draw(left.cells, at: Point(x: area.minX, y: area.minY), in: area)
    surface.draw(right, at: Point(x: area.maxX - right.count, y: area.minY), in: area)
  }

  private static func rightSide(_ state: AppState, columns: Int, glyphs: inout GlyphTable) -> [Cell] {
    let unread = state.list.summaries.values.reduce(0) { $0 + ($1.isUnread && $1.id != state.shown ? 1 : 0) }
    let live = state.runs.values.reduce(0) { $0 + ($1.isLive && $1.conversation != state.shown ? 1 : 0) }
    var row = RowBuilder(columns: columns * 2 / 3)
    if live > 0 { row.add("▶\(live) ", role: .titleMark) }
    if unread > 0 { row.add("●\(unread) ", role: .titleMark) }
    let profile = state.transcript.profile
    let isWide = columns >= 60
    if columns >= 30 {
      row.addOutside(
        isWide || profile.model.model.isEmpty ? profile.model.label : profile.model.model, role: .title, glyphs: &glyphs
      )
      row.add(profile.isStreaming ? " " : " whole ", role: .title)
    }
    return row.cells
  }
}
