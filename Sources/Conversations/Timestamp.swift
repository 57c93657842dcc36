// A moment of the wall clock. Durations are measured with `ContinuousClock`; this is for showing and for sorting.

/// Milliseconds since 1970-01-01T00:00:00Z.
package struct Timestamp: Hashable, Comparable, Sendable {
  package var milliseconds: Int64

  /// A moment so many milliseconds after 1970 in UTC.
  package init(milliseconds: Int64) { self.milliseconds = milliseconds }

  package static func < (a: Self, b: Self) -> Bool { a.milliseconds < b.milliseconds }

  /// Year, month (1–12), day, hour, minute and second at an offset from UTC, by the proleptic Gregorian calendar.
  package func components(utcOffsetSeconds offset: Int = 0)
    -> (year: Int, month: Int, day: Int, hour: Int, minute: Int, second: Int)
  {
    let seconds = Self.floorDivide(Int(clamping: milliseconds), 1000) + offset
    let days = Self.floorDivide(seconds, 86_400)
    let rest = seconds - days * 86_400
    // Days to civil date with eras of 400 years that begin on 1 March, so that the leap day is the last of its year.
    let shifted = days + 719_468
    let era = Self.floorDivide(shifted, 146_097)
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let marchMonth = (5 * dayOfYear + 2) / 153
    let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
    return (
      yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * marchMonth + 2) / 5 + 1,
      rest / 3600, rest / 60 % 60, rest % 60
    )
  }

  /// RFC 3339 in UTC with milliseconds: `2026-03-01T12:00:00.250Z`.
  package var rfc3339: String {
    let c = components()
    let fraction = Int(milliseconds) - Self.floorDivide(Int(milliseconds), 1000) * 1000
    return "\(Self.padded(c.year, 4))-\(Self.padded(c.month, 2))-\(Self.padded(c.day, 2))T"
      + "\(Self.padded(c.hour, 2)):\(Self.padded(c.minute, 2)):\(Self.padded(c.second, 2)).\(Self.padded(fraction, 3))Z"
  }

  private static func floorDivide(_ a: Int, _ b: Int) -> Int {
    let quotient = a / b
    return a % b < 0 ? quotient - 1 : quotient
  }

  private static func padded(_ value: Int, _ width: Int) -> String {
    let text = String(value)
    return String(repeating: "0", count: max(0, width - text.utf8.count)) + text
  }
}
