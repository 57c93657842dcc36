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
      return .palette(nearest(to: rgb(of: color, terminal: .black), among: 16))
    default:
      if let number, number < 16 { return .palette(number & 7) }
      return .palette(nearest(to: rgb(of: color, terminal: .black), among: 8))
    }
  }

  /// A style whose colours exist at that depth, and whose text can still be told from its ground.
  package static func reduce(_ style: Style, to depth: Depth) -> Style {
    var result = style
    result.foreground = reduce(style.foreground, to: depth)
    result.background = reduce(style.background, to: depth)
    if depth != .none, result.background != .terminal, style.foreground != style.background,
      result.foreground == result.background
    {
      let ground = rgb(of: result.background, terminal: .black)
      let isDarkGround = Contrast.ratio(ground, .white) > Contrast.ratio(ground, .black)
      result.foreground = isDarkGround ? .palette(depth == .eight ? 7 : 15) : .palette(0)
    }
    return result
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
  private static func nearest(to color: RGB, among count: UInt8) -> UInt8 {
    let wanted = color.oklab
    let chroma = (wanted.a * wanted.a + wanted.b * wanted.b).squareRoot()
    return nearest(of: Array(0..<count)) { found in
      let lightness = found.lightness - wanted.lightness
      let foundChroma = (found.a * found.a + found.b * found.b).squareRoot()
      guard chroma >= greyChroma, foundChroma >= greyChroma else {
        return chroma < greyChroma && foundChroma < greyChroma ? lightness * lightness : .infinity
      }
      let cosine = (found.a * wanted.a + found.b * wanted.b) / (chroma * foundChroma)
      return 1 - cosine + 0.25 * lightness * lightness
    }
  }

  private static func nearest(
    of candidates: [UInt8], distance: ((lightness: Double, a: Double, b: Double)) -> Double
  ) -> UInt8 {
    var best: (number: UInt8, distance: Double) = (candidates.first ?? 0, .infinity)
    for candidate in candidates {
      let found = distance(rgb(ofPalette: candidate).oklab)
      if found < best.distance { best = (candidate, found) }
    }
    return best.number
  }
}

extension Theme {
  /// Roles that stand out by their ground alone, and have to by reversal where there are no colours.
  private static let marked: Set<ThemeRole> = [.selection, .match, .currentMatch, .listSelected, .popupSelected]

  /// The theme in the colours of a terminal of that depth.
  package func reduced(to depth: ColorReduction.Depth) -> Theme {
    guard depth != .full else { return self }
    var styles: [ThemeRole: Style] = [:]
    for role in ThemeRole.allCases {
      var style = ColorReduction.reduce(self[role], to: depth)
      if self[role].background != .terminal, style.background == .terminal, Self.marked.contains(role) {
        style.attributes.insert(.reverse)
      }
      styles[role] = style
    }
    return Theme(name: name, appearance: appearance, styles: styles)
  }
}
