// Differences of texts: they lead from one to the other, and are no longer than they must be.

import Display
import TestSupport
import Testing

@testable import Interface

@Suite struct WordDiffTests {
  /// What the pieces make of both texts: the old one and the new one.
  private func applied(_ diff: WordDiff, _ old: [UInt8], _ new: [UInt8]) -> (old: [UInt8], new: [UInt8]) {
    var (before, after): ([UInt8], [UInt8]) = ([], [])
    for piece in diff.pieces {
      switch piece.kind {
      case .same:
        before += old[piece.range]
        after += old[piece.range]
      case .deleted: before += old[piece.range]
      case .inserted: after += new[piece.range]
      }
    }
    return (before, after)
  }

  private func words(_ generator: inout SeededGenerator, _ alphabet: [String], atMost count: Int) -> String {
    (0..<Int.random(in: 0...count, using: &generator)).map { _ in alphabet.randomElement(using: &generator) ?? "" }
      .joined()
  }

  @Test("Applying the difference gives the other text, whatever the texts are", arguments: 0..<40)
  func leadsToTheOther(seed: Int) throws {
    var generator = SeededGenerator(seed: UInt64(seed))
    let alphabet = ["a", "b", "word", " ", "\n", ".", "é", "世", "👩‍🚀", "\t", "[-", "+}", "\u{301}"]
    for _ in 0..<50 {
      let old = Array(words(&generator, alphabet, atMost: 40).utf8)
      let new = Array(words(&generator, alphabet, atMost: 40).utf8)
      let diff = try #require(WordDiff.between(old, new))
      let applied = applied(diff, old, new)
      #expect(applied.old == old && applied.new == new, "seed \(seed)")
    }
  }

  @Test("Bytes that are no UTF-8 are compared too")
  func anyBytes() throws {
    var generator = SeededGenerator(seed: 3)
    for _ in 0..<300 {
      let old = (0..<Int.random(in: 0...30, using: &generator)).map { _ in UInt8.random(in: 0...255, using: &generator)
      }
      let new = (0..<Int.random(in: 0...30, using: &generator)).map { _ in UInt8.random(in: 0...255, using: &generator)
      }
      let diff = try #require(WordDiff.between(old, new))
      let applied = applied(diff, old, new)
      #expect(applied.old == old && applied.new == new)
    }
  }

  @Test("No shorter way leads there: as much stays as a table of all common subsequences finds", arguments: 0..<10)
  func isShortest(seed: Int) throws {
    var generator = SeededGenerator(seed: UInt64(100 + seed))
    for _ in 0..<40 {
      // One letter and a mark each: tokens are known without asking.
      let old = (0..<Int.random(in: 0...24, using: &generator)).map { _ in Int.random(in: 0...3, using: &generator) }
      let new = (0..<Int.random(in: 0...24, using: &generator)).map { _ in Int.random(in: 0...3, using: &generator) }
      func text(_ list: [Int]) -> [UInt8] { list.map { Array("!.,;".utf8)[$0] } }
      let diff = try #require(WordDiff.between(text(old), text(new)))
      let kept = diff.pieces.reduce(0) { $0 + ($1.kind == .same ? $1.range.count : 0) }
      var table = Array(repeating: Array(repeating: 0, count: new.count + 1), count: old.count + 1)
      for i in old.indices {
        for j in new.indices {
          table[i + 1][j + 1] = old[i] == new[j] ? table[i][j] + 1 : max(table[i][j + 1], table[i + 1][j])
        }
      }
      #expect(kept == table[old.count][new.count], "seed \(seed)")
    }
  }

  @Test("Words are told apart from marks and blanks, and counted")
  func counts() throws {
    let (old, new) = (Array("The quick fox, 10 m.".utf8), Array("The slow brown fox; 10 m.".utf8))
    let diff = try #require(WordDiff.between(old, new))
    #expect(diff.unit == .words)
    #expect(diff.deletedCount == 1 && diff.insertedCount == 2)
    #expect(WordDiff.between(old, old)?.pieces == [WordDiff.Piece(kind: .same, range: 0..<old.count)])
    #expect(WordDiff.between([], [])?.pieces.isEmpty == true)
  }

  @Test("What takes too long by words is compared by lines, and what takes too long by lines is given up")
  func isBounded() throws {
    let old = Array((0..<200).map { "line \($0) of the old text\n" }.joined().utf8)
    let new = Array((0..<200).map { $0 % 2 == 0 ? "line \($0) of the old text\n" : "\($0 * 7) other\n" }.joined().utf8)
    let diff = try #require(WordDiff.between(old, new, budget: 60_000))
    #expect(diff.unit == .lines && diff.deletedCount == 100 && diff.insertedCount == 100)
    let applied = applied(diff, old, new)
    #expect(applied.old == old && applied.new == new)
    #expect(WordDiff.between(old, new, budget: 1_000) == nil)
    // Two books that have nothing in common end too.
    let book = Array((0..<60_000).map { "a\($0)\n" }.joined().utf8)
    let other = Array((0..<60_000).map { "b\($0)\n" }.joined().utf8)
    #expect(WordDiff.between(book, other) == nil)
  }
}
