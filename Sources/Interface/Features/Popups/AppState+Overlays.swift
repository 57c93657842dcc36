// Keys while a popup is open, and what picking does.

import Conversations
import Display
import Streaming

extension AppState {
  /// Fills the open picker's lines anew.
  mutating func refreshPicker() {
    guard case .picker(var picker) = overlay else { return }
    picker.setItems(PickerSource.items(for: picker, in: self))
    overlay = .picker(picker)
  }

  mutating func takeModels(_ models: [ModelDescriptor], of provider: String) {
    guard case .picker(var picker) = overlay else { return }
    switch picker.kind {
    case .models(provider): break
    case .race where provider == transcript.profile.model.provider: break
    default: return
    }
    picker.models = models.map { PickerState.ModelChoice(id: $0.id, contextLength: $0.contextLength) }
    overlay = .picker(picker)
    refreshPicker()
  }

  mutating func handleInOverlay(_ chord: KeyChord, _ cache: inout LayoutCache) -> [Effect] {
    switch overlay {
    case .picker(let picker): return handle(chord, in: picker, &cache)
    case .help(var help):
      switch chord {
      case KeyChord(.escape), KeyChord(.character("q")), .control("c"), KeyChord(.function(1)): overlay = nil
      default:
        help.handle(chord, pageRows: max(1, size.rows - 6))
        overlay = .help(help)
      }
      return []
    case .confirmation(let confirmation):
      overlay = nil
      guard chord == KeyChord(.character("y")) else {
        show("Nothing was done")
        return []
      }
      show(confirmation.done, .success)
      return confirmation.effects
    case nil: return []
    }
  }

  private mutating func handle(_ chord: KeyChord, in picker: PickerState, _ cache: inout LayoutCache) -> [Effect] {
    var picker = picker
    let page = max(1, size.rows / 2 - 4)
    switch chord {
    case KeyChord(.escape), .control("c"), .control("g"):
      if let before = picker.themeBefore { theme = before }
      overlay = nil
      return []
    case KeyChord(.enter): return pick(picker, &cache)
    case KeyChord(.tab) where picker.kind.takesSeveral:
      mark(in: &picker)
      picker.setItems(PickerSource.items(for: picker, in: self))
    case KeyChord(.up), .control("p"), KeyChord(.tab, .shift): picker.move(by: -1, wraps: true)
    case KeyChord(.down), .control("n"), KeyChord(.tab): picker.move(by: 1, wraps: true)
    case KeyChord(.pageUp): picker.move(by: -page, wraps: false)
    case KeyChord(.pageDown): picker.move(by: page, wraps: false)
    case KeyChord(.backspace):
      picker.deleteBackward()
      picker.setItems(PickerSource.items(for: picker, in: self))
    case .control("u"):
      picker.clearQuery()
      picker.setItems(PickerSource.items(for: picker, in: self))
    case .control("w"):
      picker.deleteWord()
      picker.setItems(PickerSource.items(for: picker, in: self))
    case let chord where chord.modifiers.isEmpty:
      guard case .character(let scalar) = chord.key else { return [] }
      picker.insert(String(Character(scalar)))
      picker.setItems(PickerSource.items(for: picker, in: self))
    default: return []
    }
    overlay = .picker(picker)
    preview(picker)
    return []
  }

  /// Shows the selected theme while it is being chosen.
  private mutating func preview(_ picker: PickerState) {
    guard picker.kind == .themes, let name = picker.selected?.id,
      let chosen = options.themes.first(where: { $0.name == name })
    else { return }
    theme = chosen
  }

  private mutating func pick(_ picker: PickerState, _ cache: inout LayoutCache) -> [Effect] {
    if case .race(let request) = picker.kind { return pickRacers(picker, for: request) }
    if let item = picker.selected { return pick(item, of: picker, &cache) }
    if picker.kind == .conversations, !picker.query.isEmpty { return [.openPrefix(picker.query)] }
    if case .models(let provider) = picker.kind, !picker.query.isEmpty {
      overlay = nil
      return changeProfile { $0.model = ModelReference(provider: provider, model: picker.query) }
    }
    return []
  }

  /// Does what picking that line means, and closes the picker.
  mutating func pick(_ item: PickerItem, of picker: PickerState, _ cache: inout LayoutCache) -> [Effect] {
    overlay = nil
    switch picker.kind {
    case .commands: return perform(CommandID(item.id), &cache)
    case .conversations: return ConversationID(item.id).map { show($0) } ?? []
    case .profiles:
      guard let profile = options.profiles.first(where: { $0.name == item.id }) else { return [] }
      return choose(profile)
    case .models(let provider):
      let model = ModelReference(provider: provider, model: item.id)
      // An offer has its model now, here and in new conversations.
      if let index = options.profiles.firstIndex(where: { $0.name == transcript.profile.name && $0.model.model.isEmpty }
      ) {
        options.profiles[index].model = model
        chosenProfile = options.profiles[index]
      }
      return changeProfile { $0.model = model }
    case .themes:
      chosenTheme = item.id
      if let chosen = options.themes.first(where: { $0.name == item.id }) { theme = chosen }
      show("Theme \(item.id) for this session; theme = \"\(item.id)\" in the configuration keeps it", .success)
      return []
    case .race(let request): return pickRacers(picker, for: request)
    case .rewind:
      guard let id = MessageID(item.id), let message = transcript.message(id) else { return [] }
      endBrowsing()
      composer.replaceText(with: message.text)
      rewindTarget = RewindTarget(conversation: shown, message: id)
      return composerEdited()
    }
  }
}
