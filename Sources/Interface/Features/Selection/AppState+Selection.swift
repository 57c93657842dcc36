// Selecting with the mouse: a press sets the start, dragging moves the end, and the text stays marked until it is copied
// or a key says otherwise. Nothing is copied that nobody asked for.

import Conversations
import Display

/// A piece of the conversation that is marked.
struct SelectionState: Equatable, Sendable {
  /// Where the button was pressed.
  var anchor: TextPoint
  /// Where the mouse is now.
  var head: TextPoint
  /// Whether the mouse has moved to another character: a mere click marks nothing.
  var isExtended = false
}

extension AppState {
  /// The marked stretch, if there is one.
  var selectedRange: TextRange? {
    guard let selection, selection.isExtended, transcript.index(of: selection.anchor.message) != nil,
      transcript.index(of: selection.head.message) != nil
    else { return nil }
    return TextRange(selection.anchor, selection.head, in: transcript)
  }

  mutating func beginSelection(at point: Point, _ cache: inout LayoutCache) {
    selection = textPoint(at: point, &cache).map { SelectionState(anchor: $0, head: $0) }
  }

  /// Moves the end to a cell; beyond the pane's edge it scrolls.
  mutating func extendSelection(to point: Point, _ cache: inout LayoutCache) -> [Effect] {
    guard selection != nil else { return [] }
    let pane = ScreenLayout(self).pane
    var effects: [Effect] = []
    if point.y < pane.minY { effects = scroll(by: -1, &cache) }
    if point.y >= pane.maxY { effects = scroll(by: 1, &cache) }
    let inside = Point(
      x: min(max(point.x, pane.minX), pane.maxX - 1), y: min(max(point.y, pane.minY), pane.maxY - 1))
    if let head = textPoint(at: inside, &cache) {
      if head != selection?.anchor { selection?.isExtended = true }
      selection?.head = head
      // What is marked stays where it is while more arrives.
      if transcript.anchor == .bottom { anchor(at: topPosition(&cache), &cache, layoutFacts) }
    }
    return effects
  }

  /// The button was let go: says what can be done with what is marked. A click folds or unfolds a label, and in browse
  /// mode goes to the message.
  mutating func clickOrSelect(at point: Point, _ cache: inout LayoutCache) -> [Effect] {
    if let range = selectedRange {
      let count = copiedText(range, &cache).count
      show("\(Figures.count(count)) character\(count == 1 ? "" : "s") marked: y copies, Esc lets go")
      return []
    }
    selection = nil
    guard let row = row(at: point, &cache) else { return [] }
    let message = transcript.messages[row.position.message]
    let segment = cache.with(message, in: transcript, layoutFacts) { $0.segments[row.position.stretch.segment] }
    switch segment {
    case .label(let part), .tail(let part, _):
      let key = TranscriptState.PartKey(message: message.id, index: part)
      if transcript.anchor != .bottom { anchor(at: topPosition(&cache), &cache, layoutFacts) }
      transcript.foldOverrides[key] = !transcript.isFolded(message.parts[part], key)
    default:
      if browse != nil { browse = BrowseState(message: message.id) }
    }
    return []
  }

  /// Copies what is marked.
  mutating func copySelection(_ cache: inout LayoutCache) -> [Effect] {
    guard let range = selectedRange else { return [] }
    let text = copiedText(range, &cache)
    selection = nil
    return text.isEmpty ? [] : [.copy(text, isExact: false)]
  }
}
