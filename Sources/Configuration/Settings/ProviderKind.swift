// The protocols riffle speaks, by the names that `kind` takes.

/// What a provider speaks. The raw values stand in `config.toml`.
package enum ProviderKind: String, CaseIterable, Equatable, Hashable, Sendable {
  case guide
  case openAI = "openai"
  case openAIResponses = "openai-responses"
  case anthropic
  case bedrock
  case bedrockInvoke = "bedrock-invoke"
  case gemini
  case ollama
  case agentCore = "agentcore"
  case jaf
  case replay

  /// What it talks to, in a few words.
  package var summary: String {
    switch self {
    case .guide: "riffle's own manual, offline"
    case .openAI: "Chat Completions, and every server that speaks it"
    case .openAIResponses: "the Responses API"
    case .anthropic: "the Messages API"
    case .bedrock: "AWS Bedrock through Converse"
    case .bedrockInvoke: "AWS Bedrock through InvokeModel with the Claude body"
    case .gemini: "Gemini's streamGenerateContent"
    case .ollama: "Ollama's /api/chat"
    case .agentCore: "agents on AWS Bedrock AgentCore or its local runtime"
    case .jaf: "JAF agent servers"
    case .replay: "a recorded stream"
    }
  }

  /// Whether requests leave for a server.
  package var usesNetwork: Bool { self != .guide && self != .replay }

  /// Whether requests are signed with AWS credentials unless an API key is configured.
  package var usesAWS: Bool {
    switch self {
    case .bedrock, .bedrockInvoke, .agentCore: true
    default: false
    }
  }

  /// Whether a profile must name a model. Agents, the guide and recordings answer without one.
  package var needsModel: Bool {
    switch self {
    case .guide, .agentCore, .jaf, .replay: false
    default: true
    }
  }
}
