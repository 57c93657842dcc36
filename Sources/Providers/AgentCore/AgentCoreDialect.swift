// Agents on AWS Bedrock AgentCore: deployed ones by their ARN, the same container on this machine, and the web servers that
// LangGraph projects put in front of them (wire notes: langgraph-agentcore). Requests to deployed ones are signed by the
// engine (`AWSSigner`), unless a token is configured; the others take a token or nothing.

import Conversations
import Diagnostics
package import Framing
package import Streaming
import Transport

/// The dialect of `POST …/invocations`.
///
/// Only the last prompt is sent: the agent remembers by session, and the conversation's ID is the session.
package struct AgentCoreDialect: WireDialect {
  /// The first byte of an agent that has to be started may take minutes.
  static let firstByteTimeout: Duration = .seconds(600)

  /// A dialect; it has no settings of its own.
  package init() {}

  package var frameFormat: FrameFormat { .serverSentEvents }
  /// An agent that remembers would hear a repeated prompt twice.
  package var isRepeatable: Bool { false }
  package var endsWithTransfer: Bool { true }

  // MARK: Requests

  package func encode(
    _ request: ChatRequest, to endpoint: Endpoint, repairs: Set<Repair>
  ) throws(ProviderError) -> DialectRequest {
    let target = try AgentCoreTarget(endpoint, isStreaming: request.isStreaming)
    let extra = try request.extraFields()
    let conversation = request.conversation.rawValue
    // A session of the user's own choice holds for both places.
    let session = extra?["session_id"]?.string ?? conversation
    let prompt = try AgentPrompt(request).text(for: endpoint.name)
    var writer = JSONWriter(capacity: 1_024)
    writer.object { writer in
      writer.field(target.takesMessage ? "message" : "prompt", prompt)
      writer.field("session_id", target.isDeployed ? AgentCoreSession.padded(session) : session)
      if !target.takesMessage {
        writer.field("stream", request.isStreaming)
        writer.field("stream_tokens", request.isStreaming)
      }
    }
    var body = writer.bytes
    if let extra, case .success(let tree) = JSONParser.parse(body) { body = tree.merging(extra).bytes }
    do throws(TransportError) {
      var headers = HTTPHeaders()
      try headers.add("Content-Type", "application/json")
      try headers.add("Accept", "text/event-stream, application/json")
      try headers.add(AgentCoreSession.headerName, AgentCoreSession.padded(session))
      return DialectRequest(.post, try target.url(), headers: headers, body: body)
    } catch {
      throw error.providerError(of: endpoint.name)
    }
  }

  // MARK: Refusals

  /// A refusal is the service's, who has not asked the agent yet, or the agent's own. Only the first may be repeated, and
  /// of it only what says "later".
  package func classify(_ failure: HTTPFailure) -> ProviderError {
    var error = failure.classified()
    let isService =
      failure.headers["x-amzn-errortype"] != nil || !(failure.endpoint.options["runtime_arn"] ?? "").isEmpty
    error.isRetryable =
      switch failure.status {
      case 429, 503: true
      // Of a container a conflict may be anything.
      case 409: isService
      default: false
      }
    error.wasTurnedAway = error.isRetryable
    if error.isRetryable {
      if case .retry = error.explanation.recovery {
      } else {
        error.explanation.recovery = .retry(afterMilliseconds: error.retryAfterMilliseconds)
      }
    } else {
      error.retryAfterMilliseconds = nil
    }
    if failure.status == 424 {
      error.explanation.detail += error.explanation.detail.isEmpty ? "" : "; "
      error.explanation.detail += "the agent failed or did not start; its log in CloudWatch says why"
    }
    return error
  }

  // MARK: Answers

  package func makeDecoderState(_ context: ResponseContext) -> AgentCoreDecoding { AgentCoreDecoding(context) }

  package func decode(
    _ frame: WireFrame, state: inout AgentCoreDecoding, into sink: inout EventSink
  ) throws(DialectError) {
    state.decode(frame, into: &sink)
  }

  package func end(state: inout AgentCoreDecoding, into sink: inout EventSink) { state.end(into: &sink) }

  package func interrupt(_ failure: StreamFailure, state: inout AgentCoreDecoding, into sink: inout EventSink) {
    state.tellHeld(asAnswer: true, into: &sink)
  }

  package func decodeWhole(
    _ body: [UInt8], context: ResponseContext, into sink: inout EventSink
  ) throws(DialectError) {
    var state = AgentCoreDecoding(context)
    state.decodeWhole(body, into: &sink)
  }
}

