// What keys, pastes and the mouse do. The layer on top that wants a key gets it: popup, key sequence, command, composer.

import Conversations
import Diagnostics
import Display
import Streaming

extension AppState {
  mutating func handle(_ event: InputEvent, _ cache: inout LayoutCache) -> [Effect] {
    switch event {
    case .key(let chord): return handle(chord, &cache)
    case .paste(let text):
      if overlay == nil, pasteIntoWireFind(text) { return [] }
      return find?.isTyping == true ? pasteIntoFind(text, &cache) : paste(text)
    case .mouse(let mouse): return handle(mouse, &cache)
    case .focus(let isFocused):
      self.isFocused = isFocused
      return []
    case .resize(let size):
      self.size = size
      return []
    case .reply: return []
    }
  }

  mutating func handle(_ chord: KeyChord, _ cache: inout LayoutCache) -> [Effect] {
    let isSecondInterrupt = lastInterrupt.map { now - $0 < .seconds(3) } ?? false
    if chord != .control("c") { lastInterrupt = nil }
    if overlay != nil, pendingKeys.isEmpty { return handleInOverlay(chord, &cache) }
    if !pendingKeys.isEmpty { return continueSequence(with: chord, &cache) }
    if instrument != nil, let effects = handleInstrument(chord, &cache) { return effects }
    if hints != nil || find?.isTyping == true || selection != nil { dropNotice() }
    if hints != nil { return handleHint(chord, &cache) }
    if find?.isTyping == true { return handleFind(chord, &cache) }
    if let effects = handleSelected(chord, &cache) { return effects }
    if chord != KeyChord(.escape) { lastEscape = nil }
    if browse != nil, let effects = handleBrowsing(chord, &cache) { return effects }

    switch chord {
    case .control("c"): return interrupt(isSecond: isSecondInterrupt)
    case KeyChord(.escape): return escape(&cache)
    case KeyChord(.tab) where composer.isEmpty: return beginBrowsing(&cache)
    case .control("d") where composer.isEmpty: return leave()
    case .control("p") where composer.isEmpty:
      overlay = .picker(PickerState(kind: .commands))
      refreshPicker()
      return []
    case KeyChord(.character("?")) where composer.isEmpty:
      overlay = .help(HelpState(topic: ""))
      return []
    case KeyChord(.end) where composer.isEmpty: return follow()
    case KeyChord(.up) where composer.isEmpty && !transcript.queue.isEmpty: return takeBackQueued()
    default: break
    }

    switch options.keymap.meaning(of: [chord]) {
    case .command(let id): return perform(id, &cache)
    case .prefix:
      pendingKeys = [chord]
      whichKeyDue = now + Self.whichKeyDelay
      return []
    case .nothing: return browse == nil ? compose(chord, &cache) : []
    }
  }

  // 400 ms: somebody who knows the sequence has finished it, somebody who does not is waiting for help.
  private static let whichKeyDelay: Duration = .milliseconds(400)

  private mutating func continueSequence(with chord: KeyChord, _ cache: inout LayoutCache) -> [Effect] {
    let keys = pendingKeys + [chord]
    pendingKeys = []
    whichKeyDue = nil
    let wasHelping = isWhichKeyShown
    isWhichKeyShown = false
    if chord == KeyChord(.escape) || chord == .control("c") { return [] }
    switch options.keymap.meaning(of: keys) {
    case .command("answer.copy") where selectedRange != nil: return copySelection(&cache)
    case .command(let id): return perform(id, &cache)
    case .prefix:
      pendingKeys = keys
      isWhichKeyShown = wasHelping
      whichKeyDue = wasHelping ? nil : now + Self.whichKeyDelay
      return []
    case .nothing:
      show("\(Keymap.text(of: keys)) is not bound; \(hint(for: "program.keymap")) shows all keys", .warning)
      return []
    }
  }

  /// The keys of a command as shown in hints, or its slash name where it has none.
  func hint(for id: CommandID) -> String {
    if let keys = options.keymap.keys(for: id) { return Keymap.text(of: keys) }
    return CommandCatalog.command(id)?.slash.map { "/\($0.name)" } ?? id.rawValue
  }

  /// Takes a word away that was about what is over; an error stays its time.
  mutating func dropNotice() {
    if let weight = notice?.notice.weight, weight != .error { notice = nil }
  }

  /// Runs a command.
  mutating func perform(_ id: CommandID, argument: String = "", _ cache: inout LayoutCache) -> [Effect] {
    guard let command = CommandCatalog.command(id) else { return [] }
    dropNotice()
    guard command.isAvailable(self) else {
      show(command.excuse ?? "Not now: \(command.title.lowercased())")
      return []
    }
    let effects = command.perform(&self, &cache, argument)
    refreshPicker()
    return effects
  }

