// The performance figures on the screen: over the pane, page by page, or in a column beside it. The rows are made when the
// figures are sampled, a few times a second, and not for every frame.

import Conversations
import Display
import Streaming

/// Draws the figures where they were asked for.
enum MetricsOverlayView {
  /// Columns of the overlay and of the panel, with their frame.
  static let columns = 48

  static func draw(_ state: AppState, _ layout: ScreenLayout, on surface: inout Surface, cache: inout LayoutCache) {
    switch state.metricsPlace {
    case .hidden: return
    case .panel where !layout.panel.isEmpty: drawPanel(state, in: layout.panel, on: &surface, cache: &cache)
    case .panel: drawOverlay(state, page: 0, in: layout.pane, on: &surface, cache: &cache)
    case .overlay(let page): drawOverlay(state, page: page, in: layout.pane, on: &surface, cache: &cache)
    }
  }

  /// Pages that the overlay has on this screen.
  static func pageCount(_ state: AppState) -> Int {
    let pane = ScreenLayout(state).pane
    var glyphs = GlyphTable()
    return MetricsBoard(state: state, columns: inner(min(pane.columns, columns)), ground: .popup)
      .pages(rows: max(1, pane.rows - 2), glyphs: &glyphs).count
  }

  private static func inner(_ columns: Int) -> Int { max(1, columns - 4) }

  private static func drawOverlay(
    _ state: AppState, page: Int, in pane: Rect, on surface: inout Surface, cache: inout LayoutCache
  ) {
    let columns = min(pane.columns, columns)
    guard columns >= 20, pane.rows >= 4 else { return }
    let size = Size(columns: inner(columns), rows: pane.rows - 2)
    let pages = pages(state, size, ground: .popup, cache: &cache)
    let rows = pages.isEmpty ? [] : pages[min(page, pages.count - 1)]
    let area = Rect(x: pane.maxX - columns, y: pane.minY, columns: columns, rows: min(pane.rows, rows.count + 2))
    let title = pages.count > 1 ? "Performance \(min(page, pages.count - 1) + 1)/\(pages.count)" : "Performance"
    let inside = BoxView.draw(title, in: area, on: &surface, glyphs: &cache.glyphs).inset(left: 1, right: 1)
    BoxView.mendEdges(of: area, on: &surface)
    put(rows, in: inside, on: &surface)
  }

  private static func drawPanel(_ state: AppState, in area: Rect, on surface: inout Surface, cache: inout LayoutCache) {
    surface.fill(Rect(x: area.minX, y: area.minY, columns: 1, rows: area.rows), with: Cell("│", role: .border))
    let inside = area.inset(left: 2, right: 1)
    let size = Size(columns: inside.columns, rows: inside.rows)
    let pages = pages(state, size, ground: .text, cache: &cache)
    put(pages.first ?? [], in: inside, on: &surface)
    guard pages.count > 1, inside.rows > 1 else { return }
    let last = Rect(x: inside.minX, y: inside.maxY - 1, columns: inside.columns, rows: 1)
    surface.fill(last, with: .blank(.text))
    surface.draw(literal: "… more: /metrics overlay", at: Point(x: last.minX, y: last.minY), in: last, role: .dim)
  }

  private static func put(_ rows: [[Cell]], in area: Rect, on surface: inout Surface) {
    for (offset, row) in rows.prefix(area.rows).enumerated() {
      surface.draw(row, at: Point(x: area.minX, y: area.minY + offset), in: area)
    }
  }

  private static func pages(
    _ state: AppState, _ size: Size, ground: ThemeRole, cache: inout LayoutCache
  ) -> [[[Cell]]] {
    let key = MetricsRowsKey(state, size, ground)
    if let known = cache.metricsRows, known.key == key { return known.pages }
    let board = MetricsBoard(state: state, columns: size.columns, ground: ground)
    let pages = board.pages(rows: size.rows, glyphs: &cache.glyphs)
    cache.metricsRows = (key, pages)
    return pages
  }
}

/// What the rows depend on.
struct MetricsRowsKey: Equatable, Sendable {
  var size: Size
  var ground: ThemeRole
  var sampled: Instant
  var liveCount: Int
  var message: MessageID?
  /// How far the shape of the stream is known.
  var position: Int?
  var status: MessageStatus?
  var streams: Int

  init(_ state: AppState, _ size: Size, _ ground: ThemeRole) {
    let answer = state.measuredAnswer
    self.size = size
    self.ground = ground
    sampled = state.gauge.sampled
    liveCount = state.gauge.liveCount
    message = answer?.message
    position = state.measuredTimeline?.position
    status = answer?.status
    streams = state.totals.streams
  }
}
