// A proxy, whose address may hold a password.

package import Diagnostics

/// How requests reach the network.
package enum ProxySetting: Equatable, Sendable {
  /// As the usual environment variables say.
  case environment
  /// Not through a proxy, whatever the environment says.
  case direct
  case proxy(ProxyAddress)
}

/// The address of a proxy.
package struct ProxyAddress: Equatable, Sendable, CustomStringConvertible {
  /// The whole address with its password, for the transfer library only.
  package let address: Secret
  /// The address without user name and password, for messages.
  package let description: String

  /// Reads `http`, `https`, `socks5` and `socks5h` addresses.
  package static func parse(_ text: String) -> Result<ProxyAddress, AddressProblem> {
    guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
      return .failure(AddressProblem(description: "must not hold blanks, control characters or non-ASCII characters"))
    }
    // user:password@ stands between :// and the host; a password may hold another @, so the last one counts.
    var bare = text
    if let colon = text.firstIndex(of: ":"), text[colon...].hasPrefix("://") {
      let start = text.index(colon, offsetBy: 3)
      if let at = text[start...].prefix(while: { $0 != "/" }).lastIndex(of: "@") {
        bare = String(text[..<start] + text[text.index(after: at)...])
      }
    }
    return ServerAddress.parse(bare, schemes: ["http", "https", "socks5", "socks5h"]).map {
      ProxyAddress(address: Secret(text), description: $0.text)
    }
  }
}
