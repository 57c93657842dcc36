// Draws two answers word by word: what only one of them has stands in marks, so that no colour is needed to read it.

import Display

/// Draws a comparison.
enum RaceDiffView {
  static func draw(
    _ diff: RaceDiff, _ race: RaceTrack, _ view: RaceState, in area: Rect, on surface: inout Surface,
    cache: inout LayoutCache
  ) {
    guard race.lanes.indices.contains(view.focus), race.lanes.indices.contains(diff.other) else { return }
    let (head, body) = area.splitTop(1)
    var row = RowBuilder(columns: head.columns)
    row.add(" {+", role: .codeInserted)
    row.addOutside(LaneHeaderView.name(of: view.focus, race), role: .codeInserted, glyphs: &cache.glyphs, atMost: 24)
    row.add("+}", role: .codeInserted)
    row.add(" against ", role: .dim)
    row.add("[-", role: .codeDeleted)
    row.addOutside(LaneHeaderView.name(of: diff.other, race), role: .codeDeleted, glyphs: &cache.glyphs, atMost: 24)
    row.add("-]", role: .codeDeleted)
    row.add("  \(diff.summary)", role: .dim)
    surface.draw(row.cells, at: Point(x: head.minX, y: head.minY), in: head)
    guard let text = diff.text, body.columns > 2 else { return }
    let rows = cache.rows(of: diff, columns: body.columns - 2)
    let top = min(max(0, diff.top), max(0, rows.count - body.rows))
    text.withUnsafeBufferPointer { bytes in
      var next = firstSpan(of: diff, endingAfter: rows.indices.contains(top) ? rows[top].start : 0)
      for (offset, row) in rows.dropFirst(top).prefix(body.rows).enumerated() {
        cache.scratch.removeAll(keepingCapacity: true)
        append(row.range, of: bytes, diff.spans, &next, &cache.glyphs, to: &cache.scratch)
        surface.draw(cache.scratch, at: Point(x: body.minX + 1, y: body.minY + offset), in: body)
      }
    }
  }

  /// The first marked piece that ends behind a place.
  private static func firstSpan(of diff: RaceDiff, endingAfter offset: Int) -> Int {
    var (low, high) = (0, diff.spans.count)
    while low < high {
      let middle = (low + high) / 2
      if diff.spans[middle].range.upperBound > offset { high = middle } else { low = middle + 1 }
    }
    return low
  }

  /// The cells of a row, piece by piece as it is marked.
  private static func append(
    _ range: Range<Int>, of bytes: UnsafeBufferPointer<UInt8>, _ spans: [RaceDiff.Span], _ next: inout Int,
    _ glyphs: inout GlyphTable, to cells: inout [Cell]
  ) {
    var start = range.lowerBound
    while start < range.upperBound {
      while spans.indices.contains(next), spans[next].range.upperBound <= start { next += 1 }
      var end = range.upperBound
      var role = ThemeRole.text
      if spans.indices.contains(next) {
        let span = spans[next].range
        if span.contains(start) {
          end = min(end, span.upperBound)
          role = spans[next].role
        } else {
          end = min(end, max(start, span.lowerBound))
        }
      }
      Sanitizer.appendCells(
        of: bytes, range: start..<end, role: role, attributes: role == .text ? [] : .underline, glyphs: &glyphs,
        startColumn: cells.count, into: &cells)
      start = end
    }
  }
}
