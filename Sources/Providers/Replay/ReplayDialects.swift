// Which dialects a recording can speak, and how one is played: the decoding of a live stream on pieces with known times.

import Diagnostics
import Streaming
import Transport

/// A recording, about to be played.
struct ReplayStage {
  var recording: Recording
  var speed: ReplayClient.Speed
  var start: Instant
  var endpoint: Endpoint
  var model: String
  var now: Int64

  /// Plays the recording in a dialect.
  func play(_ dialect: some WireDialect) -> [TimedEvents] {
    var headers = HTTPHeaders()
    for (name, value) in recording.headers {
      // A header that cannot be sent means nothing here either.
      do { try headers.add(name, value) } catch { continue }
    }
    let end = start + speed.scaled(recording.end)
    // 101 is how a WebSocket begins.
    guard (200..<300).contains(recording.status) || recording.status == 101 else {
      return refused(dialect, headers, at: end)
    }

    let context = ResponseContext(
      provider: endpoint.name, model: model.isEmpty ? recording.model : model,
      requestID: HTTPFailure.requestID(in: headers), options: endpoint.options)
    var decoding = EventDecoding(dialect, context: context, received: start)
    if recording.contentType.lowercased().hasPrefix("application/json") {
      decoding.decodeWhole(recording.pieces.flatMap(\.bytes), received: end)
      return [TimedEvents(at: end, decoding.take())]
    }
    var script: [TimedEvents] = []
    for piece in recording.pieces where !decoding.isEnded {
      let time = start + speed.scaled(piece.time)
      decoding.push(piece.bytes, received: time)
      let events = decoding.take()
      if !events.isEmpty { script.append(TimedEvents(at: time, events)) }
    }
    if !decoding.isEnded {
      if recording.isTruncated {
        let failure = TransportError.truncated(host: "the recording", cause: .connectionLost)
        decoding.fail(failure.streamFailure(of: endpoint.name, hadContent: decoding.hasContent), received: end)
      } else {
        decoding.finish(received: end)
      }
      script.append(TimedEvents(at: end, decoding.take()))
    }
    return script
  }

  private func refused(_ dialect: some WireDialect, _ headers: HTTPHeaders, at time: Instant) -> [TimedEvents] {
    var failure = StreamFailure.connection(
      Explanation(kind: .setting, summary: "The recording holds a refusal that cannot be shown"))
    do throws(TransportError) {
      failure = .provider(
        dialect.classify(
          HTTPFailure(
            endpoint: endpoint, model: model, url: try HTTPURL("https://recording.invalid/"), status: recording.status,
            headers: headers, body: recording.pieces.flatMap(\.bytes), bytesSent: 0, hadCredential: true, now: now)))
    } catch {
      failure = error.streamFailure(of: endpoint.name, hadContent: false)
    }
    return [TimedEvents(at: time, [ReceivedEvent(.error(failure), received: time)])]
  }
}

/// The dialects by the kind that speaks them.
enum ReplayDialects {
  /// All kinds that have one.
  static let kinds = [
    "openai", "openai-responses", "anthropic", "bedrock", "bedrock-invoke", "gemini", "ollama", "agentcore", "jaf",
  ]

  /// How recordings of that kind are played; nil for a kind that has no dialect.
  static func player(of kind: String) -> ((ReplayStage) -> [TimedEvents])? {
    switch kind {
    case "openai": { $0.play(OpenAIChatDialect()) }
    case "anthropic": { $0.play(AnthropicDialect()) }
    case "bedrock": { $0.play(ConverseDialect()) }
    case "bedrock-invoke": { $0.play(BedrockInvokeDialect()) }
    case "openai-responses": { $0.play(OpenAIResponsesDialect()) }
    case "gemini": { $0.play(GeminiDialect()) }
    case "ollama": { $0.play(OllamaDialect()) }
    case "agentcore": { $0.play(AgentCoreDialect()) }
    case "jaf": { $0.play(JAFDialect(recordedAs: $0.recording)) }
    default: nil
    }
  }
}
