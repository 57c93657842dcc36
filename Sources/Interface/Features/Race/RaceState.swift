// Several models side by side: what the view shows.

package import Diagnostics
import Streaming

/// What `/race` shows.
package struct RaceState: Equatable, Sendable {
  /// Nothing yet.
  package init() {}
}

/// What it wants done.
package enum RaceEffect: Equatable, Sendable {
  case stop
}

/// What came of it.
package enum RaceNews: Equatable, Sendable {
  case failed(Explanation)
}
