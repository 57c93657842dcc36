// Inline text as it is drawn: markup gone, targets of links written out behind them, each piece with its role.

import Display
import Markdown

/// A stretch of `StyledText.bytes` in one role.
struct StyledRun: Equatable, Sendable {
  /// It begins where the run before it ends.
  var end: Int
  /// The byte of the part that its first byte stands for.
  var source: Int
  var role: ThemeRole
  var attributes: TextAttributes
  /// An index into the links of the inline text; −1 without one.
  var link: Int
  /// Whether byte n of the run is byte `source + n` of the part.
  var isVerbatim: Bool
  /// Whether it is not of the text, but says where a link leads.
  var isTarget: Bool
}

/// A text that grows, with roles.
struct StyledText: Equatable, Sendable {
  /// What is shown, still unsanitised; rows break at LF.
  private(set) var bytes: [UInt8] = []
  private(set) var runs: [StyledRun] = []
  var links: [InlineLink] { inline.links }
  /// What is before this offset does not change any more however the block grows.
  private(set) var stableEnd = 0

  private var inline = InlineText()
  /// How much of it is final: bytes and runs of this text, and spans that were read.
  private var stable = Stable()

  private struct Stable: Equatable {
    var bytes = 0
    var runs = 0
    var spans = 0
    /// Where the first span that is not final begins in the inline text.
    var offset = 0
  }

  var hasUnresolvedReferences: Bool { inline.hasUnresolvedReferences }

  /// An empty text.
  init() {}

  /// A text that does not grow, without markup.
  init(plain text: [UInt8], source: Int, role: ThemeRole, isVerbatim: Bool) {
    bytes = text
    if !text.isEmpty {
      runs = [
        StyledRun(
          end: text.count, source: source, role: role, attributes: [], link: -1, isVerbatim: isVerbatim, isTarget: false
        )
      ]
    }
  }

  /// A table cell, which is read as a whole.
  init(_ cell: InlineText, in part: UnsafeBufferPointer<UInt8>, base: ThemeRole) {
    inline = cell
    rebuild(from: part, base: base)
  }

  /// Takes in what the block of these lines has become.
  mutating func extend(
    to part: UnsafeBufferPointer<UInt8>, lines: ArraySlice<MarkdownLine>, definitions: LinkDefinitions, isOpen: Bool,
    base: ThemeRole
  ) {
    inline.extend(to: part, lines: lines, definitions: definitions, isOpen: isOpen)
    rebuild(from: part, base: base)
  }

  /// Takes in lines that are shown as they stand: all but the last are final.
  mutating func extend(to part: UnsafeBufferPointer<UInt8>, plain lines: ArraySlice<MarkdownLine>, role: ThemeRole) {
    if lines.count <= stable.spans { stable = Stable() }
    bytes.removeSubrange(min(stable.bytes, bytes.count)...)
    runs.removeSubrange(min(stable.runs, runs.count)...)
    for (index, line) in lines.enumerated().dropFirst(stable.spans) {
      if index == lines.count - 1 { stable = Stable(bytes: bytes.count, runs: runs.count, spans: index, offset: 0) }
      if index > 0 {
        bytes.append(0x0A)
        runs.append(plainRun(source: max(0, line.start - 1), role, isVerbatim: false))
      }
      bytes += part[line.range.clamped(to: 0..<part.count)]
      runs.append(plainRun(source: line.start, role, isVerbatim: true))
    }
    stableEnd = stable.bytes
  }

  private func plainRun(source: Int, _ role: ThemeRole, isVerbatim: Bool) -> StyledRun {
    StyledRun(
      end: bytes.count, source: source, role: role, attributes: [], link: -1, isVerbatim: isVerbatim, isTarget: false)
  }

  /// Reads the spans that are not final anew.
  private mutating func rebuild(from part: UnsafeBufferPointer<UInt8>, base: ThemeRole) {
    // Lines may leave a paragraph again, as the header of a table does: then what was final is read anew.
    if inline.stableEnd < stable.offset { stable = Stable() }
    bytes.removeSubrange(min(stable.bytes, bytes.count)...)
    runs.removeSubrange(min(stable.runs, runs.count)...)
    var start = stable.offset
    var isStable = true
    for index in inline.spans.indices.dropFirst(stable.spans) {
      let span = inline.spans[index]
      // A link that is final is followed by its target only when the next span is known to be none of its own.
      let next = index + 1 < inline.spans.count ? inline.spans[index + 1] : nil
      append(span, from: start, part, base: base)
      if span.link >= 0, next?.link != span.link { appendTarget(of: span, at: start) }
      start = span.end
      if isStable, let next, next.end <= inline.stableEnd {
        stable = Stable(bytes: bytes.count, runs: runs.count, spans: index + 1, offset: start)
      } else {
        isStable = false
      }
    }
    stableEnd = stable.bytes
  }

