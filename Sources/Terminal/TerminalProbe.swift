// Asks a terminal what it can do. The questions go out after the first frame; answers come as input events, or never: a
// silent terminal is normal, and everything works without.

package import Display

/// What a terminal said about itself.
package struct TerminalAbilities: Equatable, Sendable {
  /// It can hold a picture back until it is complete (DEC mode 2026); nil: not said.
  package var hasSynchronisedOutput: Bool?
  /// It speaks the kitty keyboard protocol.
  package var hasKeyboardProtocol = false
  /// Its background colour.
  package var background: Color?
  /// Which themes suit its colours, by what it told last; nil if it told nothing.
  package var appearance: Appearance?

  /// Nothing is known.
  package init() {}

}

/// One round of questions, and what came back.
package struct TerminalProbe: Equatable, Sendable {
  /// The questions: synchronised output, colour scheme, background, keyboard protocol. The last, which every terminal
  /// answers, closes the round: what was not answered before it is not there. The background comes after the scheme, which
  /// may be the desktop's wish: what the terminal really shows counts.
  package static let questions: [UInt8] =
    Array("\u{1B}[?2026$p\u{1B}[?996n".utf8) + backgroundQuestion + Array("\u{1B}[?u\u{1B}[c".utf8)
  /// The background alone (OSC 11), to ask again.
  package static let backgroundQuestion: [UInt8] = Array("\u{1B}]11;?\u{1B}\\".utf8)

  /// What is known so far.
  package private(set) var abilities = TerminalAbilities()
  /// The round is over.
  package private(set) var isComplete = false

  /// A round that was just begun.
  package init() {}

  /// Takes an answer; those that were not asked for change nothing.
  ///
  /// - Returns: whether `abilities` may have changed.
  package mutating func take(_ reply: TerminalReply) -> Bool {
    switch reply {
    case .mode(2026, let state):
      // DECRPM: 1 set, 2 reset, 3 and 4 permanently so; a mode that cannot be set is of no use.
      abilities.hasSynchronisedOutput = state == 1 || state == 2
    case .keyboardFlags: abilities.hasKeyboardProtocol = true
    case .background(let red, let green, let blue):
      abilities.background = .rgb(red, green, blue)
      // Luma of ITU-R BT.601, in thousandths.
      let luma = 299 * Int(red) + 587 * Int(green) + 114 * Int(blue)
      abilities.appearance = luma < 128 * 1000 ? .dark : .light
    case .colorScheme(let appearance): abilities.appearance = appearance
    case .deviceAttributes:
      if abilities.hasSynchronisedOutput == nil, !isComplete { abilities.hasSynchronisedOutput = false }
      isComplete = true
    case .mode, .cursorPosition: return false
    }
    return true
  }
}
