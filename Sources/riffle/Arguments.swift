// The command line. Each command only says what it takes; `HeadlessComposition` and `Composition` do the work.

import ArgumentParser
import Configuration
import Conversations
import Glibc
import Platform
import Sessions

/// Flags that every command takes.
struct CommonOptions: ParsableArguments {
  @Option(name: .long, help: ArgumentHelp("Use this configuration file.", valueName: "file"), completion: .file())
  var config: String?

  @Option(
    name: .long, help: ArgumentHelp("Keep conversations in this folder.", valueName: "folder"), completion: .directory)
  var data: String?

  @Option(name: .long, help: ArgumentHelp("Talk with this profile.", valueName: "name"))
  var profile: String?

  /// Files and settings of this run.
  func loader(theme: String? = nil) -> ConfigurationLoader {
    let environment = Environment.captured()
    let places = Places(environment, configuration: config, data: data)
    let flags = SettingsOverrides(profile: profile, theme: theme.map(ThemeChoice.init))
    return ConfigurationLoader(places: places, environment: environment, flags: flags)
  }
}

extension CompletionKind {
  /// The names of all themes, when the shell asks.
  static var themes: CompletionKind {
    .custom { _, _, _ in
      let places = Places(Environment.captured(), configuration: nil, data: nil)
      return ThemeFiles(places: places).all().names
    }
  }
}

/// `riffle`: the full screen, and the commands below it.
struct RiffleCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "riffle",
    abstract: "Chat with language models and agents in the terminal.",
    usage: "\(screenUsage)\nriffle <command> ...",
    discussion: """
      Without a command riffle opens the full screen. F1 shows the manual there.

      For the full screen:
        --continue          Open the conversation that changed last.
        --linear            Lines instead of a screen, for screen readers and plain terminals.
        --theme <name>      Use this theme.
      For every command, before or after its name:
        --profile <name>    Talk with this profile.
        --config <file>     Use this configuration file.
        --data <folder>     Keep conversations in this folder.
      """,
    version: "riffle \(Version.text)",
    subcommands: [
      ScreenArguments.self, OpenArguments.self, AskArguments.self, RaceArguments.self, ListArguments.self,
      ShowArguments.self,
      RenameArguments.self,
      DeleteArguments.self, RestoreArguments.self, ModelsArguments.self, ThemeArguments.self, ConfigArguments.self,
      CompareArguments.self, BenchArguments.self, StatsArguments.self, ReplayArguments.self, RecordArguments.self,
      DoctorArguments.self, ManualArguments.self,
    ],
    defaultSubcommand: ScreenArguments.self)

  static let screenUsage =
    "riffle [--continue] [--linear] [--theme <name>] [--profile <name>] [--config <file>] [--data <folder>]"

  /// The command line with what stands before a command's name put behind it, where commands look for it.
  static func ordered(_ arguments: [String]) -> [String] {
    var flags: [String] = []
    var rest = arguments[...]
    while let first = rest.first, first.hasPrefix("--") {
      let name = first.prefix { $0 != "=" }
      if first == "--continue" || first == "--linear" {
        flags.append(first)
        rest = rest.dropFirst()
      } else if ["--config", "--data", "--profile", "--theme"].contains(name) {
        let count = name == first ? 2 : 1
        flags += rest.prefix(count)
        rest = rest.dropFirst(count)
      } else {
        return arguments
      }
    }
    var path: [String] = []
    var commands = configuration.subcommands
    while let word = rest.first, let command = commands.first(where: { $0.configuration.commandName == word }) {
      path.append(word)
      rest = rest.dropFirst()
      commands = command.configuration.subcommands
    }
    return path.isEmpty ? arguments : path + flags + rest
  }
}

/// The full screen without a command.
struct ScreenArguments: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "chat", abstract: "Open the full screen: what riffle does without a command.",
    usage: RiffleCommand.screenUsage, shouldDisplay: false)

  @OptionGroup var common: CommonOptions

  @Flag(name: .customLong("continue"), help: "Open the conversation that changed last.")
  var isContinuing = false

  @Option(name: .long, help: ArgumentHelp("Use this theme.", valueName: "name"), completion: .themes)
  var theme: String?

  @Flag(name: .customLong("linear"), help: "Lines instead of a screen, for screen readers and plain terminals.")
  var isLinear = false

  func run() throws {
    let loader = common.loader(theme: theme)
    throw ArgumentParser.ExitCode(
      Composition(loader: loader, start: isContinuing ? .latest : .newConversation, isLinear: isLinear).run())
  }
}

