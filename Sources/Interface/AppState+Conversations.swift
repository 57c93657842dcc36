// Moving between conversations, and what commands do to the shown one.

import Conversations
import Diagnostics
import Streaming

extension AppState {
  /// Shows an empty conversation with the profile of new ones; the shown one if it is empty already.
  mutating func beginConversation() -> [Effect] {
    let profile = chosenProfile ?? options.profiles[0]
    if transcript.messages.isEmpty, list.summaries[shown] == nil, lastTrashed != shown {
      transcript.profile = profile
      show("This conversation is new")
      return []
    }
    let id = makeConversationID()
    transcripts[id] = TranscriptState(id: id, profile: profile)
    return switchTo(id) + [.focus(id)]
  }

  /// Shows a conversation, loading it if it is not in memory.
  mutating func show(_ id: ConversationID, isOpen: Bool = false) -> [Effect] {
    if id == shown { return isOpen ? [.markRead(id)] : [] }
    let effects = switchTo(id)
    if isOpen { return effects + [.markRead(id)] }
    return effects + [.open(id), .markRead(id)]
  }

  private mutating func switchTo(_ id: ConversationID) -> [Effect] {
    let effects = flushDrafts() + leaveInstrument()
    showAllText()
    previous = shown
    shown = id
    overlay = nil
    (selection, hints) = (nil, nil)
    endBrowsing()
    if transcripts[id] == nil {
      transcripts[id] = TranscriptState(
        id: id, title: list.summaries[id]?.title ?? "",
        profile: transcripts[previous ?? id]?.profile ?? options.profiles[0])
    }
    forgetClosedTranscripts()
    gauge = Gauge(at: now, isCalm: options.reducesMotion)
    gauge.sample(shownRun, liveCount: liveRunCount, at: now)
    return effects
  }

  /// Keeps in memory what is shown, was shown last, or streams.
  private mutating func forgetClosedTranscripts() {
    for id in transcripts.keys where id != shown && id != previous && !isStreaming(id) {
      transcripts[id] = nil
      // What a blind reader is not to know is not told when it is opened again.
      if races[id]?.isBlind != true { races[id] = nil }
      if composers[id]?.isEmpty ?? true { composers[id] = nil }
    }
  }

  /// The next conversation, in the order of the list, that is unread or streams.
  mutating func showNextActive() -> [Effect] {
    let start = list.order.firstIndex(of: shown).map { $0 + 1 } ?? 0
    let rotated = list.order[start...] + list.order[..<start]
    if let id = rotated.first(where: { $0 != shown && list.summaries[$0]?.isUnread == true })
      ?? rotated.first(where: {
        $0 != shown && isStreaming($0)
      })
    {
      return show(id)
    }
    show("Nothing new elsewhere")
    return list.isLoaded ? [] : [.loadSummaries]
  }

  /// What makes the shown conversation exist, once, if nothing has yet.
  mutating func create() -> [Effect] {
    guard transcript.messages.isEmpty, list.summaries[shown] == nil, created.insert(shown).inserted else { return [] }
    return [.create(shown, transcript.profile)]
  }

  mutating func stopShown() -> [Effect] {
    for (id, run) in runs where run.conversation == shown && run.isLive { runs[id]?.phase = .stopping }
    gauge.sample(shownRun, liveCount: liveRunCount, at: now)
    return [.stop(shown)]
  }

  mutating func shelveDraft() -> [Effect] {
    let text = composer.text
    guard !text.isEmpty else { return [] }
    composer.clear()
    rewindTarget = nil
    remember(text)
    unsavedDrafts.remove(shown)
    linear?.isContinued = false
    show(linear == nil ? "Draft put aside; Up brings it back" : "Draft put aside")
    return [.shelveDraft(shown, text), .saveDraft(shown, "", transcript.profile)]
  }

  /// Puts a text at the recent end of the history that all composers share.
  mutating func remember(_ text: String) {
    history.removeAll { $0 == text }
    history.append(text)
    for id in composers.keys { composers[id]?.supplyHistory(history) }
    composer.supplyHistory(history)
  }

