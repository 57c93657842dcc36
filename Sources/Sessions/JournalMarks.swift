// How much of a growing answer is on the disk already, so that the journal gets only what is new.

import Conversations

/// What the journal holds of one answer. The answer itself is never kept twice for the journal's sake.
struct JournalMarks: Equatable, Sendable {
  private enum Mark: Equatable {
    case text(bytes: Int)
    case thinking(bytes: Int, hasSignature: Bool)
    case call(bytes: Int, isComplete: Bool)
    /// A part that never changes.
    case whole
  }

  private var marks: [Mark] = []

  /// What a message has grown by since, and the marks to keep once that is written.
  /// - Complexity: O(parts + new text).
  func growth(of message: Message) -> (growth: [JournalEntry.Growth], marks: JournalMarks) {
    var growth: [JournalEntry.Growth] = []
    var new = self
    for (index, part) in message.parts.enumerated() {
      let mark = Self.mark(of: part)
      guard index < marks.count else {
        growth.append(.part(index, part))
        new.marks.append(mark)
        continue
      }
      guard mark != marks[index] else { continue }
      new.marks[index] = mark
      switch (part, marks[index]) {
      case (.text(let text), .text(let written)):
        growth.append(.appended(part: index, text: Self.tail(of: text, after: written)))
      case (.thinking(let text, nil), .thinking(let written, false)):
        growth.append(.appended(part: index, text: Self.tail(of: text, after: written)))
      default:
        growth.append(.part(index, part))
      }
    }
    return (growth, new)
  }

  private static func mark(of part: Part) -> Mark {
    switch part {
    case .text(let text): .text(bytes: text.utf8.count)
    case .thinking(let text, let signature): .thinking(bytes: text.utf8.count, hasSignature: signature != nil)
    case .toolCall(let call): .call(bytes: call.arguments.utf8.count, isComplete: call.isComplete)
    case .toolResult, .attachment, .opaque: .whole
    }
  }

  /// The text after so many bytes. Pieces were appended whole, so a piece's end is never inside a scalar.
  private static func tail(of text: String, after bytes: Int) -> String {
    String(Substring(text.utf8.dropFirst(bytes)))
  }
}
