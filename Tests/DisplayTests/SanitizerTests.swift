import Display
import Testing

@Suite("Sanitising")
struct SanitizerTests {
  @Test(
    "What would act or hide is shown, what belongs to writing stays",
    arguments: [
      ("plain ~text", "plain ~text"),
      ("\u{0}\u{1B}[31m\u{7}\u{7F}", "^@^[[31m^G^?"),
      ("\u{85}\u{9B}", "<U+0085><U+009B>"),
      ("a\u{202E}b\u{2066}", "a<U+202E>b<U+2066>"),
      ("\u{2028}\u{2029}\u{FEFF}\u{AD}", "<U+2028><U+2029><U+FEFF><U+00AD>"),
      ("a\u{E0001}b\u{E0041}", "a<U+E0001>b<U+E0041>"),
      ("\u{115F}\u{1160}\u{3164}\u{FFA0}", "<U+115F><U+1160><U+3164><U+FFA0>"),
      ("\u{FFFE}\u{10FFFF}", "<U+FFFE><U+10FFFF>"),
      ("a\u{200D}b\u{200C}c\u{200B}", "a<U+200D>b<U+200C>c<U+200B>"),
      ("a\u{FE0F}", "a<U+FE0F>"),
      ("👨\u{200D}x", "👨<U+200D>x"),
      ("👨‍👩‍👧", "👨‍👩‍👧"),
      ("👩🏽‍❤️‍💋‍👨🏽", "👩🏽‍❤️‍💋‍👨🏽"),
      ("❤\u{FE0F}1\u{FE0F}\u{20E3}", "❤\u{FE0F}1\u{FE0F}\u{20E3}"),
      ("می\u{200C}خواهم", "می\u{200C}خواهم"),
      ("क्\u{200D}ष", "क्\u{200D}ष"),
      ("م\u{200C}\u{200C}", "م\u{200C}<U+200C>"),
      (
        "🏴\u{E0067}\u{E0062}\u{E0065}\u{E006E}\u{E0067}\u{E007F}",
        "🏴\u{E0067}\u{E0062}\u{E0065}\u{E006E}\u{E0067}\u{E007F}"
      ),
      ("🏴\u{E0067}\u{E0062}\u{E007F}", "🏴<U+E0067><U+E0062><U+E007F>"),
      ("a\u{301}\u{302}\u{303}\u{304}", "a\u{301}\u{302}\u{303}\u{304}"),
      ("a\u{301}\u{302}\u{303}\u{304}\u{305}", "a\u{301}\u{302}\u{303}\u{304}<+1 mark>"),
      ("a" + String(repeating: "\u{301}", count: 11), "a\u{301}\u{301}\u{301}\u{301}<+7 marks>"),
      ("\u{301}x", "◌\u{301}x"),
      ("🇫🇷🇩", "🇫🇷🇩"),
      ("か\u{3099}は\u{309A}", "か\u{3099}は\u{309A}"),
      ("a🏽", "a🏽"),
    ] as [(String, String)])
  func forms(_ text: String, _ expected: String) {
    #expect(Array(Sanitizer.plain(text).utf8) == Array(expected.utf8))
    var glyphs = GlyphTable()
    let drawn = cells(of: Array(text.utf8), glyphs: &glyphs)
    #expect(Array(DisplayTests.text(of: drawn, glyphs).utf8) == Array(expected.utf8))
  }

