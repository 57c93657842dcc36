// What a comparison says, in sentences: the same on the screen, in linear mode and on the command line.

extension Comparison {
  /// The verdict: one sentence, or two where runs were excluded.
  ///
  /// Holds no words from outside.
  package var verdictSentences: [String] {
    var sentences: [String] = []
    let first = difference(in: .firstText)
    if case .notEnoughRuns(let valid, let needed) = first.verdict {
      sentences.append(
        "Not enough runs to tell: \(Self.counted(valid, "valid pair")), and at least \(needed) are needed.")
    } else if let interval = first.interval, let median = first.median {
      sentences.append(Self.sentence(of: first.verdict, median, interval) + "; " + totalClause + ".")
    }
    if excludedCount > 0 {
      let excluded = excludedCount == 1 ? "1 run was excluded" : "\(excludedCount) runs were excluded"
      sentences.append(
        "\(excluded); \(Self.counted(validPairs, "pair")) of \(pairs) \(validPairs == 1 ? "counts" : "count").")
    }
    return sentences
  }

  /// How sure an interval is: `1.31–1.60 s, 97.9 % sure`.
  package static func words(for interval: MedianInterval) -> String {
    "\(SecondsText.range(interval.lower, interval.upper)), \(SecondsText.percent(interval.coverage)) sure"
  }

  private static func sentence(of verdict: Verdict, _ median: Double, _ interval: MedianInterval) -> String {
    switch verdict {
    case .sooner:
      "Streaming showed the first text \(SecondsText.one(median, beside: interval.ends)) sooner (\(words(for: interval)))"
    case .later:
      "Streaming showed the first text \(SecondsText.one(-median, beside: interval.ends)) later (\(words(for: interval.negated)))"
    case .noDifferenceShown where isNothing(median, beside: interval):
      "Streaming showed the first text as soon, as far as \(counted(interval.count, "run")) can show"
    case .noDifferenceShown, .notEnoughRuns:
      "Streaming showed the first text \(SecondsText.one(abs(median), beside: interval.ends)) \(median < 0 ? "later" : "sooner")"
        + ", which is no difference that \(counted(interval.count, "run")) can show"
        + " (\(words(for: median < 0 ? interval.negated : interval)))"
    }
  }

  /// What streaming cost or spared in all.
  private var totalClause: String {
    let total = difference(in: .total)
    guard let median = total.median, let interval = total.interval else { return "what it took in all is not known" }
    let change = "\(SecondsText.one(abs(median), beside: interval.ends)) \(median > 0 ? "less" : "longer")"
    switch total.verdict {
    case .sooner: return "it took \(change) in all (\(Self.words(for: interval)))"
    case .later: return "it took \(change) in all (\(Self.words(for: interval.negated)))"
    case .noDifferenceShown where Self.isNothing(median, beside: interval):
      return "it took as long in all, as far as \(Self.counted(interval.count, "run")) can show"
    case .noDifferenceShown, .notEnoughRuns:
      return "it took \(change) in all, which is no difference that \(Self.counted(interval.count, "run")) can show"
    }
  }

  /// Whether a difference is zero as it would be written.
  private static func isNothing(_ median: Double, beside interval: MedianInterval) -> Bool {
    SecondsText.one(abs(median), beside: interval.ends) == SecondsText.one(0, beside: interval.ends)
  }

  static func counted(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }
}

extension MedianInterval {
  /// The interval of the same differences seen from the other side.
  package var negated: MedianInterval {
    MedianInterval(lower: -upper, upper: -lower, rank: rank, count: count, coverage: coverage)
  }

  var ends: [Double] { [lower, upper] }

  private init(lower: Double, upper: Double, rank: Int, count: Int, coverage: Double) {
    self.lower = lower
    self.upper = upper
    self.rank = rank
    self.count = count
    self.coverage = coverage
  }
}
