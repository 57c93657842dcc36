// What desktop programs that riffle starts on its own see of the environment (`robustness.md`, R11, R18): what they need to find
// the display, the session and tmux, and no credential.

package import Platform

extension Environment {
  /// The variables that programs for the clipboard and for links are given.
  package var forDesktopPrograms: Environment {
    Environment(
      variables.filter { name, _ in
        Self.desktopNames.contains(name) || Self.desktopPrefixes.contains { name.hasPrefix($0) }
      })
  }

  private static let desktopNames: Set = [
    "PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "LANGUAGE", "TZ", "TERM", "TMPDIR", "DISPLAY", "XAUTHORITY",
    "WAYLAND_DISPLAY", "WAYLAND_SOCKET", "DBUS_SESSION_BUS_ADDRESS", "SESSION_MANAGER", "DESKTOP_SESSION", "BROWSER",
    "TMUX", "TMUX_PANE", "TMUX_TMPDIR", "STY", "SSH_CONNECTION", "SSH_TTY", "WSLENV", "WSL_INTEROP",
    "WSL_DISTRO_NAME", "GNOME_DESKTOP_SESSION_ID",
  ]
  private static let desktopPrefixes = ["LC_", "XDG_", "KDE_"]
}
