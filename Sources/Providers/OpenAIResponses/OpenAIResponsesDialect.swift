// OpenAI's Responses API (wire notes: openai-responses). By default nothing is kept at the service. With
// `extra = { background = true }` it makes the answer on its own and keeps it, so that a stream which broke is gone on
// with, even by the next start of this program.

package import Conversations
package import Diagnostics
package import Framing
package import Streaming
package import Transport

/// The dialect of `POST …/responses`.
package struct OpenAIResponsesDialect: WireDialect {
  /// What a server may refuse, and what is then sent instead.
  enum Repairs {
    /// No items of earlier answers: they are of another model or account, or not kept any more.
    static let freshItems = Repair("items")
    /// Without `reasoning.summary`, which takes a verified organisation and a model that reasons.
    static let noSummary = Repair("reasoning.summary")
    /// Without asking for encrypted reasoning, which models that do not reason refuse.
    static let noEncryption = Repair("encrypted_content")
    static let noStreamOptions = Repair("stream_options")
    static let noTemperature = Repair("temperature")
    static let noTopP = Repair("top_p")
  }

  /// A dialect; it has no settings of its own.
  package init() {}

  package var frameFormat: FrameFormat { .serverSentEvents }

  /// Minutes of silence are normal while a model reasons; there are no pings.
  package var patience: Patience { Patience(firstByte: .seconds(600), idle: .seconds(600)) }

  // MARK: Requests

  package func encode(
    _ request: ChatRequest, to endpoint: Endpoint, repairs: Set<Repair>
  ) throws(ProviderError) -> DialectRequest {
    if let partial = request.resumes, let name = OpenAIResponsesPiece.keptResponse(in: partial.parts) {
      // From its beginning: what is numbered between two events of the partial answer is not known any more.
      return try rest(of: name, after: nil, from: endpoint)
    }
    let isBackground =
      if case .success(let extra) = JSONParser.parse(request.extraJSON) { extra["background"]?.bool == true } else {
        false
      }
    let accept = request.isStreaming || isBackground ? "text/event-stream" : "application/json"
    var (url, headers) = try address("/responses", of: endpoint, accept: accept)
    do throws(TransportError) { try headers.add("Content-Type", "application/json") } catch {
      throw error.providerError(of: endpoint.name)
    }
    let encoding = OpenAIResponsesEncoding(
      provider: endpoint.name, host: url.host, model: request.model, repairs: repairs)
    var body = try encoding.body(of: request, isBackground: isBackground)
    if !request.extraJSON.isEmpty { body = try OpenAIChatDialect.merged(body, with: request.extraJSON) }
    if repairs.contains(Repairs.noSummary), case .success(var value) = JSONParser.parse(body),
      var reasoning = value["reasoning"], reasoning.object != nil
    {
      // The profile may have asked for it, too.
      reasoning["summary"] = nil
      value["reasoning"] = reasoning.object?.members.isEmpty == true ? nil : reasoning
      body = value.bytes
    }
    return DialectRequest(.post, url, headers: headers, body: body)
  }

  package func authorize(_ request: inout DialectRequest, with secret: Secret) throws(TransportError) {
    try OpenAIChatDialect().authorize(&request, with: secret)
  }

  package func encodeModelList(for endpoint: Endpoint) throws(ProviderError) -> DialectRequest? {
    let (url, headers) = try address("/models", of: endpoint, accept: "application/json")
    return DialectRequest(.get, url, headers: headers)
  }

  private func address(
    _ path: String, _ items: [Endpoint.QueryItem] = [], of endpoint: Endpoint, accept: String
  ) throws(ProviderError) -> (HTTPURL, HTTPHeaders) {
    let base = endpoint.baseURL.isEmpty ? OpenAIChatDialect.standardBaseURL : endpoint.baseURL
    do throws(TransportError) {
      let url = try EndpointURL(base, without: ["/responses", "/chat/completions", "/models"])
        .appending(path, query: items + endpoint.query)
      var headers = HTTPHeaders()
      try headers.add("Accept", accept)
      return (url, headers)
    } catch {
      throw error.providerError(of: endpoint.name)
    }
  }

  // MARK: Going on

  package func resumption(
    _ state: OpenAIResponsesDecoding, endpoint: Endpoint
  ) throws(ProviderError) -> DialectRequest? {
    guard state.isBackground, let name = state.responseID else { return nil }
    return try rest(of: name, after: state.sequence, from: endpoint)
  }

  package func continuation(of partial: Message, model: String) -> Continuation {
    if case .complete = partial.status { return .newTurn }
    return OpenAIResponsesPiece.keptResponse(in: partial.parts) == nil ? .newTurn : .resume
  }

  private func rest(
    of response: String, after sequence: Int?, from endpoint: Endpoint
  ) throws(ProviderError) -> DialectRequest {
    var items = [Endpoint.QueryItem(name: "stream", value: "true")]
    if let sequence { items.append(Endpoint.QueryItem(name: "starting_after", value: String(sequence))) }
    let (url, headers) = try address(
      "/responses/" + EndpointURL.percentEncoded(response), items, of: endpoint, accept: "text/event-stream")
    return DialectRequest(.get, url, headers: headers)
  }

  // MARK: Refusals

  package func classify(_ failure: HTTPFailure) -> ProviderError {
    var error = failure.classified()
    if failure.status == 404, failure.url.description.firstRange(of: "/responses/") != nil {
      error.explanation.summary = "\(failure.endpoint.name) does not have this answer any more"
      error.explanation.recovery = .retry(afterMilliseconds: nil)
    }
    return error
  }

  package func repair(_ failure: HTTPFailure, applied: Set<Repair>) -> Repair? {
    guard failure.status == 400 || failure.status == 404 || failure.status == 422 else { return nil }
    let report = failure.report
    // A prompt that is too long is told with the same words as an unknown parameter.
    if case .contextOverflow = ErrorClass(status: failure.status, report: report) { return nil }
    let words = (report.message + " " + (report.parameter ?? "") + " " + (report.code ?? "")).prefix(4_000)
    func names(_ word: String) -> Bool { words.firstRange(of: word) != nil }
    // An item that is not kept any more is a 404.
    let isAboutItems =
      names("required reasoning item") || names("required following item") || names("Item with id")
      || names("invalid_encrypted_content")
    if isAboutItems { return applied.contains(Repairs.freshItems) ? nil : Repairs.freshItems }
    guard failure.status != 404 else { return nil }
    let wanted: [(Bool, Repair)] = [
      (names("ncrypted content") || names("encrypted_content") || names("include "), Repairs.noEncryption),
      (names("reasoning") && !names("reasoning.effort"), Repairs.noSummary),
      (names("stream_options") || names("include_obfuscation"), Repairs.noStreamOptions),
      (names("temperature"), Repairs.noTemperature),
      (names("top_p"), Repairs.noTopP),
    ]
    return wanted.first { $0.0 && !applied.contains($0.1) }?.1
  }

  // MARK: Answers

  package func makeDecoderState(_ context: ResponseContext) -> OpenAIResponsesDecoding {
    OpenAIResponsesDecoding(context)
  }

  package func decode(
    _ frame: WireFrame, state: inout OpenAIResponsesDecoding, into sink: inout EventSink
  ) throws(DialectError) {
    try state.decode(frame, into: &sink)
  }

  /// Only an event ends an answer.
  package func end(state: inout OpenAIResponsesDecoding, into sink: inout EventSink) {}

  package func decodeWhole(
    _ body: [UInt8], context: ResponseContext, into sink: inout EventSink
  ) throws(DialectError) {
    var state = OpenAIResponsesDecoding(context)
    try state.decodeWhole(body, into: &sink)
  }

  package func decodeModelList(_ body: [UInt8]) throws(DialectError) -> [ModelDescriptor] {
    try OpenAIChatDialect().decodeModelList(body)
  }
}
