// Which piece of a conversation the pane holds: it slides along the path as somebody reads, and is never more than a few
// hundred messages. What comes at the end of a path that is not held is counted.

package import Conversations
import Streaming

/// A piece of a path that was asked for.
package enum WindowRequest: Equatable, Sendable {
  /// What goes on from the piece that is held.
  case earlier, later
  /// The end, to follow it.
  case end
  /// A message, to be put at the top of the pane.
  case message(MessageID, RowPlace)
  case position(Int)
  /// The message that was being read when the whole path was told anew and the end of it came along.
  case back(MessageID, RowPlace)
}

extension TranscriptState {
  /// The most that is held, and what is kept when that is exceeded: hysteresis, so that not every message costs a copy.
  private static let mostMessages = 400
  private static let keptMessages = 320
  private static let mostBytes = 4 << 20
  private static let keptBytes = 3 << 20
  // What may be on the screen besides the message at its top: at three rows for each message, or text of that size, more
  // than any screen has.
  private static let nearMessages = 100
  private static let nearBytes = 256 << 10

  /// Messages on the path.
  package var count: Int { earlierCount + messages.count + laterCount }

  /// Whether nothing of the path comes after what is held.
  package var holdsEnd: Bool { laterCount == 0 }

  /// Messages that came since the reader left the end and that are not held.
  package var unseenMessages: Int { anchor == .bottom ? 0 : min(laterCount, arrivedCount) }

  /// The place of the message at the top of the pane among `messages`, or of the last one at the end.
  var anchorIndex: Int {
    if case .top(let id, _) = anchor, let index = indices[id] { return index }
    return max(0, messages.count - 1)
  }

  /// Whether the messages before `index` may soon be seen whole.
  func isNearBeginning(_ index: Int) -> Bool {
    index < 10 && bytes(of: messages.prefix(index)) < Self.nearBytes
  }

  /// Whether the messages after the pane's may soon be seen whole.
  /// - Parameter rows: the pane's; no message takes less than two.
  func isNearEnd(_ index: Int, rows: Int) -> Bool {
    let rest = messages.dropFirst(index + 1)
    return rest.count < 10 + rows / 2 && bytes(of: rest) < Self.nearBytes
  }

  private func bytes(of messages: ArraySlice<TranscriptMessage>) -> Int { messages.reduce(0) { $0 + $1.textBytes } }

  // MARK: Taking

  /// Takes in all that is known of a conversation. The end of the path comes along; somebody who reads elsewhere stays
  /// there, and `request` is then to be answered.
  mutating func open(_ snapshot: ConversationSnapshot) {
    title = snapshot.record.summary.title
    profile = snapshot.record.profile
    queue = snapshot.record.queue
    let window = snapshot.window
    let isSought = isSought(window)
    if !isSought, let (id, place) = placeElsewhere(than: window) {
      let total = window.earlierCount + window.messages.count + window.laterCount
      arrivedCount += max(0, total - count)
      laterCount = max(1, total - earlierCount - messages.count)
      tail = window.messages.last { $0.role == .assistant }.map {
        TranscriptMessage($0, metrics: snapshot.metrics[$0.id])
      }
      switch request {
      case .end, .message, .position: break
      case .earlier, .later, .back, nil: request = .back(id, place)
      }
      return
    }
    if isSought {
      goToSought(window)
    } else if request == .earlier || request == .later || request.isBack {
      request = nil
    }
    hold(window, snapshot.metrics)
    if case .top(let id, _) = anchor, indices[id] == nil { anchor = .bottom }
    if anchor == .bottom { seenEnd = nil }
  }

  /// The place being read, if it may be on the path and outside that window.
  private func placeElsewhere(than window: MessageWindow) -> (MessageID, RowPlace)? {
    guard case .top(let id, let place) = anchor, let index = indices[id], window.earlierCount + window.laterCount > 0,
      !window.messages.contains(where: { $0.id == id })
    else { return nil }
    // A path that is known from before that message to its end does not lead through it.
    let isGone = window.laterCount == 0 && window.messages.contains { indices[$0.id].map { $0 < index } ?? false }
    return isGone ? nil : (id, place)
  }

