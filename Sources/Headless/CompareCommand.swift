// `riffle compare`: the same prompt streaming and whole, in turns, and what can be said of the difference.

package import Conversations
import Diagnostics
import Display
import Framing
import Platform
package import Sessions
import Statistics
import Streaming

/// What is to be compared.
package struct CompareRequest: Sendable {
  package var profile: Profile
  package var prompt: Prompt
  /// Runs of each mode.
  package var pairs: Int
  package var isJSON: Bool

  /// A prompt for a profile, that many times in each mode.
  package init(profile: Profile, prompt: Prompt, pairs: Int, isJSON: Bool) {
    self.profile = profile
    self.prompt = prompt
    self.pairs = pairs
    self.isJSON = isJSON
  }
}

/// Runs `compare`.
package struct CompareCommand: Sendable {
  private let request: CompareRequest
  private let directory: any ProviderDirectory
  private let output: Output
  private let progress = ProgressLine()

  /// A command on those providers.
  package init(_ request: CompareRequest, directory: any ProviderDirectory, output: Output) {
    self.request = request
    self.directory = directory
    self.output = output
  }

  /// A run with all of its figures.
  struct Measured: Sendable {
    let run: ComparedRun
    let result: TrialResult
  }

  /// Measures, writes what came of it, and returns the exit status: 0 if anything was measured.
  ///
  /// Cancelling the task ends the measuring; what was measured until then is written.
  package func run() async -> Int32 {
    let client: any ProviderClient
    do throws(Explanation) {
      client = try directory.client(for: request.profile.model.provider)
    } catch {
      output.complain(error.sentence)
      return ExitStatus.status(of: error)
    }
    let measured = Locked<[Measured]>([])
    let runner = ComparisonRunner(
      profile: request.profile, prompt: request.prompt, pairs: request.pairs, client: client)
    let ending = await runner.run { event in
      switch event {
      case .began(let place): progress.show(Self.words(for: place, of: request.pairs))
      case .ended(let run, let result): measured.withLock { $0.append(Measured(run: run, result: result)) }
      }
    }
    progress.clear()
    return write(measured.withLock { $0 }, ending)
  }

  private static func words(for place: ComparedPlace, of pairs: Int) -> String {
    let mode = place.mode == .streaming ? "streaming" : "the whole answer"
    return place.pair.map { "pair \($0) of \(pairs): \(mode)" } ?? "warming up: \(mode)"
  }

  private func write(_ measured: [Measured], _ ending: ComparisonEnding) -> Int32 {
    let comparison = Comparison(pairs: request.pairs, runs: measured.map(\.run))
    let isMeasured = ComparedMode.allCases.contains { comparison.validCount(of: $0) > 0 }
    let fault = isMeasured ? nil : Self.fault(of: measured, ending)
    if request.isJSON {
      var json = JSONWriter()
      CompareJSON.write(comparison, measured, request, ending, fault, to: &json)
      output.write(json.take() + [0x0A])
    } else {
      writePlain(comparison, ending)
      if let fault { output.complain("nothing could be measured: \(fault.sentence)") }
    }
    if output.isClosed { return ExitStatus.brokenPipe }
    if ending == .cancelled { return ExitStatus.interrupted }
    return fault.map(ExitStatus.status) ?? ExitStatus.done
  }

  /// Why nothing was measured.
  private static func fault(of measured: [Measured], _ ending: ComparisonEnding) -> Explanation? {
    if case .hopeless(let why) = ending { return why }
    return measured.last.flatMap { $0.result.fault ?? $0.result.modeFault }
  }

  // MARK: Plain

  private func writePlain(_ comparison: Comparison, _ ending: ComparisonEnding) {
    let profile = request.profile
    let name = profile.name.isEmpty ? "" : " (profile \(Sanitizer.singleLine(profile.name)))"
    let warmUps = comparison.runs.count { $0.place.pair == nil }
    let done = comparison.runs.count - warmUps
    output.sentence(
      "\(Sanitizer.singleLine(profile.model.label))\(name): streaming and whole in turns, \(done) runs of "
        + "\(request.pairs * 2), after \(warmUps) to warm up, which do not count.")
    switch ending {
    case .complete: break
    case .cancelled: output.sentence("Stopped before the end; this is what was measured until then.")
    case .hopeless: output.sentence("Given up: every run failed.")
    }
    if ComparedMode.allCases.contains(where: { comparison.validCount(of: $0) > 0 }) {
      output.line("")
      for line in CompareTable.lines(of: comparison) { output.line(line) }
      output.line("")
      for sentence in comparison.verdictSentences { output.sentence(sentence) }
    }
    for reason in comparison.reasons {
      output.sentence("Excluded, \(reason.count)×: \(Sanitizer.singleLine(reason.reason))")
    }
  }
}

/// The figures of a comparison as a table of less than eighty columns.
enum CompareTable {
  private typealias Cell = TextTable.Cell

  static func lines(of comparison: Comparison) -> [String] {
    var rows = [header]
    for measure in ComparedMeasure.allCases {
      let samples = ComparedMode.allCases.map { comparison.sample(of: $0, measure) }
      let unit = SecondsUnit.table(for: samples.flatMap(\.values))
      rows.append([Cell("\(measure == .firstText ? "first text" : "total"), \(unit.name)")])
      for (mode, sample) in zip(ComparedMode.allCases, samples) { rows.append(row(mode.rawValue, sample, unit.number)) }
    }
    rows.append([Cell("characters")])
    for mode in ComparedMode.allCases {
      rows.append(row(mode.rawValue, comparison.characters(of: mode)) { $0.map { "\(Int($0.rounded()))" } ?? "–" })
    }
    let differences = ComparedMeasure.allCases.map { comparison.difference(in: $0).sample }
    let unit = SecondsUnit.table(for: differences.flatMap(\.values))
    rows.append([Cell("streaming sooner by, \(unit.name)")])
    for (measure, sample) in zip(ComparedMeasure.allCases, differences) {
      rows.append(row(measure == .firstText ? "first text" : "total", sample, unit.number))
    }
    return aligned(rows)
  }

  private static var header: [Cell] {
    [Cell("")] + ["median", "between", "sure", "min", "25 %", "75 %", "max", "n"].map { Cell($0, side: .right) }
  }

  private static func row(_ name: String, _ sample: SortedSample, _ number: (Double?) -> String) -> [Cell] {
    let interval = MedianInterval(of: sample)
    let link = interval.map { $0.lower < 0 || $0.upper < 0 ? " to " : "–" } ?? ""
    let between = interval.map { number($0.lower) + link + number($0.upper) } ?? "–"
    let figures =
      [
        number(sample.median), between, interval.map { SecondsText.percent($0.coverage) } ?? "–",
        number(sample.values.first), number(sample.percentile(0.25)), number(sample.percentile(0.75)),
        number(sample.values.last), "\(sample.count)",
      ]
    return [Cell("  \(name)")] + figures.map { Cell($0, side: .right) }
  }

  /// Headings stand above the columns and do not widen the first.
  private static func aligned(_ rows: [[Cell]]) -> [String] {
    let table = TextTable.lines(rows.map { $0.count == 1 ? [Cell("")] : $0 })
    return zip(rows, table).map { row, line in row.count == 1 ? row[0].text : line }
  }
}
