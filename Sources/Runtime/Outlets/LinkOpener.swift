// Which program opens a link here; none where nobody would see it. A pure choice.

import Platform

/// What is done with a link.
enum LinkRoute: Equatable, Sendable {
  /// A program, which gets the link as its last argument.
  case program([String])
  /// Opened here it would not be seen, or by nothing: it is copied instead. Why, to stand before a colon.
  case copy(String)

  /// The way of a link.
  /// - Parameters:
  ///   - command: the user's own program; empty for those that riffle knows.
  ///   - exists: whether a program is on PATH.
  init(
    command: [String], environment: Environment, isMac: Bool, exists: (String) -> Bool
  ) {
    if !command.isEmpty {
      self = .program(command)
      return
    }
    let isRemote = environment["SSH_CONNECTION"] != nil || environment["SSH_TTY"] != nil
    let hasDisplay = environment["DISPLAY"] != nil || environment["WAYLAND_DISPLAY"] != nil
    let isWSL = environment["WSL_DISTRO_NAME"] != nil || environment["WSL_INTEROP"] != nil
    // A forwarded display shows the browser to whom riffle is shown.
    if isRemote, !hasDisplay {
      self = .copy("riffle runs on another machine (SSH), where a browser would not be seen")
    } else if isMac {
      self = .program(["open"])
    } else if isWSL, exists("wslview") {
      self = .program(["wslview"])
    } else if !hasDisplay {
      // xdg-open would take a browser for terminals, and this terminal is taken.
      self = .copy("there is no display here")
    } else if exists("xdg-open") {
      self = .program(["xdg-open"])
    } else {
      self = .copy("xdg-open is not on PATH, and ui.open_command is not set")
    }
  }
}
