// The one engine behind every service that speaks HTTP: a dialect, an endpoint and a connection make a `ProviderClient`.

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

  /// A client of `endpoint`; opens nothing.
  package init(_ dialect: Dialect, endpoint: Endpoint, environment: ProviderEnvironment) {
    self.dialect = dialect
    self.endpoint = endpoint
    self.environment = environment
  }

  package var name: String { endpoint.name }
  package var isRepeatable: Bool { dialect.isRepeatable }

  package func stream(_ request: ChatRequest) -> any ProviderStream { DialectStream(self, request) }

  package func models() async throws(ProviderError) -> [ModelDescriptor] {
    let configured = endpoint.models.map { ModelDescriptor(id: $0) }
    guard let request = try dialect.encodeModelList(for: endpoint) else { return configured }
    let secret = try await endpoint.credential()
    let outgoing = try httpRequest(request, with: secret, isStreaming: false)
    let response = await body(of: environment.http.start(outgoing))
    switch response {
    case .failure(let error):
      throw error.providerError(of: name)
    case .success((let head, let body)) where head.isSuccess:
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
    case .success((let head, let body)):
      // Many servers list nothing; then the configuration's list is all there is.
      if head.status == 404 || head.status == 405, !configured.isEmpty { return configured }
      throw dialect.classify(
        HTTPFailure(
          endpoint: endpoint, model: "", url: outgoing.url, status: head.status, headers: head.headers, body: body,
          bytesSent: 0, hadCredential: secret != nil, now: environment.wallClock()))
    }
  }

  func repairs(for model: String) -> Set<Repair> { repairs.withLock { $0[model] ?? [] } }

  func remember(_ repair: Repair, for model: String) {
    repairs.withLock { repairs in _ = repairs[model, default: []].insert(repair) }
  }

  /// The request as it is sent: the endpoint's headers, the credential and the limits added.
  func httpRequest(
    _ request: DialectRequest, with secret: Secret?, isStreaming: Bool
  ) throws(ProviderError) -> HTTPRequest {
    do throws(TransportError) {
      var request = request
      for header in endpoint.headers { try request.headers.set(header.name, secret: header.value) }
      if let secret, !secret.isEmpty { try dialect.authorize(&request, with: secret) }
      if request.headers["User-Agent"] == nil { try request.headers.add("User-Agent", "riffle") }
      var proxy = endpoint.avoidsProxies ? ProxyChoice.none : .environment
      if let address = endpoint.proxy, !address.isEmpty { proxy = .proxy(try HTTPProxy(address)) }
      return HTTPRequest(
        request.method, request.url, headers: request.headers, body: request.body,
        deadlines: endpoint.deadlines(for: request.url, isStreaming: isStreaming), isStreaming: isStreaming,
        proxy: proxy, directHosts: endpoint.directHosts, caFile: endpoint.certificateFile,
        allowsPlaintext: endpoint.allowsPlaintext, isRepeatable: dialect.isRepeatable, tap: endpoint.tap?())
    } catch {
      throw error.providerError(of: name)
    }
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