  private mutating func append(
    _ span: InlineSpan, from start: Int, _ part: UnsafeBufferPointer<UInt8>, base: ThemeRole
  ) {
    let isVerbatim = !span.style.contains(.replaced)
    if span.style.contains(.image), runs.last?.link != span.link || span.link < 0 {
      bytes += Array("image: ".utf8)
      runs.append(
        StyledRun(
          end: bytes.count, source: span.source, role: .dim, attributes: [], link: span.link, isVerbatim: false,
          isTarget: true))
    }
    // A model that ends a line means it: soft breaks stay breaks, as they do in the text itself.
    let isBreak =
      !isVerbatim && span.end == start + 1 && inline.text[start] == 0x20 && Self.isLineEnd(span.source, part)
    if isBreak { bytes.append(0x0A) } else { bytes += inline.text[start..<span.end] }
    let (role, attributes) = Self.look(of: span.style, base: base)
    runs.append(
      StyledRun(
        end: bytes.count, source: span.source, role: role, attributes: attributes, link: span.link,
        isVerbatim: isVerbatim, isTarget: false))
  }

  /// Whether a replaced blank stands for the end of a line, with or without blanks before it.
  private static func isLineEnd(_ source: Int, _ part: UnsafeBufferPointer<UInt8>) -> Bool {
    var index = source
    while index >= 0, index < part.count, part[index] == 0x20 || part[index] == 0x09 { index += 1 }
    return index >= 0 && index < part.count && (part[index] == 0x0A || part[index] == 0x0D)
  }

  /// Says where a link leads, unless its text does.
  private mutating func appendTarget(of span: InlineSpan, at start: Int) {
    guard span.link < inline.links.count else { return }
    let target = inline.links[span.link].destination
    guard !target.isEmpty, !isText(of: span.link, equalTo: target) else { return }
    // Only what belongs to one line may stand in it.
    bytes += Array(" (".utf8) + target.utf8.map { $0 == 0x0A ? 0x20 : $0 } + Array(")".utf8)
    runs.append(
      StyledRun(
        end: bytes.count, source: span.source + max(0, span.end - start), role: .dim, attributes: [], link: span.link,
        isVerbatim: false, isTarget: true))
  }

  /// Whether a link's text is its target, perhaps without the scheme.
  private func isText(of link: Int, equalTo target: String) -> Bool {
    var end = runs.count
    while end > 0, runs[end - 1].link == link { end -= 1 }
    let start = end > 0 ? runs[end - 1].end : 0
    let text = Array(bytes[start...])
    for scheme in ["", "http://", "https://", "mailto:"] where Array(scheme.utf8) + text == Array(target.utf8) {
      return true
    }
    return false
  }

  /// How a style looks on a base role.
  static func look(of style: InlineStyle, base: ThemeRole) -> (role: ThemeRole, attributes: TextAttributes) {
    // The uppermost headings are told apart without colours too.
    var attributes: TextAttributes = base == .heading ? .underline : []
    var role = base
    if style.contains(.emphasis) {
      attributes.insert(.italic)
      if base == .text { role = .emphasis }
    }
    if style.contains(.strong) {
      attributes.insert(.bold)
      if base == .text { role = .strong }
    }
    if style.contains(.strikethrough) { attributes.insert(.strikethrough) }
    if style.contains(.html) { role = .dim }
    if style.contains(.link) || style.contains(.image) || style.contains(.footnote) { role = .link }
    if style.contains(.math) { role = .math }
    if style.contains(.code) { role = style.contains(.link) ? .link : .inlineCode }
    return (role, attributes)
  }

  /// The byte of the part that stands at an offset of this text, and the start of the run if that only stands for bytes.
  func place(of offset: Int) -> (source: Int, start: Int, isVerbatim: Bool) {
    var low = 0
    var high = runs.count
    while low < high {
      let middle = (low + high) / 2
      if runs[middle].end <= offset { low = middle + 1 } else { high = middle }
    }
    guard low < runs.count else { return (runs.last?.source ?? 0, offset, false) }
    let start = low > 0 ? runs[low - 1].end : 0
    return runs[low].isVerbatim
      ? (runs[low].source + offset - start, start, true) : (runs[low].source, start, false)
  }

  /// The runs that overlap a range, with the part of each that lies in it.
  func pieces(of range: Range<Int>) -> [(range: Range<Int>, run: StyledRun)] {
    var low = 0
    var high = runs.count
    while low < high {
      let middle = (low + high) / 2
      if runs[middle].end <= range.lowerBound { low = middle + 1 } else { high = middle }
    }
    var pieces: [(Range<Int>, StyledRun)] = []
    var start = max(range.lowerBound, low > 0 ? runs[low - 1].end : 0)
    while low < runs.count, start < range.upperBound {
      let end = min(runs[low].end, range.upperBound)
      if end > start { pieces.append((start..<end, runs[low])) }
      start = end
      low += 1
    }
    return pieces
  }
}
