// Linear mode's counterpart of the screen: compares the state with what was told so far and gives the lines to append.
// Nothing that was told is ever changed, and each event is told once. It only makes text; `LinearLoop` sanitises and
// writes it. The answers themselves are told by `AnswerTeller`.

package import Conversations
import Display
import Streaming

/// What was told, and with it what is still to be told.
package struct LinearTranscript: Equatable, Sendable {
  /// How the last answer that was asked for here ended, if it did not end well.
  package var failure: MessageStatus? { teller.failure }

  private var isStarted = false
  private let version: String
  private let reason: String?
  private var shown: ConversationID?
  private var teller = AnswerTeller()
  private var queueCount = 0
  private var toldDraft: TextBuffer?
  private var offerCount = 0

  /// Nothing was told.
  /// - Parameter reason: why there is no full screen, without a full stop; `nil` if it was asked for by an option.
  package init(version: String, reason: String? = nil) {
    self.version = version
    self.reason = reason
  }

  /// Notes what goes to a model, which whoever wrote it need not hear again.
  package mutating func note(_ effects: [Effect]) {
    for effect in effects {
      switch effect {
      case .send(let prompt, _): teller.sent.append(prompt.text)
      case .editAndResend(_, _, let text): teller.sent.append(text)
      case .resume: teller.isResuming = true
      default: break
      }
    }
  }

  /// The terminal went to the beginning of a line by itself, because somebody pressed Enter.
  package mutating func lineWasTyped() { teller.lines.isAtStart = true }

  /// The terminal wrote something itself into the line, such as `^C`.
  package mutating func lineWasTouched() { teller.lines.isAtStart = false }

  /// What is new in the state, as text to be appended; ends in the middle of a line only while an answer comes.
  ///
  /// What is told once (notices, a list) is taken out of the state, and what was listed is noted there.
  /// - Complexity: linear in what is new.
  package mutating func tell(_ state: inout AppState) -> String {
    if !isStarted { start(state) }
    if state.linear?.isOpening != true {
      if shown != state.shown { change(to: state) }
      teller.tell(state)
      tellQueue(state)
    }
    tellSayings(&state)
    tellOffers(state)
    tellOverlay(&state)
    if state.linear?.isOpening != true { tellDraft(state) }
    return teller.lines.take()
  }

  /// The last words: what is held back, and how to come back.
  package mutating func end(_ state: inout AppState) -> String {
    var text = tell(&state)
    teller.tellRest(state)
    if state.liveRunCount > 0 { teller.lines.add("Answers in progress are stopped; their text so far is kept.") }
    let isKept = !state.transcript.messages.isEmpty || !state.composer.isEmpty
    teller.lines.add("riffle ends.\(isKept ? " To go on: riffle open \(state.shown)" : "")")
    text += teller.lines.take()
    return text
  }

  // MARK: Where one is

  private mutating func start(_ state: AppState) {
    isStarted = true
    if let reason { teller.lines.add("Linear mode: \(reason).") }
    teller.lines.add("riffle \(version). Type a message and press Enter; /help lists commands.")
    if state.transcript.profile.model.provider == "guide" {
      teller.lines.add("You talk to the built-in guide: it answers from riffle's manual and is not a language model.")
    }
  }

  private mutating func change(to state: AppState) {
    shown = state.shown
    let transcript = state.transcript
    let profile = transcript.profile
    let whom = "profile \(Sanitizer.singleLine(profile.name)), \(Sanitizer.singleLine(profile.model.label))"
    if transcript.messages.isEmpty {
      teller.lines.add("New conversation \(state.shown), \(whom).")
    } else {
      let title = transcript.title.isEmpty ? "" : ", \(Sanitizer.singleLine(transcript.title, maximumColumns: 100))"
      let count = LinearText.counted(transcript.earlierCount + transcript.messages.count, "message")
      teller.lines.add("Conversation \(state.shown)\(title), \(count), \(whom).")
    }
    teller.begin(transcript)
    queueCount = 0
    toldDraft = nil
  }

  private mutating func tellQueue(_ state: AppState) {
    let queue = state.transcript.queue
    if queue.count > queueCount {
      let count = LinearText.counted(queue.count, "message")
      teller.lines.add("Queued: \(count) \(queue.count == 1 ? "waits" : "wait") for the end of the answer.")
    }
    queueCount = queue.count
    teller.queued = queue.map(\.text)
  }

  // MARK: What is said

  private mutating func tellSayings(_ state: inout AppState) {
    guard let sayings = state.linear?.sayings, !sayings.isEmpty else { return }
    state.linear?.sayings = []
    for saying in sayings {
      switch saying {
      case .text(let text): teller.lines.add(text)
      case .notice(let notice) where notice.text.isEmpty: break
      case .notice(let notice):
        let words = Sanitizer.singleLine(notice.text)
        switch notice.weight {
        case .info, .success: teller.lines.add(words)
        case .warning: teller.lines.add("Warning: \(words)")
        case .error: teller.lines.add("Error: \(words)")
        }
      }
    }
  }

  private mutating func tellOffers(_ state: AppState) {
    guard state.offers.count > offerCount else { return }
    offerCount = state.offers.count
    let names = state.offers.map { "\(Sanitizer.singleLine($0.profile.name)) (\(Sanitizer.singleLine($0.reason)))" }
    teller.lines.add("Found here: \(names.joined(separator: ", ")). /profile NAME talks to one of them.")
  }

  private mutating func tellOverlay(_ state: inout AppState) {
    switch state.overlay {
    case .picker(let picker):
      guard Self.isReady(picker, in: state) else { return }
      let items = Array(
        picker.items.filter { picker.kind != .commands || LinearText.isUseful(CommandID($0.id)) }
          .prefix(picker.kind == .commands ? .max : LinearText.maximumChoices))
      if let told = state.linear?.choices, told.kind == picker.kind, told.query == picker.query { return }
      let choices = LinearChoices(kind: picker.kind, query: picker.query, items: items)
      let total = picker.kind == .commands ? items.count : picker.items.count
      teller.lines.add(LinearText.list(choices, of: total, title: picker.title, in: state))
      if items.isEmpty { state.overlay = nil } else { state.linear?.choices = choices }
    case .confirmation(let confirmation):
      if state.linear?.isAsking == false {
        teller.lines.add("\(LinearText.sentence(confirmation.question)) y/n?")
        state.linear?.isAsking = true
      }
      return
    case .help(let help):
      teller.lines.add(LinearText.help(help.topic, in: state))
      state.overlay = nil
    case nil: break
    }
    if case .picker = state.overlay {} else { state.linear?.choices = nil }
    state.linear?.isAsking = false
  }

  /// Whether a list has all of its lines.
  private static func isReady(_ picker: PickerState, in state: AppState) -> Bool {
    switch picker.kind {
    case .conversations: state.list.isLoaded
    case .models: picker.models != nil
    case .commands, .profiles, .themes, .rewind, .race: true
    }
  }

  private mutating func tellDraft(_ state: AppState) {
    guard !state.composer.isEmpty, state.linear?.isContinued != true else {
      toldDraft = nil
      return
    }
    // Compared as it is held: while it does not change, that costs nothing.
    guard state.composer.buffer != toldDraft else { return }
    toldDraft = state.composer.buffer
    let draft = state.composer.text
    if state.rewindTarget?.conversation == state.shown {
      teller.lines.add("Your earlier message:\n\(draft)")
      teller.lines.add("What you type now takes its place; an empty line sends it as it was, Ctrl+C leaves it.")
    } else {
      teller.lines.add("Your draft:\n\(draft)")
      teller.lines.add("An empty line sends it; another message puts it aside.")
    }
  }
}

/// Text that grows by lines, and by pieces of one.
struct LinearLines: Equatable, Sendable {
  private var text = ""
  /// Whether what comes next stands at the beginning of a line.
  var isAtStart = true

  /// Adds a whole line, or several; one that was begun before ends first.
  mutating func add(_ line: String) {
    if !isAtStart { text += "\n" }
    text += line
    if line.utf8.last != 0x0A { text += "\n" }
    isAtStart = true
  }

  /// Adds a piece of a line, or lines and a piece.
  mutating func append(_ piece: Slice<UnsafeBufferPointer<UInt8>>) {
    guard let last = piece.last else { return }
    text += String(decoding: piece, as: UTF8.self)
    isAtStart = last == 0x0A
  }

  /// Ends a line that was begun.
  mutating func finish() {
    if !isAtStart { text += "\n" }
    isAtStart = true
  }

  /// All of it, which is then gone.
  mutating func take() -> String {
    defer { text = "" }
    return text
  }
}
