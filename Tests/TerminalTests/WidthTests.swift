import Display
import Platform
import TestSupport
import Testing

@testable import Terminal

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// What a terminal says to the questions.
private func measured(_ answers: [(row: Int, column: Int)]) throws -> TerminalWidths {
  var measurement = WidthMeasurement()
  for answer in answers { measurement.take(row: answer.row + 1, column: answer.column + 1) }
  return try #require(measurement.widths(isMultiplexed: false))
}

/// Sequences of a Unicode file, its first field.
private func sequences(_ name: String) -> [String] {
  guard let bytes = Vectors.bytes("unicode/" + name) else { return [] }
  return bytes.split(separator: 0x0A).compactMap { line in
    let data = line.prefix { $0 != UInt8(ascii: "#") }
    guard let field = data.split(separator: UInt8(ascii: ";"), maxSplits: 1).first, data.contains(UInt8(ascii: ";"))
    else { return nil }
    var text = String.UnicodeScalarView()
    for word in field.split(separator: 0x20) {
      guard let scalar = UInt32(String(decoding: word, as: UTF8.self), radix: 16).flatMap(Unicode.Scalar.init) else {
        return nil
      }
      text.append(scalar)
    }
    return String(text)
  }
}

/// Cells of a text as the program makes them.
private func cells(_ text: String, _ glyphs: inout GlyphTable) -> [Cell] {
  Sanitizer.line(text, role: .text, glyphs: &glyphs)
}

extension ScreenTests {
  @Suite struct Widths {
    /// Frames full of texts, each with a `|` behind it, and where those stand.
    private static func frames(
      of texts: [String], rows: Int, columns: Int, glyphs: inout GlyphTable
    ) -> [(painting: Painting, marks: [(row: Int, column: Int, text: String)])] {
      var frames: [(painting: Painting, marks: [(row: Int, column: Int, text: String)])] = []
      var row = rows
      var column = 0
      for text in texts {
        let cells = cells(text + "|", &glyphs)
        if column + cells.count > columns {
          row += 1
          column = 0
        }
        if row >= rows {
          frames.append((Painting(rows: rows, columns: columns), []))
          row = 0
          column = 0
        }
        let last = frames.count - 1
        frames[last].painting.frame.surface.draw(
          cells, at: Point(x: column, y: row), in: Rect(frames[last].painting.frame.surface.size))
        frames[last].marks.append((row, column + cells.count - 1, text))
        column += cells.count
      }
      for index in frames.indices { frames[index].painting.frame.glyphs = glyphs }
      return frames
    }

    @Test("Behind every emoji sequence the terminal is where our layout is, once it was measured")
    func everyEmoji() throws {
      let texts = sequences("emoji-test-15.0.txt") + ClusterKind.allCases.flatMap(\.samples)
      guard texts.count > 1_000 else { return }
      #expect(texts.count > 3_655)
      let emulator = VirtualTerminal(rows: 24, columns: 80)
      emulator.write(WidthMeasurement.questions)
      let widths = try measured(emulator.questionCursors)
      var stage = try Stage(rows: 50, columns: 200, widths: widths)
      var glyphs = GlyphTable()
      var wrong: [String] = []
      for frame in Self.frames(of: texts, rows: 50, columns: 200, glyphs: &glyphs) {
        try stage.show(frame.painting)
        for mark in frame.marks where stage.terminal.screen.cell(row: mark.row, column: mark.column).text != "|" {
          wrong.append(mark.text)
        }
      }
      #expect(wrong == [])
    }

    /// Terminals that place clusters, by what they take.
    private static let terminals: [(name: String, width: @Sendable (String) -> Int)] = [
      ("as we count", { CharacterWidth.columns(of: $0) }),
      (
        "selectors take nothing",
        { $0.unicodeScalars.contains("\u{FE0F}") && $0.unicodeScalars.count < 4 ? 1 : CharacterWidth.columns(of: $0) }
      ),
      (
        "tables end with Unicode 8, and clusters take a column",
        { text in
          let columns = CharacterWidth.columns(of: text)
          guard let first = text.unicodeScalars.first, first.value >= 0x1F900 else { return columns }
          return 1
        }
      ),
      (
        "no clusters: the sum of the parts",
        { text in
          text.unicodeScalars.reduce(0) { sum, scalar in
            let isNothing = scalar == "\u{200D}" || scalar.properties.generalCategory == .nonspacingMark
            return sum + (isNothing ? 0 : CharacterWidth.columns(of: scalar))
          }
        }
      ),
      (
        "flags are letters",
        { (0x1F1E6...0x1F1FF).contains($0.unicodeScalars.first?.value ?? 0) ? 4 : CharacterWidth.columns(of: $0) }
      ),
    ]

