// What holds for the inline text of whatever bytes.

import Markdown
import Testing

extension BlockTestGenerator {
  /// At least `count` bytes of a paragraph with all kinds of markup.
  mutating func paragraph(_ count: Int) -> [UInt8] {
    let pieces = [
      "word ", "some plain words in a row, ", "*a*", "**b** ", "_c_ ", "***", "**", "*", "_", "~~d~~ ", "~", "`e` ",
      "``",
      "`", "[f](g) ", "[f](<g h> \"i\") ", "![j](k) ", "[l]", "[", "]", "(", ")", "![", "<b> ", "<br>", "<", ">",
      "<https://m.n> ", "https://o.p/q_(r) ", "www.s.t. ", "u@v.w ", "$x+1$ ", "$", "\\(y\\) ", "\\[", "\\", "\\*",
      "&amp; ", "&", "&#65;", "\n", "  \n", " \n  ", "\\\n", "é", "世界", "🙂 ", " ", "\t", "[^1] ", "\"", "'", "!", "\0",
    ]
    var bytes: [UInt8] = Array("Start ".utf8)
    while bytes.count < count { bytes += Array(pieces.randomElement(using: &self)?.utf8 ?? "".utf8) }
    return bytes
  }
}

extension InlineText {
  /// What is wrong with it as the text of `source`.
  func faults(source: [UInt8]) -> [String] {
    var faults: [String] = []
    var start = 0
    for span in spans {
      if span.end <= start { faults.append("a span ends at \(span.end) before it begins") }
      if span.end > text.count { return faults + ["a span ends behind the text"] }
      if !(-1..<links.count).contains(span.link) { faults.append("no link \(span.link)") }
      if span.style.contains(.replaced) {
        if !(0...source.count).contains(span.source) { faults.append("a span begins outside of the source") }
      } else if span.source < 0 || span.source + span.end - start > source.count
        || !text[start..<span.end].elementsEqual(source[span.source..<span.source + span.end - start])
      {
        faults.append("bytes \(start)..<\(span.end) are not those at \(span.source)")
      }
      start = span.end
    }
    if start != text.count { faults.append("the spans end at \(start), the text at \(text.count)") }
    if stableEnd > text.count { faults.append("the stable part ends behind the text") }
    return faults
  }
}

@Suite("Inline properties")
struct InlinePropertyTests {
  static let sources = (CommonMarkExamples.commonMark + CommonMarkExamples.gitHub + CommonMarkExamples.extensions)
    .map { Array($0.markdown.utf8) }

  @Test("A text that arrives byte by byte is at each byte what it is in one piece", .disabled(if: sources.isEmpty))
  func everyPrefix() {
    for source in Self.sources {
      var growing = InlineText()
      for end in 0...source.count {
        let prefix = Array(source[..<end])
        growing.extend(to: prefix, isOpen: true)
        let whole = InlineText(prefix, isOpen: true)
        #expect(growing == whole, "\(String(decoding: prefix, as: UTF8.self))")
        #expect(growing.faults(source: prefix) == [], "\(String(decoding: prefix, as: UTF8.self))")
      }
      growing.extend(to: source, isOpen: false)
      #expect(growing == InlineText(source))
    }
  }

  @Test(
    "A long paragraph in pieces is what it is in one, and what is stable stays",
    arguments: 1...8 as ClosedRange<UInt64>)
  func longParagraph(seed: UInt64) {
    var random = BlockTestGenerator(seed: seed)
    let source = random.paragraph(22_000)
    var growing = InlineText()
    var end = 0
    while end < source.count {
      end = min(source.count, end + Int.random(in: 1...1_500, using: &random))
      let prefix = Array(source[..<end])
      let stable = (growing.stableEnd, growing.text)
      growing.extend(to: prefix, isOpen: true)
      #expect(growing == InlineText(prefix, isOpen: true), "seed \(seed), \(end) bytes")
      #expect(growing.faults(source: prefix) == [], "seed \(seed), \(end) bytes")
      #expect(growing.text.starts(with: stable.1[..<stable.0]) && growing.stableEnd >= stable.0)
    }
    #expect(source.count - growing.text.count < source.count && growing.stableEnd > 0)
    growing.extend(to: source, isOpen: false)
    #expect(growing == InlineText(source), "seed \(seed)")
  }

  @Test("A last line that goes and comes back leaves no trace", arguments: 1...3 as ClosedRange<UInt64>)
  func vanishingLine(seed: UInt64) {
    var random = BlockTestGenerator(seed: seed)
    let source = random.paragraph(9_000)
    let lines = InlineText.lines(of: source)
    var changing = InlineText()
    for count in lines.indices {
      for shown in [count, max(0, count - 1), count + 1] {
        let whole = source.withUnsafeBufferPointer { bytes in
          changing.extend(to: bytes, lines: lines[..<shown], definitions: LinkDefinitions(), isOpen: true)
          var whole = InlineText()
          whole.extend(to: bytes, lines: lines[..<shown], definitions: LinkDefinitions(), isOpen: true)
          return whole
        }
        #expect(changing.text == whole.text && changing.spans == whole.spans && changing.links == whole.links)
      }
    }
  }

