// Merging updates tells the same as applying them one by one.

import Conversations
import Diagnostics
import Streaming
import Testing

@Suite("Session update")
struct SessionUpdateTests {
  /// What a watcher knows: texts of messages by conversation, lines of the list, runs, notices.
  private struct Known: Equatable {
    var parts: [ConversationID: [MessageID: [Part]]] = [:]
    var queues: [ConversationID: [Prompt]] = [:]
    var summaries: [ConversationID: ConversationSummary] = [:]
    var runs: [RunID: RunSnapshot] = [:]
    var notices: [Explanation] = []

    mutating func apply(_ update: SessionUpdate) {
      for id in update.removed { summaries[id] = nil }
      summaries.merge(update.summaries) { _, new in new }
      runs.merge(update.runs) { _, new in new }
      notices += update.notices
      for (id, changes) in update.changes {
        for change in changes {
          switch change {
          case .opened(let snapshot):
            parts[id] = Dictionary(uniqueKeysWithValues: snapshot.window.messages.map { ($0.id, $0.parts) })
            queues[id] = snapshot.record.queue
          case .message(let message): parts[id, default: [:]][message.id] = message.parts
          case .appended(let message, let part, let text): parts[id]?[message]?[part].appendText(text)
          case .part(let message, let index, let part):
            guard let count = parts[id]?[message]?.count else { continue }
            if index == count { parts[id]?[message]?.append(part) } else { parts[id]?[message]?[index] = part }
          case .queue(let queue): queues[id] = queue
          case .ended, .window, .profile: break
          }
        }
      }
    }
  }

  @Test("Merged in any grouping, updates tell the same", arguments: 0..<60 as Range<UInt64>)
  func mergeEqualsOneByOne(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let updates = Self.history(using: &generator)
    var oneByOne = Known()
    for update in updates { oneByOne.apply(update) }
    var grouped = Known()
    var waiting = SessionUpdate()
    for update in updates {
      waiting.merge(update)
      if Int.random(in: 0..<5, using: &generator) == 0 {
        grouped.apply(waiting)
        waiting = SessionUpdate()
      }
    }
    grouped.apply(waiting)
    // Compared first: both values are long, and the seed is enough to see them again.
    let isSame = grouped == oneByOne
    #expect(isSame, "seed \(seed)")
  }

  @Test("Growing text is kept in few pieces, each of them short")
  func growthIsJoined() throws {
    var gathered = SessionUpdate()
    let conversation = try #require(ConversationID("c"))
    for _ in 0..<10_000 {
      var update = SessionUpdate()
      update.changes[conversation] = [.appended(answerID, part: 0, text: "word ")]
      gathered.merge(update)
    }
    let changes = gathered.changes[conversation] ?? []
    #expect(changes.count < 60)
    let text = changes.reduce(into: "") { text, change in
      if case .appended(_, _, let piece) = change { text += piece }
    }
    #expect(text == String(repeating: "word ", count: 10_000))
  }

  /// Updates as a store makes them: messages begin, grow in their last part, and conversations come and go.
  private static func history(using generator: inout SeededGenerator) -> [SessionUpdate] {
    let conversations = ["a", "b"].compactMap { ConversationID($0) }
    var messages: [ConversationID: [Message]] = [:]
    return (0..<120).map { step in
      var update = SessionUpdate()
      let id = conversations[Int.random(in: 0..<2, using: &generator)]
      var message = messages[id]?.last
      switch Int.random(in: 0..<10, using: &generator) {
      case 0:
        let new = Message(
          id: .make(at: Timestamp(milliseconds: Int64(step)), using: &generator), parent: message?.id, role: .assistant,
          created: Timestamp(milliseconds: 0), parts: [.text("")], status: .streaming)
        messages[id, default: []].append(new)
        update.changes[id] = [.message(new)]
        return update
      case 1:
        update.removed = [id]
        return update
      case 2:
        update.summaries[id] = summary(id, step)
        return update
      case 3:
        update.runs[RunID(high: 0, low: UInt64.random(in: 0..<3, using: &generator))] = RunSnapshot(
          id: RunID(high: 0, low: 0), conversation: id, message: answerID,
          model: ModelReference(provider: "p", model: "\(step)"), phase: .writing, started: instant(0))
        return update
      case 4:
        update.notices = [Explanation(kind: .server, summary: "\(step)")]
        return update
      case 5:
        update.changes[id] = [
          .opened(
            ConversationSnapshot(
              record: ConversationRecord(
                summary: summary(id, step),
                profile: Profile(name: "w", model: ModelReference(provider: "p", model: "m")), leaf: nil,
                created: Timestamp(milliseconds: 0)),
              window: MessageWindow(messages: messages[id] ?? [], earlierCount: 0)))
        ]
        return update
      case 6:
        update.changes[id] = [.queue([Prompt(text: "\(step)")])]
        return update
      case 7:
        guard message != nil else { return update }
        message?.parts.append(.thinking("", signature: nil))
      default:
        guard message != nil else { return update }
      }
      guard var grown = message, let last = grown.parts.indices.last else { return update }
      var changes: [TranscriptChange] = []
      if let old = messages[id]?.last?.parts.count, old < grown.parts.count {
        changes.append(.part(grown.id, index: last, grown.parts[last]))
      }
      for _ in 0..<Int.random(in: 1...4, using: &generator) {
        grown.parts[last].appendText("w\(step) ")
        changes.append(.appended(grown.id, part: last, text: "w\(step) "))
      }
      messages[id]?.removeLast()
      messages[id]?.append(grown)
      update.changes[id] = changes
      return update
    }
  }

  private static func summary(_ id: ConversationID, _ step: Int) -> ConversationSummary {
    ConversationSummary(
      id: id, title: "t\(step)", updated: Timestamp(milliseconds: Int64(step)), messageCount: step, profileName: "w",
      model: ModelReference(provider: "p", model: "m"))
  }
}
