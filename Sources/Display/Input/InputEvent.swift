// What the user, and the terminal, tell us.

/// A key without its modifiers.
package enum Key: Equatable, Hashable, Sendable {
  /// A character as typed, always exactly one scalar; letters keep their case.
  case character(Unicode.Scalar)
  case enter, tab, backspace, escape, delete, insert
  case up, down, left, right, home, end, pageUp, pageDown
  /// F1 is 1.
  case function(Int)
}

/// Modifier keys. Shift is not reported for characters, whose case already tells.
package struct KeyModifiers: OptionSet, Equatable, Hashable, Sendable {
  package let rawValue: UInt8

  /// The set with these bits.
  package init(rawValue: UInt8) { self.rawValue = rawValue }

  package static let control = KeyModifiers(rawValue: 1)
  package static let alt = KeyModifiers(rawValue: 2)
  package static let shift = KeyModifiers(rawValue: 4)
}

/// A key with its modifiers. Ctrl+letter is the lower-case letter with `.control`.
package struct KeyChord: Equatable, Hashable, Sendable {
  package var key: Key
  package var modifiers: KeyModifiers

  /// A key with modifiers, by default none.
  package init(_ key: Key, _ modifiers: KeyModifiers = []) {
    self.key = key
    self.modifiers = modifiers
  }

  /// Ctrl plus a letter or sign.
  package static func control(_ scalar: Unicode.Scalar) -> KeyChord { KeyChord(.character(scalar), .control) }
  /// Alt plus a letter or sign.
  package static func alt(_ scalar: Unicode.Scalar) -> KeyChord { KeyChord(.character(scalar), .alt) }
}

/// A press, release, move or turn of the mouse at a cell.
package struct MouseEvent: Equatable, Sendable {
  /// What the mouse did.
  package enum Kind: Equatable, Sendable {
    case press(button: Int), release, drag, scrollUp, scrollDown
  }

  package var kind: Kind
  package var position: Point
  package var modifiers: KeyModifiers

  /// A mouse event at a cell counted from zero.
  package init(kind: Kind, position: Point, modifiers: KeyModifiers = []) {
    self.kind = kind
    self.position = position
    self.modifiers = modifiers
  }
}

/// An answer of the terminal to a question of ours.
package enum TerminalReply: Equatable, Sendable {
  /// OSC 11: the background, 16 bits a channel reduced to 8.
  case background(red: UInt8, green: UInt8, blue: UInt8)
  /// DECRPM: mode and its state (0 unknown, 1 set, 2 reset, 3 and 4 permanent).
  case mode(number: Int, state: Int)
  /// `CSI ? flags u`: the keyboard protocol is there.
  case keyboardFlags(Int)
  /// DA1: ends a round of questions.
  case deviceAttributes
  /// `CSI ? 997 ; n n`: the terminal's colours are for a dark or a light ground; comes by itself when they change, and as
  /// the answer to `CSI ? 996 n` (contour, "Color Palette Update Notifications").
  case colorScheme(Appearance)
  /// Cursor position, counted from one.
  case cursorPosition(row: Int, column: Int)
}

/// Everything that reaches the program from the terminal.
package enum InputEvent: Equatable, Sendable {
  case key(KeyChord)
  /// Text of a bracketed paste, as sent, line ends as LF; data, never commands.
  case paste(String)
  case mouse(MouseEvent)
  case focus(Bool)
  case resize(Size)
  case reply(TerminalReply)
}
