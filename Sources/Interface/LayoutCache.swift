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

  /// More messages than fit on any screen, few enough to cost no memory worth naming.
  private static let capacity = 512

  /// An empty cache.
  package init() {}

  /// The layout of a message as it is now.
  /// - Complexity: O(1) when nothing changed, else linear in what was appended or changed.
  package mutating func layout(
    of message: TranscriptMessage, in transcript: TranscriptState, with facts: LayoutFacts
  ) -> MessageLayout {
    if layouts[message.id] == nil {
      if layouts.count >= Self.capacity { forgetOldest() }
      layouts[message.id] = MessageLayout(facts: facts)
      order.append(message.id)
    }
    layouts[message.id]?.update(to: message, in: transcript, with: facts, glyphs: &glyphs)
    return layouts[message.id] ?? MessageLayout(facts: facts)
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

  /// Facts of the pane.
  package init(columns: Int, utcOffsetSeconds: Int) {
    self.columns = columns
    self.utcOffsetSeconds = utcOffsetSeconds
  }
}
