// Commands about writing and about the program itself.

extension CommandCatalog {
  static let writingCommands: [CommandDefinition] = [
    CommandDefinition(
      "composer.editor", "Write in $EDITOR", group: .writing, slash: SlashSyntax("editor"),
      keys: ["ctrl-g", "ctrl-x ctrl-e"]
    ) { state, _, _ in [.openEditor(state.composer.text)] },
    CommandDefinition(
      "composer.shelve", "Put the draft aside; it stays in the history", group: .writing, keys: ["ctrl-x k"]
    ) { state, _, _ in state.shelveDraft() },
  ]

  static let programCommands: [CommandDefinition] = [
    CommandDefinition("program.palette", "Find a command", group: .program, keys: ["ctrl-x /", "ctrl-x ctrl-p"]) {
      state, _, _ in
      state.overlay = .picker(PickerState(kind: .commands))
      return []
    },
    CommandDefinition(
      "program.help", "Show the manual", group: .program, slash: SlashSyntax("help", argument: "[TOPIC]"), keys: ["f1"]
    ) { state, _, topic in
      state.overlay = .help(HelpState(topic: topic))
      return []
    },
    CommandDefinition(
      "program.keymap", "Show all keys", group: .program, slash: SlashSyntax("keymap"), keys: ["ctrl-x ?"]
    ) { state, _, _ in
      state.overlay = .help(HelpState(topic: "keys"))
      return []
    },
    CommandDefinition("program.suspend", "Suspend riffle; fg brings it back", group: .program, keys: ["ctrl-z"]) {
      _, _, _ in [.suspend]
    },
    CommandDefinition(
      "program.quit", "Leave; streams are stopped and kept", group: .program,
      slash: SlashSyntax("quit", aliases: ["exit"])
    ) {
      _, _, _ in [.quit]
    },
  ]
}