    @Test("A frame with any characters is right in every terminal that was measured", arguments: 0..<5)
    func frames(_ number: Int) throws {
      let (name, width) = Self.terminals[number]
      var asked = ClusterTerminal(rows: 24, columns: 80, width: width)
      asked.write(WidthMeasurement.questions)
      let widths = try measured(asked.answers)
      for seed in 1...4 as ClosedRange<UInt64> {
        var generator = SeededGenerator(seed: seed)
        let rows = Int.random(in: 1...12, using: &generator)
        let columns = Int.random(in: 12...70, using: &generator)
        var stage = try Stage(rows: rows, columns: columns, widths: widths)
        var terminal = ClusterTerminal(rows: rows, columns: columns, width: width)
        var painting = Painting(rows: rows, columns: columns)
        for step in 0..<40 {
          Self.paint(&painting, using: &generator)
          terminal.write(try stage.show(painting))
          let found = Self.difference(painting, terminal)
          #expect(found == nil && terminal.unknown == [], "\(name), seed \(seed), step \(step)")
          if found != nil { return }
        }
      }
    }

    private static let words = ["one", "two ", "|", "3", " ", "漢字", "é", "e\u{301}", "─"]
    private static let clusters = ClusterKind.allCases.filter { $0 != .indic }.flatMap(\.samples)

    private static func paint(_ painting: inout Painting, using generator: inout SeededGenerator) {
      let size = painting.frame.surface.size
      for _ in 0..<Int.random(in: 1..<5, using: &generator) {
        var row: [Cell] = []
        for _ in 0..<Int.random(in: 1..<12, using: &generator) {
          let text = (Bool.random(using: &generator) ? words : clusters).randomElement(using: &generator) ?? ""
          row += cells(text, &painting.frame.glyphs)
        }
        let point = Point(
          x: Int.random(in: 0..<size.columns, using: &generator), y: Int.random(in: 0..<size.rows, using: &generator))
        painting.frame.surface.draw(row, at: point, in: Rect(size))
      }
      painting.frame.cursor = Point(x: Int.random(in: 0..<size.columns, using: &generator), y: 0)
    }

    /// The first character that is not where it belongs. Characters that may be reduced count as right if something stands
    /// in their columns and nothing beside them is touched.
    private static func difference(_ painting: Painting, _ terminal: ClusterTerminal) -> String? {
      let surface = painting.frame.surface
      for y in 0..<surface.size.rows {
        for x in 0..<surface.size.columns {
          let cell = surface[Point(x: x, y: y)]
          let text = painting.frame.glyphs.text(of: cell.glyph)
          guard cell.width == 1 || cell.width == 2, let first = text.unicodeScalars.first else { continue }
          let found = terminal.cell(row: y, column: x)
          let isCommon = first.value < 0x2000 && text.unicodeScalars.count == 1 || first.value == 0x6F22
          if isCommon ? found != text : found.isEmpty || found == " " && text != " " {
            return "\(x),\(y): \(found) instead of \(text)"
          }
          // Behind a character that takes one of our two columns is nothing of what was there before.
          let isFlag = (0x1F1E6...0x1F1FF).contains(first.value)
          if cell.width == 2, !isFlag, !["", " "].contains(terminal.cell(row: y, column: x + 1)) {
            return "\(x),\(y): \(terminal.cell(row: y, column: x + 1)) in the second half of \(text)"
          }
        }
      }
      return terminal.column == painting.frame.cursor?.x && terminal.row == 0 ? nil : "the cursor"
    }

