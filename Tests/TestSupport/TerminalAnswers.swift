// How a terminal in a test answers questions. A real terminal may answer all, some, or none of them.

/// The abilities a terminal claims.
package struct TerminalAnswers: Equatable, Sendable {
  /// Whether DA1 is answered; a terminal that does not answer it answers nothing else either.
  package var isSilent: Bool
  /// Modes that DECRQM reports as known and reset; others as unknown (state 0).
  package var knownModes: Set<Int>
  /// Whether the kitty keyboard protocol is there.
  package var hasKeyboardProtocol: Bool
  /// The background of OSC 11; nil: not answered.
  package var background: (UInt8, UInt8, UInt8)?

  /// A terminal that never answers.
  package static let silent = TerminalAnswers(isSilent: true, knownModes: [], hasKeyboardProtocol: false)
  /// A terminal that answers DA1 and the cursor position, and knows nothing new.
  package static let plain = TerminalAnswers(isSilent: false, knownModes: [2004, 1004], hasKeyboardProtocol: false)
  /// A terminal with synchronised output, the keyboard protocol and a dark background.
  package static let modern = TerminalAnswers(
    isSilent: false, knownModes: [2004, 1004, 2026], hasKeyboardProtocol: true, background: (0x1E, 0x1E, 0x2E))

  /// A terminal of these abilities.
  package init(
    isSilent: Bool, knownModes: Set<Int>, hasKeyboardProtocol: Bool, background: (UInt8, UInt8, UInt8)? = nil
  ) {
    self.isSilent = isSilent
    self.knownModes = knownModes
    self.hasKeyboardProtocol = hasKeyboardProtocol
    self.background = background
  }

  package static func == (left: TerminalAnswers, right: TerminalAnswers) -> Bool {
    left.isSilent == right.isSilent && left.knownModes == right.knownModes
      && left.hasKeyboardProtocol == right.hasKeyboardProtocol && left.background?.0 == right.background?.0
      && left.background?.1 == right.background?.1 && left.background?.2 == right.background?.2
  }

  /// The bytes that answer a question; empty for silence.
  package func answer(to question: TerminalRecord.Question, cursor: (row: Int, column: Int)) -> String {
    if isSilent { return "" }
    switch question {
    case .deviceAttributes: return "\u{1B}[?62;22c"
    case .mode(let number): return "\u{1B}[?\(number);\(knownModes.contains(number) ? 2 : 0)$y"
    case .keyboardFlags: return hasKeyboardProtocol ? "\u{1B}[?0u" : ""
    case .background:
      guard let background else { return "" }
      let channels = [background.0, background.1, background.2].map { value in
        let digits = String(value, radix: 16)
        let pair = digits.count == 1 ? "0" + digits : digits
        return pair + pair
      }
      return "\u{1B}]11;rgb:\(channels.joined(separator: "/"))\u{1B}\\"
    case .colorScheme: return ""
    case .cursorPosition: return "\u{1B}[\(cursor.row + 1);\(cursor.column + 1)R"
    case .version: return "\u{1B}P>|riffle-test 1\u{1B}\\"
    }
  }
}
