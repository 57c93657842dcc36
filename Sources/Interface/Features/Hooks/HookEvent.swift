// What a program of the user's is told of an answer.

package import Conversations
package import Diagnostics
package import Streaming

/// Something that happened to an answer and that there may be a hook for.
package struct HookEvent: Equatable, Sendable {
  /// What happened; the raw value is its name in the configuration and in the JSON.
  package enum Kind: String, CaseIterable, Equatable, Hashable, Sendable {
    /// The answer has ended as it should.
    case finish
    /// It failed or broke off. Stopping it is neither of the two.
    case error
    /// It pauses for longer than usual.
    case stall
  }

  package var kind: Kind
  package var conversation: ConversationID
  package var title: String
  package var message: MessageID
  package var model: ModelReference
  /// The profile's name; empty for none.
  package var profile: String
  /// Why it ended, of a `finish`.
  package var reason: FinishReason?
  /// What went wrong, of an `error`.
  package var error: Explanation?
  /// The beginning of what has come.
  package var text: String
  package var metrics: StreamMetrics
  package var usage: TokenUsage?

  /// What happened to an answer; neither a reason nor an error yet.
  package init(
    _ kind: Kind, conversation: ConversationID, title: String, message: MessageID, model: ModelReference,
    profile: String, text: String, metrics: StreamMetrics, usage: TokenUsage?
  ) {
    self.kind = kind
    self.conversation = conversation
    self.title = title
    self.message = message
    self.model = model
    self.profile = profile
    self.text = text
    self.metrics = metrics
    self.usage = usage
  }

  /// Characters of `text` at most.
  package static let maximumCharacters = 2000
}
