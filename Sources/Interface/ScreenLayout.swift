// Which part of the screen is whose. Narrow and low screens lose the least important first; text and composer stay.

import Conversations
import Display

/// The areas of the screen for one state.
struct ScreenLayout: Equatable {
  /// Smaller than this, the screen only says that it is too small.
  static let minimum = Size(columns: 20, rows: 5)

  /// Columns below which the sidebar would leave too little for text.
  static let sidebarMinimum = 60

  let title: Rect
  let sidebar: Rect
  let pane: Rect
  let queue: Rect
  let composer: Rect
  let status: Rect
  /// The performance figures beside the pane; empty where they are not, or not there.
  let panel: Rect
  /// Pane, queue and composer together, for what takes their place.
  let instrument: Rect

  /// The areas at the state's size.
  init(_ state: AppState) {
    var rest = Rect(state.size)
    (title, rest) = rest.splitTop(rest.rows >= 4 ? 1 : 0)
    (rest, status) = rest.splitBottom(rest.rows >= 3 ? 1 : 0)
    if state.isSidebarShown, rest.columns >= Self.sidebarMinimum {
      (sidebar, rest) = rest.splitLeft(min(32, rest.columns / 3))
    } else {
      sidebar = Rect(x: 0, y: rest.minY, columns: 0, rows: 0)
    }
    instrument = rest
    if state.metricsPlace == .panel, state.instrument == nil, state.size.columns >= AppState.panelMinimum {
      (rest, panel) = rest.splitLeft(rest.columns - MetricsOverlayView.columns)
    } else {
      panel = Rect(x: rest.maxX, y: rest.minY, columns: 0, rows: 0)
    }
    let composerRows = ComposerView.height(
      of: state.composer, width: rest.columns, maximum: max(1, state.size.rows / 3))
    (rest, composer) = rest.splitBottom(min(composerRows, max(1, rest.rows - 1)))
    let waiting = state.transcript.queue.count + (state.files[state.shown]?.count ?? 0)
    let queued = min(waiting, 4, max(0, rest.rows - 3))
    (rest, queue) = rest.splitBottom(queued)
    pane = rest
  }

  /// The conversation whose line in the sidebar is at a point.
  func conversation(at point: Point, in state: AppState) -> ConversationID? {
    guard sidebar.contains(point) else { return nil }
    let index = ConversationListView.firstIndex(state, rows: sidebar.rows) + point.y - sidebar.minY
    return state.list.order.indices.contains(index) ? state.list.order[index] : nil
  }
}
