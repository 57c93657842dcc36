// What a family of services speaks, as functions on values. A dialect opens no connection and waits for nothing: the
// engine (`DialectStream`) carries, so that all of a dialect is provable with bytes.

package import Conversations
package import Diagnostics
package import Framing
package import Streaming
package import Transport

/// What to send for a chat request.
package struct DialectRequest: Sendable {
  package var method: HTTPRequest.Method
  package var url: HTTPURL
  package var headers: HTTPHeaders
  package var body: [UInt8]?
  /// Plain HTTP, or a WebSocket and what is said on it first.
  package var exchange = HTTPRequest.Exchange.http
  /// The AWS region to sign for, where neither the address nor the endpoint's `region` tells it.
  package var signingRegion: String?

  /// A request without credentials and without the endpoint's own headers; the engine adds both.
  package init(
    _ method: HTTPRequest.Method = .post, _ url: HTTPURL, headers: HTTPHeaders = HTTPHeaders(), body: [UInt8]? = nil
  ) {
    self.method = method
    self.url = url
    self.headers = headers
    self.body = body
  }
}

/// What is known when an answer begins, for explanations and for the `start` event.
package struct ResponseContext: Sendable, Equatable {
  /// The provider's name in the configuration.
  package var provider: String
  /// The model that was asked.
  package var model: String
  package var requestID: String?
  package var options: [String: String]
  /// The partial answer whose rest this response brings; `nil` for a new answer.
  package var resumes: Message?

  /// Facts of one response.
  package init(
    provider: String, model: String, requestID: String? = nil, options: [String: String] = [:],
    resumes: Message? = nil
  ) {
    self.provider = provider
    self.model = model
    self.requestID = requestID
    self.options = options
    self.resumes = resumes
  }
}

/// Bytes that are not what the dialect says.
package struct DialectError: Error, Equatable, Sendable {
  /// What is wrong, for people.
  package var reason: String
  /// The beginning of what was received, at most 200 characters.
  package var excerpt: String

  /// A frame or body that could not be understood.
  package init(_ reason: String, excerpt: String = "") {
    self.reason = reason
    self.excerpt = excerpt
  }
}

/// A change of a request that a service refused, remembered for its model while the program runs.
///
/// Raw values are the names under which a dialect knows them; each is tried once.
package struct Repair: Hashable, Sendable {
  package let name: String

  /// A repair by its name.
  package init(_ name: String) { self.name = name }
}

/// How long a kind of service may be silent where its settings do not say.
package struct Patience: Equatable, Sendable {
  /// Until the first byte of a stream.
  package var firstByte: Duration
  /// Between two bytes.
  package var idle: Duration

  /// The usual: two minutes of either (wire notes: errors and retries, section 5).
  package init(firstByte: Duration = .seconds(120), idle: Duration = .seconds(120)) {
    self.firstByte = firstByte
    self.idle = idle
  }
}

/// One API family.
package protocol WireDialect: Sendable {
  /// What decoding remembers between frames.
  associatedtype DecoderState: Sendable

  /// How a streamed answer is cut into frames.
  var frameFormat: FrameFormat { get }
  /// Whether a request that was sent whole may be sent again; `false` for agents that remember.
  var isRepeatable: Bool { get }
  /// Whether the clean end of the transfer alone may say that an answer is complete.
  var endsWithTransfer: Bool { get }
  /// How long such a service may be silent.
  var patience: Patience { get }

  /// The request in the service's words, with `repairs` applied.
  func encode(
    _ request: ChatRequest, to endpoint: Endpoint, repairs: Set<Repair>
  ) throws(ProviderError) -> DialectRequest
  /// Puts the credential where the service wants it. Called last, when the request is otherwise complete.
  func authorize(_ request: inout DialectRequest, with secret: Secret) throws(TransportError)

  /// Decoding at the start of an answer.
  func makeDecoderState(_ context: ResponseContext) -> DecoderState
  /// Understands one frame. The dialect's end marker makes a `.finish`, a reported failure an `.error`.
  func decode(_ frame: WireFrame, state: inout DecoderState, into sink: inout EventSink) throws(DialectError)
  /// The bytes ended cleanly without an end marker: a `.finish` if that is a proper ending in this dialect, else nothing.
  func end(state: inout DecoderState, into sink: inout EventSink)
  /// Whether the answer is complete though more was expected, such as its usage: a broken connection then breaks nothing.
  func isComplete(_ state: DecoderState) -> Bool
  /// The answer ends with `failure`, which the engine tells unless an ending is put in here: the place to tell what was
  /// held back, and to say in the dialect's own words why nothing more came.
  func interrupt(_ failure: StreamFailure, state: inout DecoderState, into sink: inout EventSink)
  /// Understands an answer in one piece: all of its events, the ending included.
  func decodeWhole(_ body: [UInt8], context: ResponseContext, into sink: inout EventSink) throws(DialectError)

  /// The request for what is left of an answer whose stream broke, so that decoding goes on in the same state; `nil` if
  /// the service cannot. Asked only after a success whose stream ended too early.
  func resumption(_ state: DecoderState, endpoint: Endpoint) throws(ProviderError) -> DialectRequest?
  /// Whether a request may end with the beginning of the answer.
  func canPrefill(_ model: String) -> Bool
  /// How `partial`, an answer of the same provider that broke off, can go on with that model.
  func continuation(of partial: Message, model: String) -> Continuation

  /// A failure before any answer, with what is worth knowing of this kind of service.
  func explain(_ failure: StreamFailure) -> StreamFailure
  /// A refusal in words.
  func classify(_ failure: HTTPFailure) -> ProviderError
  /// What to change and try again at once, if the refusal names something that can be changed.
  func repair(_ failure: HTTPFailure, applied: Set<Repair>) -> Repair?

  /// The request for the list of models; `nil` where the service has none.
  func encodeModelList(for endpoint: Endpoint) throws(ProviderError) -> DialectRequest?
  /// The models of that list.
  func decodeModelList(_ body: [UInt8]) throws(DialectError) -> [ModelDescriptor]
}

extension WireDialect {
  package var isRepeatable: Bool { true }

  package var endsWithTransfer: Bool { false }

  package func isComplete(_ state: DecoderState) -> Bool { false }

  package var patience: Patience { Patience() }

  package func resumption(_ state: DecoderState, endpoint: Endpoint) throws(ProviderError) -> DialectRequest? { nil }

  package func canPrefill(_ model: String) -> Bool { false }

  package func continuation(of partial: Message, model: String) -> Continuation {
    canPrefill(model) ? .prefill : .newTurn
  }

  package func explain(_ failure: StreamFailure) -> StreamFailure { failure }
  package func interrupt(_ failure: StreamFailure, state: inout DecoderState, into sink: inout EventSink) {}

  package func classify(_ failure: HTTPFailure) -> ProviderError { failure.classified() }

  package func repair(_ failure: HTTPFailure, applied: Set<Repair>) -> Repair? { nil }

  package func encodeModelList(for endpoint: Endpoint) throws(ProviderError) -> DialectRequest? { nil }

  package func decodeModelList(_ body: [UInt8]) throws(DialectError) -> [ModelDescriptor] { [] }

  package func authorize(_ request: inout DialectRequest, with secret: Secret) throws(TransportError) {
    try request.headers.set("Authorization", secret: secret.asBearer)
  }
}

extension Secret {
  /// `Bearer` and the secret, as RFC 6750 writes it.
  var asBearer: Secret { withExposed { Secret("Bearer \($0)") } }
}
