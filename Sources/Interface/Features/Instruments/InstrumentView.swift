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
    case .stats(let stats):
      let words = StatsView.lastAnswer(state).map { "\($0.isMarked) \($0.text)" } ?? ""
      drawOnce(instrument, words, in: area, on: &frame.surface, cache: &cache) { surface, cache in
        StatsView.draw(stats, state, in: area, on: &surface, cache: &cache)
      }
    case .compare(let compare):
      drawOnce(instrument, "", in: area, on: &frame.surface, cache: &cache) { surface, cache in
        CompareView.draw(compare, state, in: area, on: &surface, cache: &cache)
      }
    case .race(let race): RaceView.draw(race, state, in: area, on: &frame.surface, cache: &cache)
    case .replay(let replay): ReplayView.draw(replay, state, in: area, on: &frame.surface, cache: &cache)
    case .wire(let wire): WireView.draw(wire, state, in: area, on: &frame.surface, cache: &cache)
    }
    frame.cursor = nil
  }

  /// Draws what depends on nothing but the instrument and those words, anew only when they have changed: a table of many
  /// groups costs more than a screen.
  private static func drawOnce(
    _ instrument: Instrument, _ words: String, in area: Rect, on surface: inout Surface, cache: inout LayoutCache,
    _ draw: (inout Surface, inout LayoutCache) -> Void
  ) {
    let key = InstrumentPicture.Key(instrument: instrument, area: area, words: words)
    if let known = cache.instrument, known.key == key { return known.draw(on: &surface) }
    draw(&surface, &cache)
    cache.instrument = InstrumentPicture(key, from: surface)
  }
}
