// Variants and branches: other answers, other prompts, other paths. Nothing is ever overwritten.

package import Conversations
import Diagnostics
import Streaming

extension SessionStore {
  /// Answers anew: another answer to the same prompt, beside the old one. For a prompt, an answer to it.
  @discardableResult
  package func regenerate(_ message: MessageID, in id: ConversationID) async throws(SessionError) -> RunID {
    let place = try await place(of: message, in: id)
    let chosen = place.message
    // The old answer: the message itself, or what follows the prompt on this path.
    let candidates = chosen.role == .assistant ? [chosen] : Array(place.messages[(place.index + 1)...].prefix(1))
    let old = candidates.first { $0.role == .assistant }
    cut(id, at: place, keeping: chosen.role == .user)
    return begin(
      prompt: nil, parent: chosen.role == .assistant ? chosen.parent : chosen.id,
      variant: old.map(Self.newVariant) ?? Variant(), isRebranched: true, in: id)
  }

  /// Tries again what failed or broke off; the same as answering anew.
  @discardableResult
  package func retry(_ message: MessageID, in id: ConversationID) async throws(SessionError) -> RunID {
    try await regenerate(message, in: id)
  }

  /// Sends a prompt with other words, beside the old one, with its files.
  @discardableResult
  package func editAndResend(_ message: MessageID, text: String, in id: ConversationID) async throws(SessionError)
    -> RunID
  {
    let place = try await place(of: message, in: id)
    let old = place.message
    guard old.role == .user else { throw .noSuchMessage }
    let files: [Attachment] = old.parts.compactMap { if case .attachment(let file) = $0 { file } else { nil } }
    let prompt = Prompt(text: text, attachments: files)
    try check(prompt)
    let new = Message(
      id: .make(at: time.wall(), using: &random), parent: old.parent, role: .user, created: time.wall(),
      parts: prompt.parts, variant: Self.newVariant(beside: old))
    cut(id, at: place, keeping: false)
    return begin(prompt: new, parent: new.id, isRebranched: true, in: id)
  }

  /// Continues an answer that broke off: in another variant that begins with what had come, where the service or the
  /// model can go on with it; else by a new turn that asks for the rest.
  @discardableResult
  package func resume(_ message: MessageID, in id: ConversationID) async throws(SessionError) -> RunID {
    let place = try await place(of: message, in: id)
    guard place.message.role == .assistant else { throw .noSuchMessage }
    if let continued = continued(place.message, in: id) {
      cut(id, at: place, keeping: false)
      return begin(
        prompt: nil, parent: continued.partial.parent, variant: Self.newVariant(beside: continued.partial),
        isRebranched: true, continues: continued, in: id)
    }
    let isLast = place.index + 1 == place.messages.count
    cut(id, at: place, keeping: true)
    let prompt = Message(
      id: .make(at: time.wall(), using: &random), parent: message, role: .user, created: time.wall(),
      parts: [.text("Continue exactly where your answer broke off. Repeat nothing.")])
    return begin(prompt: prompt, parent: prompt.id, isRebranched: !isLast, in: id)
  }

  /// How the conversation's model can go on with an answer, and what of it is kept for that; `nil` for a new turn.
  private func continued(_ message: Message, in id: ConversationID) -> Continued? {
    guard let profile = conversations[id]?.record.profile, !lostAnswers.contains(message.id) else { return nil }
    var partial = message
    // Another model would go on with words that are not its own.
    guard partial.origin == profile.model else { return nil }
    partial.parts = ContextBuilder.continuable(partial.parts)
    let way: Continuation
    do throws(Explanation) {
      way = try providers.client(for: profile.model.provider).continuation(of: partial, model: profile.model.model)
    } catch {
      // The new turn's own request tells what is wrong.
      return nil
    }
    switch way {
    case .newTurn: return nil
    case .prefill:
      guard case .text? = partial.parts.last else { return nil }
      return Continued(way: way, partial: partial)
    case .resume: return Continued(way: way, partial: partial)
    }
  }

  /// Shows the sibling `offset` places after a message (before it, if negative), with the newest path below it.
  package func selectVariant(of message: MessageID, offset: Int, in id: ConversationID) async throws(SessionError) {
    _ = try await place(of: message, in: id)
    // The archive knows the tree; it has to know all of it.
    await flush()
    guard !writes.hasPending(id) else { throw .archive(lastFailure ?? .busy) }
    let leaf: MessageID?
    do throws(ArchiveFailure) {
      leaf = try await archive.leaf(ofVariant: offset, from: message, in: id)
    } catch {
      throw .archive(error)
    }
    guard let leaf else { throw .noSuchMessage }
    try await setLeaf(leaf, in: id)
  }

  /// Makes another message the end of the current path; `nil` for the beginning. Deleting the last messages is this, and
  /// undoing it is this with the old end.
  package func setLeaf(_ leaf: MessageID?, in id: ConversationID) async throws(SessionError) {
    try await load(id)
    guard conversations[id]?.isAnswering != true else { throw .answering(id) }
    await flush()
    guard !writes.hasPending(id) else { throw .archive(lastFailure ?? .busy) }
    do throws(ArchiveFailure) {
      try await archive.setLeaf(leaf, of: id)
    } catch {
      throw .archive(error)
    }
    guard var fresh = try await read(id) else { throw .noSuchConversation(id.rawValue) }
    // An answer that was begun meanwhile stands on the path of before.
    guard conversations[id]?.isAnswering != true else { throw .answering(id) }
    let draft = conversations[id]?.record.draft ?? ""
    fresh.keepRace(of: conversations[id])
    conversations[id] = fresh
    conversations[id]?.record.draft = draft
    conversations[id]?.touch()
    use(id, isFocus: false)
    if let snapshot = snapshot(of: id) { publish([.opened(snapshot)], of: id) }
  }

  /// A message of the current path with messages around it.
  struct Place {
    /// A piece of the path; the chosen message is its last only if it is the path's last.
    let messages: [Message]
    let index: Int
    /// Messages on the path before these.
    let earlierCount: Int

    var message: Message { messages[index] }
  }

  /// Where a message stands on the path; it is read if it is not in memory.
  func place(of message: MessageID, in id: ConversationID) async throws(SessionError) -> Place {
    try await load(id)
    let window = try await window(of: id, .around(message, Self.windowLimit)).window
    guard !isClosed else { throw .closed }
    guard conversations[id]?.isAnswering != true else { throw .answering(id) }
    guard let held = conversations[id] else { throw .noSuchMessage }
    if let index = held.index(of: message) {
      return Place(messages: held.messages, index: index, earlierCount: held.earlierCount)
    }
    guard let index = window.messages.firstIndex(where: { $0.id == message }) else { throw .noSuchMessage }
    return Place(messages: window.messages, index: index, earlierCount: window.earlierCount)
  }

  /// Ends the path at a place, with its message or just before it.
  func cut(_ id: ConversationID, at place: Place, keeping isKept: Bool) {
    conversations[id]?.cut(
      to: place.messages[..<(isKept ? place.index + 1 : place.index)], earlierCount: place.earlierCount)
  }

  private static func newVariant(beside old: Message) -> Variant {
    Variant(index: old.variant.count + 1, count: old.variant.count + 1)
  }
}
