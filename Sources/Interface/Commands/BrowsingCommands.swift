// Commands of browse mode, in which letters move and act instead of writing.

import Conversations

extension CommandCatalog {
  static let browsingCommands: [CommandDefinition] = [
    CommandDefinition(
      "browse.next", "Go to the next message or part; a long one is read through", group: .browsing,
      keys: ["j"]
    ) { state, cache, _ in state.browse(by: 1, &cache) },
    CommandDefinition("browse.previous", "Go to the previous message or part", group: .browsing, keys: ["k"]) {
      state, cache, _ in state.browse(by: -1, &cache)
    },
    CommandDefinition("browse.line-down", "Scroll down by a line", group: .browsing, keys: ["down"]) {
      state, cache, _ in state.scroll(by: 1, &cache)
    },
    CommandDefinition("browse.line-up", "Scroll up by a line", group: .browsing, keys: ["up"]) {
      state, cache, _ in state.scroll(by: -1, &cache)
    },
    CommandDefinition("browse.half-down", "Scroll down by half a page", group: .browsing, keys: ["ctrl-d"]) {
      state, cache, _ in state.scroll(by: max(1, state.paneRows / 2), &cache)
    },
    CommandDefinition("browse.half-up", "Scroll up by half a page", group: .browsing, keys: ["ctrl-u"]) {
      state, cache, _ in state.scroll(by: -max(1, state.paneRows / 2), &cache)
    },
    CommandDefinition("browse.first", "Go to the first message", group: .browsing, keys: ["g"]) {
      state, cache, _ in state.browse(toEnd: false, &cache)
    },
    CommandDefinition("browse.last", "Go to the last message and follow it", group: .browsing, keys: ["G"]) {
      state, cache, _ in state.browse(toEnd: true, &cache)
    },
    CommandDefinition("browse.fold", "Fold or unfold thinking and tools here", group: .browsing, keys: ["space"]) {
      state, cache, _ in state.toggleFold(&cache)
    },
    CommandDefinition("browse.copy", "Copy this message or part", group: .browsing, keys: ["y"]) { state, _, _ in
      let text = state.browsedText
      guard !text.isEmpty else {
        state.show("There is no text to copy here")
        return []
      }
      return [.copy(text, isExact: false)]
    },
    CommandDefinition("browse.quote", "Quote this message in what is being written", group: .browsing, keys: ["q"]) {
      state, _, _ in
      let effects = state.quote(state.browsedText)
      state.endBrowsing()
      return effects
    },
    CommandDefinition("browse.edit", "Edit this prompt and send it again", group: .browsing, keys: ["e"]) {
      state, _, _ in
      guard let message = state.browsedMessage, message.role == .user else {
        state.show("Only a prompt can be edited and sent again")
        return []
      }
      state.endBrowsing()
      return state.rewind(to: message)
    },
    CommandDefinition(
      "browse.regenerate", "Answer again, keeping this answer as a variant", group: .browsing,
      keys: ["r"]
    ) { state, _, _ in
      guard let message = state.browsedMessage, message.role == .assistant else {
        state.show("Only an answer can be made again")
        return []
      }
      guard !state.isStreaming(state.shown) else {
        state.show("The answer still streams; Esc stops it")
        return []
      }
      return [.regenerate(state.shown, message.id)]
    },
    CommandDefinition("browse.delete", "Take this message and what follows off the path", group: .browsing, keys: ["d"])
    {
      state, _, _ in state.deleteBrowsed()
    },
    CommandDefinition("browse.previous-variant", "Show the previous variant here", group: .browsing, keys: ["["]) {
      state, _, _ in state.selectBrowsedVariant(offset: -1)
    },
    CommandDefinition("browse.next-variant", "Show the next variant here", group: .browsing, keys: ["]"]) {
      state, _, _ in state.selectBrowsedVariant(offset: 1)
    },
    CommandDefinition("browse.hints", "Label what can be copied or opened with letters", group: .browsing, keys: ["c"])
    {
      state, cache, _ in state.showHints(&cache)
    },
    CommandDefinition("browse.find", "Find in this conversation", group: .browsing, keys: ["/"]) { state, cache, _ in
      state.beginFinding(&cache)
    },
    CommandDefinition("browse.find-next", "Go to the next match", group: .browsing, keys: ["n"]) { state, cache, _ in
      state.findNext(backward: false, &cache)
    },
    CommandDefinition("browse.find-previous", "Go to the previous match", group: .browsing, keys: ["N"]) {
      state, cache, _ in state.findNext(backward: true, &cache)
    },
    CommandDefinition("browse.wrap", "Wrap or cut long lines of code", group: .browsing, keys: ["w"]) {
      state, cache, _ in state.toggleWrap(&cache)
    },
    CommandDefinition("browse.shift-right", "Move cut lines to the left", group: .browsing, keys: [">", "right"]) {
      state, _, _ in state.shiftCode(by: 8)
    },
    CommandDefinition("browse.shift-left", "Move cut lines to the right", group: .browsing, keys: ["<", "left"]) {
      state, _, _ in state.shiftCode(by: -8)
    },
    CommandDefinition("browse.help", "Show the keys of browse mode", group: .browsing, keys: ["?"]) { state, _, _ in
      state.overlay = .help(HelpState(topic: CommandGroup.browsing.rawValue))
      return []
    },
    CommandDefinition("browse.leave", "Go back to writing", group: .browsing, keys: ["i", "enter"]) { state, _, _ in
      state.endBrowsing()
      return []
    },
  ]
}
