// The socket behind which providers sit.

package import Conversations

/// What is asked of a provider: a path through a conversation and how to answer it.
package struct ChatRequest: Equatable, Sendable {
  package var model: String
  package var system: String
  /// Oldest first, ending with the prompt.
  package var messages: [Message]
  package var temperature: Double?
  package var topP: Double?
  package var maximumTokens: Int?
  package var isStreaming: Bool
  /// A JSON object merged into the body unchanged; empty for none.
  package var extraJSON: String
  /// For agents that keep memory by conversation.
  package var conversation: ConversationID

  /// A request with a profile's parameters.
  package init(profile: Profile, messages: [Message], conversation: ConversationID) {
    model = profile.model.model
    system = profile.system
    self.messages = messages
    temperature = profile.temperature
    topP = profile.topP
    maximumTokens = profile.maximumTokens
    isStreaming = profile.isStreaming
    extraJSON = profile.extraJSON
    self.conversation = conversation
  }
}

/// A model that a provider offers.
package struct ModelDescriptor: Equatable, Sendable {
  package var id: String
  /// Tokens of prompt and answer together, where the provider says so.
  package var contextLength: Int?

  /// A model by the name to ask for.
  package init(id: String, contextLength: Int? = nil) {
    self.id = id
    self.contextLength = contextLength
  }
}

/// One request in flight. Has one consumer; never throws: an error is its last event.
package protocol ProviderStream: AnyObject, Sendable {
  /// The next events, at least one; `nil` after the stream's ending was delivered. What arrived together comes together.
  func next() async -> [ReceivedEvent]?
  /// Closes the connection, whatever the phase; from any thread. `next` then ends with `.error(.cancelled)`.
  func cancel()
}

/// A configured provider.
package protocol ProviderClient: Sendable {
  /// Its name in the configuration.
  var name: String { get }
  /// Whether a request that was sent whole may be sent again; `false` for agents that remember.
  var isRepeatable: Bool { get }
  /// What it offers, in its own order.
  func models() async throws(ProviderError) -> [ModelDescriptor]
  /// Starts a request; nothing is sent before the first `next`.
  func stream(_ request: ChatRequest) -> any ProviderStream
}
