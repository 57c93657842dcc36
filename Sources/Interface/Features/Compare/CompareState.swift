// Streaming against not streaming: what is measured, and what the view shows of it. The measurement goes on when the view is
// closed, so that its state is the program's and the view has a copy.

package import Conversations
package import Diagnostics
package import Statistics

/// What is to be compared.
package struct ComparisonOrder: Equatable, Sendable {
  /// Tells one measurement's news from another's.
  package let number: Int
  package let profile: Profile
  package let prompt: String
  /// Runs of each mode.
  package let pairs: Int

  /// A prompt for a profile.
  package init(number: Int, profile: Profile, prompt: String, pairs: Int) {
    self.number = number
    self.profile = profile
    self.prompt = prompt
    self.pairs = pairs
  }
}

/// A measurement, and what `/compare` shows of it.
package struct CompareState: Equatable, Sendable {
  /// How far it is.
  package enum Phase: Equatable, Sendable {
    /// The run that is under way; `nil` before the first one and between two.
    case running(ComparedPlace?)
    case finished
    case stopped
    /// Every run failed; why the last one did.
    case failed(Explanation)
  }

  package let order: ComparisonOrder
  /// Whether the prompt is the last one of a conversation, and not one that was typed for this.
  let isLastPrompt: Bool
  package internal(set) var comparison: Comparison
  package internal(set) var phase = Phase.running(nil)
  /// Whether its end was on screen.
  var isSeen = false
  /// Runs between the newest one and the last one that is shown; zero follows them.
  var scrollBack = 0

  /// A measurement at its beginning.
  init(_ order: ComparisonOrder, isLastPrompt: Bool) {
    self.order = order
    self.isLastPrompt = isLastPrompt
    comparison = Comparison(pairs: order.pairs)
  }

  package var isRunning: Bool { if case .running = phase { true } else { false } }
}

/// What it wants done.
package enum CompareEffect: Equatable, Sendable {
  /// Begins to measure; what is being measured is given up.
  case begin(ComparisonOrder)
  /// Gives up what is being measured.
  case stop
}

/// What came of it. News of a measurement that was given up for another has its number and means nothing any more.
package enum CompareNews: Equatable, Sendable {
  case began(Int, ComparedPlace)
  case ran(Int, ComparedRun)
  case ended(Int, CompareState.Phase)
}
