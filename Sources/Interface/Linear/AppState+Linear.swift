// What a typed line does in linear mode. Where the full screen has keys, a popup and a composer that can be edited, there
// are only lines here: a message, a slash command, a number from a list, an answer to a question.

import Conversations
import Diagnostics
import Display
package import Streaming

extension AppState {
  /// When something is due though nothing happens; `nil` for never. Nothing blinks, counts or goes away in linear mode.
  package var nextLinearTick: Instant? { [draftDue, pacing.due, stallDue].compactMap { $0 }.min() }

  /// How an answer is stopped, in words that fit the front.
  var stopHint: String { linear == nil ? "Esc" : "/stop" }

  /// Takes in a line without its end.
  ///
  /// A backslash at its end makes the next line a part of the same message. An empty line sends a draft that lies there;
  /// any other message puts that draft aside, unless it is an earlier prompt that is being replaced.
  mutating func enter(_ line: String, _ cache: inout LayoutCache) -> [Effect] {
    lastInterrupt = nil
    if let effects = answerOverlay(with: line, &cache) { return effects }
    let isContinued = linear?.isContinued ?? false
    if line.hasSuffix("\\") { return goOn(after: String(line.dropLast()), isContinued: isContinued) }
    linear?.isContinued = false
    var text = line
    if isContinued {
      text = composer.text + line
    } else if line.allSatisfy(\.isWhitespace) {
      text = composer.text
    }
    let isDraft = isContinued || text == composer.text
    switch SlashParser.parse(text) {
    case .command(let id, let argument):
      var effects: [Effect] = []
      if isDraft {
        composer.clear()
        effects = draftChanged()
      }
      return effects + performLinear(id, argument, &cache)
    case .unknown(let name):
      if isContinued { composer.replaceText(with: text) }
      if name.isEmpty {
        overlay = .picker(PickerState(kind: .commands))
        refreshPicker()
        return []
      }
      return submit(text, &cache)
    case .prompt:
      let effects = isDraft || rewindTarget?.conversation == shown ? [] : shelveDraft()
      composer.replaceText(with: text)
      return effects + submit(text, &cache)
    }
  }

  /// Leaves, because nothing more will be typed; asks first if something could not be saved.
  /// - Parameter rest: what was typed of a line; it stays as a draft, like a message that was to go on.
  package mutating func endInput(rest: String) -> [Effect] {
    var effects: [Effect] = []
    if !rest.isEmpty {
      let isContinued = linear?.isContinued == true
      if !isContinued { effects = shelveDraft() }
      composer.replaceText(with: (isContinued ? composer.text : "") + rest)
      effects += draftChanged()
    }
    linear?.isContinued = false
    return effects + leave()
  }

  /// Keeps a line whose message goes on: as the draft, so that it survives whatever happens before its end.
  private mutating func goOn(after line: String, isContinued: Bool) -> [Effect] {
    var effects: [Effect] = []
    if !isContinued {
      if rewindTarget?.conversation != shown { effects = shelveDraft() }
      composer.replaceText(with: "")
    }
    linear?.isContinued = true
    // The caret stands at the end: cost is that of the line, not of all lines before it.
    composer.insert(line + "\n")
    return effects + draftChanged()
  }

  /// What the line does if a list or a question waits for it; `nil` if it means something else.
  private mutating func answerOverlay(with line: String, _ cache: inout LayoutCache) -> [Effect]? {
    let word = line.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    switch overlay {
    case nil: return nil
    case .help:
      overlay = nil
      return nil
    case .confirmation:
      let isYes = ["y", "yes"].contains(word.lowercased())
      return handleInOverlay(KeyChord(.character(isYes ? "y" : "n")), &cache)
    case .picker(let picker):
      // A list that nobody has heard is not what the line answers, and a command leaves any list.
      guard let choices = linear?.choices, choices.kind == picker.kind, !word.hasPrefix("/") else {
        linear?.choices = nil
        _ = handleInOverlay(KeyChord(.escape), &cache)
        return nil
      }
      if word.isEmpty {
        linear?.choices = nil
        show("Nothing chosen")
        return handleInOverlay(KeyChord(.escape), &cache)
      }
      if let number = Int(word), choices.items.indices.contains(number - 1) {
        linear?.choices = nil
        let item = choices.items[number - 1]
        guard picker.kind == .commands else { return pick(item, of: picker, &cache) }
        overlay = nil
        return performLinear(CommandID(item.id), "", &cache)
      }
      let count = choices.items.count
      show("Type a number from 1 to \(count), or an empty line to choose nothing; nothing was sent", .warning)
      // Somebody has forgotten the list and written a message: it goes where earlier ones are.
      guard Int(word) == nil else { return [] }
      remember(line)
      return [.shelveDraft(shown, line)]
    }
  }

  /// Runs a command; what it shows on a screen is told in words, or said not to be here.
  private mutating func performLinear(
    _ id: CommandID, _ argument: String, _ cache: inout LayoutCache
  ) -> [Effect] {
    switch id {
    case "view.mouse":
      show("There is no mouse in linear mode")
      return []
    case "view.browse", "view.hints", "view.wrap":
      show("That needs the full screen; here the text itself is yours to read and select")
      return []
    case "view.find":
      let found = LinearText.matches(of: argument, in: transcript)
      linear?.sayings.append(.text(found))
      return []
    case "view.metrics":
      let figures = LinearText.figures(of: transcript.lastAnswer)
      linear?.sayings.append(.text(figures))
      return []
    case "view.fold":
      let effects = perform(id, argument: argument, &cache)
      show(
        transcript.isUnfolded
          ? "Thinking and tools are read out; /fold again tells them in a line"
          : "Thinking and tools are told in a line")
      if transcript.isUnfolded, let hidden = LinearText.hidden(in: transcript.lastAnswer) {
        linear?.sayings.append(.text(hidden))
      }
      return effects
    case "conversation.rename":
      let effects = perform(id, argument: argument, &cache)
      if !effects.isEmpty { show("Title: \(argument)", .success) }
      return effects
    default: return perform(id, argument: argument, &cache)
    }
  }
}
