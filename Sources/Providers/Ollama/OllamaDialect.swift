// Ollama's own API (wire notes: ollama). Unlike its Chat Completions it takes the size of the context, without which the
// server forgets the beginning of a conversation.

import Diagnostics
package import Framing
package import Streaming
import Transport

/// The dialect of `POST …/api/chat`.
package struct OllamaDialect: WireDialect {
  /// What a server may refuse, and what is then sent instead.
  enum Repairs {
    /// Without `think`, which models that do not think refuse; it comes from a profile's `extra`.
    static let noThink = Repair("think")
  }

  /// A dialect; it has no settings of its own.
  package init() {}

  package var frameFormat: FrameFormat { .lines }

  /// A model may have to be loaded before its first word.
  package var patience: Patience { Patience(firstByte: .seconds(600)) }

  // MARK: Requests

  package func encode(
    _ request: ChatRequest, to endpoint: Endpoint, repairs: Set<Repair>
  ) throws(ProviderError) -> DialectRequest {
    var body = try OllamaEncoding(provider: endpoint.name).body(of: request)
    if !request.extraJSON.isEmpty { body = try OpenAIChatDialect.merged(body, with: request.extraJSON) }
    if repairs.contains(Repairs.noThink), case .success(var value) = JSONParser.parse(body) {
      value["think"] = nil
      body = value.bytes
    }
    let accept = request.isStreaming ? "application/x-ndjson" : "application/json"
    var (url, headers) = try address("/api/chat", of: endpoint, accept: accept)
    do throws(TransportError) { try headers.add("Content-Type", "application/json") } catch {
      throw error.providerError(of: endpoint.name)
    }
    return DialectRequest(.post, url, headers: headers, body: body)
  }

  package func encodeModelList(for endpoint: Endpoint) throws(ProviderError) -> DialectRequest? {
    let (url, headers) = try address("/api/tags", of: endpoint, accept: "application/json")
    return DialectRequest(.get, url, headers: headers)
  }

  private func address(
    _ path: String, of endpoint: Endpoint, accept: String
  ) throws(ProviderError) -> (HTTPURL, HTTPHeaders) {
    let base = endpoint.baseURL.isEmpty ? OllamaAddress.standard : endpoint.baseURL
    do throws(TransportError) {
      // `/v1` is where Ollama speaks Chat Completions; its own API is beside it.
      let url = try EndpointURL(base, without: ["/api/chat", "/api/tags", "/api", "/v1"]).appending(
        path, query: endpoint.query)
      var headers = HTTPHeaders()
      try headers.add("Accept", accept)
      return (url, headers)
    } catch {
      throw error.providerError(of: endpoint.name)
    }
  }

  // MARK: Refusals

  package func classify(_ failure: HTTPFailure) -> ProviderError {
    var error = failure.classified()
    switch failure.status {
    case 404 where !failure.model.isEmpty && failure.report.message.firstRange(of: "not found") != nil:
      error.explanation.summary = "\(failure.endpoint.name) does not have this model"
      error.explanation.detail += "; `ollama pull \(ForeignWords.bounded(failure.model, characters: 200))` fetches it"
      error.explanation.recovery = .chooseModel
    case 401:
      if case .success(let value) = JSONParser.parse(failure.body), let link = value["signin_url"]?.string {
        error.explanation.detail += "; sign in at \(ForeignWords.bounded(link, characters: 500))"
      }
    default: break
    }
    return error
  }

  package func repair(_ failure: HTTPFailure, applied: Set<Repair>) -> Repair? {
    let isAboutThinking = failure.report.message.firstRange(of: "does not support thinking") != nil
    return failure.status == 400 && isAboutThinking ? Repairs.noThink : nil
  }

  package func explain(_ failure: StreamFailure) -> StreamFailure {
    guard case .connection(var explanation) = failure, explanation.kind == .connection else { return failure }
    explanation.detail += explanation.detail.isEmpty ? "" : "; "
    explanation.detail += "is Ollama running? `ollama serve` starts it"
    return .connection(explanation)
  }

  // MARK: Answers

  package func makeDecoderState(_ context: ResponseContext) -> OllamaDecoding { OllamaDecoding(context) }

  package func decode(
    _ frame: WireFrame, state: inout OllamaDecoding, into sink: inout EventSink
  ) throws(DialectError) {
    try state.decode(frame.data, into: &sink)
  }

  /// Only `"done": true` ends an answer.
  package func end(state: inout OllamaDecoding, into sink: inout EventSink) {}

  package func decodeWhole(
    _ body: [UInt8], context: ResponseContext, into sink: inout EventSink
  ) throws(DialectError) {
    var state = OllamaDecoding(context)
    try state.decodeWhole(body, into: &sink)
  }

  package func decodeModelList(_ body: [UInt8]) throws(DialectError) -> [ModelDescriptor] {
    guard case .success(let value) = JSONParser.parse(body), let models = value["models"]?.array else {
      throw DialectError("there is no list of models in it", excerpt: WireFrame(data: body).excerpt())
    }
    return models.compactMap { entry in
      guard let id = entry["name"]?.string ?? entry["model"]?.string, !id.isEmpty else { return nil }
      return ModelDescriptor(id: id)
    }
  }
}
