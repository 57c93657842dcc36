// An answer again, as it came: what the view shows.

package import Diagnostics
import Streaming

/// What `/replay` shows.
package struct ReplayState: Equatable, Sendable {
  /// When the next piece is shown.
  var due: Instant? { nil }

  /// Nothing yet.
  package init() {}
}

/// What it wants done.
package enum ReplayEffect: Equatable, Sendable {
  case load
}

/// What came of it.
package enum ReplayNews: Equatable, Sendable {
  case failed(Explanation)
}
