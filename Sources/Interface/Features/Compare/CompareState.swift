// Streaming against not streaming: what the view shows.

package import Diagnostics
import Streaming

/// What `/compare` shows.
package struct CompareState: Equatable, Sendable {
  /// Nothing yet.
  package init() {}
}

/// What it wants done.
package enum CompareEffect: Equatable, Sendable {
  case stop
}

/// What came of it.
package enum CompareNews: Equatable, Sendable {
  case failed(Explanation)
}
