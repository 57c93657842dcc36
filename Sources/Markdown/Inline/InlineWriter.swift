// From the tokens of a segment to what is shown.

/// Writes the text of one segment and its spans behind those that are there.
struct InlineWriter {
  private(set) var text: [UInt8]
  private(set) var spans: [InlineSpan]

  private var cursor = 0
  private var depth = InlineDepth()
  private var openLinks = 0
  private var openImages = 0
  /// The link or image around all others: what a reader who follows the text gets to.
  private var outerLink = -1
  /// Where a span would begin in the source that goes on with the last one; −1 if none may.
  private var continuation = -1

  /// Goes on behind what was written before.
  init(text: consuming [UInt8], spans: consuming [InlineSpan]) {
    self.text = text
    self.spans = spans
  }

  /// Writes what the parser has read.
  mutating func write(_ parser: borrowing InlineParser, of segment: InlineSegment) {
    // Most paragraphs are one segment. Behind others the arrays grow by themselves, which copies less.
    if text.isEmpty {
      text.reserveCapacity(segment.text.count)
      spans.reserveCapacity(parser.tokens.count)
    }
    (cursor, depth, openLinks, openImages, outerLink, continuation) = (0, InlineDepth(), 0, 0, -1, -1)
    for token in parser.tokens {
      switch token.kind {
      case .text:
        if token.style.isEmpty {
          verbatim(token.start..<token.end, style: current, link: outerLink, from: parser.bytes, of: segment)
        } else {
          lines(token, from: parser.bytes, of: segment)
        }
      case .replaced:
        let replacement = parser.replacements[token.value..<token.value + token.count]
        replaced(replacement, at: token.start, style: current.union(token.style), of: segment)
      case .softBreak:
        replaced(CollectionOfOne(0x20), at: token.start, style: current, of: segment)
      case .hardBreak:
        replaced(CollectionOfOne(0x0A), at: token.start, style: current, of: segment)
      case .delimiter:
        delimiter(parser.delimiters[token.value], from: parser.bytes, of: segment)
      case .linkStart:
        if openLinks + openImages == 0 { outerLink = token.value }
        if token.style == .image { openImages += 1 } else { openLinks += 1 }
      case .linkEnd:
        if token.style == .image { openImages -= 1 } else { openLinks -= 1 }
        if openLinks + openImages == 0 { outerLink = -1 }
      case .autolink:
        let link = openLinks + openImages == 0 ? token.value : outerLink
        let style = openImages == 0 ? current.union(.link) : current
        verbatim(token.start..<token.end, style: style, link: link, from: parser.bytes, of: segment)
      }
    }
  }

  /// What holds for the text at this place.
  private var current: InlineStyle {
    var style: InlineStyle = []
    if depth.emphasis > 0 { style.insert(.emphasis) }
    if depth.strong > 0 { style.insert(.strong) }
    if depth.strikethrough > 0 { style.insert(.strikethrough) }
    if openLinks > 0 { style.insert(.link) }
    if openImages > 0 { style.insert(.image) }
    return style
  }

  private mutating func delimiter(
    _ run: InlineDelimiter, from bytes: UnsafeBufferPointer<UInt8>, of segment: InlineSegment
  ) {
    depth.emphasis -= run.closed.emphasis
    depth.strong -= run.closed.strong
    depth.strikethrough -= run.closed.strikethrough
    if run.remaining > 0 {
      let start = run.start + run.closing
      verbatim(start..<start + run.remaining, style: current, link: outerLink, from: bytes, of: segment)
    }
    depth.emphasis += run.opened.emphasis
    depth.strong += run.opened.strong
    depth.strikethrough += run.opened.strikethrough
  }

  /// Code or a tag, in which a line's end is a space.
  private mutating func lines(
    _ token: InlineToken, from bytes: UnsafeBufferPointer<UInt8>, of segment: InlineSegment
  ) {
    let style = current.union(token.style)
    var start = token.start
    while start < token.end {
      let end = bytes[start..<token.end].firstIndex(of: 0x0A) ?? token.end
      verbatim(start..<end, style: style, link: outerLink, from: bytes, of: segment)
      if end < token.end { replaced(CollectionOfOne(0x20), at: end, style: style, of: segment) }
      start = end + 1
    }
  }

  private mutating func verbatim(
    _ range: Range<Int>, style: InlineStyle, link: Int, from bytes: UnsafeBufferPointer<UInt8>,
    of segment: InlineSegment
  ) {
    var start = range.lowerBound
    while start < range.upperBound {
      let (source, length) = segment.source(of: start, cursor: &cursor)
      let end = range.upperBound - start > length ? start + max(length, 1) : range.upperBound
      text.append(contentsOf: bytes[start..<end])
      if continuation == source, let last = spans.last, last.style == style, last.link == link {
        spans[spans.count - 1].end = text.count
      } else {
        spans.append(InlineSpan(end: text.count, source: source, style: style, link: link))
      }
      continuation = source + end - start
      start = end
    }
  }

  private mutating func replaced(
    _ bytes: some Collection<UInt8>, at start: Int, style: InlineStyle, of segment: InlineSegment
  ) {
    guard !bytes.isEmpty else { return }
    let source = segment.source(of: start, cursor: &cursor).offset
    text.append(contentsOf: bytes)
    spans.append(InlineSpan(end: text.count, source: source, style: style.union(.replaced), link: outerLink))
    continuation = -1
  }
}
