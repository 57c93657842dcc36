// What drawing remembers between frames: the layout of messages that were on screen, and the numbers of grapheme
// clusters. Forgetting any of it changes nothing but the time the next frame takes.

import Conversations
package import Display

/// Layouts by message, and the table of clusters that cells refer to.
package struct LayoutCache: Sendable {
  package var glyphs = GlyphTable()
  private var layouts: [Key: MessageLayout] = [:]
  private var order: [Key] = []
  /// The rows of the comparison that was on the screen last.
  var comparison: ComparisonRows?

  /// A message may stand in two places of different widths: each has a layout of its own.
  private struct Key: Hashable {
    let message: MessageID
    let place: LayoutFacts.Place
  }

  /// Row buffer that drawing reuses.
  package var scratch: [Cell] = []
  /// The picture of an instrument as it was made last.
  var instrument: InstrumentPicture?
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
    let key = Key(message: message.id, place: facts.place)
    if layouts[key] == nil {
      if layouts.count >= Self.capacity { forgetOldest() }
      order.append(key)
    }
    // Taken out while it is worked with: nothing else may hold its rows, or they would be copied.
    var layout = layouts.removeValue(forKey: key) ?? MessageLayout(facts: facts)
    layout.update(to: message, in: transcript, with: facts, glyphs: &glyphs)
    defer { layouts[key] = layout }
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
  package var place: Place

  /// Where a message stands.
  package enum Place: Hashable, Sendable {
    case pane
    /// Beside others, in a race.
    case lane
  }

  /// Facts of the pane, unless another place is named.
  package init(columns: Int, utcOffsetSeconds: Int, wrapsCode: Bool = true, place: Place = .pane) {
    self.place = place
    self.columns = columns
    self.utcOffsetSeconds = utcOffsetSeconds
    self.wrapsCode = wrapsCode
  }
}
