// What answers are grouped by, and what a group has in common. Days and hours are those of the place where the answers were
// asked for; whoever knows the clock tells them.

package import Conversations

/// One thing that answers may have in common.
package enum AnswerDimension: String, CaseIterable, Equatable, Hashable, Sendable {
  case provider, model, profile
  /// The local date on which the answer started.
  case day
  /// The local hour of the day, 0 to 23.
  case hour
}

/// A date.
package struct CalendarDay: Equatable, Hashable, Comparable, Sendable, CustomStringConvertible {
  package var year: Int
  /// From 1.
  package var month: Int
  /// From 1.
  package var day: Int

  /// A date by its numbers, which are not checked.
  package init(year: Int, month: Int, day: Int) {
    self.year = year
    self.month = month
    self.day = day
  }

  /// `2026-03-01`.
  package var description: String { "\(year)-\(Self.twoDigits(month))-\(Self.twoDigits(day))" }

  package static func < (left: Self, right: Self) -> Bool {
    (left.year, left.month, left.day) < (right.year, right.month, right.day)
  }

  static func twoDigits(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}

/// An hour of a day, in local time.
package struct LocalHour: Equatable, Sendable {
  package var day: CalendarDay
  /// 0 to 23.
  package var hour: Int

  /// That hour of that day.
  package init(day: CalendarDay, hour: Int) {
    self.day = day
    self.hour = hour
  }

  /// The hour of an instant at a distance from UTC, in seconds to the east.
  package init(_ time: Timestamp, utcOffsetSeconds: Int) {
    let parts = time.components(utcOffsetSeconds: utcOffsetSeconds)
    day = CalendarDay(year: parts.year, month: parts.month, day: parts.day)
    hour = parts.hour
  }
}

/// What a group has in common in one dimension.
package enum GroupValue: Equatable, Hashable, Comparable, Sendable {
  /// Nobody wrote it down.
  case unknown
  /// Words from outside: a provider, a model (empty for agents, which have none), a profile.
  case name(String)
  case day(CalendarDay)
  /// 0 to 23.
  case hour(Int)

  /// For tables: a dash for what is unknown or empty. May hold words from outside.
  package var text: String {
    switch self {
    case .unknown, .name(""): "–"
    case .name(let name): name
    case .day(let day): day.description
    case .hour(let hour): "\(CalendarDay.twoDigits(hour)):00"
    }
  }
}

extension AnswerFigures {
  /// What it has in a dimension.
  /// - Parameter hour: when it started, in local time; asked for days and hours only.
  func value(of dimension: AnswerDimension, hour: () -> LocalHour) -> GroupValue {
    switch dimension {
    case .provider: .name(model.provider)
    case .model: .name(model.model)
    case .profile: profile.map(GroupValue.name) ?? .unknown
    case .day: .day(hour().day)
    case .hour: .hour(hour().hour)
    }
  }
}
