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

  let observe: @Sendable (Record) -> Void

  /// - Parameter observe: called on the network's thread; must return at once and must not block.
  package init(_ observe: @escaping @Sendable (Record) -> Void) {
    self.observe = observe
  }
}
