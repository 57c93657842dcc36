// The providers of the configuration as the session store asks for them: settings become endpoints, endpoints clients.
// Clients are made when they are first asked for and kept, so that their connections are.

import Configuration
import Conversations
import Diagnostics
import Platform
import Providers
import Sessions
import Streaming
import Transport

/// Makes the observer of a chat request to a provider of a kind.
typealias ProviderTap = @Sendable (_ kind: String, _ request: ChatRequest) -> WireTap?

/// Clients by the names in `[providers.*]`.
final class ConfiguredProviders: ProviderDirectory {
  private let current: Locked<Settings>
  private let places: Places
  private let environment: Platform.Environment
  private let http: HTTPClient
  private let clients = Locked<[String: any ProviderClient]>([:])
  /// What goes over the wire is kept there; `nil` where nobody can look.
  private let wire: WireLog?
  /// Makes the observer of a request of a provider of that kind.
  private let tap: ProviderTap?
  /// Knows what was sent to say who asks, while somebody observes: to be kept out of what is written down.
  let secrets = WireLog()

  init(
    _ settings: Settings, environment: Platform.Environment, places: Places, http: HTTPClient? = nil,
    wire: WireLog? = nil, tap: ProviderTap? = nil
  ) {
    current = Locked(settings)
    self.wire = wire
    self.tap = tap
    self.places = places
    self.environment = environment
    self.http = http ?? HTTPClient(HTTPClient.Configuration(proxies: ProxyEnvironment(environment.variables)))
  }

  private var settings: Settings { current.withLock { $0 } }

  /// Takes other settings into use; answers that stream go on with the client they began with.
  func replace(_ settings: Settings) {
    current.withLock { $0 = settings }
    clients.withLock { $0 = [:] }
  }

  func client(for name: String) throws(Explanation) -> any ProviderClient {
    if let known = clients.withLock({ $0[name] }) { return known }
    guard let provider = settings.provider(named: name) else {
      let known = settings.providers.map(\.name)
      let near = NearestNames.nearest(to: name, among: known)
      throw Explanation(
        kind: .setting, summary: "There is no provider \(name) in the configuration",
        detail: near.isEmpty
          ? known.isEmpty ? "" : "it has \(known.joined(separator: ", "))"
          : "did you mean \(near.joined(separator: " or "))?",
        recovery: .fixSetting(path: "providers.\(name)"))
    }
    if let refusal = provider.refusal { throw refusal }
    let client = try ProviderCatalog.standard.makeClient(
      kind: provider.kind.rawValue, endpoint: endpoint(of: provider), environment: providerEnvironment)
    // Of two that were made at once the first stays: a key's command runs once for each client.
    return clients.withLock { clients in
      if let known = clients[name] { return known }
      clients[name] = client
      return client
    }
  }

  func retries(for name: String) -> Int {
    settings.provider(named: name)?.retries ?? RetryPolicy.defaultRetries
  }

  func price(of model: ModelReference) -> ModelPrice? { settings.prices[model] }

  private var providerEnvironment: ProviderEnvironment {
    var environment = plainEnvironment
    environment.guideBook = { GuideBook(ProgramManual.sections()) }
    return environment
  }

  private var plainEnvironment: ProviderEnvironment {
    ProviderEnvironment(
      http: http,
      load: { path in
        do throws(LocalFileError) {
          // A recording is as long as an answer may be, with its framing.
          return .success(try LocalFiles.read(path, atMost: 256 << 20))
        } catch {
          return .failure(
            Explanation(
              kind: .setting, summary: "The recording \(path) cannot be read", detail: FileProblem.words(error)))
        }
      }, aws: .machine(environment))
  }

