// Addresses of servers as settings state them, checked before anything is sent there.

/// Why a text is not a usable address.
package struct AddressProblem: Error, Equatable, Sendable, CustomStringConvertible {
  /// What is wrong, to follow the setting's name.
  package let description: String
}

/// An absolute address without credentials: `http://127.0.0.1:8000/v1`.
package struct ServerAddress: Equatable, Hashable, Sendable, CustomStringConvertible {
  /// The address as written.
  package let text: String
  /// In lower case.
  package let scheme: String
  /// In lower case, an IPv6 address without its brackets.
  package let host: String
  package let port: Int?
  /// What follows the authority: empty, or beginning with `/`.
  package let path: String

  package var description: String { text }

  /// Reads an address with one of `schemes`.
  ///
  /// Refuses control characters, blanks, non-ASCII, a user name or password, a query and a fragment: keys do not belong
  /// into addresses, and a query is a setting of its own.
  package static func parse(
    _ text: String, schemes: [String] = ["https", "http"]
  ) -> Result<ServerAddress, AddressProblem> {
    guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
      return .failure(AddressProblem(description: "must not hold blanks, control characters or non-ASCII characters"))
    }
    let wanted = "must begin with " + alternatives(schemes.map { "\($0)://" })
    guard let colon = text.firstIndex(of: ":"), text[colon...].hasPrefix("://") else {
      return .failure(AddressProblem(description: wanted))
    }
    let scheme = text[..<colon].lowercased()
    guard schemes.contains(scheme) else { return .failure(AddressProblem(description: wanted)) }
    let rest = text[text.index(colon, offsetBy: 3)...]
    let authority = rest.prefix { !"/?#\\".contains($0) }
    let path = rest[authority.endIndex...]
    if authority.utf8.contains(UInt8(ascii: "@")) {
      return .failure(AddressProblem(description: "must not hold a user name or password; use api_key_env"))
    }
    if path.utf8.contains(UInt8(ascii: "?")) {
      return .failure(AddressProblem(description: "must not hold a query; use query = { … }"))
    }
    if path.utf8.contains(UInt8(ascii: "#")) || path.utf8.contains(UInt8(ascii: "\\")) {
      return .failure(AddressProblem(description: "must not hold # or \\"))
    }
    return split(authority).map { host, port in
      ServerAddress(text: text, scheme: scheme, host: host.lowercased(), port: port, path: String(path))
    }
  }

  /// Whether nothing sent there leaves this machine: `localhost`, `*.localhost`, 127.0.0.0/8, ::1.
  package var isThisMachine: Bool {
    if host == "localhost" || host.hasSuffix(".localhost") || host == "::1" { return true }
    let parts = host.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4 && parts[0] == "127"
      && parts.allSatisfy { part in
        (1...3).contains(part.utf8.count) && part.utf8.allSatisfy { (0x30...0x39).contains($0) } && UInt8(part) != nil
      }
  }

  /// Host and port of an authority without user information.
  static func split(_ authority: Substring) -> Result<(host: String, port: Int?), AddressProblem> {
    var host = authority
    var portText: Substring?
    if authority.hasPrefix("[") {
      guard let close = authority.firstIndex(of: "]") else {
        return .failure(AddressProblem(description: "has no ] after its IPv6 address"))
      }
      host = authority[authority.index(after: authority.startIndex)..<close]
      let tail = authority[authority.index(after: close)...]
      guard tail.isEmpty || tail.hasPrefix(":") else {
        return .failure(AddressProblem(description: "has something other than a port after ]"))
      }
      if !tail.isEmpty { portText = tail.dropFirst() }
      guard host.utf8.contains(UInt8(ascii: ":")), host.allSatisfy({ $0.isHexDigit || $0 == ":" || $0 == "." }) else {
        return .failure(AddressProblem(description: "has no IPv6 address between the brackets"))
      }
    } else {
      if let colon = authority.firstIndex(of: ":") {
        host = authority[..<colon]
        portText = authority[authority.index(after: colon)...]
      }
      guard !host.isEmpty else { return .failure(AddressProblem(description: "has no host")) }
      guard host.utf8.allSatisfy(isHostByte) else {
        return .failure(AddressProblem(description: "has a host with characters that hosts do not have"))
      }
    }
    guard let portText else { return .success((String(host), nil)) }
    guard portText.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let port = Int(portText),
      (1...65_535).contains(port)
    else { return .failure(AddressProblem(description: "has a port that is not 1 to 65535")) }
    return .success((String(host), port))
  }

  private static func isHostByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"):
      true
    default: false
    }
  }
}
