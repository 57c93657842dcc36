// Numbers as the screen shows them: short, with a unit, and never more exact than they are.

package import Conversations

/// Writes figures for people.
package enum Figures {
  /// `3.2 ms`, `41 ms`, `0.41 s`, `12.3 s`, `2 m 05 s`, `1 h 02 m`.
  package static func seconds(_ duration: Duration) -> String {
    let milliseconds = max(0, Self.milliseconds(duration))
    if milliseconds > 0, milliseconds < 100 { return "\(decimal(milliseconds, milliseconds < 10 ? 1 : 0)) ms" }
    if milliseconds < 10_000 { return "\(decimal(milliseconds / 1000, 2)) s" }
    if milliseconds < 100_000 { return "\(decimal(milliseconds / 1000, 1)) s" }
    let whole = Int(milliseconds / 1000)
    if whole < 3600 { return "\(whole / 60) m \(twoDigits(whole % 60)) s" }
    return "\(whole / 3600) h \(twoDigits(whole / 60 % 60)) m"
  }

  /// `850 µs`, `12.5 ms`, `1.20 s`: for gaps, which differ by orders of magnitude.
  package static func short(_ duration: Duration) -> String {
    let milliseconds = max(0, Self.milliseconds(duration))
    if milliseconds < 1 { return "\(Int(milliseconds * 1000)) µs" }
    if milliseconds < 1000 { return "\(decimal(milliseconds, milliseconds < 100 ? 1 : 0)) ms" }
    return seconds(duration)
  }

  /// Whole seconds, for clocks that tick.
  package static func wholeSeconds(_ duration: Duration) -> String {
    let whole = max(0, Int(duration.components.seconds))
    return whole < 60 ? "\(whole) s" : "\(whole / 60) m \(twoDigits(whole % 60)) s"
  }

  /// A rate with about three digits.
  package static func rate(_ perSecond: Double) -> String {
    guard perSecond.isFinite, perSecond >= 0 else { return "–" }
    if perSecond < 10 { return decimal(perSecond, 1) }
    return count(Int(min(perSecond.rounded(), 1e15)))
  }

  /// `950`, `1.2k`, `34k`, `5.6M`.
  package static func count(_ value: Int) -> String {
    switch value {
    case ..<1000: "\(value)"
    case ..<9950: "\(decimal(Double(value) / 1000, 1))k"
    case ..<999_500: "\(Int((Double(value) / 1000).rounded()))k"
    default: "\(decimal(Double(value) / 1_000_000, 1))M"
    }
  }

  /// `950 B`, `1.2 KB`, `3.4 MB`; a kilobyte is 1,000 bytes.
  package static func bytes(_ value: Int) -> String {
    switch value {
    case ..<1000: "\(value) B"
    case ..<1_000_000: "\(decimal(Double(value) / 1000, 1)) KB"
    default: "\(decimal(Double(value) / 1_000_000, 1)) MB"
    }
  }

  /// `0.0123`, `~1.20`: what an answer cost, with two to four significant digits; estimates are marked.
  package static func cost(_ cost: Cost) -> String {
    let digits = cost.amount >= 1 || cost.amount == 0 ? 2 : cost.amount >= 0.01 ? 4 : 6
    return "\(cost.isEstimated ? "~" : "")\(decimal(cost.amount, digits))"
  }

  /// `1 byte`, `1,234 bytes`: exact, for what was done.
  package static func exactBytes(_ value: Int) -> String {
    value == 1 ? "1 byte" : "\(grouped(value)) bytes"
  }

  /// `1,234,567`.
  package static func grouped(_ value: Int) -> String {
    var digits = String(value.magnitude)
    var result = ""
    while digits.utf8.count > 3 {
      result = ",\(digits.suffix(3))\(result)"
      digits.removeLast(3)
    }
    return (value < 0 ? "-" : "") + digits + result
  }

  /// How long ago: `now`, `5 m`, `3 h`, `2 d`, `4 w`, `1 y`.
  package static func age(milliseconds: Int64) -> String {
    let minutes = max(0, milliseconds / 60_000)
    switch minutes {
    case 0: return "now"
    case ..<60: return "\(minutes) m"
    case ..<1440: return "\(minutes / 60) h"
    case ..<10_080: return "\(minutes / 1440) d"
    case ..<525_600: return "\(minutes / 10_080) w"
    default: return "\(minutes / 525_600) y"
    }
  }

  /// A number with that many digits after the point, rounded half up.
  package static func decimal(_ value: Double, _ digits: Int) -> String {
    guard value.isFinite, abs(value) < 1e15 else { return "–" }
    var scale = 1
    for _ in 0..<digits { scale *= 10 }
    let scaled = Int((value * Double(scale)).rounded())
    if digits == 0 { return "\(scaled)" }
    let fraction = String(abs(scaled) % scale)
    let sign = scaled < 0 ? "-" : ""
    return "\(sign)\(abs(scaled) / scale).\(String(repeating: "0", count: digits - fraction.utf8.count))\(fraction)"
  }

  /// `05`.
  package static func twoDigits(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }

  /// A duration in milliseconds with fractions.
  package static func milliseconds(_ duration: Duration) -> Double {
    let parts = duration.components
    return Double(parts.seconds) * 1000 + Double(parts.attoseconds) / 1e15
  }
}
