// What a stream came to, as one value that can be compared.

import Conversations
import Diagnostics
import Streaming

@testable import Providers

/// The sum of a stream's events.
struct Summary: Equatable {
  struct Call: Equatable {
    var id: String
    var name: String
    var arguments = ""
    var isEnded = false
  }

  var starts: [ResponseStart] = []
  var text = ""
  var thinking = ""
  var signatures: [String] = []
  var calls: [Call] = []
  var results: [ToolResult] = []
  var usage: TokenUsage?
  var networks = 0
  var resumptions = 0
  var finish: FinishReason?
  var failure: StreamFailure?
  var endings = 0
  /// Bytes of events with content.
  var opaque: [OpaquePart] = []
  var bytes = 0

  init(_ events: [ReceivedEvent]) {
    for event in events { add(event) }
  }

  private mutating func add(_ received: ReceivedEvent) {
    switch received.event {
    case .textDelta, .thinkingDelta, .toolCallBegin, .toolCallArguments, .toolResult, .opaque: bytes += received.bytes
    default: break
    }
    switch received.event {
    case .start(let start): starts.append(start)
    case .textDelta(let delta): text += delta
    case .thinkingDelta(let delta): thinking += delta
    case .thinkingSignature(let signature): signatures.append(signature)
    case .toolCallBegin(let id, let name): calls.append(Call(id: id, name: name))
    case .toolCallArguments(let id, let fragment): change(id) { $0.arguments += fragment }
    case .toolCallEnd(let id): change(id) { $0.isEnded = true }
    case .toolResult(let result): results.append(result)
    case .opaque(let piece): opaque.append(piece)
    case .usage(let usage): self.usage = usage
    // That the request is sent may be told before the rest; it is one account.
    case .network: networks = 1
    case .resuming: resumptions += 1
    case .finish(let reason):
      finish = reason
      endings += 1
    case .error(let failure):
      self.failure = failure
      endings += 1
    }
  }

  private mutating func change(_ id: String, _ body: (inout Call) -> Void) {
    if let index = calls.lastIndex(where: { $0.id == id }) { body(&calls[index]) }
  }

  var error: ProviderError? {
    if case .provider(let error) = failure { return error }
    return nil
  }
}

/// Feeds bytes to the full decode path, without a connection.
func decode(
  _ pieces: [[UInt8]], with dialect: some WireDialect,
  context: ResponseContext = ResponseContext(provider: "lab", model: "m"),
  isCut: Bool = false
) -> [ReceivedEvent] {
  let start = ContinuousClock.now
  var decoding = EventDecoding(dialect, context: context, received: start)
  var events: [ReceivedEvent] = []
  for (index, piece) in pieces.enumerated() {
    decoding.push(piece, received: start + .milliseconds(index))
    events += decoding.take()
  }
  if !isCut { decoding.finish(received: start + .milliseconds(pieces.count)) }
  return events + decoding.take()
}

func decode(_ text: String, with dialect: some WireDialect = OpenAIChatDialect()) -> Summary {
  Summary(decode([Array(text.utf8)], with: dialect))
}

/// The events of a stream, read to its end.
func all(_ stream: any ProviderStream) async -> [ReceivedEvent] {
  var events: [ReceivedEvent] = []
  while let batch = await stream.next() { events += batch }
  return events
}

/// Reads until a condition holds or the stream ends.
func read(_ stream: any ProviderStream, until condition: (Summary) -> Bool) async -> [ReceivedEvent] {
  var events: [ReceivedEvent] = []
  while let batch = await stream.next() {
    events += batch
    if condition(Summary(events)) { break }
  }
  return events
}
