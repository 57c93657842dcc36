// The one line of a folded part, or the heading of an unfolded one.

import Conversations
import Display

extension MessagePane {
  /// Draws the label of a part.
  func drawLabel(
    of index: Int, _ layout: MessageLayout, at origin: Point, on surface: inout Surface, _ glyphs: inout GlyphTable
  ) {
    let part = message.parts[index]
    let isFolded = layout.isFolded(index)
    let isGrowing = isGrowing(index)
    var row = RowBuilder(columns: layout.textColumns)
    row.add(isFolded ? "▸ " : "▾ ", role: .dim)
    switch part.kind {
    case .text: break
    case .thinking:
      row.add(isGrowing ? "thinking" : "thought", role: .thinking)
      if let time = message.thinkingTime(index, at: state.now) {
        row.add(isGrowing ? " \(Figures.wholeSeconds(time))" : " for \(Figures.seconds(time))", role: .thinking)
      }
      row.add(" · \(Figures.bytes(part.bytes.count))", role: .dim)
    case .toolCall(_, let name, let isComplete):
      row.add("tool ", role: .dim)
      row.addOutside(name, role: .tool, attributes: .bold, glyphs: &glyphs, atMost: layout.textColumns / 2)
      if isFolded {
        row.add(" ", role: .tool)
        row.addOutside(Self.beginning(of: part.bytes), role: .tool, glyphs: &glyphs)
      }
      if !isComplete, !message.status.isStreaming { row.add(" (cut off)", role: .warning) }
    case .toolResult(_, let name, let isError):
      row.add(isError ? "failed " : "result ", role: isError ? .error : .dim)
      row.addOutside(name, role: .toolResult, glyphs: &glyphs, atMost: layout.textColumns / 3)
      if isFolded {
        row.add(" ", role: .toolResult)
        row.addOutside(Self.beginning(of: part.bytes), role: .toolResult, glyphs: &glyphs)
      }
    case .opaque(let label):
      row.addOutside(label, role: .tool, glyphs: &glyphs, atMost: layout.textColumns / 2)
      row.add(" · \(Figures.bytes(part.bytes.count))", role: .dim)
    case .attachment(let name, let mediaType, let count):
      row.add("file ", role: .dim)
      row.addOutside(name, role: .link, glyphs: &glyphs, atMost: layout.textColumns / 2)
      row.add(" · ", role: .dim)
      row.addOutside(mediaType, role: .dim, glyphs: &glyphs)
      row.add(" · \(Figures.bytes(count))", role: .dim)
    }
    surface.draw(row.cells, at: origin, in: area)
    if isGrowing, part.bytes.isEmpty || (isFolded && part.kind != .thinking) {
      surface.draw([Self.streamingCursor], at: Point(x: origin.x + row.cells.count, y: origin.y), in: area)
    }
  }

  /// Enough of a text for one row.
  private static func beginning(of bytes: [UInt8]) -> String { String(decoding: bytes.prefix(512), as: UTF8.self) }
}
