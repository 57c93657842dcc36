// The form of `compare` for scripts: one object with every run and everything that follows from them.

import Conversations
import Diagnostics
import Framing
import Sessions
import Statistics
import Streaming

/// Writes a comparison as JSON. Times are milliseconds; what was not measured is `null`.
enum CompareJSON {
  static func write(
    _ comparison: Comparison, _ measured: [CompareCommand.Measured], _ request: CompareRequest,
    _ ending: ComparisonEnding, _ fault: Explanation?, to json: inout JSONWriter
  ) {
    json.object { object in
      object.field("profile", request.profile.name)
      object.field("provider", request.profile.model.provider)
      object.field("model", request.profile.model.model)
      object.field("prompt", request.prompt.text)
      object.field("pairs", comparison.pairs)
      object.field("valid_pairs", comparison.validPairs)
      object.field("complete", ending == .complete)
      object.arrayField("runs") { runs in for entry in measured { write(entry, to: &runs) } }
      object.objectField("modes") { modes in
        for mode in ComparedMode.allCases {
          modes.objectField(mode.rawValue) { object in
            object.field("valid", comparison.validCount(of: mode))
            write(comparison.sample(of: mode, .firstText), "first_text_ms", scale: 1000, to: &object)
            write(comparison.sample(of: mode, .total), "total_ms", scale: 1000, to: &object)
            write(comparison.characters(of: mode), "characters", scale: 1, to: &object)
          }
        }
      }
      object.objectField("streaming_sooner_by") { differences in
        for (name, measure) in [("first_text_ms", ComparedMeasure.firstText), ("total_ms", .total)] {
          let difference = comparison.difference(in: measure)
          write(difference.sample, name, scale: 1000, verdict: difference.verdict, to: &differences)
        }
      }
      object.arrayField("excluded") { reasons in
        for (reason, count) in comparison.reasons {
          reasons.object { object in
            object.field("reason", reason)
            object.field("count", count)
          }
        }
      }
      object.field("verdict", comparison.difference(in: .firstText).verdict.name)
      object.field("verdict_text", comparison.verdictSentences.joined(separator: " "))
      if let fault {
        object.key("error")
        AskWriter.writeError(fault, to: &object)
      } else {
        object.nullField("error")
      }
    }
  }

  private static func write(_ entry: CompareCommand.Measured, to runs: inout JSONWriter) {
    let result = entry.result
    runs.object { object in
      object.field("mode", entry.run.place.mode.rawValue)
      if let pair = entry.run.place.pair { object.field("pair", pair) } else { object.nullField("pair") }
      object.field("warm_up", entry.run.place.pair == nil)
      if case .excluded(let reason) = entry.run.outcome {
        object.field("valid", false)
        object.field("reason", reason)
      } else {
        object.field("valid", true)
        object.nullField("reason")
      }
      if case .finished(let reason) = result.ending {
        object.field("finish", reason.name)
      } else {
        object.nullField("finish")
      }
      object.field("text_characters", result.textCharacters)
      object.field("metrics", json: Array(MetricsJSON.object(result.metrics).utf8))
    }
  }

  /// A sample's spread, its median, and where that lies.
  static func write(
    _ sample: SortedSample, _ name: String, scale: Double, verdict: Verdict? = nil, to json: inout JSONWriter
  ) {
    json.objectField(name) { object in
      object.field("count", sample.count)
      for (key, value) in [
        ("min", sample.values.first), ("p25", sample.percentile(0.25)), ("median", sample.median),
        ("p75", sample.percentile(0.75)), ("max", sample.values.last),
      ] {
        number(key, value.map { $0 * scale }, to: &object)
      }
      if let interval = MedianInterval(of: sample) {
        object.objectField("median_interval") { object in
          object.field("low", interval.lower * scale, decimals: 3)
          object.field("high", interval.upper * scale, decimals: 3)
          object.field("coverage", interval.coverage, decimals: 6)
        }
      } else {
        object.nullField("median_interval")
      }
      object.field("verdict", verdict?.name)
    }
  }

  /// A number, or `null` where there is none.
  static func number(_ key: String, _ value: Double?, to json: inout JSONWriter) {
    if let value { json.field(key, value, decimals: 3) } else { json.nullField(key) }
  }
}
