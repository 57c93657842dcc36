// `riffle race` on the command line.

import ArgumentParser

/// `riffle race`.
struct RaceArguments: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "race", abstract: "Ask two to four models the same thing at once, and compare.",
    discussion: """
      The answers are written in the order in which they end, then a table. All of them are saved, as variants of one \
      conversation. With a prompt and piped input, the prompt, a blank line and the input are sent.
      """)

  @OptionGroup var common: CommonOptions

  @Argument(help: ArgumentHelp("The prompt.", valueName: "prompt"))
  var prompt: [String] = []

  @Option(
    name: .customLong("with"),
    help: ArgumentHelp("A profile, or provider/model with the parameters of the profile in use.", valueName: "name"))
  var racers: [String] = []

  @Option(
    name: [.short, .customLong("file")], help: ArgumentHelp("Add the text of this file.", valueName: "file"),
    completion: .file())
  var files: [String] = []

  @Flag(name: .customLong("json"), help: "Write one JSON object per event, each with its lane, and a summary.")
  var isJSON = false

  @Flag(name: .customLong("no-save"), help: "Keep nothing of this conversation.")
  var isUnsaved = false

  func validate() throws {
    guard (2...4).contains(racers.count) else {
      throw ValidationError("A race is of 2 to 4 models: --with NAME --with NAME.")
    }
  }

  func run() throws {
    let question = Question(
      prompt: prompt.joined(separator: " "), files: files, conversation: nil, newID: nil, isWhole: false,
      isJSON: isJSON, isUnsaved: isUnsaved)
    throw ArgumentParser.ExitCode(HeadlessComposition(loader: common.loader()).race(question, with: racers))
  }
}
