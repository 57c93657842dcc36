// What waits above the composer: prompts for the end of the answer in progress, files for the next prompt.

import Conversations
import Display

/// Draws the queue.
enum QueueView {
  static func draw(_ state: AppState, in area: Rect, on surface: inout Surface, glyphs: inout GlyphTable) {
    guard !area.isEmpty else { return }
    let queue = state.transcript.queue
    let files = state.files[state.shown] ?? []
    let count = queue.count + files.count
    for index in 0..<min(count, area.rows) {
      var row = RowBuilder(columns: area.columns)
      if index == area.rows - 1, count > area.rows {
        row.add("  and \(count - index) more", role: .queued)
      } else if index < queue.count {
        row.add("  queued ", role: .queued)
        row.addOutside(queue[index].text, role: .queued, glyphs: &glyphs)
        add(queue[index].attachments.count, to: &row)
      } else {
        let file = files[index - queue.count]
        row.add("  file ", role: .queued)
        row.addOutside(file.name, role: .queued, glyphs: &glyphs, atMost: area.columns / 2)
        row.add(" · ", role: .queued)
        row.addOutside(file.mediaType, role: .queued, glyphs: &glyphs)
        row.add(" · \(Figures.bytes(file.bytes.count))", role: .queued)
      }
      surface.draw(row.cells, at: Point(x: area.minX, y: area.minY + index), in: area)
    }
  }

  private static func add(_ count: Int, to row: inout RowBuilder) {
    if count > 0 { row.add(count == 1 ? " (and a file)" : " (and \(count) files)", role: .queued) }
  }
}
