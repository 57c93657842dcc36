// The performance overlay: every figure of the shown stream, and sums over the session. A figure that was not measured
// is a dash, never a zero.

import Conversations
import Display
import Streaming

/// Draws the overlay at the upper right of the pane, so that text goes on streaming beside and under it.
enum MetricsOverlayView {
  private typealias Line = (label: String, value: String)

  static func draw(_ state: AppState, in pane: Rect, on surface: inout Surface, glyphs: inout GlyphTable) {
    let lines = streamLines(state.gauge.run, at: state.gauge.sampled) + totalLines(state)
    let columns = min(pane.columns, 44)
    let rows = min(pane.rows, lines.count + 5)
    guard columns >= 20, rows >= 4 else { return }
    let area = Rect(x: pane.maxX - columns, y: pane.minY, columns: columns, rows: rows)
    let inside = BoxView.draw("Performance", in: area, on: &surface, glyphs: &glyphs).inset(left: 1, right: 1)
    BoxView.mendEdges(of: area, on: &surface)
    var y = inside.minY
    for line in lines where y < inside.maxY {
      if line.label.isEmpty, line.value == "rate" {
        drawRate(state.gauge.run, y: y, in: inside, on: &surface)
        y += 2
        continue
      }
      draw(line, y: y, in: inside, on: &surface, glyphs: &glyphs)
      y += 1
    }
  }

  private static func draw(_ line: Line, y: Int, in area: Rect, on surface: inout Surface, glyphs: inout GlyphTable) {
    var left = RowBuilder(columns: area.columns)
    left.add(line.label, role: .popup, attributes: .dim)
    var right = RowBuilder(columns: max(0, area.columns - left.cells.count - 1))
    right.addOutside(line.value, role: .popup, glyphs: &glyphs)
    surface.draw(left.cells, at: Point(x: area.minX, y: y), in: area)
    surface.draw(right.cells, at: Point(x: area.maxX - right.cells.count, y: y), in: area)
  }

  private static func drawRate(_ run: RunSnapshot?, y: Int, in area: Rect, on surface: inout Surface) {
    surface.draw(
      literal: "characters per quarter second, last 15 s", at: Point(x: area.minX, y: y), in: area, role: .popup,
      attributes: .dim)
    let values = run?.recentRates ?? []
    surface.draw(
      Sparkline.cells(values, columns: area.columns, role: .graph), at: Point(x: area.minX, y: y + 1), in: area)
  }

  private static func streamLines(_ run: RunSnapshot?, at now: Instant) -> [Line] {
    guard let run else { return [("no stream yet", "")] }
    let metrics = run.metrics
    let elapsed = run.isLive ? now - run.started : metrics.elapsed
    let network = metrics.network
    var lines: [Line] = [
      (run.model.model, run.isLive ? "live" : "done"),
      ("elapsed", Figures.seconds(elapsed)),
      ("first chunk", text(metrics.timeToFirstChunk)),
      ("first text", text(metrics.timeToFirstText)),
      ("since last chunk", run.isLive ? text(run.lastChunk.map { now - $0 }) : "–"),
      ("chunks", "\(metrics.chunks)"),
      ("characters", "\(metrics.characters)"),
      ("bytes", Figures.bytes(metrics.bytes)),
      ("average chunk", metrics.averageChunkCharacters.map { "\(Figures.decimal($0, 1)) chars" } ?? "–"),
      ("rate now", metrics.recentCharactersPerSecond.map { "\(Figures.rate($0)) chars/s" } ?? "–"),
      ("rate overall", metrics.charactersPerSecond.map { "\(Figures.rate($0)) chars/s" } ?? "–"),
      ("", "rate"),
    ]
    if let gaps = metrics.gaps {
      lines.append(("gaps p50 / p95", "\(Figures.short(gaps.p50)) / \(Figures.short(gaps.p95))"))
      lines.append(("gaps p99 / max", "\(Figures.short(gaps.p99)) / \(Figures.short(gaps.maximum))"))
    } else {
      lines.append(("gaps", "–"))
    }
    lines.append(("stalls / retries", "\(metrics.stalls) / \(metrics.retries)"))
    if let network {
      lines.append(("dns / connect / tls", "\(short(network.dns)) / \(short(network.connect)) / \(short(network.tls))"))
      lines.append(("first byte", text(network.firstByte)))
      lines.append(("connection", "HTTP/\(network.httpVersion)\(network.isConnectionReused ? ", reused" : ", new")"))
    }
    if let usage = metrics.usage, usage.input != nil || usage.output != nil {
      let mark = usage.isEstimated ? "~" : ""
      lines.append(
        (
          "tokens in / out",
          "\(mark)\(usage.input.map(String.init) ?? "–") / \(mark)\(usage.output.map(String.init) ?? "–")"
        ))
    }
    return lines
  }

  private static func totalLines(_ state: AppState) -> [Line] {
    let totals = state.totals
    let average =
      totals.firstTextCount > 0 ? Figures.seconds(totals.firstTextSum / totals.firstTextCount) : "–"
    let ended = totals.streams - state.liveRunCount
    let rate = ended > 0 ? " (\(totals.errors * 100 / ended) %)" : ""
    return [
      ("session: streams, live", "\(totals.streams), \(state.liveRunCount)"),
      ("session: errors", "\(totals.errors)\(rate)"),
      ("session: average first text", average),
    ]
  }

  private static func text(_ duration: Duration?) -> String { duration.map(Figures.seconds) ?? "–" }
  private static func short(_ duration: Duration?) -> String { duration.map(Figures.short) ?? "–" }
}
