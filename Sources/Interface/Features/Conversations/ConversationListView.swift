// The conversation list at the left: one line each, the shown one marked.

import Conversations
import Display

/// Draws the list of conversations.
enum ConversationListView {
  static func draw(_ state: AppState, in area: Rect, on surface: inout Surface, glyphs: inout GlyphTable) {
    let inside = area.inset(right: 1)
    surface.fill(Rect(x: area.maxX - 1, y: area.minY, columns: 1, rows: area.rows), with: Cell("│", role: .border))
    surface.fill(inside, with: .blank(.listItem))
    let isShownListed = state.list.order.contains(state.shown)
    var y = inside.minY
    if !isShownListed {
      drawLine(" new", "", ConversationMark.none, isShown: true, y: y, in: inside, on: &surface, glyphs: &glyphs)
      y += 1
    }
    let first = firstIndex(state, rows: area.rows) + (y - inside.minY)
    for (offset, id) in state.list.order.dropFirst(first).prefix(max(0, inside.maxY - y)).enumerated() {
      guard let summary = state.list.summaries[id] else { continue }
      let number = first + offset + 1
      let label = number <= 9 ? "\(number)" : " "
      drawLine(
        "\(label) \(summary.title.isEmpty ? id.rawValue : summary.title)",
        Figures.age(milliseconds: state.wall.milliseconds - summary.updated.milliseconds),
        ConversationMark(summary, in: state),
        isShown: id == state.shown, y: y + offset, in: inside, on: &surface, glyphs: &glyphs)
    }
  }

  /// The place in the list that belongs to the first row; -1 where that row is the new conversation's.
  static func firstIndex(_ state: AppState, rows: Int) -> Int {
    guard let shown = state.list.order.firstIndex(of: state.shown) else { return -1 }
    return max(0, min(shown - rows / 2, state.list.order.count - rows))
  }

  private static func drawLine(
    _ title: String, _ age: String, _ mark: ConversationMark, isShown: Bool, y: Int, in area: Rect,
    on surface: inout Surface,
    glyphs: inout GlyphTable
  ) {
    let role: ThemeRole = isShown ? .listSelected : .listItem
    surface.fill(Rect(x: area.minX, y: y, columns: area.columns, rows: 1), with: .blank(role))
    var right = RowBuilder(columns: area.columns / 2)
    if mark.text.isEmpty {
      right.add(age, role: isShown ? role : .dim)
    } else {
      right.add(mark.text, role: isShown ? role : mark.role)
    }
    var left = RowBuilder(columns: area.columns - right.cells.count - 1)
    left.add(isShown ? "▸" : " ", role: role)
    left.addOutside(title, role: role, glyphs: &glyphs)
    surface.draw(left.cells, at: Point(x: area.minX, y: y), in: area)
    surface.draw(right.cells, at: Point(x: area.maxX - right.cells.count, y: y), in: area)
  }
}
