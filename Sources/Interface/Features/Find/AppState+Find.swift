// Walking through matches: first in the messages that are held, then, by the archive, in those that are not.

import Conversations
import Display
import Markdown

extension AppState {
  /// Begins to type what is to be found.
  mutating func beginFinding(_ cache: inout LayoutCache) -> [Effect] {
    if browse == nil { _ = beginBrowsing(&cache) }
    find = FindState(origin: transcript.anchor)
    return []
  }

  /// Finds a text at once, as `/find text` does.
  mutating func find(_ text: String, _ cache: inout LayoutCache) -> [Effect] {
    let effects = beginFinding(&cache)
    guard !text.isEmpty else { return effects }
    find?.text = text
    find?.isTyping = false
    return effects + findNext(backward: true, &cache)
  }

  /// A key while the text is typed.
  mutating func handleFind(_ chord: KeyChord, _ cache: inout LayoutCache) -> [Effect] {
    guard var state = find else { return [] }
    switch chord {
    case KeyChord(.escape), .control("c"), .control("g"):
      refold()
      find = nil
      return [.cancelFind] + goBack(to: state.origin)
    case KeyChord(.enter):
      guard !state.text.isEmpty else {
        find = nil
        return []
      }
      state.isTyping = false
      state.unfolded = nil
      find = state
      if let current = state.current { browse = BrowseState(message: current.message) }
      return state.current == nil ? findNext(backward: false, &cache) : []
    case KeyChord(.backspace):
      guard !state.text.isEmpty else {
        find = nil
        return []
      }
      state.text.removeLast()
    case .control("u"): state.text = ""
    default:
      guard case .character(let scalar) = chord.key, chord.modifiers.isEmpty else { return [] }
      state.text.unicodeScalars.append(scalar)
    }
    find = state
    return previewMatch(&cache)
  }

  /// A paste while the text is typed: its first line.
  mutating func pasteIntoFind(_ text: String, _ cache: inout LayoutCache) -> [Effect] {
    find?.text += text.prefix { !$0.isNewline }
    return previewMatch(&cache)
  }

  /// Shows the first match from where the reader was, among what is held.
  private mutating func previewMatch(_ cache: inout LayoutCache) -> [Effect] {
    guard let state = find else { return [] }
    refold()
    find?.current = nil
    let effects = goBack(to: state.origin)
    guard !state.text.isEmpty, !transcript.messages.isEmpty else { return effects }
    let top = topPosition(&cache).message
    let start = firstPoint(&cache)
    let all = Array(transcript.messages.indices)
    // Down from the top of the pane, then what is above it, the nearest first.
    for index in all[top...] + all[...top].reversed() {
      let isAbove = index < top
      if let match = match(in: index, after: index == top ? start : nil, backward: isAbove, &cache) {
        find?.current = match
        return effects + reveal(match, &cache)
      }
    }
    if let match = match(in: top, after: nil, backward: true, &cache) {
      find?.current = match
      return effects + reveal(match, &cache)
    }
    return effects
  }

  /// The place just before the first text in the pane.
  private func firstPoint(_ cache: inout LayoutCache) -> TextPoint? {
    let pane = ScreenLayout(self).pane
    guard var point = textPoint(at: Point(x: pane.minX + MessageLayout.indent, y: pane.minY), &cache) else {
      return nil
    }
    point.offset -= 1
    return point
  }

  /// Goes back to where the reader was, reading what is no longer held.
  private mutating func goBack(to origin: ScrollAnchor) -> [Effect] {
    guard transcript.anchor != origin else { return [] }
    switch origin {
    case .bottom: return follow()
    case .top(let id, let place):
      guard transcript.index(of: id) == nil else {
        transcript.anchor = origin
        return []
      }
      transcript.request = .message(id, place)
      return [.openAround(shown, id)]
    }
  }

  /// Folds again what was unfolded only to show a match that is no longer wanted.
  private mutating func refold() {
    if let key = find?.unfolded { transcript.foldOverrides[key] = nil }
    find?.unfolded = nil
  }