  @Test("Stand-ins carry the control role, the text its own")
  func roles() {
    var glyphs = GlyphTable()
    var drawn: [Cell] = []
    let bytes = Array("a\u{1B}\u{202E}漢".utf8)
    bytes.withUnsafeBufferPointer {
      Sanitizer.appendCells(
        of: $0, range: 0..<$0.count, role: .user, attributes: .bold, glyphs: &glyphs, into: &drawn)
    }
    #expect(drawn.map(\.role) == [.user] + Array(repeating: .control, count: 10) + [.user, .user])
    #expect(drawn.allSatisfy { $0.attributes == .bold })
    #expect(
      drawn.suffix(2) == [
        Cell(glyph: 0x6F22, width: 2, role: .user, attributes: .bold), .continuation(role: .user, attributes: .bold),
      ])
  }

  @Test("A tab in a piece of a row counts from the start of the row")
  func tabs() {
    var glyphs = GlyphTable()
    var drawn: [Cell] = []
    Array("\tx".utf8).withUnsafeBufferPointer {
      Sanitizer.appendCells(of: $0, range: 0..<2, role: .text, glyphs: &glyphs, startColumn: 6, into: &drawn)
      #expect(drawn.count == 3)
      Sanitizer.appendCells(
        of: $0, range: 0..<2, role: .text, glyphs: &glyphs, startColumn: 3, tabWidth: 4, into: &drawn)
      #expect(drawn.count == 5)
    }
  }

  @Test(
    "Clusters take the columns terminals give them",
    arguments: [
      ("か\u{3099}", 2), ("e\u{301}", 1), ("漢", 2), ("한", 2), ("\u{1112}\u{1161}\u{11AB}", 2), ("👨‍👩‍👧", 2), ("🇫🇷", 2),
      ("❤\u{FE0F}", 2),
      ("1\u{FE0F}\u{20E3}", 2), ("क्षि", 3), ("\u{1B}", 2), ("\u{202E}", 8), ("\u{E0001}", 9), ("☰", 1), ("…", 1),
      ("ﾊﾟ", 2),
    ] as [(String, Int)])
  func widths(_ cluster: String, _ columns: Int) {
    #expect(CharacterWidth.columns(of: cluster) == columns)
    #expect(cluster.map { CharacterWidth.columns(of: $0) }.reduce(0, +) == columns)
    var glyphs = GlyphTable()
    #expect(cells(of: Array(cluster.utf8), glyphs: &glyphs).count == columns)
  }

  @Test("A range outside of the bytes is clamped")
  func clamping() {
    var glyphs = GlyphTable()
    #expect(cells(of: Array("abc".utf8), range: -5..<90, glyphs: &glyphs).count == 3)
    #expect(cells(of: [], range: 3..<90, glyphs: &glyphs).isEmpty)
    #expect(rows(of: Array("abc".utf8), range: -5..<90, columns: 9).map(\.range) == [0..<3])
  }

  @Test("A single line has its line ends and tabs as one space, and is cut with a mark")
  func singleLines() {
    #expect(Sanitizer.singleLine("a\r\n\tb\nc") == "a b c")
    #expect(Sanitizer.singleLine("abcdef", maximumColumns: 6) == "abcdef")
    #expect(Sanitizer.singleLine("abcdef", maximumColumns: 5) == "abcd…")
    #expect(Sanitizer.singleLine("漢字漢字", maximumColumns: 6) == "漢字…")
    #expect(Sanitizer.singleLine("e\u{301}e\u{301}e\u{301}", maximumColumns: 2) == "e\u{301}…")
    #expect(Sanitizer.singleLine("क्षिक्षि", maximumColumns: 5) == "क्षि…")
    #expect(Sanitizer.singleLine("ab", maximumColumns: 1) == "…")
    #expect(Sanitizer.singleLine("ab", maximumColumns: 0) == "")
    #expect(Sanitizer.singleLine("", maximumColumns: 4) == "")
    var glyphs = GlyphTable()
    let cells = Sanitizer.line("漢字漢字", role: .title, glyphs: &glyphs, maximumColumns: 6)
    #expect(text(of: cells, glyphs) == "漢字…")
    #expect(cells.count == 5)
    #expect(cells.allSatisfy { $0.role == .title })
  }

  @Test("A title is one line of at most 80 columns")
  func titles() {
    let title = Sanitizer.title("sudo\n\u{1B}]0;x\u{7}" + String(repeating: "漢", count: 90))
    #expect(title.hasPrefix("sudo ^[]0;x^G漢"))
    #expect(title.hasSuffix("…"))
    #expect(CharacterWidth.columns(of: title) <= 80)
  }

  @Test("A row of cells is cut at its width, never through a wide cell")
  func truncation() {
    for (columns, expected) in [
      (9, "a漢字b"), (6, "a漢字b"), (5, "a漢…"), (4, "a漢…"), (3, "a…"), (2, "a…"), (1, "…"), (0, ""), (-1, ""),
    ] {
      var glyphs = GlyphTable()
      var row = cells(of: Array("a漢字b".utf8), glyphs: &glyphs)
      Truncation.truncate(&row, columns: columns)
      #expect(text(of: row, glyphs) == expected, "\(columns)")
      #expect(row.count <= max(0, columns))
    }
  }

  @Test("Text for a pipe has controls changed and nothing else")
  func pipes() {
    #expect(
      Sanitizer.piped("a\u{1B}[m\r\nb\rc\td\u{9B}\u{7F}\u{202E}e\u{301}\u{A0}é")
        == "a^[[m\nb\nc\td<U+009B>^?\u{202E}e\u{301}\u{A0}é")
  }

  @Test("Line ends of plain text become LF")
  func plainLineEnds() {
    #expect(Sanitizer.plain("a\r\nb\rc\n\td\n") == "a\nb\nc\n\td\n")
    #expect(Sanitizer.plain("a\r") == "a\n")
    #expect(Sanitizer.plain("") == "")
  }

  @Test("Doing it twice gives the same", arguments: 0..<30 as Range<UInt64>)
  func idempotence(seed: UInt64) {
    var generator = SeededGenerator(seed: 3_000 + seed)
    for _ in 0..<60 {
      let bytes = randomText(pieces: Int.random(in: 1..<25, using: &generator), using: &generator)
      let text = String(decoding: bytes, as: UTF8.self)
      for form in [Sanitizer.plain, Sanitizer.piped, Sanitizer.title, { Sanitizer.singleLine($0) }] {
        let once = form(text)
        #expect(Array(form(once).utf8) == Array(once.utf8), "seed \(3_000 + seed): \(bytes)")
      }
      var glyphs = GlyphTable()
      let drawn = DisplayTests.text(of: cells(of: bytes, glyphs: &glyphs), glyphs)
      var again = GlyphTable()
      let redrawn = DisplayTests.text(of: cells(of: Array(drawn.utf8), glyphs: &again), again)
      #expect(Array(redrawn.utf8) == Array(drawn.utf8), "seed \(3_000 + seed): \(bytes)")
      #expect(forbiddenScalars(in: drawn).isEmpty, "seed \(3_000 + seed): \(bytes)")
    }
  }

  @Test("Pieces cut at units give the cells of the whole", arguments: 0..<20 as Range<UInt64>)
  func piecesEqualWhole(seed: UInt64) {
    var generator = SeededGenerator(seed: 4_000 + seed)
    for _ in 0..<60 {
      let bytes = randomText(pieces: Int.random(in: 1..<25, using: &generator), using: &generator)
      var glyphs = GlyphTable()
      let whole = cells(of: bytes, glyphs: &glyphs)
      let pieces = rows(of: bytes, columns: Int.random(in: 1..<9, using: &generator), mode: .characters)
      // Tabs count from the start of a row, so they are left out here.
      guard !bytes.contains(0x09) else { continue }
      var joined: [Cell] = []
      for piece in pieces { joined += cells(of: bytes, range: piece.range, glyphs: &glyphs) }
      #expect(joined == whole, "seed \(4_000 + seed): \(bytes)")
    }
  }

  /// Scalars that must never stand in a cell, whatever is around them.
  private func forbiddenScalars(in text: String) -> [Unicode.Scalar] {
    text.unicodeScalars.filter { scalar in
      switch scalar.value {
      case 0..<0x20, 0x7F...0x9F, 0xAD, 0x61C, 0x115F...0x1160, 0x17B4...0x17B5, 0x180B...0x180F, 0x200B,
        0x200E...0x200F,
        0x2028...0x202E, 0x2060...0x206F, 0x3164, 0xFDD0...0xFDEF, 0xFEFF, 0xFFA0, 0xFFF0...0xFFFB, 0xFFFE...0xFFFF,
        0xE0000...0xE001F, 0xE0080...0xE0FFF:
        true
      default: false
      }
    }
  }
}

