// Repaired text equals what the standard library makes of the whole, however the bytes were cut.

import Framing
import Testing

private func repair(_ pieces: [[UInt8]]) -> (text: String, replacements: Int) {
  var repair = UTF8Repair()
  var text: [UInt8] = []
  for piece in pieces { piece.withUnsafeBytes { repair.push($0, into: &text) } }
  repair.finish(into: &text)
  return (String(decoding: text, as: UTF8.self), repair.replacements)
}

private func isValid(_ bytes: [UInt8]) -> Bool { bytes.withUnsafeBytes(UTF8Validator.isValid) }

@Suite("UTF-8 repair")
struct UTF8RepairTests {
  @Test(
    "P15: every ill-formed line of the stress test is repaired as published, however it is cut",
    .enabled(if: Vectors.published.has("utf8/expected-invalid-lines.json"), Vectors.absence))
  func publishedLines() throws {
    let cases = try #require(Vectors.published.json("utf8/expected-invalid-lines.json")["cases"]?.array)
    #expect(cases.count == 68)
    for test in cases {
      let bytes = hexadecimal(try #require(test["bytes_hex"]?.string))
      let expected = try #require(test["replaced"]?.string)
      #expect(!isValid(bytes))
      for way in [[bytes], Cuts.bytes(bytes)] + Cuts.halves(bytes) {
        let repaired = repair(way)
        #expect(Array(repaired.text.utf8) == Array(expected.utf8))
        #expect(repaired.replacements > 0)
      }
    }
  }

  @Test(
    "The whole stress test is repaired as the standard library does it",
    .enabled(if: Vectors.published.has("utf8/UTF-8-test.txt"), Vectors.absence))
  func wholeStressTest() {
    let bytes = Vectors.published.bytes("utf8/UTF-8-test.txt")
    #expect(bytes.count > 20_000)
    let expected = String(decoding: bytes, as: UTF8.self)
    for way in [[bytes], Cuts.bytes(bytes), Cuts.pieces(bytes, of: 3), Cuts.pieces(bytes, of: 1_000)] {
      #expect(repair(way).text.utf8.elementsEqual(expected.utf8))
    }
  }

  @Test("Valid text passes unchanged and nothing is counted")
  func validText() {
    let text = "plain, é, €, 🚀, \u{FFFD}, \0, and a longer run of ASCII at the end"
    for way in Cuts.all(Array(text.utf8)) {
      let repaired = repair(way)
      #expect(repaired.text == text)
      #expect(repaired.replacements == 0)
    }
  }

  @Test("A character is told as soon as its last byte is there")
  func nothingIsHeldBack() {
    var repair = UTF8Repair()
    #expect(repair.push([0xF0, 0x9F]) == "")
    #expect(repair.push([0x9A]) == "")
    #expect(repair.push([0x80, 0x61]) == "🚀a")
    #expect(repair.push([0xE2, 0x82]) == "")
    #expect(repair.push([0x41]) == "\u{FFFD}A")
    #expect(repair.push([0xC3]) == "")
    #expect(repair.finish() == "\u{FFFD}")
    #expect(repair.replacements == 2)
  }

  @Test("Random bytes are repaired as the standard library does it, however they are cut", arguments: UInt64(1)...100)
  func randomBytes(seed: UInt64) {
    let alphabet: [UInt8] = [
      0x41, 0x7F, 0x80, 0x9F, 0xA0, 0xBF, 0xC0, 0xC2, 0xDF, 0xE0, 0xED, 0xEF, 0xF0, 0xF4, 0xF5, 0xFF,
    ]
    var numbers = SeededNumbers(seed: seed)
    let bytes = (0..<200).map { _ in alphabet.randomElement(using: &numbers) ?? 0 }
    let expected = String(decoding: bytes, as: UTF8.self)
    let whole = repair([bytes])
    #expect(whole.text.utf8.elementsEqual(expected.utf8), "seed \(seed)")
    #expect(whole.replacements == expected.unicodeScalars.filter { $0 == "\u{FFFD}" }.count, "seed \(seed)")
    #expect(isValid(bytes) == (whole.replacements == 0), "seed \(seed)")
    for way in [Cuts.bytes(bytes), Cuts.random(bytes, seed: seed, largest: 7)] {
      let repaired = repair(way)
      #expect(repaired.text.utf8.elementsEqual(expected.utf8), "seed \(seed)")
      #expect(repaired.replacements == whole.replacements, "seed \(seed)")
    }
  }
}
