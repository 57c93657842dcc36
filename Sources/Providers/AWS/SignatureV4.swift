// AWS Signature Version 4 as a function: a request and credentials give the headers to add (AWS IAM User Guide, "Create a
// signed AWS API request"; botocore `auth.py`). Which headers a request should have signed is `AWSSigner`'s business; here
// every header that is handed over is signed, except those that intermediaries change.

package import Diagnostics

/// Keys of an AWS identity.
package struct AWSKeys: Equatable, Sendable {
  /// Names the key; no secret, but of no use to anybody else either.
  package var accessKeyID: String
  package var secretAccessKey: Secret
  /// Belongs to temporary keys.
  package var sessionToken: Secret?

  /// Keys as a source gave them.
  package init(accessKeyID: String, secretAccessKey: Secret, sessionToken: Secret? = nil) {
    self.accessKeyID = accessKeyID
    self.secretAccessKey = secretAccessKey
    self.sessionToken = sessionToken
  }
}

/// A signature and every value on the way to it.
package struct SignatureV4: Sendable, CustomStringConvertible, CustomReflectable {
  /// What is signed.
  package struct Input: Sendable {
    /// The method in capitals.
    package var method: String
    /// Path and query as they stand in the request line.
    package var target: String
    /// What the `Host` header says.
    package var host: String
    /// Further headers to sign, in any order, names in any case. `Host`, `X-Amz-Date`, `X-Amz-Security-Token` and
    /// `Authorization` do not belong here: they are made.
    package var headers: [(name: String, value: Secret)]
    package var body: [UInt8]
    /// Whether empty, `.` and `..` segments of the path are resolved before it is signed, as every service but S3 does.
    package var normalizesPath: Bool

    /// A request as it will be sent.
    package init(
      method: String, target: String, host: String, headers: [(name: String, value: Secret)] = [], body: [UInt8] = [],
      normalizesPath: Bool = true
    ) {
      self.normalizesPath = normalizesPath
      self.method = method
      self.target = target
      self.host = host
      self.headers = headers
      self.body = body
    }
  }

  package let canonicalURI: String
  package let canonicalQuery: String
  /// `name:value`, sorted.
  package let canonicalHeaders: [String]
  package let signedHeaders: String
  package let payloadHash: String
  package let canonicalRequest: String
  package let canonicalRequestHash: String
  package let stringToSign: String
  package let signingKey: [UInt8]
  package let signature: String
  /// Such as `20250704T120000Z`: the header `X-Amz-Date`.
  package let date: String
  /// The header `X-Amz-Security-Token`.
  package let sessionToken: Secret?
  /// The header `Authorization`.
  package let authorization: Secret

  /// Signs.
  /// - Parameters:
  ///   - service: the signing name, such as `bedrock`.
  ///   - time: seconds since 1970, UTC.
  /// - Complexity: linear in the body, which is hashed once.
  package init(
    _ input: Input, keys: AWSKeys, region: String, service: String, time: Int64
  ) throws(DigestFailure) {
    date = AWSTime.basic(time)
    let day = String(date.prefix(8))
    sessionToken = keys.sessionToken
    var headers = input.headers
    headers.append(("host", Secret(input.host)))
    headers.append(("x-amz-date", Secret(date)))
    if let token = keys.sessionToken { headers.append(("x-amz-security-token", token)) }

    let (path, query) = Self.parts(of: input.target)
    canonicalURI = Self.canonicalURI(input.normalizesPath ? Substring(Self.normalized(path)) : path)
    canonicalQuery = Self.canonicalQuery(query)
    let canonical = Self.canonicalHeaders(headers)
    canonicalHeaders = canonical.map { "\($0.name):\($0.value)" }
    signedHeaders = canonical.map(\.name).joined(separator: ";")
    payloadHash = Digests.hexadecimal(try Digests.sha256(input.body))
    canonicalRequest = """
      \(input.method)
      \(canonicalURI)
      \(canonicalQuery)
      \(canonicalHeaders.joined(separator: "\n"))

      \(signedHeaders)
      \(payloadHash)
      """
    canonicalRequestHash = Digests.hexadecimal(try Digests.sha256(Array(canonicalRequest.utf8)))
    let scope = "\(day)/\(region)/\(service)/aws4_request"
    stringToSign = "AWS4-HMAC-SHA256\n\(date)\n\(scope)\n\(canonicalRequestHash)"
    var key = keys.secretAccessKey.withExposed { Array("AWS4\($0)".utf8) }
    for part in [day, region, service, "aws4_request"] { key = try Digests.hmacSHA256(Array(part.utf8), key: key) }
    signingKey = key
    signature = Digests.hexadecimal(try Digests.hmacSHA256(Array(stringToSign.utf8), key: key))
    authorization = Secret(
      "AWS4-HMAC-SHA256 Credential=\(keys.accessKeyID)/\(scope), SignedHeaders=\(signedHeaders), "
        + "Signature=\(signature)")
  }

  /// What was signed, without anything that signs.
  package var description: String { "signature of \(signedHeaders) at \(date)" }
  /// What `dump` may see: the steps hold the session token and a key.
  package var customMirror: Mirror { Mirror(self, children: ["description": description]) }

  // MARK: Canonical forms

  /// Headers that proxies and libraries change on the way, or that are made by the signature itself.
  private static let unsigned: Set<String> = [
    "authorization", "baggage", "connection", "expect", "keep-alive", "proxy-authenticate", "proxy-authorization", "te",
    "traceparent", "tracestate", "trailer", "transfer-encoding", "upgrade", "user-agent", "x-amzn-trace-id",
  ]

  private static func parts(of target: String) -> (path: Substring, query: Substring) {
    guard let mark = target.utf8.firstIndex(of: UInt8(ascii: "?")) else { return (target[...], "") }
    return (target[..<mark], target[target.utf8.index(after: mark)...])
  }

  /// The path of the request line encoded once more, `%` included: every service but S3 wants that.
  private static func canonicalURI(_ path: Substring) -> String {
    if path.isEmpty { return "/" }
    return encoded(path) { isUnreserved($0) || $0 == UInt8(ascii: "/") }
  }

  /// The path without empty, `.` and `..` segments (RFC 3986, section 5.2.4); a final slash stays.
  private static func normalized(_ path: Substring) -> String {
    var kept: [Substring] = []
    let segments = path.split(separator: "/", omittingEmptySubsequences: false)
    for segment in segments {
      switch segment {
      case "", ".": continue
      case "..": _ = kept.popLast()
      default: kept.append(segment)
      }
    }
    let isOpen = segments.last.map { ["", ".", ".."].contains($0) } ?? false
    return "/" + kept.joined(separator: "/") + (isOpen && !kept.isEmpty ? "/" : "")
  }

  /// The query as it is on the wire, sorted by name and then value; only what cannot stand in a request line is encoded.
  private static func canonicalQuery(_ query: Substring) -> String {
    let pairs = query.utf8.split(separator: UInt8(ascii: "&")).map { pair -> (name: [UInt8], value: [UInt8]) in
      let text = Array(encoded(Substring(pair)) { $0 > 0x20 && $0 < 0x7F }.utf8)
      guard let equals = text.firstIndex(of: UInt8(ascii: "=")) else { return (text, []) }
      return (Array(text[..<equals]), Array(text[(equals + 1)...]))
    }
    let sorted = pairs.sorted { left, right in
      left.name == right.name
        ? left.value.lexicographicallyPrecedes(right.value) : left.name.lexicographicallyPrecedes(right.name)
    }
    return sorted.map { "\(String(decoding: $0.name, as: UTF8.self))=\(String(decoding: $0.value, as: UTF8.self))" }
      .joined(separator: "&")
  }

  /// Sorted by name; values trimmed, runs of blanks squeezed, those of one name joined in their order.
  private static func canonicalHeaders(_ headers: [(name: String, value: Secret)]) -> [(name: String, value: String)] {
    var values: [String: [String]] = [:]
    for header in headers {
      let name = header.name.lowercased()
      if unsigned.contains(name) { continue }
      values[name, default: []].append(header.value.withExposed(squeezed))
    }
    return values.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.map { name in
      (name, (values[name] ?? []).joined(separator: ","))
    }
  }

  private static func squeezed(_ value: String) -> String {
    value.utf8.split { $0 == 0x20 || $0 == 0x09 }.map { String(Substring($0)) }.joined(separator: " ")
  }

  private static func encoded(_ text: Substring, keeping isKept: (UInt8) -> Bool) -> String {
    let digits = Array("0123456789ABCDEF".utf8)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.utf8.count)
    for byte in text.utf8 {
      if isKept(byte) {
        bytes.append(byte)
      } else {
        bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func isUnreserved(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
      UInt8(ascii: "~"):
      true
    default: false
    }
  }
}
