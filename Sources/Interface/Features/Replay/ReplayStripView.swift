// The whole time of an answer in two rows: above, how much came when; below, how far it is. Text is bars, thinking is
// shades, tools are plus signs and stalls are dashes, so that nothing depends on colour.

import Display
import Streaming

/// Draws the timeline of a replay.
enum ReplayStripView {
  private static let bars: [Unicode.Scalar] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]
  private static let shades: [Unicode.Scalar] = ["░", "▒", "▓"]

  static func draw(_ plan: ReplayPlan, at position: Duration, in area: Rect, on surface: inout Surface) {
    guard area.rows >= 2, area.columns > 0 else { return }
    let columns = plan.columns(area.columns)
    surface.draw(cells(columns), at: Point(x: area.minX, y: area.minY), in: area)
    let head = plan.column(of: position, among: area.columns)
    let way = (0..<area.columns).map { column in
      column == head
        ? Cell("●", role: .statusLive)
        : Cell(column < head ? "━" : "─", role: column < head ? .graph : .graphAxis)
    }
    surface.draw(way, at: Point(x: area.minX, y: area.minY + 1), in: area)
  }

  /// One cell for each column of time.
  static func cells(_ columns: [ReplayPlan.Column]) -> [Cell] {
    let most = max(1, columns.map(\.chunks).max() ?? 1)
    return columns.map { column in
      if column.isStalled { return Cell("╌", role: .warning) }
      guard column.chunks > 0 else { return .blank(.text) }
      let share = Double(column.chunks) / Double(most)
      if column.textBytes >= column.thinkingBytes, column.textBytes > 0 {
        return Cell(step(of: share, in: bars), role: .graph)
      }
      if column.thinkingBytes > 0 { return Cell(step(of: share, in: shades), role: .graphAlternate) }
      return Cell("+", role: .tool)
    }
  }

  private static func step(of share: Double, in scalars: [Unicode.Scalar]) -> Unicode.Scalar {
    scalars[min(scalars.count - 1, max(0, Int((share * Double(scalars.count)).rounded(.up)) - 1))]
  }
}
