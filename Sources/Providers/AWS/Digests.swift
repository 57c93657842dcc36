// SHA-256, HMAC-SHA256 and SHA-1 of the system's libcrypto (FIPS 180-4, RFC 2104), for signatures and for the names of
// cache files. Bytes in, bytes out.

import CCrypto

/// There is no usable libcrypto, or it refuses a digest.
package struct DigestFailure: Error, Equatable, Sendable {
  /// For people.
  package let reason: String
}

/// The digests AWS asks for. The first use loads the library.
package enum Digests {
  /// The SHA-256 of `bytes`, 32 bytes.
  package static func sha256(_ bytes: [UInt8]) throws(DigestFailure) -> [UInt8] {
    try digest(32, named: "SHA-256") { library, output in
      bytes.withUnsafeBytes { ccrypto_sha256(library, $0.baseAddress, $0.count, output) }
    }
  }

  /// The SHA-1 of `bytes`, 20 bytes. Only for names that others gave; it withstands nobody.
  package static func sha1(_ bytes: [UInt8]) throws(DigestFailure) -> [UInt8] {
    try digest(20, named: "SHA-1") { library, output in
      bytes.withUnsafeBytes { ccrypto_sha1(library, $0.baseAddress, $0.count, output) }
    }
  }

  /// The HMAC-SHA256 of `bytes` under `key`, 32 bytes.
  package static func hmacSHA256(_ bytes: [UInt8], key: [UInt8]) throws(DigestFailure) -> [UInt8] {
    try digest(32, named: "HMAC-SHA256") { library, output in
      key.withUnsafeBytes { key in
        bytes.withUnsafeBytes { bytes in
          ccrypto_hmac_sha256(library, key.baseAddress, key.count, bytes.baseAddress, bytes.count, output)
        }
      }
    }
  }

  /// `bytes` as lower-case hexadecimal digits.
  package static func hexadecimal(_ bytes: [UInt8]) -> String {
    let digits = Array("0123456789abcdef".utf8)
    var text: [UInt8] = []
    text.reserveCapacity(bytes.count * 2)
    for byte in bytes {
      text.append(digits[Int(byte >> 4)])
      text.append(digits[Int(byte & 15)])
    }
    return String(decoding: text, as: UTF8.self)
  }

  private static func digest(
    _ count: Int, named name: String, _ body: (OpaquePointer, UnsafeMutablePointer<UInt8>) -> Int32
  ) throws(DigestFailure) -> [UInt8] {
    let library = try library()
    var isDone = false
    let output = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      guard let start = buffer.baseAddress else { return }
      start.initialize(repeating: 0, count: count)
      isDone = body(library, start) == 1
      initialized = count
    }
    guard isDone else { throw DigestFailure(reason: "libcrypto refuses \(name)") }
    return output
  }

  private static func library() throws(DigestFailure) -> OpaquePointer {
    var reason = ""
    let library = withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { buffer -> OpaquePointer? in
      buffer.initialize(repeating: 0)
      guard let start = buffer.baseAddress else { return nil }
      let library = ccrypto_load(start, buffer.count)
      if library == nil { reason = String(cString: start) }
      return library
    }
    guard let library else {
      throw DigestFailure(reason: "libcrypto cannot be loaded: \(reason); install OpenSSL 3 (Debian: libssl3)")
    }
    return library
  }
}
