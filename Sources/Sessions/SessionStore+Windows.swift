// Reading a long conversation piece by piece: the end of the path is in memory, the rest is read from the archive when it is
// asked for and not kept.

package import Conversations
import Streaming

extension SessionStore {
  /// Messages in a piece that is read at once: a few screens.
  package static let windowLimit = 60
  /// The most that is read at once, in bytes of text; one message comes along in any case.
  static let windowBytes = 1 << 20

  /// Reads a piece of the current path and tells of it as `.window`.
  ///
  /// Answers that stream stand in it as they are at this moment; what is told of them afterwards goes on from there.
  package func loadWindow(_ id: ConversationID, _ piece: PathPiece) async throws(SessionError) {
    try await load(id)
    let (window, metrics) = try await window(of: id, piece)
    publish([.window(window, metrics: metrics)], of: id, listed: false)
  }

  /// Looks for the next message that holds a text, after `message` or before it, and on from the other end up to that
  /// message, which is looked at last.
  /// - Parameter message: where to begin; `nil` for the beginning, or the end if `backward`.
  /// - Throws: also where the task was cancelled meanwhile: nobody waits for the result.
  package func find(
    _ query: FindQuery, in id: ConversationID, from message: MessageID?, backward: Bool
  ) async throws(SessionError) -> FindResult {
    try await load(id)
    var start = backward ? (conversations[id]?.count ?? 0) - 1 : 0
    if let message {
      let window = try await window(of: id, .around(message, 0)).window
      start = window.earlierCount + (backward ? -1 : 1)
    }
    var result = FindResult(conversation: id, query: query)
    var match = try await matches(of: query, in: id, from: start, backward: backward, limit: 1).first
    let count = conversations[id]?.count ?? 0
    if match == nil, message != nil {
      let other = backward ? count - 1 : 0
      match =
        try await matches(of: query, in: id, from: other, until: start, backward: backward, limit: 1).first
      result.hasWrapped = match != nil
    }
    result.match = match
    result.messageCount = count
    return result
  }

  /// How many messages hold a text, counted up to `FindQuery.mostCounted`.
  package func countMatches(of query: FindQuery, in id: ConversationID) async throws(SessionError) -> Int {
    try await load(id)
    return try await matches(of: query, in: id, from: 0, backward: false, limit: FindQuery.mostCounted).count
  }

  // MARK: Pieces

  /// A piece of the current path, from memory and from the archive.
  func window(
    of id: ConversationID, _ piece: PathPiece
  ) async throws(SessionError) -> (window: MessageWindow, metrics: [MessageID: StreamMetrics]) {
    while true {
      guard !isClosed else { throw .closed }
      guard let conversation = conversations[id] else { throw .noSuchConversation(id.rawValue) }
      let tail = HeldTail(current(conversation), after: conversation.earlierCount)
      let wanted = tail.wanted(for: piece)
      guard let earlier = wanted.earlier else { return (tail.window(of: wanted.held), conversation.metrics) }
      let read: MessageWindow?
      var metrics: [MessageID: StreamMetrics]
      do throws(ArchiveFailure) {
        read = try await archive.window(
          of: id, endingWith: conversation.stem, earlier, maximumBytes: Self.windowBytes)
        metrics = try await figures(of: read?.messages ?? [])
      } catch {
        throw .archive(error)
      }
      guard var window = read else { throw .noSuchMessage }
      // The path may have been cut, or what is held let go of, meanwhile.
      guard let now = conversations[id], now.stem == conversation.stem, now.earlierCount == conversation.earlierCount
      else { continue }
      let held = HeldTail(current(now), after: now.earlierCount)
      if window.laterCount == 0 { window.messages += held.continuation(of: window, for: piece) }
      window.laterCount = max(0, now.count - window.earlierCount - window.messages.count)
      metrics.merge(now.metrics) { $1 }
      return (window, metrics)
    }
  }

  /// Lets go of messages of a conversation that are not needed in memory: all of it is written.
  func letGo(of id: ConversationID) {
    guard conversations[id]?.isAnswering == false, conversations[id]?.isStored == true, !writes.hasPending(id) else {
      return
    }
    conversations[id]?.trim(to: Self.windowLimit, maximumBytes: Self.windowBytes)
  }

  // MARK: Finding

