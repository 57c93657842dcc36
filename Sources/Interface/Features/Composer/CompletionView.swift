// The completions of a slash command, above the composer.

import Display

/// Draws the completion list.
enum CompletionView {
  static func draw(_ composer: ComposerState, above area: Rect, on surface: inout Surface, glyphs: inout GlyphTable) {
    guard let list = composer.completions, area.minY >= 3 else { return }
    let rows = min(list.items.count, 8, area.minY - 1)
    let widest = list.items.reduce(0) { max($0, $1.candidate.value.unicodeScalars.count + $1.candidate.help.unicodeScalars.count) }
    let box = Rect(x: area.minX, y: area.minY - rows, columns: min(area.columns, max(24, widest + 10)), rows: rows)
    let selected = list.selected ?? 0
    let first = max(0, min(selected - rows / 2, list.items.count - rows))
    let valueColumns = min(24, list.items.reduce(0) { max($0, $1.candidate.value.unicodeScalars.count) } + 4)
    for offset in 0..<rows {
      let index = first + offset
      let item = list.items[index]
      let isSelected = index == list.selected
      let role: ThemeRole = isSelected ? .popupSelected : .popup
      var row = RowBuilder(columns: box.columns)
      row.add(isSelected ? "▸ " : "  ", role: role)
      if list.context.kind == .command { row.add("/", role: role) }
      row.addOutside(item.candidate.value, role: role, attributes: .bold, glyphs: &glyphs, atMost: box.columns / 2)
      row.pad(to: valueColumns, role: role)
      row.add(" ", role: role)
      row.addOutside(item.candidate.help, role: isSelected ? role : .dim, glyphs: &glyphs)
      row.pad(role: role)
      surface.draw(row.cells, at: Point(x: box.minX, y: box.minY + offset), in: box)
    }
    BoxView.mendEdges(of: box, on: &surface)
  }
}
