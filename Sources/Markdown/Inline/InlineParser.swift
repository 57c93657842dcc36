// Reads the inline markup of one segment of text (CommonMark 0.31.2, section 6 and "Phase 2: inline structure").
// The result is a flat list of tokens in the order of the text, not a tree: what is shown needs to know for each piece
// which pairs stand around it, and counting openings and closings on the way tells that.

/// A piece of the text, or a place where a link begins or ends.
struct InlineToken {
  enum Kind {
    /// The bytes from `start` to `end`, in `style` beside what stands around.
    case text
    /// Bytes of `replacements` (`value`, `count`) for those from `start` to `end`.
    case replaced
    case softBreak, hardBreak
    /// The run number `value`.
    case delimiter
    /// The text of link number `value`; −1 for one that is not finished.
    case linkStart
    case linkEnd
    /// The bytes from `start` to `end`, which are link number `value`.
    case autolink
  }

  var kind: Kind
  var style: InlineStyle = []
  var start: Int
  var end: Int
  var value = -1
  var count = 0
}

/// Reads segments one after another; what was allocated for one serves the next.
struct InlineParser {
  let definitions: LinkDefinitions
  /// The segment; valid while it is read.
  var bytes = UnsafeBufferPointer<UInt8>(start: nil, count: 0)
  /// Whether more may come behind the segment.
  var isOpen = false
  /// Whether nothing, not even white space, stands behind the segment.
  var endsAtLastByte = false

  var tokens: [InlineToken] = []
  var delimiters = DelimiterStack()
  var brackets = BracketStack()
  var replacements: [UInt8] = []
  /// The links of all segments so far; `links.count` before the first.
  var links: [InlineLink] = []
  var hasUnresolvedReferences = false

  private var codeSpans = CodeSpans()
  private var tags = HTMLTags()
  private var math = MathSpans()
  /// Where the text begins that no token has yet.
  private(set) var textStart = 0

  init(definitions: LinkDefinitions) { self.definitions = definitions }

  /// Reads `bytes` into `tokens`.
  mutating func parse() {
    tokens.removeAll(keepingCapacity: true)
    if tokens.capacity == 0 { tokens.reserveCapacity(32) }
    replacements.removeAll(keepingCapacity: true)
    delimiters.removeAll()
    brackets.removeAll()
    (codeSpans, tags, math) = (CodeSpans(), HTMLTags(), MathSpans())
    textStart = 0
    var index = 0
    while index < bytes.count {
      let byte = bytes[index]
      index = Self.isSpecial(byte) ? read(byte, at: index) : index + 1
    }
    flush(to: bytes.count)
    delimiters.process(from: 0, isOpen: isOpen)
  }

  /// Line feed, `! $ & * . : < @ [ \ ] _ ~` and the backtick.
  @inline(__always)
  private static func isSpecial(_ byte: UInt8) -> Bool {
    let low: UInt64 = 1 << 0x0A | 1 << 0x21 | 1 << 0x24 | 1 << 0x26 | 1 << 0x2A | 1 << 0x2E | 1 << 0x3A | 1 << 0x3C
    let high: UInt64 = 1 << 0x00 | 1 << 0x1B | 1 << 0x1C | 1 << 0x1D | 1 << 0x1F | 1 << 0x20 | 1 << 0x3E
    if byte < 0x40 { return low >> UInt64(byte) & 1 == 1 }
    return byte < 0x80 && high >> UInt64(byte & 0x3F) & 1 == 1
  }

  /// Reads what may begin at `index`, and returns where to go on.
  private mutating func read(_ byte: UInt8, at index: Int) -> Int {
    switch byte {
    case 0x0A: lineEnd(at: index)
    case 0x21: exclamationMark(at: index)
    case 0x24: formula(at: index) ?? index + InlineBytes.run(of: 0x24, in: bytes, at: index)
    case 0x26: entity(at: index)
    case 0x2A, 0x5F, 0x7E: delimiterRun(of: byte, at: index)
    case 0x2E:
      autolink(
        Autolinks.atDot(index, from: textStart, isInBrackets: !brackets.isEmpty, in: bytes), else: index + 1)
    case 0x3A:
      autolink(
        Autolinks.atColon(index, from: textStart, isInBrackets: !brackets.isEmpty, in: bytes), else: index + 1)
    case 0x40: autolink(Autolinks.atSign(index, from: textStart, in: bytes), else: index + 1)
    case 0x3C: angleBracket(at: index)
    case 0x5B: openBracket(at: index, isImage: false)
    case 0x5C: backslash(at: index)
    case 0x5D: closeBracket(at: index)
    default: backticks(at: index)
    }
  }

  /// Makes a token of the text up to `end`.
  mutating func flush(to end: Int) {
    if end > textStart { tokens.append(InlineToken(kind: .text, start: textStart, end: end)) }
    textStart = max(textStart, end)
  }

  /// Leaves out the bytes before `end` that no token has yet.
  mutating func discard(to end: Int) { textStart = end }

  /// Takes back the tokens from number `count` on, which began at `start`.
  mutating func rewind(to count: Int, textStart start: Int) {
    tokens.removeSubrange(count...)
    textStart = start
  }

  /// Adds a token behind the text before it, and returns where to go on.
  mutating func append(_ token: InlineToken, next: Int) -> Int {
    flush(to: token.start)
    tokens.append(token)
    textStart = next
    return next
  }

  /// Adds a token for which other bytes are shown, and returns where to go on.
  mutating func replace(
    _ range: Range<Int>, by replacement: some Collection<UInt8>, style: InlineStyle = []
  ) -> Int {
    let start = replacements.count
    replacements.append(contentsOf: replacement)
    var token = InlineToken(kind: .replaced, style: style, start: range.lowerBound, end: range.upperBound)
    token.value = start
    token.count = replacements.count - start
    return append(token, next: range.upperBound)
  }
}

