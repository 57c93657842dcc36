// Streaming against not streaming: the picture.

import Display

/// Draws `/compare`.
enum CompareView {
  static func draw(
    _ compare: CompareState, _ state: AppState, in area: Rect, on surface: inout Surface, cache: inout LayoutCache
  ) {}
}