    @Test(
      "In a terminal that draws them whole, clusters reach it as they are",
      arguments: ["👨‍👩‍👧‍👦", "🏳️‍🌈", "👍🏽", "🇩🇪", "1️⃣", "❤️", "🏴\u{E0067}\u{E0062}\u{E0065}\u{E006E}\u{E0067}\u{E007F}", "\u{1FAE9}"])
    func whole(_ text: String) throws {
      var stage = try Stage(rows: 2, columns: 20, variables: ["TERM_PROGRAM": "ghostty"])
      var painting = Painting(rows: 2, columns: 20)
      painting.frame.surface.draw(
        cells(text + "|", &painting.frame.glyphs), at: Point(x: 4, y: 0), in: Rect(painting.frame.surface.size))
      let bytes = String(decoding: try stage.show(painting), as: UTF8.self)
      #expect(bytes.contains("  \u{1B}[5G\(text)\u{1B}[7G|"))
      #expect(!bytes.unicodeScalars.contains { (0xE0100...0xE01EF).contains($0.value) })
    }

    @Test(
      "Where a terminal gives the parts of a letter columns of their own, it gets one letter that is the same, or the base",
      arguments: [
        ("か\u{3099}", "が"), ("ハ\u{309A}", "パ"), ("ほ\u{3099}", "ぼ"), ("ち\u{3099}", "ぢ"), ("ん\u{3099}", "ん"),
        ("\u{1112}\u{1161}\u{11AB}", "한"), ("\u{1100}\u{1161}", "가"), ("e\u{301}", "e"),
      ])
    func composing(_ text: String, _ shown: String) {
      let widths = TerminalWidths(
        measured: Dictionary(
          uniqueKeysWithValues: [ClusterKind.kana, .jamo, .marks].map { ($0, $0.samples.map { _ in 4 }) }))
      let projection = CellProjection(isUTF8: true, isOwnDescription: true, widths: widths)
      var glyphs = GlyphTable()
      let glyph = glyphs.glyph(for: text)
      let found = projection.shown(glyph, width: CharacterWidth.columns(of: text), column: 0, glyphs)
      #expect(found == CellProjection.Shown(first: shown.unicodeScalars.first?.value ?? 0))
    }

    @Test("A frame without such clusters is sent as ever, and private characters are none of them")
    func untouched() throws {
      var plain = try Stage(rows: 3, columns: 40)
      var whole = try Stage(rows: 3, columns: 40, variables: ["TERM_PROGRAM": "ghostty"])
      var painting = Painting(rows: 3, columns: 40)
      painting.write("text, 漢 and \u{F0000}\u{F1234}", row: 0, column: 0)
      let frames = [try plain.show(painting), try whole.show(painting)]
      #expect(frames[0] == frames[1])
    }
  }
}

@Suite struct ClusterStandInTests {
  @Test("A stand-in says which glyph at which column")
  func roundTrip() {
    var generator = SeededGenerator(seed: 7)
    for step in 0..<5_000 {
      let glyph =
        step == 0
        ? GlyphTable.firstIndex + UInt32(GlyphTable.capacity) - 1 : UInt32.random(in: 0..<0x12_0000, using: &generator)
      let column =
        step == 0 ? ClusterStandIn.maximumColumn : Int.random(in: 0...ClusterStandIn.maximumColumn, using: &generator)
      let isWide = Bool.random(using: &generator)
      var text = "x?" + (isWide ? "\u{FF1F}" : "?")
      let start = text.utf8.count - (isWide ? 3 : 1)
      for mark in ClusterStandIn.marks(glyph: glyph, column: column) {
        text.unicodeScalars.append(Unicode.Scalar(mark) ?? "!")
      }
      let bytes = Array((text + "y").utf8)
      let found = bytes.withUnsafeBufferPointer { bytes in
        ClusterStandIn.found(in: bytes, at: bytes.firstIndex(of: ClusterStandIn.lead) ?? 0, notBefore: 0)
      }
      let expected = ClusterStandIn.Found(
        glyph: glyph, column: column, width: isWide ? 2 : 1, range: start..<(bytes.count - 1))
      #expect(found == expected)
    }
  }

  @Test("Any bytes are looked at without harm")
  func anyBytes() {
    var generator = SeededGenerator(seed: 8)
    let pieces: [UInt8] = [0xF3, 0xA0, 0x84, 0x87, 0x80, 0x3F, 0xEF, 0xBC, 0x9F, 0x41, 0x1B, 0x5B]
    for _ in 0..<2_000 {
      let bytes = (0..<Int.random(in: 0...40, using: &generator)).map { _ in
        pieces.randomElement(using: &generator) ?? 0
      }
      var output: [UInt8] = []
      var frame = FrameOutput()
      bytes.withUnsafeBufferPointer { frame.append($0, glyphs: GlyphTable(), to: &output) }
      #expect(output.count <= bytes.count + 100)
    }
  }
}

