// Lets one request be watched, for the wire view and for recordings.

/// An observer of the traffic of one request, without its secrets.
package struct WireTap: Sendable {
  /// What passes by, in order. A request that was repeated by itself is reported again.
  package enum Record: Sendable {
    case request(method: HTTPRequest.Method, url: HTTPURL, headers: HTTPHeaders, body: [UInt8])
    case head(HTTPResponseHead, at: ContinuousClock.Instant)
    case bytes([UInt8], at: ContinuousClock.Instant)
    case end(TransportError?, at: ContinuousClock.Instant)
  }

  let announce: @Sendable (HTTPRequest) -> Void
  let observe: @Sendable (Record) -> Void

  /// Both are called on the network's thread; they must return at once and must not block.
  /// - Parameters:
  ///   - announce: hears the request itself just before its record: what it sends first on a WebSocket, and, through
  ///     `HTTPHeaders.forSigning` alone, the credentials that are to be recognised elsewhere.
  ///   - observe: hears every record.
  package init(
    announce: @escaping @Sendable (HTTPRequest) -> Void = { _ in }, _ observe: @escaping @Sendable (Record) -> Void
  ) {
    self.announce = announce
    self.observe = observe
  }
}
