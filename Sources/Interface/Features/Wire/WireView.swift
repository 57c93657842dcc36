// What went over the wire: the picture.

import Display

/// Draws `/wire`.
enum WireView {
  static func draw(
    _ wire: WireState, _ state: AppState, in area: Rect, on surface: inout Surface, cache: inout LayoutCache
  ) {}
}
