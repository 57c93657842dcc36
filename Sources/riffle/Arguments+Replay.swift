// The command line of `replay` and `record`.

import ArgumentParser
import Headless
import Providers

extension ReplayPace: ExpressibleByArgument {
  /// Reads `4`, `0.5x` or `max`.
  package init?(argument: String) {
    switch ReplayClient.Speed(argument) {
    case .factor(let factor)?: self = .factor(factor)
    case .maximum?: self = .maximum
    case nil: return nil
    }
  }
}

/// `riffle replay`.
struct ReplayArguments: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "replay", abstract: "Write an answer again, as it came.",
    discussion: """
      A conversation's last answer is written in the rhythm in which it came; --answer chooses another one. A recording \
      (riffle record) is decoded again, as if its provider had sent it now.

      What holds a slash or a dot and is a file that exists is that file; anything else is the beginning of a \
      conversation's ID.
      """)

  @OptionGroup var common: CommonOptions

  @Argument(help: ArgumentHelp("The conversation's ID or the beginning of it, or a recording.", valueName: "id|file"))
  var what: String

  @Option(
    name: .long,
    help: ArgumentHelp("How many times as fast as it came, or max for no waiting at all.", valueName: "factor|max"))
  var speed: ReplayPace = .factor(1)

  @Option(
    name: .long, help: ArgumentHelp("Which answer, counted from the last one, which is 1.", valueName: "number"))
  var answer: Int = 1

  @Option(
    name: .long,
    help: ArgumentHelp("The kind of provider that a recording is from, if it does not say so.", valueName: "kind"))
  var kind: String?

  @Flag(name: .customLong("thinking"), help: "Write the thinking too, to standard error.")
  var showsThinking = false

  @Flag(name: .customLong("json"), help: "Write one JSON object per event, each with its time in t_ms.")
  var isJSON = false

  func validate() throws {
    if answer < 1 { throw ValidationError("--answer counts from the last answer, which is 1.") }
  }

  func run() throws {
    throw ArgumentParser.ExitCode(
      HeadlessComposition(loader: common.loader()).replay(
        Replaying(
          what: what, answer: answer, kind: kind, pace: speed, isJSON: isJSON, showsThinking: showsThinking)))
  }
}

extension ReplayPace {
  /// How the help shows the speed that holds without the option.
  package var defaultValueDescription: String {
    switch self {
    case .factor(let factor): "\(factor == factor.rounded() ? "\(Int(factor))" : "\(factor)")"
    case .maximum: "max"
    }
  }
}

/// `riffle record`.
struct RecordArguments: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "record", abstract: "Ask once and keep the raw response, to be played again.",
    discussion: """
      The answer is written to standard output as with riffle ask; the response goes into the file with the time of \
      every piece, whatever it was: an answer, a refusal, one that broke off. Neither the request nor any key is in it. \
      riffle replay plays the file, and so does a provider of the kind replay.
      """)

  @OptionGroup var common: CommonOptions

  @Argument(help: ArgumentHelp("The prompt.", valueName: "prompt"))
  var prompt: [String] = []

  @Option(
    name: [.short, .customLong("output")], help: ArgumentHelp("Write the recording to this file.", valueName: "file"),
    completion: .file())
  var output: String

  @Option(
    name: [.short, .customLong("file")], help: ArgumentHelp("Add the text of this file.", valueName: "file"),
    completion: .file())
  var files: [String] = []

  @Flag(name: .customLong("no-stream"), help: "Ask for the whole answer at once.")
  var isWhole = false

  @Flag(name: .customLong("json"), help: "Write one JSON object per event.")
  var isJSON = false

  @Flag(name: .customLong("save"), help: "Keep the conversation.")
  var isSaved = false

  @Flag(name: .customLong("force"), help: "Replace a file that is there already.")
  var isForced = false

  func run() throws {
    let question = Question(
      prompt: prompt.joined(separator: " "), files: files, conversation: nil, newID: nil, isWhole: isWhole,
      isJSON: isJSON, isUnsaved: !isSaved)
    throw ArgumentParser.ExitCode(
      HeadlessComposition(loader: common.loader()).record(question, to: output, replaces: isForced))
  }
}