/// `riffle open ID`.
struct OpenArguments: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "open", abstract: "Open a conversation in the full screen.")

  @OptionGroup var common: CommonOptions

  @Option(name: .long, help: ArgumentHelp("Use this theme.", valueName: "name"), completion: .themes)
  var theme: String?

  @Flag(name: .customLong("linear"), help: "Lines instead of a screen, for screen readers and plain terminals.")
  var isLinear = false

  @Argument(help: ArgumentHelp("The conversation's ID or the beginning of it.", valueName: "id"))
  var id: String

  func run() throws {
    throw ArgumentParser.ExitCode(
      Composition(loader: common.loader(theme: theme), start: .conversation(id), isLinear: isLinear).run())
  }
}

/// `riffle ask`.
struct AskArguments: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ask", abstract: "Ask once and write the answer to standard output.",
    discussion:
      "With a prompt and piped input, the prompt, a blank line and the input are sent. Partial text is written and saved in every case."
  )

  @OptionGroup var common: CommonOptions

  @Argument(help: ArgumentHelp("The prompt.", valueName: "prompt"))
  var prompt: [String] = []

  @Option(
    name: [.short, .customLong("file")], help: ArgumentHelp("Add the text of this file.", valueName: "file"),
    completion: .file())
  var files: [String] = []

  @Option(name: [.customShort("c"), .long], help: ArgumentHelp("Go on in this conversation.", valueName: "id"))
  var conversation: String?

  @Option(name: .customLong("id"), help: ArgumentHelp("Begin a conversation with this ID.", valueName: "new-id"))
  var newID: String?

  @Flag(name: .customLong("no-stream"), help: "Ask for the whole answer at once.")
  var isWhole = false

  @Flag(name: .customLong("json"), help: "Write one JSON object per event.")
  var isJSON = false

  @Flag(name: .customLong("no-save"), help: "Keep nothing of this conversation.")
  var isUnsaved = false

  func validate() throws {
    if conversation != nil, newID != nil { throw ValidationError("Either -c or --id, not both.") }
    if let newID, ConversationID(newID) == nil {
      throw ValidationError("An ID has 1 to 64 letters, digits, or _ - . and does not begin with - or a dot.")
    }
  }

  func run() throws {
    let question = Question(
      prompt: prompt.joined(separator: " "), files: files, conversation: conversation,
      newID: newID.flatMap { ConversationID($0) },
      isWhole: isWhole, isJSON: isJSON, isUnsaved: isUnsaved)
    throw ArgumentParser.ExitCode(HeadlessComposition(loader: common.loader()).ask(question))
  }
}

/// `riffle list`.
struct ListArguments: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "list", abstract: "List conversations, newest first.")

  @OptionGroup var common: CommonOptions

  @Flag(name: .customLong("json"), help: "Write a JSON array.")
  var isJSON = false

  @Flag(name: .customLong("trash"), help: "List the trash instead.")
  var isTrash = false

  func run() throws {
    throw ArgumentParser.ExitCode(HeadlessComposition(loader: common.loader()).list(ofTrash: isTrash, isJSON: isJSON))
  }
}

/// `riffle show`.
struct ShowArguments: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "show", abstract: "Write a conversation's messages.")

  @OptionGroup var common: CommonOptions

  @Argument(help: ArgumentHelp("The conversation's ID or the beginning of it.", valueName: "id"))
  var id: String

  @Flag(name: .customLong("json"), help: "Write a JSON object.")
  var isJSON = false

  func run() throws {
    throw ArgumentParser.ExitCode(HeadlessComposition(loader: common.loader()).show(id, isJSON: isJSON))
  }
}

/// `riffle rename`.
struct RenameArguments: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "rename", abstract: "Give a conversation a title.")

  @OptionGroup var common: CommonOptions

  @Argument(help: ArgumentHelp("The conversation's ID or the beginning of it.", valueName: "id"))
  var id: String

  @Argument(help: ArgumentHelp("The title.", valueName: "title"))
  var title: [String]

  func run() throws {
    throw ArgumentParser.ExitCode(
      HeadlessComposition(loader: common.loader()).change(id) {
        try await $0.rename($1, to: title.joined(separator: " "))
      })
  }
}

