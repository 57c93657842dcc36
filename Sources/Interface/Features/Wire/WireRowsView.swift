// The raw side: lines of the request and of the response's head, events with their times, unfolded or not.

import Display
import Streaming

/// Draws the rows that are seen.
enum WireRowsView {
  // Columns below which an event's size, then its distance from the one before, make room for what it says.
  private static let columnsWithBytes = 58
  private static let columnsWithGap = 48
  // Where the text does not stand beside the events, each says what it brought.
  private static let saidColumns = 18
  private static let columnsWithSaid = 76

  static func draw(
    _ wire: WireState, _ picture: WirePicture, side: WireState.Side?, in area: Rect, on surface: inout Surface,
    glyphs: inout GlyphTable
  ) {
    guard !area.isEmpty else { return }
    let rows = WireRows(picture, details: wire.details, side: side)
    let selected = rows.index(of: wire.selected)
    let top = WireRows.top(wire.top, showing: selected, rows: area.rows, count: rows.count)
    for index in top..<min(rows.count, top + area.rows) {
      let place = rows.place(at: index)
      let isEvent = if case .event = place { true } else { false }
      let said = side == .events && isEvent && area.columns >= columnsWithSaid ? saidColumns : 0
      var row = RowBuilder(columns: area.columns - said)
      // The selected row has a mark as well as a colour.
      row.add(index == selected ? "▌" : " ", role: .browseMark)
      add(place, wire, picture, to: &row, &glyphs)
      let line = Rect(x: area.minX, y: area.minY + index - top, columns: area.columns, rows: 1)
      surface.draw(row.cells, at: Point(x: line.minX, y: line.minY), in: line)
      if said > 0, case .event(let event) = place {
        draw(said: event, picture, columns: said, in: line, on: &surface, &glyphs)
      }
      if index == selected { surface.paint(line.inset(left: 1), role: .listSelected) }
    }
  }

  /// What an event brought of the text, at the end of its row.
  private static func draw(
    said index: Int, _ picture: WirePicture, columns: Int, in line: Rect, on surface: inout Surface,
    _ glyphs: inout GlyphTable
  ) {
    var row = RowBuilder(columns: columns)
    row.add("│ ", role: .border)
    let start = index > 0 ? picture.events[index - 1].textEnd : 0
    let text = picture.text.utf8
    let end = min(picture.events[index].textEnd, text.count)
    if start < end {
      // No cluster of a column has more bytes than this in words that are read.
      let from = text.index(text.startIndex, offsetBy: start)
      let to = text.index(from, offsetBy: min(end - start, columns * 16))
      row.addOutside(String(decoding: text[from..<to], as: UTF8.self), role: .text, glyphs: &glyphs)
    }
    surface.draw(row.cells, at: Point(x: line.maxX - columns, y: line.minY), in: line)
  }

  private static func add(
    _ place: WireState.Place, _ wire: WireState, _ picture: WirePicture, to row: inout RowBuilder,
    _ glyphs: inout GlyphTable
  ) {
    switch place {
    case .title(let section):
      let words =
        switch section {
        case .request: "Request · \(Figures.exactBytes(picture.outline.requestBytes)) of body"
        case .response: "Response"
        case .events: "Events"
        }
      row.add(words, role: .heading, attributes: .bold)
    case .request(let line): add(picture.request[line], indent: 1, wire.shift, to: &row, &glyphs)
    case .head(let line): add(picture.head[line], indent: 1, wire.shift, to: &row, &glyphs)
    case .event(let event): add(event, wire, picture, to: &row, &glyphs)
    case .detail(let event, let line):
      guard let lines = wire.details[event], lines.indices.contains(line) else { return }
      add(lines[line], indent: 4, wire.shift, to: &row, &glyphs)
    case .end:
      row.add(picture.outline.isLive ? "… " : "■ ", role: picture.outline.isLive ? .statusLive : .dim)
      add(WireWording.ending(of: picture), role: .dim, wire.shift, to: &row, &glyphs)
    }
  }

  private static func add(
    _ line: WireLine, indent: Int, _ shift: Int, to row: inout RowBuilder, _ glyphs: inout GlyphTable
  ) {
    row.add(String(repeating: " ", count: indent), role: .dim)
    switch line.kind {
    case .start: add(line.text, role: .strong, shift, to: &row, &glyphs)
    case .header(let name):
      row.addOutside(name, role: .codeAttribute, glyphs: &glyphs)
      row.add(": ", role: .dim)
      add(line.text, role: .text, shift, to: &row, &glyphs)
    case .body: add(line.text, role: .code, shift, to: &row, &glyphs)
    case .note: if !line.text.isEmpty { row.addOutside("[\(line.text)]", role: .dim, glyphs: &glyphs) }
    }
  }

  /// ` +1.234 s  Δ0.041 s  128 B  data: {…}`
  private static func add(
    _ index: Int, _ wire: WireState, _ picture: WirePicture, to row: inout RowBuilder, _ glyphs: inout GlyphTable
  ) {
    let event = picture.events[index]
    guard let time = event.time else {
      row.add("          ", role: .dim)
      return row.addOutside("[\(event.preview)]", role: .dim, glyphs: &glyphs)
    }
    let columns = row.remaining
    row.add(wire.details[index] == nil ? " " : "▾", role: .dim)
    add(WireWording.time(time), width: 10, role: .text, to: &row)
    if columns >= columnsWithGap {
      let before = index > 0 ? picture.events[index - 1].time : nil
      add(before.map { WireWording.gap(time - $0) } ?? "", width: 10, role: .dim, to: &row)
    }
    if columns >= columnsWithBytes { add(Figures.bytes(event.bytes), width: 8, role: .dim, to: &row) }
    row.add("  ", role: .dim)
    add(event.preview, role: .code, wire.shift, to: &row, &glyphs)
  }

  private static func add(_ text: String, width: Int, role: ThemeRole, to row: inout RowBuilder) {
    let count = text.unicodeScalars.count
    row.add(" " + String(repeating: " ", count: max(0, width - 1 - count)) + text, role: role)
  }

  /// A long text, moved to the left.
  private static func add(
    _ text: String, role: ThemeRole, _ shift: Int, to row: inout RowBuilder, _ glyphs: inout GlyphTable
  ) {
    guard shift > 0 else { return row.addOutside(text, role: role, glyphs: &glyphs) }
    let cells = Sanitizer.line(text, role: role, glyphs: &glyphs, maximumColumns: shift + row.remaining)
    // A line that is not so long stays as far to the right as it can.
    var shown = Array(cells.dropFirst(min(shift, max(0, cells.count - row.remaining))))
    // Half of a wide character is none.
    if shown.first?.width == 0 { shown[0] = .blank(role) }
    row.add(shown)
  }
}
