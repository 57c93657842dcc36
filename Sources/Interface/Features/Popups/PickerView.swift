// Draws a picker: a line to type into, the lines that fit, the selected one marked by more than colour.

import Display

/// Draws a picker popup.
enum PickerView {
  /// - Returns: where the hardware cursor stands.
  static func draw(_ picker: PickerState, in screen: Rect, on surface: inout Surface, glyphs: inout GlyphTable)
    -> Point?
  {
    // As high as for all items: a box that shrinks while one types would move under the eyes.
    let wanted = max(8, max(picker.items.count, picker.largestCount) + 4)
    let area = screen.centered(
      columns: min(screen.columns - 2, 90), rows: min(wanted, max(5, screen.rows * 2 / 3), screen.rows - 1))
    let inside = BoxView.draw(picker.title, in: area, on: &surface, glyphs: &glyphs)
    BoxView.mendEdges(of: area, on: &surface)
    guard inside.rows >= 1 else { return nil }
    var query = RowBuilder(columns: inside.columns)
    query.add("› ", role: .popupKey)
    query.addOutside(picker.query, role: .popup, glyphs: &glyphs)
    surface.draw(query.cells, at: Point(x: inside.minX, y: inside.minY), in: inside)
    let caret = Point(x: min(inside.maxX - 1, inside.minX + query.cells.count), y: inside.minY)
    let list = inside.inset(top: 1)
    if picker.items.isEmpty {
      surface.draw(
        literal: "nothing fits", at: Point(x: list.minX + 2, y: list.minY), in: list, role: .popup, attributes: .dim)
      return caret
    }
    let first = max(0, min(picker.selection - list.rows / 2, picker.items.count - list.rows))
    for (offset, item) in picker.items[first...].prefix(list.rows).enumerated() {
      let isSelected = first + offset == picker.selection
      drawLine(item, isSelected: isSelected, y: list.minY + offset, in: list, on: &surface, glyphs: &glyphs)
    }
    return caret
  }

  private static func drawLine(
    _ item: PickerItem, isSelected: Bool, y: Int, in area: Rect, on surface: inout Surface, glyphs: inout GlyphTable
  ) {
    let role: ThemeRole = isSelected ? .popupSelected : .popup
    let line = Rect(x: area.minX, y: y, columns: area.columns, rows: 1)
    surface.fill(line, with: .blank(role))
    var right = RowBuilder(columns: area.columns / 2)
    right.addOutside(item.detail, role: isSelected ? role : .popup, attributes: isSelected ? [] : .dim, glyphs: &glyphs)
    if !item.badge.isEmpty {
      right.add("  ", role: role)
      right.addOutside(item.badge, role: isSelected ? role : item.badgeRole, glyphs: &glyphs)
    }
    right.add(" ", role: role)
    var left = RowBuilder(columns: max(0, area.columns - right.cells.count - 1))
    left.add(isSelected ? "▸ " : "  ", role: role)
    left.addOutside(item.title, role: role, attributes: isSelected ? .bold : [], glyphs: &glyphs)
    surface.draw(left.cells, at: Point(x: area.minX, y: y), in: area)
    surface.draw(right.cells, at: Point(x: area.maxX - right.cells.count, y: y), in: area)
  }
}

/// Draws a question.
enum ConfirmationView {
  static func draw(_ confirmation: Confirmation, in screen: Rect, on surface: inout Surface, glyphs: inout GlyphTable) {
    let area = screen.centered(columns: min(screen.columns - 2, 64), rows: min(5, screen.rows))
    let inside = BoxView.draw("Sure?", in: area, on: &surface, glyphs: &glyphs)
    BoxView.mendEdges(of: area, on: &surface)
    var row = RowBuilder(columns: inside.columns - 2)
    row.addOutside(confirmation.question, role: .popup, glyphs: &glyphs)
    surface.draw(row.cells, at: Point(x: inside.minX + 1, y: inside.minY), in: inside)
    surface.draw(
      literal: "y does it, any other key does not", at: Point(x: inside.minX + 1, y: inside.minY + 1), in: inside,
      role: .popup, attributes: .dim)
  }
}
