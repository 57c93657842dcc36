// Figures over many answers: the picture.

import Display

/// Draws `/stats`.
enum StatsView {
  static func draw(
    _ stats: StatsState, _ state: AppState, in area: Rect, on surface: inout Surface, cache: inout LayoutCache
  ) {}
}
