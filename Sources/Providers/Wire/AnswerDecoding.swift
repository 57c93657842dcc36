// The decoding of an answer without the name of its dialect, for looking at responses of any kind.

import Framing
import Streaming

/// What `EventDecoding` does, whatever the dialect.
protocol AnswerDecoding: Sendable {
  var isEnded: Bool { get }
  mutating func push(_ bytes: [UInt8], received: Instant)
  mutating func finish(received: Instant)
  mutating func decodeWhole(_ body: [UInt8], received: Instant)
  mutating func take() -> [ReceivedEvent]
}

extension EventDecoding: AnswerDecoding {}

/// How responses of a kind of provider are decoded and cut.
struct ResponseReader {
  var decoding: any AnswerDecoding
  /// How the dialect frames its stream, where the response does not say.
  var framing: WireCutter.Framing

  /// - Parameter recording: the response's head as a recording; its `kind` names the dialect.
  /// - Returns: `nil` for a kind without a dialect.
  init?(_ recording: Recording, provider: String, began: Instant) {
    func reader(_ dialect: some WireDialect) -> ResponseReader {
      let context = ResponseContext(provider: provider, model: recording.model)
      let framing: WireCutter.Framing =
        switch dialect.frameFormat {
        case .serverSentEvents, .textRecords: .events
        case .lines: .lines
        case .eventStream: .eventStream
        case .webSocket: .webSocket
        }
      return ResponseReader(decoding: EventDecoding(dialect, context: context, received: began), framing: framing)
    }
    switch recording.kind {
    case "openai": self = reader(OpenAIChatDialect())
    case "anthropic": self = reader(AnthropicDialect())
    case "bedrock": self = reader(ConverseDialect())
    case "bedrock-invoke": self = reader(BedrockInvokeDialect())
    case "openai-responses": self = reader(OpenAIResponsesDialect())
    case "gemini": self = reader(GeminiDialect())
    case "ollama": self = reader(OllamaDialect())
    case "agentcore": self = reader(AgentCoreDialect())
    case "jaf": self = reader(JAFDialect(recordedAs: recording))
    default: return nil
    }
  }

  private init(decoding: any AnswerDecoding, framing: WireCutter.Framing) {
    self.decoding = decoding
    self.framing = framing
  }
}
