// Draws the message pane: only the rows on screen are looked at.

import Conversations
import Display

/// Draws the message pane.
enum TranscriptView {
  static func draw(_ state: AppState, in area: Rect, on surface: inout Surface, cache: inout LayoutCache) {
    guard !area.isEmpty else { return }
    let transcript = state.transcript
    guard !transcript.messages.isEmpty else { return WelcomeView.draw(state, in: area, on: &surface) }
    let facts = LayoutFacts(columns: area.columns, utcOffsetSeconds: state.utcOffsetSeconds)
    let top = state.topPosition(&cache)
    var y = area.minY
    var row = top.row
    for index in transcript.messages.indices[top.message...] {
      guard y < area.maxY else { break }
      let message = transcript.messages[index]
      let layout = cache.layout(of: message, in: transcript, with: facts)
      while row < layout.height, y < area.maxY {
        draw(layout.row(at: row), of: message, layout, state, y: y, in: area, on: &surface, cache: &cache)
        row += 1
        y += 1
      }
      row = 0
    }
    if let words = state.unseenWords(&cache) { drawUnseen(words, in: area, on: &surface) }
  }

  private static func draw(
    _ row: MessageLayout.Row, of message: TranscriptMessage, _ layout: MessageLayout, _ state: AppState, y: Int,
    in area: Rect, on surface: inout Surface, cache: inout LayoutCache
  ) {
    let origin = Point(x: area.minX + MessageLayout.indent, y: y)
    switch row {
    case .header: surface.draw(layout.header, at: Point(x: area.minX, y: y), in: area)
    case .label(let part): drawLabel(of: part, message, layout, at: origin, in: area, on: &surface, cache: &cache)
    case .text(let part, let index):
      drawText(
        layout.parts[part].rows[index], of: part, message, layout, at: origin, in: area, on: &surface, cache: &cache)
      let isLast = part == message.parts.count - 1 && index == layout.parts[part].rows.count - 1
      if isLast, message.status.isStreaming {
        surface.draw(
          [Cell("▌", role: .streamingCursor)],
          at: Point(x: origin.x + min(cache.scratch.count, layout.textColumns), y: y), in: area)
      }
    case .cursor: surface.draw([Cell("▌", role: .streamingCursor)], at: origin, in: area)
    case .footer(let line): surface.draw(layout.footer[line], at: origin, in: area)
    case .spacer: break
    }
  }

  private static func drawText(
    _ row: LayoutRow, of part: Int, _ message: TranscriptMessage, _ layout: MessageLayout, at origin: Point,
    in area: Rect,
    on surface: inout Surface, cache: inout LayoutCache
  ) {
    let content = message.parts[part]
    let role = role(of: row.kind, in: content.kind)
    cache.scratch.removeAll(keepingCapacity: true)
    content.bytes.withUnsafeBufferPointer { bytes in
      Sanitizer.appendCells(
        of: bytes, range: row.start..<row.end, role: role, attributes: [], glyphs: &cache.glyphs, into: &cache.scratch)
    }
    switch row.kind {
    case .text: break
    case .code: surface.fill(Rect(x: origin.x, y: origin.y, columns: layout.textColumns, rows: 1), with: .blank(.code))
    case .fence, .fenceEnd:
      surface.fill(
        Rect(x: origin.x, y: origin.y, columns: layout.textColumns, rows: 1), with: Cell("─", role: .codeLabel))
      if cache.scratch.isEmpty { return }
      surface.draw(CellRow.literal("── ", role: .codeLabel), at: origin, in: area)
      let limited = Array(cache.scratch.prefix(layout.textColumns / 2)) + [.blank(.codeLabel)]
      surface.draw(limited, at: Point(x: origin.x + 3, y: origin.y), in: area)
      return
    }
    surface.draw(cache.scratch, at: origin, in: area)
  }

  private static func role(of row: RowKind, in part: TranscriptPart.Kind) -> ThemeRole {
    switch (row, part) {
    case (.code, _): .code
    case (.fence, _), (.fenceEnd, _): .codeLabel
    case (.text, .thinking): .thinking
    case (.text, .toolCall): .tool
    case (.text, .opaque): .dim
    case (.text, .toolResult(_, _, let isError)): isError ? .error : .toolResult
    case (.text, .text), (.text, .attachment): .text
    }
  }

  /// The one line of a folded part, or the heading of an unfolded one.
  private static func drawLabel(
    of index: Int, _ message: TranscriptMessage, _ layout: MessageLayout, at origin: Point, in area: Rect,
    on surface: inout Surface, cache: inout LayoutCache
  ) {
    let part = message.parts[index]
    let isFolded = layout.isFolded(index)
    let isGrowing = message.status.isStreaming && index == message.parts.count - 1
    var row = RowBuilder(columns: layout.textColumns)
    row.add(isFolded ? "▸ " : "▾ ", role: .dim)
    switch part.kind {
    case .text: break
    case .thinking:
      row.add(isGrowing ? "thinking" : "thought", role: .thinking)
      row.add(" · \(Figures.count(part.bytes.count)) bytes", role: .dim)
    case .toolCall(_, let name, let isComplete):
      row.add("tool ", role: .dim)
      row.addOutside(name, role: .tool, attributes: .bold, glyphs: &cache.glyphs, atMost: layout.textColumns / 2)
      if isFolded {
        row.add(" ", role: .tool)
        row.addOutside(beginning(of: part.bytes), role: .tool, glyphs: &cache.glyphs)
      }
      if !isComplete, !message.status.isStreaming { row.add(" (cut off)", role: .warning) }
    case .toolResult(_, let name, let isError):
      row.add(isError ? "failed " : "result ", role: isError ? .error : .dim)
      row.addOutside(name, role: .toolResult, glyphs: &cache.glyphs, atMost: layout.textColumns / 3)
      if isFolded {
        row.add(" ", role: .toolResult)
        row.addOutside(beginning(of: part.bytes), role: .toolResult, glyphs: &cache.glyphs)
      }
    case .opaque(let label):
      row.addOutside(label, role: .tool, glyphs: &cache.glyphs, atMost: layout.textColumns / 2)
      row.add(" · \(Figures.bytes(part.bytes.count))", role: .dim)
    case .attachment(let name, let mediaType, let count):
      row.add("file ", role: .dim)
      row.addOutside(name, role: .link, glyphs: &cache.glyphs, atMost: layout.textColumns / 2)
      row.add(" · ", role: .dim)
      row.addOutside(mediaType, role: .dim, glyphs: &cache.glyphs)
      row.add(" · \(Figures.bytes(count))", role: .dim)
    }
    surface.draw(row.cells, at: origin, in: area)
    if isGrowing, isFolded || part.bytes.isEmpty {
      surface.draw([Cell("▌", role: .streamingCursor)], at: Point(x: origin.x + row.cells.count, y: origin.y), in: area)
    }
  }

  /// Enough of a text for one row.
  private static func beginning(of bytes: [UInt8]) -> String { String(decoding: bytes.prefix(512), as: UTF8.self) }

  private static func drawUnseen(_ words: String, in area: Rect, on surface: inout Surface) {
    var row = RowBuilder(columns: area.columns)
    row.add(" \(words) · End ", role: .notice)
    let x = area.minX + max(0, (area.columns - row.cells.count) / 2)
    surface.fill(Rect(x: area.minX, y: area.maxY - 1, columns: area.columns, rows: 1), with: Cell("─", role: .rule))
    surface.draw(row.cells, at: Point(x: x, y: area.maxY - 1), in: area)
  }
}
