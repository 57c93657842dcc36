// All commands, in the order of the help.

/// The list of everything that can be asked for.
package enum CommandCatalog {
  /// Every command once.
  package static let all: [CommandDefinition] =
    conversationCommands + answerCommands + modelCommands + readingCommands + browsingCommands + measuringCommands
    + writingCommands + programCommands

  private static var measuringCommands: [CommandDefinition] {
    statsCommands + compareCommands + raceCommands + replayCommands + wireCommands
  }

  private static let byID: [CommandID: CommandDefinition] = {
    var table: [CommandID: CommandDefinition] = [:]
    for command in all { table[command.id] = command }
    return table
  }()

  /// The command with that name.
  package static func command(_ id: CommandID) -> CommandDefinition? { byID[id] }

  /// The command that `/name` means.
  package static func command(slash name: String) -> CommandDefinition? {
    all.first { $0.slash?.name == name || $0.slash?.aliases.contains(name) == true }
  }

  /// Every slash name with its command, aliases included.
  package static var slashNames: [String] {
    all.compactMap(\.slash).flatMap { [$0.name] + $0.aliases }
  }

  /// The keys a fresh installation has, by command.
  package static var defaultKeys: [(keys: String, command: CommandID)] {
    all.flatMap { command in command.keys.map { ($0, command.id) } }
  }
}
