// What `/race` was asked: `/race [blind] [NAME …] [-- PROMPT]`.

import Conversations

/// A race that is wished for.
package struct RaceRequest: Equatable, Sendable {
  /// Whether the models are to be hidden until one is chosen.
  package var isBlind = false
  /// Profiles, or `provider/model`.
  package var names: [String] = []
  /// The prompt; `nil` for what is being written, or else the last prompt.
  package var prompt: String?

  /// The most models there may be: more are too narrow to read, and nobody reads them at once.
  package static let most = 4

  /// What stands behind the command.
  package init(_ argument: String) {
    var rest = argument[...]
    while true {
      rest = rest.drop(while: \.isWhitespace)
      let word = rest.prefix { !$0.isWhitespace }
      guard !word.isEmpty else { return }
      rest = rest.dropFirst(word.count)
      if word == "--" {
        let text = rest.drop(while: \.isWhitespace)
        prompt = text.isEmpty ? nil : String(text)
        return
      }
      if word == "blind", names.isEmpty, !isBlind { isBlind = true } else { names.append(String(word)) }
    }
  }

  /// Of the list in which the models are marked.
  var title: String {
    let what = prompt == nil ? "the last prompt again" : "a new prompt"
    return "\(isBlind ? "Blind race" : "Race") of \(what): Tab marks 2 to \(Self.most), Enter starts"
  }
}

extension PickerState.Kind {
  /// Whether several lines can be marked.
  var takesSeveral: Bool { if case .race = self { true } else { false } }
}
