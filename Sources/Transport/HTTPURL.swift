// An address as requests use it: parsed once, strictly, so that what riffle decides about a host (is it this machine,
// may a credential go there) is decided about the host the bytes will go to. Not a general URL type.

/// An `http` or `https` address without user name, password and fragment.
package struct HTTPURL: Hashable, Sendable, CustomStringConvertible {
  /// The two schemes there are.
  package enum Scheme: String, Hashable, Sendable {
    case http, https
  }

  /// How bytes travel.
  package let scheme: Scheme
  /// In lower case; an IPv6 address without its brackets.
  package let host: String
  /// 80 or 443 if the address named none.
  package let port: Int
  /// Path and query as sent in the request line, beginning with `/`; bytes above ASCII are percent-encoded.
  package let target: String

  /// Parses an absolute address.
  /// - Throws: `TransportError.invalidURL` with the first thing wrong with it.
  package init(_ text: String) throws(TransportError) {
    let bytes = Array(text.utf8)
    if let reason = Self.forbiddenByte(in: bytes) { throw .invalidURL(reason: reason) }
    let start: Int
    if Self.hasPrefix("https://", bytes) {
      (scheme, start) = (.https, 8)
    } else if Self.hasPrefix("http://", bytes) {
      (scheme, start) = (.http, 7)
    } else {
      throw .invalidURL(reason: "it does not begin with http:// or https://")
    }
    if bytes.contains(UInt8(ascii: "#")) { throw .invalidURL(reason: "it has a fragment (#)") }
    let authorityEnd =
      bytes[start...].firstIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") } ?? bytes.endIndex
    let authority = bytes[start..<authorityEnd]
    if authority.contains(UInt8(ascii: "@")) { throw .invalidURL(reason: "it holds a user name or password") }
    (host, port) = try Self.hostAndPort(authority, scheme: scheme)
    target = Self.target(bytes[authorityEnd...])
  }

  /// The whole address.
  package var description: String { "\(scheme.rawValue)://\(authority)\(target)" }

  /// Host, and port unless it is the scheme's own: what stands in a `Host` header.
  package var authority: String {
    let shownHost = host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]" : host
    return port == Self.usualPort(scheme) ? shownHost : "\(shownHost):\(port)"
  }

  /// Whether the host is this machine: `localhost`, 127.0.0.0/8 in four plain numbers, or ::1.
  ///
  /// Other spellings of such an address count as foreign, which errs on the safe side.
  package var isLoopback: Bool { Self.isLoopback(host: host) }

  static func isLoopback(host: String) -> Bool {
    if host == "localhost" || host == "::1" { return true }
    let parts = host.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 4, parts[0] == "127" else { return false }
    return parts.allSatisfy { part in UInt8(part).map { String($0) == part } ?? false }
  }

  private static func usualPort(_ scheme: Scheme) -> Int { scheme == .https ? 443 : 80 }

  private static func hasPrefix(_ prefix: StaticString, _ bytes: [UInt8]) -> Bool {
    guard bytes.count >= prefix.utf8CodeUnitCount else { return false }
    return prefix.withUTF8Buffer { expected in
      for index in expected.indices {
        let byte = bytes[index]
        let lower = byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z") ? byte | 0x20 : byte
        if lower != expected[index] { return false }
      }
      return true
    }
  }

  /// What may stand nowhere in an address; a backslash because parsers disagree about which part it ends.
  private static func forbiddenByte(in bytes: [UInt8]) -> String? {
    if bytes.isEmpty { return "it is empty" }
    // Longer than any server takes; also keeps the error text and the request line bounded.
    if bytes.count > 16 * 1024 { return "it is longer than 16 KiB" }
    for byte in bytes {
      if byte == 0x20 { return "it holds a space" }
      if byte < 0x20 || byte == 0x7F { return "it holds a control character" }
      if byte == UInt8(ascii: "\\") { return "it holds a backslash" }
    }
    return nil
  }

  private static func hostAndPort(
    _ authority: ArraySlice<UInt8>, scheme: Scheme
  ) throws(TransportError) -> (String, Int) {
    let host: ArraySlice<UInt8>
    var rest: ArraySlice<UInt8>
    if authority.first == UInt8(ascii: "[") {
      guard let close = authority.firstIndex(of: UInt8(ascii: "]")) else {
        throw .invalidURL(reason: "the bracket of the address is not closed")
      }
      host = authority[(authority.startIndex + 1)..<close]
      rest = authority[(close + 1)...]
      guard host.contains(UInt8(ascii: ":")), host.allSatisfy(isAddressByte) else {
        throw .invalidURL(reason: "the brackets hold no IPv6 address")
      }
    } else {
      let colon = authority.firstIndex(of: UInt8(ascii: ":")) ?? authority.endIndex
      host = authority[..<colon]
      rest = authority[colon...]
      guard host.allSatisfy(isNameByte) else { throw .invalidURL(reason: "the host name holds a forbidden character") }
    }
    if host.isEmpty { throw .invalidURL(reason: "the host is missing") }
    let name = String(decoding: host, as: UTF8.self).lowercased()
    guard rest.popFirst() != nil else { return (name, usualPort(scheme)) }
    guard rest.count <= 5, rest.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }),
      let port = Int(String(decoding: rest, as: UTF8.self)), port >= 1, port <= 65_535
    else { throw .invalidURL(reason: "the port is not a number from 1 to 65535") }
    return (name, port)
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"), 0x80...:
      true
    default: false
    }
  }

  private static func isAddressByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "f"), UInt8(ascii: "A")...UInt8(ascii: "F"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: ":"), UInt8(ascii: "."):
      true
    default: false
    }
  }

  private static func target(_ bytes: ArraySlice<UInt8>) -> String {
    var target: [UInt8] = bytes.first == UInt8(ascii: "/") ? [] : [UInt8(ascii: "/")]
    target.reserveCapacity(bytes.count + 1)
    let digits = Array("0123456789ABCDEF".utf8)
    for byte in bytes {
      if byte < 0x80 {
        target.append(byte)
      } else {
        target += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
    return String(decoding: target, as: UTF8.self)
  }
}
