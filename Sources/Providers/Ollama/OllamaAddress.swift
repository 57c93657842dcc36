// Where Ollama is, by the variable that its own programs read (wire notes: ollama, section 1; ollama `envconfig/config.go`).

/// The addresses of Ollama.
package enum OllamaAddress {
  /// Where it listens unless told otherwise.
  package static let standard = "http://127.0.0.1:11434"

  /// The base address that a value of `OLLAMA_HOST` means: `host`, `host:port` or an address with its scheme.
  ///
  /// Without a port it is 11434, or the scheme's own behind `http://` and `https://`. An address that only a server can
  /// listen on, such as `0.0.0.0`, means this machine.
  package static func baseURL(host text: String) -> String {
    var rest = Substring(text)
    while let first = rest.first, isQuoteOrBlank(first) { rest.removeFirst() }
    while let last = rest.last, isQuoteOrBlank(last) { rest.removeLast() }
    guard !rest.isEmpty else { return standard }
    var scheme = "http"
    var port = "11434"
    if let range = rest.firstRange(of: "://") {
      scheme = rest[..<range.lowerBound].lowercased()
      port = scheme == "https" ? "443" : "80"
      rest = rest[range.upperBound...]
    }
    let authority = rest.prefix { $0 != "/" }
    var path = rest[authority.endIndex...]
    while path.last == "/" { path.removeLast() }
    let (host, given) = split(authority)
    if let given, let number = Int(given), (1...65_535).contains(number) { port = String(number) }
    let name =
      switch host {
      case "", "0.0.0.0": "127.0.0.1"
      case "[::]": "[::1]"
      default: host
      }
    return "\(scheme)://\(name):\(port)\(path)"
  }

  /// A host and the text behind its colon. IPv6 addresses stand in brackets, or alone without a port.
  private static func split(_ authority: Substring) -> (host: String, port: Substring?) {
    if authority.first == "[", let end = authority.firstIndex(of: "]") {
      let behind = authority[authority.index(after: end)...]
      return (String(authority[...end]), behind.first == ":" ? behind.dropFirst() : nil)
    }
    let colons = authority.utf8.count(where: { $0 == UInt8(ascii: ":") })
    if colons > 1 { return ("[\(authority)]", nil) }
    guard let colon = authority.firstIndex(of: ":") else { return (String(authority), nil) }
    return (String(authority[..<colon]), authority[authority.index(after: colon)...])
  }

  private static func isQuoteOrBlank(_ character: Character) -> Bool {
    character == " " || character == "\t" || character == "\"" || character == "'"
  }
}
