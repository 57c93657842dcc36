// Addresses as they may be looked at: whatever in the query is called a key is masked, whoever put it there.

import Transport

/// The parts of an address that may hold credentials.
enum WireAddress {
  /// A part of a query, as it stands in the address.
  struct Item {
    var name: Substring
    /// Percent-encoded; `nil` where there is no `=`.
    var value: Substring?
  }

  private static let secretNames: Set<String> = ["sig", "auth", "authorization", "code", "pass", "pwd"]
  private static let secretParts = ["apikey", "api_key", "api-key", "secret", "password", "credential", "signature"]

  /// Whether a value of that name is a credential.
  static func isSecret(_ name: some StringProtocol) -> Bool {
    let name = name.lowercased()
    return secretNames.contains(name) || name.hasSuffix("key") || name.hasSuffix("token")
      || secretParts.contains { name.firstRange(of: $0) != nil }
  }

  /// The target up to its query, and the parts of the query.
  static func parts(of target: String) -> (path: Substring, items: [Item]?) {
    guard let mark = target.firstIndex(of: "?") else { return (target[...], nil) }
    let query = target[target.index(after: mark)...]
    let items = query.split(separator: "&", omittingEmptySubsequences: false).map { part -> Item in
      guard let equals = part.firstIndex(of: "=") else { return Item(name: part) }
      return Item(name: part[..<equals], value: part[part.index(after: equals)...])
    }
    return (target[..<mark], items)
  }

  /// The target with what is secret masked.
  static func masked(_ target: String, _ secrets: WireSecrets) -> String {
    let (path, items) = parts(of: target)
    guard let items else { return secrets.masked(target) }
    let shown = items.map { item -> String in
      guard let value = item.value else { return String(item.name) }
      return "\(item.name)=\(isSecret(item.name) && !value.isEmpty ? WireSecrets.mask : String(value))"
    }
    return secrets.masked("\(path)?\(shown.joined(separator: "&"))")
  }

  /// The whole address with what is secret masked.
  static func masked(_ url: HTTPURL, _ secrets: WireSecrets) -> String {
    "\(url.scheme.rawValue)://\(url.authority)\(masked(url.target, secrets))"
  }
}