  /// Takes in a piece of the path: the one that is sought, or one that goes on from what is held. Any other is late.
  mutating func take(_ window: MessageWindow, _ metrics: [MessageID: StreamMetrics]) {
    if isSought(window) {
      goToSought(window)
      return hold(window, metrics)
    }
    if request == .earlier || request == .later { request = nil }
    guard let first = messages.first, let last = messages.last, let newFirst = window.messages.first,
      let newLast = window.messages.last
    else {
      if messages.isEmpty { hold(window, metrics) }
      return
    }
    let before =
      window.messages.firstIndex { $0.id == first.id } ?? (newLast.id == first.parent ? window.messages.count : nil)
    let after = window.messages.lastIndex { $0.id == last.id } ?? (newFirst.parent == last.id ? -1 : nil)
    if let place = before {
      let new = window.messages[..<place].map { TranscriptMessage($0, metrics: metrics[$0.id]) }
      messages.insert(contentsOf: new, at: 0)
      earlierCount = window.earlierCount
    }
    if let place = after {
      messages += window.messages[(place + 1)...].map { TranscriptMessage($0, metrics: metrics[$0.id]) }
      laterCount = window.laterCount
    }
    if laterCount == 0 { tail = nil }
    reindex()
    trim()
  }

  /// Whether the window is what was jumped to.
  private func isSought(_ window: MessageWindow) -> Bool {
    switch request {
    case .end: window.laterCount == 0
    case .message(let id, _), .back(let id, _): window.messages.contains { $0.id == id }
    case .position(let position):
      (window.earlierCount..<window.earlierCount + window.messages.count).contains(position)
    case .earlier, .later, nil: false
    }
  }

  private mutating func goToSought(_ window: MessageWindow) {
    // Its last row: what the last message grows by from now on is not counted, messages after it are.
    if anchor == .bottom, let last = messages.last { seenEnd = SeenEnd(message: last.id, place: .spacer) }
    switch request {
    case .end:
      anchor = .bottom
      seenEnd = nil
    case .message(let id, let place), .back(let id, let place): anchor = .top(id, place)
    case .position(let position): anchor = .top(window.messages[position - window.earlierCount].id, .header)
    case .earlier, .later, nil: break
    }
    request = nil
  }

  /// Replaces what is held.
  private mutating func hold(_ window: MessageWindow, _ metrics: [MessageID: StreamMetrics]) {
    if window.laterCount == 0 {
      tail = nil
    } else if laterCount == 0 {
      tail = lastAnswer
    }
    messages = window.messages.map { message in
      var new = TranscriptMessage(message, metrics: metrics[message.id])
      if let index = indices[message.id] { new.follow(messages[index]) }
      return new
    }
    earlierCount = window.earlierCount
    laterCount = window.laterCount
    reindex()
    trim()
  }

  /// Takes in a message that is new at the end of the path.
  mutating func add(_ message: Message) {
    guard laterCount == 0 else {
      guard message.id != lastCounted else { return }
      lastCounted = message.id
      laterCount += 1
      arrivedCount += 1
      if message.role == .assistant { tail = TranscriptMessage(message, metrics: nil) }
      return
    }
    arrivedCount = anchor == .bottom ? 0 : arrivedCount + 1
    let new = TranscriptMessage(message, metrics: nil)
    indices[message.id] = messages.count
    textBytes += new.textBytes
    messages.append(new)
    trim()
  }

  // MARK: Letting go

  /// Lets go of messages far from the place being read when too much is held; the farther side first.
  private mutating func trim() {
    guard messages.count > Self.mostMessages || textBytes > Self.mostBytes else { return }
    let near = neighbourhood
    var kept = messages.indices
    var bytes = textBytes
    while kept.count > Self.keptMessages || bytes > Self.keptBytes {
      let above = near.lowerBound - kept.lowerBound
      let below = kept.upperBound - near.upperBound
      guard max(above, below) > 0 else { break }
      let dropped = above >= below ? kept.lowerBound : kept.upperBound - 1
      bytes -= messages[dropped].textBytes
      kept = above >= below ? kept.lowerBound + 1..<kept.upperBound : kept.lowerBound..<kept.upperBound - 1
    }
    guard kept != messages.indices else { return }
    if laterCount == 0, kept.upperBound < messages.count { tail = lastAnswer }
    earlierCount += kept.lowerBound
    laterCount += messages.count - kept.upperBound
    messages = Array(messages[kept])
    reindex()
  }

  /// Messages that may be on the screen or will be with the next key.
  private var neighbourhood: Range<Int> {
    let center = anchorIndex
    var lower = center
    var bytes = 0
    while lower > 0, center - lower < Self.nearMessages, bytes < Self.nearBytes {
      lower -= 1
      bytes += messages[lower].textBytes
    }
    var upper = min(messages.count, center + 1)
    bytes = 0
    while upper < messages.count, upper - center < Self.nearMessages, bytes < Self.nearBytes {
      bytes += messages[upper].textBytes
      upper += 1
    }
    return lower..<upper
  }

  private mutating func reindex() {
    indices = [:]
    indices.reserveCapacity(messages.count)
    textBytes = 0
    for (index, message) in messages.enumerated() {
      indices[message.id] = index
      textBytes += message.textBytes
    }
  }
}

extension WindowRequest? {
  fileprivate var isBack: Bool { if case .back = self { true } else { false } }
}
