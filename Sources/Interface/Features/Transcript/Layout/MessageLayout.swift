// The rows of one message at one width: a header, the rows of its parts, what is to be said after it, a blank row. They
// come in stretches that are laid out together and only when they are looked at; nobody needs the height of the whole.

import Conversations
package import Display
import Markdown
import Streaming

/// The rows of one message.
package struct MessageLayout: Equatable, Sendable {
  /// A run of stretches of one kind.
  enum Segment: Equatable {
    case header
    /// The one row of a folded part, or the first row of an unfolded one.
    case label(part: Int)
    /// The end of thinking that goes on while it is folded.
    case tail(part: Int, rows: Int)
    /// The rows of a part that is shown as it is.
    case plain(part: Int)
    /// The blocks of a part, a stretch each.
    case blocks(part: Int)
    /// A row that has nothing but the streaming cursor.
    case cursor
    case footer
    case spacer
  }

  /// Rows that are laid out together: a segment, or a block of one.
  struct Stretch: Equatable, Comparable, Sendable {
    var segment: Int
    var block: Int

    static func < (left: Stretch, right: Stretch) -> Bool {
      (left.segment, left.block) < (right.segment, right.block)
    }
  }

  /// The rows of a part.
  enum Content: Equatable {
    case plain(PlainLayout)
    case markdown(MarkdownLayout)
  }

  private struct Caption: Equatable {
    let status: MessageStatus
    let usage: TokenUsage?
    let variant: Variant
    let chunks: Int?
    let speed: SpeedVerdict
    let alias: String?

    init(_ message: TranscriptMessage, _ alias: String?) {
      self.alias = alias
      status = message.status
      usage = message.usage
      variant = message.variant
      chunks = message.metrics?.chunks
      speed = message.speed
    }
  }

  /// Columns left of the text.
  package static let indent = 2
  /// Rows that growing thinking shows while it is folded.
  static let tailRows = 3

  private(set) var segments: [Segment] = []
  private(set) var contents: [Content] = []
  private(set) var header: [Cell] = []
  private(set) var footer: [[Cell]] = []

  private var facts: LayoutFacts
  private var revision = -1
  /// What header and footer were made of: a conversation that was forgotten and opened again counts from the start.
  private var caption: Caption?
  private var folds: [Bool] = []
  private var generations: [Int] = []

  /// An empty layout; `update` fills it.
  package init(facts: LayoutFacts) { self.facts = facts }

  /// Columns that text may take: the streaming cursor and a scrollbar find room at the right.
  package var textColumns: Int { max(1, facts.columns - Self.indent - 1) }

  /// Takes in what changed in the message since the last call.
  package mutating func update(
    to message: TranscriptMessage, in transcript: TranscriptState, with newFacts: LayoutFacts, glyphs: inout GlyphTable
  ) {
    let alias = transcript.aliases.isEmpty ? nil : transcript.aliases[message.id]
    let newCaption = Caption(message, alias)
    let isNew = revision != message.revision || facts != newFacts || caption != newCaption
    if facts != newFacts {
      facts = newFacts
      contents = []
    }
    if contents.count > message.parts.count {
      contents.removeSubrange(message.parts.count...)
      folds.removeSubrange(min(folds.count, message.parts.count)...)
    }
    let isStreaming = message.status.isStreaming
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
      if index >= contents.count {
        contents.append(makeContent(of: part, in: message))
        generations.removeSubrange(min(index, generations.count)...)
        generations.append(part.generation)
        isChanged = true
      } else if generations[index] != part.generation || consumed(index) > part.bytes.count {
        contents[index] = makeContent(of: part, in: message)
        generations[index] = part.generation
        isChanged = true
      }
      let isGrowing = isStreaming && index == message.parts.count - 1
      // What is folded costs nothing until it is looked at, but for thinking whose end is shown.
      if !isFolded || (isGrowing && part.kind == .thinking) {
        let before = consumed(index)
        extend(index, to: part.bytes, isOpen: isGrowing)
        if before == 0 || isFolded { isChanged = isChanged || consumed(index) != before }
      }
    }
    if isNew {
      revision = message.revision
      caption = newCaption
      header = MessageCaption.header(of: message, alias: alias, columns: facts.columns, facts: facts, glyphs: &glyphs)
      footer = MessageCaption.footer(
        of: message, isHidden: alias != nil, columns: textColumns, glyphs: &glyphs)
    }
    if isChanged { arrange(message) }
  }

  private func consumed(_ index: Int) -> Int {
    switch contents[index] {
    case .plain(let layout): layout.consumed
    case .markdown(let layout): layout.consumed
    }
  }

  private mutating func extend(_ index: Int, to bytes: [UInt8], isOpen: Bool) {
    // The content is taken out while it grows, so that it is not copied.
    switch contents[index] {
    case .plain(var layout):
      contents[index] = .plain(PlainLayout(columns: 1))
      layout.extend(to: bytes)
      contents[index] = .plain(layout)
    case .markdown(var layout):
      contents[index] = .plain(PlainLayout(columns: 1))
      layout.extend(to: bytes, isOpen: isOpen)
      contents[index] = .markdown(layout)
    }
  }

  private func makeContent(of part: TranscriptPart, in message: TranscriptMessage) -> Content {
    // What a person wrote is shown as it was written; what a model wrote is Markdown.
    part.kind == .text && message.role == .assistant
      ? .markdown(MarkdownLayout(columns: textColumns, wrapsCode: facts.wrapsCode))
      : .plain(PlainLayout(columns: textColumns))
  }

  private mutating func arrange(_ message: TranscriptMessage) {
    segments = [.header]
    for (index, part) in message.parts.enumerated() {
      let isGrowing = message.status.isStreaming && index == message.parts.count - 1
      if part.isSilent, !isGrowing { continue }
      if part.isFoldable { segments.append(.label(part: index)) }
      switch contents[index] {
      case .plain(let layout):
        if !folds[index] {
          if !part.bytes.isEmpty { segments.append(.plain(part: index)) }
        } else if isGrowing, part.kind == .thinking, !layout.rows.isEmpty {
          segments.append(.tail(part: index, rows: min(Self.tailRows, layout.rows.count)))
        }
      case .markdown: if !part.bytes.isEmpty { segments.append(.blocks(part: index)) }
      }
    }
    if message.parts.isEmpty, message.status.isStreaming { segments.append(.cursor) }
    if !footer.isEmpty { segments.append(.footer) }
    segments.append(.spacer)
  }

  package func isFolded(_ part: Int) -> Bool { part < folds.count && folds[part] }

  // MARK: Stretches

  /// Stretches of a segment; none for a Markdown part that shows nothing yet.
  private func count(of segment: Int) -> Int {
    if case .blocks(let part) = segments[segment] { return blockCount(of: part) }
    return 1
  }

  /// Blocks of a Markdown part.
  func blockCount(of part: Int) -> Int {
    if part < contents.count, case .markdown(let layout) = contents[part] { return layout.blockCount }
    return 0
  }

  var firstStretch: Stretch { Stretch(segment: 0, block: 0) }

  var lastStretch: Stretch { Stretch(segment: max(0, segments.count - 1), block: 0) }

  /// The stretch below; `nil` at the end.
  func stretch(after stretch: Stretch) -> Stretch? {
    if stretch.block + 1 < count(of: stretch.segment) {
      return Stretch(segment: stretch.segment, block: stretch.block + 1)
    }
    var segment = stretch.segment + 1
    while segment < segments.count {
      if count(of: segment) > 0 { return Stretch(segment: segment, block: 0) }
      segment += 1
    }
    return nil
  }

  /// The stretch above; `nil` at the beginning.
  func stretch(before stretch: Stretch) -> Stretch? {
    if stretch.block > 0 { return Stretch(segment: stretch.segment, block: stretch.block - 1) }
    var segment = stretch.segment - 1
    while segment >= 0 {
      let count = count(of: segment)
      if count > 0 { return Stretch(segment: segment, block: count - 1) }
      segment -= 1
    }
    return nil
  }

  func isTail(_ stretch: Stretch) -> Bool {
    if case .tail = segments[stretch.segment] { true } else { false }
  }

  /// Rows of a stretch, at least one.
  mutating func height(of stretch: Stretch, in message: TranscriptMessage) -> Int {
    switch segments[stretch.segment] {
    case .header, .label, .cursor, .spacer: return 1
    case .tail(_, let rows): return rows
    case .footer: return footer.count
    case .plain(let part):
      if case .plain(let layout) = contents[part] { return max(1, layout.rows.count) }
      return 1
    case .blocks(let part): return block(stretch.block, of: part, in: message)?.height ?? 1
    }
  }

  /// A block of a Markdown part, laid out.
  mutating func block(_ index: Int, of part: Int, in message: TranscriptMessage) -> BlockLayout? {
    guard part < message.parts.count, case .markdown(var layout) = contents[part] else { return nil }
    contents[part] = .plain(PlainLayout(columns: 1))
    let block = layout.block(index, message.parts[part].bytes)
    contents[part] = .markdown(layout)
    return block
  }

  /// The structure of a Markdown part, for as long as `body` takes.
  func withSource<Result>(
    of part: Int, in message: TranscriptMessage, _ body: (PartSource) -> Result
  ) -> Result? {
    guard part < message.parts.count, part < contents.count, case .markdown(let layout) = contents[part] else {
      return nil
    }
    return message.parts[part].bytes.withUnsafeBufferPointer { body(layout.source($0)) }
  }

  // MARK: Places

  /// The place of a row, to find it again at another width.
  mutating func place(at stretch: Stretch, row: Int, in message: TranscriptMessage) -> RowPlace {
    switch segments[stretch.segment] {
    case .header: return .header
    case .label(let part), .tail(let part, _): return .part(index: part, offset: -1)
    case .plain(let part):
      guard case .plain(let layout) = contents[part], layout.rows.indices.contains(row) else {
        return .part(index: part, offset: 0)
      }
      return .part(index: part, offset: layout.rows[row].start)
    case .blocks(let part):
      guard let block = block(stretch.block, of: part, in: message) else { return .part(index: part, offset: 0) }
      let offset = withSource(of: part, in: message) { block.source(ofRow: row, in: $0) } ?? 0
      return row < block.gap ? .gap(part: part, offset: offset) : .part(index: part, offset: offset)
    case .cursor: return .part(index: 0, offset: 0)
    case .footer: return .footer(line: row)
    case .spacer: return .spacer
    }
  }

  /// The row at which a place stands at this width; the nearest one when the place is gone.
  mutating func locate(_ place: RowPlace, in message: TranscriptMessage) -> (stretch: Stretch, row: Int) {
    var best = (stretch: lastStretch, row: 0)
    for index in segments.indices {
      let here = Stretch(segment: index, block: 0)
      switch (segments[index], place) {
      case (.header, .header), (.spacer, .spacer): return (here, 0)
      case (.label(let part), .part(let wanted, let offset)) where part == wanted && (offset < 0 || isFolded(part)):
        return (here, 0)
      case (.plain(let part), .part(let wanted, let offset)) where part == wanted:
        guard case .plain(let layout) = contents[part] else { return (here, 0) }
        return (here, layout.row(holding: offset))
      case (.blocks(let part), .part(let wanted, let offset)) where part == wanted:
        return locate(offset, of: part, segment: index, isGap: false, in: message)
      case (.blocks(let part), .gap(let wanted, let offset)) where part == wanted:
        return locate(offset, of: part, segment: index, isGap: true, in: message)
      case (.cursor, .part): return (here, 0)
      case (.footer, .footer(let line)): return (here, min(line, footer.count - 1))
      default: break
      }
      if case .part(let wanted, _) = place, segments[index].part.map({ $0 < wanted }) ?? false { best = (here, 0) }
    }
    return place == .header ? (firstStretch, 0) : best
  }

  private mutating func locate(
    _ offset: Int, of part: Int, segment: Int, isGap: Bool, in message: TranscriptMessage
  ) -> (stretch: Stretch, row: Int) {
    guard case .markdown(let layout) = contents[part], layout.blockCount > 0 else {
      return (Stretch(segment: max(0, segment - 1), block: 0), 0)
    }
    let index = layout.block(holding: max(0, offset))
    let stretch = Stretch(segment: segment, block: index)
    guard let block = block(index, of: part, in: message) else { return (stretch, 0) }
    if isGap { return (stretch, 0) }
    return (stretch, withSource(of: part, in: message) { block.row(holdingSource: offset, in: $0) } ?? 0)
  }
}

extension MessageLayout.Segment {
  /// The part that it shows.
  var part: Int? {
    switch self {
    case .label(let part), .tail(let part, _), .plain(let part), .blocks(let part): part
    case .header, .cursor, .footer, .spacer: nil
    }
  }
}
