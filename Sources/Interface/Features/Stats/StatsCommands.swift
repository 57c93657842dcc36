// Figures over many answers: its commands.

extension CommandCatalog {
  static let statsCommands: [CommandDefinition] = []
}
