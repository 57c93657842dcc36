// Answers again: playing, recording, and being told of them.

extension Manual {
  static let replaySections: [ManualSection] = [
    ManualSection(
      id: "replaying", title: "Replay: an answer again, as it came",
      keywords: ["replay", "play", "timeline", "record", "recording", "again", "slow motion", "rhythm"],
      body: """
        `/replay` plays the last answer in the rhythm in which it came, or in browse mode the one you stand on; `/replay 2` the one before, `/replay 4x` faster. Space pauses, the arrows go five seconds, `,` and `.` go chunk by chunk, Home, End and the digits go to a place, `1`, `4`, `m`, `+` and `-` set the speed, q closes.

        - `riffle replay ID` writes the last answer of a conversation to standard output as it came; `--answer 2` the one before, `--speed 4` or `max`, `--thinking` the thinking too (to standard error), `--json` events with their time in `t_ms`.
        - `riffle record PROMPT -o FILE` asks, writes the answer, and keeps the raw response with the time of every piece: also a refusal, also an answer that breaks off; of several attempts the last. The request, keys and cookies are not in it. A file that is there is only replaced with `--force`.
        - `riffle replay FILE` plays such a recording through the decoding of a live answer. What holds a slash or a dot and is a file that exists is that file, anything else the beginning of a conversation's ID.

        Of tool calls the times of the pieces are known and not their sizes: a call shows its arguments when it was complete. Where timeline and text do not fit, as after continuing an answer, the title says so.
        """),
    ManualSection(
      id: "hooks", title: "Hooks, bell and notifications",
      keywords: ["hook", "script", "notify", "notification", "bell", "desktop", "event", "program", "alert"],
      body: """
        Programs of yours can be told of answers:

        ```
        [hooks]
        finish = ["notify-send", "riffle", "An answer is there"]
        error = ["/home/me/bin/on-error"]
        stall = ["/home/me/bin/on-stall"]
        ```

        They are run without a shell and without the terminal, when an answer of any conversation ends as it should, when one fails or breaks off, and when one pauses for longer than a second and eight usual gaps, once for each pause. What you stop yourself is neither. On standard input they read one line of JSON: `event`, `conversation`, `title`, `message`, `provider`, `model`, `profile`, `reason` or `error`, `text` (its first 2,000 characters), `metrics`, `usage`. `RIFFLE_EVENT` and `RIFFLE_CONVERSATION` are set. Their output goes to the log. While riffle runs they are ended after 30 seconds, and at most four run at a time; riffle does not wait for them when it ends. Commands such as `riffle ask` run no hooks.

        `ui.bell = true` rings when an answer ends in another conversation or while the terminal is not focused. `ui.notify = true` asks the terminal for a desktop notification then: iTerm2, WezTerm, Ghostty, ConEmu, kitty, foot, urxvt and those built on VTE show one, the others ring. Through tmux it needs `set -g allow-passthrough on`.
        """),
  ]
}
