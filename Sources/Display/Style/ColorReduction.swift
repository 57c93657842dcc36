// A theme's colours in what a terminal can show. Pure: which depth a terminal has is found out elsewhere.

/// Replaces colours by the nearest ones a terminal has.
package enum ColorReduction {
  /// How many colours a terminal shows.
  package enum Depth: Int, CaseIterable, Comparable, Sendable {
    /// Attributes only, as `NO_COLOR` asks for.
    case none
    case eight, sixteen, palette, full

    package static func < (left: Depth, right: Depth) -> Bool { left.rawValue < right.rawValue }
  }

  /// The nearest colour that exists at that depth. `.terminal` stays, and so do palette entries that exist there.
  package static func reduce(_ color: Color, to depth: Depth) -> Color {
    guard color != .terminal, depth != .none else { return .terminal }
    if depth == .full { return color }
    let number: UInt8? = if case .palette(let number) = color { number } else { nil }
    switch depth {
    case .palette:
      if number != nil { return color }
      return .palette(nearestOfCube(rgb(of: color, terminal: .black)))
    case .sixteen:
      if let number, number < 16 { return color }
      return .palette(nearest(to: rgb(of: color, terminal: .black), among: Array(0..<16)) ?? 0)
    default:
      if let number, number < 16 { return .palette(number & 7) }
      return .palette(nearest(to: rgb(of: color, terminal: .black), among: Array(0..<8)) ?? 0)
    }
  }

  /// A style whose colours exist at that depth, and whose text can be read on its ground as it could before.
  ///
  /// What the theme itself takes from the palette stays. Among the 256 colours another near one is taken where the nearest
  /// has too little contrast; among the named ones, where no near hue can be read on the ground, the plain text colour.
  /// - Parameter appearance: what is known of the terminal's own ground.
  package static func reduce(_ style: Style, to depth: Depth, in appearance: Appearance) -> Style {
    var result = style
    result.foreground = reduce(style.foreground, to: depth)
    result.background = reduce(style.background, to: depth)
    guard depth != .none, depth != .full, style.foreground != .terminal, result != style else { return result }
    let limit = depth == .palette ? Contrast.minimumForText : Contrast.minimumForNamedColors
    let needed = min(limit, Contrast.ratio(of: style, in: appearance))
    func isLegible(_ color: Color) -> Bool {
      color != result.background
        && Contrast.ratio(of: Style(foreground: color, background: result.background), in: appearance) >= needed
    }
    if isLegible(result.foreground) { return result }
    let wanted = rgb(of: style.foreground, terminal: .black)
    let nearby: UInt8? =
      depth == .palette
      ? nearest(of: (16...255).filter { isLegible(.palette($0)) }, to: wanted)
      : nearest(to: wanted, among: (0..<(depth == .sixteen ? 16 : 8)).filter { isLegible(.palette($0)) }, within: 0.3)
    result.foreground = nearby.map(Color.palette) ?? plainText(on: result.background, depth)
    return result
  }

  /// The text colour where none with a hue can be read.
  private static func plainText(on background: Color, _ depth: Depth) -> Color {
    if background == .terminal { return .terminal }
    let ground = rgb(of: background, terminal: .black)
    let white: UInt8 = depth == .eight ? 7 : 15
    let isDarkGround = Contrast.ratio(ground, rgb(ofPalette: white)) > Contrast.ratio(ground, .black)
    return .palette(isDarkGround ? white : 0)
  }

  /// The channels of a colour; palette entries as xterm has them.
  package static func rgb(of color: Color, terminal: RGB) -> RGB {
    switch color {
    case .terminal: terminal
    case .rgb(let red, let green, let blue): RGB(red, green, blue)
    case .palette(let number): rgb(ofPalette: number)
    }
  }

  /// xterm's 256 colours: sixteen named ones, a cube of six levels, 24 greys (`256colres.h`).
  static func rgb(ofPalette number: UInt8) -> RGB {
    switch number {
    case 0..<16:
      return named[Int(number)]
    case 16..<232:
      let index = Int(number) - 16
      return RGB(levels[index / 36], levels[index / 6 % 6], levels[index % 6])
    default:
      let grey = UInt8(8 + 10 * (Int(number) - 232))
      return RGB(grey, grey, grey)
    }
  }

  private static let levels: [UInt8] = [0, 95, 135, 175, 215, 255]

  private static let named: [RGB] = [
    RGB(0, 0, 0), RGB(205, 0, 0), RGB(0, 205, 0), RGB(205, 205, 0), RGB(0, 0, 238), RGB(205, 0, 205), RGB(0, 205, 205),
    RGB(229, 229, 229), RGB(127, 127, 127), RGB(255, 0, 0), RGB(0, 255, 0), RGB(255, 255, 0), RGB(92, 92, 255),
    RGB(255, 0, 255), RGB(0, 255, 255), RGB(255, 255, 255),
  ]

  /// The nearest of 16 to 255: a corner of the small cube around the colour, or one of the greys around its lightness.
  private static func nearestOfCube(_ color: RGB) -> UInt8 {
    let reds = around(color.red)
    let greens = around(color.green)
    let blues = around(color.blue)
    var candidates: [UInt8] = []
    for red in reds {
      for green in greens { for blue in blues { candidates.append(UInt8(16 + 36 * red + 6 * green + blue)) } }
    }
    let mean = (Int(color.red) + Int(color.green) + Int(color.blue)) / 3
    let grey = min(23, max(0, (mean - 8) / 10))
    candidates += [UInt8(232 + grey), UInt8(232 + min(23, grey + 1))]
    return nearest(of: candidates, to: color) ?? 16
  }

  /// The candidate that looks most like the colour.
  private static func nearest(of candidates: [UInt8], to color: RGB) -> UInt8? {
    let wanted = color.oklab
    return nearest(of: candidates) { found in
      let (lightness, a, b) = (found.lightness - wanted.lightness, found.a - wanted.a, found.b - wanted.b)
      return lightness * lightness + a * a + b * b
    }
  }

  private static func around(_ channel: UInt8) -> [Int] {
    let upper = levels.firstIndex { $0 >= channel } ?? 5
    return levels[upper] == channel || upper == 0 ? [upper] : [upper - 1, upper]
  }

  /// Less colourfulness than this, in Oklab, is seen as grey.
  private static let greyChroma = 0.04

  /// Among a handful of strong colours the hue is what tells roles apart: a pale green is meant as green, though white
  /// would be nearer. What has no hue becomes black, grey or white.
  /// - Parameter limit: how far the hue may be off, as one less its cosine; 2 is the opposite.
  private static func nearest(to color: RGB, among candidates: [UInt8], within limit: Double = .infinity) -> UInt8? {
    let wanted = color.oklab
    let chroma = (wanted.a * wanted.a + wanted.b * wanted.b).squareRoot()
    return nearest(of: candidates) { found in
      let lightness = found.lightness - wanted.lightness
      let foundChroma = (found.a * found.a + found.b * found.b).squareRoot()
      guard chroma >= greyChroma, foundChroma >= greyChroma else {
        return chroma < greyChroma && foundChroma < greyChroma ? lightness * lightness : .infinity
      }
      let turned = 1 - (found.a * wanted.a + found.b * wanted.b) / (chroma * foundChroma)
      return turned > limit ? .infinity : turned + 0.25 * lightness * lightness
    }
  }

  /// The candidate at the least distance; `nil` if none is at a finite one.
  private static func nearest(
    of candidates: [UInt8], distance: ((lightness: Double, a: Double, b: Double)) -> Double
  ) -> UInt8? {
    var best: (number: UInt8, distance: Double)?
    for candidate in candidates {
      let found = distance(rgb(ofPalette: candidate).oklab)
      if found < best?.distance ?? .infinity { best = (candidate, found) }
    }
    return best?.number
  }
}

