// Addresses below a base address: what people write in a setting, and what has to stand in a request line.

import Transport

/// A base address as written in the configuration, in its parts.
struct EndpointURL: Equatable, Sendable {
  /// Scheme, host and path, without a trailing slash.
  private(set) var base: String
  /// What stood behind a `?`.
  private(set) var query: String

  /// Reads a base address. Trailing slashes and any of `suffixes`, which people paste along with it, are cut off.
  init(_ text: String, without suffixes: [String] = []) {
    let parts = text.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    query = parts.count > 1 ? String(parts[1]) : ""
    var base = Self.withoutSlashes(parts.first ?? "")
    for suffix in suffixes where base.hasSuffix(suffix) { base = Self.withoutSlashes(base.dropLast(suffix.count)) }
    self.base = String(base)
  }

  /// The address of `path`, which begins with a slash, with the endpoint's query items.
  func appending(_ path: String, query items: [Endpoint.QueryItem]) throws(TransportError) -> HTTPURL {
    var query = query
    for item in items {
      if !query.isEmpty { query += "&" }
      query += "\(Self.percentEncoded(item.name))=\(Self.percentEncoded(item.value))"
    }
    return try HTTPURL(base + path + (query.isEmpty ? "" : "?" + query))
  }

  /// RFC 3986 section 2.3: everything but the unreserved characters is encoded.
  static func percentEncoded(_ text: String) -> String {
    var bytes: [UInt8] = []
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
        UInt8(ascii: "~"):
        bytes.append(byte)
      default:
        bytes.append(UInt8(ascii: "%"))
        bytes.append(hexadecimal(byte >> 4))
        bytes.append(hexadecimal(byte & 0xF))
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func hexadecimal(_ digit: UInt8) -> UInt8 { digit < 10 ? 0x30 + digit : 0x37 + digit }

  private static func withoutSlashes(_ text: Substring) -> Substring {
    var text = text
    while text.last == "/" { text.removeLast() }
    return text
  }
}
