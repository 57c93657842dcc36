// Which proxy a request goes through, and how that proxy may be named. The names of the environment variables are those
// every command-line program uses; riffle reads them from a value, so that no test depends on the environment.

/// A proxy. Its password goes to the transfer library and nowhere else.
package struct HTTPProxy: Sendable, Equatable, CustomStringConvertible, CustomReflectable {
  /// As configured, with user name and password.
  let address: String
  /// Host and port without user name and password.
  package let name: String
  /// The host alone, in lower case.
  let host: String
  /// As written; `nil` leaves it to the kind of proxy.
  let port: Int?

  /// Takes `host:port` or a URL such as `http://user:password@host:port` or `socks5h://host`.
  /// - Throws: `TransportError.invalidURL` if it holds controls or spaces or no host.
  package init(_ text: String) throws(TransportError) {
    guard text.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F }) else {
      throw .invalidURL(reason: "the proxy's address holds a space or a control character")
    }
    var rest = text[...]
    if let separator = rest.firstRange(of: "://") { rest = rest[separator.upperBound...] }
    rest = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
    if let at = rest.lastIndex(of: "@") { rest = rest[rest.index(after: at)...] }
    let host: Substring
    if rest.first == "[" {
      host = rest.dropFirst().prefix { $0 != "]" }
    } else {
      host = rest.prefix { $0 != ":" }
    }
    guard !host.isEmpty else { throw .invalidURL(reason: "the proxy's address names no host") }
    address = text
    name = String(rest)
    self.host = host.lowercased()
    port = rest.lastIndex(of: ":").flatMap { Int(rest[rest.index(after: $0)...]) }
  }

  /// The name, without the password.
  package var description: String { name }

  /// What `dump` may see.
  package var customMirror: Mirror { Mirror(self, children: ["name": name]) }
}

/// How a request reaches its host.
package enum ProxyChoice: Sendable, Equatable {
  /// As the client's `ProxyEnvironment` says.
  case environment
  /// Not through a proxy, whatever the environment says.
  case none
  case proxy(HTTPProxy)
}

/// The proxies of the environment.
package struct ProxyEnvironment: Sendable, Equatable {
  let http: HTTPProxy?
  let https: HTTPProxy?
  /// Hosts to reach directly, as in `NO_PROXY`; the transfer library matches them.
  let direct: String

  /// No proxy at all.
  package static let none = ProxyEnvironment([:])

  /// Reads `http_proxy` (lower case only: `HTTP_PROXY` can be set by a request in CGI), `https_proxy`, `all_proxy` and
  /// `no_proxy`, the latter three in either case. A value that is no address counts as absent.
  package init(_ variables: [String: String]) {
    func value(_ names: String...) -> String? {
      names.lazy.compactMap { variables[$0] }.first { !$0.isEmpty }
    }
    func proxy(_ text: String?) -> HTTPProxy? {
      guard let text else { return nil }
      do { return try HTTPProxy(text) } catch { return nil }
    }
    let all = value("all_proxy", "ALL_PROXY")
    http = proxy(value("http_proxy") ?? all)
    https = proxy(value("https_proxy", "HTTPS_PROXY") ?? all)
    direct = value("no_proxy", "NO_PROXY") ?? ""
  }

  /// The proxy for an address, unless `direct` names its host. This machine is never reached through one: a credential
  /// for a local server must not leave the machine on the way to it.
  func proxy(for url: HTTPURL) -> HTTPProxy? {
    if url.isLoopback { return nil }
    return url.scheme == .https ? https : http
  }

  /// The way a request takes: its proxy, and the hosts that the transfer library is to reach without it.
  func route(of request: HTTPRequest) -> (proxy: HTTPProxy?, direct: String) {
    let hosts = request.directHosts?.joined(separator: ",")
    let (chosen, direct): (HTTPProxy?, String) =
      switch request.proxy {
      case .environment: (proxy(for: request.url), hosts ?? self.direct)
      case .none: (nil, "")
      case .proxy(let proxy): (proxy, hosts ?? "")
      }
    return (Self.isNamed(request.url.host, in: direct) ? nil : chosen, direct)
  }

  /// Whether a list of hosts names this one or a domain it is in. Address ranges are left to the transfer library.
  private static func isNamed(_ host: String, in list: String) -> Bool {
    let host = host.lowercased()
    return list.lowercased().split(whereSeparator: { $0 == "," || $0 == " " }).contains { entry in
      let name = entry.hasPrefix(".") ? entry.dropFirst() : entry
      return entry == "*" || host == name || host.hasSuffix(".\(name)")
    }
  }
}
