// What `riffle stats` writes, letter by letter, and the words that it understands.

import Conversations
import Framing
import Statistics
import Testing

@testable import Headless

@Suite("stats")
struct StatsWriterTests {
  private static func row(_ key: [GroupValue]) -> StatisticsRow {
    var row = StatisticsRow(key: key, count: 3, errors: 1, stopped: 1)
    row.firstText = Percentiles([62.3, 100])
    row.total = Percentiles([812.0])
    row.input = KnownSum(12)
    row.output = KnownSum(34, isEstimated: true)
    row.cost = KnownSum(0.1 + 0.2)
    row.watched = KnownShare(1, of: 2)
    row.wins = KnownShare(0, of: 1)
    return row
  }

  private let table = StatisticsTable(
    grouping: [.model, .day, .hour],
    rows: [
      row([.name("m \"large\", the\r\nsecond"), .day(CalendarDay(year: 2026, month: 3, day: 1)), .hour(5)]),
      StatisticsRow(key: [.unknown, .day(CalendarDay(year: 2026, month: 3, day: 1)), .hour(23)], count: 1),
    ])

  @Test("CSV has a header, quotes where they are needed, nothing for what is not known, and the line ends of RFC 4180")
  func csv() {
    #expect(
      StatsWriter.csv(table) == """
        model,day,hour,answers,errors,error_rate,stopped,first_text_ms_p50,first_text_ms_p95,first_text_ms_p99,\
        characters_per_second_p50,characters_per_second_p95,characters_per_second_p99,total_ms_p50,total_ms_p95,\
        total_ms_p99,input_tokens,output_tokens,cached_tokens,tokens_estimated,cost,cost_estimated,watched_share,\
        watched_known,blind_wins,blind_races\r
        "m ""large"", the
        second",2026-03-01,5,3,1,0.333333,1,62.3,100.0,100.0,,,,812.0,812.0,812.0,12,34,,true,0.3,false,0.5,2,0,1\r
        ,2026-03-01,23,1,0,0.0,0,,,,,,,,,,,,,,,,,0,,0\r

        """)
    #expect(StatsWriter.csv(StatisticsTable(grouping: [.day])).split(separator: "\r\n").count == 1)
  }

  @Test("JSON has the same figures, null for what is not known")
  func json() throws {
    let text = String(decoding: StatsWriter.json(table), as: UTF8.self)
    guard case .success(let value) = JSONParser.parse(Array(text.utf8)) else {
      Issue.record("no JSON: \(text)")
      return
    }
    let first = try #require(value[0])
    #expect(first["model"]?.string == "m \"large\", the\r\nsecond")
    #expect((first["day"]?.string, first["hour"]?.int) == ("2026-03-01", 5))
    #expect((first["answers"]?.int, first["errors"]?.int, first["stopped"]?.int) == (3, 1, 1))
    #expect((first["first_text_ms_p50"]?.double, first["total_ms_p99"]?.double) == (62.3, 812))
    #expect((first["cost"]?.double, first["cost_estimated"]?.bool) == (0.3, false))
    #expect(first["tokens_estimated"]?.bool == true && first["watched_share"]?.double == 0.5)
    let second = try #require(value[1])
    #expect(text.contains("\"model\":null,\"day\":\"2026-03-01\",\"hour\":23"))
    #expect(second["first_text_ms_p50"] != nil && second["first_text_ms_p50"]?.double == nil)
    #expect(StatsWriter.json(StatisticsTable(grouping: [.day])) == Array("[]".utf8))
  }

  @Test("A terminal gets the columns that fit, anything else all of them; no line is too long and none has controls")
  func lines() {
    for room in [20, 40, 80, 160, 400] {
      let lines = StatsWriter.lines(table, columns: room)
      let head = lines[0].split(separator: "  ", omittingEmptySubsequences: true)
      #expect(head.first == "model")
      if room >= 80 { #expect(lines.prefix(3).allSatisfy { $0.count <= room }, "\(room)") }
    }
    #expect(StatsWriter.lines(table, columns: 80)[0].contains("first p95"))
    #expect(!StatsWriter.lines(table, columns: 80)[0].contains("wins"))
    let all = StatsWriter.lines(table, columns: nil)
    #expect(StatisticsColumn.allCases.allSatisfy { all[0].contains($0.heading) })
    #expect(!all.joined().unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7F })
  }

  @Test("Bars fit into the terminal and say their scale")
  func bars() {
    let chart = StatisticsChart(.first, of: table.rows)
    for room in [40, 80, 200] {
      let lines = StatsWriter.lines(chart, columns: room)
      #expect(lines.first == "time to first text, seconds: █ p50, ░ to p95")
      #expect(lines.last == "full bar: 0.10")
      #expect(lines.dropFirst().allSatisfy { $0.count <= room })
    }
  }

  @Test("The span is said in local time, with the distance from UTC at its end")
  func span() {
    let now = Timestamp(milliseconds: 1_772_373_780_000)
    let span = TimeSpan(since: Timestamp(milliseconds: 1_771_768_980_000))
    #expect(
      StatsWriter.words(span, now: now) { $0 < now ? -12_600 : 19_800 }
        == "from 2026-02-22 10:33 to 2026-03-01 19:33, local time (UTC+05:30)")
    #expect(
      StatsWriter.words(TimeSpan(), now: now) { _ in -12_600 } == "up to 2026-03-01 10:33, local time (UTC-03:30)")
  }

  @Test("What is none of the allowed words is refused with the allowed ones")
  func wrongUse() throws {
    func complaint(
      since: String = "7d", until: String? = nil, by: String = "model", json: Bool = false, csv: Bool = false,
      chart: String? = nil
    ) -> String? {
      do throws(StatsQuestion.WrongUse) {
        _ = try StatsQuestion(since: since, until: until, by: by, isJSON: json, isCSV: csv, chart: chart)
        return nil
      } catch {
        return error.sentence
      }
    }
    #expect(complaint() == nil && complaint(since: "all", until: "2026-01-31", by: "hour,day", json: true) == nil)
    #expect(complaint(since: "week")?.contains("24h, 7d or 4w, a date such as 2026-01-31, or all") == true)
    #expect(complaint(until: "all")?.contains("2026-01-31") == true)
    #expect(complaint(by: "")?.contains("provider, model, profile, day, hour") == true)
    #expect(complaint(by: "model,week")?.contains("provider, model, profile, day, hour, not 'week'") == true)
    #expect(complaint(chart: "errors")?.contains("first, rate, total, count, cost") == true)
    #expect(complaint(json: true, csv: true) != nil && complaint(csv: true, chart: "first") != nil)
  }
}
