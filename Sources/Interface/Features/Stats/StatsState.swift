// Figures over many answers: what the view shows.

package import Diagnostics
import Streaming

/// What `/stats` shows.
package struct StatsState: Equatable, Sendable {
  /// Nothing yet.
  package init() {}
}

/// What it wants done.
package enum StatsEffect: Equatable, Sendable {
  case load
}

/// What came of it.
package enum StatsNews: Equatable, Sendable {
  case failed(Explanation)
}
