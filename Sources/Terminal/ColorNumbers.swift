// A theme's colours as the numbers ncurses knows them by: a palette index, or 0x1000000 and above for RGB, or -1 for the
// terminal's own; reduced to what the terminal has.

import Display

/// Colour numbers at one depth.
struct ColorNumbers: Equatable, Sendable {
  let depth: ColorDepth

  /// The number of a colour.
  func number(of color: Color) -> Int32 {
    switch (color, depth) {
    case (.terminal, _), (_, .mono): -1
    case (.palette(let index), .palette), (.palette(let index), .full): Int32(index)
    case (.palette(let index), .sixteen) where index < 16: Int32(index)
    case (.palette(let index), .eight) where index < 16: Int32(index & 7)
    case (.palette(let index), _): number(of: Self.rgb(ofPalette: index))
    case (.rgb(let red, let green, let blue), .full): 0x100_0000 | Int32(red) << 16 | Int32(green) << 8 | Int32(blue)
    case (.rgb(let red, let green, let blue), .palette): Self.paletteIndex(red, green, blue)
    case (.rgb(let red, let green, let blue), .sixteen): Self.nearest(red, green, blue, among: 0..<16)
    case (.rgb(let red, let green, let blue), .eight): Self.nearest(red, green, blue, among: 0..<16) & 7
    }
  }

  /// xterm's default for the first sixteen, whose real look is the user's choice, and the fixed values of the others.
  private static func rgb(ofPalette index: UInt8) -> Color {
    if index < 16 {
      let (red, green, blue) = sixteen[Int(index)]
      return .rgb(UInt8(red), UInt8(green), UInt8(blue))
    }
    if index >= 232 {
      let level = 8 + 10 * (index - 232)
      return .rgb(level, level, level)
    }
    let cube = Int(index) - 16
    return .rgb(UInt8(levels[cube / 36]), UInt8(levels[cube / 6 % 6]), UInt8(levels[cube % 6]))
  }

  /// The nearest of the colour cube and the grey ramp; never one of the first sixteen, which are the user's.
  private static func paletteIndex(_ red: UInt8, _ green: UInt8, _ blue: UInt8) -> Int32 {
    func step(_ value: UInt8) -> Int {
      let value = Int(value)
      return levels.indices.min { abs(levels[$0] - value) < abs(levels[$1] - value) } ?? 0
    }
    let (r, g, b) = (step(red), step(green), step(blue))
    let average = (Int(red) + Int(green) + Int(blue)) / 3
    let grey = min(max((average - 8 + 5) / 10, 0), 23)
    let level = 8 + 10 * grey
    let cubeDistance = distance(red, green, blue, levels[r], levels[g], levels[b])
    let greyDistance = distance(red, green, blue, level, level, level)
    return Int32(greyDistance < cubeDistance ? 232 + grey : 16 + 36 * r + 6 * g + b)
  }

  private static func nearest(_ red: UInt8, _ green: UInt8, _ blue: UInt8, among indices: Range<Int>) -> Int32 {
    let best = indices.min { left, right in
      let (l, r) = (sixteen[left], sixteen[right])
      return distance(red, green, blue, l.0, l.1, l.2) < distance(red, green, blue, r.0, r.1, r.2)
    }
    return Int32(best ?? 0)
  }

  /// Squared distance, weighted as the eye weighs the channels (the "redmean" formula of CompuPhase, simplified).
  private static func distance(_ red: UInt8, _ green: UInt8, _ blue: UInt8, _ r: Int, _ g: Int, _ b: Int) -> Int {
    let (dr, dg, db) = (Int(red) - r, Int(green) - g, Int(blue) - b)
    return 3 * dr * dr + 6 * dg * dg + 2 * db * db
  }

  /// The six levels of xterm's colour cube.
  private static let levels = [0, 95, 135, 175, 215, 255]

  /// xterm's default sixteen colours.
  private static let sixteen: [(Int, Int, Int)] = [
    (0, 0, 0), (205, 0, 0), (0, 205, 0), (205, 205, 0), (0, 0, 238), (205, 0, 205), (0, 205, 205), (229, 229, 229),
    (127, 127, 127), (255, 0, 0), (0, 255, 0), (255, 255, 0), (92, 92, 255), (255, 0, 255), (0, 255, 255),
    (255, 255, 255),
  ]
}
