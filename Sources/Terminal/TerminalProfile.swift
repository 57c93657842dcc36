// What a terminal is taken for before anything is sent to it: from the environment alone, because a first frame does not wait
// for answers. A pure choice; what the terminal itself says later is `TerminalAbilities`.

import Display
package import Platform

/// How many colours are sent.
package enum ColorDepth: String, Equatable, Comparable, Sendable, CaseIterable {
  /// None: attributes only.
  case mono
  /// The eight of ECMA-48.
  case eight
  /// The eight and their bright forms; which colours they are is the user's choice.
  case sixteen
  /// The xterm palette.
  case palette
  /// 24-bit.
  case full

  package static func < (left: ColorDepth, right: ColorDepth) -> Bool {
    allCases.firstIndex(of: left) ?? 0 < allCases.firstIndex(of: right) ?? 0
  }
}

/// A terminal as the environment describes it.
package struct TerminalProfile: Equatable, Sendable {
  /// Where ncurses finds how to drive it.
  enum Source: Equatable, Sendable {
    /// Our own description.
    case own(TerminalDescription)
    /// The system's database, under this name.
    case system(String)
  }

  let source: Source
  /// What is known of its colours; nil: what the system's description says.
  package let depth: ColorDepth?

  /// Whether it orders right-to-left text by itself.
  package var reordering = TextReordering.none

  /// Whether right-to-left text must be sent in the order in which it is read, because the terminal puts it into the order
  /// in which it is seen and cannot be told not to. Elsewhere riffle orders it (`BidiOrder`).
  package var reordersText: Bool { reordering == .always }

  /// Whether it understands xterm's private modes and questions. Others get none.
  package var isXtermLike: Bool {
    if case .own = source { return true }
    return false
  }

  /// The profile of this environment; nil, with the reason in words, where no screen can be drawn.
  ///
  /// - Parameter forced: a colour depth the user asked for; it wins over everything, NO_COLOR included.
  package static func choose(_ environment: Environment, forced: ColorDepth? = nil) -> Choice {
    guard let name = environment["TERM"] else { return .unusable("TERM is not set") }
    if name == "dumb" || name == "unknown" { return .unusable("TERM is \(name)") }
    // no-color.org: set and not empty.
    let limit = forced ?? (environment["NO_COLOR"] == nil ? nil : .mono)
    guard let family = families.first(where: { name == $0.prefix || name.hasPrefix($0.prefix + "-") }) else {
      return .usable(
        TerminalProfile(source: .system(name), depth: limit, reordering: TextReordering.of(environment, term: name)))
    }
    let description: TerminalDescription = family.erasesWithBackground ? .standard : .withoutBackgroundErase
    return .usable(
      TerminalProfile(
        source: .own(description), depth: limit ?? depth(name, family.depth, environment),
        reordering: TextReordering.of(environment, term: name)))
  }

  /// What `choose` found.
  package enum Choice: Equatable, Sendable {
    case usable(TerminalProfile)
    /// There is only linear mode; the reason in words.
    case unusable(String)
  }

  private static func depth(_ name: String, _ family: ColorDepth, _ environment: Environment) -> ColorDepth {
    if let promise = environment["COLORTERM"], promise == "truecolor" || promise == "24bit" { return .full }
    if name.hasSuffix("-direct") || name.hasSuffix("-truecolor") { return .full }
    if let program = environment["TERM_PROGRAM"], fullColorPrograms.contains(program) { return .full }
    return name.contains("256color") ? max(family, .palette) : family
  }

  private struct Family {
    let prefix: String
    let depth: ColorDepth
    var erasesWithBackground = true
  }

  /// Terminals that understand our description, by the beginning of their TERM. The longer name stands first.
  private static let families = [
    Family(prefix: "xterm-kitty", depth: .full), Family(prefix: "xterm-ghostty", depth: .full),
    Family(prefix: "xterm", depth: .sixteen), Family(prefix: "alacritty", depth: .full),
    Family(prefix: "foot", depth: .full), Family(prefix: "kitty", depth: .full),
    Family(prefix: "ghostty", depth: .full), Family(prefix: "wezterm", depth: .full),
    Family(prefix: "contour", depth: .full), Family(prefix: "iterm2", depth: .full),
    Family(prefix: "konsole", depth: .sixteen), Family(prefix: "gnome", depth: .sixteen),
    Family(prefix: "vte", depth: .sixteen), Family(prefix: "st", depth: .palette),
    Family(prefix: "mintty", depth: .full), Family(prefix: "tmux", depth: .sixteen, erasesWithBackground: false),
    Family(prefix: "screen", depth: .sixteen, erasesWithBackground: false),
  ]

  /// Values of TERM_PROGRAM that mean 24-bit colours, also where COLORTERM got lost (ssh and sudo drop it).
  private static let fullColorPrograms: Set = ["iTerm.app", "WezTerm", "vscode", "ghostty", "Hyper", "rio"]
}
