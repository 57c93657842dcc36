// Commands about answers: stop, again, another variant, copy, write to a file.

import Conversations
import Display

extension CommandCatalog {
  static let answerCommands: [CommandDefinition] = [
    CommandDefinition(
      "answer.stop", "Stop the answer; its text stays", group: .answers, slash: SlashSyntax("stop"),
      isAvailable: { $0.isStreaming($0.shown) }, excuse: "Nothing streams here"
    ) { state, _, _ in state.stopShown() },
    CommandDefinition(
      "answer.regenerate", "Answer the last prompt again, keeping the old answer as a variant", group: .answers,
      slash: SlashSyntax("regenerate")
    ) { state, _, _ in state.withLastAnswer { state, id in [.regenerate(state.shown, id)] } },
    CommandDefinition(
      "answer.retry", "Send a failed prompt again", group: .answers, slash: SlashSyntax("retry"), keys: ["ctrl-x r"]
    ) { state, _, _ in state.withLastAnswer { state, id in [.retry(state.shown, id)] } },
    CommandDefinition(
      "answer.continue", "Continue an answer that was cut off", group: .answers, slash: SlashSyntax("continue")
    ) { state, _, _ in
      state.withLastAnswer { state, id in
        if case .complete(.stop?)? = state.transcript.message(id)?.status {
          state.show("The answer is complete; a new prompt asks for more")
          return []
        }
        return [.resume(state.shown, id)]
      }
    },
    CommandDefinition("answer.previous-variant", "Show the previous variant", group: .answers, keys: ["ctrl-x ["]) {
      state, _, _ in state.selectVariant(offset: -1)
    },
    CommandDefinition("answer.next-variant", "Show the next variant", group: .answers, keys: ["ctrl-x ]"]) {
      state, _, _ in state.selectVariant(offset: 1)
    },
    CommandDefinition(
      "answer.rewind", "Edit an earlier prompt and send it again", group: .answers, slash: SlashSyntax("rewind"),
      keys: ["ctrl-x u"]
    ) { state, _, _ in
      guard state.transcript.messages.contains(where: { $0.role == .user }) else {
        state.show("There is no prompt yet")
        return []
      }
      state.overlay = .picker(PickerState(kind: .rewind))
      return []
    },
    CommandDefinition(
      "answer.copy", "Copy the last answer, or the n-th last", group: .answers,
      slash: SlashSyntax("copy", argument: "[n] [exact]"),
      keys: ["ctrl-x y"]
    ) { state, _, argument in
      var words = argument.split { $0.isWhitespace }[...]
      let isExact = words.last == "exact"
      if isExact { words.removeLast() }
      guard words.count <= 1, let number = words.isEmpty ? 1 : words.first.flatMap({ Int($0) }) else {
        state.show(
          "It is /copy, /copy 2 for the answer before the last, or /copy exact with control characters", .warning)
        return []
      }
      // Far from the end only the last answer is held.
      let answers = state.transcript.answers
      guard number >= 1, number <= answers.count else {
        state.show(
          answers.isEmpty
            ? "There is no answer to copy"
            : "There \(answers.count == 1 ? "is 1 answer" : "are \(answers.count) answers") here", .warning)
        return []
      }
      return [.copy(answers[answers.count - number].text, isExact: isExact)]
    },
    CommandDefinition(
      "answer.write", "Write the last answer to a new file", group: .answers,
      slash: SlashSyntax("write", argument: "FILE")
    ) { state, _, path in
      guard let answer = state.transcript.answers.last else {
        state.show("There is no answer to write", .warning)
        return []
      }
      guard !path.isEmpty else {
        let name = FileName.suggested(for: nil, title: state.transcript.title, id: state.shown.rawValue)
        state.show("A file is missing: /write \(name)")
        return []
      }
      return [.writeFile(path: path, text: answer.text)]
    },
    CommandDefinition(
      "queue.send-now", "Stop the answer and send the first queued prompt, or the text, now", group: .answers,
      keys: ["ctrl-x enter"], isAvailable: { !$0.transcript.queue.isEmpty || !$0.composer.isEmpty },
      excuse: "Nothing is queued or written here"
    ) { state, cache, _ in
      guard state.transcript.queue.isEmpty else { return [.sendNow(state.shown)] }
      let isStreaming = state.isStreaming(state.shown)
      let effects = state.submit(state.composer.text, &cache)
      return isStreaming && !effects.isEmpty ? effects + [.sendNow(state.shown)] : effects
    },
  ]
}
