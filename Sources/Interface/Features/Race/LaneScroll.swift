// Moving through one answer of a race. Rows are found as in the pane, by walking from stretch to stretch; the header is
// left out, for a lane has one of its own.

import Conversations
import Display

/// Where a lane stands.
package enum LaneScroll: Equatable, Sendable {
  /// At its end, following what arrives.
  case end
  /// The row at its top.
  case top(RowPlace)
}

/// A row of a lane.
struct LanePosition: Equatable, Comparable {
  var stretch: MessageLayout.Stretch
  var row: Int

  static func < (left: LanePosition, right: LanePosition) -> Bool {
    (left.stretch, left.row) < (right.stretch, right.row)
  }
}

/// The rows of a message that a lane shows.
struct LaneRows {
  let message: TranscriptMessage
  let rows: Int
  /// Whether what was measured, and how it ended in words of the service, is left out.
  let hidesFooter: Bool

  func isShown(_ stretch: MessageLayout.Stretch, _ layout: MessageLayout) -> Bool {
    switch layout.segments[stretch.segment] {
    case .header, .spacer: false
    case .footer: !hidesFooter && hasEnding
    default: true
    }
  }

  /// Whether there is more to be said of its end than the figures, which stand above the lane.
  private var hasEnding: Bool {
    guard case .complete(let reason) = message.status else { return true }
    return reason != nil && reason != .stop
  }

  /// The first row; `nil` where nothing is to be seen.
  func first(_ layout: MessageLayout) -> LanePosition? {
    var stretch: MessageLayout.Stretch? = layout.firstStretch
    while let here = stretch {
      if isShown(here, layout) { return LanePosition(stretch: here, row: 0) }
      stretch = layout.stretch(after: here)
    }
    return nil
  }

  /// The row at the top when the last row stands at the bottom.
  func end(_ layout: inout MessageLayout) -> LanePosition? {
    var stretch: MessageLayout.Stretch? = layout.lastStretch
    while let here = stretch, !isShown(here, layout) { stretch = layout.stretch(before: here) }
    guard let last = stretch else { return nil }
    let bottom = LanePosition(stretch: last, row: layout.height(of: last, in: message) - 1)
    return moved(bottom, by: -(max(1, rows) - 1), &layout)
  }

  /// The row at the top.
  func top(_ scroll: LaneScroll, _ layout: inout MessageLayout) -> LanePosition? {
    guard let end = end(&layout) else { return nil }
    guard case .top(let place) = scroll else { return end }
    let found = layout.locate(place, in: message)
    return min(end, max(LanePosition(stretch: found.stretch, row: found.row), first(layout) ?? end))
  }

  /// So many rows farther down, or up if negative; not beyond the first row or the last stretch.
  func moved(_ position: LanePosition, by rows: Int, _ layout: inout MessageLayout) -> LanePosition {
    var position = position
    position.row += rows
    while position.row < 0 {
      guard let above = layout.stretch(before: position.stretch), isShown(above, layout) else {
        position.row = 0
        return position
      }
      position.stretch = above
      position.row += layout.height(of: above, in: message)
    }
    while true {
      let height = layout.height(of: position.stretch, in: message)
      guard position.row >= height else { return position }
      guard let below = layout.stretch(after: position.stretch), isShown(below, layout) else {
        position.row = height - 1
        return position
      }
      position.stretch = below
      position.row -= height
    }
  }

  /// Where a lane stands at its beginning: at its end too, if all of it is to be seen.
  func start(_ layout: inout MessageLayout) -> LaneScroll {
    guard let end = end(&layout), let first = first(layout), first < end else { return .end }
    return .top(layout.place(at: first.stretch, row: first.row, in: message))
  }

  /// Where a lane stands after it was moved.
  func scrolled(_ scroll: LaneScroll, by rows: Int, _ layout: inout MessageLayout) -> LaneScroll {
    guard let end = end(&layout), let top = top(scroll, &layout) else { return .end }
    let target = moved(top, by: rows, &layout)
    // Following begins again at the end, and only when somebody goes down to it.
    if target >= end, rows > 0 { return .end }
    return .top(layout.place(at: min(target, end).stretch, row: min(target, end).row, in: message))
  }
}
