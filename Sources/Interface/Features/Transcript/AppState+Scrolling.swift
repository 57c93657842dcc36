// Moving the pane. The position is a message and a place in it, so that what streams, folds or resizes never moves the
// line that is being read.

import Conversations
import Display

/// A row of the pane: which message, and which of its rows.
struct PanePosition: Equatable {
  var message: Int
  var row: Int
}

extension AppState {
  var layoutFacts: LayoutFacts {
    LayoutFacts(columns: ScreenLayout(self).pane.columns, utcOffsetSeconds: utcOffsetSeconds)
  }

  /// Rows of the message pane.
  var paneRows: Int { ScreenLayout(self).pane.rows }

  private func height(of index: Int, _ cache: inout LayoutCache, _ facts: LayoutFacts) -> Int {
    cache.layout(of: transcript.messages[index], in: transcript, with: facts).height
  }

  /// The row at the top of the pane.
  /// - Complexity: O(messages on screen).
  func topPosition(_ cache: inout LayoutCache) -> PanePosition {
    let messages = transcript.messages
    guard !messages.isEmpty else { return PanePosition(message: 0, row: 0) }
    let facts = layoutFacts
    if case .top(let id, let place) = transcript.anchor, let index = transcript.index(of: id) {
      let layout = cache.layout(of: messages[index], in: transcript, with: facts)
      return PanePosition(message: index, row: layout.index(of: place))
    }
    // The last spacer needs no row: text ends right above the composer.
    return position(
      rows: max(0, paneRows - 1),
      above: PanePosition(message: messages.count - 1, row: height(of: messages.count - 1, &cache, facts) - 2), &cache,
      facts)
  }

  /// The position so many rows above another one, or the first row there is.
  private func position(
    rows: Int, above start: PanePosition, _ cache: inout LayoutCache, _ facts: LayoutFacts
  ) -> PanePosition {
    var position = start
    var rest = rows
    while rest > position.row {
      guard position.message > 0 else { return PanePosition(message: 0, row: 0) }
      rest -= position.row + 1
      position.message -= 1
      position.row = height(of: position.message, &cache, facts) - 1
    }
    position.row -= rest
    return position
  }

  /// The position so many rows below another one; `nil` when the end is reached before.
  private func position(
    rows: Int, below start: PanePosition, _ cache: inout LayoutCache, _ facts: LayoutFacts
  ) -> PanePosition? {
    var position = PanePosition(message: start.message, row: start.row + rows)
    while position.message < transcript.messages.count {
      let height = height(of: position.message, &cache, facts)
      if position.row < height { return position }
      position.row -= height
      position.message += 1
    }
    return nil
  }

  /// Moves the pane by rows: up is negative.
  mutating func scroll(by rows: Int, _ cache: inout LayoutCache) -> [Effect] {
    guard !transcript.messages.isEmpty, rows != 0 else { return [] }
    let facts = layoutFacts
    let top = topPosition(&cache)
    if rows < 0 {
      let target = position(rows: -rows, above: top, &cache, facts)
      if target != top { anchor(at: target, &cache, facts) }
      return loadMoreIfNear(target.message)
    }
    guard transcript.anchor != .bottom else { return [] }
    guard let target = position(rows: rows, below: top, &cache, facts),
      position(rows: paneRows, below: target, &cache, facts) != nil
    else { return reachEnd(from: top.message) }
    anchor(at: target, &cache, facts)
    return loadMoreIfNear(target.message)
  }

  private mutating func anchor(at position: PanePosition, _ cache: inout LayoutCache, _ facts: LayoutFacts) {
    if transcript.anchor == .bottom, let last = transcript.messages.indices.last {
      transcript.seenEnd = TranscriptState.SeenEnd(
        message: transcript.messages[last].id, rows: height(of: last, &cache, facts), columns: facts.columns)
    }
    let message = transcript.messages[position.message]
    let layout = cache.layout(of: message, in: transcript, with: facts)
    transcript.anchor = .top(message.id, layout.place(at: position.row))
  }

  /// Puts the next or previous message's header at the top.
  mutating func scrollToMessage(offset: Int, _ cache: inout LayoutCache) -> [Effect] {
    guard !transcript.messages.isEmpty else { return [] }
    let facts = layoutFacts
    let top = topPosition(&cache)
    let target = offset < 0 ? (top.row > 0 ? top.message : top.message - 1) : top.message + 1
    guard target < transcript.messages.count else { return reachEnd(from: top.message) }
    let position = PanePosition(message: max(0, target), row: 0)
    if offset > 0, self.position(rows: paneRows, below: position, &cache, facts) == nil {
      return reachEnd(from: top.message)
    }
    anchor(at: position, &cache, facts)
    return loadMoreIfNear(position.message)
  }

  static let mostUnseenRows = 999

  /// Rows that came since the reader left the end.
  func unseenRows(_ cache: inout LayoutCache) -> Int {
    guard transcript.anchor != .bottom, let seen = transcript.seenEnd, let start = transcript.index(of: seen.message)
    else {
      return 0
    }
    let facts = layoutFacts
    // At another width the rows of that message count anew.
    var rows = seen.columns == facts.columns ? height(of: start, &cache, facts) - seen.rows : 0
    for index in transcript.messages.indices.dropFirst(start + 1) {
      rows += height(of: index, &cache, facts)
      // Nobody needs it more exactly, and a long conversation is not to be laid out for it.
      if rows > Self.mostUnseenRows { return Self.mostUnseenRows }
    }
    return max(0, rows)
  }
}
