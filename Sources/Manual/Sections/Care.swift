// Safety, trouble, scripts, files.

extension Manual {
  static let careSections: [ManualSection] = [
    ManualSection(
      id: "privacy", title: "Privacy and safety",
      keywords: [
        "security", "telemetry", "secret", "key", "password", "safe", "escape", "injection", "permissions", "plaintext",
        "https",
      ],
      body: """
        - What a model sends is data. Control characters and escape sequences are shown, never executed; it cannot drive the terminal, the clipboard, a tool or the network. Nothing is fetched to show it.
        - Keys are read when they are needed, sent only to the address they are configured for, and never written to a log, an export, an error or the archive. Redirects are not followed.
        - A key does not travel over `http://` to another machine unless that provider has `allow_plaintext = true`.
        - Certificates are always verified; `ca_file` adds one. There is no switch to turn it off.
        - A file with a key that others may read draws a warning with the `chmod` that helps.
        - No telemetry, no update check. Conversations stay in one file on this machine; what you send goes to the provider you chose.
        """),
    ManualSection(
      id: "accessibility", title: "Without colours, without motion",
      keywords: ["accessible", "accessibility", "motion", "blink", "spinner", "mono"],
      body: """
        Nothing is told by colour alone, nothing on the screen blinks or spins, and nothing moves when nothing happens. `NO_COLOR` asks for attributes only; the theme `mono` uses none but those, `high-contrast` and `high-contrast-light` the strongest colours, `semaphore` and `semaphore-light` none that need red told from green.

        `reduced_motion = true` under `[ui]` shows text as it comes instead of moving it by the clock (the paces `smooth` and `tokens:N`; whole sentences stay), and renews the figures of a stream once a second instead of four times. The cursor is a steady one in any case.

        Screen readers, and terminals that cannot draw, have linear mode: the same program as lines.
        """),
    ManualSection(
      id: "linear", title: "Screen readers and plain terminals",
      keywords: [
        "linear", "screen reader", "screenreader", "blind", "accessible", "braille", "speech", "dumb", "lines", "plain",
        "orca", "append",
      ],
      body: """
        `riffle --linear` is the same program as lines that are only ever added: no escape sequences, no colours, nothing drawn over. `ACCESSIBLE=1` in the environment asks for it always. Where there is no full screen it begins by itself and says in one line why: `TERM` is `dumb`, unknown or not set, or the input or the output is not a terminal.

        - A line is a message. A backslash at its end makes the next line a part of it. What is unfinished when you leave stays as a draft.
        - What is pasted is lines as well, each a message; `/compose` takes a longer text, which then is a draft.
        - A line that begins with `/` is a command, as on the full screen; `/help` lists them, `/help TOPIC` reads from this manual. `/` alone lists everything that can be done.
        - A list has numbers: type one, or an empty line to choose nothing. A question ends in `y/n?`.
        - A draft that was kept is read out. An empty line sends it; another message puts it aside.

        Each event is told once, in words: `Answer from m:` and its text as its words come, with Markdown left as it is written; `Thinking ...` and how long it took; a tool in a line; an attempt that waits; `Error:` with the command that helps; `Done:` with words and time; what ends in another conversation. `/fold` reads out thinking and tools, and `/metrics` what was measured.

        While an answer comes, a message is queued. Ctrl+C stops the answer; with nothing to stop it puts the draft aside, then says what the next press does. Ctrl+D or `/quit` ends riffle. Ctrl+Z suspends it.

        From a file or another program one line is worked off after the other, each when the one before was answered; the end of the input ends riffle once everything was answered. The exit status is then that of the last answer that failed:

        ```
        printf '/new\nWhat is a riffle?\n' | riffle --linear
        ```

        What only a screen can do says so. `/copy` is one of these, because the clipboard is reached by an escape sequence: `riffle show ID` prints the text.
        """),
    ManualSection(
      id: "troubleshooting", title: "When something is wrong",
      keywords: [
        "problem", "trouble", "error", "broken", "fix", "doctor", "debug", "log", "connection", "401", "403", "404",
        "certificate", "proxy", "slow", "colors", "garbled", "key does not work", "emoji", "flags", "width",
      ],
      body: """
        - `riffle doctor` looks at the terminal, the locale, the files, the credentials it finds (without printing them) and the database.
        - `riffle config check` reads the configuration and names every problem with line and column.
        - **No answer, refused connection**: the notice names host and port. Is the server running, is `base_url` right up to `/v1`, does a proxy stand between? `proxy = "none"` goes around it.
        - **401**: the notice says where the key came from. Is the variable set in this shell?
        - **404**: the model or the address does not exist; `riffle models --provider NAME` lists models.
        - **Certificate**: name your company's certificate with `ca_file`.
        - **Silence**: a first byte may take 120 seconds, a pause inside an answer 120; `first_byte_timeout` and `idle_timeout` change that.
        - **A key does nothing**: the terminal or tmux may keep it. `[keys]` gives the command another one.
        - **The screen looks wrong**: Ctrl+L draws it anew.
        - **Emoji and flags look plain**: terminals disagree about how wide they are, so riffle shows simple forms where it does not know. `riffle doctor`, run in that terminal, measures it in less than a second and remembers it for the next start.
        - **Something could not be saved**: the notice says why and how much; it is tried again every five seconds. Leaving asks first, and what is not saved then goes into `riffle-unsaved-….jsonl` in the state folder or your home, as standard error says.
        - The log is `~/.local/state/riffle/riffle.log`: starts and ends, trouble with saving, the first bytes of answers that were none. It holds no conversations and no keys.
        """),
    ManualSection(
      id: "command-line", title: "Command line",
      keywords: [
        "cli", "script", "ask", "pipe", "stdin", "json", "shell", "flags", "arguments", "subcommand", "completion",
      ],
      body: """
        ```
        riffle [--profile P] [--config F] [--data D] [--theme T]
               [--linear] [--continue | open ID]
        riffle ask [PROMPT] [-f FILE]... [-c ID | --id NEWID]
               [--no-stream] [--json] [--no-save]
        ```

        `ask` prints the answer's text and a line break, nothing else; notices go to standard error. With a prompt and piped input it sends the prompt, a blank line, then the input. `--json` prints one object per line: `start`, `text`, `thinking`, `usage`, `metrics`, and at last `finish` or `error`.

        - `list`, `show ID`, `rename ID TITLE`, `delete ID`, `restore ID`; `list --trash` shows what was deleted
        - `race PROMPT --with A --with B`, `compare PROMPT [-n N]`, `bench [PROMPT] [-n N] [-c N]`, `stats [--since 7d] [--by provider,model]` measure
        - `record PROMPT -o FILE` keeps a raw stream, `replay ID|FILE [--speed X|max]` plays an answer or a recording again
        - `models [--provider P]`, `theme list|show`, `config path|check|init`, `doctor`, `manual`
        - `riffle --generate-completion-script bash` (or zsh, fish) writes shell completions

        `--profile`, `--config` and `--data` may stand before or after a command's name. `list`, `show`, `doctor` and all that measure take `--json`. Where standard output is not a terminal there are no escape sequences.
        """),
    ManualSection(
      id: "exit-status", title: "Exit status", keywords: ["exit", "code", "status", "return", "script", "signal"],
      body: """
        - 0: done
        - 1: failed here: a file, the archive, a setting
        - 2: wrong usage
        - 3: the provider refused
        - 4: network, time-out, or an incomplete answer
        - 129, 130, 141, 143: ended by a signal

        Text that arrived is printed and kept in every case.
        """),
    ManualSection(
      id: "files", title: "Files and places",
      keywords: [
        "path", "stored", "saved", "kept", "conversations", "folder", "directory", "xdg", "database", "backup",
        "location", "log", "data", "environment",
      ],
      body: """
        - `~/.config/riffle/config.toml`: settings; `$XDG_CONFIG_HOME`, or `--config FILE`
        - `~/.config/riffle/themes/`: your themes
        - `~/.local/share/riffle/riffle.db`: conversations; `$XDG_DATA_HOME`, or `--data DIR`
        - `~/.local/state/riffle/riffle.log`: the log; `$XDG_STATE_HOME`
        - `~/.local/state/riffle/terminal-….widths`: what `riffle doctor` measured in a terminal; it may be deleted

        Several riffles may run on the same file. Each sees the finished messages of the others.
        """),
  ]
}
