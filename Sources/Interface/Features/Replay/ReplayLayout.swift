// Where the parts of the replay stand, and which row of the answer is at the top: the answer follows its end, or stands
// where the reader has put it.

import Conversations
import Display

/// The areas of the replay.
struct ReplayLayout: Equatable {
  let title: Rect
  let prompt: Rect
  let answer: Rect
  /// A picture of the whole time, with the place in it below.
  let strip: Rect
  let bar: Rect
  let keys: Rect

  init(_ area: Rect) {
    var rest = area
    (title, rest) = rest.splitTop(min(1, rest.rows))
    (rest, keys) = rest.splitBottom(rest.rows >= 3 ? 1 : 0)
    (rest, bar) = rest.splitBottom(rest.rows >= 2 ? 1 : 0)
    (rest, strip) = rest.splitBottom(rest.rows >= 5 ? 2 : 0)
    (prompt, rest) = rest.splitTop(rest.rows >= 4 ? 1 : 0)
    answer = rest
  }
}

/// A row of the answer: a stretch of its layout, and a row of that.
typealias ReplayRow = (stretch: MessageLayout.Stretch, row: Int)

/// Finds rows of the one message that a replay shows.
struct ReplayScroller {
  let transcript: TranscriptState
  let facts: LayoutFacts
  let rows: Int

  init(_ player: ReplayPlayer, _ layout: ReplayLayout, _ state: AppState) {
    transcript = player.transcript
    facts = LayoutFacts(
      columns: layout.answer.columns, utcOffsetSeconds: state.utcOffsetSeconds, wrapsCode: state.wrapsCode)
    rows = layout.answer.rows
  }

  private var message: TranscriptMessage { transcript.messages[0] }

  /// The row at the top.
  /// - Complexity: O(rows on screen).
  func top(_ layout: inout MessageLayout) -> ReplayRow {
    if case .top(_, let place) = transcript.anchor { return layout.locate(place, in: message) }
    return above(end(&layout), by: max(0, rows - 1), &layout)
  }

  /// The row at the top after moving by rows, up if negative; `nil` at the end, which is followed then.
  func top(movedBy offset: Int, _ layout: inout MessageLayout) -> RowPlace? {
    let here = top(&layout)
    let moved: ReplayRow
    if offset < 0 {
      moved = above(here, by: -offset, &layout)
      // All of it is on the screen: there is nowhere to go.
      if moved == here, here.row == 0, here.stretch == layout.firstStretch, case .bottom = transcript.anchor {
        return below(here, by: rows, &layout) == nil ? nil : layout.place(at: here.stretch, row: here.row, in: message)
      }
    } else {
      guard let below = below(here, by: offset, &layout), self.below(below, by: rows, &layout) != nil else {
        return nil
      }
      moved = below
    }
    return layout.place(at: moved.stretch, row: moved.row, in: message)
  }

  /// The last row before the blank one.
  private func end(_ layout: inout MessageLayout) -> ReplayRow {
    let last = layout.stretch(before: layout.lastStretch) ?? layout.firstStretch
    return (last, layout.height(of: last, in: message) - 1)
  }

  private func above(_ start: ReplayRow, by count: Int, _ layout: inout MessageLayout) -> ReplayRow {
    var position = start
    var rest = count
    while rest > position.row {
      rest -= position.row + 1
      guard let above = layout.stretch(before: position.stretch) else { return (layout.firstStretch, 0) }
      position = (above, layout.height(of: above, in: message) - 1)
    }
    position.row -= rest
    return position
  }

  private func below(_ start: ReplayRow, by count: Int, _ layout: inout MessageLayout) -> ReplayRow? {
    var position = start
    position.row += count
    while true {
      let height = layout.height(of: position.stretch, in: message)
      if position.row < height { return position }
      position.row -= height
      guard let below = layout.stretch(after: position.stretch) else { return nil }
      position.stretch = below
    }
  }
}
