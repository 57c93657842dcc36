// The command line of what measures a provider: `compare` and `bench`.

import ArgumentParser
import Headless
import Sessions

/// `riffle compare`.
struct CompareArguments: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare", abstract: "Measure what streaming changes: the same prompt streaming and whole, in turns.",
    discussion: """
      Two runs warm up and do not count. Intervals hold the median with the confidence that is told, whatever the \
      distribution; at least 6 valid pairs are needed for one. Ctrl+C ends the measuring and writes what there is. \
      Nothing is saved.
      """)

  @OptionGroup var common: CommonOptions

  @Argument(help: ArgumentHelp("The prompt.", valueName: "prompt"))
  var prompt: [String]

  @Option(
    name: .customShort("n"), help: ArgumentHelp("Runs of each mode.", valueName: "runs"))
  var runs = ComparisonRunner.usualPairs

  @Flag(name: .customLong("json"), help: "Write one JSON object.")
  var isJSON = false

  func validate() throws {
    try check(runs, in: ComparisonRunner.allowedPairs, of: "-n")
    guard prompt.contains(where: { $0.contains { !$0.isWhitespace } }) else {
      throw ValidationError("The prompt is empty.")
    }
  }

  func run() throws {
    throw ArgumentParser.ExitCode(
      HeadlessComposition(loader: common.loader()).compare(
        prompt.joined(separator: " "), pairs: runs, isJSON: isJSON))
  }
}

/// `riffle bench`.
struct BenchArguments: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench", abstract: "Put load on a provider and measure how it holds up.",
    discussion: """
      Latencies are those of each request while the others are under way; the throughput is that of the measured time, \
      without the warm-up. Failed requests are excluded and counted by their reasons. Ctrl+C writes what there is. \
      Nothing is saved.
      """)

  @OptionGroup var common: CommonOptions

  @Argument(
    help: ArgumentHelp("The prompt; without one, a question whose answer has some length.", valueName: "prompt"))
  var prompt: [String] = []

  @Option(name: .customShort("n"), help: ArgumentHelp("Requests that are measured.", valueName: "requests"))
  var count = 20

  @Option(name: .customShort("c"), help: ArgumentHelp("Requests that are under way at once.", valueName: "at-once"))
  var concurrency = 4

  @Option(name: .long, help: ArgumentHelp("Requests before, which are not counted.", valueName: "requests"))
  var warmUp = 2

  @Option(
    name: .customLong("prompts"),
    help: ArgumentHelp("Take prompts from this file in turns, one a line.", valueName: "file"),
    completion: .file())
  var file: String?

  @Option(
    name: .customLong("with"),
    help: ArgumentHelp("Measure this profile; may be given several times.", valueName: "profile"))
  var profiles: [String] = []

  @Flag(name: .customLong("json"), help: "Write one JSON object.")
  var isJSON = false

  func validate() throws {
    try check(count, in: LoadPlan.allowedCounts, of: "-n")
    try check(concurrency, in: LoadPlan.allowedConcurrency, of: "-c")
    try check(warmUp, in: LoadPlan.allowedWarmUps, of: "--warm-up")
    if file != nil, !prompt.isEmpty { throw ValidationError("Either a prompt or --prompts, not both.") }
    if common.profile != nil, !profiles.isEmpty { throw ValidationError("Either --profile or --with, not both.") }
  }

  func run() throws {
    let load = Load(
      prompt: prompt.joined(separator: " "), promptFile: file, profiles: profiles, count: count,
      concurrency: concurrency, warmUp: warmUp, isJSON: isJSON)
    throw ArgumentParser.ExitCode(HeadlessComposition(loader: common.loader()).bench(load))
  }
}

/// Refuses a number outside of what is possible.
private func check(_ number: Int, in range: ClosedRange<Int>, of option: String) throws {
  guard range.contains(number) else {
    throw ValidationError("\(option) is a number from \(range.lowerBound) to \(range.upperBound), not \(number).")
  }
}
