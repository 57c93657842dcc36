// Points in time as AWS writes them. Whole seconds since 1970, UTC, by integers alone: no locale and no calendar of the
// user can change a signature.

/// Writes and reads times.
enum AWSTime {
  /// `20250704T120000Z`, ISO 8601's basic form.
  static func basic(_ seconds: Int64) -> String {
    let parts = parts(of: seconds)
    return digits(parts.year, 4) + digits(parts.month, 2) + digits(parts.day, 2) + "T" + digits(parts.hour, 2)
      + digits(parts.minute, 2) + digits(parts.second, 2) + "Z"
  }

  /// `2025-07-04T12:00:00Z`, RFC 3339.
  static func extended(_ seconds: Int64) -> String {
    let parts = parts(of: seconds)
    return "\(digits(parts.year, 4))-\(digits(parts.month, 2))-\(digits(parts.day, 2))T"
      + "\(digits(parts.hour, 2)):\(digits(parts.minute, 2)):\(digits(parts.second, 2))Z"
  }

  /// Seconds of an RFC 3339 time; the SSO cache of older tools ends it in `UTC` instead of `Z`.
  static func seconds(_ text: String) -> Int64? {
    let text = text.hasSuffix("UTC") ? text.dropLast(3) + "Z" : text
    return HTTPDate.rfc3339Seconds(text)
  }

  private struct Parts {
    var year: Int64
    var month: Int64
    var day: Int64
    var hour: Int64
    var minute: Int64
    var second: Int64
  }

  private static func parts(of seconds: Int64) -> Parts {
    // The years 1970 to 9999: what four digits can say.
    let seconds = min(max(seconds, 0), 253_402_300_799)
    let (days, rest) = seconds.quotientAndRemainder(dividingBy: 86_400)
    // Civil from days, by eras of 400 years that begin in March.
    let shifted = days + 719_468
    let era = shifted / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    return Parts(
      year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month: month,
      day: dayOfYear - (153 * shiftedMonth + 2) / 5 + 1, hour: rest / 3600, minute: rest / 60 % 60, second: rest % 60)
  }

  private static func digits(_ number: Int64, _ count: Int) -> String {
    let text = String(number)
    return String(repeating: "0", count: max(0, count - text.utf8.count)) + text
  }
}