@Suite struct TerminalWidthsTests {
  private static let here = TerminalIdentity(Environment(["TERM": "xterm-256color", "TERM_PROGRAM": "some thing"]))

  private static let exact = TerminalWidths(
    measured: Dictionary(
      uniqueKeysWithValues: ClusterKind.allCases.map { kind in
        (kind, kind.samples.map { CharacterWidth.columns(of: $0) })
      }))

  @Test("What was measured is remembered, for that terminal only")
  func file() {
    let bytes = Array(Self.exact.fileText(for: Self.here).utf8)
    #expect(TerminalWidths(fileText: bytes, for: Self.here) == Self.exact)
    let other = TerminalIdentity(Environment(["TERM": "xterm-256color", "TERM_PROGRAM": "some thing", "TMUX": "x"]))
    #expect(TerminalWidths(fileText: bytes, for: other) == nil)
    #expect(other.fileName != Self.here.fileName)
  }

  @Test("A broken file says what is whole in it, and never more")
  func broken() {
    let bytes = Array(Self.exact.fileText(for: Self.here).utf8)
    for cut in 0...bytes.count {
      let found = TerminalWidths(fileText: Array(bytes[..<cut]), for: Self.here)
      for (kind, columns) in found?.measured ?? [:] { #expect(columns == Self.exact.measured[kind]) }
    }
    for index in bytes.indices {
      var bytes = bytes
      bytes[index] = 0xFF
      let found = TerminalWidths(fileText: bytes, for: Self.here)
      for (kind, columns) in found?.measured ?? [:] { #expect(columns == Self.exact.measured[kind]) }
    }
    let head = "\(TerminalWidths.format)\n\(Self.here.words)\n"
    for line in ["flag 2 2 2 2", "flag 2 2", "flag 2 -2 2", "flag 2 2 99", "flag", "flags 2 2 2", "flag 2 2 x", ""] {
      #expect(TerminalWidths(fileText: Array((head + line + "\n").utf8), for: Self.here) == nil, "\(line)")
    }
  }

  @Test(
    "A terminal that takes more columns than we, or none, gets something else; one that takes fewer gets blanks before")
  func treatments() {
    func treatment(_ kind: ClusterKind, isMultiplexed: Bool = false, _ change: (Int) -> Int) -> ClusterTreatment {
      let columns = kind.samples.map { change(CharacterWidth.columns(of: $0)) }
      return TerminalWidths(measured: [kind: columns], isMultiplexed: isMultiplexed).treatment(of: kind)
    }
    for kind in ClusterKind.allCases {
      let isPlain = [.ideograph, .ambiguous, .emoji, .marks, .kana, .jamo, .indic].contains(kind)
      let isLetter = kind == .ambiguous || kind == .indic
      #expect(treatment(kind) { $0 } == (isPlain ? .plain : .whole), "\(kind)")
      #expect(treatment(kind) { max($0 - 1, 1) } != .reduced, "\(kind)")
      #expect(treatment(kind) { $0 + 1 } == (isLetter ? .plain : .reduced), "\(kind)")
      #expect(
        treatment(kind) { _ in 0 } == (kind == .ambiguous ? .plain : kind == .indic ? .whole : .reduced), "\(kind)")
    }
    let narrow = [ClusterKind.emojiSelector, .keycap, .emoji17, .emoji].map { kind in
      [false, true].map { treatment(kind, isMultiplexed: $0) { max($0 - 1, 1) } }
    }
    #expect(narrow.allSatisfy { $0 == [.whole, .reduced] })
  }

  @Test(
    "What is sent without a measurement follows from the terminal's name",
    arguments: [
      ("TERM=xterm-ghostty", .ghostty, [.whole, .whole, .whole]),
      ("TERM=xterm-256color TERM_PROGRAM=WezTerm", .wezTerm, [.whole, .whole, .whole]),
      ("TERM=xterm-256color LC_TERMINAL=iTerm2", .iTerm2, [.whole, .whole, .whole]),
      ("TERM=xterm-kitty", .kitty, [.reduced, .whole, .whole]), ("TERM=foot", .foot, [.reduced, .whole, .whole]),
      ("TERM=xterm-256color VTE_VERSION=7600", .vte, [.reduced, .reduced, .whole]),
      ("TERM=xterm-256color", .other, [.reduced, .reduced, .reduced]),
      ("TERM=xterm-256color TERM_PROGRAM=vscode VTE_VERSION=7600", .other, [.reduced, .reduced, .reduced]),
      ("TERM=tmux-256color TERM_PROGRAM=tmux VTE_VERSION=7600", .other, [.reduced, .reduced, .reduced]),
      ("TERM=xterm-ghostty TMUX=/tmp/x", .other, [.reduced, .reduced, .reduced]),
    ] as [(String, TerminalFamily, [ClusterTreatment])])
  func families(_ variables: String, _ family: TerminalFamily, _ treatments: [ClusterTreatment]) {
    let pairs = variables.split(separator: " ").map { $0.split(separator: "=").map(String.init) }
    let identity = TerminalIdentity(Environment(Dictionary(uniqueKeysWithValues: pairs.map { ($0[0], $0[1]) })))
    let widths = TerminalWidths(identity.family)
    #expect(identity.family == family)
    #expect([.joined, .flag, .emojiSelector].map(widths.treatment) == treatments)
  }

  @Test("A name is one line of plain characters, however long and wild the variables are")
  func identity() {
    let words = TerminalIdentity(
      Environment([
        "TERM": "x\n\u{1B}[31m é", "TERM_PROGRAM": String(repeating: "p", count: 5_000),
        "SSH_CONNECTION": "10.0.0.1 1 2 3",
      ])
    ).words
    #expect(words.utf8.count < 600)
    #expect(words.utf8.allSatisfy { (0x20...0x7E).contains($0) })
    #expect(!words.contains("10.0.0.1"))
  }

  @Test("A measurement is complete when everything was answered, and not before")
  func completeness() {
    var measurement = WidthMeasurement()
    let count = ClusterKind.allCases.reduce(0) { $0 + $1.samples.count }
    for _ in 0..<count {
      #expect(measurement.widths(isMultiplexed: false) == nil)
      measurement.take(row: 2, column: 2)
    }
    measurement.take(row: 2, column: 9)
    #expect(measurement.widths(isMultiplexed: false)?.measured[.newLetter] == [1, 1])
  }

  @Test("What is remembered is read back, and nothing there is no trouble")
  func remembering() throws {
    var template = Array("/tmp/riffle-widths-XXXXXX".utf8CString)
    let folder = try #require(mkdtemp(&template).map { String(cString: $0) }) + "/state"
    let environment = Environment(["TERM": "xterm-256color"])
    let before = WidthMeasurer.remembered(in: folder, environment)
    #expect(before == TerminalWidths(.other))
    try WidthMeasurer.remember(Self.exact, in: folder, environment)
    let after = WidthMeasurer.remembered(in: folder, environment)
    #expect(after == Self.exact)
    #expect(LocalFiles.permissions(of: "\(folder)/\(TerminalIdentity(environment).fileName)") == 0o600)
  }
}

@Suite struct TextReorderingTests {
  @Test(
    "Which terminals order right-to-left text by themselves",
    arguments: [
      ("TERM=xterm-256color VTE_VERSION=7600", .switchable), ("TERM=xterm-256color VTE_VERSION=5603", .none),
      ("TERM=tmux-256color VTE_VERSION=7600 TMUX=x", .always), ("TERM=xterm-kitty", .always),
      ("TERM=xterm-256color TERM_PROGRAM=Apple_Terminal", .always), ("TERM=mlterm", .always),
      ("TERM=xterm-256color KONSOLE_VERSION=230400", .always),
      ("TERM=xterm-256color TERM_PROGRAM=mintty", .switchable), ("TERM=xterm-256color", .none),
      ("TERM=foot", .none), ("TERM=linux", .none),
    ] as [(String, TextReordering)])
  func choosing(_ variables: String, _ reordering: TextReordering) throws {
    let pairs = variables.split(separator: " ").map { $0.split(separator: "=").map(String.init) }
    let environment = Environment(Dictionary(uniqueKeysWithValues: pairs.map { ($0[0], $0[1]) }))
    guard case .usable(let profile) = TerminalProfile.choose(environment) else {
      Issue.record("unusable")
      return
    }
    #expect(profile.reordering == reordering)
    #expect(profile.reordersText == (reordering == .always))
  }
}
