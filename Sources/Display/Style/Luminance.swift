// Light out of sRGB numbers, without the C library: what contrast and colour distance are computed from.

/// A colour as three bytes of sRGB.
package struct RGB: Equatable, Hashable, Sendable {
  package var red: UInt8
  package var green: UInt8
  package var blue: UInt8

  /// A colour with those channels.
  package init(_ red: UInt8, _ green: UInt8, _ blue: UInt8) {
    self.red = red
    self.green = green
    self.blue = blue
  }

  package static let black = RGB(0, 0, 0)
  package static let white = RGB(255, 255, 255)

  /// Relative luminance from 0 to 1 (WCAG 2.2, "relative luminance").
  package var luminance: Double {
    0.2126 * Self.linear(red) + 0.7152 * Self.linear(green) + 0.0722 * Self.linear(blue)
  }

  /// Lightness and the two colour axes of Oklab (Ottosson, 2020), where distance is difference to the eye.
  var oklab: (lightness: Double, a: Double, b: Double) {
    let (r, g, b) = (Self.linear(red), Self.linear(green), Self.linear(blue))
    let l = Self.root(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b, degree: 3)
    let m = Self.root(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b, degree: 3)
    let s = Self.root(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b, degree: 3)
    return (
      0.2104542553 * l + 0.7936177850 * m - 0.0040720468 * s,
      1.9779984951 * l - 2.4285922050 * m + 0.4505937099 * s,
      0.0259040371 * l + 0.7827717662 * m - 0.8086757660 * s
    )
  }

  /// How different two colours look, in hundredths of the way from black to white: 2 can just be seen side by side.
  package func difference(to other: RGB) -> Double {
    let (one, two) = (oklab, other.oklab)
    let (lightness, a, b) = (one.lightness - two.lightness, one.a - two.a, one.b - two.b)
    return 100 * (lightness * lightness + a * a + b * b).squareRoot()
  }

  /// A channel as an amount of light (IEC 61966-2-1).
  private static func linear(_ channel: UInt8) -> Double { light[Int(channel)] }

  /// Of every channel: a theme is reduced before the first frame, and asks for a thousand of them.
  private static let light: [Double] = (0...255).map { channel in
    let value = Double(channel) / 255
    guard value > 0.04045 else { return value / 12.92 }
    let base = (value + 0.055) / 1.055
    // base ^ 2.4
    let fifth = root(base, degree: 5)
    return base * base * fifth * fifth
  }

  /// The root of a number from 0 to 1, by Newton's method; it converges from above, so it stops where it no longer falls.
  private static func root(_ value: Double, degree: Int) -> Double {
    guard value > 0 else { return 0 }
    var estimate = 1.0
    for _ in 0..<64 {
      var power = 1.0
      for _ in 1..<degree { power *= estimate }
      let next = (Double(degree - 1) * estimate + value / power) / Double(degree)
      if next >= estimate { break }
      estimate = next
    }
    return estimate
  }
}
