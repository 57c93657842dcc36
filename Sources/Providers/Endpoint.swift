// Where a configured provider is and how it is reached. The composition root makes one from the settings; nothing here
// reads a file, an environment or a clock.

package import Diagnostics
package import Streaming
package import Transport

/// A configured service, as a client needs it.
package struct Endpoint: Sendable {
  /// A header that goes with every request.
  package struct Header: Sendable, Equatable {
    package var name: String
    package var value: Secret

    /// A header with a value that is masked wherever it could be seen.
    package init(name: String, value: Secret) {
      self.name = name
      self.value = value
    }
  }

  /// A part of the address behind its `?`.
  package struct QueryItem: Sendable, Equatable {
    package var name: String
    package var value: String

    /// A name and a value as they are meant; both are percent-encoded when sent.
    package init(name: String, value: String) {
      self.name = name
      self.value = value
    }
  }

  /// The name in `[providers.NAME]`.
  package var name: String
  /// Such as `https://api.openai.com/v1`; empty is the kind's own address.
  package var baseURL: String
  /// Asked before each request; `nil` sends no credential. A thrown error is what the stream ends with.
  package var credential: @Sendable () async throws(ProviderError) -> Secret?
  /// Where the credential comes from, in words that follow "from": `the variable LAB_KEY`. Empty where there is none.
  package var credentialSource: String
  /// Signs requests for which `credential` gives nothing; `nil` sends them as they are. An `Authorization` among
  /// `headers` is the user's own way in: nothing is signed then.
  package var signer: (any RequestSigner)?
  /// Sent with every request, after the dialect's own, which they replace.
  package var headers: [Header]
  package var query: [QueryItem]
  /// Whether a credential may travel unencrypted to another machine.
  package var allowsPlaintext: Bool
  /// Limits; `nil` is the default: 10 s to connect, the kind's patience to the first byte (600 s for a server on this
  /// machine and for answers that do not stream) and in silence, no limit in all.
  package var connectTimeout: Duration?
  package var firstByteTimeout: Duration?
  package var idleTimeout: Duration?
  package var totalTimeout: Duration?
  /// Repetitions before content. Not used here: the one who asks repeats.
  package var retries: Int
  /// A proxy in place of the environment's, such as `http://user:password@host:port`.
  package var proxy: String?
  /// Whether no proxy is used, whatever the environment says.
  package var avoidsProxies = false
  /// Hosts and domains that are reached without a proxy; `nil` leaves them to the environment.
  package var directHosts: [String]?
  /// A file of certificates to trust in addition to the system's.
  package var certificateFile: String?
  /// Models to offer where the service does not list them.
  package var models: [String]
  /// Tokens that its models hold, where the service does not say so.
  package var contextTokens: Int?
  /// What only one kind understands, by the name of the setting: `region`, `file`, `speed`, …
  package var options: [String: String]
  /// How long its kind may be silent where the limits above say nothing; the client knows.
  var patience = Patience()
  /// Makes the observer of a chat request; called once for each request that is sent, repetitions included.
  package var tap: (@Sendable (ChatRequest) -> WireTap?)?
  /// Hears every key that requests are signed with, and the variable of the environment that usually holds it.
  package var notesKey: (@Sendable (Secret, _ variable: String) -> Void)?

  /// A service with everything left to its kind.
  package init(
    name: String, baseURL: String = "", credentialSource: String = "",
    credential: @escaping @Sendable () async throws(ProviderError) -> Secret? = { () throws(ProviderError) in nil }
  ) {
    self.name = name
    self.baseURL = baseURL
    self.credential = credential
    self.credentialSource = credentialSource
    headers = []
    query = []
    allowsPlaintext = false
    retries = 4
    models = []
    options = [:]
  }

  /// For `credential`: one that cannot be had, as what the stream then ends with.
  package static func noCredential(because error: ProviderError) -> @Sendable () async throws(ProviderError) -> Secret?
  {
    { () throws(ProviderError) in throw error }
  }

  /// Whether the user's own headers say who asks.
  var bringsOwnAuthorization: Bool { headers.contains { $0.name.lowercased() == "authorization" } }

  /// The limits of a request to `url`.
  func deadlines(for url: HTTPURL, isStreaming: Bool) -> Deadlines {
    // A server on this machine may have to load its model first; an answer in one piece is thought through before its
    // first byte.
    let firstByte: Duration = isStreaming && !url.isLoopback ? patience.firstByte : .seconds(600)
    return Deadlines(
      connect: connectTimeout ?? .seconds(10), firstByte: firstByteTimeout ?? firstByte,
      idle: idleTimeout ?? patience.idle, total: totalTimeout)
  }
}
