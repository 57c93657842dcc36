// Figures over many answers: its commands.

extension CommandCatalog {
  static let statsCommands: [CommandDefinition] = [
    CommandDefinition(
      "stats.show", "Show figures over all answers: times, rates, errors, tokens, cost", group: .measuring,
      slash: SlashSyntax("stats", argument: "[provider,model,profile,day,hour] [1d|7d|30d|all]"), keys: ["ctrl-x s"]
    ) { state, _, argument in state.openStats(argument) }
  ]
}
