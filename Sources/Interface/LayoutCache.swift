// What drawing remembers between frames: the layout of messages that were on screen, and the numbers of grapheme
// clusters. Forgetting any of it changes nothing but the time the next frame takes.

import Conversations
package import Display

/// Layouts by message, and the table of clusters that cells refer to.
package struct LayoutCache: Sendable {
  package var glyphs = GlyphTable()
  private var layouts: [MessageID: MessageLayout] = [:]
  private var order: [MessageID] = []
  /// Row buffer that drawing reuses.
  package var scratch: [Cell] = []
  /// The rows of the performance figures as they were made last.
  var metricsRows: (key: MetricsRowsKey, pages: [[[Cell]]])?

  /// More messages than fit on any screen, few enough to cost no memory worth naming.
  private static let capacity = 512

  /// An empty cache.
  package init() {}

  /// Brings the layout of a message up to date and works with it where it lies.
  /// - Complexity: O(1) when nothing changed, else linear in what was appended or changed.
  mutating func with<Result>(
    _ message: TranscriptMessage, in transcript: TranscriptState, _ facts: LayoutFacts,
    _ body: (inout MessageLayout) -> Result
  ) -> Result {
    draw(message, in: transcript, facts) { layout, _, _ in body(&layout) }
  }

  /// As `with`, with what drawing needs besides: the table of clusters, and a row to fill.
  mutating func draw<Result>(
    _ message: TranscriptMessage, in transcript: TranscriptState, _ facts: LayoutFacts,
    _ body: (inout MessageLayout, inout GlyphTable, inout [Cell]) -> Result
  ) -> Result {
    if layouts[message.id] == nil {
      if layouts.count >= Self.capacity { forgetOldest() }
      order.append(message.id)
    }
    // Taken out while it is worked with: nothing else may hold its rows, or they would be copied.
    var layout = layouts.removeValue(forKey: message.id) ?? MessageLayout(facts: facts)
    layout.update(to: message, in: transcript, with: facts, glyphs: &glyphs)
    defer { layouts[message.id] = layout }
    return body(&layout, &glyphs, &scratch)
  }

  /// Forgets every layout; clusters keep their numbers.
  package mutating func removeLayouts() {
    layouts = [:]
    order = []
  }

  private mutating func forgetOldest() {
    for id in order.prefix(Self.capacity / 2) { layouts[id] = nil }
    order.removeFirst(min(order.count, Self.capacity / 2))
  }
}

/// What a layout depends on besides its message. A change of any of these lays out anew.
package struct LayoutFacts: Equatable, Sendable {
  /// Columns of the pane, margins included.
  package var columns: Int
  package var utcOffsetSeconds: Int
  /// Whether long lines of code go on in the next row; else they are cut at the edge and can be moved.
  package var wrapsCode: Bool

  /// Facts of the pane.
  package init(columns: Int, utcOffsetSeconds: Int, wrapsCode: Bool = true) {
    self.columns = columns
    self.utcOffsetSeconds = utcOffsetSeconds
    self.wrapsCode = wrapsCode
  }
}
