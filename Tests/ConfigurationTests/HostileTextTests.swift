// Random and mutated texts: never a trap, and every finding has a place inside the text.

import Diagnostics
import Display
import Testing

@testable import Configuration

/// SplitMix64, so that a failing seed can be repeated.
private struct SeededNumbers: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

struct HostileTextTests {
  private static let seeds: [[UInt8]] = [
    Array(ConfigurationTemplate.text(found: Discovery()).utf8),
    Array(
      #"""
      name = "x"
      appearance = "dark"
      [colors]
      a = "#ffffff"
      [roles]
      text = "a on default bold"
      code = { fg = 1, bg = "#000000", dim = true }
      """#.utf8),
    Array(
      "[providers.a]\nkind=\"openai\"\nheaders={\"X-É\"=\"\\u0000\"}\nretries=99\n[keys]\n\"ctrl-x\"='''y\n'''\n[profiles.é]\n"
        .utf8),
    Array(
      "pace=\"tokens:99999999999999999999\"\nprofile='𝄞'\n[prices.\"é/m\"]\ninput=1e999\noutput=-nan\n[ui]\nframes_per_second=-1"
        .utf8),
  ]
  private static let fallback = Theme(name: "f", appearance: .dark, styles: [:])

  private func check(_ bytes: [UInt8], seed: UInt64) {
    let found =
      Settings.read(bytes, file: "f").diagnostics
      + ThemeFile.read(bytes, file: "f", fallback: Self.fallback).diagnostics
    // Columns count characters; where the bytes are not UTF-8 the text has at most as many as bytes.
    let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    for diagnostic in found {
      guard let location = diagnostic.location else {
        Issue.record("\(diagnostic) has no place; seed \(seed)")
        continue
      }
      let isInside =
        location.file == "f" && (1...lines.count).contains(location.line)
        && (1...lines[location.line - 1].count + 1).contains(location.column)
      #expect(isInside, "\(diagnostic); seed \(seed); \(bytes)")
      #expect(!diagnostic.description.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7F }, "seed \(seed)")
    }
  }

  @Test("Random bytes never trap, and findings lie inside the text", arguments: [1, 2, 3, 4] as [UInt64])
  func random(seed: UInt64) {
    var numbers = SeededNumbers(state: seed)
    let alphabet = Array("abk= .[]{}\"'\\\n\r\t#0129-_:Tz+,éμ".utf8) + [0, 0xFF, 0xC3, 0xF0]
    for round in 0..<1500 {
      let count = Int.random(in: 0...80, using: &numbers)
      let bytes = (0..<count).map { _ in
        round.isMultiple(of: 2)
          ? alphabet.randomElement(using: &numbers) ?? 0 : UInt8.random(in: 0...255, using: &numbers)
      }
      check(bytes, seed: seed)
    }
  }

  @Test("Mutated configurations never trap, and findings lie inside the text", arguments: [5, 6, 7, 8] as [UInt64])
  func mutated(seed: UInt64) {
    var numbers = SeededNumbers(state: seed)
    for round in 0..<400 {
      var bytes = Self.seeds[round % Self.seeds.count]
      for _ in 0..<Int.random(in: 1...6, using: &numbers) {
        let index = Int.random(in: 0..<max(1, bytes.count), using: &numbers)
        guard index < bytes.count else { continue }
        switch Int.random(in: 0..<5, using: &numbers) {
        case 0: bytes[index] = UInt8.random(in: 0...255, using: &numbers)
        case 1: bytes.remove(at: index)
        case 2: bytes.insert(bytes[bytes.count - 1 - index], at: index)
        case 3: bytes.removeSubrange(index...)
        default:
          let other = Self.seeds.randomElement(using: &numbers) ?? []
          bytes.replaceSubrange(index..<index, with: other.shuffled(using: &numbers).prefix(8))
        }
      }
      check(bytes, seed: seed)
    }
  }

  @Test("Every beginning of a configuration is survived")
  func cuts() {
    let bytes = Self.seeds[2] + Self.seeds[3]
    for length in 0...bytes.count { check(Array(bytes[..<length]), seed: UInt64(length)) }
  }

  @Test(
    "Characters that upset the parser's tables are errors like any other",
    arguments: ["μ = 1", "a.=1", "a. = 1", "[a.]", "\u{2003}a=1"])
  func parserTables(text: String) {
    #expect(TOMLDocument(parsing: text, file: "f").problem?.location?.line == 1)
  }
}

struct LargeTextTests {
  private static func lines(_ head: String, _ line: (Int) -> String) -> String {
    var text = head
    var number = 0
    while text.utf8.count < 400_000 {
      text += line(number)
      number += 1
    }
    return text
  }

  private static let texts = [
    LongText(lines("") { "[providers.p\($0)]\nkind = \"openai\"\nretries = \"x\"\n" }),
    LongText(lines("[keys]\n") { "\"x\($0)\" = \"a\"\n" }),
    LongText(lines("") { "k\($0) = 1\n" }),
    LongText(lines("[providers.a]\nkind = \"openai\"\n[providers.a.headers]\n") { "h\($0) = \"\"\n" }),
    LongText(lines("[colors]\n") { "c\($0) = \"#000000\"\n" }),
  ]

  @Test("More entries than anybody writes are cut off, and that is told once", arguments: texts)
  func manyEntries(text: LongText) {
    let settings = Settings.read(text.text.utf8, file: "f")
    let theme = ThemeFile.read(text.text.utf8, file: "f", fallback: Theme(name: "f", appearance: .dark, styles: [:]))
    #expect(settings.diagnostics.count <= 1_100)
    #expect(theme.diagnostics.count <= 600)
    #expect(
      (settings.diagnostics + theme.diagnostics).contains {
        $0.message.contains("this one and the rest are left out") || $0.message.contains("more unknown keys follow")
      })
  }
}
