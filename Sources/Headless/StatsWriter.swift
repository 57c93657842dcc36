// How `riffle stats` writes its groups: lines for people, CSV (RFC 4180) and JSON for scripts. Scripts get plain numbers with
// the unit in their name, and nothing at all for what is not known.

import Conversations
import Display
import Framing
import Statistics

/// Texts of `riffle stats`.
enum StatsWriter {
  /// `from 2026-03-01 14:03 to 2026-03-08 14:03, local time (UTC+01:00)`.
  static func words(_ span: TimeSpan, now: Timestamp, utcOffset: (Timestamp) -> Int) -> String {
    func text(_ time: Timestamp) -> String {
      let parts = time.components(utcOffsetSeconds: utcOffset(time))
      let day = CalendarDay(year: parts.year, month: parts.month, day: parts.day)
      return "\(day) \(twoDigits(parts.hour)):\(twoDigits(parts.minute))"
    }
    let end = span.until ?? now
    let offset = utcOffset(end)
    let zone = "\(offset < 0 ? "-" : "+")\(twoDigits(abs(offset) / 3600)):\(twoDigits(abs(offset) / 60 % 60))"
    let begin = span.since.map { "from \(text($0)) to" } ?? "up to"
    return "\(begin) \(text(end)), local time (UTC\(zone))"
  }

  private static func twoDigits(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }

  // MARK: For people

  /// Longer names are shortened in a terminal.
  private static func longestName(in room: Int) -> Int { min(32, max(6, room / 3)) }

  /// The table; in a terminal as many columns as fit, else all.
  static func lines(_ table: StatisticsTable, columns room: Int?) -> [String] {
    let names = table.rows.map { row in
      row.key.map { Sanitizer.singleLine($0.text, maximumColumns: room.map(longestName)) }
    }
    let chosen: [StatisticsColumn]
    if let room {
      let used = table.grouping.indices.reduce(0) { used, index in
        let texts = names.map { $0[index] } + [table.grouping[index].rawValue]
        return used + (texts.map(CharacterWidth.columns(of:)).max() ?? 0) + StatisticsColumn.gap
      }
      chosen = StatisticsColumn.fitting(
        StatisticsColumn.known(in: table), room: room - used + StatisticsColumn.gap
      ) { column in
        table.rows.reduce(column.heading.utf8.count) { max($0, CharacterWidth.columns(of: column.text($1))) }
      }
    } else {
      chosen = StatisticsColumn.allCases
    }
    let heading =
      table.grouping.map { TextTable.Cell($0.rawValue) } + chosen.map { TextTable.Cell($0.heading, side: .right) }
    let rows = zip(table.rows, names).map { row, names in
      names.map { TextTable.Cell($0) } + chosen.map { TextTable.Cell($0.text(row), side: .right) }
    }
    return TextTable.lines([heading] + rows) + ["", StatisticsColumn.legend]
  }

  /// Bars, one line a group.
  static func lines(_ chart: StatisticsChart, columns room: Int?) -> [String] {
    let width = max(20, min(room ?? 80, 160))
    let labels = chart.bars.map { Sanitizer.singleLine($0.label, maximumColumns: longestName(in: width)) }
    let label = labels.map(CharacterWidth.columns(of:)).max() ?? 0
    let figures = chart.bars.map { CharacterWidth.columns(of: $0.text) }.max() ?? 0
    let columns = max(4, width - label - figures - 4)
    var lines = [chart.figure.title, ""]
    for (bar, name) in zip(chart.bars, labels) {
      let blocks = chart.blocks(bar, columns: columns)
      let blank = String(repeating: " ", count: label - CharacterWidth.columns(of: name))
      let line = "\(name)\(blank)  \(blocks.solid)\(blocks.shade)"
      lines.append(line + (blocks.solid.isEmpty ? "" : "  ") + bar.text)
    }
    return lines + (chart.scaleText.isEmpty ? [] : ["", chart.scaleText])
  }

  // MARK: For scripts

  static func json(_ table: StatisticsTable) -> [UInt8] {
    var json = JSONWriter()
    json.array { array in
      for row in table.rows {
        array.object { object in
          for (dimension, value) in zip(table.grouping, row.key) { write(value, as: dimension.rawValue, to: &object) }
          for figure in figures(of: row) { write(figure, to: &object) }
        }
      }
    }
    return json.take()
  }

