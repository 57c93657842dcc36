// The keys while a completion list is open or the history is being searched.

import Display

extension ComposerState {
  /// What a key means for the open list; `nil` leaves it to the text.
  mutating func completionKey(_ chord: KeyChord) -> ComposerOutcome? {
    switch (chord.key, chord.modifiers) {
    case (.tab, []): return cycle(step: 1)
    case (.tab, .shift): return cycle(step: -1)
    case (.down, []), (.character("n"), .control): return highlight(step: 1)
    case (.up, []), (.character("p"), .control): return highlight(step: -1)
    case (.escape, []):
      dismissed = completions?.context.kind
      completions = nil
      return .moved
    case (.enter, []):
      // Enter takes what the user has gone to with the arrows; what Tab put into the text is already there.
      guard let list = completions, !list.isInserted, let selected = list.selected else { return nil }
      accept(list.items[selected].candidate, for: list.context)
      return .edited
    default: return nil
    }
  }

  private mutating func highlight(step: Int) -> ComposerOutcome {
    if completions?.isInserted == true { return cycle(step: step) }
    completions?.select(step: step)
    return .moved
  }

  private mutating func cycle(step: Int) -> ComposerOutcome {
    guard var list = completions else { return .ignored }
    if list.items.count == 1 {
      accept(list.items[0].candidate, for: list.context)
      return .edited
    }
    if list.isInserted {
      page.undo.discardLast(in: &page.buffer)
      list.select(step: step)
    } else if list.selected == nil {
      list.select(step: step)
    }
    if let selected = list.selected { insert(list.items[selected].candidate.value, for: list.context) }
    list.isInserted = true
    completions = list
    return .edited
  }

  /// Puts the candidate into the text with the space that the next part needs, and closes the list.
  private mutating func accept(_ candidate: CompletionCandidate, for context: CompletionContext) {
    let isFollowed = page.buffer.bytes(in: context.range.upperBound..<page.buffer.end).first == 0x20
    // A folder is gone on with.
    let isOpenEnded = candidate.value.hasSuffix("/")
    insert(candidate.value + (isFollowed || isOpenEnded ? "" : " "), for: context)
    completions = nil
  }

  private mutating func insert(_ value: String, for context: CompletionContext) {
    momentum = .none
    apply(context.range, TextBuffer.normalized(value), as: .separate)
  }

  mutating func beginSearch() -> ComposerOutcome {
    guard !history.entries.isEmpty else { return .unchanged }
    beginKey()
    completions = nil
    page.undo.close()
    search = HistorySearch()
    return .moved
  }

  /// A key while searching. Enter takes the entry into the composer, Esc leaves everything as it was; any editing key
  /// takes the entry and then does its work.
  mutating func searchKey(_ chord: KeyChord, width: Int) -> ComposerOutcome {
    guard var current = search else { return .ignored }
    switch (chord.key, chord.modifiers.subtracting(.shift)) {
    case (.character(let scalar), []) where scalar.value >= 0x20 && scalar.value != 0x7F:
      current.append(String(scalar), in: history.entries)
    case (.character("r"), .control):
      if current.query.isEmpty {
        current.append(lastQuery, in: history.entries)
      } else {
        current.older(in: history.entries)
      }
    case (.character("s"), .control): current.newer(in: history.entries)
    case (.backspace, []), (.character("h"), .control): current.removeLast(in: history.entries)
    case (.escape, []), (.character("g"), .control):
      endSearch(current)
      return .moved
    case (.enter, []), (.character("j"), .control), (.character("m"), .control), (.tab, []):
      return take(current)
    case (.escape, _), (.enter, _), (.tab, _), (.insert, _), (.pageUp, _), (.pageDown, _), (.function, _):
      return .ignored
    case (.character(let scalar), _) where !Self.editsAfterSearch(scalar, chord.modifiers): return .ignored
    default:
      let taken = take(current)
      let outcome = handle(chord, width: width)
      return outcome == .ignored || outcome == .unchanged || outcome == .moved ? taken : outcome
    }
    search = current
    return .moved
  }

  private static func editsAfterSearch(_ scalar: Unicode.Scalar, _ modifiers: KeyModifiers) -> Bool {
    let keys: String.UnicodeScalarView
    switch modifiers.subtracting(.shift) {
    case .control: keys = "abefdpnkuwyt_/-".unicodeScalars
    case .alt: keys = "bfdyulcBFDYULC<>_".unicodeScalars
    default: return false
    }
    return keys.contains(scalar)
  }

  private mutating func endSearch(_ ended: HistorySearch) {
    if !ended.query.isEmpty { lastQuery = ended.query }
    search = nil
    scroll = .start
  }

  private mutating func take(_ ended: HistorySearch) -> ComposerOutcome {
    endSearch(ended)
    guard let match = ended.match else { return .moved }
    show(history.visit(match.index, leaving: page))
    page.buffer.moveCaret(to: match.preview.caret)
    return .edited
  }
}
