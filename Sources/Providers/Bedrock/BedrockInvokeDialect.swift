// Bedrock's InvokeModel with the body and the events of Claude (wire notes: bedrock, section 4): each frame carries one
// event in base64. For other vendors' models there is Converse.

import Conversations
import Diagnostics
package import Framing
package import Streaming
import Transport

/// The dialect of `POST /model/…/invoke-with-response-stream`.
package struct BedrockInvokeDialect: WireDialect {
  /// The name under which this dialect keeps what only the service understands.
  static let name = "bedrock-invoke"

  /// A dialect; it has no settings of its own.
  package init() {}

  package var frameFormat: FrameFormat { .eventStream }

  /// Whether an answer may be begun for the model.
  package func canPrefill(_ model: String) -> Bool { ClaudeModel(model)?.takesPrefill ?? false }

  // MARK: Requests

  package func encode(
    _ request: ChatRequest, to endpoint: Endpoint, repairs: Set<Repair>
  ) throws(ProviderError) -> DialectRequest {
    let url = try BedrockAddress.url(
      request.isStreaming ? "invoke-with-response-stream" : "invoke", model: request.model, of: endpoint)
    let encoding = ClaudeEncoding(
      service: .bedrock(betas: betas(of: endpoint)), dialect: Self.name, provider: endpoint.name, repairs: repairs)
    // The streaming operation knows its content by another name than the whole one.
    let accepted = [
      (request.isStreaming ? "X-Amzn-Bedrock-Accept" : "Accept", "application/json")
    ]
    var outgoing = DialectRequest(
      .post, url, headers: try BedrockAddress.headers(accepted, of: endpoint), body: try encoding.body(of: request))
    outgoing.signingRegion = AWSRegion.inARN(request.model)
    return outgoing
  }

  /// Features that are configured as Anthropic has them, in a header; Bedrock wants them in the body.
  private func betas(of endpoint: Endpoint) -> [String] {
    endpoint.headers.filter { $0.name.lowercased() == "anthropic-beta" }.flatMap { header in
      header.value.withExposed { value in value.split(separator: ",").map { Self.trimmed($0) } }
    }.filter { !$0.isEmpty }
  }

  private static func trimmed(_ text: Substring) -> String {
    var text = text.drop(while: \.isWhitespace)
    while text.last?.isWhitespace ?? false { text.removeLast() }
    return String(text)
  }

  package func classify(_ failure: HTTPFailure) -> ProviderError { BedrockRefusals.classify(failure) }

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
    if let report = BedrockRefusals.report(frame) { return state.fail(report, into: &sink) }
    // Kinds of frames and events that do not exist yet mean nothing.
    guard frame.kind == .message, frame.event == "chunk" else { return }
    guard let text = frame.data.withUnsafeBytes(Self.content), let event = Base64.decode(text) else {
      throw DialectError("a chunk holds no event", excerpt: frame.excerpt())
    }
    try state.decode(event, into: &sink)
  }

  /// The member `bytes` of a payload that is JSON throughout.
  private static func content(_ payload: UnsafeRawBufferPointer) -> String? {
    var cursor = JSONCursor(payload)
    var found: String?
    cursor.object { key, cursor in
      if key == "bytes" { found = cursor.string() }
    }
    return cursor.finish() ? found : nil
  }

  /// Only `message_stop` ends an answer.
  package func end(state: inout ClaudeDecoding, into sink: inout EventSink) {}

  package func decodeWhole(
    _ body: [UInt8], context: ResponseContext, into sink: inout EventSink
  ) throws(DialectError) {
    var state = ClaudeDecoding(context, dialect: Self.name)
    try state.decodeWhole(body, into: &sink)
  }
}