  private static func write(_ value: GroupValue, as name: String, to object: inout JSONWriter) {
    switch value {
    case .unknown: object.nullField(name)
    case .name(let text): object.field(name, text)
    case .day(let day): object.field(name, day.description)
    case .hour(let hour): object.field(name, hour)
    }
  }

  private static func write(_ figure: Figure, to object: inout JSONWriter) {
    switch figure.value {
    case .unknown: object.nullField(figure.name)
    case .count(let count): object.field(figure.name, count)
    case .flag(let isTrue): object.field(figure.name, isTrue)
    case .number(let number): object.field(figure.name, number)
    }
  }

  /// CSV with a header; lines end as RFC 4180 wants it.
  static func csv(_ table: StatisticsTable) -> String {
    let names = figures(of: StatisticsRow(key: [], count: 0)).map(\.name)
    var lines = [table.grouping.map(\.rawValue) + names]
    for row in table.rows {
      let key = row.key.map { value in
        switch value {
        case .unknown: ""
        case .name(let text): text
        case .day(let day): day.description
        case .hour(let hour): "\(hour)"
        }
      }
      lines.append(key + figures(of: row).map(\.value.csv))
    }
    return lines.map { $0.map(field).joined(separator: ",") + "\r\n" }.joined()
  }

  /// A field between quotes if it must be. Controls but tabs and line ends, which a reader of CSV expects in no field,
  /// are replaced as in all that is written for pipes.
  private static func field(_ text: String) -> String {
    let clean = Sanitizer.piped(text)
    guard clean.unicodeScalars.contains(where: { [",", "\"", "\r", "\n"].contains($0) }) else { return clean }
    return "\"\(clean.replacing("\"", with: "\"\""))\""
  }

  /// A figure with the name that scripts know it by.
  private struct Figure {
    enum Value {
      case unknown
      case count(Int)
      case number(Double)
      case flag(Bool)

      var csv: String {
        switch self {
        case .unknown: ""
        case .count(let count): "\(count)"
        case .number(let number): "\(number)"
        case .flag(let isTrue): isTrue ? "true" : "false"
        }
      }
    }

    let name: String
    let value: Value

    init(_ name: String, _ count: Int?) {
      self.name = name
      value = count.map { .count($0) } ?? .unknown
    }

    init(_ name: String, number: Double?, decimals: Double = 1e6) {
      self.name = name
      // Without the noise of binary fractions: sums of tenths are tenths.
      value = number.map { .number(($0 * decimals).rounded() / decimals) } ?? .unknown
    }

    init(_ name: String, flag: Bool?) {
      self.name = name
      value = flag.map { .flag($0) } ?? .unknown
    }
  }

  /// All figures, in their order. Times are milliseconds, shares 0 to 1.
  private static func figures(of row: StatisticsRow) -> [Figure] {
    var all = [
      Figure("answers", row.count), Figure("errors", row.errors),
      Figure("error_rate", number: row.count > 0 ? row.errorRate : nil), Figure("stopped", row.stopped),
    ]
    for (name, percentiles) in [
      ("first_text_ms", row.firstText), ("characters_per_second", row.rate), ("total_ms", row.total),
    ] {
      all.append(Figure("\(name)_p50", number: percentiles?.p50, decimals: 10))
      all.append(Figure("\(name)_p95", number: percentiles?.p95, decimals: 10))
      all.append(Figure("\(name)_p99", number: percentiles?.p99, decimals: 10))
    }
    let sums = [row.input, row.output, row.cached].compactMap(\.self)
    all += [
      Figure("input_tokens", row.input?.value), Figure("output_tokens", row.output?.value),
      Figure("cached_tokens", row.cached?.value),
      Figure("tokens_estimated", flag: sums.isEmpty ? nil : sums.contains(where: \.isEstimated)),
      Figure("cost", number: row.cost?.value, decimals: 1e9), Figure("cost_estimated", flag: row.cost?.isEstimated),
      Figure("watched_share", number: row.watched.share), Figure("watched_known", row.watched.known),
      Figure("blind_wins", row.wins.known > 0 ? row.wins.count : nil), Figure("blind_races", row.wins.known),
    ]
    return all
  }
}
