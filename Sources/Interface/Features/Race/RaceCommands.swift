// Several models side by side: its commands.

extension CommandCatalog {
  static let raceCommands: [CommandDefinition] = [
    CommandDefinition(
      "race.open", "Race 2 to 4 models side by side: the last prompt again, or a new one", group: .measuring,
      slash: SlashSyntax("race", argument: "[blind] [NAME …] [-- PROMPT]"), keys: ["ctrl-x g"]
    ) { state, _, argument in state.race(argument) }
  ]
}
