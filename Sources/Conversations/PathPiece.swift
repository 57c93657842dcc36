// Pieces of a conversation's path, and finding places in it: how a long conversation is read without holding it.

/// Which piece of a path is wanted. Numbers count from zero at the root; counts below zero mean none.
package enum PathPiece: Equatable, Sendable {
  /// The last messages, at most so many.
  case last(Int)
  /// At most so many messages that end just before this one.
  case before(MessageID, Int)
  /// At most so many messages that begin just after this one.
  case after(MessageID, Int)
  /// This message, with at most so many on both sides.
  case around(MessageID, Int)
  /// The message with this number, or the nearest there is, with at most so many on both sides.
  case at(Int, Int)
}

/// A message of a path that holds what was looked for.
package struct PathMatch: Equatable, Sendable {
  package var message: MessageID
  /// Its place on the path, from zero.
  package var position: Int

  /// A match at that place.
  package init(message: MessageID, position: Int) {
    self.message = message
    self.position = position
  }
}

/// What looking through a piece of a path gave.
package struct MatchPage: Equatable, Sendable {
  /// In the order in which they were looked at.
  package var matches: [PathMatch]
  /// Where looking goes on; `nil` at the end.
  package var next: Int?

  /// Matches of a piece.
  package init(matches: [PathMatch], next: Int?) {
    self.matches = matches
    self.next = next
  }
}

/// What finding in a conversation gave.
package struct FindResult: Equatable, Sendable {
  package var conversation: ConversationID
  package var query: FindQuery
  /// The next message that matches; `nil` if none does.
  package var match: PathMatch?
  /// Whether the match lies beyond the conversation's end, seen from where looking began: it went on at the other end.
  package var hasWrapped: Bool
  /// Messages on the path.
  package var messageCount: Int
  /// Messages that match, counted up to `FindQuery.mostCounted`; `nil` while they are not counted.
  package var matchCount: Int?

  /// A result, by default without a match.
  package init(
    conversation: ConversationID, query: FindQuery, match: PathMatch? = nil, hasWrapped: Bool = false,
    messageCount: Int = 0, matchCount: Int? = nil
  ) {
    self.conversation = conversation
    self.query = query
    self.match = match
    self.hasWrapped = hasWrapped
    self.messageCount = messageCount
    self.matchCount = matchCount
  }
}

extension Message {
  /// About how many bytes it takes: what it says, files included.
  /// - Complexity: O(parts).
  package var byteCount: Int { parts.reduce(0) { $0 + $1.byteCount } }
}

extension Part {
  /// Bytes of its content; text as UTF-8.
  package var byteCount: Int {
    switch self {
    case .text(let text), .thinking(let text, _): text.utf8.count
    case .toolCall(let call): call.name.utf8.count + call.arguments.utf8.count
    case .toolResult(let result): result.name.utf8.count + result.content.utf8.count
    case .attachment(let file): file.bytes.count
    case .opaque(let piece): piece.content.utf8.count
    }
  }
}