/// Where a conversation's memory is, as AgentCore wants it named.
enum AgentCoreSession {
  static let headerName = "X-Amzn-Bedrock-AgentCore-Runtime-Session-Id"
  /// The service refuses shorter ones (`InvokeAgentRuntime`, `runtimeSessionId`).
  static let minimumLength = 33

  /// The ID, and if it is too short a `-` and as many zeros as are missing: the same conversation is always the same
  /// session, on every machine, and the ID can be read in the service's logs.
  static func padded(_ id: String) -> String {
    let missing = minimumLength - id.utf8.count
    return missing > 0 ? id + "-" + String(repeating: "0", count: max(0, missing - 1)) : id
  }
}

/// The address of an agent.
struct AgentCoreTarget {
  let isDeployed: Bool
  /// Whether it is a project's web server, which calls the prompt a message.
  let takesMessage: Bool
  private let base: EndpointURL
  private let path: String
  private let query: [Endpoint.QueryItem]

  /// The address of a deployed runtime if `runtime_arn` is set, else below `base_url`.
  init(_ endpoint: Endpoint, isStreaming: Bool) throws(ProviderError) {
    let arn = endpoint.options["runtime_arn"] ?? ""
    guard arn.isEmpty else {
      try Self.check(arn, endpoint)
      isDeployed = true
      takesMessage = false
      base = EndpointURL(try AWSRegion.address(of: "bedrock-agentcore", for: arn, at: endpoint))
      // The whole ARN is one segment, its slash and colons included.
      path = "/runtimes/\(EndpointURL.percentEncoded(arn))/invocations"
      let qualifier = endpoint.options["qualifier"] ?? ""
      query =
        [Endpoint.QueryItem(name: "qualifier", value: qualifier.isEmpty ? "DEFAULT" : qualifier)] + endpoint.query
      return
    }
    isDeployed = false
    var path = endpoint.options["path"] ?? ""
    var base = endpoint.baseURL
    if path.isEmpty {
      // An address that was pasted with its path says the path, too.
      let known = ["/v1/chat/stream", "/v1/chat", "/invocations"].first { EndpointURL(base).base.hasSuffix($0) }
      path = known ?? "/invocations"
      base = EndpointURL(base, without: [path]).base
    }
    if path.first != "/" { path = "/" + path }
    takesMessage = path.hasSuffix("/chat/stream") || path.hasSuffix("/chat")
    // The web server has two addresses, one for each way to answer.
    if path.hasSuffix("/chat/stream"), !isStreaming { path.removeLast("/stream".count) }
    if path.hasSuffix("/chat"), isStreaming { path += "/stream" }
    self.base = EndpointURL(base)
    self.path = path
    query = endpoint.query
  }

  func url() throws(TransportError) -> HTTPURL { try base.appending(path, query: query) }

  /// `arn:aws:bedrock-agentcore:REGION:ACCOUNT:runtime/NAME`; anything else the service would refuse with a signature error.
  private static func check(_ arn: String, _ endpoint: Endpoint) throws(ProviderError) {
    let parts = arn.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
    if parts.count == 6, parts[0] == "arn", parts[2] == "bedrock-agentcore", !parts[5].isEmpty { return }
    throw ProviderError(
      explanation: Explanation(
        kind: .setting, summary: "\(endpoint.name) cannot be reached",
        detail: "runtime_arn is no ARN of an AgentCore runtime; it looks like "
          + "arn:aws:bedrock-agentcore:eu-west-1:123456789012:runtime/agent-1",
        recovery: .fixSetting(path: "providers.\(endpoint.name).runtime_arn")))
  }
}
