// An answer with its prompt and with what was measured while it came: what replaying needs.

package import Conversations
package import Streaming

/// A finished answer as it is kept.
package struct StoredAnswer: Equatable, Sendable {
  package var message: Message
  /// What it answers; `nil` where the conversation begins with it.
  package var prompt: Message?
  /// `nil` where nothing was measured, as with what was imported.
  package var run: RunRecord?

  /// Which one of a conversation.
  package enum Place: Equatable, Sendable {
    case message(MessageID)
    /// The last of the current path, or the n-th last, from one.
    case last(Int)
  }

  /// An answer with its figures.
  package init(message: Message, prompt: Message?, run: RunRecord?) {
    self.message = message
    self.prompt = prompt
    self.run = run
  }

  /// When what of it came; `nil` where no timeline is kept.
  /// - Complexity: linear in the answer and its chunks.
  package var plan: ReplayPlan? {
    guard let run else { return nil }
    let entries = Timeline.entries(of: run.timeline)
    guard !entries.isEmpty else { return nil }
    let chunks = MetricsJSON.metrics(from: run.metricsJSON)?.chunks
    return ReplayPlan(parts: message.parts, entries: entries, chunkCount: chunks)
  }
}

extension SessionStore {
  /// An answer of the current path with what is kept of it; `nil` if there is none such.
  package func answer(_ place: StoredAnswer.Place, of id: ConversationID) async throws(SessionError) -> StoredAnswer? {
    try await load(id)
    let found: (message: Message, prompt: Message?)?
    switch place {
    case .message(let message):
      let window = try await window(of: id, .around(message, 1)).window
      found = window.messages.firstIndex { $0.id == message }.map {
        (window.messages[$0], $0 > 0 ? window.messages[$0 - 1] : nil)
      }
    case .last(let number): found = try await lastAnswer(number, of: id)
    }
    guard let found, found.message.role == .assistant else { return nil }
    return StoredAnswer(message: found.message, prompt: found.prompt, run: try await run(of: found.message))
  }

  /// Goes back along the path, piece by piece.
  private func lastAnswer(_ number: Int, of id: ConversationID) async throws(SessionError) -> (Message, Message?)? {
    var rest = number
    var piece = PathPiece.last(Self.windowLimit)
    var later: Message?
    while true {
      let window = try await window(of: id, piece).window
      for message in window.messages.reversed() {
        // The prompt may be the last message of the piece before.
        if let answer = later, answer.role == .assistant, rest == 0 { return (answer, message) }
        if message.role == .assistant { rest -= 1 }
        later = message
      }
      guard let first = window.messages.first, window.earlierCount > 0 else { break }
      piece = .before(first.id, Self.windowLimit)
    }
    return rest == 0 && later?.role == .assistant ? later.map { ($0, nil) } : nil
  }

  /// The figures of an answer; those of one that has just ended may still be on their way to the disk.
  private func run(of message: Message) async throws(SessionError) -> RunRecord? {
    guard !message.status.isStreaming else { return nil }
    do throws(ArchiveFailure) {
      if let run = try await archive.run(of: message.id) { return run }
      await flush()
      return try await archive.run(of: message.id)
    } catch {
      throw .archive(error)
    }
  }
}