  // MARK: The composer

  private mutating func compose(_ chord: KeyChord, _ cache: inout LayoutCache) -> [Effect] {
    switch composer.handle(chord, width: ScreenLayout(self).composer.columns, rows: max(1, size.rows / 3)) {
    case .ignored, .unchanged, .moved: return []
    case .edited: return composerEdited()
    case .submit(let text): return submit(text, &cache)
    case .offersAttachment: return composerEdited()
    }
  }

  private mutating func paste(_ text: String) -> [Effect] {
    if case .picker(var picker) = overlay {
      picker.insert(text)
      overlay = .picker(picker)
      refreshPicker()
      return []
    }
    overlay = nil
    let leaving = leaveInstrument()
    hints = nil
    endBrowsing()
    if case .offersAttachment(let count) = composer.paste(text) {
      show("\(Figures.bytes(count)) pasted; \(hint(for: "prompt.text-to-file")) makes a file of it", .warning)
    }
    return leaving + composerEdited()
  }

  /// Offers slash commands, and arguments where they are known, for what is being typed.
  mutating func composerEdited() -> [Effect] {
    if composer.isEmpty { rewindTarget = nil }
    if composer.completionContext != nil || composer.completions != nil {
      let state = self
      composer.updateCompletions { CompletionSource.candidates(for: $0, in: state) }
    }
    return draftChanged() + wantedPaths
  }

  /// The listing that completing a path needs and that is not there yet.
  private var wantedPaths: [Effect] {
    guard let context = composer.completionContext,
      [.argument(of: "attach"), .argument(of: "write")].contains(context.kind),
      paths.typed != context.prefix
    else { return [] }
    return [.listPaths(context.prefix)]
  }

  /// Offers paths, if the one they were found for is still being typed.
  mutating func takePaths(_ found: [String], for typed: String) -> [Effect] {
    paths = PathListing(typed: typed, found: found)
    guard composer.completionContext?.prefix == typed else { return [] }
    let state = self
    composer.updateCompletions { CompletionSource.candidates(for: $0, in: state) }
    return []
  }

  /// Does what Enter does with that text.
  mutating func submit(_ text: String, _ cache: inout LayoutCache) -> [Effect] {
    switch SlashParser.parse(text) {
    case .prompt(let prompt):
      guard prompt.contains(where: { !$0.isWhitespace }) else { return [] }
      if rewindTarget?.conversation == shown, isStreaming(shown) {
        show("The answer still streams; \(stopHint) stops it, then Enter sends this", .warning)
        return []
      }
      composer.clear()
      remember(text)
      unsavedDrafts.remove(shown)
      let following = follow()
      if let target = rewindTarget, target.conversation == shown {
        rewindTarget = nil
        return following + [
          .editAndResend(shown, target.message, prompt), .saveDraft(shown, "", transcript.profile),
        ]
      }
      var effects = following + create()
      // A draft may have begun it with the profile of that moment.
      if transcript.messages.isEmpty { effects.append(.setProfile(shown, transcript.profile)) }
      effects.append(.send(Prompt(text: prompt, attachments: files.removeValue(forKey: shown) ?? []), shown))
      effects.append(.saveDraft(shown, "", transcript.profile))
      return effects
    case .command(let id, let argument):
      composer.clear()
      return draftChanged() + perform(id, argument: argument, &cache)
    case .unknown(let name):
      let near = NearestNames.nearest(to: name, among: CommandCatalog.slashNames).map { "/\($0)" }
      let hint = near.isEmpty ? "/help lists all" : "near: \(near.joined(separator: " "))"
      show("/\(name) is not a command; \(hint). To send it as it is, begin with //", .warning)
      return []
    }
  }

  private mutating func takeBackQueued() -> [Effect] {
    var queue = transcript.queue
    guard let last = queue.popLast() else { return [] }
    transcript.queue = queue
    composer.replaceText(with: last.text)
    if !last.attachments.isEmpty { files[shown, default: []] += last.attachments }
    // Its text is a draft before it leaves the queue: it is on the disk at every moment.
    return composerEdited() + flushDrafts() + [.updateQueue(shown, queue)]
  }

  // MARK: Ctrl+C and Esc

  /// Stops the stream; else puts the draft aside; else hints; the second press leaves.
  private mutating func interrupt(isSecond: Bool) -> [Effect] {
    if isStreaming(shown) { return stopShown() }
    if !composer.isEmpty { return shelveDraft() }
    if isSecond { return leave() }
    lastInterrupt = now
    let others = liveRunCount == 1 ? "the other stream" : "\(liveRunCount) other streams"
    let way = linear == nil ? "Ctrl+C again leaves" : "Ctrl+C again or /quit ends riffle"
    show(liveRunCount > 0 ? "\(way) and stops \(others)" : way)
    return []
  }

