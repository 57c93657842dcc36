// A comparison from runs that are written down: what counts, what does not, and what is said of it.

import Statistics
import Testing

@Suite("Comparisons")
struct ComparisonTests {
  /// A comparison of pairs with these times to the first text and in all, in seconds; `nil` is a run that failed.
  private func comparison(_ pairs: [(streaming: (Double, Double)?, whole: (Double, Double)?)]) -> Comparison {
    var comparison = Comparison(pairs: pairs.count)
    for mode in ComparedMode.allCases {
      // Far off: a warm-up that counted would be seen in every figure.
      comparison.add(ComparedRun(ComparedPlace(mode, pair: nil), .valid(firstText: 99, total: 99, characters: 9)))
    }
    for place in ComparedPlace.plan(pairs: pairs.count) {
      guard let pair = place.pair else { continue }
      let times = place.mode == .streaming ? pairs[pair - 1].streaming : pairs[pair - 1].whole
      comparison.add(
        ComparedRun(
          place, times.map { .valid(firstText: $0.0, total: $0.1, characters: 100) } ?? .excluded("it broke off")))
    }
    return comparison
  }

  @Test("Modes warm up first, and then take turns in going first")
  func plan() {
    let plan = ComparedPlace.plan(pairs: 3)
    #expect(plan.map(\.pair) == [nil, nil, 1, 1, 2, 2, 3, 3])
    #expect(plan.map(\.mode) == [.streaming, .whole, .streaming, .whole, .whole, .streaming, .streaming, .whole])
  }

  @Test("A difference in every pair is sooner, with the interval of the differences")
  func sooner() {
    let found = comparison((1...10).map { (streaming: (0.1, 2), whole: (1.5 + Double($0) / 100 + 0.001, 2)) })
    let first = found.difference(in: .firstText)
    #expect(first.verdict == .sooner)
    #expect(first.interval.map { [$0.lower, $0.upper].map { ($0 * 100).rounded() } } == [142, 149])
    #expect(found.difference(in: .total).verdict == .noDifferenceShown)
    #expect(
      found.verdictSentences == [
        "Streaming showed the first text 1.46 s sooner (1.42–1.49 s, 97.9 % sure); it took as long in all, as far as 10 runs "
          + "can show."
      ])
  }

  @Test("The other way round is later, and what it cost in all is told")
  func later() {
    let found = comparison((1...6).map { _ in (streaming: (0.5, 3), whole: (0.4, 2)) })
    #expect(found.difference(in: .firstText).verdict == .later)
    #expect(
      found.verdictSentences == [
        "Streaming showed the first text 0.10 s later (0.10–0.10 s, 96.9 % sure); it took 1.00 s longer in all (1.00–1.00 s, "
          + "96.9 % sure)."
      ])
  }

  @Test("Differences on both sides of zero are none that so many runs can show")
  func alike() {
    let found = comparison((0..<8).map { (streaming: (1 + ($0 % 2 == 0 ? 0.2 : -0.1), 2), whole: (1, 2)) })
    #expect(found.difference(in: .firstText).verdict == .noDifferenceShown)
    #expect(
      found.verdictSentences.first?.hasPrefix(
        "Streaming showed the first text 0.05 s later, which is no difference that 8 runs can show (-0.10 to 0.20 s, 99.2 % "
          + "sure); it took"
      ) == true)
  }

  @Test("A pair counts if both of its runs do, and too few say so")
  func excluded() {
    var pairs: [(streaming: (Double, Double)?, whole: (Double, Double)?)] = Array(
      repeating: (streaming: (0.1, 1), whole: (1, 1)), count: 5)
    pairs += [(streaming: nil, whole: (1, 1)), (streaming: (0.1, 1), whole: nil)]
    let found = comparison(pairs)
    #expect(found.validPairs == 5)
    #expect(found.validCount(of: .streaming) == 6 && found.validCount(of: .whole) == 6)
    #expect(found.excludedCount == 2)
    #expect(found.reasons.map(\.reason) == ["it broke off"] && found.reasons.map(\.count) == [2])
    #expect(found.difference(in: .firstText).verdict == .notEnoughRuns(valid: 5, needed: 6))
    #expect(
      found.verdictSentences == [
        "Not enough runs to tell: 5 valid pairs, and at least 6 are needed.",
        "2 runs were excluded; 5 pairs of 7 count.",
      ])
  }

  @Test("Nothing measured is nothing claimed")
  func empty() {
    let nothing = Comparison(pairs: 10)
    #expect(nothing.difference(in: .firstText).median == nil)
    #expect(nothing.verdictSentences == ["Not enough runs to tell: 0 valid pairs, and at least 6 are needed."])
  }

  @Test(
    "Times are told in the unit that suits them",
    arguments: [
      (0.0042, "4.2 ms"), (0.038, "38 ms"), (0.41, "0.41 s"), (12.34, "12.3 s"), (128.4, "128 s"), (-0.5, "-0.50 s"),
    ])
  func seconds(seconds: Double, text: String) { #expect(SecondsText.one(seconds) == text) }

  @Test("What is not known is a dash, and nothing is told as certain that is not")
  func limits() {
    #expect(SecondsText.one(nil) == "–" && SecondsText.one(.nan) == "–")
    #expect(SecondsText.percent(0.99999) == "99.9 %")
    #expect(SecondsText.percent(0.978515625) == "97.9 %")
    #expect(SecondsText.range(1.31, 1.6) == "1.31–1.60 s")
  }
}
