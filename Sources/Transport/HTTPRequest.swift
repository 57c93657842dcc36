// What to send, and under which conditions. Knows nothing of what the bytes mean.

/// One request.
package struct HTTPRequest: Sendable {
  /// The methods riffle uses.
  package enum Method: String, Sendable {
    case get = "GET"
    case head = "HEAD"
    case post = "POST"
    case put = "PUT"
    case patch = "PATCH"
    case delete = "DELETE"
  }

  /// Which versions of HTTP may be spoken.
  package enum Versions: Sendable {
    /// HTTP/2 where TLS agrees on it, else HTTP/1.1.
    case automatic
    /// HTTP/1.1 only.
    case http1
  }

  /// What is exchanged over the connection.
  package enum Exchange: Sendable, Equatable {
    /// A request and its answer.
    case http
    /// A WebSocket on which these are said first, one text message each. The answer's head has status 101 and its body is
    /// the server's frames as they come (`FrameFormat.webSocket`); pings and closes are answered. The body and the method
    /// of the request are not sent.
    case webSocket(firstMessages: [String])
  }

  /// The method in the request line.
  package var method: Method
  /// Where to; redirects from there are reported, never followed.
  package var url: HTTPURL
  /// Sent as given. Neither `Content-Type` nor `User-Agent` nor `Expect` is added.
  package var headers: HTTPHeaders
  /// Sent whole, with its length. Nil sends none; empty sends a length of 0.
  package var body: [UInt8]?
  /// When to give up.
  package var deadlines: Deadlines
  /// Whether the answer is wanted piece by piece: then no compression is asked for, because it would hold pieces back.
  /// A compressed answer is decoded either way.
  package var isStreaming: Bool
  /// The way to the host.
  package var proxy: ProxyChoice
  /// Hosts and domains to reach without a proxy; `nil` is the environment's `NO_PROXY`, and none with a proxy of the
  /// request's own.
  package var directHosts: [String]?
  /// A file with certificates to trust besides the system's.
  package var caFile: String?
  /// Versions of HTTP.
  package var versions: Versions
  /// Whether a secret header may travel unencrypted to another machine.
  package var allowsPlaintext: Bool
  /// Whether the request may be sent again by itself if a kept connection breaks before any byte of an answer.
  ///
  /// With false it always gets a new connection, on which no such repetition happens: for agents with memory.
  package var isRepeatable: Bool
  /// Sees the traffic, with secrets masked.
  package var tap: WireTap?
  /// Plain HTTP, unless said otherwise.
  package var exchange = Exchange.http

  /// A request with standard conditions.
  package init(
    _ method: Method, _ url: HTTPURL, headers: HTTPHeaders = HTTPHeaders(), body: [UInt8]? = nil,
    deadlines: Deadlines = Deadlines(), isStreaming: Bool = false, proxy: ProxyChoice = .environment,
    directHosts: [String]? = nil, caFile: String? = nil,
    versions: Versions = .automatic, allowsPlaintext: Bool = false, isRepeatable: Bool = true, tap: WireTap? = nil
  ) {
    self.method = method
    self.url = url
    self.headers = headers
    self.body = body
    self.deadlines = deadlines
    self.isStreaming = isStreaming
    self.proxy = proxy
    self.directHosts = directHosts
    self.caFile = caFile
    self.versions = versions
    self.allowsPlaintext = allowsPlaintext
    self.isRepeatable = isRepeatable
    self.tap = tap
  }

  /// Why it must not be sent at all.
  func refusal(through proxy: HTTPProxy?) -> TransportError? {
    guard headers.holdsSecrets, !allowsPlaintext, url.scheme == .http else { return nil }
    if !url.isLoopback { return .plaintextCredential(host: url.host) }
    // To this machine, but by way of another one.
    if let proxy, !HTTPURL.isLoopback(host: proxy.host) { return .plaintextCredential(host: proxy.name) }
    return nil
  }
}