extension Theme {
  /// Roles that stand out by their ground alone, and have to by reversal where that ground cannot be told from the rest.
  package static let marked: Set<ThemeRole> = [
    .selection, .match, .currentMatch, .listSelected, .popupSelected, .hint,
  ]

  /// The theme in the colours of a terminal of that depth: what is drawn there. Takes some tenths of a millisecond.
  package func reduced(to depth: ColorReduction.Depth) -> Theme {
    guard depth != .full else { return self }
    var styles: [ThemeRole: Style] = [:]
    // Most roles share their colours with others.
    var known: [Style: Style] = [:]
    for role in ThemeRole.allCases {
      let colors = Style(foreground: self[role].foreground, background: self[role].background)
      var style = known[colors] ?? ColorReduction.reduce(colors, to: depth, in: appearance)
      known[colors] = style
      style.attributes = self[role].attributes
      // Without colours, words of code in a sentence would be words like any others.
      if depth == .none, role == .inlineCode, style.attributes.isEmpty { style.attributes = .underline }
      styles[role] = style
    }
    let text = styles[.text] ?? Style()
    for role in Self.marked {
      guard let style = styles[role], self[role].background != self[.text].background else { continue }
      if !Contrast.differ(style.background, text.background, in: appearance) {
        styles[role] = Style(
          foreground: text.foreground, background: text.background, attributes: style.attributes.union(.reverse))
      }
    }
    return Theme(name: name, appearance: appearance, styles: styles)
  }
}
