// The same prompt answered in two ways in turn: what was measured, and what follows from it.

/// How an answer comes.
package enum ComparedMode: String, CaseIterable, Equatable, Sendable {
  case streaming
  /// In one piece, when all of it is written.
  case whole

  /// The other one.
  package var other: ComparedMode { self == .streaming ? .whole : .streaming }
}

/// Which run of a comparison it is.
package struct ComparedPlace: Hashable, Sendable {
  package let mode: ComparedMode
  /// From one; `nil` for a run that warms up connection and service, which is told and not counted.
  package let pair: Int?

  /// A run of a pair, or one that warms up.
  package init(_ mode: ComparedMode, pair: Int?) {
    self.mode = mode
    self.pair = pair
  }

  /// All runs of a comparison in their order: a warm-up of each mode, then pairs whose order alternates, so that what drifts
  /// with time or depends on the request before weighs on both alike.
  package static func plan(pairs: Int) -> [ComparedPlace] {
    var plan = [ComparedPlace(.streaming, pair: nil), ComparedPlace(.whole, pair: nil)]
    for pair in stride(from: 1, through: pairs, by: 1) {
      let first: ComparedMode = pair % 2 == 1 ? .streaming : .whole
      plan += [ComparedPlace(first, pair: pair), ComparedPlace(first.other, pair: pair)]
    }
    return plan
  }
}

/// A run of a comparison that has ended.
package struct ComparedRun: Equatable, Sendable {
  /// What came of it.
  package enum Outcome: Equatable, Sendable {
    /// Times in seconds from the request, and the characters of the answer's text.
    case valid(firstText: Double, total: Double, characters: Int)
    /// Why it does not count, in words; may hold words from outside.
    case excluded(String)
  }

  package let place: ComparedPlace
  package let outcome: Outcome

  /// A run with its outcome.
  package init(_ place: ComparedPlace, _ outcome: Outcome) {
    self.place = place
    self.outcome = outcome
  }
}

/// What is compared.
package enum ComparedMeasure: String, CaseIterable, Equatable, Sendable {
  /// From the request to the first text.
  case firstText
  /// From the request to the end.
  case total
}

/// Runs so far, with everything that they say.
package struct Comparison: Equatable, Sendable {
  /// Pairs that are to be measured.
  package let pairs: Int
  /// In the order in which they ended, warm-ups first.
  package private(set) var runs: [ComparedRun] = []

  /// Nothing measured yet.
  package init(pairs: Int, runs: [ComparedRun] = []) {
    self.pairs = pairs
    self.runs = runs
  }

  /// Takes in a run.
  package mutating func add(_ run: ComparedRun) { runs.append(run) }

  /// Runs of pairs that count.
  package func validCount(of mode: ComparedMode) -> Int { sample(of: mode, .total).count }

  /// Runs of pairs that failed or were something else than asked for.
  package var excludedCount: Int {
    runs.count { run in
      if case .excluded = run.outcome { run.place.pair != nil } else { false }
    }
  }

  /// Pairs of which both runs count.
  package var validPairs: Int { difference(in: .total).sample.count }

  /// Why runs of pairs did not count, with their number, the commonest first; equal ones in the order they came in.
  package var reasons: [(reason: String, count: Int)] {
    var reasons: [(reason: String, count: Int)] = []
    for run in runs where run.place.pair != nil {
      guard case .excluded(let reason) = run.outcome else { continue }
      if let known = reasons.firstIndex(where: { $0.reason == reason }) {
        reasons[known].count += 1
      } else {
        reasons.append((reason, 1))
      }
    }
    return reasons.enumerated().sorted { ($1.element.count, $0.offset) < ($0.element.count, $1.offset) }.map(\.element)
  }

  /// The valid times of a mode in seconds, warm-ups apart.
  package func sample(of mode: ComparedMode, _ measure: ComparedMeasure) -> SortedSample {
    SortedSample(
      runs.compactMap { run in run.place.pair != nil && run.place.mode == mode ? run.seconds(measure) : nil })
  }

  /// The valid answers' lengths in characters.
  package func characters(of mode: ComparedMode) -> SortedSample {
    SortedSample(
      runs.compactMap { run in
        guard run.place.mode == mode, run.place.pair != nil, case .valid(_, _, let characters) = run.outcome else {
          return nil
        }
        return Double(characters)
      })
  }

  /// How much sooner streaming is, from the pairs of which both runs count.
  package func difference(in measure: ComparedMeasure) -> PairedDifference {
    var halves: [Int: [ComparedMode: Double]] = [:]
    for run in runs {
      guard let pair = run.place.pair, let seconds = run.seconds(measure) else { continue }
      halves[pair, default: [:]][run.place.mode] = seconds
    }
    return PairedDifference(
      halves.values.compactMap { halves in
        guard let streaming = halves[.streaming], let whole = halves[.whole] else { return nil }
        return (first: streaming, second: whole)
      })
  }
}

extension ComparedRun {
  /// A time of a run that counts.
  package func seconds(_ measure: ComparedMeasure) -> Double? {
    guard case .valid(let firstText, let total, _) = outcome else { return nil }
    return measure == .firstText ? firstText : total
  }
}
