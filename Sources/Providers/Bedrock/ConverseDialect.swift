// Bedrock's Converse, one interface for the models of all vendors there (wire notes: bedrock, sections 1 to 3 and 5).

import Conversations
import Diagnostics
package import Framing
package import Streaming
import Transport

/// The dialect of `POST /model/…/converse-stream`.
package struct ConverseDialect: WireDialect {
  /// The name under which this dialect keeps what only the service understands.
  static let name = "bedrock"

  /// What a model may refuse, and what is then sent instead.
  enum Repairs {
    static let noTemperature = Repair("temperature")
    static let noTopP = Repair("topP")
    /// Thinking is not asked for.
    static let noThinking = Repair("thinking")
    /// The thinking of earlier answers is not sent back.
    static let noThinkingEcho = Repair("thinking of earlier answers")
    /// The answer comes whole: some models do not stream, or not with tools.
    static let whole = Repair("no stream")
    /// The instructions stand at the beginning of the first prompt.
    static let systemInPrompt = Repair("system in the prompt")
    /// Results of tools and what the user said after them do not stand in one turn.
    static let resultsApart = Repair("results apart")
  }

  /// A dialect; it has no settings of its own.
  package init() {}

  package var frameFormat: FrameFormat { .eventStream }

  /// Whether an answer may be begun for the model: known of Claude only.
  package func canPrefill(_ model: String) -> Bool { ClaudeModel(model)?.takesPrefill ?? false }

  // MARK: Requests

  package func encode(
    _ request: ChatRequest, to endpoint: Endpoint, repairs: Set<Repair>
  ) throws(ProviderError) -> DialectRequest {
    let streams = request.isStreaming && !repairs.contains(Repairs.whole)
    let url = try BedrockAddress.url(streams ? "converse-stream" : "converse", model: request.model, of: endpoint)
    let accepted = [("Accept", streams ? "application/vnd.amazon.eventstream" : "application/json")]
    let encoding = ConverseEncoding(dialect: Self.name, provider: endpoint.name, repairs: repairs)
    var outgoing = DialectRequest(
      .post, url, headers: try BedrockAddress.headers(accepted, of: endpoint), body: try encoding.body(of: request))
    outgoing.signingRegion = AWSRegion.inARN(request.model)
    return outgoing
  }

  package func classify(_ failure: HTTPFailure) -> ProviderError { BedrockRefusals.classify(failure) }

  package func repair(_ failure: HTTPFailure, applied: Set<Repair>) -> Repair? {
    guard failure.status == 400 || failure.status == 422 else { return nil }
    let report = failure.report
    // A prompt that is too long is told with the same words as a limit that is too high.
    if case .contextOverflow = ErrorClass(status: failure.status, report: report) { return nil }
    let words = report.message.prefix(4_000).lowercased()
    func names(_ word: String) -> Bool { words.firstRange(of: word) != nil }
    // A value out of range is the user's to correct.
    let isRange = names("range") || names("less than") || names("greater than")
    let isThinking = names("thinking.type") || names("thinking.budget") || names("does not support thinking")
    let isUnsupported = names("support")
    let wanted: [(Bool, Repair)] = [
      (isUnsupported && (names("stream")), Repairs.whole),
      (isUnsupported && names("system") && !names("stream"), Repairs.systemInPrompt),
      (names("cannot be provided in the same turn"), Repairs.resultsApart),
      (isThinking || names("but found `tool_use`") || names("but found `text`"), Repairs.noThinking),
      (
        (names("thinking") && (names("signature") || names("cannot be modified") || names("cannot contain")))
          || names("reasoningcontent") || names("reasoning content"),
        Repairs.noThinkingEcho
      ),
      (names("temperature") && !isRange, Repairs.noTemperature),
      ((names("top_p") || names("topp")) && !isRange, Repairs.noTopP),
    ]
    if let repair = wanted.first(where: { $0.0 && !applied.contains($0.1) })?.1 { return repair }
    guard ClaudeRepairs.tokenLimit(in: applied) == nil, let limit = Self.allowedTokens(in: words) else { return nil }
    return ClaudeRepairs.tokenLimit(limit)
  }

  /// `The maximum tokens you requested exceeds the model limit of 4096. …`: 4096.
  private static func allowedTokens(in words: String) -> Int? {
    guard let place = words.firstRange(of: "exceeds the model limit of ") else { return nil }
    let digits = words[place.upperBound...].prefix { $0.isASCII && ($0.isNumber || $0 == ",") }.filter { $0 != "," }
    return Int(digits).flatMap { (1...10_000_000).contains($0) ? $0 : nil }
  }

  // MARK: Answers

  package func makeDecoderState(_ context: ResponseContext) -> ConverseDecoding {
    ConverseDecoding(context, dialect: Self.name)
  }

  package func decode(
    _ frame: WireFrame, state: inout ConverseDecoding, into sink: inout EventSink
  ) throws(DialectError) {
    try state.decode(frame, into: &sink)
  }

  package func end(state: inout ConverseDecoding, into sink: inout EventSink) { state.end(into: &sink) }

  package func isComplete(_ state: ConverseDecoding) -> Bool { state.isComplete }

  package func decodeWhole(
    _ body: [UInt8], context: ResponseContext, into sink: inout EventSink
  ) throws(DialectError) {
    var state = ConverseDecoding(context, dialect: Self.name)
    try state.decodeWhole(body, into: &sink)
  }
}
