// Which candidates a few letters find, in which order, and where.

import Testing

@testable import Interface

@Suite("Fuzzy matching")
struct FuzzyMatcherTests {
  private func ranked(_ query: String, _ candidates: [String]) -> [String] {
    FuzzyMatcher(query).rank(candidates) { $0 }.map { candidates[$0.index] }
  }

  @Test("The letters must all occur, in order")
  func subsequence() {
    #expect(ranked("mdl", ["model", "lmd", "md", "medal"]) == ["model", "medal"])
    #expect(FuzzyMatcher("abc").match("ab") == nil)
    #expect(FuzzyMatcher("a").match("") == nil)
  }

  @Test("The empty query fits everything and keeps the order")
  func emptyQuery() {
    #expect(ranked("", ["long name", "b", "a"]) == ["long name", "b", "a"])
    #expect(ranked("  ", ["b", "a"]) == ["b", "a"])
  }

  @Test(
    "The better match comes first",
    arguments: [
      ("mo", "model", "memory"), ("fb", "foo bar", "fabulous"), ("st", "streaming_test", "last"),
      ("test", "streaming_test", "t-e-s-t"), ("pv", "ProfileView", "pavement"), ("new", "new", "renew"),
      ("con", "context", "second"), ("ab", "ab", "abc"),
    ])
  func order(_ query: String, _ better: String, _ worse: String) {
    #expect(ranked(query, [worse, better]) == [better, worse])
    #expect(ranked(query, [better, worse]) == [better, worse])
  }

  @Test("Equal candidates keep their order")
  func stability() {
    #expect(ranked("a", ["ab", "ac", "ad"]) == ["ab", "ac", "ad"])
  }

  @Test("Case matters only if the query has a capital letter")
  func smartCase() {
    #expect(FuzzyMatcher("mo").match("MODEL") != nil)
    #expect(FuzzyMatcher("Mo").match("model") == nil)
    #expect(FuzzyMatcher("Mo").match("a Mood") != nil)
    #expect(FuzzyMatcher("é").match("École") != nil)
  }

  @Test("The positions are those of the best alignment")
  func positions() {
    #expect(FuzzyMatcher("test").match("t_streaming_test")?.positions == [12, 13, 14, 15])
    #expect(FuzzyMatcher("fb").match("foo bar")?.positions == [0, 4])
    #expect(FuzzyMatcher("bar").match("👨‍👩‍👧 bar")?.positions == [2, 3, 4])
    #expect(FuzzyMatcher("aa").match("a")?.positions == nil)
  }

  @Test("Every word of the query must occur, in any order")
  func words() {
    #expect(ranked("bar foo", ["foo bar", "foo", "bar"]) == ["foo bar"])
    #expect(FuzzyMatcher("ba fo").match("foo bar")?.positions == [0, 1, 4, 5])
  }

  @Test("The positions spell the query, whatever is matched", arguments: 1...50 as ClosedRange<UInt64>)
  func positionsSpellTheQuery(seed: UInt64) {
    var numbers = SeededNumbers(seed: seed)
    let letters = Array("aabbcd_- X")
    let candidate = String((0..<40).map { _ in letters.randomElement(using: &numbers) ?? "a" })
    let query = String((0..<4).map { _ in "abcd".randomElement(using: &numbers) ?? "a" })
    let characters = Array(candidate)
    var rest = Array(query)[...]
    for character in characters where character == rest.first { rest = rest.dropFirst() }
    let match = FuzzyMatcher(query).match(candidate)
    #expect((match != nil) == rest.isEmpty, "seed \(seed)")
    guard let match else { return }
    #expect(String(match.positions.map { characters[$0] }) == query, "seed \(seed)")
    #expect(match.positions == match.positions.sorted())
  }

  @Test("Only the beginning of a long candidate is looked at")
  func bounded() {
    let long = String(repeating: "a", count: FuzzyMatcher.candidateLimit)
    #expect(FuzzyMatcher("b").match(long + "b") == nil)
    #expect(FuzzyMatcher("b").match(long.dropLast() + "b") != nil)
    #expect(FuzzyMatcher(String(repeating: "a", count: 10_000)).match(long)?.positions.count == FuzzyMatcher.wordLimit)
  }
}
