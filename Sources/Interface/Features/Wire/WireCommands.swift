// What went over the wire: its commands.

extension CommandCatalog {
  static let wireCommands: [CommandDefinition] = []
}
