// Whether a colour can be read on another.

/// Contrast as the Web Content Accessibility Guidelines define it.
package enum Contrast {
  /// What text needs (WCAG 2.2, 1.4.3).
  package static let minimumForText = 4.5
  /// What lines and things that may be overlooked need (1.4.11).
  package static let minimumForLines = 3.0

  /// The ratio of two colours, from 1 to 21, in whichever order.
  package static func ratio(_ one: RGB, _ other: RGB) -> Double {
    let (light, dark) = (max(one.luminance, other.luminance), min(one.luminance, other.luminance))
    return (light + 0.05) / (dark + 0.05)
  }

  /// The ratio of foreground to background of a style, where the terminal's own colours are taken for black and white as
  /// the appearance has it, and its sixteen colours for xterm's. The attribute `dim` is left out of account.
  package static func ratio(of style: Style, in appearance: Appearance) -> Double {
    let (text, ground) = appearance == .dark ? (RGB.white, RGB.black) : (RGB.black, RGB.white)
    return ratio(
      ColorReduction.rgb(of: style.foreground, terminal: text),
      ColorReduction.rgb(of: style.background, terminal: ground))
  }
}
