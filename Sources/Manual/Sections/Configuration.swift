// The configuration, its reference, and themes.

extension Manual {
  static func configurationSections(_ slots: ManualSlots) -> [ManualSection] {
    [
      ManualSection(
        id: "configuration", title: "Configuration",
        keywords: ["config", "toml", "settings", "options", "file", "reload", "check", "init", "environment"],
        body: """
          Settings stand in `~/.config/riffle/config.toml` (or below `$XDG_CONFIG_HOME`), or in the file that `--config` names. All of them are optional. A change works at once; answers that stream keep the settings they began with.

          - `riffle config init` writes a commented file, `riffle config check` says what is wrong, `riffle config path` says where it is.
          - An error never stops the start. It is told with file, line, column, what was found and what may stand there; the value before, or the built-in one, stays.
          - Flags win over the environment, the environment over the file: `--profile` over `RIFFLE_PROFILE` over `profile`. `RIFFLE_THEME` does the same for the theme. `NO_COLOR` asks for no colours, unless `colors` in the file says otherwise.
          """),
      ManualSection(
        id: "settings", title: "All settings",
        keywords: ["reference", "keys", "values", "defaults", "option", "setting"],
        body: slots.settings.isEmpty
          ? "`riffle config init` writes a file with every setting, what it does and what may stand there."
          : slots.settings),
      ManualSection(
        id: "rebinding", title: "Changing keys",
        keywords: ["key", "change", "binding", "rebind", "keybinding", "remap", "shortcut", "clash"],
        body: """
          `[keys]` maps a key, or up to four keys in a row, to a command:

          ```
          [keys]
          "ctrl-x n" = "conversation.new"
          "f5" = "answer.regenerate"
          "ctrl-x t" = "none"
          ```

          Modifiers are `ctrl-`, `alt-` and `shift-`. Named keys: enter, tab, space, backspace, esc, delete, insert, up, down, left, right, home, end, pageup, pagedown, minus, plus, f1 to f35. Any other key is its character. `none` takes a key away. If a change leaves a command without a key, or makes a key unreachable, both commands are named.
          """),
      ManualSection(
        id: "themes", title: "Themes and colours",
        keywords: ["color", "colour", "dark", "light", "theme", "contrast", "palette", "truecolor", "monochrome"],
        body: """
          `theme = "auto"` asks the terminal for its background and takes `dark_theme` or `light_theme`, at first the themes dark and light. It changes with the terminal: at once where the terminal tells (mode 2031), else when its window gets the focus again.

          `/theme` chooses with a preview, `/theme auto` follows the terminal again. `riffle theme list` names all themes and marks those in use; `riffle theme show NAME` shows one in its colours.

          - **dark**, **light**: the ones at first
          - **ember**, **tide**: dark, in warm and in cool colours
          - **frost**, **paper**: light, in cool and in warm colours; paper brings its own ground
          - **lantern**: for the night, with little blue light
          - **semaphore**, **semaphore-light**: for readers who see red and green alike
          - **high-contrast**, **high-contrast-light**: a contrast of 7 or more
          - **sixteen**: the terminal's own sixteen colours; **mono**: none

          A theme of your own is a file in `~/.config/riffle/themes`:

          ```
          name = "dusk"
          appearance = "dark"

          [roles]
          text = "#d0d0d0 on default"
          error = "bright-red bold"
          code = { fg = 252, bg = "#202020", italic = true }
          ```

          A role has a foreground, a background after `on`, and attributes: bold, dim, italic, underline, strikethrough, reverse. Colours are `#rrggbb`, 0 to 255, the names black, red, green, yellow, blue, magenta, cyan, white, each also as `bright-…`, and `default` for the terminal's own. A colour that a role leaves out is that of `text`; a role that is left out follows a related one. `[colors]` may name colours for the file. A broken theme costs one role its style, not more. A file in use is drawn anew when it is saved; while it is broken, it stays as it was and a notice says why.

          Colours are reduced to what the terminal can show, so that text stays readable: a colour without enough contrast there becomes a near one, or plain text. `colors` under `[ui]` forces a number.
          """),
    ]
  }
}
