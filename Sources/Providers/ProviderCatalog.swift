// The list of everything riffle can talk to. A service that speaks a known dialect is one row; a preset is a name under
// which a known server can be configured without its address.

package import Diagnostics
package import Streaming

/// What is known of a kind of provider.
package struct ProviderDescriptor: Sendable, Equatable {
  /// The word in `kind = "…"`.
  package let kind: String
  /// Its name for people.
  package let title: String
  /// Where it is without a `base_url`; empty where it has no address.
  package let baseURL: String
  /// The usual variable of the environment for its key; `nil` where none is usual.
  package let credentialVariable: String?
  /// The variable that is read where the usual one is not set; `nil` for most.
  package let otherCredentialVariable: String?
  /// Whether it needs the network.
  package let usesNetwork: Bool

  /// A kind of provider.
  package init(
    kind: String, title: String, baseURL: String = "", credentialVariable: String? = nil,
    otherCredentialVariable: String? = nil, usesNetwork: Bool = true
  ) {
    self.kind = kind
    self.title = title
    self.baseURL = baseURL
    self.credentialVariable = credentialVariable
    self.otherCredentialVariable = otherCredentialVariable
    self.usesNetwork = usesNetwork
  }
}

/// The kinds of providers, and how to make a client of each.
package struct ProviderCatalog: Sendable {
  /// A kind of provider.
  package struct Row: Sendable {
    package let descriptor: ProviderDescriptor
    /// Makes a client; opens nothing.
    package let make: @Sendable (Endpoint, ProviderEnvironment) throws(Explanation) -> any ProviderClient

    /// A row with its own kind of client.
    package init(
      _ descriptor: ProviderDescriptor,
      make: @escaping @Sendable (Endpoint, ProviderEnvironment) throws(Explanation) -> any ProviderClient
    ) {
      self.descriptor = descriptor
      self.make = make
    }

    /// A service that speaks `dialect`: all of a provider.
    /// - Parameter service: what requests are signed for, where AWS is asked.
    package init(
      _ descriptor: ProviderDescriptor, speaks dialect: some WireDialect, signedFor service: AWSService? = nil
    ) {
      self.init(descriptor) { endpoint, environment throws(Explanation) in
        var endpoint = endpoint
        if endpoint.baseURL.isEmpty { endpoint.baseURL = descriptor.baseURL }
        if let service { endpoint = endpoint.signed(for: service, in: environment) }
        return DialectClient(dialect, endpoint: endpoint, environment: environment)
      }
    }
  }

  package let rows: [Row]

  /// A catalog of these kinds.
  package init(rows: [Row]) { self.rows = rows }

  /// Everything riffle knows.
  package static let standard = ProviderCatalog(rows: [
    Row(ProviderDescriptor(kind: "guide", title: "riffle’s guide", usesNetwork: false)) {
      endpoint, environment throws(Explanation) in
      GuideClient(name: endpoint.name, clock: environment.clock, book: environment.guideBook())
    },
    Row(
      ProviderDescriptor(
        kind: "openai", title: "OpenAI Chat Completions", baseURL: OpenAIChatDialect.standardBaseURL,
        credentialVariable: "OPENAI_API_KEY"),
      speaks: OpenAIChatDialect()),
    Row(
      ProviderDescriptor(
        kind: "anthropic", title: "Anthropic Messages", baseURL: AnthropicDialect.standardBaseURL,
        credentialVariable: "ANTHROPIC_API_KEY"),
      speaks: AnthropicDialect()),
    Row(
      ProviderDescriptor(kind: "bedrock", title: "AWS Bedrock, Converse"), speaks: ConverseDialect(),
      signedFor: .bedrock),
    Row(
      ProviderDescriptor(kind: "bedrock-invoke", title: "AWS Bedrock, InvokeModel with Claude"),
      speaks: BedrockInvokeDialect(), signedFor: .bedrock),
    Row(
      ProviderDescriptor(
        kind: "openai-responses", title: "OpenAI Responses", baseURL: OpenAIChatDialect.standardBaseURL,
        credentialVariable: "OPENAI_API_KEY"),
      speaks: OpenAIResponsesDialect()),
    Row(
      ProviderDescriptor(
        kind: "gemini", title: "Google Gemini", baseURL: GeminiDialect.standardBaseURL,
        credentialVariable: "GEMINI_API_KEY", otherCredentialVariable: "GOOGLE_API_KEY"),
      speaks: GeminiDialect()),
    Row(
      ProviderDescriptor(kind: "ollama", title: "Ollama", baseURL: OllamaAddress.standard), speaks: OllamaDialect()),
    Row(ProviderDescriptor(kind: "agentcore", title: "agents on AWS Bedrock AgentCore or its local runtime")) {
      endpoint, environment throws(Explanation) in
      var endpoint = endpoint
      endpoint.firstByteTimeout = endpoint.firstByteTimeout ?? AgentCoreDialect.firstByteTimeout
      endpoint = endpoint.signed(for: .agentCore, in: environment)
      return DialectClient(AgentCoreDialect(), endpoint: endpoint, environment: environment)
    },
    Row(ProviderDescriptor(kind: "jaf", title: "JAF agent servers")) { endpoint, environment throws(Explanation) in
      let transport = endpoint.options["transport"] ?? ""
      guard let wire = transport.isEmpty ? .events : JAFDialect.Wire(rawValue: transport) else {
        throw Explanation(
          kind: .setting, summary: "There is no transport “\(ForeignWords.bounded(transport, characters: 100))”",
          detail: "known are sse, websocket and http",
          recovery: .fixSetting(path: "providers.\(endpoint.name).transport"))
      }
      var endpoint = endpoint
      endpoint.idleTimeout = endpoint.idleTimeout ?? JAFDialect.idleTimeout
      return DialectClient(JAFDialect(wire), endpoint: endpoint, environment: environment)
    },
    Row(ProviderDescriptor(kind: "replay", title: "a recorded stream", usesNetwork: false)) {
      endpoint, environment throws(Explanation) in
      try ReplayClient(endpoint: endpoint, environment: environment)
    },
  ])

  /// The kind with that word.
  package func row(kind: String) -> Row? { rows.first { $0.descriptor.kind == kind } }

  /// A client for a configured provider; opens nothing. An empty base address becomes that of the preset with the
  /// provider's name, or of its kind.
  package func makeClient(
    kind: String, endpoint: Endpoint, environment: ProviderEnvironment
  ) throws(Explanation) -> any ProviderClient {
    guard let row = row(kind: kind) else {
      let near = NearestNames.nearest(to: kind, among: rows.map(\.descriptor.kind))
      throw Explanation(
        kind: .setting, summary: "There is no kind of provider “\(ForeignWords.bounded(kind, characters: 100))”",
        detail: near.isEmpty
          ? "known are " + rows.map(\.descriptor.kind).joined(separator: ", ")
          : "did you mean " + near.joined(separator: ", or ") + "?",
        recovery: .fixSetting(path: "providers.\(endpoint.name).kind"))
    }
    var endpoint = endpoint
    if endpoint.baseURL.isEmpty, let preset = ProviderPreset.named(endpoint.name), preset.kind == kind {
      endpoint.baseURL = preset.baseURL
    }
    return try row.make(endpoint, environment)
  }
}