@Suite("Hostile text", .disabled(if: Vectors.areMissing, "no vectors"))
struct HostileTextTests {
  struct Attacks: Decodable {
    struct Case: Decodable {
      let id: Int
      let name: String
      let bytesHex: String?
      let parts: [Part]?
      let visible: [String]
      let forbiddenHex: [String]

      var bytes: [UInt8] {
        if let bytesHex { return Vectors.bytes(hex: bytesHex) }
        return (parts ?? []).flatMap { part in
          Array(repeating: Vectors.bytes(hex: part.hex), count: part.times).flatMap { $0 }
        }
      }
    }

    struct Part: Decodable {
      let hex: String
      let times: Int

      init(from decoder: any Decoder) throws {
        var container = try decoder.unkeyedContainer()
        hex = try container.decode(String.self)
        times = try container.decode(Int.self)
      }
    }

    let cases: [Case]
  }

  /// The screen rows of a text: lines, wrapped at 100 columns, drawn.
  private func screen(_ bytes: [UInt8], columns: Int = 100) -> [String] {
    var glyphs = GlyphTable()
    var result: [String] = []
    bytes.withUnsafeBufferPointer { bytes in
      var offset: Int? = 0
      while let start = offset {
        let line = LineBreaks.line(in: bytes, from: start)
        var rows: [TextRow] = []
        LineWrapper.wrap(bytes: bytes, range: line.content, columns: columns, into: &rows)
        for row in rows {
          var cells: [Cell] = []
          Sanitizer.appendCells(of: bytes, range: row.range, role: .text, glyphs: &glyphs, into: &cells)
          #expect(cells.count == row.columns)
          result.append(text(of: cells, glyphs))
        }
        offset = line.next
      }
    }
    return result
  }

