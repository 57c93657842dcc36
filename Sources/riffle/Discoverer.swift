// Looks for what a first start can offer. Reads the environment and a few files, and asks at most this machine.

import Configuration
import Diagnostics
import Platform
import Providers
import Streaming

/// Finds what a first configuration can be made of.
struct Discoverer: Sendable {
  let environment: Environment
  let places: Places

  /// What is there without asking anybody.
  var discovery: Discovery {
    Discovery(
      keys: Discovery.keys(in: environment.variables), hasAWSCredentials: hasAWSCredentials,
      kinds: Set(ProgramManual.kinds.compactMap(ProviderKind.init(rawValue:))))
  }

  /// What is there, an Ollama on this machine included if one answers at once.
  func discoveryWithOllama() async -> Discovery {
    var discovery = discovery
    guard discovery.kinds.contains(.ollama) else { return discovery }
    var settings = Settings()
    var ollama = ProviderSettings(name: "ollama", kind: .ollama)
    // It is there or it is not: somebody waits for this.
    ollama.connectTimeout = .milliseconds(300)
    ollama.firstByteTimeout = .seconds(2)
    ollama.totalTimeout = .seconds(3)
    settings.providers = [ollama]
    let directory = ConfiguredProviders(settings, environment: environment, places: places)
    do {
      discovery.ollamaModels = try await directory.client(for: "ollama").models().map(\.id)
    } catch {
      // Nobody there, which is the usual case.
    }
    return discovery
  }

  private var hasAWSCredentials: Bool {
    let variables = ["AWS_ACCESS_KEY_ID", "AWS_PROFILE", "AWS_BEARER_TOKEN_BEDROCK", "AWS_WEB_IDENTITY_TOKEN_FILE"]
    if variables.contains(where: { !(environment[$0] ?? "").isEmpty }) { return true }
    let home = environment["HOME"] ?? "/"
    let files = [
      environment["AWS_SHARED_CREDENTIALS_FILE"] ?? "\(home)/.aws/credentials",
      environment["AWS_CONFIG_FILE"] ?? "\(home)/.aws/config",
    ]
    return files.contains { !$0.isEmpty && LocalFiles.exists($0) }
  }
}