/// A well-known server of a known kind, so that `[providers.groq]` needs no address.
package struct ProviderPreset: Sendable, Equatable {
  package let name: String
  package let kind: String
  package let baseURL: String
  /// The usual variable of the environment for its key; `nil` for servers on this machine, which want none.
  package let credentialVariable: String?

  /// All presets. Addresses are those of the services' own documentation.
  package static let all = [
    ProviderPreset("openai", "openai", OpenAIChatDialect.standardBaseURL, "OPENAI_API_KEY"),
    ProviderPreset("openrouter", "openai", "https://openrouter.ai/api/v1", "OPENROUTER_API_KEY"),
    ProviderPreset("groq", "openai", "https://api.groq.com/openai/v1", "GROQ_API_KEY"),
    ProviderPreset("deepseek", "openai", "https://api.deepseek.com", "DEEPSEEK_API_KEY"),
    ProviderPreset("mistral", "openai", "https://api.mistral.ai/v1", "MISTRAL_API_KEY"),
    ProviderPreset("xai", "openai", "https://api.x.ai/v1", "XAI_API_KEY"),
    ProviderPreset("together", "openai", "https://api.together.xyz/v1", "TOGETHER_API_KEY"),
    ProviderPreset("fireworks", "openai", "https://api.fireworks.ai/inference/v1", "FIREWORKS_API_KEY"),
    ProviderPreset("cerebras", "openai", "https://api.cerebras.ai/v1", "CEREBRAS_API_KEY"),
    ProviderPreset("deepinfra", "openai", "https://api.deepinfra.com/v1/openai", "DEEPINFRA_API_KEY"),
    ProviderPreset("vllm", "openai", "http://127.0.0.1:8000/v1", nil),
    ProviderPreset("llamacpp", "openai", "http://127.0.0.1:8080/v1", nil),
    ProviderPreset("lmstudio", "openai", "http://127.0.0.1:1234/v1", nil),
  ]

  /// The preset with that name, in any case.
  package static func named(_ name: String) -> ProviderPreset? {
    let name = name.lowercased()
    return all.first { $0.name == name }
  }

  private init(_ name: String, _ kind: String, _ baseURL: String, _ credentialVariable: String?) {
    self.name = name
    self.kind = kind
    self.baseURL = baseURL
    self.credentialVariable = credentialVariable
  }
}
