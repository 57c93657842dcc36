// The picture of an instrument that changes only with what it shows: made once, and drawn again from its cells while
// something else changes the screen many times a second.

import Display

/// Cells of an instrument, and what they were made from.
struct InstrumentPicture: Sendable {
  /// What the picture depends on.
  struct Key: Equatable, Sendable {
    var instrument: Instrument
    var area: Rect
    /// Words of the conversation behind it that it shows.
    var words: String
  }

  let key: Key
  private let rows: [[Cell]]

  /// The picture that stands in an area of a surface.
  init(_ key: Key, from surface: Surface) {
    self.key = key
    rows = (key.area.minY..<key.area.maxY).map { y in
      (key.area.minX..<key.area.maxX).map { x in surface[Point(x: x, y: y)] }
    }
  }

  /// Draws it where it was.
  func draw(on surface: inout Surface) {
    for (offset, row) in rows.enumerated() {
      surface.draw(row, at: Point(x: key.area.minX, y: key.area.minY + offset), in: key.area)
    }
  }
}
