// Commands about with whom, and how, the conversation talks.

import Conversations
import Diagnostics
import Display

extension CommandCatalog {
  static let modelCommands: [CommandDefinition] = [
    CommandDefinition(
      "model.choose", "Choose the model", group: .models, slash: SlashSyntax("model", argument: "[NAME]"),
      keys: ["ctrl-x m"]
    ) { state, _, name in
      if name.isEmpty {
        state.overlay = .picker(PickerState(kind: .models(state.transcript.profile.model.provider)))
        return [.loadModels(provider: state.transcript.profile.model.provider)]
      }
      return state.changeProfile { $0.model.model = name }
    },
    CommandDefinition(
      "profile.choose", "Choose the profile", group: .models, slash: SlashSyntax("profile", argument: "[NAME]"),
      keys: ["ctrl-x o"]
    ) { state, _, name in
      if name.isEmpty {
        state.overlay = .picker(PickerState(kind: .profiles))
        return []
      }
      guard let profile = state.options.profiles.first(where: { $0.name == name }) else {
        state.showUnknown("profile", name, among: state.options.profiles.map(\.name))
        return []
      }
      return state.choose(profile)
    },
    CommandDefinition(
      "model.system", "Set the system prompt of this conversation", group: .models,
      slash: SlashSyntax("system", argument: "TEXT|none")
    ) { state, _, text in
      switch text {
      case "":
        let present = state.transcript.profile.system
        guard !present.isEmpty else {
          state.show("There is no system prompt; /system TEXT sets one")
          return []
        }
        // To be read and changed; nothing is erased by asking.
        state.composer.replaceText(with: "/system \(present)")
        return state.composerEdited()
      case "none": return state.changeProfile(saying: "No system prompt") { $0.system = "" }
      default: return state.changeProfile(saying: "System prompt set; /system shows it") { $0.system = text }
      }
    },
    CommandDefinition(
      "model.stream", "Stream answers, or have them whole", group: .models,
      slash: SlashSyntax("stream", argument: "on|off")
    ) { state, _, argument in
      switch argument {
      case "on": return state.changeProfile { $0.isStreaming = true }
      case "off": return state.changeProfile { $0.isStreaming = false }
      default:
        state.show(
          "Answers \(state.transcript.profile.isStreaming ? "stream" : "come whole"); /stream on or /stream off")
        return []
      }
    },
    CommandDefinition(
      "view.pace", "How fast arrived text is shown", group: .models,
      slash: SlashSyntax("pace", argument: "instant|tokens:N|sentence|smooth")
    ) { state, _, argument in
      guard !argument.isEmpty else {
        state.show("Text is shown at the pace \(state.pace); /pace \(Pace.allowed)")
        return []
      }
      guard let pace = Pace(argument) else {
        state.show("There is no pace \(argument); it is \(Pace.allowed)", .warning)
        return []
      }
      state.chosenPace = pace
      if pace == .instant { state.showAllText() }
      state.show(
        state.pace == pace
          ? "Text is shown at the pace \(pace); it is stored and measured as it comes"
          : "Text is shown as it comes, not at the pace \(pace): ui.reduced_motion is on", .success)
      return []
    },
    CommandDefinition(
      "model.set", "Set a parameter: temperature, top_p, max_tokens", group: .models,
      slash: SlashSyntax("set", argument: "KEY VALUE")
    ) { state, _, argument in state.setParameter(argument) },
    CommandDefinition(
      "view.theme", "Choose the theme, with a preview", group: .models, slash: SlashSyntax("theme", argument: "[NAME]"),
      keys: ["ctrl-x t"]
    ) { state, _, name in
      if name.isEmpty {
        state.overlay = .picker(PickerState(kind: .themes, themeBefore: state.theme))
        return []
      }
      guard name == "auto" || state.options.themes.contains(where: { $0.name == name }) else {
        state.showUnknown("theme", name, among: state.options.themes.map(\.name))
        return []
      }
      state.chosenTheme = name
      state.chooseTheme()
      state.show("Theme \(name) for this session; theme = \"\(name)\" in the configuration keeps it", .success)
      return []
    },
    CommandDefinition(
      "program.configuration", "Show where the configuration stands and what is wrong with it", group: .models,
      slash: SlashSyntax("config")
    ) { state, _, _ in
      if let first = state.diagnostics.first {
        let more = state.diagnostics.count - 1
        state.show(first.description + (more > 0 ? " (and \(more) more: riffle config check)" : ""), .warning)
      } else {
        state.show("\(state.options.configurationPath): no errors; riffle config init writes a commented one")
      }
      return []
    },
  ]
}
