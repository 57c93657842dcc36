// A race as watchers are told of it: several answers to one prompt at once.

package import Conversations

/// Several answers to one prompt, as they stand. What they grow by is told like that of any answer.
package struct RaceSnapshot: Equatable, Sendable {
  /// One answer of a race.
  package struct Lane: Equatable, Sendable {
    package var run: RunID
    /// With whom, and how.
    package var profile: Profile
    package var message: Message
    /// Figures of an answer that has ended.
    package var metrics: StreamMetrics?
    /// Its place among those that came to a proper end, from one; `nil` for others.
    package var place: Int?

    /// An answer of a race.
    package init(run: RunID, profile: Profile, message: Message, metrics: StreamMetrics? = nil, place: Int? = nil) {
      self.run = run
      self.profile = profile
      self.message = message
      self.metrics = metrics
      self.place = place
    }
  }

  package var prompt: MessageID
  /// In the order in which they were begun; the answers are siblings, one of them is on the current path.
  package var lanes: [Lane]

  /// A race of these answers.
  package init(prompt: MessageID, lanes: [Lane]) {
    self.prompt = prompt
    self.lanes = lanes
  }
}
