// The one engine behind every service that speaks HTTP: a dialect, an endpoint and a connection make a `ProviderClient`.

package import Conversations
import Diagnostics
import Framing
import Platform
package import Streaming
import Transport

/// A configured service that speaks a dialect.
package final class DialectClient<Dialect: WireDialect>: ProviderClient {
  let dialect: Dialect
  let endpoint: Endpoint
  let environment: ProviderEnvironment
  /// What had to be changed for a model before the service took a request.
  private let repairs = Locked<[String: Set<Repair>]>([:])
  /// What the service last said of its models.
  private let contextLengths = Locked<[String: Int]>([:])

  /// A client of `endpoint`; opens nothing.
  package init(_ dialect: Dialect, endpoint: Endpoint, environment: ProviderEnvironment) {
    self.dialect = dialect
    var endpoint = endpoint
    endpoint.patience = dialect.patience
    self.endpoint = endpoint
    self.environment = environment
  }

  package var name: String { endpoint.name }
  package var isRepeatable: Bool { dialect.isRepeatable }

  package func canPrefill(_ model: String) -> Bool { dialect.canPrefill(model) }

  package func continuation(of partial: Message, model: String) -> Continuation {
    // What another provider's service keeps cannot be had from this one, even if both speak alike.
    guard partial.origin?.provider ?? name == name else { return canPrefill(model) ? .prefill : .newTurn }
    return dialect.continuation(of: partial, model: model)
  }

  package func prepare() async { await environment.http.prepare() }

  package func stream(_ request: ChatRequest) -> any ProviderStream { DialectStream(self, request) }

  package func contextLength(of model: String) -> Int? {
    endpoint.contextTokens ?? contextLengths.withLock { $0[model] }
  }

  package func models() async throws(ProviderError) -> [ModelDescriptor] {
    let offered = try await list()
    contextLengths.withLock { lengths in for model in offered { lengths[model.id] = model.contextLength } }
    return offered
  }

  private func list() async throws(ProviderError) -> [ModelDescriptor] {
    let configured = endpoint.models.map { ModelDescriptor(id: $0) }
    guard let request = try dialect.encodeModelList(for: endpoint) else { return configured }
    var verdict: SignerVerdict?
    while true {
      let outgoing = try await authorized(request, isStreaming: false)
      switch await body(of: environment.http.start(outgoing.request)) {
      case .failure(let error):
        var told = error.providerError(of: name)
        told.explanation = dialect.explain(error.streamFailure(of: name, hadContent: false)).explanation
        throw told
      case .success((let head, let body)) where head.isSuccess:
        return try listed(body, head, or: configured)
      case .success((let head, let body)):
        // Many servers list nothing; then the configuration's list is all there is.
        if head.status == 404 || head.status == 405, !configured.isEmpty { return configured }
        let failure = refusal(of: outgoing, model: "", status: head.status, headers: head.headers, body: body)
        if verdict == nil { verdict = signerVerdict(on: failure, of: outgoing) }
        guard verdict == .tryAgain else {
          let error = dialect.classify(failure)
          throw verdict?.adding(to: error) ?? error
        }
        // Once: a second refusal stands, whatever it says.
        verdict = .stands(hint: "")
      }
    }
  }

  private func listed(
    _ body: [UInt8], _ head: HTTPResponseHead, or configured: [ModelDescriptor]
  ) throws(ProviderError) -> [ModelDescriptor] {
    do throws(DialectError) {
      let listed = try dialect.decodeModelList(body)
      return listed.isEmpty ? configured : listed
    } catch {
      throw ProviderError(
        explanation: Explanation(
          kind: .malformed, summary: "\(name) sent no list of models",
          detail: "\(error.reason): \(ForeignWords.masked(error.excerpt))",
          requestID: HTTPFailure.requestID(in: head.headers),
          recovery: .fixSetting(path: "providers.\(name).base_url")),
        status: head.status)
    }
  }

  func repairs(for model: String) -> Set<Repair> { repairs.withLock { $0[model] ?? [] } }

  func remember(_ repair: Repair, for model: String) {
    repairs.withLock { repairs in _ = repairs[model, default: []].insert(repair) }
  }

  /// A request that may be sent, and who it says it is from.
  struct Outgoing: Sendable {
    var request: HTTPRequest
    var hadCredential: Bool
    /// What signed it; `nil` if nothing did.
    var signedFrom: String?

    var isWebSocket: Bool { request.exchange != .http }
  }

  /// The request as it is sent: the endpoint's headers, the credential or the signature, and the limits added. Waits for
  /// whoever gives the credential or signs.
  func authorized(
    _ request: DialectRequest, isStreaming: Bool, for chat: ChatRequest? = nil
  ) async throws(ProviderError) -> Outgoing {
    let secret = try await endpoint.credential()
    let hasSecret = secret.map { !$0.isEmpty } ?? false
    var complete = try completed(request, with: hasSecret ? secret : nil)
    var signedFrom: String?
    if let signer = endpoint.signer, !hasSecret, !endpoint.bringsOwnAuthorization {
      let signed = try await signer.sign(complete)
      complete = signed.request
      signedFrom = signed.source
    }
    return Outgoing(
      request: try httpRequest(complete, isStreaming: isStreaming, tap: chat.flatMap { endpoint.tap?($0) }),
      hadCredential: hasSecret || signedFrom != nil,
      signedFrom: signedFrom)
  }

  private func completed(
    _ request: DialectRequest, with secret: Secret?
  ) throws(ProviderError) -> DialectRequest {
    do throws(TransportError) {
      var request = request
      for header in endpoint.headers { try request.headers.set(header.name, secret: header.value) }
      if let secret { try dialect.authorize(&request, with: secret) }
      if request.headers["User-Agent"] == nil { try request.headers.add("User-Agent", "riffle") }
      return request
    } catch {
      throw error.providerError(of: name)
    }
  }

  private func httpRequest(
    _ request: DialectRequest, isStreaming: Bool, tap: WireTap?
  ) throws(ProviderError) -> HTTPRequest {
    do throws(TransportError) {
      var proxy = endpoint.avoidsProxies ? ProxyChoice.none : .environment
      if let address = endpoint.proxy, !address.isEmpty { proxy = .proxy(try HTTPProxy(address)) }
      var outgoing = HTTPRequest(
        request.method, request.url, headers: request.headers, body: request.body,
        deadlines: endpoint.deadlines(for: request.url, isStreaming: isStreaming), isStreaming: isStreaming,
        proxy: proxy, directHosts: endpoint.directHosts, caFile: endpoint.certificateFile,
        allowsPlaintext: endpoint.allowsPlaintext, isRepeatable: dialect.isRepeatable, tap: tap)
      outgoing.exchange = request.exchange
      return outgoing
    } catch {
      throw error.providerError(of: name)
    }
  }

  /// A refusal with all that is known about its request.
  func refusal(
    of outgoing: Outgoing, model: String, status: Int, headers: HTTPHeaders, body: [UInt8]
  ) -> HTTPFailure {
    var endpoint = endpoint
    if let source = outgoing.signedFrom { endpoint.credentialSource = source }
    return HTTPFailure(
      endpoint: endpoint, model: model, url: outgoing.request.url, status: status, headers: headers, body: body,
      bytesSent: outgoing.request.body?.count ?? 0, hadCredential: outgoing.hadCredential,
      now: environment.wallClock())
  }

  /// What the signer says to a refusal; `nil` if it signed nothing.
  func signerVerdict(on failure: HTTPFailure, of outgoing: Outgoing) -> SignerVerdict? {
    outgoing.signedFrom == nil ? nil : endpoint.signer?.refused(failure)
  }

  /// Reads a whole answer that is not a stream, at most 16 MiB of it.
  private func body(of stream: ByteStream) async -> Result<(HTTPResponseHead, [UInt8]), TransportError> {
    var head: HTTPResponseHead?
    var body: [UInt8] = []
    while let event = await stream.next() {
      switch event {
      case .phase: break
      case .head(let received): head = received
      case .bytes(let bytes, _):
        // Lists of models are some hundred kilobytes; whatever is larger is none.
        body.append(contentsOf: bytes.prefix((16 << 20) - body.count))
      case .end(.failure(let error)): return .failure(error)
      case .end(.success):
        guard let head else { return .failure(.cancelled) }
        return .success((head, body))
      }
    }
    return .failure(.cancelled)
  }
}
