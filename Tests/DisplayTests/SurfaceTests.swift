import Display
import Testing

@Suite("Surface")
struct SurfaceTests {
  private func rows(_ surface: Surface) -> [String] {
    (0..<surface.size.rows).map { y in
      (0..<surface.size.columns).map { x in
        let cell = surface[Point(x: x, y: y)]
        return cell.width == 0 ? "" : GlyphTable().text(of: cell.glyph)
      }.joined()
    }
  }

  private func line(_ text: String) -> [Cell] {
    var glyphs = GlyphTable()
    return Sanitizer.line(text, role: .user, glyphs: &glyphs)
  }

  @Test("A row is drawn where it belongs and clipped at every edge")
  func clipping() {
    var surface = Surface(size: Size(columns: 6, rows: 3))
    let area = Rect(x: 1, y: 0, columns: 4, rows: 2)
    #expect(surface.draw(line("ab"), at: Point(x: 1, y: 0), in: area) == 3)
    surface.draw(line("abcdefgh"), at: Point(x: -1, y: 1), in: area)
    surface.draw(line("zz"), at: Point(x: 1, y: 2), in: area)
    surface.draw(line("zz"), at: Point(x: 1, y: -1), in: area)
    surface.draw(line("zz"), at: Point(x: 9, y: 0), in: area)
    #expect(rows(surface) == [" ab   ", " cdef ", "      "])
  }

  @Test("A wide cell cut by an edge is blank, on either side")
  func wideCells() {
    var surface = Surface(size: Size(columns: 5, rows: 2))
    let area = Rect(x: 1, y: 0, columns: 3, rows: 2)
    surface.draw(line("漢字"), at: Point(x: 1, y: 0), in: area)
    surface.draw(line("漢字"), at: Point(x: 0, y: 1), in: area)
    #expect(rows(surface) == [" 漢  ", "  字 "])
    #expect(surface[Point(x: 3, y: 0)] == .blank(.user))
    #expect(surface[Point(x: 1, y: 1)] == .blank(.user))
  }

  @Test("Drawing over half of a wide cell leaves no other half")
  func overdrawing() {
    var surface = Surface(size: Size(columns: 6, rows: 1))
    let area = Rect(surface.size)
    surface.draw(line("漢字漢"), at: Point(x: 0, y: 0), in: area)
    surface.draw(line("ab"), at: Point(x: 1, y: 0), in: area)
    #expect(rows(surface) == [" ab 漢"])
    surface.fill(Rect(x: 5, y: 0, columns: 1, rows: 1), with: Cell("x", role: .text))
    #expect(rows(surface) == [" ab  x"])
    surface.draw(line("漢字漢"), at: Point(x: 0, y: 0), in: area)
    surface.fill(Rect(x: 1, y: 0, columns: 2, rows: 1), with: Cell("x", role: .text))
    #expect(rows(surface) == [" xx 漢"])
  }

  @Test("Nothing traps, whatever the coordinates", arguments: 0..<8 as Range<UInt64>)
  func extremes(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<300 {
      let size = Size(columns: .random(in: -1...9, using: &generator), rows: .random(in: -1...4, using: &generator))
      var surface = Surface(size: size)
      let numbers = (0..<6).map { _ in
        [Int.min / 4, -100, -2, -1, 0, 1, 2, 5, 100, Int.max / 4].randomElement(using: &generator) ?? 0
      }
      let area = Rect(x: numbers[0], y: numbers[1], columns: numbers[2], rows: numbers[3])
      surface.draw(line("a漢b字"), at: Point(x: numbers[4], y: numbers[5]), in: area)
      surface.fill(area, with: Cell("#", role: .border))
      surface.paint(area, role: .selection)
      #expect(surface.cells.count == size.columns * size.rows)
      #expect(surface[Point(x: numbers[4], y: numbers[5])].width <= 2)
      for (index, cell) in surface.cells.enumerated() where cell.width == 2 {
        #expect(index % size.columns + 1 < size.columns && surface.cells[index + 1].width == 0, "seed \(seed)")
      }
    }
  }

