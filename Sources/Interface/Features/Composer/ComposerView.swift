// How the composer looks: a mark, the rows around the caret, the line of the history search. Deletes and moves nothing.

package import Display

/// Draws a `ComposerState`.
package enum ComposerView {
  /// The rows the composer wants, from one to `maximum`, by convention a third of the screen.
  /// - Parameter width: columns of the area, prompt included.
  package static func height(of state: ComposerState, width: Int, maximum rows: Int) -> Int {
    let limit = max(1, rows)
    let searchRows = state.isSearching ? 1 : 0
    var layout = ComposerRows(shown(state), areaColumns: width)
    return min(limit, layout.count(upTo: max(1, limit - searchRows)) + searchRows)
  }

  /// Draws the composer into an area whose background is already the composer's.
  /// - Parameters:
  ///   - isFocused: whether keys go here; only then there is a cursor.
  ///   - hint: shown in place of a text that is empty.
  /// - Returns: where the hardware cursor belongs.
  package static func draw(
    _ state: ComposerState, in area: Rect, on surface: inout Surface, glyphs: inout GlyphTable, isFocused: Bool,
    hint: [Cell] = []
  ) -> Point? {
    guard !area.isEmpty else { return nil }
    guard let search = state.search else {
      let caret = drawText(state.buffer, state, in: area, on: &surface, glyphs: &glyphs, hint: hint)
      return isFocused ? caret : nil
    }
    let (textArea, promptArea) = area.splitBottom(1)
    if !textArea.isEmpty {
      _ = drawText(shown(state), state, in: textArea, on: &surface, glyphs: &glyphs, hint: [])
    }
    let caret = drawSearch(search, in: promptArea, on: &surface, glyphs: &glyphs)
    return isFocused ? caret : nil
  }

  private static func shown(_ state: ComposerState) -> TextBuffer {
    state.search?.match?.preview ?? state.buffer
  }

  private static func drawText(
    _ buffer: TextBuffer, _ state: ComposerState, in area: Rect, on surface: inout Surface,
    glyphs: inout GlyphTable, hint: [Cell]
  ) -> Point {
    let textX = area.minX + ComposerRows.promptColumns
    var layout = ComposerRows(buffer, areaColumns: area.columns)
    var row: ComposerRow? = layout.top(near: state.scroll, showing: buffer.caret, rows: area.rows)
    if row?.line == 0, row?.range.lowerBound == 0 {
      surface.draw(literal: "›", at: Point(x: area.minX, y: area.minY), in: area, role: .composerPrompt)
    } else {
      // The beginning is further up.
      surface.draw(literal: "↑", at: Point(x: area.minX, y: area.minY), in: area, role: .composerHint)
    }
    if buffer.isEmpty { surface.draw(hint, at: Point(x: textX, y: area.minY), in: area) }
    var caret = Point(x: textX, y: area.minY)
    var y = area.minY
    while y < area.maxY, let current = row {
      var cells: [Cell] = []
      buffer.lines[current.line].withUnsafeBufferPointer {
        Sanitizer.appendCells(of: $0, range: current.shown, role: .composer, glyphs: &glyphs, into: &cells)
      }
      surface.draw(cells, at: Point(x: textX, y: y), in: area)
      if current.contains(buffer.caret) { caret = Point(x: textX + layout.column(of: buffer.caret, in: current), y: y) }
      row = layout.row(after: current)
      y += 1
    }
    if row != nil, area.rows > 1 {
      surface.draw(literal: "↓", at: Point(x: area.minX, y: area.maxY - 1), in: area, role: .composerHint)
    }
    return Point(x: min(caret.x, area.maxX - 1), y: caret.y)
  }

  private static func drawSearch(
    _ search: HistorySearch, in area: Rect, on surface: inout Surface, glyphs: inout GlyphTable
  ) -> Point {
    let origin = Point(x: area.minX, y: area.minY)
    let labelEnd =
      search.hasFailed
      ? surface.draw(literal: "history, not found: ", at: origin, in: area, role: .warning)
      : surface.draw(literal: "history: ", at: origin, in: area, role: .composerHint)
    // The end of the query is what is being typed; so a long one loses its beginning.
    var query = Sanitizer.line(search.query, role: .composer, glyphs: &glyphs)
    let available = max(0, area.maxX - 1 - labelEnd)
    if query.count > available { query.removeFirst(query.count - available) }
    if query.first?.width == 0 { query[0] = .blank(.composer) }
    let end = surface.draw(query, at: Point(x: labelEnd, y: area.minY), in: area)
    return Point(x: min(end, area.maxX - 1), y: area.minY)
  }
}

/// Draws the list of completions, which the caller puts above the composer.
package enum CompletionView {
  /// Longest names come first to take the room; the explanation gets what is left, two columns apart.
  private static let gap = 2

  /// The rows the list wants, at most `maximum`; zero without a list.
  package static func height(of list: CompletionList?, maximum rows: Int) -> Int {
    min(list?.items.count ?? 0, max(0, rows))
  }

  /// The columns that show every item whole, at most `maximum`.
  package static func width(of list: CompletionList, maximum columns: Int) -> Int {
    let names = nameColumns(of: list)
    let help = list.items.reduce(0) { max($0, CharacterWidth.columns(of: Sanitizer.singleLine($1.candidate.help))) }
    return min(columns, names + (help > 0 ? gap + help : 0) + 2)
  }

  /// Draws as many items as there are rows, the selected one always among them.
  package static func draw(
    _ list: CompletionList, in area: Rect, on surface: inout Surface, glyphs: inout GlyphTable
  ) {
    guard !area.isEmpty else { return }
    let names = min(nameColumns(of: list), max(1, area.columns - 2))
    let first = max(0, min((list.selected ?? 0) - area.rows / 2, list.items.count - area.rows))
    for (row, item) in list.items.dropFirst(first).prefix(area.rows).enumerated() {
      let y = area.minY + row
      let role: ThemeRole = first + row == list.selected ? .popupSelected : .popup
      surface.fill(Rect(x: area.minX, y: y, columns: area.columns, rows: 1), with: .blank(role))
      let name = cells(of: item, for: list.context.kind, role: role, columns: names, glyphs: &glyphs)
      surface.draw(name, at: Point(x: area.minX + 1, y: y), in: area)
      let helpX = area.minX + 1 + names + gap
      guard helpX < area.maxX - 1 else { continue }
      let help = Sanitizer.line(
        item.candidate.help, role: role, attributes: .dim, glyphs: &glyphs, maximumColumns: area.maxX - 1 - helpX)
      surface.draw(help, at: Point(x: helpX, y: y), in: area)
    }
  }

  private static func cells(
    of item: CompletionList.Item, for kind: CompletionContext.Kind, role: ThemeRole, columns: Int,
    glyphs: inout GlyphTable
  ) -> [Cell] {
    var cells: [Cell] = kind == .command ? [Cell("/", role: role)] : []
    var next = 0
    for (offset, character) in item.candidate.value.enumerated() {
      let isMatched = next < item.positions.count && item.positions[next] == offset
      if isMatched { next += 1 }
      cells.append(
        contentsOf: Sanitizer.line(
          String(character), role: role, attributes: isMatched ? [.bold, .underline] : [], glyphs: &glyphs))
    }
    Truncation.truncate(&cells, columns: columns)
    return cells
  }

  private static func nameColumns(of list: CompletionList) -> Int {
    let slash = list.context.kind == .command ? 1 : 0
    return list.items.reduce(0) {
      max($0, CharacterWidth.columns(of: Sanitizer.singleLine($1.candidate.value)) + slash)
    }
  }
}
