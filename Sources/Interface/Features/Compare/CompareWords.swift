// Streaming against not streaming, in words: for notices, for the view's sentences, and for linear mode.

import Conversations
import Diagnostics
import Display
import Statistics

/// Writes about a measurement. Words from outside are sanitised to one line.
enum CompareWords {
  /// What is under way.
  static func progress(of state: CompareState) -> String {
    guard case .running(let place) = state.phase else { return ending(of: state) }
    guard let place else {
      let done = state.comparison.runs.count
      return done == 0 ? "begins" : "\(done) of \(state.order.pairs * 2 + 2) runs"
    }
    let mode = place.mode == .streaming ? "streaming" : "whole"
    return place.pair.map { "pair \($0) of \(state.order.pairs), \(mode)" } ?? "warming up, \(mode)"
  }

  /// How it ended, in a few words for a notice.
  static func ending(of state: CompareState) -> String {
    switch state.phase {
    case .running: "Comparison under way"
    case .finished:
      switch state.comparison.difference(in: .firstText).verdict {
      case .sooner, .later, .noDifferenceShown: "Comparison: " + short(state)
      case .notEnoughRuns: "Comparison finished, with too few valid runs to tell"
      }
    case .stopped: "Comparison stopped"
    case .failed(let why): "Comparison given up: \(Sanitizer.singleLine(why.summary))"
    }
  }

  private static func short(_ state: CompareState) -> String {
    let difference = state.comparison.difference(in: .firstText)
    guard let median = difference.median, difference.verdict != .noDifferenceShown else {
      return "no difference shown"
    }
    return "streaming shows text \(SecondsText.one(abs(median))) \(median > 0 ? "sooner" : "later")"
  }

  /// What can be said at the end: the verdict, or why there is none.
  static func verdict(of state: CompareState) -> [String] {
    let isMeasured = ComparedMode.allCases.contains { state.comparison.validCount(of: $0) > 0 }
    switch state.phase {
    case .running: return []
    case .finished: return state.comparison.verdictSentences
    case .stopped:
      return ["Stopped before the end."] + (isMeasured ? state.comparison.verdictSentences : [])
    case .failed(let why): return ["Given up, every run failed: \(Sanitizer.singleLine(why.sentence))."]
    }
  }

  /// All of it in lines.
  static func report(of state: CompareState) -> String {
    let model = Sanitizer.singleLine(state.order.profile.model.label)
    var lines = [
      "Comparison of streaming and whole answers, \(model): \(Sanitizer.singleLine(state.order.prompt, maximumColumns: 200))"
    ]
    for measure in ComparedMeasure.allCases {
      for mode in ComparedMode.allCases {
        let sample = state.comparison.sample(of: mode, measure)
        guard let median = sample.median else { continue }
        let interval = MedianInterval(of: sample)
        let place = interval.map { ", between \(Comparison.words(for: $0))" } ?? ""
        lines.append(
          "\(measure == .firstText ? "First text" : "Total"), \(mode.rawValue): median \(SecondsText.one(median))\(place), "
            + "\(LinearText.counted(sample.count, "run")).")
      }
    }
    lines += verdict(of: state)
    for (reason, count) in state.comparison.reasons {
      lines.append("Excluded, \(LinearText.counted(count, "run")): \(LinearText.sentence(reason))")
    }
    return lines.joined(separator: "\n")
  }
}
