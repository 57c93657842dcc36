// Moving in browse mode. A step goes to the next message or foldable part; what is longer than the pane is read through
// before the step is taken. The line being read moves only when a key moves it.

import Conversations
import Display

extension AppState {
  /// Begins to browse: at the last message where the end is followed, else at the first one on screen.
  mutating func beginBrowsing(_ cache: inout LayoutCache) -> [Effect] {
    guard let last = transcript.messages.last else {
      show("There is nothing to browse yet")
      return []
    }
    if transcript.anchor == .bottom {
      browse = BrowseState(message: last.id)
    } else {
      browse = BrowseState(message: transcript.messages[topPosition(&cache).message].id)
    }
    return []
  }

  /// Goes back to writing.
  mutating func endBrowsing() {
    browse = nil
    find = nil
  }

  /// The places where a step can stop, of one message: itself, then its foldable parts.
  private func stops(in message: TranscriptMessage) -> [BrowseState] {
    let parts = message.parts.indices.filter { message.parts[$0].isFoldable && !message.parts[$0].isSilent }
    return [BrowseState(message: message.id)] + parts.map { BrowseState(message: message.id, part: $0) }
  }

  /// Takes a step down or up.
  mutating func browse(by step: Int, _ cache: inout LayoutCache) -> [Effect] {
    guard let here = browse, let index = transcript.index(of: here.message) else { return beginBrowsing(&cache) }
    let facts = layoutFacts
    // A long one is read through first.
    if step > 0, !isEndVisible(of: here, &cache, facts) { return scroll(by: max(1, paneRows / 2), &cache) }
    if step < 0, !isStartVisible(of: here, &cache, facts) { return scroll(by: -max(1, paneRows / 2), &cache) }
    let stops = stops(in: transcript.messages[index])
    let place = stops.firstIndex(of: here) ?? 0
    let next: BrowseState?
    if stops.indices.contains(place + step) {
      next = stops[place + step]
    } else if transcript.messages.indices.contains(index + step) {
      let other = self.stops(in: transcript.messages[index + step])
      next = step > 0 ? other.first : other.last
    } else {
      next = nil
    }
    guard let next else {
      if step > 0 { return reachEnd(from: index) }
      return transcript.earlierCount > 0 ? loadMoreIfNear(0) : scrollToStart()
    }
    browse = next
    return reveal(next, goingUp: step < 0, &cache)
  }

  /// Stands on the first or the last message.
  mutating func browse(toEnd: Bool, _ cache: inout LayoutCache) -> [Effect] {
    guard let first = transcript.messages.first, let last = transcript.messages.last else { return [] }
    browse = BrowseState(message: toEnd ? last.id : first.id)
    return toEnd ? follow() : scrollToStart()
  }

  /// The row at which a stop begins.
  func position(of stop: BrowseState, _ cache: inout LayoutCache, _ facts: LayoutFacts) -> PanePosition? {
    guard let index = transcript.index(of: stop.message) else { return nil }
    let message = transcript.messages[index]
    let place: RowPlace = stop.part.map { .part(index: $0, offset: -1) } ?? .header
    return cache.with(message, in: transcript, facts) { layout in
      let found = layout.locate(place, in: message)
      return PanePosition(message: index, stretch: found.stretch, row: found.row)
    }
  }

  /// Moves the pane just as far as a stop needs to be seen.
  private mutating func reveal(_ stop: BrowseState, goingUp: Bool, _ cache: inout LayoutCache) -> [Effect] {
    let facts = layoutFacts
    guard let start = position(of: stop, &cache, facts) else { return [] }
    let top = topPosition(&cache)
    if start < top {
      // Coming from below, the end of a long message is what is read first.
      anchor(at: start, &cache, facts)
      return loadMoreIfNear(start.message)
    }
    let bottom = position(rows: max(0, paneRows - 1), below: top, &cache, facts)
    if let bottom, start >= bottom || (!goingUp && stop.message == transcript.messages.last?.id) {
      if position(rows: paneRows, below: start, &cache, facts) == nil, transcript.holdsEnd { return follow() }
      anchor(at: start, &cache, facts)
    } else if transcript.anchor == .bottom, stop.message != transcript.messages.last?.id {
      // Who reads further up is not carried along by what arrives.
      anchor(at: top, &cache, facts)
    }
    return loadMoreIfNear(start.message)
  }

  private func isStartVisible(of stop: BrowseState, _ cache: inout LayoutCache, _ facts: LayoutFacts) -> Bool {
    guard let start = position(of: stop, &cache, facts) else { return true }
    return start >= topPosition(&cache)
  }

  private func isEndVisible(of stop: BrowseState, _ cache: inout LayoutCache, _ facts: LayoutFacts) -> Bool {
    guard let index = transcript.index(of: stop.message) else { return true }
    let stops = stops(in: transcript.messages[index])
    let place = stops.firstIndex(of: stop) ?? 0
    var next: PanePosition?
    if place + 1 < stops.count {
      next = position(of: stops[place + 1], &cache, facts)
    } else if index + 1 < transcript.messages.count {
      next = PanePosition(message: index + 1, stretch: MessageLayout.Stretch(segment: 0, block: 0), row: 0)
    }
    let beyond = position(rows: paneRows, below: topPosition(&cache), &cache, facts)
    guard let beyond else { return true }
    guard let next else { return false }
    return next <= beyond
  }

  /// Folds or unfolds what browse mode stands on: a part, or all that a message has to fold.
  mutating func toggleFold(_ cache: inout LayoutCache) -> [Effect] {
    guard let here = browse, let message = transcript.message(here.message) else { return [] }
    let parts = here.part.map { [$0] } ?? message.parts.indices.filter { message.parts[$0].isFoldable }
    guard !parts.isEmpty else {
      show("There is nothing to fold here")
      return []
    }
    let keys = parts.map { TranscriptState.PartKey(message: here.message, index: $0) }
    let areFolded = keys.allSatisfy { transcript.isFolded(message.parts[$0.index], $0) }
    keepTop(&cache)
    for key in keys { transcript.foldOverrides[key] = !areFolded }
    return []
  }

  /// Folding never moves the line at the top, wherever the reader is.
  mutating func keepTop(_ cache: inout LayoutCache) {
    guard browse != nil, !transcript.messages.isEmpty, !isEndInSight(&cache) else { return }
    anchor(at: topPosition(&cache), &cache, layoutFacts)
  }

  private func isEndInSight(_ cache: inout LayoutCache) -> Bool {
    transcript.anchor == .bottom && browse?.message == transcript.messages.last?.id
  }

  /// The message that browse mode stands on.
  var browsedMessage: TranscriptMessage? { browse.flatMap { transcript.message($0.message) } }

  /// The text that `y` copies: the part's, or the message's.
  var browsedText: String {
    guard let here = browse, let message = transcript.message(here.message) else { return "" }
    guard let part = here.part, message.parts.indices.contains(part) else { return message.text }
    return String(decoding: message.parts[part].bytes, as: UTF8.self)
  }
}
