// The rows of one message at one width: a header, the rows of its parts, what is to be said after it, a blank row.

import Conversations
package import Display
import Streaming

/// The rows of one message.
package struct MessageLayout: Equatable, Sendable {
  /// A stretch of rows of one kind.
  package enum Segment: Equatable, Sendable {
    case header
    /// The one row of a folded part, or the first row of an unfolded one.
    case label(part: Int)
    /// Rows of a part's text.
    case rows(part: Int, count: Int)
    /// A row that has nothing but the streaming cursor.
    case cursor
    case footer(count: Int)
    case spacer

    package var height: Int {
      switch self {
      case .header, .label, .cursor, .spacer: 1
      case .rows(_, let count), .footer(let count): count
      }
    }
  }

  /// What one row of the message is.
  package enum Row: Equatable, Sendable {
    case header
    case label(part: Int)
    case text(part: Int, row: Int)
    case cursor
    case footer(Int)
    case spacer
  }

  private struct Caption: Equatable {
    let status: MessageStatus
    let usage: TokenUsage?
    let variant: Variant
    let chunks: Int?

    init(_ message: TranscriptMessage) {
      status = message.status
      usage = message.usage
      variant = message.variant
      chunks = message.metrics?.chunks
    }
  }

  /// Columns left of the text.
  package static let indent = 2

  package private(set) var segments: [Segment] = []
  package private(set) var height = 0
  package private(set) var parts: [PartLayout] = []
  package private(set) var header: [Cell] = []
  package private(set) var footer: [[Cell]] = []

  private var facts: LayoutFacts
  private var revision = -1
  /// What header and footer were made of: a conversation that was forgotten and opened again counts from the start.
  private var caption: Caption?
  private var folds: [Bool] = []

  /// An empty layout; `update` fills it.
  package init(facts: LayoutFacts) { self.facts = facts }

  /// Columns that text may take: the streaming cursor and a scrollbar find room at the right.
  package var textColumns: Int { max(1, facts.columns - Self.indent - 1) }

  /// Takes in what changed in the message since the last call.
  package mutating func update(
    to message: TranscriptMessage, in transcript: TranscriptState, with newFacts: LayoutFacts, glyphs: inout GlyphTable
  ) {
    let newCaption = Caption(message)
    let isNew = revision != message.revision || facts != newFacts || caption != newCaption
    if facts != newFacts {
      facts = newFacts
      parts = []
    }
    var isChanged = isNew
    for (index, part) in message.parts.enumerated() {
      let isFolded = transcript.isFolded(part, TranscriptState.PartKey(message: message.id, index: index))
      if index < folds.count {
        if folds[index] != isFolded { isChanged = true }
        folds[index] = isFolded
      } else {
        folds.append(isFolded)
        isChanged = true
      }
      if index == parts.count {
        parts.append(makeLayout(of: part))
      } else if parts[index].generation != part.generation || parts[index].consumed > part.bytes.count {
        parts[index] = makeLayout(of: part)
        isChanged = true
      }
      guard !isFolded else { continue }
      let before = parts[index].rows.count
      parts[index].extend(to: part.bytes)
      if parts[index].rows.count != before { isChanged = true }
    }
    if parts.count > message.parts.count {
      parts.removeSubrange(message.parts.count...)
      folds.removeSubrange(message.parts.count...)
      isChanged = true
    }
    if isNew {
      revision = message.revision
      caption = newCaption
      header = MessageCaption.header(of: message, columns: facts.columns, facts: facts, glyphs: &glyphs)
      footer = MessageCaption.footer(of: message, columns: textColumns, glyphs: &glyphs)
    }
    if isChanged { arrange(message) }
  }

  private func makeLayout(of part: TranscriptPart) -> PartLayout {
    PartLayout(columns: textColumns, generation: part.generation, recognisesCode: part.kind == .text)
  }

  private mutating func arrange(_ message: TranscriptMessage) {
    segments = [.header]
    for (index, part) in message.parts.enumerated() {
      let isGrowing = message.status.isStreaming && index == message.parts.count - 1
      if part.isSilent, !isGrowing { continue }
      if part.isFoldable { segments.append(.label(part: index)) }
      if !folds[index], !parts[index].rows.isEmpty {
        segments.append(.rows(part: index, count: parts[index].rows.count))
      }
    }
    if message.parts.isEmpty, message.status.isStreaming { segments.append(.cursor) }
    if !footer.isEmpty { segments.append(.footer(count: footer.count)) }
    segments.append(.spacer)
    height = segments.reduce(0) { $0 + $1.height }
  }

  /// What row `index` is, counted from the header.
  package func row(at index: Int) -> Row {
    var rest = index
    for segment in segments {
      if rest < segment.height {
        switch segment {
        case .header: return .header
        case .label(let part): return .label(part: part)
        case .rows(let part, _): return .text(part: part, row: rest)
        case .cursor: return .cursor
        case .footer: return .footer(rest)
        case .spacer: return .spacer
        }
      }
      rest -= segment.height
    }
    return .spacer
  }

  /// The row at which a place stands at this width; the nearest one when the place is gone.
  package func index(of place: RowPlace) -> Int {
    var top = 0
    for segment in segments {
      switch (segment, place) {
      case (.header, .header), (.spacer, .spacer): return top
      case (.label(let part), .part(let index, let offset)) where part == index && (offset < 0 || isFolded(part)):
        return top
      case (.rows(let part, let count), .part(let index, let offset)) where part == index:
        return top + min(count - 1, parts[part].row(holding: offset))
      case (.cursor, .part): return top
      case (.footer(let count), .footer(let line)): return top + min(line, count - 1)
      default: break
      }
      top += segment.height
    }
    return place == .header ? 0 : max(0, height - 1)
  }

  /// The place of row `index`, to find it again at another width.
  package func place(at index: Int) -> RowPlace {
    switch row(at: index) {
    case .header: .header
    case .label(let part): .part(index: part, offset: -1)
    case .text(let part, let row): .part(index: part, offset: parts[part].rows[row].start)
    case .cursor: .part(index: 0, offset: 0)
    case .footer(let line): .footer(line: line)
    case .spacer: .spacer
    }
  }

  package func isFolded(_ part: Int) -> Bool { part < folds.count && folds[part] }
}
