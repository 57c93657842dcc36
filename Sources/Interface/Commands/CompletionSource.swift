// What can be completed while a slash command is typed.

import Conversations
import Display

/// Finds completions for the composer.
enum CompletionSource {
  /// Candidates for the part of a command that is being typed.
  static func candidates(for context: CompletionContext, in state: AppState) -> [CompletionCandidate] {
    switch context.kind {
    case .command:
      CommandCatalog.all.compactMap { command in
        command.slash.map { slash in
          CompletionCandidate(
            value: slash.name, help: slash.argument.isEmpty ? command.title : "\(slash.argument)  \(command.title)")
        }
      }
    case .argument(of: let name): arguments(of: name, in: state)
    }
  }

  private static func arguments(of name: String, in state: AppState) -> [CompletionCandidate] {
    switch name {
    case "open", "sessions":
      state.list.order.prefix(200).compactMap { id in
        state.list.summaries[id].map { CompletionCandidate(value: id.rawValue, help: $0.title) }
      }
    case "profile":
      state.options.profiles.map { CompletionCandidate(value: $0.name, help: $0.model.label) }
    case "race":
      [CompletionCandidate(value: "blind", help: "hide the models until the best is chosen")]
        + state.options.profiles.map { CompletionCandidate(value: $0.name, help: $0.model.label) }
    case "theme":
      state.options.themes.map { CompletionCandidate(value: $0.name, help: $0.appearance.rawValue) }
        + [CompletionCandidate(value: "auto", help: "as the terminal's background is")]
    case "stream":
      [
        CompletionCandidate(value: "on", help: "show answers as they come"),
        CompletionCandidate(value: "off", help: "show answers whole"),
      ]
    case "pace": ["instant", "smooth", "sentence", "tokens:20"].map { CompletionCandidate(value: $0) }
    case "set": ["temperature", "top_p", "max_tokens"].map { CompletionCandidate(value: $0) }
    case "goto": ["first", "50%", "last"].map { CompletionCandidate(value: $0) }
    case "attach", "write": state.paths.found.map { CompletionCandidate(value: $0) }
    case "copy": [CompletionCandidate(value: "exact", help: "with control characters")]
    case "detach": (state.files[state.shown] ?? []).map { CompletionCandidate(value: $0.name, help: $0.mediaType) }
    default: []
    }
  }
}
