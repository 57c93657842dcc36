// Streaming against not streaming: its commands.

extension CommandCatalog {
  static let compareCommands: [CommandDefinition] = []
}
