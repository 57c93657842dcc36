// Colours and attributes as a theme states them, before a terminal's abilities reduce them.

/// A colour as a theme states it.
package enum Color: Equatable, Hashable, Sendable {
  /// The terminal's own foreground or background.
  case terminal
  /// An entry of the 256-colour palette; 0 to 15 are the user's own sixteen colours.
  case palette(UInt8)
  /// 24-bit sRGB.
  case rgb(UInt8, UInt8, UInt8)
}

/// Character attributes; combined with those of the role's style.
package struct TextAttributes: OptionSet, Equatable, Hashable, Sendable {
  package let rawValue: UInt8

  /// The set with these bits.
  package init(rawValue: UInt8) { self.rawValue = rawValue }

  package static let bold = TextAttributes(rawValue: 1)
  package static let dim = TextAttributes(rawValue: 2)
  package static let italic = TextAttributes(rawValue: 4)
  package static let underline = TextAttributes(rawValue: 8)
  package static let strikethrough = TextAttributes(rawValue: 16)
  package static let reverse = TextAttributes(rawValue: 32)
}

/// What a role looks like in one theme.
package struct Style: Equatable, Hashable, Sendable {
  package var foreground: Color
  package var background: Color
  package var attributes: TextAttributes

  /// Colours of the terminal and no attributes, unless said otherwise.
  package init(foreground: Color = .terminal, background: Color = .terminal, attributes: TextAttributes = []) {
    self.foreground = foreground
    self.background = background
    self.attributes = attributes
  }
}
