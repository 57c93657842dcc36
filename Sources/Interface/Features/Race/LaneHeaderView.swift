// What stands above a lane: which model, how it stands, what was measured. Of a blind race only that it answers or has
// answered.

import Conversations
import Display
import Streaming

/// Draws the header of a lane.
enum LaneHeaderView {
  /// Draws as many of its rows as there is room for: name and place, figures in a row or two, a rule.
  /// - Parameter isNamed: whether the name is among them; a list above has it otherwise.
  static func draw(
    _ index: Int, _ race: RaceTrack, _ view: RaceState, in area: Rect, isNamed: Bool, on surface: inout Surface,
    glyphs: inout GlyphTable
  ) {
    var rest = area
    if isNamed {
      let (top, below) = rest.splitTop(1)
      drawName(index, race, view, brief: nil, in: top, on: &surface, glyphs: &glyphs)
      rest = below
    }
    guard rest.rows >= 1 else { return }
    var pieces = figures(of: race.lanes[index], race, view)[...]
    for y in rest.minY..<rest.maxY - 1 {
      var row = RowBuilder(columns: rest.columns)
      row.add("   ", role: .dim)
      let shown = fitting(pieces, columns: rest.columns - 4)
      pieces = pieces.dropFirst(shown.count)
      row.addOutside(shown.joined(separator: " · "), role: .dim, glyphs: &glyphs)
      surface.draw(row.cells, at: Point(x: rest.minX, y: y), in: rest)
    }
    let isFocused = index == view.focus && race.lanes.count > 1
    surface.fill(
      Rect(x: rest.minX, y: rest.maxY - 1, columns: rest.columns, rows: 1),
      with: Cell(isFocused ? "━" : "─", role: isFocused ? .browseMark : .rule))
  }

  /// Draws a lane in one row, for the list of them.
  static func drawLine(
    _ index: Int, _ race: RaceTrack, _ view: RaceState, in area: Rect, on surface: inout Surface,
    glyphs: inout GlyphTable
  ) {
    let figures = figures(of: race.lanes[index], race, view)
    drawName(index, race, view, brief: figures, in: area, on: &surface, glyphs: &glyphs)
  }

  private static func drawName(
    _ index: Int, _ race: RaceTrack, _ view: RaceState, brief: [String]?, in area: Rect, on surface: inout Surface,
    glyphs: inout GlyphTable
  ) {
    let lane = race.lanes[index]
    let state = standing(of: lane, race, view)
    var right = RowBuilder(columns: area.columns)
    if let brief, area.columns >= 50 {
      right.addOutside(
        fitting(brief[...], columns: area.columns * 3 / 5).joined(separator: " · "), role: .dim, glyphs: &glyphs)
      right.add("  ", role: .dim)
    }
    if race.best.contains(lane.message.id) { right.add("★ best ", role: .success) }
    right.add("\(state.words) ", role: state.role)
    var left = RowBuilder(columns: area.columns - right.cells.count - 1)
    let isFocused = index == view.focus
    left.add(isFocused ? "▸\(index + 1) " : " \(index + 1) ", role: isFocused ? .browseMark : .dim)
    left.addOutside(
      name(of: index, race), role: .assistant, attributes: isFocused ? .bold : [], glyphs: &glyphs)
    surface.draw(left.cells, at: Point(x: area.minX, y: area.minY), in: area)
    surface.draw(right.cells, at: Point(x: area.maxX - right.cells.count, y: area.minY), in: area)
  }

  /// The model; with what tells it apart where two lanes have the same.
  static func name(of index: Int, _ race: RaceTrack) -> String {
    if race.isBlind { return "Answer \(RaceTrack.letter(index))" }
    let profile = race.lanes[index].profile
    let others = race.lanes.indices.filter { $0 != index }.map { race.lanes[$0].profile }
    if !others.contains(where: { $0.model.model == profile.model.model }) { return profile.model.model }
    if !others.contains(where: { $0.model == profile.model }) || profile.name.isEmpty { return profile.model.label }
    return "\(profile.model.model) (\(profile.name))"
  }