  @Test("Clearing keeps the size or takes a new one")
  func clearing() {
    var surface = Surface(size: Size(columns: 3, rows: 1))
    surface.draw(literal: "abc", at: Point(x: 0, y: 0), in: Rect(surface.size), role: .title)
    surface.clear(size: Size(columns: 3, rows: 1), role: .popup)
    #expect(surface == Surface(size: Size(columns: 3, rows: 1), role: .popup))
    surface.clear(size: Size(columns: 2, rows: 2))
    #expect(rows(surface) == ["  ", "  "])
  }

  @Test("Painting changes roles and nothing else")
  func painting() {
    var surface = Surface(size: Size(columns: 3, rows: 1))
    surface.draw(literal: "abc", at: Point(x: 0, y: 0), in: Rect(surface.size), role: .text, attributes: .bold)
    surface.paint(Rect(x: 1, y: 0, columns: 1, rows: 1), role: .selection)
    #expect(surface.cells.map(\.role) == [.text, .selection, .text])
    #expect(surface.cells.allSatisfy { $0.attributes == .bold })
    #expect(rows(surface) == ["abc"])
  }

  @Test("Rectangles split without losing a row or column")
  func rectangles() {
    let whole = Rect(x: 2, y: 3, columns: 10, rows: 5)
    #expect(whole.splitTop(2).top == Rect(x: 2, y: 3, columns: 10, rows: 2))
    #expect(whole.splitTop(2).rest == Rect(x: 2, y: 5, columns: 10, rows: 3))
    #expect(whole.splitTop(9).rest.isEmpty)
    #expect(whole.splitBottom(1).bottom == Rect(x: 2, y: 7, columns: 10, rows: 1))
    #expect(whole.splitLeft(4).rest == Rect(x: 6, y: 3, columns: 6, rows: 5))
    #expect(whole.inset(left: 1, top: 1, right: 1, bottom: 9) == Rect(x: 3, y: 4, columns: 8, rows: 0))
    #expect(whole.intersection(Rect(x: 0, y: 0, columns: 4, rows: 4)) == Rect(x: 2, y: 3, columns: 2, rows: 1))
    #expect(whole.centered(columns: 4, rows: 3) == Rect(x: 5, y: 4, columns: 4, rows: 3))
  }

  @Test("Clusters get numbers once, by their bytes, and are bounded")
  func glyphTable() {
    var glyphs = GlyphTable()
    let first = glyphs.glyph(for: "e\u{301}")
    #expect(first == GlyphTable.firstIndex)
    #expect(glyphs.glyph(for: "👨‍👩‍👧") == first + 1)
    #expect(glyphs.glyph(for: "e\u{301}") == first)
    #expect(glyphs.glyph(for: "x") == 0x78)
    #expect(glyphs.glyph(for: "") == 0xFFFD)
    #expect(glyphs.text(of: first + 1) == "👨‍👩‍👧")
    #expect(glyphs.text(of: first + 2) == "\u{FFFD}")
    #expect(glyphs.text(of: 0xD800) == "\u{FFFD}")
    // Canonically equal, yet different bytes: each is shown as it came.
    let one = glyphs.glyph(for: "q\u{323}\u{307}")
    let other = glyphs.glyph(for: "q\u{307}\u{323}")
    #expect(one != other)
    for number in 0..<70_000 {
      var cluster = "a"
      for shift in [0, 5, 10, 15] {
        cluster.unicodeScalars.append(Unicode.Scalar(UInt32(0x300 + number >> shift & 31)) ?? "b")
      }
      _ = glyphs.glyph(for: cluster)
    }
    #expect(glyphs.count <= GlyphTable.capacity)
    #expect(glyphs.glyph(for: "e\u{301}") == first)
    let repaired = [UInt8]([0x61, 0xCC, 0x81, 0xFF]).withUnsafeBufferPointer { glyphs.glyph(forUTF8: $0) }
    #expect(!glyphs.text(of: repaired).isEmpty)
  }

  @Test("A cell is eight bytes")
  func cellSize() {
    #expect(MemoryLayout<Cell>.size == 8)
    #expect(MemoryLayout<Cell>.stride == 8)
  }
}