  private func endpoint(of provider: ProviderSettings) -> Endpoint {
    let credentials = CredentialReader(environment: environment, places: places)
    let source = source(of: provider)
    var endpoint = Endpoint(
      name: provider.name, baseURL: baseURL(of: provider),
      credentialSource: source == .none ? "" : source.description,
      credential: { () async throws(ProviderError) in try await credentials.credential(from: source, for: provider.name)
      })
    endpoint.headers = provider.headers.map { Endpoint.Header(name: $0.name, value: $0.value) }
    endpoint.query = provider.query.map { Endpoint.QueryItem(name: $0.name, value: $0.value) }
    endpoint.allowsPlaintext = provider.allowsPlaintext
    endpoint.connectTimeout = provider.connectTimeout
    endpoint.firstByteTimeout = provider.firstByteTimeout
    endpoint.idleTimeout = provider.idleTimeout
    endpoint.totalTimeout = provider.totalTimeout
    endpoint.retries = provider.retries ?? RetryPolicy.defaultRetries
    endpoint.models = provider.models
    endpoint.contextTokens = provider.contextTokens
    endpoint.certificateFile = (provider.certificateFile ?? settings.network.certificateFile).map(path(_:))
    switch provider.proxy ?? settings.network.proxy {
    case .environment: break
    case .direct: endpoint.avoidsProxies = true
    case .proxy(let proxy): endpoint.proxy = proxy.address.withExposed { $0 }
    }
    // A proxy of the provider's own is meant for it, whatever its host.
    if provider.proxy == nil || provider.proxy == .environment { endpoint.directHosts = directHosts }
    let options: KeyValuePairs<String, String?> = [
      "region": provider.region, "aws_profile": provider.awsProfile, "endpoint_url": provider.endpointURL?.text,
      "runtime_arn": provider.runtimeARN, "qualifier": provider.qualifier, "path": provider.path,
      "transport": provider.transport?.rawValue, "file": provider.file.map(path(_:)),
    ]
    for (name, value) in options { endpoint.options[name] = value }
    switch provider.speed {
    case .times(let factor)?: endpoint.options["speed"] = "\(factor)"
    case .maximum?: endpoint.options["speed"] = "max"
    case nil: break
    }
    if let wire { record(&endpoint, of: provider, source, in: wire) }
    if let tap {
      let kind = provider.kind.rawValue
      note(&endpoint, of: provider, source, in: secrets)
      endpoint.tap = { tap(kind, $0) }
    }
    return endpoint
  }

  /// Hosts to reach without the proxy for all: as configured, else as the environment has them.
  private var directHosts: [String]? {
    if let hosts = settings.network.noProxy { return hosts }
    let value = environment["no_proxy"] ?? environment["NO_PROXY"]
    return value.map { $0.split(whereSeparator: { $0 == "," || $0 == " " }).map(String.init) }
  }

  /// How requests of an AWS provider would be signed; nil for every other kind.
  func awsReport(of provider: ProviderSettings) -> AWSReport? {
    guard provider.kind.usesAWS else { return nil }
    return AWSReport(
      of: endpoint(of: provider), service: provider.kind == .agentCore ? .agentCore : .bedrock,
      environment: plainEnvironment, hasOwnKey: source(of: provider) != .none)
  }

  /// The address as configured, else where Ollama's own variable says that it is; empty for the kind's own.
  private func baseURL(of provider: ProviderSettings) -> String {
    if let given = provider.baseURL { return given.text }
    guard provider.kind == .ollama, let host = environment["OLLAMA_HOST"], !host.isEmpty else { return "" }
    return OllamaAddress.baseURL(host: host)
  }

  /// Where the key comes from: as configured, else the usual variable of a well-known service if it is set.
  func source(of provider: ProviderSettings) -> CredentialSource {
    guard provider.credential == .none, provider.baseURL == nil else { return provider.credential }
    let descriptor = ProviderCatalog.standard.row(kind: provider.kind.rawValue)?.descriptor
    let variable = ProviderPreset.named(provider.name)?.credentialVariable ?? descriptor?.credentialVariable
    if let other = descriptor?.otherCredentialVariable, let variable, (environment[variable] ?? "").isEmpty,
      environment[other]?.isEmpty == false
    {
      return .environment(name: other)
    }
    return variable.map { .environment(name: $0) } ?? .none
  }

  private func path(_ text: String) -> String {
    let folder = places.configurationFile.lastIndex(of: "/").map { String(places.configurationFile[..<$0]) } ?? "."
    return SettingPath.resolved(text, home: environment["HOME"] ?? "/", folder: folder)
  }
}
