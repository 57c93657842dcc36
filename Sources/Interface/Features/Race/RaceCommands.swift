// Several models side by side: its commands.

extension CommandCatalog {
  static let raceCommands: [CommandDefinition] = []
}
