// One complete picture: what a screen device is asked to show.

/// The shape of the hardware cursor.
package enum CursorShape: Equatable, Sendable {
  case block, bar, underline
}

/// A picture of the whole screen, with all that is needed to show it.
package struct Frame: Equatable, Sendable {
  package var surface: Surface
  /// Names the clusters that cells refer to by number.
  package var glyphs: GlyphTable
  package var theme: Theme
  /// Where the hardware cursor stands; `nil` hides it.
  package var cursor: Point?
  package var cursorShape: CursorShape
  /// The window title, already sanitised to one line of at most 80 columns; `nil` leaves it alone.
  package var title: String?

  /// A frame with a visible or hidden cursor.
  package init(
    surface: Surface, glyphs: GlyphTable, theme: Theme, cursor: Point?, cursorShape: CursorShape = .bar,
    title: String? = nil
  ) {
    self.surface = surface
    self.glyphs = glyphs
    self.theme = theme
    self.cursor = cursor
    self.cursorShape = cursorShape
    self.title = title
  }
}
