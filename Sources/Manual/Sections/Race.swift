// Several models at once.

extension Manual {
  static let raceSections: [ManualSection] = [
    ManualSection(
      id: "race", title: "Racing models: /race, riffle race",
      keywords: [
        "race", "compare", "models", "side by side", "blind", "best", "rating", "diff", "variants", "which model",
        "faster",
      ],
      body: """
        `/race` asks two to four models the same thing at once and shows their answers side by side.

        - `/race` lets you mark the models in a list: the last prompt is answered again, beside the answers it has. Ctrl+X g does the same, with what you are writing as the prompt. While a race of the conversation runs or is not decided, both go back to it.
        - `/race small large` begins at once, with the last prompt; `/race small large -- PROMPT` with a new one. A name is a profile, or `provider/model`; one name alone races against the model of the conversation.
        - `/race blind …` hides models and figures until you have said which answer is the best.

        In the view, Tab goes from lane to lane and the arrows scroll. `1` to `4` keeps that answer: the conversation goes on with it and its model, and the others go into the trash, as a conversation that `riffle restore` brings back. `a` keeps all of them as variants. `x` stops one answer, `X` all. `d` compares two answers word by word: `{+…+}` is only in the one, `[-…-]` only in the other. Esc leaves the view and stops nothing.

        All answers are saved as they arrive, like any other: after a crash they are variants of the prompt. A prompt sent meanwhile waits for all of them.

        `riffle race PROMPT --with A --with B` does it without the screen: the answers in the order in which they end, then a table; `--json` writes the events of `ask --json`, each with its `lane`, and a summary. The exit status is that of the worst answer.
        """)
  ]
}
