// Google's Gemini by streamGenerateContent and generateContent (wire notes: gemini). Vertex AI and the Interactions API
// are other protocols and not spoken here.

package import Diagnostics
package import Framing
package import Streaming
package import Transport

/// The dialect of `POST …/models/{model}:streamGenerateContent`.
package struct GeminiDialect: WireDialect {
  /// Where the kind points without a base address.
  package static let standardBaseURL = "https://generativelanguage.googleapis.com/v1beta"

  /// What the service may refuse, and what is then sent instead.
  enum Repairs {
    /// Without asking for thoughts, which models that do not think refuse.
    static let noThoughts = Repair("thoughts")
    /// No signature of the conversation is sent: they are of another model or key.
    static let freshSignatures = Repair("thought signatures")
  }

  /// A dialect; it has no settings of its own.
  package init() {}

  package var frameFormat: FrameFormat { .serverSentEvents }

  /// The service says nothing while a model thinks.
  package var patience: Patience { Patience(firstByte: .seconds(600), idle: .seconds(600)) }

  // MARK: Requests

  package func encode(
    _ request: ChatRequest, to endpoint: Endpoint, repairs: Set<Repair>
  ) throws(ProviderError) -> DialectRequest {
    let model = Self.path(of: request.model)
    let method = request.isStreaming ? "streamGenerateContent" : "generateContent"
    // Without `alt=sse` the answer would be one JSON array in pieces.
    let form = request.isStreaming ? [Endpoint.QueryItem(name: "alt", value: "sse")] : []
    let url = try address("/\(model):\(method)", form, of: endpoint)
    let encoding = GeminiEncoding(
      provider: endpoint.name, model: String(model.split(separator: "/").last ?? ""), repairs: repairs)
    var body = try encoding.body(of: request)
    if !request.extraJSON.isEmpty { body = try OpenAIChatDialect.merged(body, with: request.extraJSON) }
    var headers = try headers(accept: request.isStreaming ? "text/event-stream" : "application/json", of: endpoint)
    do throws(TransportError) { try headers.add("Content-Type", "application/json") } catch {
      throw error.providerError(of: endpoint.name)
    }
    return DialectRequest(.post, url, headers: headers, body: body)
  }

  package func authorize(_ request: inout DialectRequest, with secret: Secret) throws(TransportError) {
    // Never in the address, which ends up in logs.
    try request.headers.set("x-goog-api-key", secret: secret)
  }

  /// One page: a thousand is the most that a page may have, and the service offers some sixty models.
  package func encodeModelList(for endpoint: Endpoint) throws(ProviderError) -> DialectRequest? {
    let url = try address("/models", [Endpoint.QueryItem(name: "pageSize", value: "1000")], of: endpoint)
    return DialectRequest(.get, url, headers: try headers(accept: "application/json", of: endpoint))
  }

  private func address(
    _ path: String, _ items: [Endpoint.QueryItem], of endpoint: Endpoint
  ) throws(ProviderError) -> HTTPURL {
    let base = endpoint.baseURL.isEmpty ? Self.standardBaseURL : endpoint.baseURL
    let parsed = EndpointURL(base, without: ["/models"])
    // `https://host` alone is what people remember of the address.
    let hasPath = parsed.base.utf8.count(where: { $0 == UInt8(ascii: "/") }) > 2
    do throws(TransportError) {
      return try parsed.appending((hasPath ? "" : "/v1beta") + path, query: items + endpoint.query)
    } catch {
      throw error.providerError(of: endpoint.name)
    }
  }

  private func headers(accept: String, of endpoint: Endpoint) throws(ProviderError) -> HTTPHeaders {
    do throws(TransportError) {
      var headers = HTTPHeaders()
      try headers.add("Accept", accept)
      return headers
    } catch {
      throw error.providerError(of: endpoint.name)
    }
  }

  /// `models/NAME`, also of a name that has that already or is a tuned model's.
  private static func path(of model: String) -> String {
    let segments = model.split(separator: "/").map { EndpointURL.percentEncoded(String($0)) }
    return segments.count > 1 ? segments.joined(separator: "/") : "models/" + segments.joined()
  }

  // MARK: Refusals

  package func repair(_ failure: HTTPFailure, applied: Set<Repair>) -> Repair? {
    guard failure.status == 400 else { return nil }
    let words = failure.report.message.lowercased().prefix(4_000)
    func names(_ word: String) -> Bool { words.firstRange(of: word) != nil }
    let isAboutSignature = names("thought_signature") || names("thought signature") || names("thoughtsignature")
    let wanted: [(Bool, Repair)] = [
      (isAboutSignature, Repairs.freshSignatures),
      (!isAboutSignature && (names("thinking") || names("include_thoughts")), Repairs.noThoughts),
    ]
    return wanted.first { $0.0 && !applied.contains($0.1) }?.1
  }

  // MARK: Answers

  package func makeDecoderState(_ context: ResponseContext) -> GeminiDecoding { GeminiDecoding(context) }

  package func decode(
    _ frame: WireFrame, state: inout GeminiDecoding, into sink: inout EventSink
  ) throws(DialectError) {
    try state.decode(frame, into: &sink)
  }

  package func end(state: inout GeminiDecoding, into sink: inout EventSink) { state.end(into: &sink) }

  package func decodeWhole(
    _ body: [UInt8], context: ResponseContext, into sink: inout EventSink
  ) throws(DialectError) {
    var state = GeminiDecoding(context)
    try state.decodeWhole(body, into: &sink)
  }

  package func decodeModelList(_ body: [UInt8]) throws(DialectError) -> [ModelDescriptor] {
    guard case .success(let value) = JSONParser.parse(body), let models = value["models"]?.array else {
      throw DialectError("there is no list of models in it", excerpt: WireFrame(data: body).excerpt())
    }
    return models.compactMap { entry in
      guard var id = entry["name"]?.string, !id.isEmpty else { return nil }
      // Embeddings, images and speech are offered, too.
      if let methods = entry["supportedGenerationMethods"]?.array, !methods.contains("generateContent") { return nil }
      if id.hasPrefix("models/") { id = String(id.dropFirst("models/".count)) }
      return ModelDescriptor(id: id, contextLength: entry["inputTokenLimit"]?.int.flatMap { $0 > 0 ? $0 : nil })
    }
  }
}
