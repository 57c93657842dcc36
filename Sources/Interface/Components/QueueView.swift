// Prompts that wait for the answer in progress, above the composer.

import Conversations
import Display

/// Draws the queue.
enum QueueView {
  static func draw(_ state: AppState, in area: Rect, on surface: inout Surface, glyphs: inout GlyphTable) {
    guard !area.isEmpty else { return }
    let queue = state.transcript.queue
    for (index, prompt) in queue.prefix(area.rows).enumerated() {
      var row = RowBuilder(columns: area.columns)
      let isMore = index == area.rows - 1 && queue.count > area.rows
      if isMore {
        row.add("  and \(queue.count - index) more queued", role: .queued)
      } else {
        row.add("  queued ", role: .queued)
        row.addOutside(prompt.text, role: .queued, glyphs: &glyphs)
      }
      surface.draw(row.cells, at: Point(x: area.minX, y: area.minY + index), in: area)
    }
  }
}