  /// How a lane stands, in a word.
  private static func standing(
    of lane: RaceLane, _ race: RaceTrack, _ view: RaceState
  ) -> (words: String, role: ThemeRole) {
    switch lane.message.status {
    case .streaming:
      if race.isBlind { return ("answering", .success) }
      return (phase(view.figures[lane.run]?.phase ?? .connecting), .success)
    case .complete:
      if race.isBlind { return ("done", .dim) }
      return (lane.place.map(ordinal) ?? "done", lane.place == 1 ? .success : .notice)
    case .stopped: return ("stopped", .warning)
    case .interrupted: return ("interrupted", .warning)
    case .incomplete: return ("incomplete", .error)
    case .failed: return ("failed", .error)
    }
  }

  private static func phase(_ phase: RunPhase) -> String {
    switch phase {
    case .connecting: "connecting"
    case .waiting: "waiting"
    case .thinking: "thinking"
    case .writing: "writing"
    case .callingTool: "calling a tool"
    case .stopping: "stopping"
    case .retrying(let attempt, let total, _, _): "attempt \(attempt) of \(total)"
    case .ended: "done"
    }
  }

  /// `1st`, `2nd`, `3rd`, `4th`.
  static func ordinal(_ place: Int) -> String {
    switch place {
    case 1: "1st"
    case 2: "2nd"
    case 3: "3rd"
    default: "\(place)th"
    }
  }

  /// What was measured, the most important first; what is not known is left out.
  private static func figures(of lane: RaceLane, _ race: RaceTrack, _ view: RaceState) -> [String] {
    if race.isBlind { return [] }
    guard lane.isLive else { return ended(lane) }
    guard let run = view.figures[lane.run]?.asOf(view.sampled) else { return [] }
    var pieces = [Figures.wholeSeconds(view.sampled - run.started)]
    guard run.metrics.chunks > 0 else { return pieces }
    if let rate = run.metrics.recentCharactersPerSecond ?? run.metrics.charactersPerSecond {
      pieces.append("\(Figures.rate(rate))/s")
    }
    if let first = run.metrics.timeToFirstText {
      pieces.append("first \(Figures.seconds(first))")
    } else if let first = run.metrics.timeToFirstChunk {
      pieces.append("first chunk \(Figures.seconds(first))")
    }
    pieces.append("\(Figures.count(run.metrics.chunks)) chunk\(run.metrics.chunks == 1 ? "" : "s")")
    return pieces
  }

  private static func ended(_ lane: RaceLane) -> [String] {
    guard let metrics = lane.message.metrics else { return [] }
    var pieces = [Figures.seconds(metrics.elapsed)]
    guard metrics.chunks > 0 else { return pieces }
    if let rate = metrics.charactersPerSecond { pieces.append("\(Figures.rate(rate))/s") }
    if let first = metrics.timeToFirstText {
      pieces.append("first \(Figures.seconds(first))")
    } else if let first = metrics.timeToFirstChunk {
      pieces.append("first chunk \(Figures.seconds(first))")
    }
    // Its first text counts from the attempt that was answered: that there were others has to be said.
    if metrics.retries > 0 { pieces.append("\(metrics.retries) retr\(metrics.retries == 1 ? "y" : "ies")") }
    pieces.append("\(Figures.count(metrics.chunks)) chunk\(metrics.chunks == 1 ? "" : "s")")
    if let usage = lane.message.usage, let output = usage.output {
      pieces.append("\(usage.isEstimated ? "~" : "")\(Figures.count(output)) tokens")
    }
    if let cost = metrics.cost { pieces.append("cost \(Figures.cost(cost))") }
    return pieces
  }

  /// As many of the first as there is room for; one in any case.
  private static func fitting(_ pieces: ArraySlice<String>, columns: Int) -> ArraySlice<String> {
    var kept = pieces
    while kept.count > 1, kept.reduce(-3, { $0 + $1.unicodeScalars.count + 3 }) > columns { kept.removeLast() }
    return kept
  }
}
