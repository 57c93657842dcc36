// Marks laid over the rows of a message: what is selected, what was found, the letters of hints, and the line at the left
// of what browse mode stands on.

import Conversations
import Display
import Markdown

/// What is to be marked in one message.
struct RowMarks {
  let state: AppState
  let message: TranscriptMessage
  let index: Int
  private let query: FindQuery?
  private let range: TextRange?

  /// The marks of a message.
  init(_ state: AppState, _ message: TranscriptMessage) {
    self.state = state
    self.message = message
    index = state.transcript.index(of: message.id) ?? 0
    let query = state.find?.query
    self.query = query?.isEmpty == false ? query : nil
    range = state.selectedRange
  }

  var areNeeded: Bool { query != nil || range != nil || state.hints?.chosen == nil && state.hints != nil }

  /// Marks a row that shows a piece of one text.
  func paint(_ text: RowText, part: Int, block: Int, in cells: inout [Cell]) {
    if let query {
      // A match may begin in the row above and end in the one below.
      let slack = query.text.utf8.count * 4
      let near = max(0, text.range.lowerBound - slack)..<min(text.bytes.count, text.range.upperBound + slack)
      for match in query.matches(in: text.bytes, range: near) where match.overlaps(text.range) {
        let isCurrent = state.find?.current.map {
          $0.message == message.id && $0.part == part && $0.block == block && $0.offset == match.lowerBound
        }
        Self.paint(text.columns(of: match), isCurrent == true ? .currentMatch : .match, in: &cells)
      }
    }
    if let offsets = range?.offsets(message: index, part: part, block: block, in: state.transcript) {
      Self.paint(text.columns(of: offsets), .selection, in: &cells)
    }
  }

  private static func paint(_ columns: Range<Int>?, _ role: ThemeRole, in cells: inout [Cell]) {
    guard let columns else { return }
    for index in columns.clamped(to: cells.indices) { cells[index].role = role }
  }

  /// Marks a row of a table, whose cells are texts of their own.
  func paintTable(_ line: Range<Int>, part: Int, block: Int, in cells: inout [Cell], _ glyphs: GlyphTable) {
    if let offsets = range?.offsets(message: index, part: part, block: block, in: state.transcript),
      offsets.overlaps(line)
    {
      Self.paint(cells.indices, .selection, in: &cells)
    }
    guard let query else { return }
    var text: [UInt8] = []
    var columns: [Int] = []
    for (column, cell) in cells.enumerated() where cell.width > 0 {
      for byte in glyphs.text(of: cell.glyph).utf8 {
        text.append(byte)
        columns.append(column)
      }
    }
    let isCurrent = state.find?.current.map {
      $0.message == message.id && $0.part == part && $0.block == block && line.contains($0.offset)
    }
    for match in query.matches(in: text) {
      let last = columns[match.upperBound - 1]
      Self.paint(
        columns[match.lowerBound]..<last + max(1, Int(cells[last].width)),
        isCurrent == true ? .currentMatch : .match, in: &cells)
    }
  }

  /// Draws the letters of what begins in a row, of which so many cells are drawn. What begins above the pane has its
  /// letter in the first row that is seen.
  func drawHints(
    part: Int, block: BlockLayout, row: Int, firstRow: Int, cells: Int, at origin: Point, width: Int, in area: Rect,
    on surface: inout Surface, _ source: PartSource
  ) {
    guard let hints = state.hints, hints.chosen == nil else { return }
    for target in hints.targets(message: message.id, part: part, block: block.index) {
      switch target.kind {
      case .message: break
      case .code, .table:
        guard row == max(block.gap, firstRow) else { continue }
        let column = max(0, target.kind == .table ? min(cells + 1, width - 3) : width - target.label.utf8.count - 3)
        draw(target, at: Point(x: origin.x + column, y: origin.y), in: area, on: &surface)
      case .link:
        let column = block.withText(ofRow: row, source) { text -> Int? in
          guard text.range.contains(target.offset) else { return nil }
          return text.columns(of: target.offset..<target.offset + 1)?.lowerBound
        }
        guard let column = column ?? nil else { continue }
        draw(target, at: Point(x: origin.x + column, y: origin.y), in: area, on: &surface)
      }
    }
  }

  /// Draws the letter of the message itself behind so many columns.
  func drawHeaderHint(columns: Int, at origin: Point, in area: Rect, on surface: inout Surface) {
    guard let hints = state.hints, hints.chosen == nil else { return }
    for target in hints.targets where target.message == message.id && target.kind == .message {
      guard target.label.hasPrefix(hints.typed) else { continue }
      draw(target, at: Point(x: origin.x + columns + 1, y: origin.y), in: area, on: &surface)
    }
  }

  private func draw(_ target: HintTarget, at point: Point, in area: Rect, on surface: inout Surface) {
    var row = RowBuilder(columns: 4)
    row.add(" \(target.label.dropFirst(state.hints?.typed.count ?? 0)) ", role: .hint)
    surface.draw(row.cells, at: point, in: area)
  }
}
