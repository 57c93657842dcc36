// Commands about what is seen: scrolling, folding, popups.

extension CommandCatalog {
  static let readingCommands: [CommandDefinition] = [
    CommandDefinition("scroll.page-up", "Scroll up by a page", group: .reading, keys: ["pageup"]) { state, cache, _ in
      state.scroll(by: -max(1, state.paneRows - 1), &cache)
    },
    CommandDefinition("scroll.page-down", "Scroll down by a page", group: .reading, keys: ["pagedown"]) {
      state, cache, _ in
      state.scroll(by: max(1, state.paneRows - 1), &cache)
    },
    CommandDefinition("scroll.message-up", "Go to the message above", group: .reading, keys: ["alt-up"]) {
      state, cache, _ in
      state.scrollToMessage(offset: -1, &cache)
    },
    CommandDefinition("scroll.message-down", "Go to the message below", group: .reading, keys: ["alt-down"]) {
      state, cache, _ in state.scrollToMessage(offset: 1, &cache)
    },
    CommandDefinition("scroll.end", "Go to the end and follow it", group: .reading, keys: ["ctrl-end", "alt->"]) {
      state, _, _ in state.follow()
    },
    CommandDefinition("scroll.start", "Go to the first message", group: .reading, keys: ["ctrl-home", "alt-<"]) {
      state, _, _ in state.scrollToStart()
    },
    CommandDefinition(
      "scroll.goto", "Go to a message by its number, or to a part of the conversation", group: .reading,
      slash: SlashSyntax("goto", argument: "N|N%|first|last")
    ) { state, _, argument in state.goTo(argument) },
    CommandDefinition(
      "view.browse", "Read with the keys: move, fold, find, copy", group: .reading, slash: SlashSyntax("browse"),
      keys: ["ctrl-x v"]
    ) { state, cache, _ in state.beginBrowsing(&cache) },
    CommandDefinition(
      "view.find", "Find a text in this conversation", group: .reading, slash: SlashSyntax("find", argument: "[text]")
    ) { state, cache, text in state.find(text, &cache) },
    CommandDefinition(
      "view.hints", "Label what can be copied or opened with letters", group: .reading, slash: SlashSyntax("hints"),
      keys: ["ctrl-x c"]
    ) { state, cache, _ in state.showHints(&cache) },
    CommandDefinition(
      "view.wrap", "Wrap or cut long lines of code", group: .reading, slash: SlashSyntax("wrap")
    ) { state, cache, _ in state.toggleWrap(&cache) },
    CommandDefinition(
      "view.fold", "Fold or unfold all thinking and tools", group: .reading, slash: SlashSyntax("fold"),
      keys: ["ctrl-o"]
    ) { state, _, _ in
      state.transcript.isUnfolded.toggle()
      state.transcript.foldOverrides = [:]
      return []
    },
    CommandDefinition(
      "view.metrics", "Show the performance figures: over the text, beside it, not at all", group: .reading,
      slash: SlashSyntax("metrics", argument: "[overlay|panel|off]"), keys: ["f3", "ctrl-x p"]
    ) { state, _, place in
      state.placeMetrics(place)
      return []
    },
    CommandDefinition(
      "view.mouse", "Switch the mouse on or off", group: .reading, slash: SlashSyntax("mouse"), keys: ["alt-m"]
    ) { state, _, _ in
      state.isMouseOn.toggle()
      state.show(state.isMouseOn ? "Mouse on: the wheel scrolls" : "Mouse off: the terminal selects")
      return [.setMouse(state.isMouseOn)]
    },
    CommandDefinition(
      "view.bare", "Show the conversation without a frame, for the terminal's own selection", group: .reading,
      slash: SlashSyntax("bare"), keys: ["alt-l"], isAvailable: { !$0.transcript.messages.isEmpty },
      excuse: "There is nothing to read yet"
    ) { state, _, _ in [.showBare(ConversationText.text(of: state.transcript))] },
    CommandDefinition(
      "view.pager", "Read the conversation in $PAGER", group: .reading, slash: SlashSyntax("pager"),
      isAvailable: { !$0.transcript.messages.isEmpty }, excuse: "There is nothing to read yet"
    ) { state, _, _ in [.openPager(ConversationText.text(of: state.transcript))] },
    CommandDefinition(
      "view.editor", "Read the conversation in $EDITOR; it is a copy", group: .reading, slash: SlashSyntax("editor"),
      isAvailable: { !$0.transcript.messages.isEmpty }, excuse: "There is nothing to read yet"
    ) { state, _, _ in [.viewInEditor(ConversationText.text(of: state.transcript), suffix: ".md")] },
    CommandDefinition("view.redraw", "Draw the screen anew", group: .reading, keys: ["ctrl-l"]) { _, cache, _ in
      cache.removeLayouts()
      return [.redraw]
    },
  ]
}
