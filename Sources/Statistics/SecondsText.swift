// Times as measurements tell them: with as many digits as can be told apart, and several of them in one unit.

/// Writes seconds for people.
package enum SecondsText {
  /// `38 ms`, `0.41 s`, `1.42 s`, `12.3 s`, `128 s`; a dash for what is not known.
  /// - Parameter others: times told beside it, for a unit that suits all.
  package static func one(_ seconds: Double?, beside others: [Double] = []) -> String {
    guard let seconds, seconds.isFinite else { return "–" }
    let unit = SecondsUnit(for: [seconds] + others)
    return "\(unit.number(seconds)) \(unit.name)"
  }

  /// `1.31–1.60 s`, or `-0.02 to 0.08 s` where a dash would stand beside a minus.
  package static func range(_ lower: Double, _ upper: Double) -> String {
    // Ends that differ are not written alike.
    let unit = SecondsUnit(for: [lower, upper]).telling(lower, from: upper)
    return "\(unit.range(lower, upper)) \(unit.name)"
  }

  /// `97.9 %`, never rounded up to a certainty that is none.
  package static func percent(_ share: Double) -> String {
    let tenths = (share * 1000).rounded(share > 0.9995 && share < 1 ? .down : .toNearestOrAwayFromZero)
    return decimal(tenths / 10, 1) + " %"
  }

  /// A number with that many digits after the point.
  package static func decimal(_ value: Double, _ digits: Int) -> String {
    guard value.isFinite, abs(value) < 1e12 else { return "–" }
    var scale = 1.0
    for _ in 0..<digits { scale *= 10 }
    let scaled = Int((value * scale).rounded())
    let (whole, rest) = scaled.magnitude.quotientAndRemainder(dividingBy: UInt(scale))
    let sign = scaled < 0 ? "-" : ""
    guard digits > 0 else { return "\(sign)\(whole)" }
    let fraction = String(rest)
    return "\(sign)\(whole).\(String(repeating: "0", count: digits - fraction.utf8.count))\(fraction)"
  }

}

/// The unit, and the digits after the point, that suit the greatest of some times.
package struct SecondsUnit: Equatable, Sendable {
  /// `ms` or `s`.
  package let name: String
  private let scale: Double
  private let digits: Int

  /// The unit for times in seconds.
  package init(for seconds: some Sequence<Double>) {
    switch seconds.map(abs).max() ?? 0 {
    case ..<0.00995: (name, scale, digits) = ("ms", 1000, 1)
    case ..<0.0995: (name, scale, digits) = ("ms", 1000, 0)
    case ..<9.995: (name, scale, digits) = ("s", 1, 2)
    case ..<99.95: (name, scale, digits) = ("s", 1, 1)
    default: (name, scale, digits) = ("s", 1, 0)
    }
  }

  private init(name: String, scale: Double, digits: Int) {
    (self.name, self.scale, self.digits) = (name, scale, digits)
  }

  /// The unit for a table of times, whose small ones are to be told apart beside great ones.
  package static func table(for seconds: some Sequence<Double>) -> SecondsUnit {
    switch seconds.map(abs).max() ?? 0 {
    case ..<0.0995: SecondsUnit(name: "ms", scale: 1000, digits: 1)
    case ..<9.9995: SecondsUnit(name: "ms", scale: 1000, digits: 0)
    case ..<99.95: SecondsUnit(name: "s", scale: 1, digits: 2)
    default: SecondsUnit(name: "s", scale: 1, digits: 1)
    }
  }

  /// The unit with as many digits, at most two more, as tell two times apart.
  func telling(_ one: Double, from other: Double) -> SecondsUnit {
    var unit = self
    while one != other, unit.digits < digits + 2, unit.number(one) == unit.number(other) {
      unit = SecondsUnit(name: unit.name, scale: unit.scale, digits: unit.digits + 1)
    }
    return unit
  }

  /// A time without the unit; a dash for what is not known.
  package func number(_ seconds: Double?) -> String {
    seconds.map { SecondsText.decimal($0 * scale, digits) } ?? "–"
  }

  /// `31–45`, or `-2 to 8` where a dash would stand beside a minus.
  package func range(_ lower: Double, _ upper: Double) -> String {
    number(lower) + (lower < 0 || upper < 0 ? " to " : "–") + number(upper)
  }
}
