// The whole picture from the whole state. The same arguments give the same frame, cell for cell; cost depends on the
// screen, not on the conversation.

package import Display

/// Draws a state.
package enum Renderer {
  /// Draws `state` into `frame`, reusing its memory.
  package static func render(_ state: AppState, into frame: inout Frame, cache: inout LayoutCache) {
    frame.surface.clear(size: state.size)
    frame.theme = state.theme
    frame.title = nil
    guard state.size.columns >= ScreenLayout.minimum.columns, state.size.rows >= ScreenLayout.minimum.rows else {
      drawTooSmall(state, into: &frame)
      frame.glyphs = cache.glyphs
      return
    }
    let layout = ScreenLayout(state)
    TitleView.draw(state, in: layout.title, on: &frame.surface, glyphs: &cache.glyphs)
    if !layout.sidebar.isEmpty {
      ConversationListView.draw(state, in: layout.sidebar, on: &frame.surface, glyphs: &cache.glyphs)
    }
    if let instrument = state.instrument {
      StatusBarView.draw(state, in: layout.status, on: &frame.surface, glyphs: &cache.glyphs)
      InstrumentView.draw(instrument, state, in: layout.instrument, into: &frame, cache: &cache)
      NoticeView.draw(state, layout, on: &frame.surface, glyphs: &cache.glyphs)
      finish(state, layout, into: &frame, cache: &cache)
      return
    }
    TranscriptView.draw(state, in: layout.pane, on: &frame.surface, cache: &cache)
    QueueView.draw(state, in: layout.queue, on: &frame.surface, glyphs: &cache.glyphs)
    let caret =
      state.browse != nil
      ? BrowseBarView.draw(state, in: layout.composer, on: &frame.surface, glyphs: &cache.glyphs)
      : ComposerView.draw(
        state.composer, in: layout.composer, on: &frame.surface, glyphs: &cache.glyphs,
        isFocused: state.overlay == nil, hint: composerHint(state))
    StatusBarView.draw(state, in: layout.status, on: &frame.surface, glyphs: &cache.glyphs)
    NoticeView.draw(state, layout, on: &frame.surface, glyphs: &cache.glyphs)
    if state.isMetricsShown {
      MetricsOverlayView.draw(state, in: layout.pane, on: &frame.surface, glyphs: &cache.glyphs)
    }
    if let list = state.composer.completions, layout.composer.minY > 1 {
      let rows = CompletionView.height(of: list, maximum: min(10, layout.composer.minY - 1))
      let columns = CompletionView.width(of: list, maximum: layout.composer.columns)
      let area = Rect(x: layout.composer.minX, y: layout.composer.minY - rows, columns: columns, rows: rows)
      CompletionView.draw(list, in: area, on: &frame.surface, glyphs: &cache.glyphs)
      BoxView.mendEdges(of: area, on: &frame.surface)
    }
    frame.cursor = caret
    finish(state, layout, into: &frame, cache: &cache)
  }

  /// What lies over everything, and what the terminal is told besides.
  private static func finish(
    _ state: AppState, _ layout: ScreenLayout, into frame: inout Frame, cache: inout LayoutCache
  ) {
    drawOverlay(state, layout, into: &frame, cache: &cache)
    frame.cursorShape = .bar
    frame.title = windowTitle(state)
    frame.glyphs = cache.glyphs
  }

  private static func drawOverlay(
    _ state: AppState, _ layout: ScreenLayout, into frame: inout Frame, cache: inout LayoutCache
  ) {
    switch state.overlay {
    case .picker(let picker):
      frame.cursor = PickerView.draw(picker, in: Rect(state.size), on: &frame.surface, glyphs: &cache.glyphs)
    case .help(let help):
      HelpView.draw(help, state, in: Rect(state.size), on: &frame.surface, glyphs: &cache.glyphs)
      frame.cursor = nil
    case .confirmation(let confirmation):
      ConfirmationView.draw(confirmation, in: Rect(state.size), on: &frame.surface, glyphs: &cache.glyphs)
      frame.cursor = nil
    case nil:
      if state.isWhichKeyShown {
        WhichKeyView.draw(state, above: layout.composer, on: &frame.surface, glyphs: &cache.glyphs)
      }
    }
  }

  private static func composerHint(_ state: AppState) -> [Cell] {
    if state.isStreaming(state.shown) {
      return CellRow.literal("Enter queues · Esc stops", role: .composerHint)
    }
    if state.transcript.messages.isEmpty {
      return CellRow.literal("Ask something · / for commands · ? for help", role: .composerHint)
    }
    return []
  }

  private static func windowTitle(_ state: AppState) -> String {
    let title = state.transcript.title
    return Sanitizer.title(title.isEmpty ? "riffle" : "\(title) – riffle")
  }

  private static func drawTooSmall(_ state: AppState, into frame: inout Frame) {
    let area = Rect(state.size)
    frame.cursor = nil
    frame.surface.draw(literal: "too small", at: Point(x: 0, y: 0), in: area, role: .dim)
    if state.liveRunCount > 0 {
      frame.surface.draw(literal: "streaming", at: Point(x: 0, y: 1), in: area, role: .dim)
    }
  }
}
