// Header fields of requests and responses. A credential enters a request only here, is marked when it does, and cannot
// be read back by other modules or printed: `description`, `dump` and the subscript all show `•••`.

package import Diagnostics

/// An ordered list of header fields with names compared without case.
package struct HTTPHeaders: Sendable, Equatable {
  struct Field: Sendable, Equatable {
    var name: String
    var value: String
    var isSecret: Bool

    var shownValue: String { isSecret ? HTTPHeaders.mask : value }
  }

  /// What is shown in place of a secret.
  package static let mask = "•••"

  /// Fields that are credentials whoever sets them, for example as a plain text in the configuration.
  private static let alwaysSecret: Set<String> = [
    "authorization", "proxy-authorization", "cookie", "set-cookie", "x-api-key", "api-key", "x-goog-api-key",
    "x-amz-security-token",
  ]

  private(set) var fields: [Field] = []

  /// No fields.
  package init() {}

  /// Appends a field; fields of the same name stay.
  /// - Throws: `TransportError.invalidHeader` if the name is no token (RFC 9110, 5.6.2) or the value holds a control.
  package mutating func add(_ name: String, _ value: String) throws(TransportError) {
    try append(name, value, isSecret: false)
  }

  /// Appends a field whose value is never shown, logged or recorded.
  package mutating func add(_ name: String, secret: Secret) throws(TransportError) {
    try append(name, secret.withExposed { $0 }, isSecret: true)
  }

  /// Puts one field in place of all of that name.
  package mutating func set(_ name: String, _ value: String) throws(TransportError) {
    var changed = self
    changed.remove(name)
    try changed.append(name, value, isSecret: false)
    self = changed
  }

  /// Puts one secret field in place of all of that name.
  package mutating func set(_ name: String, secret: Secret) throws(TransportError) {
    var changed = self
    changed.remove(name)
    try changed.append(name, secret.withExposed { $0 }, isSecret: true)
    self = changed
  }

  /// Removes every field of that name.
  package mutating func remove(_ name: String) {
    fields.removeAll { Self.isEqual($0.name, name) }
  }

  /// The first value of that name; `•••` if it is secret.
  package subscript(name: String) -> String? {
    fields.first { Self.isEqual($0.name, name) }?.shownValue
  }

  /// All values of that name in order; `•••` for secret ones.
  package func values(_ name: String) -> [String] {
    fields.filter { Self.isEqual($0.name, name) }.map(\.shownValue)
  }

  /// Every field in order, with `•••` in place of secrets.
  package var shown: [(name: String, value: String)] { fields.map { ($0.name, $0.shownValue) } }

  /// Every field in order with its value, for whoever signs a request. Values stay secrets until they are hashed.
  package var forSigning: [(name: String, value: Secret)] { fields.map { ($0.name, Secret($0.value)) } }

  /// Whether any field is a credential.
  package var holdsSecrets: Bool { fields.contains(where: \.isSecret) }

  /// The same fields with the secrets gone for good: safe to keep and to write.
  package var redacted: HTTPHeaders {
    var copy = self
    for index in copy.fields.indices { copy.fields[index].value = copy.fields[index].shownValue }
    return copy
  }

  /// Appends what a server sent, whatever it is: outside text is filtered where it is shown.
  mutating func appendReceived(_ name: String, _ value: String) {
    fields.append(Field(name: name, value: value, isSecret: Self.alwaysSecret.contains(name.lowercased())))
  }

  /// Appends a continuation line (RFC 9112, 5.2) to the field before it.
  mutating func continueReceived(_ value: String) {
    guard let last = fields.indices.last else { return }
    fields[last].value += " " + value
  }

  private mutating func append(_ name: String, _ value: String, isSecret: Bool) throws(TransportError) {
    guard !name.isEmpty, name.utf8.allSatisfy(Self.isTokenByte) else {
      throw .invalidHeader(name: name, reason: "the name holds a character that is not allowed")
    }
    guard !value.unicodeScalars.contains(where: Self.isControl) else {
      throw .invalidHeader(name: name, reason: "the value holds a line break or another control character")
    }
    fields.append(
      Field(name: name, value: value, isSecret: isSecret || Self.alwaysSecret.contains(name.lowercased())))
  }

  /// C0, DEL and C1.
  private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
  }

  private static func isTokenByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    case UInt8(ascii: "!"), UInt8(ascii: "#"), UInt8(ascii: "$"), UInt8(ascii: "%"), UInt8(ascii: "&"),
      UInt8(ascii: "'"), UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."),
      UInt8(ascii: "^"), UInt8(ascii: "_"), UInt8(ascii: "`"), UInt8(ascii: "|"), UInt8(ascii: "~"):
      true
    default: false
    }
  }

  private static func isEqual(_ left: String, _ right: String) -> Bool {
    left.utf8.count == right.utf8.count && left.lowercased() == right.lowercased()
  }
}

extension HTTPHeaders: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// One `name: value` per line, secrets masked.
  package var description: String { shown.map { "\($0.name): \($0.value)" }.joined(separator: "\n") }

  /// The same as `description`.
  package var debugDescription: String { description }

  /// What `dump` may see.
  package var customMirror: Mirror {
    Mirror(self, children: shown.map { (label: $0.name, value: $0.value) })
  }
}
