// `riffle bench`: load on a provider, and how it held up under it.

package import Conversations
import Diagnostics
import Display
import Framing
package import Sessions
import Statistics
import Streaming

/// What load is put on whom.
package struct BenchRequest: Sendable {
  /// One after another, so that no load weighs on the other's figures.
  package var profiles: [Profile]
  package var plan: LoadPlan
  package var isJSON: Bool

  /// A load for each of some profiles.
  package init(profiles: [Profile], plan: LoadPlan, isJSON: Bool) {
    self.profiles = profiles
    self.plan = plan
    self.isJSON = isJSON
  }
}

/// Runs `bench`.
package struct BenchCommand: Sendable {
  private let request: BenchRequest
  private let directory: any ProviderDirectory
  private let output: Output
  private let progress = ProgressLine()

  /// What is asked where nothing else is: an answer of some length, and the same for everybody.
  package static let usualPrompt = "Explain in about 150 words how a river shapes its valley."

  /// A command on those providers.
  package init(_ request: BenchRequest, directory: any ProviderDirectory, output: Output) {
    self.request = request
    self.directory = directory
    self.output = output
  }

  /// A profile's load, or why there was none.
  struct Measured: Sendable {
    let profile: Profile
    let outcome: LoadOutcome?
    let report: LoadReport?
    /// Why nothing could be measured.
    let fault: Explanation?
  }

  /// Measures one profile after another, writes what came of it, and returns the exit status: 0 if all of them were measured.
  ///
  /// Cancelling the task breaks off what is under way; what was measured until then is written.
  package func run() async -> Int32 {
    var all: [Measured] = []
    for profile in request.profiles where !Task.isCancelled && !output.isClosedNow() {
      let measured = await measure(profile)
      progress.clear()
      if !request.isJSON {
        if !all.isEmpty { output.line("") }
        writePlain(measured)
      }
      all.append(measured)
    }
    if request.isJSON {
      var json = JSONWriter()
      BenchJSON.write(all, request, to: &json)
      output.write(json.take() + [0x0A])
    }
    if output.isClosed { return ExitStatus.brokenPipe }
    if Task.isCancelled { return ExitStatus.interrupted }
    return all.compactMap(\.fault).first.map(ExitStatus.status) ?? ExitStatus.done
  }

  private func measure(_ profile: Profile) async -> Measured {
    let client: any ProviderClient
    do throws(Explanation) {
      client = try directory.client(for: profile.model.provider)
    } catch {
      return Measured(profile: profile, outcome: nil, report: nil, fault: error)
    }
    let label = Sanitizer.singleLine(profile.model.label, maximumColumns: 40)
    let outcome = await LoadRunner(profile: profile, plan: request.plan, client: client).run {
      [progress, output] ended, count, isWarmUp in
      // Requests cost: a load that nobody will read of is broken off.
      if output.isClosedNow() { withUnsafeCurrentTask { $0?.cancel() } }
      progress.show("\(label): \(ended) of \(count) \(isWarmUp ? "to warm up" : "measured")")
    }
    let report = LoadReport(of: outcome)
    var fault: Explanation?
    if case .hopeless(let why) = outcome.ending { fault = why }
    if report.valid == 0, outcome.ending == .complete { fault = outcome.trials.last?.result.fault }
    return Measured(profile: profile, outcome: outcome, report: report, fault: fault)
  }

  // MARK: Plain

  private func writePlain(_ measured: Measured) {
    let profile = measured.profile
    let name = profile.name.isEmpty ? "" : " (profile \(Sanitizer.singleLine(profile.name)))"
    let mode = profile.isStreaming ? "streaming" : "whole answers"
    let plan = request.plan
    output.sentence(
      "\(Sanitizer.singleLine(profile.model.label))\(name), \(mode): \(plan.count) requests, "
        + "\(min(plan.count, plan.concurrency)) at once\(promptWords)")
    if let report = measured.report {
      switch measured.outcome?.ending {
      case .cancelled?: output.sentence("Stopped before the end; this is what was measured until then.")
      case .complete?, .hopeless?, nil: break
      }
      output.sentence(
        "\(report.valid) valid, \(report.excluded) excluded; \(report.warmUps) to warm up, which do not count.")
      if report.valid > 0 {
        output.line("")
        for line in BenchTable.lines(of: report) { output.line(line) }
        output.line("")
        for line in BenchTable.throughput(of: report) { output.sentence(line) }
      }
      for reason in report.reasons {
        output.sentence("Excluded, \(reason.count)×: \(Sanitizer.singleLine(reason.sentence))")
      }
    }
    if let fault = measured.fault { output.complain("nothing could be measured: \(fault.sentence)") }
  }

  private var promptWords: String {
    let prompts = request.plan.prompts
    return prompts.count > 1
      ? ", \(prompts.count) prompts in turn"
      : prompts.first == Self.usualPrompt ? ", asking: \(Self.usualPrompt)" : ""
  }
}

/// The figures of a load as a table of less than eighty columns.
enum BenchTable {
  private typealias Cell = TextTable.Cell

  static func lines(of report: LoadReport) -> [String] {
    let tokens = report.areTokensEstimated ? "~" : ""
    var rows = [[Cell("")] + ["p50", "p95", "p99", "min", "max", "n"].map { Cell($0, side: .right) }]
    for (name, sample) in [
      ("first text", report.firstText), ("first chunk", report.firstChunk), ("total", report.total),
      ("gaps between chunks", report.gaps),
    ] {
      let unit = SecondsUnit.table(for: sample.values.suffix(1))
      rows.append(row("\(name), \(unit.name)", sample, unit.number))
    }
    for (name, sample, mark) in [
      ("characters/s", report.rate, ""), ("\(tokens)tokens/s", report.tokenRate, tokens),
    ] {
      let digits = (sample.median ?? 0) < 100 ? 1 : 0
      rows.append(row(name, sample) { $0.map { mark + SecondsText.decimal($0, digits) } ?? "–" })
    }
    return TextTable.lines(rows)
  }

  /// What all requests together got done.
  static func throughput(of report: LoadReport) -> [String] {
    let answers = report.answersPerSecond.map { SecondsText.decimal($0, 2) } ?? "–"
    let characters = report.charactersPerSecond.map { SecondsText.decimal($0, 0) } ?? "–"
    let mean = report.meanConcurrency.map { SecondsText.decimal($0, 1) } ?? "–"
    return [
      "throughput: \(answers) answers/s, \(characters) characters/s, over \(SecondsText.one(report.wall.inSeconds))",
      "under way at once: \(mean) on average, \(report.peakConcurrency) at the most",
    ]
  }

  private static func row(_ name: String, _ sample: SortedSample, _ number: (Double?) -> String) -> [Cell] {
    let figures =
      [
        sample.percentile(0.5), sample.percentile(0.95), sample.percentile(0.99), sample.values.first,
        sample.values.last,
      ].map(number) + ["\(sample.count)"]
    return [Cell(name)] + figures.map { Cell($0, side: .right) }
  }
}
