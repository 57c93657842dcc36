// What went over the wire: what the view shows.

package import Diagnostics
import Streaming

/// What `/wire` shows.
package struct WireState: Equatable, Sendable {
  /// Nothing yet.
  package init() {}
}

/// What it wants done.
package enum WireEffect: Equatable, Sendable {
  case load
}

/// What came of it.
package enum WireNews: Equatable, Sendable {
  case failed(Explanation)
}
