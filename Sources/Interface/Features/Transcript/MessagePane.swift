// Draws the rows of one message, stretch by stretch.

import Conversations
import Display
import Streaming

/// One message in the pane.
struct MessagePane {
  let state: AppState
  let message: TranscriptMessage
  let area: Rect
  private let marks: RowMarks

  init(state: AppState, message: TranscriptMessage, area: Rect) {
    self.state = state
    self.message = message
    self.area = area
    marks = RowMarks(state, message)
  }

  /// Draws the rows of a stretch from row `first` on, as far as the area goes.
  /// - Returns: the row of the screen below.
  func draw(
    _ stretch: MessageLayout.Stretch, from first: Int, y: Int, _ layout: inout MessageLayout,
    on surface: inout Surface, _ glyphs: inout GlyphTable, _ scratch: inout [Cell]
  ) -> Int {
    let origin = Point(x: area.minX + MessageLayout.indent, y: y)
    switch layout.segments[stretch.segment] {
    case .header:
      surface.draw(layout.header, at: Point(x: area.minX, y: y), in: area)
      marks.drawHeaderHint(columns: layout.header.count, at: Point(x: area.minX, y: y), in: area, on: &surface)
      return y + 1
    case .label(let part):
      drawLabel(of: part, layout, at: origin, on: &surface, &glyphs)
      return y + 1
    case .tail(let part, let rows):
      return drawTail(of: part, rows: rows, from: first, y: y, layout, on: &surface, &glyphs, &scratch)
    case .plain(let part):
      return drawPlain(part, from: first, y: y, layout, on: &surface, &glyphs, &scratch)
    case .blocks(let part):
      return drawBlock(stretch, of: part, from: first, y: y, &layout, on: &surface, &glyphs, &scratch)
    case .cursor:
      surface.draw([Self.streamingCursor], at: origin, in: area)
      return y + 1
    case .footer:
      for (index, row) in layout.footer.enumerated().dropFirst(first) {
        surface.draw(row, at: Point(x: origin.x, y: y + index - first), in: area)
      }
      return y + max(0, layout.footer.count - first)
    case .spacer: return y + 1
    }
  }

  static let streamingCursor = Cell("▌", role: .streamingCursor)

  func isGrowing(_ part: Int) -> Bool { message.status.isStreaming && part == message.parts.count - 1 }

  private func drawBlock(
    _ stretch: MessageLayout.Stretch, of part: Int, from first: Int, y: Int, _ layout: inout MessageLayout,
    on surface: inout Surface, _ glyphs: inout GlyphTable, _ scratch: inout [Cell]
  ) -> Int {
    guard let block = layout.block(stretch.block, of: part, in: message) else { return y }
    let height = block.height
    let isLast = isGrowing(part) && stretch.block == layout.blockCount(of: part) - 1
    let columns = layout.textColumns
    layout.withSource(of: part, in: message) { source in
      for row in first..<max(first, min(height, first + area.maxY - y)) {
        scratch.removeAll(keepingCapacity: true)
        var end = block.append(row: row, to: &scratch, source: source, look: look, glyphs: &glyphs)
        if marks.areNeeded { mark(row, of: block, part: part, in: &scratch, source, glyphs) }
        if look.ordersText { end = block.order(row: row, &scratch, end: end, source, glyphs) }
        let origin = Point(x: area.minX + MessageLayout.indent, y: y + row - first)
        surface.draw(scratch, at: origin, in: area)
        if marks.areNeeded {
          marks.drawHints(
            part: part, block: block, row: row, firstRow: first, cells: scratch.count, at: origin, width: columns,
            in: area,
            on: &surface, source)
        }
        if isLast, row == height - 1 {
          surface.draw([Self.streamingCursor], at: Point(x: origin.x + min(end, columns), y: origin.y), in: area)
        }
      }
    }
    return y + max(0, height - first)
  }

  private func mark(
    _ row: Int, of block: BlockLayout, part: Int, in cells: inout [Cell], _ source: PartSource, _ glyphs: GlyphTable
  ) {
    if let line = block.tableLine(ofRow: row, source) {
      marks.paintTable(line, part: part, block: block.index, in: &cells, glyphs)
    } else {
      _ = block.withText(ofRow: row, source, shift: state.codeShift) {
        marks.paint($0, part: part, block: block.index, in: &cells)
      }
    }
  }

