// One `[providers.NAME]` of the configuration.

package import Diagnostics

/// A header that goes with every request. Its value may be a key, so it is never shown.
package struct ProviderHeader: Equatable, Sendable {
  package var name: String
  package var value: Secret

  /// A header; the caller has checked that both may travel.
  package init(name: String, value: Secret) {
    self.name = name
    self.value = value
  }
}

/// A name and a value in the query of an address, before percent-encoding.
package struct QueryItem: Equatable, Sendable {
  package var name: String
  package var value: String

  /// A pair.
  package init(name: String, value: String) {
    self.name = name
    self.value = value
  }
}

/// How requests to a `jaf` server travel.
package enum AgentTransport: String, CaseIterable, Equatable, Sendable {
  case serverSentEvents = "sse"
  case webSocket = "websocket"
  case http
}

/// How fast a recorded stream plays.
package enum ReplaySpeed: Equatable, Sendable {
  /// 1 is the original timing.
  case times(Double)
  case maximum
}

/// A configured service: what it speaks, where it is, how it is reached.
///
/// What is `nil` follows the kind: its public address, its time-outs, its region from AWS's own configuration.
package struct ProviderSettings: Equatable, Sendable {
  /// The name in `[providers.NAME]`.
  package var name: String
  package var kind: ProviderKind
  package var baseURL: ServerAddress?
  package var credential: CredentialSource
  /// Sent with every request, in the order of the file.
  package var headers: [ProviderHeader]
  /// Added to the address of every request, in the order of the file. Never keys.
  package var query: [QueryItem]
  /// Whether a key may travel unencrypted to another machine.
  package var allowsPlaintext: Bool
  /// DNS, TCP and TLS together.
  package var connectTimeout: Duration?
  /// From the request being sent to the first byte of the answer.
  package var firstByteTimeout: Duration?
  /// The longest silence inside an answer.
  package var idleTimeout: Duration?
  /// The longest answer; `nil` is no limit.
  package var totalTimeout: Duration?
  /// Retries before content, 0 to 20.
  package var retries: Int?
  /// AWS region; else `AWS_REGION` and AWS's configuration.
  package var region: String?
  /// A profile in AWS's configuration.
  package var awsProfile: String?
  /// Instead of the region's AWS endpoint.
  package var endpointURL: ServerAddress?
  /// A deployed AgentCore runtime, instead of `baseURL`.
  package var runtimeARN: String?
  /// The AgentCore runtime's endpoint name; its default is `DEFAULT`.
  package var qualifier: String?
  package var transport: AgentTransport?
  /// Instead of the kind's own path below `baseURL`.
  package var path: String?
  /// Models offered in pickers where the server does not list them.
  package var models: [String]
  /// Tokens that the models hold, where the service does not say.
  package var contextTokens: Int?
  package var proxy: ProxySetting?
  /// A file of certificates to trust in addition to the system's.
  package var certificateFile: String?
  /// The recording of a `replay` provider.
  package var file: String?
  package var speed: ReplaySpeed?

  /// A provider with everything left to its kind.
  package init(name: String, kind: ProviderKind) {
    self.name = name
    self.kind = kind
    credential = .none
    headers = []
    query = []
    allowsPlaintext = false
    models = []
  }

  /// The embedded guide, which is there without being configured.
  package static let guide = ProviderSettings(name: "guide", kind: .guide)

  /// Whether something secret goes with the requests.
  package var sendsCredential: Bool {
    credential != .none || kind.usesAWS && runtimeARN != nil || kind.usesAWS && kind != .agentCore
      || headers.contains { Self.secretHeaders.contains($0.name.lowercased()) }
  }

  /// The address that a key would reach unencrypted on another machine, though nobody allowed that.
  package var refusedAddress: ServerAddress? {
    guard !allowsPlaintext, sendsCredential else { return nil }
    return [baseURL, endpointURL].lazy.compactMap(\.self).first { $0.scheme == "http" && !$0.isThisMachine }
  }

  /// Why the provider may not be used as it is configured, or `nil`.
  package var refusal: Explanation? {
    refusedAddress.map { address in
      Explanation(
        kind: .setting, summary: "\(name) would send its key unencrypted to \(address.host)",
        detail: "use https, or say allow_plaintext = true in [providers.\(name)]",
        recovery: .fixSetting(path: "providers.\(name).base_url"))
    }
  }

  /// Headers that carry keys. Others may, too; these are known to.
  static let secretHeaders: Set<String> = [
    "authorization", "proxy-authorization", "x-api-key", "api-key", "x-goog-api-key", "cookie", "x-amz-security-token",
  ]
}
