// Draws the instrument that is shown: its frame is a title line and a line of keys, between them the instrument's own view.

import Display

/// Draws an instrument over the pane, the queue and the composer.
enum InstrumentView {
  static func draw(
    _ instrument: Instrument, _ state: AppState, in area: Rect, into frame: inout Frame,
    cache: inout LayoutCache
  ) {
    guard !area.isEmpty else { return }
    frame.surface.fill(area, with: .blank(.text))
    switch instrument {
    case .stats(let stats): StatsView.draw(stats, state, in: area, on: &frame.surface, cache: &cache)
    case .compare(let compare): CompareView.draw(compare, state, in: area, on: &frame.surface, cache: &cache)
    case .race(let race): RaceView.draw(race, state, in: area, on: &frame.surface, cache: &cache)
    case .replay(let replay): ReplayView.draw(replay, state, in: area, on: &frame.surface, cache: &cache)
    case .wire(let wire): WireView.draw(wire, state, in: area, on: &frame.surface, cache: &cache)
    }
    frame.cursor = nil
  }
}
