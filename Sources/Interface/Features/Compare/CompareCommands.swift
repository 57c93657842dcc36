// Streaming against not streaming: its commands.

extension CommandCatalog {
  static let compareCommands: [CommandDefinition] = [
    CommandDefinition(
      "measure.compare", "Measure what streaming changes: this or the last prompt, streaming and whole",
      group: .measuring,
      slash: SlashSyntax("compare", argument: "[n] [PROMPT]")
    ) { state, _, argument in state.compare(argument) }
  ]
}
