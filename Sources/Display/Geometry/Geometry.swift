// Points, sizes and rectangles in terminal columns and rows. Origin top left, x grows right, y grows down.

/// A position in columns and rows; may lie outside any surface.
package struct Point: Equatable, Hashable, Sendable {
  package var x: Int
  package var y: Int

  /// A position `x` columns from the left and `y` rows from the top.
  package init(x: Int, y: Int) {
    self.x = x
    self.y = y
  }
}

/// An extent in columns and rows, never negative.
package struct Size: Equatable, Hashable, Sendable {
  package let columns: Int
  package let rows: Int

  /// Negative values become zero.
  package init(columns: Int, rows: Int) {
    self.columns = max(0, columns)
    self.rows = max(0, rows)
  }

  /// No columns, no rows.
  package static let zero = Size(columns: 0, rows: 0)
}

/// A half-open rectangle of cells: `minX ..< maxX`, `minY ..< maxY`.
package struct Rect: Equatable, Hashable, Sendable {
  package let minX: Int
  package let minY: Int
  package let columns: Int
  package let rows: Int

  /// Negative extents become zero.
  package init(x: Int, y: Int, columns: Int, rows: Int) {
    minX = x
    minY = y
    self.columns = max(0, columns)
    self.rows = max(0, rows)
  }

  /// The rectangle of a whole surface of that size.
  package init(_ size: Size) {
    self.init(x: 0, y: 0, columns: size.columns, rows: size.rows)
  }

  package var maxX: Int { minX + columns }
  package var maxY: Int { minY + rows }
  package var isEmpty: Bool { columns == 0 || rows == 0 }
  package var size: Size { Size(columns: columns, rows: rows) }

  /// Whether the cell at `point` lies inside.
  package func contains(_ point: Point) -> Bool {
    point.x >= minX && point.x < maxX && point.y >= minY && point.y < maxY
  }

  /// The part of this rectangle that also lies in `other`.
  package func intersection(_ other: Rect) -> Rect {
    let x = max(minX, other.minX)
    let y = max(minY, other.minY)
    return Rect(x: x, y: y, columns: min(maxX, other.maxX) - x, rows: min(maxY, other.maxY) - y)
  }

  /// This rectangle without `left`, `top`, `right` and `bottom` cells at its edges.
  package func inset(left: Int = 0, top: Int = 0, right: Int = 0, bottom: Int = 0) -> Rect {
    Rect(x: minX + left, y: minY + top, columns: columns - left - right, rows: rows - top - bottom)
  }

  /// Cuts `count` rows off the top; fewer if there are not as many.
  package func splitTop(_ count: Int) -> (top: Rect, rest: Rect) {
    let taken = min(max(0, count), rows)
    return (
      Rect(x: minX, y: minY, columns: columns, rows: taken),
      Rect(x: minX, y: minY + taken, columns: columns, rows: rows - taken)
    )
  }

  /// Cuts `count` rows off the bottom; fewer if there are not as many.
  package func splitBottom(_ count: Int) -> (rest: Rect, bottom: Rect) {
    let taken = min(max(0, count), rows)
    return (
      Rect(x: minX, y: minY, columns: columns, rows: rows - taken),
      Rect(x: minX, y: maxY - taken, columns: columns, rows: taken)
    )
  }

  /// Cuts `count` columns off the left; fewer if there are not as many.
  package func splitLeft(_ count: Int) -> (left: Rect, rest: Rect) {
    let taken = min(max(0, count), columns)
    return (
      Rect(x: minX, y: minY, columns: taken, rows: rows),
      Rect(x: minX + taken, y: minY, columns: columns - taken, rows: rows)
    )
  }

  /// A rectangle of at most that size in the middle of this one.
  package func centered(columns wanted: Int, rows wantedRows: Int) -> Rect {
    let width = min(wanted, columns)
    let height = min(wantedRows, rows)
    return Rect(x: minX + (columns - width) / 2, y: minY + (rows - height) / 2, columns: width, rows: height)
  }
}
