// The last line: what the shown stream is doing, with the figures that matter now. A narrow screen drops the least
// important first; a notice takes the right side for a while.

import Conversations
import Diagnostics
import Display
import Streaming

/// Draws the status bar.
enum StatusBarView {
  private struct Piece {
    var text: String
    var role: ThemeRole
    /// Higher is dropped first.
    var rank: Int
  }

  static func draw(_ state: AppState, in area: Rect, on surface: inout Surface, glyphs: inout GlyphTable) {
    guard !area.isEmpty else { return }
    surface.fill(area, with: .blank(.status))
    let all = pieces(state)
    let hasNotice = state.notice != nil || !state.pendingKeys.isEmpty
    let notice = hasNotice ? noticeCells(state, columns: noticeRoom(state, area), glyphs: &glyphs) : []
    let room = area.columns - notice.count - (notice.isEmpty ? 0 : 2)
    var row = RowBuilder(columns: max(0, room))
    for piece in fitting(all, columns: room - 1) {
      row.add(row.cells.isEmpty ? " " : " · ", role: .status)
      row.addOutside(piece.text, role: piece.role, glyphs: &glyphs)
    }
    surface.draw(row.cells, at: Point(x: area.minX, y: area.minY), in: area)
    surface.draw(notice, at: Point(x: area.maxX - notice.count, y: area.minY), in: area)
  }

  /// Columns that a notice may take: what the stream is doing keeps its place.
  static func noticeRoom(_ state: AppState, _ area: Rect) -> Int {
    guard state.gauge.run?.isLive == true else { return area.columns }
    let needed = pieces(state).filter { $0.rank == 0 }.reduce(0) { $0 + $1.text.unicodeScalars.count + 3 }
    return max(area.columns / 3, area.columns - needed - 2)
  }

  private static func noticeCells(_ state: AppState, columns: Int, glyphs: inout GlyphTable) -> [Cell] {
    if !state.pendingKeys.isEmpty {
      var row = RowBuilder(columns: columns)
      row.add(Keymap.text(of: state.pendingKeys) + " … ", role: .statusKey)
      return row.cells
    }
    guard let notice = state.notice?.notice else { return [] }
    if NoticeView.isNeeded(state, columns: columns) { return [] }
    var row = RowBuilder(columns: columns)
    let role: ThemeRole =
      switch notice.weight {
      case .info: .notice
      case .success: .success
      case .warning: .warning
      case .error: .statusError
      }
    row.add(" ", role: role)
    row.addOutside(notice.text, role: role, glyphs: &glyphs)
    row.add(" ", role: role)
    return row.cells
  }

  private static func fitting(_ pieces: [Piece], columns: Int) -> [Piece] {
    var kept = pieces
    // The last one is shortened instead.
    while kept.count > 1, kept.reduce(0, { $0 + $1.text.unicodeScalars.count + 3 }) - 3 > columns,
      let worst = kept.indices.max(by: { kept[$0].rank < kept[$1].rank })
    {
      kept.remove(at: worst)
    }
    return kept
  }

  private static func pieces(_ state: AppState) -> [Piece] {
    let gauge = state.gauge
    var pieces: [Piece] = []
    if let run = gauge.run {
      pieces += run.isLive ? livePieces(run, at: gauge.sampled) : endedPieces(run, in: state)
    } else {
      let isBlind = state.races[state.shown]?.isBlind == true
      pieces.append(Piece(text: isBlind ? "blind race" : "ready", role: .status, rank: 1))
    }
    if gauge.liveCount > 1 || (gauge.liveCount == 1 && gauge.run?.isLive != true) {
      pieces.append(Piece(text: "\(gauge.liveCount) live", role: .statusLive, rank: 4))
    }
    if state.rewindTarget?.conversation == state.shown {
      pieces.append(Piece(text: "editing an earlier prompt, Esc makes it a new one", role: .warning, rank: 0))
    }
    if state.transcript.anchor != .bottom { pieces.append(Piece(text: "scrolled", role: .notice, rank: 2)) }
    return pieces
  }

