// The inline structure of one block that grows.

/// The text of a paragraph, a heading or a table cell, with its markup read and taken away.
package struct InlineText: Equatable, Sendable {
  /// What is shown, in UTF-8 as it came: a soft line break is a space, a hard one LF.
  package private(set) var text: [UInt8] = []
  /// Covers `text` without gaps.
  package private(set) var spans: [InlineSpan] = []
  package private(set) var links: [InlineLink] = []
  /// The offset in `text` before which nothing changes however the lines grow.
  package var stableEnd: Int { closed.text }
  /// Whether something in brackets would be a link if its label were defined: read the block again when
  /// `LinkDefinitions.count` has risen.
  package private(set) var hasUnresolvedReferences = false

  /// How much came from segments that are closed, and where the next one begins.
  private struct Closed: Equatable, Sendable {
    var text = 0
    var spans = 0
    var links = 0
    var hasUnresolvedReferences = false
    var next = InlinePlace()
  }

  private var closed = Closed()

  /// An empty text.
  package init() {}

  /// Takes in what was appended to the block since the last call; all calls for one value are of the same block.
  ///
  /// If lines are gone that were read as final, all is read anew and `stableEnd` falls.
  /// - Parameter isOpen: whether more may come. Then emphasis, code and links that are not closed yet are taken as closed
  ///   at the end, and markup at the very end is left out.
  /// - Complexity: linear in what was appended, and at most 8,192 bytes before it.
  package mutating func extend(
    to bytes: UnsafeBufferPointer<UInt8>, lines: ArraySlice<MarkdownLine>, definitions: LinkDefinitions, isOpen: Bool
  ) {
    if !closed.next.stands(in: lines, of: bytes) { closed = Closed() }
    reopen()
    var segment = InlineSegment()
    var parser = InlineParser(definitions: definitions)
    swap(&parser.links, &links)
    var place: InlinePlace? = closed.next
    var isFinal = true
    while let start = place {
      place = segment.load(from: start, lines: lines, bytes: bytes)
      read(segment: &segment, with: &parser, isLast: place == nil, isOpen: isOpen)
      isFinal = isFinal && place?.isSettled(in: lines) == true
      if isFinal, let place {
        closed = Closed(
          text: text.count, spans: spans.count, links: parser.links.count,
          hasUnresolvedReferences: parser.hasUnresolvedReferences || closed.hasUnresolvedReferences, next: place)
      }
    }
    swap(&parser.links, &links)
    hasUnresolvedReferences = closed.hasUnresolvedReferences || parser.hasUnresolvedReferences
  }

  /// Takes in a part of one line in which some bytes do not count.
  mutating func extend(
    to bytes: UnsafeBufferPointer<UInt8>, cell: Range<Int>, definitions: LinkDefinitions, isOpen: Bool,
    without isOmitted: (Int) -> Bool
  ) {
    var segment = InlineSegment()
    var parser = InlineParser(definitions: definitions)
    var start = cell.lowerBound
    while start < cell.upperBound {
      let end = InlineSegment.end(from: start, to: cell.upperBound, used: 0, in: bytes)
      segment.load(start..<end, of: bytes, without: isOmitted)
      read(segment: &segment, with: &parser, isLast: end == cell.upperBound, isOpen: isOpen)
      start = end
    }
    links = parser.links
    hasUnresolvedReferences = parser.hasUnresolvedReferences
  }

  /// Takes back what came from the open segments.
  private mutating func reopen() {
    text.removeSubrange(closed.text...)
    spans.removeSubrange(closed.spans...)
    links.removeSubrange(closed.links...)
  }

  private mutating func read(
    segment: inout InlineSegment, with parser: inout InlineParser, isLast: Bool, isOpen: Bool
  ) {
    parser.isOpen = isLast && isOpen
    parser.endsAtLastByte = false
    if isLast {
      let length = segment.text.withUnsafeBufferPointer { OpenEnd.lengthWithoutWhite(of: $0) }
      parser.endsAtLastByte = length == segment.text.count
      segment.truncate(to: length)
      if isOpen {
        segment.truncate(to: segment.text.withUnsafeBufferPointer { OpenEnd.length(of: $0) })
        let visible = segment.text.withUnsafeBufferPointer { OpenEnd.lengthWithoutWhite(of: $0) }
        if visible < segment.text.count { parser.endsAtLastByte = false }
        segment.truncate(to: visible)
      }
    }
    var writer = InlineWriter(text: text, spans: spans)
    text = []
    spans = []
    segment.text.withUnsafeBufferPointer { bytes in
      parser.bytes = bytes
      parser.parse()
      writer.write(parser, of: segment)
      parser.bytes = UnsafeBufferPointer(start: nil, count: 0)
    }
    text = writer.text
    spans = writer.spans
  }
}

extension InlinePlace {
  /// Whether the place is still inside the lines, so that what stands before it is what stood there.
  fileprivate func stands(in lines: ArraySlice<MarkdownLine>, of bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    guard offset >= 0 else { return true }
    guard line < lines.count else { return false }
    let end = min(lines[lines.startIndex + line].end, bytes.count)
    return isLineEnd ? offset == end && line + 1 < lines.count : isIndentation ? offset <= end : offset < end
  }

  /// Whether it will stand there for good. A short last line may still turn out to begin another block; then the line
  /// before it is the last one, and its end no end of a segment.
  fileprivate func isSettled(in lines: ArraySlice<MarkdownLine>) -> Bool {
    !isLineEnd || line + 2 < lines.count || lines[lines.startIndex + line + 1].range.count > 256
  }
}
