// A grid of cells. Drawing clips; nothing traps, whatever the coordinates.

/// A rectangle of cells in row-major order.
package struct Surface: Equatable, Sendable {
  package private(set) var size: Size
  package private(set) var cells: ContiguousArray<Cell>

  /// A surface filled with blanks of that role.
  package init(size: Size, role: ThemeRole = .text) {
    self.size = size
    cells = ContiguousArray(repeating: .blank(role), count: size.columns * size.rows)
  }

  /// Makes every cell blank, changing the size if asked; keeps the memory where it can.
  package mutating func clear(size newSize: Size, role: ThemeRole = .text) {
    if newSize == size {
      cells.withUnsafeMutableBufferPointer { $0.update(repeating: .blank(role)) }
    } else {
      self = Surface(size: newSize, role: role)
    }
  }

  /// The cell at a position, or a blank outside.
  package subscript(_ point: Point) -> Cell {
    guard Rect(size).contains(point) else { return .blank() }
    return cells[point.y * size.columns + point.x]
  }

  /// Fills the part of `area` that lies on the surface.
  package mutating func fill(_ area: Rect, with cell: Cell) {
    let visible = area.intersection(Rect(size))
    guard !visible.isEmpty else { return }
    for y in visible.minY..<visible.maxY {
      let start = y * size.columns + visible.minX
      separate(row: y, from: visible.minX, to: visible.maxX)
      for index in start..<(start + visible.columns) { cells[index] = cell }
    }
  }

  /// Blanks the halves outside of `start ..< end` of wide cells that lie across its edges, so that overwriting the range
  /// leaves no half of a character.
  private mutating func separate(row: Int, from start: Int, to end: Int) {
    let base = row * size.columns
    if start > 0, cells[base + start].width == 0 { cells[base + start - 1] = .blank(cells[base + start - 1].role) }
    if end < size.columns, cells[base + end].width == 0 { cells[base + end] = .blank(cells[base + end].role) }
  }

  /// Copies a row of cells to `point`, clipped to `area` and to the surface. A wide cell cut by an edge becomes blank.
  /// - Returns: the column after the last one drawn.
  @discardableResult
  package mutating func draw(_ row: [Cell], at point: Point, in area: Rect) -> Int {
    let visible = area.intersection(Rect(size))
    guard point.y >= visible.minY, point.y < visible.maxY else { return point.x }
    let first = max(point.x, visible.minX)
    let last = min(visible.maxX, point.x + row.count)
    guard first < last else { return min(point.x + row.count, max(point.x, visible.maxX)) }
    separate(row: point.y, from: first, to: last)
    let base = point.y * size.columns
    // Not generic over collections: a frame draws every row through here, and modules do not specialise each other.
    cells.withUnsafeMutableBufferPointer { cells in
      row.withUnsafeBufferPointer { row in
        for x in first..<last { cells[base + x] = row[x - point.x] }
        let head = row[first - point.x]
        if head.width == 0 { cells[base + first] = .blank(head.role) }
        let tail = row[last - 1 - point.x]
        if tail.width == 2 { cells[base + last - 1] = .blank(tail.role) }
      }
    }
    return last
  }

  /// Draws our own text: printable ASCII and the box, block and arrow characters of the program, each one column wide.
  /// Text from outside goes through `Sanitizer`.
  /// - Returns: the column after the last one drawn.
  @discardableResult
  package mutating func draw(
    literal text: StaticString, at point: Point, in area: Rect, role: ThemeRole, attributes: TextAttributes = []
  ) -> Int {
    draw(CellRow.literal(text, role: role, attributes: attributes), at: point, in: area)
  }

  /// Gives every cell of `area` another role, keeping glyphs and attributes.
  package mutating func paint(_ area: Rect, role: ThemeRole) {
    let visible = area.intersection(Rect(size))
    guard !visible.isEmpty else { return }
    for y in visible.minY..<visible.maxY {
      let start = y * size.columns + visible.minX
      for index in start..<(start + visible.columns) { cells[index].role = role }
    }
  }
}

/// Rows of cells made of our own words.
package enum CellRow {
  /// Cells of a text that stands in the program's source.
  package static func literal(_ text: StaticString, role: ThemeRole, attributes: TextAttributes = []) -> [Cell] {
    text.withUTF8Buffer { String(decoding: $0, as: UTF8.self) }
      .unicodeScalars.map { Cell($0, role: role, attributes: attributes) }
  }
}
