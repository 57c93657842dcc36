// Reading clocks. Pure modules are given times; only plugs and the composition read them, and they read them here.

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// The calendar's clock. It may jump; never measure with it.
package enum WallClock {
  /// Milliseconds since 1970-01-01T00:00:00Z.
  package static func milliseconds() -> Int64 {
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    return Int64(now.tv_sec) * 1000 + Int64(now.tv_nsec) / 1_000_000
  }
}

/// A clock that only goes forward and stands still while the machine sleeps.
package enum MonotonicClock {
  /// Nanoseconds since an arbitrary start.
  package static func nanoseconds() -> UInt64 {
    var now = timespec()
    clock_gettime(CLOCK_MONOTONIC, &now)
    return UInt64(now.tv_sec) * 1_000_000_000 + UInt64(now.tv_nsec)
  }
}

/// An instant in the user's time zone, for showing.
package struct LocalTime: Equatable, Sendable {
  /// The year, such as 2026; the month from 1; the day of the month from 1.
  package let year: Int, month: Int, day: Int
  /// Hours 0–23, minutes 0–59, seconds 0–60 (a leap second).
  package let hour: Int, minute: Int, second: Int
  /// 0 is Sunday.
  package let weekday: Int
  /// Seconds east of UTC at that instant, daylight saving included.
  package let secondsFromUTC: Int

  /// The local time of an instant, by the zone the process has (`TZ` or the system's).
  package init(millisecondsSince1970 milliseconds: Int64) {
    // Floored, so that the second before 1970 is not shown as the second after it.
    var seconds = time_t(milliseconds / 1000 - (milliseconds % 1000 < 0 ? 1 : 0))
    var parts = tm()
    localtime_r(&seconds, &parts)
    year = Int(parts.tm_year) + 1900
    month = Int(parts.tm_mon) + 1
    day = Int(parts.tm_mday)
    hour = Int(parts.tm_hour)
    minute = Int(parts.tm_min)
    second = Int(parts.tm_sec)
    weekday = Int(parts.tm_wday)
    secondsFromUTC = parts.tm_gmtoff
  }

  /// The first moment of a date in the zone the process has, in milliseconds since 1970. Where clocks are put forward at
  /// midnight the day begins later; where they are put back, with the earlier of the two.
  /// - Parameter month: from 1.
  package static func firstMillisecond(ofYear year: Int, month: Int, day: Int) -> Int64 {
    var parts = tm()
    parts.tm_year = Int32(clamping: year - 1900)
    parts.tm_mon = Int32(clamping: month - 1)
    parts.tm_mday = Int32(clamping: day)
    parts.tm_isdst = -1
    let guess = Int64(mktime(&parts)) * 1000
    // What mktime gives for an hour that there is not, or twice, differs between systems: the day's first quarter of an
    // hour is looked for around it, which is how finely zones are set.
    let quarter: Int64 = 900_000
    let around = stride(from: guess - 12 * quarter, through: guess + 12 * quarter, by: Int64.Stride(quarter))
    return around.first { time in
      let here = LocalTime(millisecondsSince1970: time)
      return (here.year, here.month, here.day) == (year, month, day)
    } ?? guess
  }
}
