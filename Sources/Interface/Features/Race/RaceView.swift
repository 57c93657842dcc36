// Several models side by side: the picture.

import Conversations
import Display
import Streaming

/// Draws `/race`.
enum RaceView {
  static func draw(
    _ view: RaceState, _ state: AppState, in area: Rect, on surface: inout Surface, cache: inout LayoutCache
  ) {
    guard let race = state.races[view.conversation], !race.lanes.isEmpty else {
      surface.draw(literal: "The race begins …", at: Point(x: area.minX + 1, y: area.minY), in: area, role: .dim)
      return
    }
    let layout = RaceLayout(in: area, lanes: race.lanes.count, focus: view.focus)
    drawTitle(race, view, in: layout.title, on: &surface, glyphs: &cache.glyphs)
    RaceKeysView.draw(race, view, in: layout.keys, on: &surface)
    if let diff = view.diff {
      return RaceDiffView.draw(diff, race, view, in: layout.body, on: &surface, cache: &cache)
    }
    for index in race.lanes.indices {
      if !layout.strip.isEmpty {
        let line = Rect(
          x: layout.strip.minX, y: layout.strip.minY + index, columns: layout.strip.columns, rows: 1)
        LaneHeaderView.drawLine(index, race, view, in: line, on: &surface, glyphs: &cache.glyphs)
      }
      guard !layout.lanes[index].isEmpty else { continue }
      draw(index, race, view, state, layout, on: &surface, cache: &cache)
    }
  }

  private static func drawTitle(
    _ race: RaceTrack, _ view: RaceState, in area: Rect, on surface: inout Surface, glyphs: inout GlyphTable
  ) {
    var right = RowBuilder(columns: area.columns)
    let finished = race.finishedCount
    right.add(finished == race.lanes.count ? "all finished" : "\(finished) of \(race.lanes.count) finished", role: .dim)
    if !view.isSynchronized { right.add(" · each scrolls alone", role: .dim) }
    right.add(" ", role: .dim)
    var left = RowBuilder(columns: area.columns - right.cells.count - 1)
    left.add(race.isBlind ? " Blind race" : " Race", role: .heading, attributes: .bold)
    left.add(" of \(race.lanes.count) models", role: .dim)
    surface.draw(left.cells, at: Point(x: area.minX, y: area.minY), in: area)
    if area.columns >= 40 {
      surface.draw(right.cells, at: Point(x: area.maxX - right.cells.count, y: area.minY), in: area)
    }
  }

  /// A lane: its header, and the rows of its text that are on the screen.
  private static func draw(
    _ index: Int, _ race: RaceTrack, _ view: RaceState, _ state: AppState, _ layout: RaceLayout,
    on surface: inout Surface, cache: inout LayoutCache
  ) {
    let lane = race.lanes[index]
    let area = layout.lanes[index]
    if layout.isSideBySide, area.maxX < layout.body.maxX {
      surface.fill(Rect(x: area.maxX, y: area.minY, columns: 1, rows: area.rows), with: Cell("│", role: .rule))
    }
    LaneHeaderView.draw(
      index, race, view, in: area.splitTop(layout.headerRows).top, isNamed: layout.strip.isEmpty, on: &surface,
      glyphs: &cache.glyphs)
    let text = layout.text(of: index)
    guard !text.isEmpty else { return }
    let facts = state.laneFacts(columns: text.columns)
    let content = LaneRows(message: lane.message, rows: text.rows, hidesFooter: race.isBlind)
    let isFollowing = view.scroll(of: lane.run) == .end
    cache.draw(lane.message, in: state.transcript, facts) { layout, glyphs, scratch in
      guard let top = content.top(view.scroll(of: lane.run), &layout) else { return }
      let pane = MessagePane(state: state, message: lane.message, area: text)
      var y = text.minY
      var first = top.row
      var stretch: MessageLayout.Stretch? = top.stretch
      while let here = stretch, y < text.maxY {
        if content.isShown(here, layout) {
          y = pane.draw(here, from: first, y: y, &layout, on: &surface, &glyphs, &scratch)
        }
        first = 0
        stretch = layout.stretch(after: here)
      }
      if let rest = stretch, !isFollowing, content.isShown(rest, layout) {
        surface.draw(
          literal: " more below ", at: Point(x: text.maxX - 12, y: text.maxY - 1), in: text, role: .notice)
      }
    }
  }
}

/// The last line: what the keys do.
enum RaceKeysView {
  static func draw(_ race: RaceTrack, _ view: RaceState, in area: Rect, on surface: inout Surface) {
    var row = RowBuilder(columns: area.columns)
    row.add(" ", role: .dim)
    let keys = fitting(keys(race, view), columns: area.columns - 2)
    for (index, key) in keys.enumerated() {
      if index > 0 { row.add(" · ", role: .dim) }
      row.add(key.keys, role: .popupKey)
      row.add(" \(key.words)", role: .dim)
    }
    surface.draw(row.cells, at: Point(x: area.minX, y: area.minY), in: area)
  }

  private typealias Hint = (keys: String, words: String)

  /// The most important first; the last one stays in any case.
  private static func keys(_ race: RaceTrack, _ view: RaceState) -> [Hint] {
    if view.diff != nil {
      return race.lanes.count > 2
        ? [("Tab", "another"), ("↑↓", "scroll"), ("Esc", "back")] : [("↑↓", "scroll"), ("Esc", "back")]
    }
    let numbers = "1-\(race.lanes.count)"
    var hints: [Hint] =
      race.isBlind
      ? [(numbers, "is best"), ("t", "tie"), ("n", "no choice"), ("Tab", "lane"), ("d", "diff")]
      : [(numbers, "keep one"), ("a", "keep all"), ("Tab", "lane"), ("d", "diff")]
    let focused = race.lanes.indices.contains(view.focus) ? race.lanes[view.focus] : nil
    if focused?.isLive == true { hints.append(("x", "stop")) }
    if race.isLive { hints.append(("X", "stop all")) }
    hints.append(("s", view.isSynchronized ? "scroll alone" : "scroll together"))
    if !race.isBlind, race.best.isEmpty { hints.append(("b", "blind")) }
    return hints + [("Esc", "leave")]
  }

  private static func fitting(_ hints: [Hint], columns: Int) -> [Hint] {
    var kept = hints
    func width() -> Int { kept.reduce(-3) { $0 + $1.keys.unicodeScalars.count + $1.words.unicodeScalars.count + 4 } }
    while kept.count > 1, width() > columns { kept.remove(at: kept.count - 2) }
    return kept
  }
}
