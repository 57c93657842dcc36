// Which terminals put right-to-left text into visual order by themselves. Sending them text that is ordered already would
// turn it around twice.

import Platform

/// What a terminal does with right-to-left text.
package enum TextReordering: Equatable, Sendable {
  /// It draws what it gets from left to right.
  case none
  /// It orders every row by itself, and there is no way to stop it.
  case always
  /// It orders rows by itself until it is told that they are ordered (BDSM, `CSI 8 l`).
  case switchable

  /// The terminal of this environment.
  static func of(_ environment: Environment, term: String) -> TextReordering {
    func isSet(_ name: String) -> Bool { environment[name].map { !$0.isEmpty } ?? false }
    let reordering = inWindow(environment, term: term, isSet)
    // A multiplexer hands text on, but not the mode; the window around it does what it does.
    return TerminalIdentity(environment).isMultiplexed && reordering == .switchable ? .always : reordering
  }

  private static func inWindow(_ environment: Environment, term: String, _ isSet: (String) -> Bool) -> TextReordering {
    // VTE since 0.58 (its version is 100 times the minor number), with the mode, after the recommendation of
    // terminal-wg.pages.freedesktop.org/bidi; mintty follows it too.
    if let version = environment["VTE_VERSION"].flatMap(Int.init) { return version >= 5_800 ? .switchable : .none }
    switch environment["TERM_PROGRAM"] ?? "" {
    case "mintty": return .switchable
    case "Apple_Terminal": return .always
    default: break
    }
    if term == "mintty" || term.hasPrefix("mintty-") { return .switchable }
    // kitty turns the words of a run around, which is half of it and cannot be combined with the other half.
    if term == "xterm-kitty" || isSet("KITTY_WINDOW_ID") { return .always }
    if isSet("KONSOLE_VERSION") || isSet("MLTERM") || term == "mlterm" || term.hasPrefix("mlterm-") { return .always }
    return .none
  }
}