  private static func livePieces(_ run: RunSnapshot, at now: Instant) -> [Piece] {
    let metrics = run.metrics
    let elapsed = now - run.started
    var pieces = [Piece(text: phase(run, at: now), role: .statusLive, rank: 0)]
    if metrics.chunks == 0 {
      if case .retrying = run.phase { return pieces }
      pieces.append(Piece(text: Figures.wholeSeconds(elapsed), role: .status, rank: 1))
      return pieces
    }
    pieces.append(Piece(text: Figures.wholeSeconds(elapsed), role: .status, rank: 1))
    pieces.append(
      Piece(text: "\(Figures.count(metrics.chunks)) chunk\(metrics.chunks == 1 ? "" : "s")", role: .status, rank: 3))
    if let rate = metrics.recentCharactersPerSecond ?? metrics.charactersPerSecond {
      pieces.append(Piece(text: "\(Figures.rate(rate)) chars/s", role: .status, rank: 2))
    }
    if let first = metrics.timeToFirstText {
      pieces.append(Piece(text: "first \(Figures.seconds(first))", role: .status, rank: 5))
    } else if let first = metrics.timeToFirstChunk {
      // Thinking has come, and no word of the answer.
      pieces.append(Piece(text: "first chunk \(Figures.seconds(first))", role: .status, rank: 5))
    }
    if let last = run.lastChunk {
      let silence = now - last
      let isLong = silence >= .seconds(10)
      pieces.append(
        Piece(
          text: "last \(silence < .seconds(1) ? "<1 s" : Figures.wholeSeconds(silence)) ago",
          role: isLong ? .warning : .status, rank: isLong ? 1 : 6))
    }
    if let average = metrics.averageChunkCharacters {
      pieces.append(Piece(text: "avg \(Figures.rate(average)) chars", role: .status, rank: 7))
    }
    if metrics.stalls > 0 {
      pieces.append(Piece(text: "\(metrics.stalls) stall\(metrics.stalls == 1 ? "" : "s")", role: .warning, rank: 4))
    }
    return pieces
  }

  private static func phase(_ run: RunSnapshot, at now: Instant) -> String {
    switch run.phase {
    case .connecting: return "connecting"
    case .waiting: return "waiting"
    case .thinking: return "thinking"
    case .writing: return "writing"
    case .callingTool: return "calling a tool"
    case .stopping: return "stopping"
    case .retrying(let attempt, let total, let until, let why):
      let rest = until > now ? until - now : .zero
      return
        "attempt \(attempt) of \(total) in \(Figures.wholeSeconds(rest + .milliseconds(999))), Esc stops: \(why.summary)"
    case .ended: return "done"
    }
  }

  private static func ending(of run: RunSnapshot, in state: AppState) -> (word: String, role: ThemeRole) {
    switch state.transcript.message(run.message)?.status {
    case .failed?: ("failed", .statusError)
    case .incomplete?: ("incomplete", .statusError)
    case .stopped?: ("stopped", .status)
    default: ("done", .status)
    }
  }

  private static func endedPieces(_ run: RunSnapshot, in state: AppState) -> [Piece] {
    let metrics = run.metrics
    let ending = ending(of: run, in: state)
    var pieces = [
      Piece(text: ending.word, role: ending.role, rank: 0),
      Piece(text: Figures.seconds(metrics.elapsed), role: .status, rank: 1),
    ]
    guard metrics.chunks > 0 else { return pieces }
    pieces.append(
      Piece(text: "\(Figures.count(metrics.chunks)) chunk\(metrics.chunks == 1 ? "" : "s")", role: .status, rank: 3))
    if let rate = metrics.charactersPerSecond {
      pieces.append(Piece(text: "\(Figures.rate(rate)) chars/s", role: .status, rank: 2))
    }
    if let first = metrics.timeToFirstText {
      pieces.append(Piece(text: "first \(Figures.seconds(first))", role: .status, rank: 4))
    } else if let first = metrics.timeToFirstChunk {
      pieces.append(Piece(text: "first chunk \(Figures.seconds(first))", role: .status, rank: 4))
    }
    if let average = metrics.averageChunkCharacters {
      pieces.append(Piece(text: "avg \(Figures.rate(average)) chars", role: .status, rank: 6))
    }
    if let share = run.contextShare { pieces.append(contextPiece(share, of: metrics)) }
    return pieces
  }

  /// How full the model is; a warning when little is left.
  private static func contextPiece(_ share: Double, of metrics: StreamMetrics) -> Piece {
    let mark = metrics.usage?.isEstimated == true ? "~" : ""
    let percent = Figures.decimal(min(share, 9.99) * 100, share < 0.1 ? 1 : 0)
    return Piece(text: "context \(mark)\(percent) %", role: share > 0.8 ? .warning : .status, rank: share > 0.8 ? 1 : 5)
  }
}