  @Test("No bytes trap, and the spans cover the text", arguments: 0..<10 as Range<UInt64>)
  func mutations(seed: UInt64) {
    var random = BlockTestGenerator(seed: seed)
    let seeds = Self.sources + (0..<20).map { _ in random.paragraph(60) }
    let alphabet = Array("*_~`[]()<>!&;#$\\\"'\n \t:./@w-^|{}".utf8)
    for _ in 0..<1_000 {
      var bytes = seeds.randomElement(using: &random) ?? []
      for _ in 0..<Int.random(in: 1...6, using: &random) {
        let place = Int.random(in: 0...bytes.count, using: &random)
        switch UInt8.random(in: 0..<5, using: &random) {
        case 0: bytes.insert(UInt8.random(in: 0...255, using: &random), at: place)
        case 1, 2: bytes.insert(alphabet.randomElement(using: &random) ?? 0, at: place)
        case 3: if place < bytes.count { bytes.remove(at: place) }
        default: bytes += bytes[place...]
        }
      }
      for isOpen in [true, false] {
        #expect(InlineText(bytes, isOpen: isOpen).faults(source: bytes) == [], "seed \(seed), \(bytes)")
        let cell = bytes.withUnsafeBufferPointer {
          TableRow.text(of: 0..<bytes.count, in: $0, definitions: LinkDefinitions(), isOpen: isOpen)
        }
        #expect(cell.faults(source: bytes) == [], "seed \(seed), \(bytes)")
      }
    }
  }

  static let pathological: [String] = [
    "[", "![", "![[](", "[a](<b", "[a](b \"c", "[a](b (c", "[a][b", "[a]( ", "]", "*a **a ", "*a _b ", "_a __", "*a",
    "**a*",
    "a* ", "a** b_ ", "~a ~~b ", "`", "<", "<a b='", "<!--", "<?", "<![CDATA[", "<!a ", "<a ", "</a", "<a:", "<a@b",
    "<a@b.c",
    "$", "$x ", "$$x ", "\\(x ", "\\[x ", "\\", "&", "&#", "&#x1", "&ampamp", "a@", "a@b.", "http://", "www.", "www.a_",
    "https://a.b/(", "https://a.b/)", ";", "&a;", "!", " ", "  \n", "\\\n", "[^a]", "[^", "a&b;", "é", "(", "[](",
    "\u{3000}*",
    "x `", "_", "*", "~", "*_", "**_a__", "- ", "<br", "<br>",
  ]

  @Test("Much of the same is read in linear time", arguments: pathological)
  func repeated(piece: String) {
    let source = Array(String(repeating: piece, count: 60_000 / piece.utf8.count).utf8)
    #expect(InlineText(source, isOpen: true).faults(source: source) == [])
  }

  static let built: [(String, [UInt8])] = [
    (
      "nested brackets",
      Array((String(repeating: "[", count: 50_000) + "a" + String(repeating: "](b)", count: 50_000)).utf8)
    ),
    (
      "nested images",
      Array((String(repeating: "![", count: 50_000) + "a" + String(repeating: "](b)", count: 50_000)).utf8)
    ),
    ("backticks of all lengths", (1...700).flatMap { Array(repeating: UInt8(0x60), count: $0) + Array("a ".utf8) }),
    (
      "brackets open and close",
      Array((String(repeating: "[", count: 50_000) + String(repeating: "]", count: 50_000)).utf8)
    ),
    ("one long address", Array("https://a.b/".utf8) + Array(repeating: UInt8(0x61), count: 300_000)),
    ("one long destination", Array("[a](".utf8) + Array(repeating: UInt8(0x61), count: 200_000) + Array(")".utf8)),
    (
      "emphasis opens and closes",
      Array((String(repeating: "*a ", count: 20_000) + String(repeating: "a* ", count: 20_000)).utf8)
    ),
    (
      "deep emphasis", Array((String(repeating: "*", count: 60_000) + "a" + String(repeating: "*", count: 60_000)).utf8)
    ),
  ]

  @Test("Deep and long structures are read in linear time", arguments: built)
  func deep(name: String, source: [UInt8]) {
    for isOpen in [true, false] { #expect(InlineText(source, isOpen: isOpen).faults(source: source) == [], "\(name)") }
  }

  @Test(
    "Growing costs no more than the open segment", arguments: ["[a](b ", "*a _b ", "word ", "`", " ", "a", "a\n   "])
  func growing(piece: String) {
    let source = Array(String(repeating: piece, count: 60_000 / piece.utf8.count).utf8)
    let lines = InlineText.lines(of: source)
    var growing = InlineText()
    source.withUnsafeBufferPointer { bytes in
      for end in stride(from: 0, through: bytes.count, by: 200) {
        let count = lines.firstIndex { $0.start >= end } ?? lines.count
        let last = lines[..<count].last.map { [MarkdownLine(start: $0.start, end: min($0.end, end))] } ?? []
        growing.extend(
          to: bytes, lines: (lines[..<max(0, count - 1)] + last)[...], definitions: LinkDefinitions(), isOpen: true)
      }
      growing.extend(to: bytes, lines: lines[...], definitions: LinkDefinitions(), isOpen: false)
    }
    #expect(growing.text == InlineText(source).text)
  }
}
