// Words for spans of time and groupings, as the command line and `/stats` take them. Nothing here knows what time it is.

package import Conversations

/// An edge of a span of time, as somebody wrote it.
package enum SpanEdge: Equatable, Hashable, Sendable {
  case all
  /// That long ago, in milliseconds.
  case ago(Int64)
  case day(CalendarDay)

  /// What can be written, for whoever wrote something else.
  package static let forms = "a time such as 24h, 7d or 4w, a date such as 2026-01-31, or all"

  /// Reads one of these forms; `nil` for anything else.
  package init?(_ text: String) {
    if text == "all" {
      self = .all
    } else if let unit = text.last.flatMap({ Self.units[$0] }), let number = Self.number(text.dropLast()), number > 0,
      number <= 100_000
    {
      self = .ago(Int64(number) * unit)
    } else if let day = CalendarDay(text) {
      self = .day(day)
    } else {
      return nil
    }
  }

  private static let units: [Character: Int64] = ["h": 3_600_000, "d": 86_400_000, "w": 604_800_000]

  /// Digits only: `Int` takes signs as well.
  fileprivate static func number(_ text: Substring) -> Int? {
    text.utf8.count <= 6 && text.utf8.allSatisfy { (48...57).contains($0) } ? Int(text) : nil
  }
}

extension CalendarDay {
  /// Reads `2026-01-31`; `nil` for anything else, and for days that there are not.
  package init?(_ text: String) {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 3, parts.map(\.utf8.count) == [4, 2, 2] else { return nil }
    let numbers = parts.compactMap { SpanEdge.number($0) }
    guard numbers.count == 3, (1...12).contains(numbers[1]),
      (1...Self.length(ofMonth: numbers[1], in: numbers[0]))
        .contains(numbers[2])
    else { return nil }
    self.init(year: numbers[0], month: numbers[1], day: numbers[2])
  }

  /// The day after.
  package var next: CalendarDay {
    if day < Self.length(ofMonth: month, in: year) { return CalendarDay(year: year, month: month, day: day + 1) }
    return month < 12
      ? CalendarDay(year: year, month: month + 1, day: 1) : CalendarDay(year: year + 1, month: 1, day: 1)
  }

  private static func length(ofMonth month: Int, in year: Int) -> Int {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }
}

/// A span of time as two moments.
package struct TimeSpan: Equatable, Sendable {
  /// Its first moment; `nil` for the beginning of everything.
  package var since: Timestamp?
  /// The first moment behind it; `nil` for no end.
  package var until: Timestamp?

  /// A span of moments.
  package init(since: Timestamp? = nil, until: Timestamp? = nil) {
    self.since = since
    self.until = until
  }

  /// The span between two edges. A day as its end belongs to it whole.
  /// - Parameter midnight: the first moment of a day, in local time.
  package init(since: SpanEdge, until: SpanEdge?, now: Timestamp, midnight: (CalendarDay) -> Timestamp) {
    switch since {
    case .all: self.since = nil
    case .ago(let time): self.since = now.earlier(by: time)
    case .day(let day): self.since = midnight(day)
    }
    switch until {
    case nil, .all: self.until = nil
    case .ago(let time): self.until = now.earlier(by: time)
    case .day(let day): self.until = midnight(day.next)
    }
  }

  /// Whether no moment lies in it.
  package var isEmpty: Bool {
    if let since, let until { since >= until } else { false }
  }
}

extension Timestamp {
  /// That many milliseconds before.
  package func earlier(by milliseconds: Int64) -> Timestamp {
    Timestamp(milliseconds: self.milliseconds - milliseconds)
  }
}

extension [AnswerDimension] {
  /// What can be written.
  package static var forms: String { AnswerDimension.allCases.map(\.rawValue).joined(separator: ", ") }

  /// Reads names between commas or blanks, each counted once; the first that is none is given back.
  package static func parse(_ text: String) -> Result<[AnswerDimension], UnknownDimension> {
    var found: [AnswerDimension] = []
    for word in text.split(whereSeparator: { $0 == "," || $0 == " " }) {
      guard let dimension = AnswerDimension(rawValue: word.lowercased()) else {
        return .failure(UnknownDimension(word: String(word)))
      }
      if !found.contains(dimension) { found.append(dimension) }
    }
    return .success(found)
  }
}

/// A word that names nothing that answers are grouped by. It may be from outside.
package struct UnknownDimension: Error, Equatable, Sendable {
  package let word: String

  /// That word.
  package init(word: String) { self.word = word }
}