/// `riffle delete`.
struct DeleteArguments: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "delete", abstract: "Move a conversation to the trash.")

  @OptionGroup var common: CommonOptions

  @Argument(help: ArgumentHelp("The conversation's ID or the beginning of it.", valueName: "id"))
  var id: String

  func run() throws {
    throw ArgumentParser.ExitCode(HeadlessComposition(loader: common.loader()).change(id) { try await $0.trash($1) })
  }
}

/// `riffle restore`.
struct RestoreArguments: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "restore", abstract: "Bring a conversation back from the trash.")

  @OptionGroup var common: CommonOptions

  @Argument(help: ArgumentHelp("The conversation's ID or the beginning of it.", valueName: "id"))
  var id: String

  func run() throws { throw ArgumentParser.ExitCode(HeadlessComposition(loader: common.loader()).restore(id)) }
}

/// `riffle models`.
struct ModelsArguments: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "models", abstract: "List the models that providers offer.")

  @OptionGroup var common: CommonOptions

  @Option(name: .long, help: ArgumentHelp("Ask only this provider.", valueName: "name"))
  var provider: String?

  func run() throws { throw ArgumentParser.ExitCode(HeadlessComposition(loader: common.loader()).models(of: provider)) }
}

/// `riffle theme list|show`.
struct ThemeArguments: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "theme", abstract: "List themes, or show one.", subcommands: [ThemeList.self, ThemeShow.self],
    defaultSubcommand: ThemeList.self)
}

struct ThemeList: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List every theme, where it comes from and which is in use.")

  @OptionGroup var common: CommonOptions

  @Flag(name: .customLong("json"), help: "Write a JSON array.")
  var isJSON = false

  func run() throws {
    throw ArgumentParser.ExitCode(HeadlessComposition(loader: common.loader()).listThemes(isJSON: isJSON))
  }
}

struct ThemeShow: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show the roles of a theme in its colours.")

  @OptionGroup var common: CommonOptions

  @Argument(
    help: ArgumentHelp("The theme; without it the one in use.", valueName: "name"), completion: .themes)
  var name: String?

  @Flag(name: .customLong("json"), help: "Write a JSON object.")
  var isJSON = false

  func run() throws {
    throw ArgumentParser.ExitCode(HeadlessComposition(loader: common.loader()).showTheme(name, isJSON: isJSON))
  }
}

/// `riffle config path|check|init`.
struct ConfigArguments: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "config", abstract: "Find, check or begin the configuration.",
    subcommands: [ConfigPath.self, ConfigCheck.self, ConfigInit.self], defaultSubcommand: ConfigPath.self)
}

struct ConfigPath: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "path", abstract: "Write the path of the configuration file.")

  @OptionGroup var common: CommonOptions

  func run() throws { throw ArgumentParser.ExitCode(HeadlessComposition(loader: common.loader()).configurationPath()) }
}

struct ConfigCheck: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "check", abstract: "Check configuration and themes.")

  @OptionGroup var common: CommonOptions

  func run() throws { throw ArgumentParser.ExitCode(HeadlessComposition(loader: common.loader()).checkConfiguration()) }
}

struct ConfigInit: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "init", abstract: "Write a commented configuration file.")

  @OptionGroup var common: CommonOptions

  func run() throws { throw ArgumentParser.ExitCode(HeadlessComposition(loader: common.loader()).beginConfiguration()) }
}

/// `riffle doctor`.
struct DoctorArguments: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor", abstract: "Tell what riffle finds: terminal, files, providers, database.")

  @OptionGroup var common: CommonOptions

  @Flag(name: .customLong("json"), help: "Write a JSON array.")
  var isJSON = false

  func run() throws {
    throw ArgumentParser.ExitCode(HeadlessComposition(loader: common.loader()).doctor(isJSON: isJSON))
  }
}

/// `riffle manual`.
struct ManualArguments: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "manual", abstract: "Write the manual page (roff) to standard output.")

  @OptionGroup var common: CommonOptions

  func run() throws { throw ArgumentParser.ExitCode(HeadlessComposition.writeManual()) }
}
