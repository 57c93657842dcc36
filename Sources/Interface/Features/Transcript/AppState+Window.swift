// Moving through a conversation of which the pane holds a piece: what to read when, and going to places that are not held.

package import Conversations
import Diagnostics
import Streaming

extension AppState {
  /// Goes to the end and follows it; reads it first if it is not held.
  mutating func follow() -> [Effect] {
    find?.awaited = nil
    guard transcript.holdsEnd else {
      transcript.request = .end
      return [.openEnd(shown)]
    }
    transcript.request = nil
    transcript.anchor = .bottom
    transcript.seenEnd = nil
    return []
  }

  /// What scrolling beyond the last row that is held does: follow, or wait for more.
  /// - Parameter index: the message at the top of the pane.
  mutating func reachEnd(from index: Int) -> [Effect] {
    transcript.holdsEnd ? follow() : loadMoreIfNear(index)
  }

  /// Goes to the first message.
  mutating func scrollToStart() -> [Effect] { goTo(position: 0) }

  /// Puts a message's header at the top of the pane; reads what is around it first if it is not held.
  package mutating func show(message id: MessageID) -> [Effect] {
    guard let index = transcript.index(of: id) else {
      transcript.request = .message(id, .header)
      return [.openAround(shown, id)]
    }
    return putAtTop(index)
  }

  /// Puts the header of the message with that number from zero at the top; the nearest there is.
  mutating func goTo(position: Int) -> [Effect] {
    find?.awaited = nil
    guard !transcript.messages.isEmpty else { return [] }
    let position = min(max(0, position), transcript.count - 1)
    let index = position - transcript.earlierCount
    if transcript.messages.indices.contains(index) { return putAtTop(index) }
    transcript.request = .position(position)
    return [.openAt(shown, position: position)]
  }

  private mutating func putAtTop(_ index: Int) -> [Effect] {
    if transcript.anchor == .bottom, let last = transcript.messages.last {
      // Its last row: what that message grows by from now on is not counted, messages after it are.
      transcript.seenEnd = TranscriptState.SeenEnd(message: last.id, place: .spacer)
    }
    transcript.request = nil
    transcript.anchor = .top(transcript.messages[index].id, .header)
    return loadMoreIfNear(index)
  }

  /// Does what `/goto` asks for: a number from one, a part in percent, `first` or `last`.
  mutating func goTo(_ argument: String) -> [Effect] {
    let total = transcript.count
    guard total > 0 else {
      show("There are no messages yet")
      return []
    }
    let position: Int
    switch argument {
    case "first": position = 0
    case "last", "end": return follow()
    case let text where text.hasSuffix("%"):
      guard let percent = Double(text.dropLast()), (0...100).contains(percent) else { return explainGoTo() }
      position = Int((Double(total - 1) * percent / 100).rounded())
    default:
      guard let number = Int(argument), number > 0 else { return explainGoTo() }
      position = min(number, total) - 1
    }
    show("Message \(position + 1) of \(total)")
    return goTo(position: position)
  }

  private mutating func explainGoTo() -> [Effect] {
    show("/goto 120 goes to that message, /goto 50% to the middle; also first and last", .warning)
    return []
  }

  // MARK: Reading on

  /// Reads on where the message at the top of the pane, which has that index, is near an end of what is held.
  mutating func loadMoreIfNear(_ index: Int) -> [Effect] {
    let transcript = transcript
    guard transcript.request == nil, let first = transcript.messages.first, let last = transcript.messages.last else {
      return []
    }
    if transcript.earlierCount > 0, transcript.isNearBeginning(index) {
      self.transcript.request = .earlier
      return [.loadEarlier(shown, before: first.id)]
    }
    if transcript.laterCount > 0, transcript.isNearEnd(index, rows: paneRows) {
      self.transcript.request = .later
      return [.loadLater(shown, after: last.id)]
    }
    return []
  }

  /// Folds in a change, and asks for what is then missing.
  mutating func apply(_ change: TranscriptChange, in id: ConversationID) -> [Effect] {
    switch change {
    case .opened, .window: break
    default:
      transcripts[id]?.apply(change, at: now)
      return []
    }
    guard let former = transcripts[id] else { return [] }
    transcripts[id]?.apply(change, at: now)
    guard let transcript = transcripts[id] else { return [] }
    if case .back(let message, _)? = transcript.request, former.request != transcript.request {
      return [.openAround(id, message)]
    }
    // What brought nothing new is not asked for again by itself.
    guard id == shown, former.messages.count != transcript.messages.count || former.count != transcript.count else {
      return []
    }
    // Pieces are small where messages are large; the pane is to be filled all the same.
    let top = transcript.anchor == .bottom ? transcript.anchorIndex - paneRows / 2 : transcript.anchorIndex
    return loadMoreIfNear(max(0, top))
  }

  /// What came below since the reader left the end: in messages where it is not held, else in lines; `nil` for nothing.
  func unseenWords(_ cache: inout LayoutCache) -> String? {
    let messages = transcript.unseenMessages
    if messages > 0 { return "\(messages) new message\(messages == 1 ? "" : "s")" }
    let lines = unseenRows(&cache)
    guard lines > 0 else { return nil }
    return "\(lines)\(lines >= Self.mostUnseenRows ? "+" : "") new line\(lines == 1 ? "" : "s")"
  }

  /// A piece that was asked for cannot be had: what is shown stays, unless it is not the conversation's any more.
  mutating func giveUpLoading(_ id: ConversationID, _ explanation: Explanation) -> [Effect] {
    find?.awaited = nil
    let request = transcripts[id]?.request
    transcripts[id]?.request = nil
    if case .back? = request {
      transcripts[id]?.request = .end
      return [.openEnd(id)]
    }
    if id == shown { show(explanation.sentence, .error) }
    return []
  }
}
