// A notice that is longer than the status bar has room for: whole, over the last rows of the pane, while it lasts. What
// helps usually stands at its end.

import Display

/// Draws long notices.
enum NoticeView {
  private static let maximumRows = 6

  /// Whether the notice needs more than its place in the status bar.
  static func isNeeded(_ state: AppState, columns: Int) -> Bool {
    guard let notice = state.notice?.notice, state.pendingKeys.isEmpty else { return false }
    return notice.text.unicodeScalars.count + 2 > columns
  }

  static func draw(_ state: AppState, _ layout: ScreenLayout, on surface: inout Surface, glyphs: inout GlyphTable) {
    guard let notice = state.notice?.notice, isNeeded(state, columns: StatusBarView.noticeRoom(state, layout.status)),
      layout.pane.rows >= 2
    else { return }
    let role: ThemeRole =
      switch notice.weight {
      case .info: .notice
      case .success: .success
      case .warning: .warning
      case .error: .statusError
      }
    let columns = layout.pane.columns
    var rows: [[Cell]] = []
    let bytes = Array(notice.text.utf8.prefix(8_192))
    bytes.withUnsafeBufferPointer { buffer in
      var wrapped: [TextRow] = []
      LineWrapper.wrap(bytes: buffer, range: 0..<buffer.count, columns: columns - 2, mode: .words, into: &wrapped)
      for row in wrapped.prefix(min(maximumRows, layout.pane.rows - 1)) {
        var cells: [Cell] = [Cell(" ", role: role)]
        Sanitizer.appendCells(
          of: buffer, range: row.start..<row.end, role: role, attributes: [], glyphs: &glyphs, into: &cells)
        rows.append(cells)
      }
    }
    let top = layout.pane.maxY - rows.count
    for (index, row) in rows.enumerated() {
      let line = Rect(x: layout.pane.minX, y: top + index, columns: columns, rows: 1)
      surface.fill(line, with: .blank(role))
      surface.draw(row, at: Point(x: line.minX, y: line.minY), in: line)
    }
  }
}
