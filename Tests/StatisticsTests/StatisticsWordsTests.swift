// Words for spans, groupings, columns and bars.

import Conversations
import Statistics
import Testing

@Suite("Words of statistics")
struct StatisticsWordsTests {
  static let edges: [(text: String, edge: SpanEdge?)] = [
    ("all", .all), ("24h", .ago(86_400_000)), ("7d", .ago(604_800_000)), ("30d", .ago(2_592_000_000)),
    ("2w", .ago(1_209_600_000)), ("2026-01-31", .day(CalendarDay(year: 2026, month: 1, day: 31))),
    ("2024-02-29", .day(CalendarDay(year: 2024, month: 2, day: 29))),
    ("", nil), ("d", nil), ("0d", nil), ("-7d", nil), ("+7d", nil), ("7", nil), ("7m", nil), ("7 d", nil),
    ("9999999d", nil), ("2026-02-29", nil), ("1900-02-29", nil), ("2026-13-01", nil), ("2026-00-10", nil),
    ("2026-1-31", nil), ("2026-01-31T00:00", nil), ("2026-04-31", nil), ("yesterday", nil), ("٧d", nil),
  ]

  @Test("An edge of a span is one of the forms, or nothing", arguments: edges.indices)
  func edge(index: Int) {
    #expect(SpanEdge(Self.edges[index].text) == Self.edges[index].edge, "\(Self.edges[index].text)")
  }

  @Test("A span begins with its first day and ends with its last one")
  func span() {
    let now = Timestamp(milliseconds: 1_000_000_000)
    func midnight(_ day: CalendarDay) -> Timestamp { Timestamp(milliseconds: Int64(day.day) * 1000) }
    func span(_ since: SpanEdge, _ until: SpanEdge?) -> TimeSpan {
      TimeSpan(since: since, until: until, now: now, midnight: midnight)
    }
    let first = SpanEdge.day(CalendarDay(year: 2026, month: 1, day: 5))
    #expect(span(first, first) == TimeSpan(since: .init(milliseconds: 5000), until: .init(milliseconds: 6000)))
    #expect(span(.all, nil) == TimeSpan())
    #expect(span(.ago(1000), .ago(10)).until == Timestamp(milliseconds: 999_999_990))
    #expect(span(.ago(10), .ago(1000)).isEmpty && span(.ago(10), .ago(10)).isEmpty && !span(.all, .ago(9)).isEmpty)
    #expect(CalendarDay(year: 2026, month: 12, day: 31).next == CalendarDay(year: 2027, month: 1, day: 1))
    #expect(CalendarDay(year: 2026, month: 2, day: 28).next.description == "2026-03-01")
  }

  @Test("A grouping is names in any order, each once; the first that is none is told")
  func grouping() {
    #expect([AnswerDimension].parse("day,provider") == .success([.day, .provider]))
    #expect([AnswerDimension].parse("hour, MODEL,hour") == .success([.hour, .model]))
    #expect([AnswerDimension].parse("") == .success([]))
    #expect([AnswerDimension].parse("model,week") == .failure(UnknownDimension(word: "week")))
  }

  private var row: StatisticsRow {
    var row = StatisticsRow(key: [.name("m")], count: 1200, errors: 30)
    row.firstText = Percentiles([41, 410, 12_300])
    row.input = KnownSum(1_234_567, isEstimated: true)
    row.cost = KnownSum(0.0123)
    row.watched = KnownShare(3, of: 4)
    return row
  }

  @Test("Figures are short, estimates are marked, what is not known is a dash")
  func columns() {
    let wanted: [StatisticsColumn: String] = [
      .count: "1,200", .errors: "30", .errorRate: "2.5 %", .firstP50: "0.41", .firstP95: "12.3", .rateP50: "–",
      .totalP99: "–", .input: "~1,234,567", .output: "–", .cost: "0.0123", .watched: "75 %", .wins: "–",
    ]
    for (column, text) in wanted { #expect(column.text(row) == text, "\(column)") }
    #expect(
      [0.0414, 0.41, 9.999, 12.34, 1234.5].map(NumberText.seconds) == ["0.041", "0.41", "10.00", "12.3", "1,235"])
    #expect([0, 0.0000123, 0.0123, 12.3].map(NumberText.amount) == ["0", "0.000012", "0.0123", "12.30"])
    #expect([.nan, .infinity, -1, 1e300].map { NumberText.decimal($0, 2) } == ["–", "–", "–", "–"])
    #expect(Set(StatisticsColumn.byImportance) == Set(StatisticsColumn.allCases))
  }

  @Test("Where there is no room the least important columns go, and those of which nothing is known")
  func fitting() {
    let table = StatisticsTable(grouping: [.model], rows: [row])
    let known = StatisticsColumn.known(in: table)
    #expect(known.contains(.cost) && !known.contains(.rateP50) && !known.contains(.wins) && known.contains(.errors))
    #expect(StatisticsColumn.fitting(known, room: 1000) { _ in 8 } == known)
    #expect(StatisticsColumn.fitting(known, room: 30) { _ in 8 } == [.count, .errors, .firstP50])
    #expect(StatisticsColumn.fitting(known, room: 29) { _ in 8 } == [.count, .errors])
    #expect(StatisticsColumn.fitting(known, room: 0) { _ in 8 } == [])
  }

  @Test("Bars are as long as their share of the longest, in eighths, and shaded up to the 95th percentile")
  func bars() {
    func row(_ name: String, _ times: [Double]) -> StatisticsRow {
      var row = StatisticsRow(key: [.name(name)], count: times.count)
      row.firstText = Percentiles(times)
      return row
    }
    let chart = StatisticsChart(.first, of: [row("a", [1000, 2000]), row("b", [500, 500]), row("c", [])])
    #expect(chart.scale == 2 && chart.scaleText == "full bar: 2.00")
    let blocks = chart.bars.map { chart.blocks($0, columns: 9) }
    #expect(blocks.map(\.solid) == ["████▌", "██▎", ""])
    #expect(blocks.map(\.shade) == ["░░░░", "", ""])
    #expect(chart.bars.map(\.text) == ["1.00 · 2.00", "0.50 · 0.50", "–"])
    #expect(chart.blocks(chart.bars[0], columns: 0).solid == "")
    #expect(StatisticsChart(.cost, of: [row("a", [])]).scale == nil)
    #expect(StatisticsChart(.count, of: [row("a", [1])]).bars[0].text == "1")
  }
}
