// The form of `bench` for scripts: one object with a report for each profile.

import Conversations
import Diagnostics
import Framing
import Sessions
import Statistics
import Streaming

/// Writes loads as JSON. Times are milliseconds; what was not measured is `null`.
enum BenchJSON {
  static func write(_ all: [BenchCommand.Measured], _ request: BenchRequest, to json: inout JSONWriter) {
    json.object { object in
      object.field("requests", request.plan.count)
      object.field("concurrency", request.plan.concurrency)
      object.field("warm_up", request.plan.warmUp)
      object.arrayField("prompts") { prompts in for prompt in request.plan.prompts { prompts.value(prompt) } }
      object.arrayField("profiles") { profiles in for measured in all { write(measured, to: &profiles) } }
    }
  }

  private static func write(_ measured: BenchCommand.Measured, to json: inout JSONWriter) {
    json.object { object in
      object.field("profile", measured.profile.name)
      object.field("provider", measured.profile.model.provider)
      object.field("model", measured.profile.model.model)
      object.field("stream", measured.profile.isStreaming)
      object.field("complete", measured.outcome?.ending == .complete)
      if let report = measured.report { write(report, to: &object) }
      if let fault = measured.fault {
        object.key("error")
        AskWriter.writeError(fault, to: &object)
      } else {
        object.nullField("error")
      }
    }
  }

  private static func write(_ report: LoadReport, to object: inout JSONWriter) {
    object.field("valid", report.valid)
    object.field("excluded", report.excluded)
    object.field("warm_ups", report.warmUps)
    object.arrayField("reasons") { reasons in
      for reason in report.reasons {
        reasons.object { object in
          object.field("reason", reason.sentence)
          object.field("count", reason.count)
        }
      }
    }
    for (name, sample, scale) in [
      ("first_text_ms", report.firstText, 1000.0), ("first_chunk_ms", report.firstChunk, 1000),
      ("total_ms", report.total, 1000), ("gap_ms", report.gaps, 1000), ("characters_per_second", report.rate, 1),
      ("tokens_per_second", report.tokenRate, 1),
    ] {
      write(sample, name, scale: scale, to: &object)
    }
    object.field("tokens_estimated", report.areTokensEstimated)
    object.objectField("throughput") { throughput in
      CompareJSON.number("answers_per_second", report.answersPerSecond, to: &throughput)
      CompareJSON.number("characters_per_second", report.charactersPerSecond, to: &throughput)
      CompareJSON.number("wall_ms", report.wall.inSeconds * 1000, to: &throughput)
    }
    object.objectField("at_once") { concurrency in
      CompareJSON.number("mean", report.meanConcurrency, to: &concurrency)
      concurrency.field("peak", report.peakConcurrency)
    }
  }

  private static func write(_ sample: SortedSample, _ name: String, scale: Double, to json: inout JSONWriter) {
    json.objectField(name) { object in
      object.field("count", sample.count)
      for (key, value) in [
        ("p50", sample.percentile(0.5)), ("p95", sample.percentile(0.95)), ("p99", sample.percentile(0.99)),
        ("min", sample.values.first), ("max", sample.values.last),
      ] {
        CompareJSON.number(key, value.map { $0 * scale }, to: &object)
      }
    }
  }
}
