// Chat Completions of OpenAI, and of every server that imitates it (wire notes: openai-chat). Servers differ in small
// things; what can be told from the address is told from it, the rest from what they refuse.

package import Diagnostics
package import Framing
package import Streaming
package import Transport

/// The dialect of `POST …/chat/completions`.
package struct OpenAIChatDialect: WireDialect {
  /// Where the kind points without a base address.
  package static let standardBaseURL = "https://api.openai.com/v1"

  /// What a server may refuse, and what is then sent instead.
  enum Repairs {
    /// Without `stream_options`, which old servers do not know.
    static let noStreamOptions = Repair("stream_options")
    /// `max_tokens` instead of `max_completion_tokens` or the reverse.
    static let otherTokenLimit = Repair("token limit name")
    /// Without `temperature`, which reasoning models do not take.
    static let noTemperature = Repair("temperature")
    /// Without `top_p`, likewise.
    static let noTopP = Repair("top_p")
    /// The thinking of turns with tool calls is sent back where it was not, or the reverse.
    static let flippedReasoning = Repair("reasoning_content")
  }

  /// A dialect; it has no settings of its own.
  package init() {}

  package var frameFormat: FrameFormat { .serverSentEvents }

  // MARK: Requests

  package func encode(
    _ request: ChatRequest, to endpoint: Endpoint, repairs: Set<Repair>
  ) throws(ProviderError) -> DialectRequest {
    let (url, headers) = try address(
      "/chat/completions", of: endpoint, accept: request.isStreaming ? "text/event-stream" : "application/json")
    let encoding = OpenAIChatEncoding(host: url.host, repairs: repairs)
    var body = encoding.body(of: request)
    if !request.extraJSON.isEmpty { body = try Self.merged(body, with: request.extraJSON) }
    return DialectRequest(.post, url, headers: headers, body: body)
  }

  package func authorize(_ request: inout DialectRequest, with secret: Secret) throws(TransportError) {
    // Azure tells keys from tokens by the header.
    if OpenAIChatEncoding.isAzure(request.url.host) {
      try request.headers.set("api-key", secret: secret)
    } else {
      try request.headers.set("Authorization", secret: secret.asBearer)
    }
  }

  package func encodeModelList(for endpoint: Endpoint) throws(ProviderError) -> DialectRequest? {
    let (url, headers) = try address("/models", of: endpoint, accept: "application/json")
    return DialectRequest(.get, url, headers: headers)
  }

  private func address(
    _ path: String, of endpoint: Endpoint, accept: String
  ) throws(ProviderError) -> (HTTPURL, HTTPHeaders) {
    let base = endpoint.baseURL.isEmpty ? Self.standardBaseURL : endpoint.baseURL
    do throws(TransportError) {
      let url = try EndpointURL(base, without: ["/chat/completions", "/models"]).appending(path, query: endpoint.query)
      var headers = HTTPHeaders()
      if path != "/models" { try headers.add("Content-Type", "application/json") }
      try headers.add("Accept", accept)
      return (url, headers)
    } catch {
      throw error.providerError(of: endpoint.name)
    }
  }

  /// The body with the profile's own fields laid over it.
  static func merged(_ body: [UInt8], with extra: String) throws(ProviderError) -> [UInt8] {
    guard case .success(let patch) = JSONParser.parse(extra), patch.object != nil else {
      throw ProviderError(
        explanation: Explanation(
          kind: .setting, summary: "The profile's extra fields are no JSON object",
          detail: ForeignWords.bounded(extra, characters: 200), recovery: .fixSetting(path: "profiles")))
    }
    // Written by this module, so it parses.
    guard case .success(let tree) = JSONParser.parse(body) else { return body }
    return tree.merging(patch).bytes
  }

  // MARK: Refusals

  package func repair(_ failure: HTTPFailure, applied: Set<Repair>) -> Repair? {
    guard failure.status == 400 || failure.status == 422 else { return nil }
    let report = failure.report
    let words = (report.message + " " + (report.parameter ?? "")).prefix(4_000)
    func names(_ word: String) -> Bool { words.firstRange(of: word) != nil }
    let wanted: [(Bool, Repair)] = [
      (names("stream_options"), Repairs.noStreamOptions),
      (names("max_tokens") || names("max_completion_tokens"), Repairs.otherTokenLimit),
      (names("temperature"), Repairs.noTemperature),
      (names("top_p"), Repairs.noTopP),
      (names("reasoning_content"), Repairs.flippedReasoning),
    ]
    // A prompt that is too long is told with the same words as an unknown parameter.
    if case .contextOverflow = ErrorClass(status: failure.status, report: report) { return nil }
    return wanted.first { $0.0 && !applied.contains($0.1) }?.1
  }

  // MARK: Answers

  /// Where servers write how long a conversation may be: OpenRouter (twice), vLLM, Groq, LM Studio and Mistral, llama.cpp.
  private static let contextLengthPaths = [
    ["context_length"], ["top_provider", "context_length"], ["max_model_len"], ["context_window"],
    ["max_context_length"], ["meta", "n_ctx"], ["meta", "n_ctx_train"],
  ]

  package func makeDecoderState(_ context: ResponseContext) -> OpenAIChatDecoding { OpenAIChatDecoding(context) }

  package func decode(
    _ frame: WireFrame, state: inout OpenAIChatDecoding, into sink: inout EventSink
  ) throws(DialectError) {
    try state.decode(frame, into: &sink)
  }

  package func end(state: inout OpenAIChatDecoding, into sink: inout EventSink) { state.end(into: &sink) }

  package func decodeWhole(
    _ body: [UInt8], context: ResponseContext, into sink: inout EventSink
  ) throws(DialectError) {
    var state = OpenAIChatDecoding(context)
    try state.decodeWhole(body, into: &sink)
  }

  package func decodeModelList(_ body: [UInt8]) throws(DialectError) -> [ModelDescriptor] {
    let excerpt = WireFrame(data: body).excerpt()
    guard case .success(let value) = JSONParser.parse(body) else {
      throw DialectError("the list of models is not JSON", excerpt: excerpt)
    }
    guard let entries = value["data"]?.array ?? value["models"]?.array ?? value.array else {
      throw DialectError("there is no list of models in it", excerpt: excerpt)
    }
    return entries.compactMap { entry in
      guard let id = entry["id"]?.string ?? entry["name"]?.string ?? entry.string, !id.isEmpty else { return nil }
      let length = Self.contextLengthPaths.lazy.compactMap { path in
        path.reduce(entry as JSONValue?) { $0?[$1] }?.int
      }.first
      return ModelDescriptor(id: id, contextLength: length.flatMap { $0 > 0 ? $0 : nil })
    }
  }
}
