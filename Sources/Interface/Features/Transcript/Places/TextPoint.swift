// Places in the text of a conversation, as a selection and a found word have them: they belong to the text, not to the
// screen, so that they stay on their characters while lines wrap anew and text arrives.

import Conversations
import Display
import Markdown

/// A character in the text of a message.
struct TextPoint: Equatable, Sendable {
  var message: MessageID
  var part: Int
  /// The Markdown block; 0 in a part that is shown as it is.
  var block: Int
  /// Where the character begins: in the shown text of a paragraph, in the part's bytes elsewhere.
  var offset: Int
  /// Where it ends.
  var end: Int
}

/// A stretch of text across messages, from one character to another, both included.
struct TextRange: Equatable, Sendable {
  var first: TextPoint
  var last: TextPoint

  /// The stretch between two characters in whichever order.
  init(_ one: TextPoint, _ other: TextPoint, in transcript: TranscriptState) {
    let isForward = Self.isInOrder(one, other, in: transcript)
    first = isForward ? one : other
    last = isForward ? other : one
  }

  private static func isInOrder(_ one: TextPoint, _ other: TextPoint, in transcript: TranscriptState) -> Bool {
    let left = (transcript.index(of: one.message) ?? 0, one.part, one.block, one.offset)
    let right = (transcript.index(of: other.message) ?? 0, other.part, other.block, other.offset)
    return left <= right
  }

  /// The offsets of a block that belong to the stretch; `nil` if none do.
  func offsets(message: Int, part: Int, block: Int, in transcript: TranscriptState) -> Range<Int>? {
    let here = (message, part, block)
    let start = (transcript.index(of: first.message) ?? 0, first.part, first.block)
    let finish = (transcript.index(of: last.message) ?? 0, last.part, last.block)
    guard here >= start, here <= finish else { return nil }
    let lower = here == start ? first.offset : 0
    let upper = here == finish ? last.end : Int.max
    return lower < upper ? lower..<upper : nil
  }
}

extension BlockLayout {
  /// Works with the text that a row shows; `nil` for rules, borders and tables, whose rows are not one text.
  /// - Parameter shift: columns that code which is not wrapped is moved to the left.
  func withText<Result>(
    ofRow row: Int, _ source: PartSource, shift: Int = 0, _ body: (RowText) -> Result
  ) -> Result? {
    let index = row - gap
    guard index >= 0 else { return nil }
    switch self.body {
    case .text(let text):
      guard text.rows.indices.contains(index) else { return nil }
      return text.text.bytes.withUnsafeBufferPointer { bytes in
        body(
          RowText(
            bytes: bytes, range: text.rows[index].range, column: prefix.columns + textIndent,
            tabWidth: Sanitizer.tabWidth))
      }
    case .code(let code):
      guard index > 0, index <= code.rows.count else { return nil }
      let place = code.rows[index - 1]
      let lines = source.lines(of: block)
      let padding = place.line < lines.count ? Int(lines[lines.startIndex + place.line].padding) : 0
      let hidden = wrapsCode ? 0 : shift
      return body(
        RowText(
          bytes: source.bytes, range: place.start..<max(place.start, code.end(of: place, shift: hidden)),
          column: prefix.columns + CodeBody.margin + padding - hidden, tabWidth: CodeBody.tabWidth,
          firstColumn: prefix.columns + CodeBody.margin))
    case .table, .rule, .empty: return nil
    }
  }

  /// The bytes of a table's row that a row of the screen belongs to.
  func tableLine(ofRow row: Int, _ source: PartSource) -> Range<Int>? {
    guard case .table(let table) = body, row >= gap else { return nil }
    let lines = source.lines(of: block)
    let line = table.place(ofRow: row - gap).line
    return line < lines.count ? lines[lines.startIndex + line].range : nil
  }

  /// The text of a range of offsets, as it is copied: no wraps, no borders, no indentation.
  func copied(_ range: Range<Int>, _ source: PartSource) -> String {
    switch body {
    case .text(let text):
      if block.kind == .math {
        return String(decoding: source.bytes[block.source.clamped(to: 0..<source.bytes.count)], as: UTF8.self)
      }
      let marker = range.lowerBound == 0 ? prefix.copiedMarker : ""
      return marker + copied(text.text, range, source)
    case .code, .table:
      var copied: [String] = []
      for (index, line) in source.lines(of: block).enumerated() {
        guard range.overlaps(line.range) || (line.range.isEmpty && range.contains(line.start)) else { continue }
        // Behind its header a table is none without the row that says how columns are set.
        if case .table(let alignments) = block.kind, index == 1, !copied.isEmpty {
          copied.append(Self.delimiters(alignments))
        }
        let shown = range.clamped(to: line.range)
        copied.append(
          String(repeating: " ", count: Int(line.padding)) + String(decoding: source.bytes[shown], as: UTF8.self))
      }
      if case .table(let alignments) = block.kind, copied.count == 1, source.lines(of: block).count == 1 {
        copied.append(Self.delimiters(alignments))
      }
      return copied.joined(separator: "\n")
    case .rule: return "---"
    case .empty: return prefix.copiedMarker
    }
  }

  /// Text as it is shown, but formulas as they are written.
  private func copied(_ text: StyledText, _ range: Range<Int>, _ source: PartSource) -> String {
    var copied: [UInt8] = []
    var start = 0
    for (index, run) in text.runs.enumerated() where start < range.upperBound {
      defer { start = run.end }
      let shown = range.clamped(to: start..<run.end)
      guard !shown.isEmpty else { continue }
      if run.role == .math, !run.isVerbatim {
        let end = index + 1 < text.runs.count ? text.runs[index + 1].source : block.source.upperBound
        copied += source.bytes[(run.source..<max(run.source, end)).clamped(to: 0..<source.bytes.count)]
      } else {
        copied += text.bytes[shown]
      }
    }
    return String(decoding: copied, as: UTF8.self)
  }

  private static func delimiters(_ alignments: [MarkdownBlock.Alignment]) -> String {
    let cells = alignments.map { alignment in
      switch alignment {
      case .none: "---"
      case .leading: ":---"
      case .center: ":---:"
      case .trailing: "---:"
      }
    }
    return "|\(cells.joined(separator: "|"))|"
  }

  /// The whole block as it is copied by itself: code without its fences, a table as Markdown.
  func copied(_ source: PartSource) -> String { copied(0..<Int.max, source) }
}

extension BlockPrefix {
  /// The marker that stands before the block's first row, as Markdown has it.
  var copiedMarker: String {
    for case .marker(let marker, _, true) in pieces {
      switch marker {
      case .bullet: return "- "
      case .number(let number): return "\(number). "
      case .task(let isDone): return isDone ? "- [x] " : "- [ ] "
      case .footnote: return ""
      }
    }
    return ""
  }
}