  /// Goes to the next or previous match.
  mutating func findNext(backward: Bool, _ cache: inout LayoutCache) -> [Effect] {
    guard let state = find, !state.text.isEmpty else {
      show("Nothing is looked for; / begins")
      return []
    }
    guard !transcript.messages.isEmpty else { return [] }
    find?.isBackward = backward
    let start: Int
    if let current = state.current, let index = transcript.index(of: current.message) {
      if let match = match(in: index, after: current, backward: backward, &cache) { return stand(on: match, &cache) }
      start = index + (backward ? -1 : 1)
    } else {
      start = backward ? transcript.messages.count - 1 : topPosition(&cache).message
    }
    var index = start
    while transcript.messages.indices.contains(index) {
      if let match = match(in: index, after: nil, backward: backward, &cache) { return stand(on: match, &cache) }
      index += backward ? -1 : 1
    }
    let edge = backward ? transcript.messages.first : transcript.messages.last
    return [.find(shown, state.query, from: edge?.id, backward: backward)]
  }

  /// Takes in what the archive found.
  mutating func take(_ result: FindResult, _ cache: inout LayoutCache) -> [Effect] {
    guard let state = find, result.conversation == shown, result.query == state.query else { return [] }
    // The same result comes again when the matches were counted.
    if let count = result.matchCount, result.match != nil {
      show("In \(count >= FindQuery.mostCounted ? "\(count) or more" : "\(count)") message\(count == 1 ? "" : "s")")
      return []
    }
    guard let message = result.match?.message else {
      find?.current = nil
      show("Not found: \(state.text)", .warning)
      return []
    }
    if result.hasWrapped { show(state.isBackward ? "From the end again" : "From the beginning again") }
    find?.awaited = message
    let effects = transcript.index(of: message) == nil ? show(message: message) : []
    return effects + standOnAwaited(&cache)
  }

  /// Stands on the match in the message that was awaited, once it is there.
  mutating func standOnAwaited(_ cache: inout LayoutCache) -> [Effect] {
    guard let state = find, let message = state.awaited, let index = transcript.index(of: message) else { return [] }
    find?.awaited = nil
    guard let match = match(in: index, after: nil, backward: state.isBackward, &cache) else {
      // Found in what the screen shows otherwise, such as markup: the next step begins behind it.
      let part = state.isBackward ? -1 : Int.max
      find?.current = TextPoint(message: message, part: part, block: 0, offset: 0, end: 0)
      browse = BrowseState(message: message)
      return show(message: message)
    }
    return stand(on: match, &cache)
  }

  private mutating func stand(on match: TextPoint, _ cache: inout LayoutCache) -> [Effect] {
    find?.current = match
    browse = BrowseState(message: match.message)
    return reveal(match, &cache)
  }

  /// The next match in a message after a place of it, or the first; the other way round backwards.
  private func match(
    in index: Int, after current: TextPoint?, backward: Bool, _ cache: inout LayoutCache
  ) -> TextPoint? {
    guard let query = find?.query, !query.isEmpty else { return nil }
    let message = transcript.messages[index]
    return cache.with(message, in: transcript, layoutFacts) {
      $0.match(of: query, in: message, after: current, backward: backward)
    }
  }

  /// Unfolds what hides a match, and moves the pane if it is not in sight.
  private mutating func reveal(_ match: TextPoint, _ cache: inout LayoutCache) -> [Effect] {
    guard let index = transcript.index(of: match.message) else { return [] }
    let message = transcript.messages[index]
    let key = TranscriptState.PartKey(message: message.id, index: match.part)
    if message.parts.indices.contains(match.part), transcript.isFolded(message.parts[match.part], key) {
      if transcript.anchor != .bottom { anchor(at: topPosition(&cache), &cache, layoutFacts) }
      transcript.foldOverrides[key] = false
      if find?.isTyping == true { find?.unfolded = key }
    }
    let facts = layoutFacts
    let transcript = transcript
    let found = cache.with(message, in: transcript, facts) { $0.position(of: match, in: message) }
    guard let found else { return [] }
    let position = PanePosition(message: index, stretch: found.stretch, row: found.row)
    let top = topPosition(&cache)
    let bottom = self.position(rows: max(0, paneRows - 2), below: top, &cache, facts)
    if position >= top, bottom.map({ position <= $0 }) ?? true {
      // In sight: it stays where it is while more arrives.
      if transcript.anchor == .bottom, !isStreaming(shown) { return [] }
      anchor(at: top, &cache, facts)
      return []
    }
    anchor(at: self.position(rows: paneRows / 3, above: position, &cache, facts), &cache, facts)
    return loadMoreIfNear(index)
  }
}