  /// Messages that hold a text, from a place on the path to its end or its beginning. What is in memory is newer than what
  /// the archive has.
  /// - Parameter end: a place that is not looked at any more; `nil` for none.
  private func matches(
    of query: FindQuery, in id: ConversationID, from start: Int, until end: Int? = nil, backward: Bool, limit: Int
  ) async throws(SessionError) -> [PathMatch] {
    var found: [PathMatch] = []
    var next: Int? = start
    while let position = next, found.count < limit {
      if let end, backward ? position <= end : position >= end { break }
      // Nobody waits for what a newer search has taken the place of.
      guard !Task.isCancelled, !isClosed else { throw .closed }
      guard let conversation = conversations[id] else { throw .noSuchConversation(id.rawValue) }
      guard position >= 0, position < conversation.count else { break }
      if position >= conversation.earlierCount {
        let messages = current(conversation)
        let index = position - conversation.earlierCount
        let places = backward ? Array((0...index).reversed()) : Array(index..<messages.count)
        for index in places where found.count < limit && messages[index].parts.contains(where: query.matches) {
          found.append(PathMatch(message: messages[index].id, position: conversation.earlierCount + index))
        }
        next = backward ? conversation.earlierCount - 1 : nil
        continue
      }
      do throws(ArchiveFailure) {
        let page = try await archive.matches(
          of: query, in: id, endingWith: conversation.stem, from: position, backward: backward,
          limit: limit - found.count)
        found += page.matches
        next = page.next ?? (backward ? nil : conversation.earlierCount)
      } catch {
        throw .archive(error)
      }
    }
    guard let end else { return found }
    return found.filter { backward ? $0.position > end : $0.position < end }
  }
}

extension LoadedConversation {
  /// The last message that is not held; the archive has it. `nil` if all are held.
  var stem: MessageID? { earlierCount == 0 ? nil : messages.first?.parent ?? record.leaf }
}

/// The messages in memory as the end of a path, and what of a piece of the path they give. Pure.
struct HeldTail {
  private let messages: [Message]
  private let earlierCount: Int

  /// - Parameter earlierCount: messages on the path before these.
  init(_ messages: [Message], after earlierCount: Int) {
    self.messages = messages
    self.earlierCount = earlierCount
  }

  /// What to read of the path before the held messages, if anything, and what of these belongs to the piece otherwise.
  func wanted(for piece: PathPiece) -> (earlier: PathPiece?, held: Range<Int>) {
    let total = earlierCount + messages.count
    switch piece.bounded {
    case .last(let limit): return wanted(from: total - limit, to: total)
    case .before(let message, let limit):
      guard let place = place(of: message) else { return (piece, 0..<0) }
      return wanted(from: place - limit, to: place)
    case .after(let message, let limit):
      guard let place = place(of: message) else { return (piece, 0..<0) }
      return wanted(from: place + 1, to: min(total, place + 1 + limit))
    case .around(let message, let reach):
      guard let place = place(of: message) else { return (piece, 0..<0) }
      return wanted(around: place, reach, total)
    case .at(let position, let reach):
      let place = min(max(0, position), total - 1)
      return place < earlierCount ? (piece, 0..<0) : wanted(around: place, reach, total)
    }
  }

  private func wanted(around place: Int, _ reach: Int, _ total: Int) -> (earlier: PathPiece?, held: Range<Int>) {
    wanted(from: place - reach, to: min(total, place + reach + 1))
  }

  private func wanted(from start: Int, to end: Int) -> (earlier: PathPiece?, held: Range<Int>) {
    let held = max(0, start - earlierCount)..<max(0, max(start, end) - earlierCount)
    return start >= earlierCount || earlierCount == 0 ? (nil, held) : (.last(earlierCount - max(0, start)), held)
  }

  /// Held messages as a piece of the path.
  func window(of range: Range<Int>) -> MessageWindow {
    let range = range.clamped(to: 0..<messages.count)
    return MessageWindow(
      messages: Array(messages[range]), earlierCount: earlierCount + range.lowerBound,
      laterCount: messages.count - range.upperBound)
  }

  /// What of the held messages belongs to a piece that was read up to them.
  func continuation(of window: MessageWindow, for piece: PathPiece) -> ArraySlice<Message> {
    let end: Int
    switch piece.bounded {
    case .last: end = messages.count
    case .before(let message, _): end = place(of: message).map { $0 - earlierCount } ?? 0
    case .after(_, let limit): end = limit - window.messages.count
    case .around(let message, let reach):
      let place =
        place(of: message)
        ?? window.messages.lastIndex { $0.id == message }.map { $0 + window.earlierCount } ?? earlierCount - 1 - reach
      end = place + reach + 1 - earlierCount
    case .at(let position, let reach): end = max(0, position) + reach + 1 - earlierCount
    }
    return messages.prefix(max(0, end))
  }

  private func place(of message: MessageID) -> Int? {
    messages.lastIndex { $0.id == message }.map { $0 + earlierCount }
  }
}

extension PathPiece {
  /// The same piece with numbers that can be added to places without overflow.
  fileprivate var bounded: PathPiece {
    func bounded(_ number: Int) -> Int { min(max(0, number), 1 << 40) }
    return switch self {
    case .last(let limit): .last(bounded(limit))
    case .before(let message, let limit): .before(message, bounded(limit))
    case .after(let message, let limit): .after(message, bounded(limit))
    case .around(let message, let reach): .around(message, bounded(reach))
    case .at(let position, let reach): .at(bounded(position), bounded(reach))
    }
  }
}
