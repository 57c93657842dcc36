// The command line of `riffle stats`.

import ArgumentParser
import Headless

/// `riffle stats`.
struct StatsArguments: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "stats", abstract: "Tell figures over many answers: times, rates, errors, tokens, cost.",
    discussion: """
      Answers are counted by when they started, in local time, the trash included. Times to the first text and rates are of \
      all answers that have them, total times of complete ones; percentiles are by the nearest rank. Failed and incomplete \
      answers are errors, those you stopped are not. What is not known is a dash, empty in CSV, null in JSON; ~ marks sums \
      that hold estimates.
      """)

  @OptionGroup var common: CommonOptions

  @Option(
    name: .long,
    help: ArgumentHelp("From then on: 24h, 7d, 4w, a date such as 2026-01-31, or all.", valueName: "span"))
  var since = "7d"

  @Option(
    name: .long, help: ArgumentHelp("Up to then: as for --since; a date is the end of that day.", valueName: "span"))
  var until: String?

  @Option(
    name: .customLong("by"),
    help: ArgumentHelp(
      "Group by any of provider, model, profile, day and hour, in any order, between commas.", valueName: "list"))
  var grouping = "provider,model"

  @Flag(name: .customLong("json"), help: "Write a JSON array, one object a group.")
  var isJSON = false

  @Flag(name: .customLong("csv"), help: "Write CSV with a header.")
  var isCSV = false

  @Option(
    name: .long, defaultAsFlag: "first", parsing: .next,
    help: ArgumentHelp("Draw bars of first (unless said), rate, total, count or cost.", valueName: "figure"),
    completion: .list(["first", "rate", "total", "count", "cost"]))
  var chart: String?

  func validate() throws { _ = try question() }

  func run() throws {
    throw ArgumentParser.ExitCode(HeadlessComposition(loader: common.loader()).stats(try question()))
  }

  private func question() throws -> StatsQuestion {
    do throws(StatsQuestion.WrongUse) {
      return try StatsQuestion(
        since: since, until: until, by: grouping, isJSON: isJSON, isCSV: isCSV, chart: chart)
    } catch {
      throw ValidationError(error.sentence)
    }
  }
}