extension MessageLayout {
  /// The next match after a place of this message, or the first one; backwards the one before, or the last.
  mutating func match(
    of query: FindQuery, in message: TranscriptMessage, after current: TextPoint?, backward: Bool
  ) -> TextPoint? {
    var best: TextPoint?
    for part in message.parts.indices {
      let content = message.parts[part]
      guard !content.isSilent else { continue }
      if content.kind == .text, message.role == .assistant {
        for number in 0..<blockCount(of: part) {
          if let current, !backward, (part, number) < (current.part, current.block) { continue }
          if let current, backward, (part, number) > (current.part, current.block) { return best }
          // What cannot hold the text is not laid out for it.
          guard withSource(of: part, in: message, { $0.mayHold(query, inBlock: number) }) == true,
            let block = block(number, of: part, in: message)
          else { continue }
          let ranges = withSource(of: part, in: message) { block.matches(of: query, $0) } ?? []
          for range in ranges {
            let point = TextPoint(
              message: message.id, part: part, block: number, offset: range.lowerBound, end: range.upperBound)
            if let found = Self.choose(point, current, backward, &best) { return found }
          }
        }
      } else {
        for range in query.matches(in: content.bytes) {
          let point = TextPoint(
            message: message.id, part: part, block: 0, offset: range.lowerBound, end: range.upperBound)
          if let found = Self.choose(point, current, backward, &best) { return found }
        }
      }
    }
    return best
  }

  /// Forwards the first one that is later than `current`; backwards the last one that is earlier.
  private static func choose(
    _ point: TextPoint, _ current: TextPoint?, _ backward: Bool, _ best: inout TextPoint?
  ) -> TextPoint? {
    let here = (point.part, point.block, point.offset)
    let there = current.map { ($0.part, $0.block, $0.offset) }
    if backward {
      if there.map({ here < $0 }) ?? true { best = point }
      return nil
    }
    return there.map({ here > $0 }) ?? true ? point : nil
  }

  /// The row that shows a character; `nil` if its part is folded.
  mutating func position(of point: TextPoint, in message: TranscriptMessage) -> (stretch: Stretch, row: Int)? {
    for index in segments.indices {
      switch segments[index] {
      case .plain(let part) where part == point.part:
        guard case .plain(let plain) = contents[part] else { return nil }
        return (Stretch(segment: index, block: 0), plain.row(holding: point.offset))
      case .blocks(let part) where part == point.part:
        guard let block = block(point.block, of: part, in: message) else { return nil }
        let row = withSource(of: part, in: message) { block.row(showing: point.offset, $0) } ?? 0
        return (Stretch(segment: index, block: point.block), row)
      default: break
      }
    }
    return nil
  }
}

extension PartSource {
  /// Whether a text may be shown by a block: it stands in the source, or markup, breaks or characters written otherwise
  /// may make it.
  func mayHold(_ query: FindQuery, inBlock number: Int) -> Bool {
    let range = document.blocks[number].source.clamped(to: 0..<bytes.count)
    if query.firstMatch(in: bytes, range: range) != nil { return true }
    // * _ ~ ` [ ] & \ < $ and line ends
    let makers: [UInt8] = [0x2A, 0x5F, 0x7E, 0x60, 0x5B, 0x5D, 0x26, 0x5C, 0x3C, 0x24, 0x0A, 0x0D]
    return bytes[range].contains { makers.contains($0) }
  }
}

extension BlockLayout {
  /// Where a text stands in the block, in the offsets of `TextPoint`.
  func matches(of query: FindQuery, _ source: PartSource) -> [Range<Int>] {
    switch body {
    case .text(let text): return query.matches(in: text.text.bytes)
    case .code, .table:
      return source.lines(of: block).flatMap { query.matches(in: source.bytes, range: $0.range) }
    case .rule, .empty: return []
    }
  }

  /// The row that shows the character at an offset of `TextPoint`.
  func row(showing offset: Int, _ source: PartSource) -> Int {
    switch body {
    case .text(let text): gap + text.rows.row(holding: offset)
    case .code, .table: row(holdingSource: offset, in: source)
    case .rule, .empty: gap
    }
  }
}
