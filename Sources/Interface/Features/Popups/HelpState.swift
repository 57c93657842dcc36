// The manual as a popup: scrolled with the keys of a pager.

import Display

/// Where the manual is being read.
package struct HelpState: Equatable, Sendable {
  /// What was asked for; empty for the beginning.
  package let topic: String
  /// Rows scrolled down; clamped where it is drawn.
  package private(set) var top = 0

  /// The manual, from a topic on.
  package init(topic: String) { self.topic = topic }

  mutating func handle(_ chord: KeyChord, pageRows: Int) {
    switch chord.key {
    case .up, .character("k"): top = max(0, top - 1)
    case .down, .character("j"): top += 1
    case .pageUp, .character("b"): top = max(0, top - pageRows)
    case .pageDown, .character(" "), .character("f"): top += pageRows
    case .home, .character("g"): top = 0
    case .end, .character("G"): top = Self.end
    default: break
    }
  }

  // Beyond any manual: drawing clamps it.
  private static let end = 100_000

  /// The first row to draw of `count` rows on `rows` rows of screen.
  package func firstRow(of count: Int, rows: Int) -> Int { min(top, max(0, count - rows)) }
}
