// From a cell of the screen to a place in the conversation and back, and the text between two places.

import Conversations
import Display
import Markdown

/// A row of the pane as somebody points at it.
struct PointedRow {
  var position: PanePosition
  /// Columns right of the left edge of the text; negative left of it.
  var column: Int
}

extension AppState {
  /// The row of the pane at a cell; `nil` outside, and below the end.
  func row(at point: Point, _ cache: inout LayoutCache) -> PointedRow? {
    let pane = ScreenLayout(self).pane
    guard pane.contains(point), !transcript.messages.isEmpty else { return nil }
    let facts = layoutFacts
    guard let position = position(rows: point.y - pane.minY, below: topPosition(&cache), &cache, facts) else {
      return nil
    }
    return PointedRow(position: position, column: point.x - pane.minX - MessageLayout.indent)
  }

  /// The character at a cell of the pane, or the nearest one in its row; `nil` where there is no text.
  func textPoint(at point: Point, _ cache: inout LayoutCache) -> TextPoint? {
    guard let row = row(at: point, &cache) else { return nil }
    let message = transcript.messages[row.position.message]
    return cache.with(message, in: transcript, layoutFacts) { layout in
      layout.point(
        at: row.position.stretch, row: row.position.row, column: row.column, in: message,
        look: RowLook(codeShift: codeShift, ordersText: options.ordersText))
    }
  }

  /// The text of a stretch, as it is copied.
  func copiedText(_ range: TextRange, _ cache: inout LayoutCache) -> String {
    guard let from = transcript.index(of: range.first.message), let to = transcript.index(of: range.last.message),
      from <= to
    else { return "" }
    let facts = layoutFacts
    var pieces: [String] = []
    for index in from...to {
      let message = transcript.messages[index]
      cache.with(message, in: transcript, facts) { layout in
        layout.copied(range, message: index, message, in: transcript, into: &pieces)
      }
    }
    return pieces.joined()
  }
}

extension MessageLayout {
  /// The character at a column of a row.
  /// - Parameter look: as it is drawn.
  mutating func point(
    at stretch: Stretch, row: Int, column: Int, in message: TranscriptMessage, look: RowLook
  ) -> TextPoint? {
    switch segments[stretch.segment] {
    case .plain(let part):
      guard case .plain(let plain) = contents[part], plain.rows.indices.contains(row) else { return nil }
      return message.parts[part].bytes.withUnsafeBufferPointer { bytes in
        let text = RowText(bytes: bytes, range: plain.rows[row].range, column: 0, tabWidth: Sanitizer.tabWidth)
        let offset = text.offset(at: look.ordersText ? text.logicalColumn(of: column) : column)
        return TextPoint(message: message.id, part: part, block: 0, offset: offset, end: text.end(of: offset))
      }
    case .blocks(let part):
      guard let block = block(stretch.block, of: part, in: message) else { return nil }
      return withSource(of: part, in: message) { source -> TextPoint? in
        if let line = block.tableLine(ofRow: row, source) {
          return TextPoint(
            message: message.id, part: part, block: stretch.block, offset: line.lowerBound, end: line.upperBound)
        }
        let isOrdered = look.ordersText && block.isText
        let column = isOrdered ? column - block.shift(ofRow: row, source) : column
        // A border or a blank row stands for the row of text next to it.
        for near in [row, row + 1, row - 1] {
          let found = block.withText(ofRow: near, source, shift: look.codeShift) { text -> TextPoint in
            let offset =
              near > row
              ? text.range.lowerBound
              : near < row
                ? text.range.upperBound
                : text.offset(at: isOrdered ? text.logicalColumn(of: column) : column)
            return TextPoint(
              message: message.id, part: part, block: stretch.block, offset: offset, end: text.end(of: offset))
          }
          if let found { return found }
        }
        return nil
      } ?? nil
    default: return nil
    }
  }

  /// Appends what belongs to a stretch of text, blocks apart as they stand.
  mutating func copied(
    _ range: TextRange, message index: Int, _ message: TranscriptMessage, in transcript: TranscriptState,
    into pieces: inout [String]
  ) {
    for segment in segments {
      switch segment {
      case .plain(let part):
        let bytes = message.parts[part].bytes
        guard let offsets = range.offsets(message: index, part: part, block: 0, in: transcript) else { continue }
        if !pieces.isEmpty { pieces.append("\n\n") }
        pieces.append(String(decoding: bytes[offsets.clamped(to: 0..<bytes.count)], as: UTF8.self))
      case .blocks(let part):
        for number in 0..<blockCount(of: part) {
          guard let offsets = range.offsets(message: index, part: part, block: number, in: transcript),
            let block = block(number, of: part, in: message)
          else { continue }
          if !pieces.isEmpty { pieces.append(block.gap > 0 || number == 0 ? "\n\n" : "\n") }
          pieces.append(withSource(of: part, in: message) { block.copied(offsets, $0) } ?? "")
        }
      default: break
      }
    }
  }
}
