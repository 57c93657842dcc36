// What went over the wire: the picture. On the left what travelled, on the right the text as far as it had come with the
// row that is selected; a narrow screen shows one of them.

import Display
import Streaming

/// Draws `/wire`.
enum WireView {
  /// The title and the line of keys.
  static let frameRows = 2

  static func draw(
    _ wire: WireState, _ state: AppState, in area: Rect, on surface: inout Surface, cache: inout LayoutCache
  ) {
    let (title, rest) = area.splitTop(1)
    let (body, keys) = rest.splitBottom(1)
    drawTitle(wire, in: title, on: &surface, glyphs: &cache.glyphs)
    guard let picture = wire.picture else {
      drawKeys(wire, isWide: false, in: keys, on: &surface, glyphs: &cache.glyphs)
      return drawAbsence(wire, in: body.inset(left: 1, right: 1), on: &surface, glyphs: &cache.glyphs)
    }
    let isWide = area.columns >= WireState.wideColumns
    drawKeys(wire, isWide: isWide, in: keys, on: &surface, glyphs: &cache.glyphs)
    if isWide {
      let (left, right) = body.splitLeft(body.columns * 3 / 5)
      WireRowsView.draw(wire, picture, side: nil, in: left, on: &surface, glyphs: &cache.glyphs)
      surface.fill(Rect(x: right.minX, y: right.minY, columns: 1, rows: right.rows), with: Cell("│", role: .border))
      let (head, text) = right.inset(left: 2, right: 1).splitTop(1)
      drawTextTitle(wire, picture, in: head, on: &surface, glyphs: &cache.glyphs)
      WireTextView.draw(wire, picture, in: text, on: &surface, glyphs: &cache.glyphs)
    } else if wire.side == .text {
      let (head, text) = body.inset(left: 1, right: 1).splitTop(1)
      drawTextTitle(wire, picture, in: head, on: &surface, glyphs: &cache.glyphs)
      WireTextView.draw(wire, picture, in: text, on: &surface, glyphs: &cache.glyphs)
    } else {
      WireRowsView.draw(wire, picture, side: wire.side, in: body, on: &surface, glyphs: &cache.glyphs)
    }
  }

  private static func drawTitle(
    _ wire: WireState, in area: Rect, on surface: inout Surface, glyphs: inout GlyphTable
  ) {
    var row = RowBuilder(columns: area.columns)
    row.add(" Wire", role: .title, attributes: .bold)
    if let outline = wire.picture?.outline {
      row.add(" · ", role: .dim)
      row.addOutside(
        "\(outline.provider)/\(outline.model)", role: .title, glyphs: &glyphs, atMost: max(12, area.columns / 3))
      row.add(" · \(WireWording.standing(of: outline))", role: outline.isLive ? .statusLive : .dim)
      if wire.outlines.count > 1, let first = wire.outlines.first, let last = wire.outlines.last {
        row.add(" · of \(first.number)–\(last.number)", role: .dim)
      }
    }
    if wire.picture != nil, area.columns < WireState.wideColumns { addSides(wire.side, to: &row) }
    surface.draw(row.cells, at: Point(x: area.minX, y: area.minY), in: area)
  }

  /// `Request [Events] Text` at the right, where there is room.
  private static func addSides(_ shown: WireState.Side, to row: inout RowBuilder) {
    let names: [(WireState.Side, String)] = [(.request, "Request"), (.events, "Events"), (.text, "Text")]
    let columns = names.reduce(0) { $0 + $1.1.unicodeScalars.count + 2 }
    guard row.remaining >= columns + 2 else { return }
    row.pad(to: row.cells.count + row.remaining - columns - 1, role: .dim)
    for (side, name) in names {
      if side == shown {
        row.add("[\(name)]", role: .statusKey, attributes: .bold)
      } else {
        row.add(" \(name) ", role: .dim)
      }
    }
  }

  private static func drawKeys(
    _ wire: WireState, isWide: Bool, in area: Rect, on surface: inout Surface, glyphs: inout GlyphTable
  ) {
    var row = RowBuilder(columns: area.columns)
    if let find = wire.find, find.isTyping {
      row.add(" /", role: .statusKey)
      row.addOutside(find.query, role: .text, glyphs: &glyphs, atMost: max(1, area.columns - 30))
      row.add("▏", role: .streamingCursor)
      row.add("  Enter finds · Esc drops it", role: .dim)
      surface.draw(row.cells, at: Point(x: area.minX, y: area.minY), in: area)
      return
    }
    var keys: [(String, String)] = []
    if wire.picture != nil {
      keys = [
        ("j/k", "move"), ("Enter", "unfold"), ("Tab", isWide ? "section" : "side"), ("c", "curl"), ("s", "save"),
      ]
      if wire.outlines.count > 1 { keys.append(("[ ]", "exchange")) }
      keys += [("f", "follow"), wire.find == nil ? ("/", "find") : ("n/N", "next"), ("←→", "shift")]
    } else if !wire.outlines.isEmpty {
      keys = [("[", "newest")]
    }
    // How to leave is said first where not everything fits.
    keys.insert(("q", "close"), at: 0)
    row.add(" ", role: .dim)
    for (index, (key, word)) in keys.enumerated() {
      let length = key.unicodeScalars.count + word.unicodeScalars.count + 1 + (index == 0 ? 0 : 3)
      guard row.remaining >= length else { break }
      if index > 0 { row.add(" · ", role: .dim) }
      row.add(key, role: .statusKey)
      row.add(" \(word)", role: .dim)
    }
    surface.draw(row.cells, at: Point(x: area.minX, y: area.minY), in: area)
  }

  private static func drawTextTitle(
    _ wire: WireState, _ picture: WirePicture, in area: Rect, on surface: inout Surface, glyphs: inout GlyphTable
  ) {
    var row = RowBuilder(columns: area.columns)
    row.add("Text", role: .heading, attributes: .bold)
    var words = "so far"
    switch wire.selected {
    case .event(let event), .detail(let event, _):
      if picture.events.indices.contains(event), let time = picture.events[event].time {
        words = "at \(WireWording.time(time))"
      }
    case .title, .request, .head: words = "before anything came"
    case .end: if !picture.outline.isLive { words = "all of it" }
    }
    let (_, end) = wire.textPoint
    row.add(" \(words) · \(Figures.grouped(end)) of \(Figures.exactBytes(picture.text.utf8.count))", role: .dim)
    surface.draw(row.cells, at: Point(x: area.minX, y: area.minY), in: area)
  }

  private static func drawAbsence(
    _ wire: WireState, in area: Rect, on surface: inout Surface, glyphs: inout GlyphTable
  ) {
    var y = area.minY + (area.rows > 6 ? 1 : 0)
    for line in WireWording.absence(wire) {
      let bytes = Array(line.utf8)
      bytes.withUnsafeBufferPointer { buffer in
        var rows: [TextRow] = []
        LineWrapper.wrap(bytes: buffer, range: 0..<buffer.count, columns: min(area.columns, 90), into: &rows)
        for row in rows {
          var cells: [Cell] = []
          Sanitizer.appendCells(of: buffer, range: row.range, role: .text, glyphs: &glyphs, into: &cells)
          surface.draw(cells, at: Point(x: area.minX, y: y), in: area)
          y += 1
        }
      }
    }
  }
}
