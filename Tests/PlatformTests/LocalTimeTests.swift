// Where days begin, in zones that put their clocks forward and back at awkward hours.

import Glibc
import Platform
import Testing

@Suite("Local time")
struct LocalTimeTests {
  // Rules as POSIX writes them, so that no file of zones is needed: Berlin; clocks put forward at midnight; put back at
  // one to midnight; half an hour; none.
  static let zones = [
    "CET-1CEST,M3.5.0,M10.5.0/3", "AAA3BBB,M10.3.0/0,M2.3.0/0", "AAA5BBB,M3.2.0/0,M11.1.0/1",
    "AAA-10:30BBB-11,M10.1.0,M4.1.0", "AAA-5:45",
  ]

  @Test("A day begins where the one before it ends, whatever the clocks do", arguments: zones)
  func midnight(zone: String) async {
    await #expect(processExitsWith: .success) { [zone = zone as String] in
      setenv("TZ", zone, 1)
      tzset()
      for month in 1...12 {
        for day in 1...28 {
          let first = LocalTime.firstMillisecond(ofYear: 2026, month: month, day: day)
          let (here, before) = (LocalTime(millisecondsSince1970: first), LocalTime(millisecondsSince1970: first - 1))
          precondition((here.year, here.month, here.day) == (2026, month, day), "\(month)-\(day)")
          precondition(before.day != day && (before.month, before.day) < (month, day) || (month, day) == (1, 1))
          // On most days that is midnight; where there is no midnight, what comes instead.
          precondition(here.minute == 0 && here.second == 0 && here.hour <= 1)
        }
      }
    }
  }
}
