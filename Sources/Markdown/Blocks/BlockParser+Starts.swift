// What begins with a line: containers, as many as it holds, then at most one leaf.

extension BlockParser {
  enum Started {
    case nothing
    /// Containers; what is left of the line is a paragraph or blank.
    case containers
    /// A leaf that took the line, or the line completed one.
    case leaf
  }

  /// Lets the line begin blocks, the first of them in the container `matched` of the stack counts up to.
  mutating func startBlocks(_ line: inout LineCursor, matched: Int) -> Started {
    var started = Started.nothing
    while !line.isBlank {
      if line.indent >= 4 {
        if open.leaf.isParagraph { break }
        return beginIndentedCode(&line, started, matched)
      }
      let isInParagraph = open.leaf.isParagraph && matched == open.stack.count
      switch line.first {
      case UInt8(ascii: ">"):
        guard beginQuote(&line, started, matched) else { return started }
      case UInt8(ascii: "["):
        guard beginFootnote(&line, started, matched) else { return started }
      case UInt8(ascii: "-"), UInt8(ascii: "*"), UInt8(ascii: "_"), UInt8(ascii: "="), UInt8(ascii: "+"),
        UInt8(ascii: "|"), UInt8(ascii: ":"), 0x30...0x39:
        if isInParagraph, let level = HeadingRules.underlineLevel(line, &memo), underline(line, level: level) {
          return .leaf
        }
        if beginRule(line, started, matched) { return .leaf }
        if beginItem(&line, started, matched) { break }
        guard isInParagraph, open.leaf.isParagraph, delimitTable(line) else { return started }
        return .leaf
      case UInt8(ascii: "#"), UInt8(ascii: "`"), UInt8(ascii: "~"), UInt8(ascii: "<"), UInt8(ascii: "$"),
        UInt8(ascii: "\\"):
        return beginLeaf(line, started, matched) ? .leaf : started
      default:
        return started
      }
      started = .containers
      line.findContent(&memo)
    }
    return started
  }

  /// Ends what the first new block of a line interrupts.
  private mutating func interrupt(_ line: LineCursor, _ started: Started, _ matched: Int) {
    guard case .nothing = started else { return }
    closeContainers(to: matched, in: line.bytes)
    closeLeaf(in: line.bytes)
  }

  /// How many containers of the stack the next block stands in.
  private func depth(_ started: Started, _ matched: Int) -> Int {
    if case .nothing = started { matched } else { open.stack.count }
  }

  // MARK: Containers

  private mutating func beginQuote(_ line: inout LineCursor, _ started: Started, _ matched: Int) -> Bool {
    guard open.canNest(on: depth(started, matched)) else { return false }
    interrupt(line, started, matched)
    line.advanceIntoContent(1)
    line.advanceOverSpace()
    push(.quote, .quote, at: line)
    return true
  }

  private mutating func beginFootnote(_ line: inout LineCursor, _ started: Started, _ matched: Int) -> Bool {
    guard let label = FootnoteRules.label(line), open.canNest(on: depth(started, matched)) else { return false }
    interrupt(line, started, matched)
    tree.definitions.defineFootnote(UnsafeBufferPointer(rebasing: line.bytes[label]))
    line.advanceIntoContent(label.count + 4)
    line.findContent(&memo)
    line.advanceToContent()
    push(.footnote, .footnote(label: label), at: line)
    return true
  }

  private mutating func beginItem(_ line: inout LineCursor, _ started: Started, _ matched: Int) -> Bool {
    let depth = depth(started, matched)
    let interruptsParagraph = open.leaf.isParagraph && depth == open.stack.count
    guard let marker = ListMarker.opening(line, interruptsParagraph: interruptsParagraph, &memo),
      open.canNest(on: depth)
    else { return false }
    interrupt(line, started, matched)
    var number = marker.number
    if let last = open.stack.last, case .list(marker.character, let next) = last.kind {
      if number != nil { number = next }
      open.stack[open.stack.count - 1].kind = .list(character: marker.character, next: next + 1)
    } else {
      push(
        .list(character: marker.character, next: (number ?? 0) + 1), .list(start: number, isTight: true), at: line)
    }
    let width = marker.take(from: &line, &memo)
    push(.item(width: width), .item(number: number, task: nil), at: line)
    return true
  }

  // MARK: Leaves

  private mutating func beginIndentedCode(_ line: inout LineCursor, _ started: Started, _ matched: Int) -> Started {
    interrupt(line, started, matched)
    line.advance(columns: 4)
    let rest = line.rest
    append(.code(info: rest.start..<rest.start, isFenced: false), from: rest.start, to: rest.end)
    tree.append(rest)
    open.leaf = .indentedCode
    return .leaf
  }

  private mutating func beginRule(_ line: LineCursor, _ started: Started, _ matched: Int) -> Bool {
    switch line.first {
    case UInt8(ascii: "-"), UInt8(ascii: "*"), UInt8(ascii: "_"):
      guard HeadingRules.isRule(line, &memo) else { return false }
    default:
      return false
    }
    interrupt(line, started, matched)
    append(.rule, from: line.content, to: line.end)
    tree.closeLast()
    return true
  }

  private mutating func beginLeaf(_ line: LineCursor, _ started: Started, _ matched: Int) -> Bool {
    switch line.first {
    case UInt8(ascii: "#"):
      guard let heading = HeadingRules.heading(line, &memo) else { return false }
      interrupt(line, started, matched)
      append(.heading(level: heading.level), from: line.content, to: line.end)
      tree.append(MarkdownLine(start: heading.text.lowerBound, end: heading.text.upperBound))
      tree.extendLast(to: line.end)
      tree.closeLast()
    case UInt8(ascii: "`"), UInt8(ascii: "~"):
      guard let code = CodeFence.opening(line, &memo) else { return false }
      interrupt(line, started, matched)
      append(.code(info: code.info, isFenced: true), from: line.content, to: line.end)
      open.leaf = .fencedCode(code.fence)
    case UInt8(ascii: "<"):
      let isInParagraph = open.leaf.isParagraph && matched == open.stack.count
      guard let end = HTMLBlocks.start(of: line, interruptsParagraph: isInParagraph, &memo) else { return false }
      interrupt(line, started, matched)
      append(.html, from: line.content, to: line.end)
      tree.append(line.rest)
      open.leaf = .html(end)
      if HTMLBlocks.ends(end, in: line.bytes, from: line.content, to: line.end, &memo) { closeLeaf(in: line.bytes) }
    default:
      guard let math = MathFence.opening(line, &memo) else { return false }
      interrupt(line, started, matched)
      append(.math, from: line.content, to: line.end)
      var text = line
      text.advanceIntoContent(2)
      text.findContent(&memo)
      open.leaf = .math(math.fence)
      switch math.opening {
      case .lasting(let range):
        if text.content < range.upperBound { tree.append(MarkdownLine(start: text.content, end: range.upperBound)) }
      case .whole(let range):
        if text.content < range.upperBound { tree.append(MarkdownLine(start: text.content, end: range.upperBound)) }
        closeLeaf(in: line.bytes)
      }
      tree.extendLast(to: line.end)
    }
    return true
  }
}
