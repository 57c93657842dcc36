// Dates in headers: the three forms of RFC 9110 section 5.6.7, and RFC 3339 for services that prefer it. Seconds are all
// anybody needs here.

/// Reads points in time.
enum HTTPDate {
  private static let months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]

  /// Seconds since 1970 of `Sun, 06 Nov 1994 08:49:37 GMT`, `Sunday, 06-Nov-94 08:49:37 GMT` or
  /// `Sun Nov  6 08:49:37 1994`; nil for anything else.
  static func seconds(_ text: String) -> Int64? {
    guard text.utf8.count <= 64 else { return nil }
    let words = text.lowercased().split { $0 == " " || $0 == "," || $0 == "-" }
    // asctime has the month before the day and the year at the end.
    let isAsctime = words.count == 5 && months.contains(String(words[1]))
    guard isAsctime || words.count == 6 || words.count == 5 else { return nil }
    let (dayWord, monthWord, yearWord, timeWord) =
      isAsctime ? (words[2], words[1], words[4], words[3]) : (words[1], words[2], words[3], words[4])
    guard let day = Int(dayWord), let month = months.firstIndex(of: String(monthWord)), var year = Int(yearWord) else {
      return nil
    }
    // RFC 850 has two digits; those that would be far ahead belong to the century before.
    if yearWord.count == 2 { year += year < 70 ? 2000 : 1900 }
    let time = timeWord.split(separator: ":").compactMap { Int($0) }
    guard time.count == 3 else { return nil }
    return seconds(year: year, month: month + 1, day: day, hour: time[0], minute: time[1], second: time[2])
  }

  /// Seconds since 1970 of `2026-03-01T12:00:00Z`, with fraction and offset; fractions are cut off.
  static func rfc3339Seconds(_ text: String) -> Int64? {
    let bytes = Array(text.utf8)
    guard bytes.count >= 20, bytes.count <= 64 else { return nil }
    func number(_ range: Range<Int>) -> Int? { Int(String(decoding: bytes[range], as: UTF8.self)) }
    guard let year = number(0..<4), let month = number(5..<7), let day = number(8..<10), let hour = number(11..<13),
      let minute = number(14..<16), let second = number(17..<19),
      let local = seconds(year: year, month: month, day: day, hour: hour, minute: minute, second: second)
    else { return nil }
    guard let sign = bytes[19...].firstIndex(where: { $0 == 0x2B || $0 == 0x2D }) else {
      return bytes.last == UInt8(ascii: "Z") || bytes.last == UInt8(ascii: "z") ? local : nil
    }
    guard sign + 6 == bytes.count, let hours = number(sign + 1..<sign + 3), let minutes = number(sign + 4..<sign + 6)
    else { return nil }
    let offset = Int64(hours * 3600 + minutes * 60)
    return bytes[sign] == 0x2B ? local - offset : local + offset
  }

  private static func seconds(year: Int, month: Int, day: Int, hour: Int, minute: Int, second: Int) -> Int64? {
    guard (1970...9999).contains(year), (1...12).contains(month), (1...31).contains(day), (0...23).contains(hour),
      (0...59).contains(minute), (0...60).contains(second)
    else { return nil }
    // Years that begin in March, so that the leap day is the last: days from civil, by eras of 400 years.
    let shifted = month <= 2 ? year - 1 : year
    let era = shifted / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    let days = era * 146_097 + dayOfEra - 719_468
    return Int64(days) * 86_400 + Int64(hour * 3600 + minute * 60 + second)
  }
}