  mutating func withLastAnswer(_ body: (inout AppState, MessageID) -> [Effect]) -> [Effect] {
    guard let answer = transcript.lastAnswer else {
      show("There is no answer yet")
      return []
    }
    guard !isStreaming(shown) else {
      show("The answer still streams; \(stopHint) stops it")
      return []
    }
    return body(&self, answer.id)
  }

  mutating func selectVariant(offset: Int) -> [Effect] {
    let candidates = transcript.messages.filter { $0.variant.count > 1 }
    guard !candidates.isEmpty else {
      show("There is only one variant; /regenerate makes another")
      return []
    }
    guard !isStreaming(shown) else {
      show("The answer still streams; \(stopHint) stops it")
      return []
    }
    // The last one that can go further: past an answer's last variant, the variants of its prompt.
    guard
      let message = candidates.last(where: { (1...$0.variant.count).contains($0.variant.index + offset) })
    else {
      show(offset < 0 ? "This is the first variant" : "This is the last variant")
      return []
    }
    return [.selectVariant(shown, message.id, offset: offset)]
  }

  /// - Parameter words: what is said of it; by default with whom the conversation talks now.
  mutating func changeProfile(saying words: String? = nil, _ change: (inout Profile) -> Void) -> [Effect] {
    change(&transcript.profile)
    let profile = transcript.profile
    show(words ?? "\(profile.model.label)\(profile.isStreaming ? "" : ", not streaming")", .success)
    // Also where nothing was said yet: what is being typed may have begun the conversation with the profile of before.
    return [.setProfile(shown, profile)]
  }

  /// Talks with that profile; one without a model asks for the models first.
  mutating func choose(_ profile: Profile) -> [Effect] {
    // New conversations of this session follow it.
    chosenProfile = profile
    guard profile.model.model.isEmpty, offers.contains(where: { $0.profile.name == profile.name }) else {
      return changeProfile { $0 = profile }
    }
    let effects = changeProfile { $0 = profile }
    overlay = .picker(PickerState(kind: .models(profile.model.provider)))
    refreshPicker()
    return effects + [.loadModels(provider: profile.model.provider)]
  }

  mutating func setParameter(_ argument: String) -> [Effect] {
    let words = argument.split(separator: " ", maxSplits: 1).map(String.init)
    guard words.count == 2 else {
      let profile = transcript.profile
      let temperature = profile.temperature.map { "\($0)" } ?? "default"
      let topP = profile.topP.map { "\($0)" } ?? "default"
      let maximum = profile.maximumTokens.map { "\($0)" } ?? "default"
      show(
        "temperature \(temperature), top_p \(topP), max_tokens \(maximum); /set temperature 0.7, /set max_tokens default"
      )
      return []
    }
    let isDefault = words[1] == "default"
    switch words[0] {
    case "temperature":
      guard isDefault || Double(words[1]).map({ (0...2).contains($0) }) == true else {
        return wrongValue("temperature is a number from 0 to 2, or default")
      }
      return changeProfile(saying: "temperature \(words[1])") { $0.temperature = Double(words[1]) }
    case "top_p":
      guard isDefault || Double(words[1]).map({ (0...1).contains($0) }) == true else {
        return wrongValue("top_p is a number from 0 to 1, or default")
      }
      return changeProfile(saying: "top_p \(words[1])") { $0.topP = Double(words[1]) }
    case "max_tokens":
      guard isDefault || Int(words[1]).map({ $0 > 0 }) == true else {
        return wrongValue("max_tokens is a whole number above 0, or default")
      }
      return changeProfile(saying: "max_tokens \(words[1])") { $0.maximumTokens = Int(words[1]) }
    default:
      showUnknown("parameter", words[0], among: ["temperature", "top_p", "max_tokens"])
      return []
    }
  }

  private mutating func wrongValue(_ words: String) -> [Effect] {
    show(words, .warning)
    return []
  }

  mutating func showUnknown(_ what: String, _ name: String, among names: [String]) {
    let near = NearestNames.nearest(to: name, among: names)
    show(
      "There is no \(what) \(name); \(near.isEmpty ? "known" : "near"): \((near.isEmpty ? names : near).joined(separator: ", "))",
      .warning)
  }
}
