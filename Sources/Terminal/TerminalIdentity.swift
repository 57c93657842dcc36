// Which terminal this is, as far as the environment tells, so that what was measured in one is not believed of another.

package import Platform

/// The name of a terminal on this machine.
package struct TerminalIdentity: Equatable, Sendable {
  /// Everything that tells it from others, on one line of printable ASCII, at most 600 bytes.
  package let words: String
  package let family: TerminalFamily
  /// Whether tmux, screen or the like stands between us and the window.
  package let isMultiplexed: Bool

  /// Variables that name a terminal, or the program between us and it.
  private static let named = [
    "TERM", "TERM_PROGRAM", "TERM_PROGRAM_VERSION", "LC_TERMINAL", "LC_TERMINAL_VERSION", "VTE_VERSION",
    "KONSOLE_VERSION", "XTERM_VERSION",
  ]
  /// Variables whose value differs from window to window: only that they are set counts.
  private static let present = ["TMUX", "STY", "WT_SESSION", "KITTY_WINDOW_ID", "ALACRITTY_WINDOW_ID", "ZELLIJ"]

  /// The terminal of this environment.
  package init(_ environment: Environment) {
    var parts: [String] = []
    for name in Self.named {
      guard let value = environment[name], !value.isEmpty else { continue }
      let safe = value.utf8.prefix(60).map { (0x21...0x7E).contains($0) ? $0 : 0x5F }
      parts.append("\(name)=\(String(decoding: safe, as: UTF8.self))")
    }
    for name in Self.present where environment[name].map({ !$0.isEmpty }) ?? false { parts.append(name) }
    // From another machine the variables tell less; which one it is tells more, and is nobody's business.
    if let connection = environment["SSH_CONNECTION"], !connection.isEmpty {
      parts.append("ssh=\(Self.hash(connection.utf8.prefix { $0 != 0x20 }))")
    }
    words = parts.joined(separator: " ")
    isMultiplexed = Self.isMultiplexed(environment)
    // A multiplexer has a mind of its own about widths, and its variables outlive the window it was started in.
    family = isMultiplexed ? .other : Self.family(environment)
  }

  /// The name of the file that remembers it.
  package var fileName: String { "terminal-\(Self.hash(words.utf8)).widths" }

  private static func isMultiplexed(_ environment: Environment) -> Bool {
    if ["TMUX", "STY", "ZELLIJ"].contains(where: { !(environment[$0] ?? "").isEmpty }) { return true }
    let term = environment["TERM"] ?? ""
    return ["tmux", "screen"].contains { term == $0 || term.hasPrefix($0 + "-") || term.hasPrefix($0 + ".") }
  }

  private static func family(_ environment: Environment) -> TerminalFamily {
    let term = environment["TERM"] ?? ""
    switch environment["TERM_PROGRAM"] ?? environment["LC_TERMINAL"] ?? "" {
    case "WezTerm": return .wezTerm
    case "ghostty": return .ghostty
    case "iTerm.app", "iTerm2": return .iTerm2
    case "kitty": return .kitty
    case "contour": return .contour
    case "": break
    default: return .other
    }
    if term == "xterm-kitty" { return .kitty }
    if term == "xterm-ghostty" { return .ghostty }
    if term == "wezterm" { return .wezTerm }
    if term == "foot" || term.hasPrefix("foot-") { return .foot }
    if term == "contour" || term.hasPrefix("contour-") { return .contour }
    if let version = environment["VTE_VERSION"], !version.isEmpty { return .vte }
    return .other
  }

  /// FNV-1a, as 16 hexadecimal digits.
  private static func hash(_ bytes: some Sequence<UInt8>) -> String {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    let digits = String(hash, radix: 16)
    return String(repeating: "0", count: 16 - digits.utf8.count) + digits
  }
}
