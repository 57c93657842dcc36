// A popup's frame: border, title, blank inside.

import Display

/// Draws a box over whatever is there.
enum BoxView {
  /// - Returns: the area inside of the border.
  @discardableResult
  static func draw(_ title: String, in area: Rect, on surface: inout Surface, glyphs: inout GlyphTable) -> Rect {
    guard area.columns >= 2, area.rows >= 2 else { return Rect(x: area.minX, y: area.minY, columns: 0, rows: 0) }
    surface.fill(area, with: .blank(.popup))
    let right = area.maxX - 1
    let bottom = area.maxY - 1
    surface.fill(Rect(x: area.minX, y: area.minY, columns: area.columns, rows: 1), with: Cell("─", role: .border))
    surface.fill(Rect(x: area.minX, y: bottom, columns: area.columns, rows: 1), with: Cell("─", role: .border))
    surface.fill(Rect(x: area.minX, y: area.minY, columns: 1, rows: area.rows), with: Cell("│", role: .border))
    surface.fill(Rect(x: right, y: area.minY, columns: 1, rows: area.rows), with: Cell("│", role: .border))
    surface.draw(literal: "┌", at: Point(x: area.minX, y: area.minY), in: area, role: .border)
    surface.draw(literal: "┐", at: Point(x: right, y: area.minY), in: area, role: .border)
    surface.draw(literal: "└", at: Point(x: area.minX, y: bottom), in: area, role: .border)
    surface.draw(literal: "┘", at: Point(x: right, y: bottom), in: area, role: .border)
    var row = RowBuilder(columns: area.columns - 4)
    row.add(" ", role: .popupTitle)
    row.addOutside(title, role: .popupTitle, attributes: .bold, glyphs: &glyphs)
    row.add(" ", role: .popupTitle)
    surface.draw(row.cells, at: Point(x: area.minX + 2, y: area.minY), in: area)
    return area.inset(left: 1, top: 1, right: 1, bottom: 1)
  }

  /// Cuts the right halves of wide cells that a box's left edge would leave alone, and the left halves at its right edge.
  static func mendEdges(of area: Rect, on surface: inout Surface) {
    for y in area.minY..<area.maxY {
      let left = Point(x: area.minX - 1, y: y)
      if surface[left].width == 2 {
        surface.fill(Rect(x: left.x, y: y, columns: 1, rows: 1), with: .blank(surface[left].role))
      }
      let right = Point(x: area.maxX, y: y)
      if surface[right].width == 0 {
        surface.fill(Rect(x: right.x, y: y, columns: 1, rows: 1), with: .blank(surface[right].role))
      }
    }
  }
}
