// Moving the pane. The position is a message and a place in it, so that what streams, folds or resizes never moves the
// line that is being read. Rows are found by walking from stretch to stretch, up or down from where the reader is: what
// is far away is never laid out.

import Conversations
import Display

/// A row of the pane: which message, which stretch of it, and which row of that.
struct PanePosition: Equatable, Comparable {
  var message: Int
  var stretch: MessageLayout.Stretch
  var row: Int

  static func < (left: PanePosition, right: PanePosition) -> Bool {
    if left.message != right.message { return left.message < right.message }
    return (left.stretch, left.row) < (right.stretch, right.row)
  }

  static let start = PanePosition(message: 0, stretch: MessageLayout.Stretch(segment: 0, block: 0), row: 0)
}

extension AppState {
  var layoutFacts: LayoutFacts {
    LayoutFacts(
      columns: ScreenLayout(self).pane.columns, utcOffsetSeconds: utcOffsetSeconds, wrapsCode: wrapsCode)
  }

  /// Rows of the message pane.
  var paneRows: Int { ScreenLayout(self).pane.rows }

  /// The row at the top of the pane.
  /// - Complexity: O(rows on screen).
  func topPosition(_ cache: inout LayoutCache) -> PanePosition {
    let messages = transcript.messages
    guard !messages.isEmpty else { return .start }
    let facts = layoutFacts
    if case .top(let id, let place) = transcript.anchor, let index = transcript.index(of: id) {
      let found = cache.with(messages[index], in: transcript, facts) { $0.locate(place, in: messages[index]) }
      return PanePosition(message: index, stretch: found.stretch, row: found.row)
    }
    // The last spacer needs no row: text ends right above the composer.
    return position(rows: max(0, paneRows - 1), above: lastRow(&cache, facts), &cache, facts)
  }

  /// The last row before the blank one that ends the last message.
  private func lastRow(_ cache: inout LayoutCache, _ facts: LayoutFacts) -> PanePosition {
    let index = transcript.messages.count - 1
    let message = transcript.messages[index]
    return cache.with(message, in: transcript, facts) { layout in
      let last = layout.stretch(before: layout.lastStretch) ?? layout.firstStretch
      return PanePosition(message: index, stretch: last, row: layout.height(of: last, in: message) - 1)
    }
  }

  /// The position so many rows above another one, or the first row there is.
  func position(
    rows: Int, above start: PanePosition, _ cache: inout LayoutCache, _ facts: LayoutFacts
  ) -> PanePosition {
    var position = start
    var rest = rows
    while rest > 0 {
      let message = transcript.messages[position.message]
      let isFound = cache.with(message, in: transcript, facts) { layout in
        while rest > position.row {
          rest -= position.row + 1
          guard let above = layout.stretch(before: position.stretch) else { return false }
          position.stretch = above
          position.row = layout.height(of: above, in: message) - 1
        }
        position.row -= rest
        return true
      }
      if isFound { return position }
      guard position.message > 0 else { return .start }
      position.message -= 1
      let before = transcript.messages[position.message]
      cache.with(before, in: transcript, facts) { layout in
        position.stretch = layout.lastStretch
        position.row = layout.height(of: layout.lastStretch, in: before) - 1
      }
    }
    return position
  }

  /// The position so many rows below another one; `nil` when the end is reached before.
  func position(
    rows: Int, below start: PanePosition, _ cache: inout LayoutCache, _ facts: LayoutFacts
  ) -> PanePosition? {
    var position = start
    position.row += rows
    while position.message < transcript.messages.count {
      let message = transcript.messages[position.message]
      let isFound = cache.with(message, in: transcript, facts) { layout in
        while true {
          let height = layout.height(of: position.stretch, in: message)
          if position.row < height { return true }
          position.row -= height
          guard let below = layout.stretch(after: position.stretch) else { return false }
          position.stretch = below
        }
      }
      if isFound { return position }
      position.message += 1
      position.stretch = MessageLayout.Stretch(segment: 0, block: 0)
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

  /// Puts a row at the top of the pane and keeps it there.
  mutating func anchor(at position: PanePosition, _ cache: inout LayoutCache, _ facts: LayoutFacts) {
    if transcript.anchor == .bottom, !transcript.messages.isEmpty {
      let end = lastRow(&cache, facts)
      transcript.seenEnd = TranscriptState.SeenEnd(
        message: transcript.messages[end.message].id, place: place(of: end, &cache, facts))
    }
    transcript.anchor = .top(transcript.messages[position.message].id, place(of: position, &cache, facts))
  }

  func place(of position: PanePosition, _ cache: inout LayoutCache, _ facts: LayoutFacts) -> RowPlace {
    let message = transcript.messages[position.message]
    return cache.with(message, in: transcript, facts) {
      $0.place(at: position.stretch, row: position.row, in: message)
    }
  }

  /// Puts the next or previous message's header at the top.
  mutating func scrollToMessage(offset: Int, _ cache: inout LayoutCache) -> [Effect] {
    guard !transcript.messages.isEmpty else { return [] }
    let facts = layoutFacts
    let top = topPosition(&cache)
    let isAtHeader = top.stretch == MessageLayout.Stretch(segment: 0, block: 0)
    let target = offset < 0 ? (isAtHeader ? top.message - 1 : top.message) : top.message + 1
    guard target < transcript.messages.count else { return reachEnd(from: top.message) }
    var position = PanePosition.start
    position.message = max(0, target)
    if offset > 0, self.position(rows: paneRows, below: position, &cache, facts) == nil {
      return reachEnd(from: top.message)
    }
    anchor(at: position, &cache, facts)
    return loadMoreIfNear(position.message)
  }

  static let mostUnseenRows = 999

  /// Rows that came since the reader left the end.
  /// - Complexity: O(rows that came), up to `mostUnseenRows`.
  func unseenRows(_ cache: inout LayoutCache) -> Int {
    guard transcript.anchor != .bottom, let seen = transcript.seenEnd, let start = transcript.index(of: seen.message)
    else {
      return 0
    }
    let facts = layoutFacts
    var rows = 0
    var isFirst = true
    for message in transcript.messages[start...] {
      cache.with(message, in: transcript, facts) { layout in
        var stretch: MessageLayout.Stretch? = layout.firstStretch
        if isFirst {
          let place = layout.locate(seen.place, in: message)
          // The row itself was seen, and the blank one below it is nothing to see.
          rows = layout.height(of: place.stretch, in: message) - place.row - 1
          stretch = layout.stretch(after: place.stretch)
        }
        while let next = stretch, rows < Self.mostUnseenRows {
          // The end of thinking is not there to stay.
          if next != layout.lastStretch, !layout.isTail(next) { rows += layout.height(of: next, in: message) }
          stretch = layout.stretch(after: next)
        }
        if !isFirst { rows += 1 }
      }
      isFirst = false
      // Nobody needs it more exactly, and a long conversation is not to be laid out for it.
      if rows >= Self.mostUnseenRows { return Self.mostUnseenRows }
    }
    return max(0, rows)
  }
}
