import Conversations
import Testing

@Suite("Finding a text")
struct FindQueryTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let query: String
    let text: String
    let found: [String]
    var testDescription: String { "\(query) in \(text)" }

    init(_ query: String, in text: String, _ found: String...) {
      self.query = query
      self.text = text
      self.found = found
    }
  }

  static let cases = [
    Case("", in: "abc"), Case("a", in: ""), Case("abc", in: "ab"),
    Case("abc", in: "xABCabcAbC", "ABC", "abc", "AbC"), Case("Abc", in: "abc Abc ABC", "Abc"),
    Case("aab", in: "aaab aaaab", "aab", "aab"), Case("aa", in: "aaaaa", "aa", "aa"),
    Case("abab", in: "abacababab", "abab"), Case("grüße", in: "GRÜSSE Grüße GRÜßE", "Grüße", "GRÜßE"),
    Case("straße", in: "STRAẞE Straße", "STRAẞE", "Straße"),
    Case("λόγος", in: "ΛΌΓΟΣ λόγος λόγοσ", "ΛΌΓΟΣ", "λόγος", "λόγοσ"),
    Case("привет", in: "ПРИВЕТ, Привет", "ПРИВЕТ", "Привет"), Case("Привет", in: "ПРИВЕТ, Привет", "Привет"),
    Case("k", in: "\u{212A} K k", "\u{212A}", "K", "k"), Case("å", in: "\u{212B}Å", "\u{212B}", "Å"),
    Case("世界", in: "你好，世界！世 界世界", "世界", "世界"), Case("👩‍🚀", in: "x👩‍🚀👩", "👩‍🚀"),
    Case("é", in: "e\u{301} é É", "é", "É"), Case("𐐨", in: "𐐀𐐨", "𐐀", "𐐨"), Case("İ", in: "i̇ İ", "İ"),
    Case("a b", in: "a\nb a b", "a b"), Case("\u{0}", in: "a\u{0}b", "\u{0}"),
  ]

  @Test("A lower-case text is found in any case, one with another letter exactly", arguments: cases)
  func finds(sample: Case) {
    let bytes = Array(sample.text.utf8)
    let found = FindQuery(sample.query).matches(in: bytes)
    #expect(found.map { String(decoding: bytes[$0], as: UTF8.self) } == sample.found)
  }

  @Test("Every letter is found by its lower case")
  func everyLetter() {
    var missed: [String] = []
    for value in (0 as UInt32)...0x1_FFFF {
      guard let scalar = Unicode.Scalar(value), scalar.properties.changesWhenLowercased else { continue }
      let lower = scalar.properties.lowercaseMapping
      guard lower.unicodeScalars.count == 1 else { continue }
      let text = Array(String(scalar).utf8)
      let isFound = FindQuery(lower).matches(in: text) == [0..<text.count]
      let isFoundInside = FindQuery("x" + lower).matches(in: [0x78] + text) == [0..<text.count + 1]
      let isExact = FindQuery(String(scalar)).matches(in: Array(lower.utf8)).isEmpty
      if !isFound || !isFoundInside || !isExact { missed.append("U+\(String(value, radix: 16))") }
    }
    #expect(missed == [])
  }

  @Test("Only what lies wholly in the range is found, and a range may be anything")
  func ranges() {
    let bytes = Array("one two one two".utf8)
    bytes.withUnsafeBufferPointer { buffer in
      let query = FindQuery("one")
      #expect(query.matches(in: buffer, range: 1..<15) == [8..<11])
      #expect(query.matches(in: buffer, range: 0..<10) == [0..<3])
      #expect(query.matches(in: buffer, range: -5..<100) == [0..<3, 8..<11])
      #expect(query.matches(in: buffer, range: 20..<30) == [])
    }
  }

  @Test("Bytes that are no text match nothing and hide nothing")
  func brokenBytes() {
    for junk: [UInt8] in [
      [0xFF], [0xC3], [0xE4, 0xB8], [0xF0, 0x9F, 0x91], [0xED, 0xA0, 0x80], [0xC0, 0x80], [0x80, 0x80],
    ] {
      for text in ["é", "世", "word"] {
        let bytes = junk + Array(text.utf8) + junk
        #expect(FindQuery(text).matches(in: bytes) == [junk.count..<junk.count + text.utf8.count])
        #expect(FindQuery("é世").matches(in: Array("é".utf8) + junk + Array("世".utf8)) == [])
      }
    }
  }

  @Test("It finds what the obvious way finds, for random texts of few letters")
  func sameAsObvious() {
    var generator = SystemRandomNumberGenerator()
    let letters: [Unicode.Scalar] = ["a", "b", "A", "é", "É"]
    for _ in 0..<500 {
      func random(_ count: Int) -> String {
        String(String.UnicodeScalarView((0..<count).map { _ in letters.randomElement(using: &generator) ?? "a" }))
      }
      let query = random(Int.random(in: 1...4, using: &generator))
      let text = random(Int.random(in: 0...24, using: &generator))
      let bytes = Array(text.utf8)
      #expect(FindQuery(query).matches(in: bytes) == Self.obvious(query, in: text), "\(query) in \(text)")
    }
  }

  /// Tries every scalar's place.
  private static func obvious(_ query: String, in text: String) -> [Range<Int>] {
    let isExact = query.unicodeScalars.contains { $0 == "A" || $0 == "É" }
    func folded(_ text: String) -> [String] {
      text.unicodeScalars.map { isExact ? String($0) : String($0).lowercased() }
    }
    let wanted = folded(query)
    let scalars = Array(text.unicodeScalars)
    let units = folded(text)
    var found: [Range<Int>] = []
    var place = 0
    while place + wanted.count <= units.count {
      if Array(units[place..<place + wanted.count]) == wanted {
        func bytes(_ count: Int) -> Int { scalars[..<count].reduce(0) { $0 + UTF8.width($1) } }
        found.append(bytes(place)..<bytes(place + wanted.count))
        place += wanted.count
      } else {
        place += 1
      }
    }
    return found
  }

  @Test("Texts, thinking, and tools' names, arguments and results are looked at")
  func parts() {
    let query = FindQuery("needle")
    let parts: [(Part, Bool)] = [
      (.text("a Needle"), true), (.thinking("NEEDLE", signature: "needle"), true),
      (.thinking("", signature: "needle"), false), (.toolCall(ToolCall(id: "needle", name: "x")), false),
      (.toolCall(ToolCall(id: "", name: "needle")), true),
      (.toolCall(ToolCall(id: "", name: "", arguments: "{\"needle\"")), true),
      (.toolResult(ToolResult(callID: "", name: "needle", content: "", isError: true)), true),
      (.toolResult(ToolResult(callID: "", name: "", content: "needle", isError: true)), true),
      (.attachment(Attachment(name: "needle", mediaType: "", bytes: [])), false),
      (.opaque(OpaquePart(dialect: "", label: "needle", content: "needle")), false),
    ]
    for (part, isMatch) in parts { #expect(query.matches(part) == isMatch, "\(part)") }
  }
}

extension UTF8 {
  fileprivate static func width(_ scalar: Unicode.Scalar) -> Int { String(scalar).utf8.count }
}
