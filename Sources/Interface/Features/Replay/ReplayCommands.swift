// An answer again, as it came: its commands.

extension CommandCatalog {
  static let replayCommands: [CommandDefinition] = []
}
