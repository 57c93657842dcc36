// Agents of the Juspay Agent Framework (wire notes: jaf): the HTTP server of the package with its event stream, and the two
// servers of its guide, which stream raw text or WebSocket messages. Which of them it is cannot be told from the address,
// so the setting `transport` says it.

import Diagnostics
package import Framing
package import Streaming
import Transport

/// The dialect of JAF servers.
///
/// Only the last prompt is sent: the server remembers by the conversation's ID.
package struct JAFDialect: WireDialect {
  /// How a server streams.
  package enum Wire: String, Sendable {
    /// `POST /chat`, answered by an event stream.
    case events = "sse"
    /// A WebSocket at `/stream`.
    case webSocket = "websocket"
    /// `GET /stream-http`, answered by raw text; `POST /chat` without streaming where there is no such address.
    case text = "http"
  }

  /// Released servers stop sending without closing; longer silence than this is nothing else (wire notes: jaf, section 2).
  static let idleTimeout: Duration = .seconds(60)

  /// `transport = "http"` on a server that has only one of the two addresses.
  static let noTextAddress = Repair("no address for text")
  static let noChatAddress = Repair("no address for whole answers")

  private let wire: Wire

  /// A dialect for one way to stream.
  package init(_ wire: Wire = .events) { self.wire = wire }

  /// The dialect in which a recording was made.
  init(recordedAs recording: Recording) {
    // The frame of a text message, whole or its first part, in a file that is nothing but the body.
    let first = recording.pieces.first?.bytes.first
    let isWebSocket = recording.status == 101 || first == 0x81 || first == 0x01
    wire = isWebSocket ? .webSocket : recording.contentType.lowercased().hasPrefix("text/plain") ? .text : .events
  }

  package var frameFormat: FrameFormat {
    switch wire {
    case .events: .serverSentEvents
    case .webSocket: .webSocket
    case .text: .textRecords
    }
  }

  /// The server has stored the prompt.
  package var isRepeatable: Bool { false }
  package var endsWithTransfer: Bool { true }

  // MARK: Requests

  package func encode(
    _ request: ChatRequest, to endpoint: Endpoint, repairs: Set<Repair>
  ) throws(ProviderError) -> DialectRequest {
    let encoding = JAFEncoding(endpoint: endpoint)
    switch wire {
    case .events: return try encoding.chat(request, isStreaming: request.isStreaming)
    case .webSocket: return try encoding.webSocket(request)
    case .text:
      // Whole answers are what `/chat` has; the other address is tried where the first one does not exist.
      let asksText = request.isStreaming ? !repairs.contains(Self.noTextAddress) : repairs.contains(Self.noChatAddress)
      return asksText ? try encoding.text(request) : try encoding.chat(request, isStreaming: false)
    }
  }

  package func repair(_ failure: HTTPFailure, applied: Set<Repair>) -> Repair? {
    guard wire == .text, failure.status == 404 || failure.status == 405,
      (failure.endpoint.options["path"] ?? "").isEmpty,
      applied.isDisjoint(with: [Self.noTextAddress, Self.noChatAddress])
    else { return nil }
    return failure.url.target.contains("/stream-http") ? Self.noTextAddress : Self.noChatAddress
  }

  package func encodeModelList(for endpoint: Endpoint) throws(ProviderError) -> DialectRequest? {
    // The servers of the guide have one agent and no list.
    guard wire == .events else { return nil }
    return try JAFEncoding(endpoint: endpoint).agentList()
  }

  package func decodeModelList(_ body: [UInt8]) throws(DialectError) -> [ModelDescriptor] {
    guard case .success(let value) = JSONParser.parse(body),
      let agents = (value["data"]?["agents"] ?? value["agents"])?.array
    else { throw DialectError("there is no list of agents in it", excerpt: WireFrame(data: body).excerpt()) }
    return agents.compactMap { agent in
      (agent["name"]?.string ?? agent.string).flatMap { $0.isEmpty ? nil : ModelDescriptor(id: $0) }
    }
  }

  package func classify(_ failure: HTTPFailure) -> ProviderError {
    var error = failure.classified()
    // What a gateway turns away has not reached an agent; what the server itself reports may have.
    error.wasTurnedAway = failure.status == 429 || failure.status == 503
    return error
  }

  // MARK: Answers

  package func makeDecoderState(_ context: ResponseContext) -> JAFDecoding {
    JAFDecoding(context, readsText: wire == .text)
  }

  package func decode(
    _ frame: WireFrame, state: inout JAFDecoding, into sink: inout EventSink
  ) throws(DialectError) {
    try state.decode(frame, into: &sink)
  }

  package func end(state: inout JAFDecoding, into sink: inout EventSink) { state.end(into: &sink) }

  package func interrupt(_ failure: StreamFailure, state: inout JAFDecoding, into sink: inout EventSink) {
    state.interrupt(failure, into: &sink)
  }

  package func decodeWhole(
    _ body: [UInt8], context: ResponseContext, into sink: inout EventSink
  ) throws(DialectError) {
    var state = JAFDecoding(context)
    try state.decodeWhole(body, into: &sink)
  }
}
