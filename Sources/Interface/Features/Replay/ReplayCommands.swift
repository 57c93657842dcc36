// An answer again, as it came: its commands.

extension CommandCatalog {
  static let replayCommands: [CommandDefinition] = [
    CommandDefinition(
      "answer.replay", "Play an answer again, as it came", group: .measuring,
      slash: SlashSyntax("replay", argument: "[n] [speed]")
    ) { state, _, argument in state.beginReplay(argument) }
  ]
}