  /// Ends the program; asks first if something could not be saved.
  mutating func leave() -> [Effect] {
    guard !unsaved.isEmpty else { return [.quit] }
    overlay = .confirmation(
      Confirmation(question: "Not saved: \(unsaved). Leave? A rescue file will be written", effects: [.quit], done: ""))
    return []
  }

  private mutating func escape(_ cache: inout LayoutCache) -> [Effect] {
    let isSecond = lastEscape.map { now - $0 < Self.doublePress } ?? false
    lastEscape = nil
    if browse == nil {
      let outcome = composer.handle(KeyChord(.escape), width: ScreenLayout(self).composer.columns)
      if outcome != .ignored, outcome != .unchanged { return [] }
    }
    if isStreaming(shown) { return stopShown() }
    if !pacing.isEmpty {
      showAllText()
      return []
    }
    guard composer.isEmpty else {
      if browse != nil {
        endBrowsing()
      } else if rewindTarget?.conversation == shown {
        rewindTarget = nil
        show("This is a new prompt now; the earlier one stays as it is")
      }
      return []
    }
    if isSecond { return perform("answer.rewind", &cache) }
    lastEscape = now
    if browse != nil {
      endBrowsing()
      return []
    }
    return beginBrowsing(&cache)
  }

  // Two presses of Esc within this time are one wish: to go back to an earlier prompt.
  private static let doublePress: Duration = .milliseconds(500)

  // MARK: Browse mode

  /// A key in browse mode; `nil` if it means what it means everywhere.
  private mutating func handleBrowsing(_ chord: KeyChord, _ cache: inout LayoutCache) -> [Effect]? {
    if let command = options.keymap.browseCommand(for: chord) { return perform(command, &cache) }
    switch chord {
    case KeyChord(.escape) where find != nil:
      // First the marks of what was found, then browse mode itself.
      find = nil
      return []
    case KeyChord(.escape): return isStreaming(shown) ? stopShown() : escape(&cache)
    case KeyChord(.tab):
      endBrowsing()
      return []
    default:
      guard case .character(let scalar) = chord.key, chord.modifiers.isEmpty else { return nil }
      // Everything else that is everywhere works here too.
      if case .nothing = options.keymap.meaning(of: [chord]) {
        let name = String(Character(scalar))
        show("\(name) does nothing in browse mode; Esc or i writes, \(hint(for: "browse.help")) shows its keys")
        return []
      }
      return nil
    }
  }

  /// What a key means while something is marked with the mouse; any other lets go of it.
  private mutating func handleSelected(_ chord: KeyChord, _ cache: inout LayoutCache) -> [Effect]? {
    guard selectedRange != nil else { return nil }
    if chord == KeyChord(.character("y")) || options.keymap.meaning(of: [chord]) == .command("answer.copy") {
      return copySelection(&cache)
    }
    // Scrolling and sequences of keys leave it marked.
    if case .command(let id) = options.keymap.meaning(of: [chord]), id.rawValue.hasPrefix("scroll.") { return nil }
    if case .prefix = options.keymap.meaning(of: [chord]) { return nil }
    selection = nil
    return chord == KeyChord(.escape) ? [] : nil
  }

  // MARK: Mouse

  private mutating func handle(_ mouse: MouseEvent, _ cache: inout LayoutCache) -> [Effect] {
    let step = 3
    switch (mouse.kind, overlay) {
    case (.scrollUp, nil) where instrument != nil: return handleInstrument(KeyChord(.up), &cache) ?? []
    case (.scrollDown, nil) where instrument != nil: return handleInstrument(KeyChord(.down), &cache) ?? []
    case (.press, nil) where instrument != nil: return []
    case (.scrollUp, nil): return scroll(by: -step, &cache)
    case (.scrollDown, nil): return scroll(by: step, &cache)
    case (.scrollUp, _): return handleInOverlay(KeyChord(.up), &cache)
    case (.scrollDown, _): return handleInOverlay(KeyChord(.down), &cache)
    case (.press(button: 1), nil):
      let areas = ScreenLayout(self)
      hints = nil
      if let id = areas.conversation(at: mouse.position, in: self) { return show(id) }
      if areas.composer.contains(mouse.position) {
        selection = nil
        endBrowsing()
        composer.placeCaret(at: mouse.position, in: areas.composer)
        return []
      }
      beginSelection(at: mouse.position, &cache)
      isPressed = true
      return []
    case (.drag, nil) where isPressed: return extendSelection(to: mouse.position, &cache)
    case (.release, _) where isPressed:
      isPressed = false
      return clickOrSelect(at: mouse.position, &cache)
    default: return []
    }
  }
}
