// What a closing bracket ends: a link, an image, a reference to a footnote, or nothing (CommonMark 0.31.2, sections 6.3
// and 6.4).

extension InlineParser {
  /// What stands behind the text of a link.
  private enum Target {
    /// `end` is where the whole link ends.
    case link(InlineLink, end: Int)
    /// The text ends within it.
    case unfinished
    case none
  }

  /// A label of which so much has arrived hides what follows the link's text no longer: it is prose in a bracket.
  private static let longestUnfinishedLabel = 100

  /// Reads the `]` at `index`, and returns where to go on.
  mutating func closeBracket(at index: Int) -> Int {
    guard let bracket = brackets.pop() else { return index + 1 }
    let hadUnresolvedReferences = hasUnresolvedReferences
    switch target(of: bracket, closedAt: index) {
    case .link(let link, let end):
      links.append(link)
      close(bracket, at: index, link: links.count - 1)
      return skip(to: end)
    case .unfinished:
      close(bracket, at: index, link: -1)
      return skip(to: bytes.count)
    case .none:
      guard let end = footnote(bracket, closedAt: index) else { return index + 1 }
      // Its label was looked up among those of links first.
      hasUnresolvedReferences = hadUnresolvedReferences
      return end
    }
  }

  private mutating func skip(to end: Int) -> Int {
    discard(to: end)
    return end
  }

  /// Makes the bracket and all since a link or an image.
  private mutating func close(_ bracket: InlineBracket, at index: Int, link: Int) {
    flush(to: index)
    delimiters.process(from: bracket.delimiters)
    let style: InlineStyle = bracket.isImage ? .image : .link
    let opening = tokens[bracket.token]
    tokens[bracket.token] = InlineToken(
      kind: .linkStart, style: style, start: opening.start, end: opening.end, value: link)
    tokens.append(InlineToken(kind: .linkEnd, style: style, start: index, end: index + 1))
    if !bracket.isImage { brackets.deactivate() }
  }

  private mutating func target(of bracket: InlineBracket, closedAt index: Int) -> Target {
    let next = index + 1
    let follower = next < bytes.count ? bytes[next] : 0
    if follower == 0x28 {
      let inline = inlineTarget(at: next)
      if case .none = inline {} else { return inline }
    }
    var end = next
    if follower == 0x5B {
      switch LinkSyntax.label(at: next, in: bytes) {
      case .found(let label, let labelEnd):
        if LinkSyntax.isLabel(label, in: bytes) {
          let found = reference(label, end: labelEnd)
          if case .none = found, mayGoOn(at: labelEnd) { return .unfinished }
          return found
        }
        if label.isEmpty { end = labelEnd }
      case .unfinished:
        if isOpen, bytes.count - next <= Self.longestUnfinishedLabel { return .unfinished }
      case .none: break
      }
    }
    let text = bracket.textStart..<index
    if !bracket.hasBracketInside, LinkSyntax.isLabel(text, in: bytes) {
      let found = reference(text, end: end)
      if case .none = found {} else { return found }
    }
    // A footnote mostly is defined at the end of the text, so a reference to it is not taken for a link till then.
    let isFootnote = bytes[bracket.textStart] == 0x5E
    return mayGoOn(at: next) && !isFootnote ? .unfinished : .none
  }

  /// Whether whatever is to come stands next to `index`.
  private func mayGoOn(at index: Int) -> Bool { isOpen && endsAtLastByte && index == bytes.count }

  /// The destination and title in parentheses.
  private func inlineTarget(at start: Int) -> Target {
    let unfinished: Target = isOpen ? .unfinished : .none
    let inside = LinkSyntax.skipWhite(from: start + 1, in: bytes)
    guard inside < bytes.count else { return unfinished }
    if bytes[inside] == 0x29 { return .link(InlineLink(destination: "", title: ""), end: inside + 1) }
    switch LinkSyntax.destination(at: inside, in: bytes) {
    case .unfinished: return unfinished
    case .none: return .none
    case .found(let destination, let destinationEnd):
      let next = LinkSyntax.skipWhite(from: destinationEnd, in: bytes)
      guard next < bytes.count else { return unfinished }
      if bytes[next] == 0x29 {
        let text = LinkSyntax.resolved(destination, in: bytes)
        return .link(InlineLink(destination: text, title: ""), end: next + 1)
      }
      return next > destinationEnd ? titledTarget(destination, titleAt: next) : .none
    }
  }

  private func titledTarget(_ destination: Range<Int>, titleAt start: Int) -> Target {
    let unfinished: Target = isOpen ? .unfinished : .none
    switch LinkSyntax.title(at: start, in: bytes) {
    case .unfinished: return unfinished
    case .none: return .none
    case .found(let title, let titleEnd):
      let end = LinkSyntax.skipWhite(from: titleEnd, in: bytes)
      guard end < bytes.count else { return unfinished }
      guard bytes[end] == 0x29 else { return .none }
      let link = InlineLink(
        destination: LinkSyntax.resolved(destination, in: bytes), title: LinkSyntax.resolved(title, in: bytes))
      return .link(link, end: end + 1)
    }
  }

  private mutating func reference(_ label: Range<Int>, end: Int) -> Target {
    let name = UnsafeBufferPointer(rebasing: bytes[label])
    if let link = definitions.destination(of: name) { return .link(link, end: end) }
    hasUnresolvedReferences = true
    return .none
  }

  /// Makes `[^label]` a reference if there is such a footnote. An exclamation mark before it is just one.
  private mutating func footnote(_ bracket: InlineBracket, closedAt index: Int) -> Int? {
    let label = bracket.textStart + 1..<max(index, bracket.textStart + 1)
    guard bytes[bracket.textStart] == 0x5E, !bracket.hasBracketInside, LinkSyntax.isLabel(label, in: bytes) else {
      return nil
    }
    guard definitions.footnote(UnsafeBufferPointer(rebasing: bytes[label])) else { return nil }
    delimiters.process(from: bracket.delimiters)
    let start = bracket.textStart - 1
    rewind(to: bracket.token, textStart: bracket.isImage ? start - 1 : start)
    return replace(start..<index + 1, by: [0x5B] + bytes[label] + [0x5D], style: .footnote)
  }
}