extension InlineParser {
  private mutating func lineEnd(at index: Int) -> Int {
    let start = blankStart(before: index)
    let isHard = index - start >= 2 && bytes[index - 1] == 0x20 && bytes[index - 2] == 0x20
    return append(InlineToken(kind: isHard ? .hardBreak : .softBreak, start: start, end: index + 1), next: index + 1)
  }

  /// Where the spaces and tabs begin that end the text before `index`.
  private func blankStart(before index: Int) -> Int {
    var start = index
    while start > textStart, InlineBytes.isBlank(bytes[start - 1]) { start -= 1 }
    return start
  }

  private mutating func exclamationMark(at index: Int) -> Int {
    guard index + 1 < bytes.count, bytes[index + 1] == 0x5B else { return index + 1 }
    return openBracket(at: index, isImage: true)
  }

  private mutating func openBracket(at index: Int, isImage: Bool) -> Int {
    let end = index + (isImage ? 2 : 1)
    flush(to: index)
    brackets.push(
      InlineBracket(token: tokens.count, textStart: end, isImage: isImage, delimiters: delimiters.count))
    return append(InlineToken(kind: .text, start: index, end: end), next: end)
  }

  private mutating func entity(at index: Int) -> Int {
    guard let entity = Entities.decode(at: index, in: bytes) else { return index + 1 }
    return replace(index..<index + entity.length, by: entity.text)
  }

  private mutating func backslash(at index: Int) -> Int {
    guard index + 1 < bytes.count else { return index + 1 }
    let next = bytes[index + 1]
    if next == 0x0A {
      return append(InlineToken(kind: .hardBreak, start: index, end: index + 2), next: index + 2)
    }
    if next == 0x28 || next == 0x5B, let end = formula(at: index) { return end }
    guard InlineBytes.isPunctuation(next) else { return index + 1 }
    flush(to: index)
    textStart = index + 1
    return index + 2
  }

  private mutating func formula(at index: Int) -> Int? {
    guard let (formula, end) = math.formula(at: index, in: bytes) else { return nil }
    let readable = MathText.readable(UnsafeBufferPointer(rebasing: bytes[formula]))
    return replace(index..<end, by: readable, style: .math)
  }

  private mutating func delimiterRun(of byte: UInt8, at index: Int) -> Int {
    let end = index + InlineBytes.run(of: byte, in: bytes, at: index)
    if byte == 0x7E, end - index > 2 { return end }
    let before = InlineNeighbour(before: index, in: bytes)
    let after = InlineNeighbour(at: end, in: bytes)
    let isLeftFlanking = after != .white && (after != .punctuation || before != .other)
    let isRightFlanking = before != .white && (before != .punctuation || after != .other)
    let isIntraword = byte == 0x5F && isLeftFlanking && isRightFlanking
    let canOpen = isLeftFlanking && (!isIntraword || before == .punctuation)
    let canClose = isRightFlanking && (!isIntraword || after == .punctuation)
    // What can do neither stays part of the text, so that an address with underscores is in one piece.
    guard canOpen || canClose else { return end }
    let token = InlineToken(kind: .delimiter, start: index, end: end, value: delimiters.count)
    delimiters.push(at: index, byte: byte, length: end - index, canOpen: canOpen, canClose: canClose)
    return append(token, next: end)
  }

  private mutating func backticks(at index: Int) -> Int {
    let start = index + InlineBytes.run(of: 0x60, in: bytes, at: index)
    if let end = codeSpans.closing(length: start - index, after: start, in: bytes) {
      return code(CodeSpans.stripped(start..<end, in: bytes), at: index, next: end + start - index)
    }
    guard isOpen else { return start }
    // Closed at the end. A space at the start then mostly has its partner before the closing backticks.
    let isPadded = start + 1 < bytes.count && bytes[start] == 0x20
    return code(start + (isPadded ? 1 : 0)..<bytes.count, at: index, next: bytes.count)
  }

  private mutating func code(_ range: Range<Int>, at index: Int, next: Int) -> Int {
    flush(to: index)
    textStart = range.lowerBound
    return append(InlineToken(kind: .text, style: .code, start: range.lowerBound, end: range.upperBound), next: next)
  }

  private mutating func autolink(_ address: Autolink?, else next: Int) -> Int {
    guard let address else { return next }
    return append(address, at: address.range.lowerBound, next: address.range.upperBound)
  }

  private mutating func append(_ address: Autolink, at index: Int, next: Int) -> Int {
    let range = address.range
    flush(to: index)
    textStart = range.lowerBound
    links.append(address.link(in: bytes))
    return append(
      InlineToken(kind: .autolink, start: range.lowerBound, end: range.upperBound, value: links.count - 1), next: next)
  }

  private mutating func angleBracket(at index: Int) -> Int {
    if let address = Autolinks.inAngles(at: index, in: bytes) {
      return append(address, at: index, next: address.range.upperBound + 1)
    }
    guard let end = tags.end(at: index, in: bytes) else { return index + 1 }
    guard HTMLTags.isBreak(index..<end, in: bytes) else {
      return append(InlineToken(kind: .text, style: .html, start: index, end: end), next: end)
    }
    // The white space around, a line's end too, belongs to the break.
    let next = LinkSyntax.skipWhite(from: end, in: bytes)
    return append(InlineToken(kind: .hardBreak, start: blankStart(before: index), end: next), next: next)
  }
}
