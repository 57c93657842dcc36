// An answer again, as it came: the picture. Above the answer stand its name and its prompt, below it where and how fast
// it plays.

import Conversations
import Display
import Streaming

/// Draws `/replay`.
enum ReplayView {
  static func draw(
    _ replay: ReplayState, _ state: AppState, in area: Rect, on surface: inout Surface, cache: inout LayoutCache
  ) {
    let layout = ReplayLayout(area)
    drawTitle(replay, in: layout.title, on: &surface, &cache.glyphs)
    guard let player = replay.player else {
      surface.draw(
        literal: "Reading the answer and its timeline …", at: Point(x: layout.answer.minX + 2, y: layout.answer.minY),
        in: layout.answer, role: .dim)
      drawKeys([("q", "close")], in: layout.keys, on: &surface)
      return
    }
    drawPrompt(player.prompt, in: layout.prompt, on: &surface, &cache.glyphs)
    drawAnswer(player, state, layout, on: &surface, &cache)
    let position = player.position(at: state.now)
    ReplayStripView.draw(player.plan, at: position, in: layout.strip, on: &surface)
    drawBar(player, at: position, in: layout.bar, on: &surface)
    drawKeys(keys(of: player), in: layout.keys, on: &surface)
  }

  private static func drawTitle(
    _ replay: ReplayState, in area: Rect, on surface: inout Surface, _ glyphs: inout GlyphTable
  ) {
    var row = RowBuilder(columns: area.columns)
    row.add(" Replay ", role: .heading, attributes: .bold)
    row.add("\(replay.conversation)", role: .dim)
    if let player = replay.player {
      if let model = player.message.origin?.label, row.remaining > 12 {
        row.add(" · ", role: .dim)
        row.addOutside(model, role: .assistant, glyphs: &glyphs, atMost: max(0, row.remaining / 2))
      }
      if let words = words(of: player.plan.fit), row.remaining > 12 {
        row.add(" · ", role: .dim)
        row.addOutside(words, role: .warning, glyphs: &glyphs)
      }
    }
    surface.draw(row.cells, at: Point(x: area.minX, y: area.minY), in: area)
  }

  /// What is to be said of a timeline that does not fit the text.
  static func words(of fit: ReplayPlan.Fit) -> String? {
    switch fit {
    case .exact: nil
    case .cut(let kept, let all):
      "timeline ends after \(Figures.grouped(kept))\(all.map { " of \(Figures.grouped($0))" } ?? "") chunks; "
        + "the rest comes with the last one"
    case .continued(let characters):
      "continued: \(Figures.grouped(characters)) characters came before and are there from the start"
    case .shortened(let characters): "\(Figures.grouped(characters)) characters of the timeline were not kept"
    }
  }

  private static func drawPrompt(
    _ prompt: String, in area: Rect, on surface: inout Surface, _ glyphs: inout GlyphTable
  ) {
    guard !area.isEmpty else { return }
    var row = RowBuilder(columns: area.columns)
    row.add("▌ ", role: .user)
    row.addOutside(prompt.isEmpty ? "(no prompt)" : prompt, role: .user, glyphs: &glyphs)
    surface.draw(row.cells, at: Point(x: area.minX, y: area.minY), in: area)
  }

  // MARK: The answer

  private static func drawAnswer(
    _ player: ReplayPlayer, _ state: AppState, _ layout: ReplayLayout, on surface: inout Surface,
    _ cache: inout LayoutCache
  ) {
    guard !layout.answer.isEmpty else { return }
    // The message is drawn as in the pane, but for the marks of the conversation behind, and at its own time.
    var stage = state
    stage.transcripts = [player.transcript.id: player.transcript]
    stage.shown = player.transcript.id
    (stage.find, stage.selection, stage.hints, stage.browse) = (nil, nil, nil, nil)
    stage.codeShift = 0
    stage.now = player.origin + player.position(at: state.now)
    let message = player.message
    let pane = MessagePane(state: stage, message: message, area: layout.answer)
    let scroller = ReplayScroller(player, layout, state)
    cache.draw(message, in: player.transcript, scroller.facts) { rows, glyphs, scratch in
      let top = scroller.top(&rows)
      var y = layout.answer.minY
      var first = top.row
      var stretch: MessageLayout.Stretch? = top.stretch
      while let here = stretch, y < layout.answer.maxY {
        y = pane.draw(here, from: first, y: y, &rows, on: &surface, &glyphs, &scratch)
        first = 0
        stretch = rows.stretch(after: here)
      }
    }
  }

  // MARK: The bar

  private static func drawBar(
    _ player: ReplayPlayer, at position: Duration, in area: Rect, on surface: inout Surface
  ) {
    guard !area.isEmpty else { return }
    let plan = player.plan
    var row = RowBuilder(columns: area.columns)
    let (sign, word) = player.isAtEnd ? ("■", "end") : player.isPaused ? ("‖", "paused") : ("▶", "playing")
    row.add(
      " \(sign)\(area.columns >= 70 ? " \(word)" : "") \(player.speed.words)",
      role: player.isAtEnd || player.isPaused ? .warning : .success)
    row.add("  \(Figures.seconds(position)) / \(Figures.seconds(plan.end))", role: .text, attributes: .bold)
    // The most wanted first: what has no room is left out.
    var pieces = ["chunk \(Figures.grouped(player.chunks))/\(Figures.grouped(plan.count))"]
    if let last = player.lastChunk { pieces.append("last +\(Figures.short(position - last))") }
    pieces.append("\(plan.rate(at: position).map(Figures.rate) ?? "–") chars/s")
    if player.chunks >= 2 {
      pieces.append("gap \(Figures.short(plan.time(of: player.chunks - 1) - plan.time(of: player.chunks - 2)))")
    }
    if !plan.stalls.isEmpty { pieces.append("\(plan.stalls.count) stall\(plan.stalls.count == 1 ? "" : "s")") }
    for piece in pieces where row.remaining >= piece.unicodeScalars.count + 3 { row.add(" · \(piece)", role: .dim) }
    surface.draw(row.cells, at: Point(x: area.minX, y: area.minY), in: area)
  }

  private static func keys(of player: ReplayPlayer) -> [(String, String)] {
    [
      ("q", "close"), ("Space", player.isAtEnd ? "again" : player.isPaused ? "play" : "pause"), ("←→", "5 s"),
      (", .", "chunk"), ("1 4 m", "1x 4x max"), ("+ -", "speed"), ("↑↓", "scroll"), ("t", "thinking"),
      ("0–9", "tenths"), ("Home End", "ends"),
    ]
  }

  private static func drawKeys(_ keys: [(String, String)], in area: Rect, on surface: inout Surface) {
    guard !area.isEmpty else { return }
    var row = RowBuilder(columns: area.columns)
    for (key, word) in keys {
      guard row.remaining >= key.unicodeScalars.count + word.unicodeScalars.count + 3 else { break }
      row.add(row.cells.isEmpty ? " " : " · ", role: .dim)
      row.add(key, role: .text, attributes: .bold)
      row.add(" \(word)", role: .dim)
    }
    surface.draw(row.cells, at: Point(x: area.minX, y: area.minY), in: area)
  }
}