  private func contains(_ bytes: [UInt8], _ pattern: [UInt8]) -> Bool {
    guard !pattern.isEmpty, bytes.count >= pattern.count else { return false }
    return (0...(bytes.count - pattern.count)).contains { start in
      bytes[start] == pattern[0] && bytes[start..<(start + pattern.count)].elementsEqual(pattern)
    }
  }

  @Test("R1 R2 R3: every attack stays readable and reaches no terminal")
  func attacks() throws {
    let attacks = try Vectors.decode("terminal/escape-attacks.json", as: Attacks.self)
    #expect(attacks.cases.count == 341)
    for attack in attacks.cases {
      let bytes = attack.bytes
      let source = String(decoding: bytes, as: UTF8.self)
      let outputs = [
        screen(bytes).joined(separator: "\n"), screen(bytes, columns: 200_000).joined(separator: "\n"),
        Sanitizer.plain(source),
      ]
      for output in outputs {
        let written = Array(output.utf8)
        #expect(
          !written.contains { $0 < 0x20 && $0 != 0x0A && $0 != 0x09 || $0 == 0x7F }, "\(attack.id) \(attack.name)")
        for forbidden in attack.forbiddenHex {
          #expect(!contains(written, Vectors.bytes(hex: forbidden)), "\(attack.id) \(attack.name)")
        }
      }
      // A word may stand in two rows of a narrow screen, not of a wide one.
      for output in outputs.dropFirst() {
        var rest = Substring(output)
        for visible in attack.visible {
          let found = rest.firstRange(of: visible)
          #expect(found != nil, "\(attack.id) \(attack.name): \(visible) in \(output.prefix(200))")
          if let found { rest = rest[found.upperBound...] }
        }
      }
      #expect(!Array(Sanitizer.title(source).utf8).contains { $0 < 0x20 || $0 == 0x7F }, "\(attack.id)")
      #expect(CharacterWidth.columns(of: Sanitizer.title(source)) <= 80, "\(attack.id)")
      #expect(!Array(Sanitizer.piped(source).utf8).contains(0x1B), "\(attack.id)")
    }
  }

  @Test("Naughty strings neither act nor break the layout")
  func naughtyStrings() throws {
    for string in try Vectors.decode("blns/blns.json", as: [String].self) {
      for row in screen(Array(string.utf8), columns: 40) {
        #expect(!row.utf8.contains { $0 < 0x20 || $0 == 0x7F }, "\(string)")
      }
    }
  }

  struct TrojanSources: Decodable {
    struct Case: Decodable {
      let name: String
      let text: String
      let bidiOrInvisible: [String]
    }

    let cases: [Case]
  }

  @Test("Every hidden character of a trojan source is named on the screen")
  func trojanSources() throws {
    let sources = try Vectors.decode("trojan-source/cases.json", as: TrojanSources.self)
    #expect(sources.cases.count == 30)
    for source in sources.cases {
      let shown = Sanitizer.plain(source.text)
      for name in source.bidiOrInvisible { #expect(shown.contains("<\(name)>"), "\(source.name) \(name)") }
    }
  }

  struct InvalidLines: Decodable {
    struct Case: Decodable {
      let line: Int
      let bytesHex: String
      let replaced: String
    }

    let cases: [Case]
  }

  @Test("Ill-formed UTF-8 is one replacement character for each maximal subpart")
  func invalidUTF8() throws {
    for line in try Vectors.decode("utf8/expected-invalid-lines.json", as: InvalidLines.self).cases {
      var glyphs = GlyphTable()
      let drawn = text(of: cells(of: Vectors.bytes(hex: line.bytesHex), glyphs: &glyphs), glyphs)
      #expect(drawn == Sanitizer.plain(line.replaced), "line \(line.line)")
    }
  }

  struct GraphemeCases: Decodable {
    struct Case: Decodable {
      let text: String
      let clusters: [String]
    }

    let cases: [Case]
  }

  @Test("Grapheme clusters are those of Unicode 17")
  func graphemes() throws {
    let vectors = try Vectors.decode("unicode/grapheme-break-17.0.0.json", as: GraphemeCases.self)
    #expect(vectors.cases.count == 766)
    for vector in vectors.cases {
      var found: [[UInt8]] = []
      let bytes = Array(vector.text.utf8)
      bytes.withUnsafeBufferPointer { bytes in
        var start = 0
        while start < bytes.count {
          let end = GraphemeClusters.end(ofClusterAt: start, in: bytes, range: 0..<bytes.count)
          found.append(Array(bytes[start..<end]))
          start = end
        }
      }
      #expect(found == vector.clusters.map { Array($0.utf8) }, "\(Array(vector.text.unicodeScalars))")
    }
  }

  /// The lines of a Unicode file without comments: fields, trimmed.
  private func fields(_ name: String) throws -> [[String]] {
    try Vectors.text(name).split(separator: "\n").compactMap { line -> [String]? in
      let data = line.prefix { $0 != "#" }
      guard data.contains(";") else { return nil }
      return data.split(separator: ";").map { String($0.trimmingPrefix { $0 == " " }).trimmingSpaces() }
    }
  }

  @Test("Widths agree with East_Asian_Width")
  func eastAsianWidth() throws {
    for field in try fields("unicode/EastAsianWidth-15.0.0.txt") {
      let ends = field[0].components(separatedBy: "..").compactMap { UInt32($0, radix: 16) }
      let isWide = field[1] == "W" || field[1] == "F"
      for value in ends[0]...(ends.last ?? ends[0]) {
        guard let scalar = Unicode.Scalar(value), scalar.properties.generalCategory != .unassigned else { continue }
        let columns = CharacterWidth.columns(of: scalar)
        // The hexagrams became wide in Unicode 16, and the C library had them so before.
        if (0x4DC0...0x4DFF).contains(value) { continue }
        // Marks and what is shown by number have no width of their own, whatever this property says.
        let hasNoWidth = scalar.properties.generalCategory == .nonspacingMark || value == 0x115F || value == 0x3164
        #expect((columns == 2) == (isWide && !hasNoWidth), "\(String(value, radix: 16))")
      }
    }
  }

  @Test("Every emoji sequence is one wide cell; a narrow character alone is not one, nor with a keycap but no selector")
  func emoji() throws {
    for field in try fields("unicode/emoji-test-15.0.txt") {
      let scalars = field[0].split(separator: " ").compactMap { UInt32($0, radix: 16) }.compactMap(Unicode.Scalar.init)
      var sequence = ""
      sequence.unicodeScalars.append(contentsOf: scalars)
      var glyphs = GlyphTable()
      let drawn = cells(of: Array(sequence.utf8), glyphs: &glyphs)
      let isSequence = scalars.count > 1 && !scalars.dropFirst().elementsEqual(["\u{20E3}"])
      let columns = isSequence ? 2 : CharacterWidth.columns(of: scalars[0])
      #expect(drawn.count == columns, "\(field[0])")
      #expect(text(of: drawn, glyphs) == sequence, "\(field[0])")
      #expect(drawn.allSatisfy { $0.role == .text }, "\(field[0])")
    }
  }

  @Test("Variation selectors are kept behind every base that has them; the one for emoji makes it wide")
  func variationSequences() throws {
    for field in try fields("unicode/emoji-variation-sequences-15.0.txt") {
      let scalars = field[0].split(separator: " ").compactMap { UInt32($0, radix: 16) }.compactMap(Unicode.Scalar.init)
      var sequence = ""
      sequence.unicodeScalars.append(contentsOf: scalars)
      #expect(Sanitizer.plain(sequence) == sequence, "\(field[0])")
      let columns = scalars[1] == "\u{FE0F}" ? 2 : CharacterWidth.columns(of: scalars[0])
      #expect(CharacterWidth.columns(of: sequence) == columns, "\(field[0])")
    }
  }

  @Test("Marks without end take time in proportion to their number")
  func manyMarks() {
    let bytes = Array("a".utf8) + Array(repeating: [0xCC, 0x80], count: 100_000).flatMap { $0 }
    let shown = screen(bytes, columns: 80)
    #expect(shown.first?.hasPrefix("a\u{300}\u{300}\u{300}\u{300}<+1000 marks>") == true)
    #expect(shown.count < 30)
  }
}

extension String {
  fileprivate func trimmingSpaces() -> String {
    var result = self
    while result.last == " " { result.removeLast() }
    return result
  }

  fileprivate func components(separatedBy separator: String) -> [String] {
    var result: [String] = []
    var rest = Substring(self)
    while let range = rest.firstRange(of: separator) {
      result.append(String(rest[..<range.lowerBound]))
      rest = rest[range.upperBound...]
    }
    return result + [String(rest)]
  }
}
