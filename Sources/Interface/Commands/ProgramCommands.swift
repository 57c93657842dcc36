// Commands about writing and about the program itself.

import Conversations

extension CommandCatalog {
  static let writingCommands: [CommandDefinition] = [
    CommandDefinition(
      "composer.editor", "Write in $EDITOR", group: .writing, slash: SlashSyntax("compose"),
      keys: ["ctrl-g", "ctrl-x ctrl-e"]
    ) { state, _, _ in state.flushDrafts() + [.openEditor(state.composer.text)] },
    CommandDefinition(
      "prompt.attach", "Send a file with the next prompt", group: .writing,
      slash: SlashSyntax("attach", argument: "PATH")
    ) { state, _, path in
      guard !path.isEmpty else {
        let names = (state.files[state.shown] ?? []).map(\.name)
        state.show(
          names.isEmpty
            ? "A path is missing: /attach ~/picture.png" : "With the next prompt: \(names.joined(separator: ", "))")
        return []
      }
      return [.attach(state.shown, path: path)]
    },
    CommandDefinition(
      "prompt.detach", "Take a file away from the next prompt, or all files", group: .writing,
      slash: SlashSyntax("detach", argument: "[NAME]"),
      isAvailable: { !($0.files[$0.shown] ?? []).isEmpty }, excuse: "No file goes with the next prompt"
    ) { state, _, name in
      let files = state.files[state.shown] ?? []
      guard name.isEmpty || files.contains(where: { $0.name == name }) else {
        state.showUnknown("file", name, among: files.map(\.name))
        return []
      }
      state.files[state.shown] = name.isEmpty ? nil : files.filter { $0.name != name }
      state.show(name.isEmpty ? "No file goes with the next prompt" : "\(name) stays here", .success)
      return []
    },
    CommandDefinition(
      "prompt.text-to-file", "Make a file of the text, sent with the next prompt", group: .writing,
      keys: ["ctrl-x a"], isAvailable: { !$0.composer.isEmpty }, excuse: "Nothing is written"
    ) { state, _, _ in
      let text = state.composer.text
      let number = (state.files[state.shown] ?? []).count + 1
      state.files[state.shown, default: []].append(Attachment(path: "text-\(number).txt", bytes: Array(text.utf8)))
      state.composer.clear()
      // The text stays in the history, for the file goes with the program.
      state.remember(text)
      state.show("\(Figures.bytes(text.utf8.count)) go as a file with the next prompt", .success)
      return state.draftChanged()
    },
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
    ) { state, _, _ in state.leave() },
  ]
}
