// After a key that begins a sequence, and a moment of hesitation: what may follow.

import Display

/// Draws the popup of possible next keys.
enum WhichKeyView {
  static func draw(_ state: AppState, above composer: Rect, on surface: inout Surface, glyphs: inout GlyphTable) {
    let entries = state.options.keymap.continuations(of: state.pendingKeys).compactMap { entry in
      CommandCatalog.command(entry.command).map { (keys: Keymap.text(of: entry.keys), title: $0.title) }
    }
    guard !entries.isEmpty else { return }
    let widest = entries.reduce(0) { max($0, $1.keys.unicodeScalars.count + $1.title.unicodeScalars.count + 4) }
    let perRow = max(1, (composer.columns - 2) / max(1, min(widest, 38)))
    let rows = (entries.count + perRow - 1) / perRow
    let height = min(rows + 2, composer.minY)
    let area = Rect(x: composer.minX, y: composer.minY - height, columns: composer.columns, rows: height)
    let inside = BoxView.draw(Keymap.text(of: state.pendingKeys), in: area, on: &surface, glyphs: &glyphs)
    let width = max(1, inside.columns / perRow)
    for (index, entry) in entries.enumerated() {
      let y = inside.minY + index % rows
      guard y < inside.maxY else { continue }
      // The last place says that there is more.
      if y == inside.maxY - 1, rows > inside.rows, index / rows == perRow - 1 {
        surface.draw(
          literal: " …  more: F1", at: Point(x: inside.minX + index / rows * width, y: y), in: inside, role: .popup,
          attributes: .dim)
        continue
      }
      var row = RowBuilder(columns: width - 1)
      row.add(" \(entry.keys)", role: .popupKey, attributes: .bold)
      row.add("  \(entry.title)", role: .popup)
      surface.draw(row.cells, at: Point(x: inside.minX + index / rows * width, y: y), in: inside)
    }
  }
}
