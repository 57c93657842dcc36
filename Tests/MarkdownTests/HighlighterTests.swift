import Display
import Markdown
import Testing

@Suite("Colours of code")
struct HighlighterTests {
  @Test("Code is coloured", arguments: HighlighterFixture.all)
  func fixtures(_ fixture: HighlighterFixture) throws {
    let language = try #require(CodeLanguage.named(fixture.alias))
    #expect(language.name == fixture.name)
    var state = LexerState.initial
    let found = fixture.lines.map { line in letters(of: spans(of: line, language, &state), in: line) }
    #expect(found == fixture.roles)
  }

  @Test("Every language has a fixture")
  func completeness() {
    #expect(CodeLanguage.all.map(\.name) == Set(HighlighterFixture.all.map(\.name)).sorted(by: byLowerCase))
  }

  private func byLowerCase(_ one: String, _ other: String) -> Bool { one.lowercased() < other.lowercased() }

  @Test("A line alone is coloured as within its text", arguments: HighlighterFixture.all)
  func restart(_ fixture: HighlighterFixture) throws {
    let language = try #require(CodeLanguage.named(fixture.alias))
    let text = Array(fixture.lines.joined(separator: "\n").utf8)
    var state = LexerState.initial
    var advanced = LexerState.initial
    var start = 0
    for line in fixture.lines {
      let end = start + line.utf8.count
      var aloneState = state
      let alone = spans(of: line, language, &aloneState)
      var within: [CodeSpan] = []
      text.withUnsafeBufferPointer {
        Highlighter.color(start..<end, in: $0, as: language, state: &state, into: &within)
        Highlighter.advance(over: start..<end, in: $0, as: language, state: &advanced)
      }
      #expect(within == alone.map { CodeSpan(end: $0.end + start, role: $0.role) })
      #expect(state == aloneState)
      #expect(state == advanced)
      start = end + 1
    }
  }

  @Test("Spans are appended and never joined with those before")
  func appending() throws {
    let language = try #require(CodeLanguage.named("swift"))
    var state = LexerState.initial
    var found = [CodeSpan(end: 7, role: .codeKeyword)]
    Array("let".utf8).withUnsafeBufferPointer {
      Highlighter.color(-5..<100, in: $0, as: language, state: &state, into: &found)
      Highlighter.color(1..<1, in: $0, as: language, state: &state, into: &found)
    }
    #expect(found == [CodeSpan(end: 7, role: .codeKeyword), CodeSpan(end: 3, role: .codeKeyword)])
    #expect(state == .initial)
  }

  @Test("Of a line that is too long the rest is plain, and no character is cut")
  func longLine() throws {
    let language = try #require(CodeLanguage.named("swift"))
    let line = "\"" + String(repeating: "é", count: 3000) + "\" let"
    var state = LexerState.initial
    let found = spans(of: line, language, &state)
    #expect(
      found == [
        CodeSpan(end: Highlighter.longestLine - 1, role: .codeString), CodeSpan(end: line.utf8.count, role: .code),
      ])
    #expect(state == .initial)
  }

  @Test("Any bytes in any state are covered without gaps", arguments: CodeLanguage.all.map(\.name))
  func anything(_ name: String) throws {
    let language = try #require(CodeLanguage.all.first { $0.name == name })
    let seed: UInt64 = 20_260
    var generator = Seeded(state: seed)
    let fixture = HighlighterFixture.all.first { $0.name == name }
    let pieces =
      (fixture?.lines ?? []).map { Array($0.utf8) } + ["\"", "${", "*/", "<<A", "(", "é", "'"].map { Array($0.utf8) }
    for _ in 0..<400 {
      var bytes: [UInt8] = []
      for _ in 0..<Int.random(in: 0..<4, using: &generator) {
        let piece = pieces[Int.random(in: 0..<pieces.count, using: &generator)]
        bytes += piece.prefix(Int.random(in: 0...piece.count, using: &generator))
        if Bool.random(using: &generator) {
          bytes.append(UInt8.random(in: 0...255, using: &generator))
        }
      }
      var state = LexerState(rawValue: Bool.random(using: &generator) ? generator.next32() & 0x1F : generator.next32())
      for _ in 0..<3 {
        var found: [CodeSpan] = []
        bytes.withUnsafeBufferPointer {
          Highlighter.color(0..<$0.count, in: $0, as: language, state: &state, into: &found)
        }
        #expect(found.last?.end ?? 0 == bytes.count, "seed \(seed): \(bytes)")
        let isSound = zip(found, found.dropFirst()).allSatisfy { $0.end < $1.end && $0.role != $1.role }
        #expect(isSound && (found.first?.end ?? 1) > 0, "seed \(seed): \(bytes)")
      }
    }
  }

  @Test("No span ends within a character's bytes", arguments: CodeLanguage.all.map(\.name))
  func scalars(_ name: String) throws {
    let language = try #require(CodeLanguage.all.first { $0.name == name })
    let seed: UInt64 = 7
    var generator = Seeded(state: seed)
    let alphabet = Array("é日😀\\\\\\'\"`$#{([<>)]}/*-:=%&@~R a1E_.".unicodeScalars)
    var state = LexerState.initial
    for _ in 0..<400 {
      var text = ""
      for _ in 0..<Int.random(in: 1..<60, using: &generator) {
        text.unicodeScalars.append(alphabet[Int.random(in: 0..<alphabet.count, using: &generator)])
      }
      let bytes = Array(text.utf8)
      let cut = spans(of: text, language, &state).dropLast().filter { bytes[$0.end] & 0xC0 == 0x80 }
      #expect(cut == [], "seed \(seed): \(text)")
    }
  }

  private func spans(of line: String, _ language: CodeLanguage, _ state: inout LexerState) -> [CodeSpan] {
    var found: [CodeSpan] = []
    Array(line.utf8).withUnsafeBufferPointer {
      Highlighter.color(0..<$0.count, in: $0, as: language, state: &state, into: &found)
    }
    return found
  }
}