  /// How rows are drawn that may be drawn in more than one way.
  private var look: RowLook {
    RowLook(codeShift: state.codeShift, ordersText: state.options.ordersText)
  }

  /// Draws the letter of a message whose header is above the pane.
  func drawHintOfCutMessage(on surface: inout Surface) {
    marks.drawHeaderHint(
      columns: max(0, area.columns - 6), at: Point(x: area.minX, y: area.minY), in: area, on: &surface)
  }

  /// Draws the line at the left of what browse mode stands on.
  func drawBrowseMark(_ segment: MessageLayout.Segment, rows: Range<Int>, on surface: inout Surface) {
    guard let browse = state.browse, browse.message == message.id, segment != .spacer else { return }
    if let part = browse.part, segment.part != part { return }
    for y in rows {
      surface.draw([Cell(segment == .header ? "▌" : "▎", role: .browseMark)], at: Point(x: area.minX, y: y), in: area)
    }
  }

  private func drawPlain(
    _ part: Int, from first: Int, y: Int, _ layout: MessageLayout, on surface: inout Surface,
    _ glyphs: inout GlyphTable, _ scratch: inout [Cell]
  ) -> Int {
    guard case .plain(let plain) = layout.contents[part] else { return y }
    let role = Self.role(of: message.parts[part].kind)
    for row in first..<max(first, min(plain.rows.count, first + area.maxY - y)) {
      draw(plain.rows[row], of: part, role: role, y: y + row - first, on: &surface, &glyphs, &scratch)
      if isGrowing(part), row == plain.rows.count - 1 {
        drawCursor(behind: scratch, y: y + row - first, layout, on: &surface)
      }
    }
    return y + max(0, plain.rows.count - first)
  }

  private func drawTail(
    of part: Int, rows: Int, from first: Int, y: Int, _ layout: MessageLayout, on surface: inout Surface,
    _ glyphs: inout GlyphTable, _ scratch: inout [Cell]
  ) -> Int {
    guard case .plain(let plain) = layout.contents[part] else { return y }
    for (index, row) in plain.rows.suffix(rows).enumerated().dropFirst(first) where y + index - first < area.maxY {
      draw(row, of: part, role: .thinking, y: y + index - first, on: &surface, &glyphs, &scratch)
      if index == rows - 1 { drawCursor(behind: scratch, y: y + index - first, layout, on: &surface) }
    }
    return y + max(0, rows - first)
  }

  private func draw(
    _ row: TextRow, of part: Int, role: ThemeRole, y: Int, on surface: inout Surface,
    _ glyphs: inout GlyphTable, _ scratch: inout [Cell]
  ) {
    scratch.removeAll(keepingCapacity: true)
    message.parts[part].bytes.withUnsafeBufferPointer { bytes in
      Sanitizer.appendCells(
        of: bytes, range: row.range, role: role, attributes: [], glyphs: &glyphs, into: &scratch)
      let text = RowText(bytes: bytes, range: row.range, column: 0, tabWidth: Sanitizer.tabWidth)
      if marks.areNeeded { marks.paint(text, part: part, block: 0, in: &scratch) }
      if look.ordersText, let order = text.order(scratch, glyphs) { scratch = order.cells }
    }
    surface.draw(scratch, at: Point(x: area.minX + MessageLayout.indent, y: y), in: area)
  }

  private func drawCursor(behind row: [Cell], y: Int, _ layout: MessageLayout, on surface: inout Surface) {
    let x = area.minX + MessageLayout.indent + min(row.count, layout.textColumns)
    surface.draw([Self.streamingCursor], at: Point(x: x, y: y), in: area)
  }

  private static func role(of part: TranscriptPart.Kind) -> ThemeRole {
    switch part {
    case .thinking: .thinking
    case .toolCall: .tool
    case .opaque: .dim
    case .toolResult(_, _, let isError): isError ? .error : .toolResult
    case .text, .attachment: .text
    }
  }
}
