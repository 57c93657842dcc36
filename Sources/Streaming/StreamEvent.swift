// What a provider says while an answer arrives, in riffle's own words.

package import Conversations
package import Diagnostics

/// What is known when an answer begins.
package struct ResponseStart: Equatable, Sendable {
  /// The model as the provider names it.
  package var model: String?
  package var requestID: String?

  /// Facts of an answer's beginning.
  package init(model: String? = nil, requestID: String? = nil) {
    self.model = model
    self.requestID = requestID
  }
}

/// One thing that happened on a stream. A dialect makes them; `StreamGrammar` puts them in order.
///
/// Grammar: `start? (textDelta | thinkingDelta | thinkingSignature | toolCall… | toolResult | opaque | usage | network | resuming)* (finish | error)`.
package enum StreamEvent: Equatable, Sendable {
  case start(ResponseStart)
  case textDelta(String)
  case thinkingDelta(String)
  /// Opaque bytes for the thinking so far, to be sent back verbatim.
  case thinkingSignature(String)
  case toolCallBegin(id: String, name: String)
  case toolCallArguments(id: String, fragment: String)
  case toolCallEnd(id: String)
  case toolResult(ToolResult)
  case opaque(OpaquePart)
  /// Cumulative; the last one holds.
  case usage(TokenUsage)
  case network(NetworkPhases)
  /// The connection broke, and the rest of the same answer is asked for at `until`: try `attempt` of `of`.
  case resuming(attempt: Int, of: Int, until: Instant, because: Explanation)
  case finish(FinishReason)
  case error(StreamFailure)
}

/// Which limit a silent stream ran into.
package enum Deadline: String, Equatable, Sendable {
  case connect, firstByte, idle, total
}

/// Why a stream ended without a proper ending.
package enum StreamFailure: Error, Equatable, Sendable {
  case cancelled
  /// The network or this machine; never the provider's own words.
  case connection(Explanation)
  case timedOut(Deadline, Explanation)
  /// The stream ended without the dialect's terminator.
  case truncated(Explanation)
  /// Bytes that are not what the dialect says.
  case malformed(Explanation)
  case provider(ProviderError)
}

/// A refusal or failure that the provider reported.
package struct ProviderError: Error, Equatable, Sendable {
  package var explanation: Explanation
  /// HTTP status, where there was one.
  package var status: Int?
  /// Whether the same request may succeed later (`wire/errors-and-retries`: 408, 409, 425, 429, 5xx, overload).
  package var isRetryable: Bool
  /// What the provider asked to wait, in milliseconds.
  package var retryAfterMilliseconds: Int?
  /// Whether the service turned the request away before an agent could hear it: then it may be repeated even to one that
  /// remembers.
  package var wasTurnedAway = false

  /// A provider's refusal in words.
  package init(
    explanation: Explanation, status: Int? = nil, isRetryable: Bool = false, retryAfterMilliseconds: Int? = nil
  ) {
    self.explanation = explanation
    self.status = status
    self.isRetryable = isRetryable
    self.retryAfterMilliseconds = retryAfterMilliseconds
  }
}

extension ProviderError: Explainable {}

extension StreamFailure: Explainable {
  package var explanation: Explanation {
    switch self {
    case .cancelled: Explanation(kind: .cancelled, summary: "Stopped")
    case .connection(let explanation), .timedOut(_, let explanation), .truncated(let explanation),
      .malformed(let explanation):
      explanation
    case .provider(let error): error.explanation
    }
  }
}

/// Times of the network's part of a request, each from the request's start.
package struct NetworkPhases: Equatable, Sendable {
  /// Name looked up.
  package var dns: Duration?
  /// Connection made.
  package var connect: Duration?
  /// TLS agreed; `nil` for plain HTTP or a reused connection.
  package var tls: Duration?
  /// Request handed to the network.
  package var requestSent: Duration?
  /// First byte of the response.
  package var firstByte: Duration?
  package var isConnectionReused: Bool
  /// Such as `1.1` or `2`.
  package var httpVersion: String
  /// Whether the answer comes as one document and not as a stream, by what its head says; `nil` where nothing was said.
  package var isWhole: Bool?

  /// Phases as measured; `nil` where one did not happen.
  package init(
    dns: Duration? = nil, connect: Duration? = nil, tls: Duration? = nil, requestSent: Duration? = nil,
    firstByte: Duration? = nil, isConnectionReused: Bool = false, httpVersion: String = "1.1"
  ) {
    self.dns = dns
    self.connect = connect
    self.tls = tls
    self.requestSent = requestSent
    self.firstByte = firstByte
    self.isConnectionReused = isConnectionReused
    self.httpVersion = httpVersion
  }
}