@Suite("Names of languages")
struct CodeLanguageTests {
  @Test(
    "A language is found by what people write",
    arguments: [
      ("swift", "Swift"), ("SWIFT", "Swift"), ("c", "C"), ("h", "C"), ("c++", "C++"), ("CPP", "C++"), ("hpp", "C++"),
      ("objc", "Objective-C"), ("objective-c", "Objective-C"), ("mm", "Objective-C"), ("rs", "Rust"),
      ("golang", "Go"), ("py title=\"x\"", "Python"), ("python3", "Python"), ("python{1,3}", "Python"),
      ("js", "JavaScript"), ("mjs", "JavaScript"), ("node", "JavaScript"), ("ts,no_run", "TypeScript"),
      ("jsx", "JSX"), ("tsx", "TSX"), ("java", "Java"), ("javascript", "JavaScript"), ("kt", "Kotlin"),
      ("scala", "Scala"), ("c#", "C#"), ("cs", "C#"), ("csharp", "C#"), ("rb", "Ruby"), ("php", "PHP"), ("pl", "Perl"),
      ("lua", "Lua"), ("sh", "Shell"), ("bash", "Shell"), ("zsh", "Shell"), ("fish", "Shell"),
      ("console", "Shell session"), ("shell-session", "Shell session"), ("ps1", "PowerShell"),
      ("pwsh", "PowerShell"), ("PostgreSQL", "SQL"), ("sqlite", "SQL"), ("jsonc", "JSON"), ("json5", "JSON"),
      ("yml", "YAML"), ("toml", "TOML"), ("ini", "INI"), ("conf", "INI"), ("dotenv", "INI"), ("htm", "HTML"),
      ("vue", "HTML"), ("svg", "XML"), ("plist", "XML"), ("scss", "CSS"), ("less", "CSS"), ("md", "Markdown"),
      ("patch", "Diff"), ("Dockerfile", "Dockerfile"), ("docker", "Dockerfile"), ("make", "Makefile"),
      ("mk", "Makefile"),
      ("cmake", "CMake"), ("hs", "Haskell"), ("exs", "Elixir"), ("erl", "Erlang"), ("clj", "Clojure"),
      ("elisp", "Lisp"), ("scheme", "Lisp"), ("r", "R"), ("R", "R"), ("jl", "Julia"), ("dart", "Dart"), ("zig", "Zig"),
      ("nix", "Nix"), ("terraform", "HCL"), ("tf", "HCL"), ("proto", "Protobuf"), ("gql", "GraphQL"),
      ("viml", "Vim script"), ("tex", "LaTeX"), ("asm", "Assembly"), ("nasm", "Assembly"), ("ml", "OCaml"),
      ("f#", "F#"), ("language-rust", "Rust"), ("lang-go", "Go"), ("{.haskell .numberLines}", "Haskell"),
      ("{python}", "Python"), (".tsx", "TSX"), ("main.rs", "Rust"), ("src/app.test.ts", "TypeScript"),
      ("  swift  ", "Swift"), ("rust:src/main.rs", "Rust"), ("swift;x", "Swift"), ("Cargo.toml", "TOML"),
    ])
  func names(_ info: String, _ name: String) {
    #expect(CodeLanguage.named(info)?.name == name)
    #expect(CodeLanguage.named(info) == CodeLanguage.all.first { $0.name == name })
  }

  @Test(
    "What names no language names none",
    arguments: ["", " ", "text", "plaintext", "swif", "swifty", "c+", "{}", "{.}", ".", "language-", "a.", "é", "1"])
  func unknown(_ info: String) {
    #expect(CodeLanguage.named(info) == nil)
  }

  @Test("A name beyond all length names no language")
  func long() {
    #expect(CodeLanguage.named(String(repeating: "c", count: 10_000)) == nil)
  }
}

/// A small generator with a seed that can be printed (SplitMix64).
struct Seeded: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  mutating func next32() -> UInt32 { UInt32(truncatingIfNeeded: next() >> 32) }
}
