// Writing, reading, switching, copying.

extension Manual {
  static func usingSections(_ slots: ManualSlots) -> [ManualSection] {
    [
      ManualSection(
        id: "keys", title: "Keys", keywords: ["shortcut", "keyboard", "binding", "hotkey", "leader", "keymap", "ctrl"],
        body: """
          Editing keys are those of readline. Ctrl+X is the leader: press it, then the second key; after a moment a popup shows what can follow. Every binding can be changed in `[keys]`.

          \(slots.keys.isEmpty ? fewKeys : slots.keys)
          """),
      ManualSection(
        id: "commands", title: "Slash commands", keywords: ["slash", "palette", "command", "prompt"],
        body: """
          A line that begins with `/` is a command and is never sent to a model. Tab completes it. An unknown command is an error with the nearest names.

          \(slots.commands.isEmpty ? fewCommands : slots.commands)
          """),
      ManualSection(
        id: "writing", title: "Writing and sending",
        keywords: ["composer", "draft", "multiline", "newline", "paste", "editor", "send", "queue", "undo", "history"],
        body: """
          Enter sends. Ctrl+J, Alt+Enter, or a backslash before Enter makes a new line; Shift+Enter does where the terminal reports it. A pasted text is text: it never sends itself and never runs a command.

          Ctrl+G, or `/compose`, opens the draft in `$EDITOR`. Up and Down at the edges walk through what you sent before; the draft is put aside meanwhile.

          While an answer streams, Enter queues the next prompt. Ctrl+X Enter stops the answer and sends the first queued prompt at once. Drafts and queues belong to their conversation and survive a restart, also an unfriendly one.

          Ctrl+C never destroys text and never quits at the first press: it stops the stream, then moves the draft to the draft journal, then says what the next press does.
          """),
      ManualSection(
        id: "conversations", title: "Conversations and IDs",
        keywords: [
          "id", "session", "switch", "list", "tree", "branch", "fork", "variant", "regenerate", "rename", "delete",
          "trash", "title", "sidebar", "pin", "tag",
        ],
        body: """
          A conversation is a tree of messages with a short ID such as `k7m2x9`. You can choose the ID yourself (`riffle ask --id streaming_test`). Wherever an ID is asked for, the beginning of it is enough while it is the only one.

          - Ctrl+X n begins a conversation, Ctrl+X l switches, Ctrl+X b shows the list. Alt+1 to Alt+9 go to the first nine, Alt+A to the next one with something new, Alt+/ back to the last.
          - Switching never stops a stream. What ends elsewhere marks its conversation.
          - A regenerated or edited message becomes a variant beside the old one, shown as `‹2/3›`. Nothing is overwritten.
          - `/delete` moves to the trash, `/undo` brings back; `riffle list --trash` shows the trash, `riffle restore ID` brings one back. What is sent in a deleted conversation brings it back.
          - `riffle --continue` opens the conversation you used last, `riffle open ID` a certain one.
          """),
      ManualSection(
        id: "reading", title: "Reading and scrolling",
        keywords: [
          "scroll", "follow", "mouse", "wheel", "fold", "thinking", "tools", "markdown", "page", "goto", "number",
          "long",
        ],
        body: """
          The pane follows the text while you are at its end. When you scroll up, the line you are reading does not move, whatever streams, folds or resizes; a rule counts the new lines below, and End follows again.

          PgUp and PgDn scroll by page, Alt+Up and Alt+Down by message, the wheel by lines. Ctrl+Home goes to the first message, `/goto 120` to a message by its number, `/goto 50%` to the middle. However long a conversation is, only the part around what you read is in memory; what comes at its end meanwhile is counted. Ctrl+O folds or unfolds all thinking and tools. While a model thinks, the last lines of it are shown with the time it takes; then it folds to one line.

          An answer is shown as Markdown while it streams: what is not closed yet is shown as what it is going to be. A link shows where it leads. Formulas are shown in plain characters; what is copied is their source. What you write yourself is shown as you wrote it. Text from right to left stands in the order in which it is read, which riffle or the terminal sees to; where words stand the wrong way round, `text_order` under `[ui]` says who does it.

          Long lines of code wrap; `/wrap` cuts them at the edge instead, and in browse mode `<` and `>` move them.

          With the mouse on, dragging marks text and a click on a folded line unfolds it; the terminal's own selection needs Shift. Alt+M switches the mouse off and on. Alt+L shows the conversation without any frame on the plain terminal, where its own selection and scrolling work.
          """),
      ManualSection(
        id: "browsing", title: "Browse mode and finding",
        keywords: ["browse", "vim", "find", "search", "hints", "labels", "fold", "jump", "match", "normal mode"],
        body: """
          Esc or Tab on an empty line begins browse mode, in which letters move and act instead of writing; Esc or `i` ends it. A bar at the left marks the message, or the folded part, on which you stand.

          - `j` and `k` go to the next and previous message or part; what is longer than the screen is read through first. `g` and `G` go to the first and the last.
          - Space folds and unfolds, `y` copies, `q` quotes, `e` edits a prompt and sends it again, `r` makes an answer again, `[` and `]` walk through variants, `d` takes a message and what follows off the path (`/undo` brings it back).
          - `/` finds: matches are marked while you type, Enter keeps them, `n` and `N` walk. A text in small letters fits any case. What is not on screen is found in the archive, however long the conversation. `/find text` does the same from the composer.
          - `c`, or Ctrl+X c anywhere, labels every message, code block, table and link on screen with a letter. The letter copies; then `o` opens, `w` writes to a file, `q` quotes.

          Esc twice asks which prompt to go back to.
          """),
      ManualSection(
        id: "copying", title: "Getting text out",
        keywords: [
          "copy", "clipboard", "osc", "tmux", "selection", "yank", "ssh", "xclip", "pager", "write", "save", "link",
        ],
        body: """
          Ctrl+X y copies the last answer, `/copy 2` the one before. Copies are taken from the text, never from the screen: no broken lines, no borders, no indentation. Control characters are left out and counted; `/copy exact` takes them.

          The notice names the way that the text went and the number of bytes:

          - On the machine you sit at, a program of the desktop takes it: `wl-copy`, `xclip`, `xsel`, `pbcopy` or `clip.exe`, whichever is there. It is then known to be copied.
          - Over SSH it goes to your terminal by OSC 52, which some terminals forbid, and no program can know whether they took it. Terminals take no more than 74,000 bytes. If the SSH session itself runs in a tmux, that one needs `set -g set-clipboard on`.
          - Inside tmux it goes to the tmux buffer, and tmux hands it on to the terminal unless `set-clipboard` is off.

          A way that fails falls through to the next. If none is left, nothing is copied, and the notice says what was tried and what helps. `clipboard` under `[ui]` chooses one way, `clipboard_command` names a program of your own:

          ```
          [ui]
          clipboard = "auto"
          clipboard_command = ["xclip", "-selection", "primary"]
          ```

          - `/write FILE` writes the last answer to a new file; an existing file is never replaced.
          - `/pager` opens the conversation in `$PAGER`, `/editor` a copy of it in `$EDITOR`; answers go on meanwhile.
          - `print_last_answer = true` under `[ui]` leaves the last answer on the terminal when you leave.
          - Only links of `http`, `https` and `mailto` are opened, and their host is named as DNS has it (`xn--…`); over SSH they are copied instead. `open_command` under `[ui]` names the browser.

          `riffle show ID` prints a conversation, `riffle show ID --json` with everything that is known of it.
          """),
      ManualSection(
        id: "stopping", title: "Stopping, errors and going on",
        keywords: [
          "stop", "stop an answer", "cancel", "abort", "interrupt", "error", "retry", "incomplete", "continue",
          "resume", "truncated", "timeout",
          "rate limit", "429",
        ],
        body: """
          Esc stops an answer. Its text stays and is marked as stopped.

          Before content arrived, an error that may pass is tried again: after 1, 2, 4 and 8 seconds, or when the service says, with a countdown that can be stopped. After content arrived nothing is tried again on its own, because text would repeat: the answer keeps its text, is marked incomplete, and `/continue` goes on. `/retry` sends a failed prompt again.

          A certificate that cannot be verified, a refused key and a redirect are never tried again.
          """),
    ]
  }

  /// The keys that never change.
  private static let fewKeys = """
    - Enter sends; Ctrl+J and Alt+Enter make a new line
    - Esc stops the answer; Ctrl+C stops, and never quits at the first press
    - Ctrl+D on an empty line leaves
    - F1 shows this manual, F3 the performance overlay
    - Ctrl+X ? shows all keys
    """

  private static let fewCommands = """
    - `/new` begins a conversation, `/open ID` opens one, `/sessions` lists them
    - `/model` and `/profile` choose who answers
    - `/help` shows this manual, `/quit` leaves
    """
}
