// Several models side by side: from the wish for a race to its beginning.

import Conversations
import Diagnostics
import Display
import Streaming

extension AppState {
  /// Does what `/race` asks for: with nothing said it goes back to the race of this conversation, if there is one.
  mutating func race(_ argument: String) -> [Effect] {
    guard linear == nil else {
      show("A race needs the full screen; here: riffle race PROMPT --with PROFILE --with PROFILE")
      return []
    }
    var request = RaceRequest(argument)
    if argument.isEmpty, composer.isEmpty, races[shown] != nil { return openRace() }
    guard !isStreaming(shown) else {
      show(
        races[shown] == nil
          ? "The answer still streams; \(stopHint) stops it" : "A race is on; /race shows it, \(stopHint) stops it")
      return []
    }
    // What is being written is raced by the key; a command has taken its place in the composer.
    if request.prompt == nil, !composer.isEmpty { request.prompt = composer.text }
    guard request.prompt != nil || transcript.messages.contains(where: { $0.role == .user }) else {
      show("There is no prompt yet: /race NAME NAME -- PROMPT")
      return []
    }
    guard !request.names.isEmpty else {
      overlay = .picker(PickerState(kind: .race(request)))
      refreshPicker()
      return [.loadModels(provider: transcript.profile.model.provider)]
    }
    var racers: [Profile] = []
    for name in request.names {
      guard let racer = racer(named: name) else {
        showUnknown("profile", name, among: options.profiles.map(\.name))
        return []
      }
      racers.append(racer)
    }
    // One name means: against the model that this conversation has.
    if racers.count == 1 { racers.insert(transcript.profile, at: 0) }
    guard racers.count <= RaceRequest.most else {
      show("A race is of 2 to \(RaceRequest.most) models; these are \(racers.count)", .warning)
      return []
    }
    return start(racers, for: request)
  }

  /// A profile of that name, or the conversation's with the model that `provider/model` names. What a profile leaves open
  /// is as in the conversation: all are asked the same.
  private func racer(named name: String) -> Profile? {
    let own = transcript.profile
    if name == own.name { return own }
    if var profile = options.profiles.first(where: { $0.name == name }) {
      if profile.system.isEmpty { profile.system = own.system }
      profile.temperature = profile.temperature ?? own.temperature
      profile.topP = profile.topP ?? own.topP
      profile.maximumTokens = profile.maximumTokens ?? own.maximumTokens
      profile.isStreaming = profile.isStreaming && own.isStreaming
      return profile
    }
    guard let slash = name.firstIndex(of: "/"), options.providers.contains(String(name[..<slash])),
      name.index(after: slash) != name.endIndex
    else { return nil }
    var profile = transcript.profile
    profile.name = ""
    profile.model = ModelReference(
      provider: String(name[..<slash]), model: String(name[name.index(after: slash)...]))
    // What is merged into requests as it is, is of one service alone.
    if profile.model.provider != transcript.profile.model.provider { profile.extraJSON = "" }
    return profile
  }

  private mutating func start(_ racers: [Profile], for request: RaceRequest) -> [Effect] {
    overlay = nil
    selection = nil
    hints = nil
    endBrowsing()
    blindRaceWanted = request.isBlind ? shown : nil
    var effects = follow()
    var prompt: Prompt?
    if let text = request.prompt {
      if composer.text == text {
        composer.clear()
        rewindTarget = nil
        unsavedDrafts.remove(shown)
      }
      remember(text)
      effects += create()
      if transcript.messages.isEmpty { effects.append(.setProfile(shown, transcript.profile)) }
      prompt = Prompt(text: text, attachments: files.removeValue(forKey: shown) ?? [])
    }
    races[shown] = nil
    transcript.aliases = [:]
    effects += leaveInstrument()
    instrument = .race(RaceState(conversation: shown, at: now))
    effects.append(.instrument(.race(.start(shown, prompt, racers))))
    if prompt != nil { effects.append(.saveDraft(shown, composer.draft, transcript.profile)) }
    return effects
  }

  /// Shows the race of this conversation.
  mutating func openRace() -> [Effect] {
    (selection, hints) = (nil, nil)
    let leaving = leaveInstrument()
    instrument = .race(RaceState(conversation: shown, at: now))
    sampleRace()
    return leaving + [.markRead(shown)]
  }

  // MARK: The list of models

  /// Marks the selected line for the race, or no longer, and goes to the next one.
  mutating func mark(in picker: inout PickerState) {
    guard let id = picker.selected?.id else { return }
    if let place = picker.marked.firstIndex(of: id) {
      picker.marked.remove(at: place)
    } else if picker.marked.count < RaceRequest.most {
      picker.marked.append(id)
    } else {
      return show("A race is of 2 to \(RaceRequest.most) models", .warning)
    }
    picker.move(by: 1, wraps: true)
  }

  /// Begins the race with what is marked, and with what is selected if that is needed for two.
  mutating func pickRacers(_ picker: PickerState, for request: RaceRequest) -> [Effect] {
    var names = picker.marked
    if names.count < 2, let selected = picker.selected?.id, !names.contains(selected) { names.append(selected) }
    guard names.count >= 2 else {
      overlay = .picker(picker)
      show("Two are needed: Tab marks, Enter starts")
      return []
    }
    return start(names.compactMap { racer(named: $0) }, for: request)
  }
}
