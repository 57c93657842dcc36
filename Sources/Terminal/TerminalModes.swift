// The modes riffle switches on in a terminal, and the bytes that switch them. What was switched on is switched off in the
// reverse order, and nothing else is touched.

/// One thing that riffle may switch on.
package enum TerminalMode: Equatable, Sendable, CaseIterable {
  /// The alternate screen, so that the shell's stays as it was.
  case alternateScreen
  /// Pastes come marked.
  case bracketedPaste
  /// The terminal says when its window gains and loses focus.
  case focusReports
  /// The terminal says when its colours change between dark and light (contour, "Color Palette Update Notifications").
  case colorSchemeReports
  /// Presses, drags and the wheel, in SGR form.
  case mouse
  /// The kitty keyboard protocol, level 1: keys that cannot be told apart otherwise.
  case keyboardProtocol
  /// The window title is put on the terminal's own stack while ours is shown.
  case title
  /// A cursor shape of ours.
  case cursorShape
  /// The terminal leaves right-to-left text in the order it is sent in (BDSM, ECMA-48, 7.2.1: reset is explicit).
  case explicitOrder

  /// Switches it on.
  var enter: StaticString {
    switch self {
    case .alternateScreen: "\u{1B}[?1049h"
    case .bracketedPaste: "\u{1B}[?2004h"
    case .focusReports: "\u{1B}[?1004h"
    case .colorSchemeReports: "\u{1B}[?2031h"
    case .mouse: "\u{1B}[?1002h\u{1B}[?1006h"
    case .keyboardProtocol: "\u{1B}[>1u"
    case .title: "\u{1B}[22;2t"
    case .cursorShape: ""
    case .explicitOrder: "\u{1B}[8l"
    }
  }

  /// Switches it off.
  var leave: StaticString {
    switch self {
    case .alternateScreen: "\u{1B}[?1049l"
    case .bracketedPaste: "\u{1B}[?2004l"
    case .focusReports: "\u{1B}[?1004l"
    case .colorSchemeReports: "\u{1B}[?2031l"
    case .mouse: "\u{1B}[?1006l\u{1B}[?1002l"
    case .keyboardProtocol: "\u{1B}[<u"
    case .title: "\u{1B}[23;2t"
    case .cursorShape: "\u{1B}[0 q"
    case .explicitOrder: "\u{1B}[8h"
    }
  }
}

/// Which modes are on, in the order in which they were switched on.
struct TerminalModes: Equatable, Sendable {
  private(set) var active: [TerminalMode] = []

  /// The bytes that switch a mode on; none if it is on.
  mutating func enter(_ mode: TerminalMode) -> [UInt8] {
    if active.contains(mode) { return [] }
    active.append(mode)
    return mode.enter.bytes
  }

  /// The bytes that switch a mode off; none if it is off.
  mutating func leave(_ mode: TerminalMode) -> [UInt8] {
    guard let index = active.firstIndex(of: mode) else { return [] }
    active.remove(at: index)
    return mode.leave.bytes
  }

  /// The bytes that switch everything off, in reverse order. What is on stays on record, to be entered again.
  var leavingAll: [UInt8] {
    active.reversed().flatMap(\.leave.bytes)
  }

  /// The bytes that switch everything on again.
  var enteringAll: [UInt8] {
    active.flatMap(\.enter.bytes)
  }
}

extension StaticString {
  /// The bytes of our own control sequences.
  var bytes: [UInt8] {
    withUTF8Buffer { Array($0) }
  }
}
