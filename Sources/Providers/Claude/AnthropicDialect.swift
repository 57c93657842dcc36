// Anthropic's Messages API (wire notes: anthropic), and every gateway that speaks it.

import Conversations
package import Diagnostics
package import Framing
package import Streaming
package import Transport

/// The dialect of `POST …/v1/messages`.
package struct AnthropicDialect: WireDialect {
  /// Where the kind points without a base address.
  package static let standardBaseURL = "https://api.anthropic.com"
  /// The name under which this dialect keeps what only the service understands.
  static let name = "anthropic"
  /// The version of the interface that all of this is written for.
  private static let version = "2023-06-01"

  /// A dialect; it has no settings of its own.
  package init() {}

  package var frameFormat: FrameFormat { .serverSentEvents }

  /// Whether an answer may be begun for the model.
  package func canPrefill(_ model: String) -> Bool { ClaudeModel(model)?.takesPrefill ?? false }

  // MARK: Requests

  package func encode(
    _ request: ChatRequest, to endpoint: Endpoint, repairs: Set<Repair>
  ) throws(ProviderError) -> DialectRequest {
    let encoding = ClaudeEncoding(service: .anthropic, dialect: Self.name, provider: endpoint.name, repairs: repairs)
    let body = try encoding.body(of: request)
    let accepted = request.isStreaming ? "text/event-stream" : "application/json"
    return DialectRequest(
      .post, try address("/messages", of: endpoint),
      headers: try headers(of: endpoint, [("Content-Type", "application/json"), ("Accept", accepted)]), body: body)
  }

  package func authorize(_ request: inout DialectRequest, with secret: Secret) throws(TransportError) {
    // Tokens of a subscription travel in the other header, and are told by their beginning.
    if secret.withExposed({ $0.hasPrefix("sk-ant-oat") }) {
      try request.headers.set("Authorization", secret: secret.asBearer)
    } else {
      try request.headers.set("x-api-key", secret: secret)
    }
  }

  package func encodeModelList(for endpoint: Endpoint) throws(ProviderError) -> DialectRequest? {
    // The most that one page may have, and far more than there are models: a second page is not asked for.
    let url = try address("/models", of: endpoint, query: [Endpoint.QueryItem(name: "limit", value: "1000")])
    return DialectRequest(.get, url, headers: try headers(of: endpoint, [("Accept", "application/json")]))
  }

  private func address(
    _ path: String, of endpoint: Endpoint, query: [Endpoint.QueryItem] = []
  ) throws(ProviderError) -> HTTPURL {
    let base = endpoint.baseURL.isEmpty ? Self.standardBaseURL : endpoint.baseURL
    do throws(TransportError) {
      return try EndpointURL(base, without: ["/messages", "/models", "/v1"]).appending(
        "/v1" + path, query: query + endpoint.query)
    } catch {
      throw error.providerError(of: endpoint.name)
    }
  }

  private func headers(of endpoint: Endpoint, _ fields: [(String, String)]) throws(ProviderError) -> HTTPHeaders {
    do throws(TransportError) {
      var headers = HTTPHeaders()
      for (name, value) in fields { try headers.add(name, value) }
      try headers.add("anthropic-version", Self.version)
      return headers
    } catch {
      throw error.providerError(of: endpoint.name)
    }
  }

  package func repair(_ failure: HTTPFailure, applied: Set<Repair>) -> Repair? {
    ClaudeRepairs.repair(failure, applied: applied)
  }

  // MARK: Answers

  package func makeDecoderState(_ context: ResponseContext) -> ClaudeDecoding {
    ClaudeDecoding(context, dialect: Self.name)
  }

  package func decode(
    _ frame: WireFrame, state: inout ClaudeDecoding, into sink: inout EventSink
  ) throws(DialectError) {
    if frame.event == "error" { return state.fail(ErrorBody(frame.data), into: &sink) }
    // Gateways put the end marker of other services behind the events.
    if frame.data.first != UInt8(ascii: "{"), frame.isDoneMarker { return }
    try state.decode(frame.data, into: &sink)
  }

  /// Only `message_stop` ends an answer.
  package func end(state: inout ClaudeDecoding, into sink: inout EventSink) {}

  package func decodeWhole(
    _ body: [UInt8], context: ResponseContext, into sink: inout EventSink
  ) throws(DialectError) {
    var state = ClaudeDecoding(context, dialect: Self.name)
    try state.decodeWhole(body, into: &sink)
  }

  package func decodeModelList(_ body: [UInt8]) throws(DialectError) -> [ModelDescriptor] {
    let excerpt = WireFrame(data: body).excerpt()
    guard case .success(let value) = JSONParser.parse(body) else {
      throw DialectError("the list of models is not JSON", excerpt: excerpt)
    }
    guard let entries = value["data"]?.array else {
      throw DialectError("there is no list of models in it", excerpt: excerpt)
    }
    return entries.compactMap { entry in
      guard let id = entry["id"]?.string, !id.isEmpty else { return nil }
      return ModelDescriptor(id: id, contextLength: entry["max_input_tokens"]?.int.flatMap { $0 > 0 ? $0 : nil })
    }
  }
}
