// Several models side by side: the picture.

import Display

/// Draws `/race`.
enum RaceView {
  static func draw(
    _ race: RaceState, _ state: AppState, in area: Rect, on surface: inout Surface, cache: inout LayoutCache
  ) {}
}
