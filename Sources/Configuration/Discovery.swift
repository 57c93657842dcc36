// What a first start finds on this machine: keys in the environment, credentials of AWS, an Ollama that answers. Looking is
// done elsewhere; here stands what was seen and what follows from it.

package import Conversations

/// What was found on this machine when a configuration is made for it.
package struct Discovery: Equatable, Sendable {
  /// A key in the environment that belongs to a well-known service.
  package struct Key: Equatable, Sendable {
    /// The provider's name to be, such as `anthropic`.
    package var provider: String
    package var kind: ProviderKind
    /// The variable, such as `ANTHROPIC_API_KEY`.
    package var variable: String

    /// A key that was found.
    package init(provider: String, kind: ProviderKind, variable: String) {
      self.provider = provider
      self.kind = kind
      self.variable = variable
    }
  }

  package var keys: [Key]
  /// Models of an Ollama that answered at its usual place; `nil` if none did.
  package var ollamaModels: [String]?
  package var hasAWSCredentials: Bool
  /// The kinds this version can talk to; the others are left out.
  package var kinds: Set<ProviderKind>

  /// Nothing found, every kind supported, unless said otherwise.
  package init(
    keys: [Key] = [], ollamaModels: [String]? = nil, hasAWSCredentials: Bool = false,
    kinds: Set<ProviderKind> = Set(ProviderKind.allCases)
  ) {
    self.keys = keys
    self.ollamaModels = ollamaModels
    self.hasAWSCredentials = hasAWSCredentials
    self.kinds = kinds
  }

  /// The variables that name a key of a well-known service, among those that are set.
  package static func keys(in variables: [String: String]) -> [Key] {
    let known = [
      Key(provider: "anthropic", kind: .anthropic, variable: "ANTHROPIC_API_KEY"),
      Key(provider: "openai", kind: .openAI, variable: "OPENAI_API_KEY"),
      Key(provider: "gemini", kind: .gemini, variable: "GEMINI_API_KEY"),
      Key(provider: "openrouter", kind: .openAI, variable: "OPENROUTER_API_KEY"),
      Key(provider: "groq", kind: .openAI, variable: "GROQ_API_KEY"),
      Key(provider: "deepseek", kind: .openAI, variable: "DEEPSEEK_API_KEY"),
      Key(provider: "mistral", kind: .openAI, variable: "MISTRAL_API_KEY"),
      Key(provider: "xai", kind: .openAI, variable: "XAI_API_KEY"),
      Key(provider: "together", kind: .openAI, variable: "TOGETHER_API_KEY"),
    ]
    return known.filter { !(variables[$0.variable] ?? "").isEmpty }
  }

  /// What was found, as settings of a session that has no configuration: providers, and a profile of each under its name.
  ///
  /// A profile without a model waits for one to be chosen: asking a service for its models is the user's wish.
  package var offers: [(provider: ProviderSettings, profile: Profile, reason: String)] {
    var offers: [(provider: ProviderSettings, profile: Profile, reason: String)] = []
    func offer(_ name: String, _ kind: ProviderKind, model: String = "", because reason: String) {
      guard kinds.contains(kind) else { return }
      offers.append(
        (
          ProviderSettings(name: name, kind: kind),
          Profile(name: name, model: ModelReference(provider: name, model: model)), reason
        ))
    }
    for key in keys { offer(key.provider, key.kind, because: key.variable) }
    if hasAWSCredentials { offer("aws", .bedrock, because: "AWS credentials") }
    if let models = ollamaModels {
      offer(
        "ollama", .ollama, model: models.first ?? "", because: models.isEmpty ? "it answers" : "\(models.count) models")
    }
    for index in offers.indices {
      if let key = keys.first(where: { $0.provider == offers[index].provider.name }) {
        offers[index].provider.credential = .environment(name: key.variable)
      }
    }
    return offers
  }
}
