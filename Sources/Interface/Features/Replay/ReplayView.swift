// An answer again, as it came: the picture.

import Display

/// Draws `/replay`.
enum ReplayView {
  static func draw(
    _ replay: ReplayState, _ state: AppState, in area: Rect, on surface: inout Surface, cache: inout LayoutCache
  ) {}
}
