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
  /// The message that the answer becomes; `nil` where it becomes none.
  package var answer: MessageID?
  /// The partial answer whose rest is wanted, where the service is said to `resume` it; `nil` for a new answer.
  ///
  /// It need not be among `messages`, which a service that resumes does not read. The stream then brings only what the
  /// partial answer does not have yet; calls that are not complete in it are told again from their beginning, so whoever
  /// goes on with its parts leaves those out.
  package var resumes: Message?

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

/// How an answer that broke off goes on.
package enum Continuation: Equatable, Sendable {
  /// By another turn, whose prompt asks for the rest.
  case newTurn
  /// By a request whose last message is the partial answer: the model goes on writing it.
  case prefill
  /// By the service, which has kept the answer: a request with the partial answer in `resumes`.
  case resume
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
  /// Whether a request may end with the beginning of the answer.
  func canPrefill(_ model: String) -> Bool
  /// How `partial`, an answer that broke off, can go on with that model.
  func continuation(of partial: Message, model: String) -> Continuation
  /// What it offers, in its own order.
  func models() async throws(ProviderError) -> [ModelDescriptor]
  /// Tokens of prompt and answer together that a model holds, as far as is known without asking.
  func contextLength(of model: String) -> Int?
  /// Does what the first request would else do in its own time, such as loading a library.
  func prepare() async
  /// Starts a request; nothing is sent before the first `next`.
  func stream(_ request: ChatRequest) -> any ProviderStream
}

extension ProviderClient {
  package func prepare() async {}

  package func contextLength(of model: String) -> Int? { nil }

  package func canPrefill(_ model: String) -> Bool { false }

  package func continuation(of partial: Message, model: String) -> Continuation {
    canPrefill(model) ? .prefill : .newTurn
  }
}
