// Whether a colour can be read on another.

/// Contrast as the Web Content Accessibility Guidelines define it.
package enum Contrast {
  /// What text needs (WCAG 2.2, 1.4.3).
  package static let minimumForText = 4.5
  /// What lines and things that may be overlooked need (1.4.11).
  package static let minimumForLines = 3.0
  /// What text in one of the sixteen named colours is held to, in xterm's palette: its bright blue on black has 4.4 and its
  /// grey on white 4.0, so no theme can promise more with names; which colours they are is the user's choice.
  package static let minimumForNamedColors = 4.0

  /// The ratio of two colours, from 1 to 21, in whichever order.
  package static func ratio(_ one: RGB, _ other: RGB) -> Double {
    let (light, dark) = (max(one.luminance, other.luminance), min(one.luminance, other.luminance))
    return (light + 0.05) / (dark + 0.05)
  }

  /// Grounds that terminals of an appearance have: pure black or white first, then the extremes of what is usual, a dark
  /// grey and a slate, an off-white and a cream. What can be read on these can be read on what lies between.
  package static func grounds(of appearance: Appearance) -> [RGB] {
    switch appearance {
    case .dark: [.black, RGB(0x1E, 0x1E, 0x1E), RGB(0x28, 0x2C, 0x34)]
    case .light: [.white, RGB(0xFA, 0xFA, 0xFA), RGB(0xFD, 0xF6, 0xE3)]
    }
  }

  /// The least ratio of foreground to background of a style.
  ///
  /// Where a style leaves the ground to the terminal, each of `grounds` counts; but for the sixteen named colours, which
  /// come from one hand with the ground and are taken as xterm's on black or white. The terminal's own text on its own
  /// ground is the user's choice, and taken for black and white. The attribute `dim` is left out of account.
  package static func ratio(of style: Style, in appearance: Appearance) -> Double {
    let (text, ground) = appearance == .dark ? (RGB.white, RGB.black) : (RGB.black, RGB.white)
    let foreground = ColorReduction.rgb(of: style.foreground, terminal: text)
    guard style.background == .terminal else {
      return ratio(foreground, ColorReduction.rgb(of: style.background, terminal: ground))
    }
    switch style.foreground {
    case .terminal, .palette(0..<16): return ratio(foreground, ground)
    case .palette, .rgb: return grounds(of: appearance).reduce(.infinity) { min($0, ratio(foreground, $1)) }
    }
  }

  /// Whether one ground can be seen beside another; a ratio of 1.2 is about what a shaded row in a table has.
  package static func differ(_ one: Color, _ other: Color, in appearance: Appearance) -> Bool {
    let ground = appearance == .dark ? RGB.black : RGB.white
    return ratio(ColorReduction.rgb(of: one, terminal: ground), ColorReduction.rgb(of: other, terminal: ground)) >= 1.2
  }
}
