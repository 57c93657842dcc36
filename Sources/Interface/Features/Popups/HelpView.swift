// The manual on screen: keys and commands from the catalog, the rest from the manual's own text.

import Display
import Manual

/// Draws the manual.
enum HelpView {
  private struct Line {
    var text: String
    var role: ThemeRole
    var attributes: TextAttributes = []
    /// Columns before the rows that follow the first one.
    var indent = 0
  }

  static func draw(
    _ help: HelpState, _ state: AppState, in screen: Rect, on surface: inout Surface, glyphs: inout GlyphTable
  ) {
    let area = screen.centered(columns: min(screen.columns, 96), rows: screen.rows - (screen.rows > 12 ? 2 : 0))
    let inside = BoxView.draw("riffle · Esc closes", in: area, on: &surface, glyphs: &glyphs).inset(left: 1, right: 1)
    BoxView.mendEdges(of: area, on: &surface)
    guard !inside.isEmpty else { return }
    let rows = wrapped(lines(for: help.topic, state), columns: inside.columns, glyphs: &glyphs)
    let first = help.firstRow(of: rows.count, rows: inside.rows)
    for (offset, row) in rows.dropFirst(first).prefix(inside.rows).enumerated() {
      surface.draw(row, at: Point(x: inside.minX, y: inside.minY + offset), in: inside)
    }
    if rows.count > inside.rows {
      var place = RowBuilder(columns: 12)
      place.add(" \(min(100, (first + inside.rows) * 100 / rows.count)) % ", role: .dim)
      surface.draw(place.cells, at: Point(x: area.maxX - place.cells.count - 2, y: area.maxY - 1), in: area)
    }
  }

  private static func lines(for topic: String, _ state: AppState) -> [Line] {
    if topic == "keys" { return keyLines(state) }
    var lines: [Line] = []
    let manual = state.manual.isEmpty ? Manual.sections : state.manual
    let sections = topic.isEmpty ? manual : Manual.search(topic, in: manual)
    if sections.isEmpty {
      lines.append(Line(text: "Nothing in the manual about “\(topic)”. /help alone shows all of it.", role: .text))
    }
    for section in sections {
      lines.append(Line(text: "", role: .text))
      lines.append(Line(text: section.title, role: .heading, attributes: .bold))
      lines.append(Line(text: "", role: .text))
      var isCode = false
      for line in section.body.split(separator: "\n", omittingEmptySubsequences: false) {
        if line.hasPrefix("```") {
          isCode.toggle()
          continue
        }
        lines.append(isCode ? Line(text: "  \(line)", role: .code) : Line(text: plain(line), role: .text))
      }
    }
    return lines
  }

  /// A line without the marks of emphasis and code, which the manual uses sparingly.
  private static func plain(_ line: Substring) -> String {
    var text = ""
    var rest = line
    while let character = rest.popFirst() {
      if character == "`" { continue }
      if character == "*", rest.first == "*" {
        rest.removeFirst()
        continue
      }
      text.append(character)
    }
    return text
  }

  private static func keyLines(_ state: AppState) -> [Line] {
    var lines: [Line] = []
    for group in CommandGroup.allCases {
      lines.append(Line(text: group.rawValue, role: .heading, attributes: .bold))
      for command in CommandCatalog.all where command.group == group {
        let keys = state.options.keymap.keys(for: command.id).map(Keymap.text(of:)) ?? ""
        let slash = command.slash.map { "/\($0.name)\($0.argument.isEmpty ? "" : " \($0.argument)")" } ?? ""
        guard !(keys.isEmpty && slash.isEmpty) else { continue }
        let start = "  \(padded(keys, 12)) \(padded(slash, 18)) "
        lines.append(Line(text: start + command.title, role: .text, indent: min(start.unicodeScalars.count, 34)))
      }
      lines.append(Line(text: "", role: .text))
    }
    return lines
  }

  private static func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.unicodeScalars.count))
  }

  private static func wrapped(_ lines: [Line], columns: Int, glyphs: inout GlyphTable) -> [[Cell]] {
    var result: [[Cell]] = []
    for line in lines {
      let bytes = Array(line.text.utf8)
      bytes.withUnsafeBufferPointer { buffer in
        var rows: [TextRow] = []
        LineWrapper.wrap(bytes: buffer, range: 0..<buffer.count, columns: columns, mode: .words, into: &rows)
        if line.indent > 0, line.indent < columns / 2, let first = rows.first, rows.count > 1 {
          rows = [first]
          LineWrapper.wrap(
            bytes: buffer, range: first.end..<buffer.count, columns: columns - line.indent, mode: .words, into: &rows)
        }
        for (index, row) in rows.enumerated() {
          var cells = index == 0 ? [] : Array(repeating: Cell.blank(line.role), count: min(line.indent, columns / 2))
          Sanitizer.appendCells(
            of: buffer, range: row.start..<row.end, role: line.role, attributes: line.attributes, glyphs: &glyphs,
            into: &cells)
          result.append(cells)
        }
      }
    }
    return result
  }
}
