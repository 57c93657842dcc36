// Figures over many answers: keys, and the screen as it is drawn from known groups.

import Conversations
import Diagnostics
import Display
import Statistics
import Streaming
import TestSupport
import Testing

@testable import Interface

/// Groups that were counted elsewhere.
enum SampleGroups {
  static func row(_ key: [GroupValue], _ count: Int, errors: Int = 0, first: [Double], cost: Double? = nil)
    -> StatisticsRow
  {
    var row = StatisticsRow(key: key, count: count, errors: errors)
    row.firstText = Percentiles(first)
    row.rate = Percentiles(first.map { 100_000 / $0 })
    row.total = Percentiles(first.map { $0 * 7 })
    row.input = KnownSum(count * 800, isEstimated: errors > 0)
    row.output = KnownSum(count * 350, isEstimated: errors > 0)
    row.cost = cost.map { KnownSum($0) }
    row.watched = KnownShare(count / 2, of: count)
    return row
  }

  static let models = StatisticsTable(
    grouping: [.provider, .model],
    rows: [
      row([.name("aws"), .name("anthropic.claude-sonnet-4")], 128, errors: 3, first: [720, 1500, 4100], cost: 1.2345),
      row([.name("guide"), .name("")], 7, first: [12, 15]),
      row([.name("lab"), .name("m-large")], 1406, first: [410, 520, 980, 1200], cost: 0.0123),
      row([.name("lab"), .name("m-日本語\u{1B}[31m")], 2, errors: 2, first: []),
    ], damagedCount: 1)

  static func days(_ count: Int) -> StatisticsTable {
    StatisticsTable(
      grouping: [.day],
      rows: (1...count).map { day in
        row([.day(CalendarDay(year: 2026, month: 2, day: day))], day * 3, first: [Double(day) * 90, Double(day) * 200])
      })
  }
}

@Suite("Statistics on the screen")
struct StatsTests {
  /// The view with these groups.
  private func scene(_ table: StatisticsTable = SampleGroups.models, columns: Int = 80, rows: Int = 24) -> Scene {
    let scene = Scene(columns: columns, rows: rows)
    scene.type("/stats")
    scene.press("enter")
    answer(table, in: scene)
    return scene
  }

  private func answer(_ table: StatisticsTable, in scene: Scene) {
    guard let request = requests(scene).last else { return }
    scene.act(
      .instrument(.stats(.loaded(StatsResult(request: request, table: table, sinceOffsetSeconds: 3600)))))
  }

  /// What was asked for since the last look.
  private func requests(_ scene: Scene) -> [StatsRequest] {
    scene.takeEffects().compactMap { effect in
      switch effect {
      case .instrument(.stats(.load(let request))), .countAnswers(let request): request
      default: nil
      }
    }
  }

  private func stats(_ scene: Scene) -> StatsState? {
    if case .stats(let stats) = scene.state.instrument { stats } else { nil }
  }

  private func check(_ name: String, _ scene: Scene) {
    let difference = Golden.difference(name, scene.frame())
    #expect(difference == nil, "\(difference ?? "")")
  }

  static let sizes = [(80, 24), (160, 50), (40, 10)]

  @Test("The table has what fits, the chart has bars", arguments: sizes)
  func screens(columns: Int, rows: Int) {
    let scene = scene(columns: columns, rows: rows)
    check("stats-\(columns)x\(rows)", scene)
    scene.press("down down c")
    check("stats-bars-\(columns)x\(rows)", scene)
  }

  @Test("A long list scrolls, the sorted column is marked, a filter is named")
  func sortedAndFiltered() {
    let scene = scene()
    scene.press("down down enter")
    answer(SampleGroups.days(28), in: scene)
    scene.press("s s s s o pagedown down")
    check("stats-sorted", scene)
  }

  @Test("Before there is anything, and where there is nothing, that is said")
  func nothing() {
    let scene = Scene()
    scene.type("/stats day")
    scene.press("enter")
    #expect(scene.shows("The answers are being counted."))
    answer(StatisticsTable(grouping: [.day]), in: scene)
    #expect(scene.shows("No answers in the last 7 days. → shows a longer time."))
    scene.press("right right")
    answer(StatisticsTable(grouping: [.day]), in: scene)
    #expect(scene.shows("No answers yet."))
  }

  @Test("Any size is drawn, with any groups", arguments: [(20, 5), (21, 6), (40, 10), (500, 200), (1, 1)])
  func anySize(columns: Int, rows: Int) {
    for table in [SampleGroups.models, SampleGroups.days(28), StatisticsTable(grouping: [])] {
      let scene = scene(table, columns: columns, rows: rows)
      for keys in ["", "s", "c", "end", "r"] {
        if !keys.isEmpty { scene.press(keys) }
        #expect(scene.frame().surface.size == Size(columns: columns, rows: rows))
      }
    }
  }

  @Test("Keys toggle what is grouped by, in the order in which they were pressed")
  func grouping() {
    let scene = scene()
    #expect(stats(scene)?.query == StatsQuery())
    scene.press("d")
    scene.press("p")
    scene.press("h")
    scene.press("m")
    scene.press("f")
    #expect(
      requests(scene).map(\.query.grouping) == [
        [.provider, .model, .day], [.model, .day], [.model, .day, .hour], [.day, .hour], [.day, .hour, .profile],
      ])
    #expect(scene.shows("counting…"))
    for key in ["d", "h", "f"] { scene.press(key) }
    #expect(requests(scene).last?.query.grouping == [])
    answer(StatisticsTable(grouping: [], rows: [StatisticsRow(key: [], count: 3)]), in: scene)
  }

  @Test("Left and right change the span, between a day and all")
  func spans() {
    let scene = scene()
    scene.press("left left right right right right")
    let found = requests(scene)
    #expect(found.map(\.query.span) == [.day, .week, .month, .all])
    let now = Scene.wall
    #expect(
      found.map(\.since) == [
        now.earlier(by: 86_400_000), now.earlier(by: 604_800_000), now.earlier(by: 2_592_000_000), nil,
      ])
  }

  @Test("Enter counts only what the row counts, by day; Backspace goes back")
  func narrowing() {
    let scene = scene()
    scene.press("down down enter")
    let narrow = StatsQuery(grouping: [.day], filter: [.provider: .name("lab"), .model: .name("m-large")])
    #expect(requests(scene).map(\.query) == [narrow])
    scene.press("r")
    answer(SampleGroups.days(2), in: scene)
    #expect(scene.shows("only provider lab · only model m-large"))
    scene.press("enter")
    #expect(requests(scene).last?.query.grouping == [.hour])
    scene.press("backspace")
    #expect(requests(scene).last?.query == narrow)
    scene.press("backspace")
    #expect(requests(scene).last?.query == StatsQuery())
    scene.press("backspace")
    #expect(requests(scene) == [])
  }

  @Test("Sorting goes from the largest, unknown figures last, and turns around; by names at first")
  func sorting() throws {
    let scene = scene()
    func counts() -> [Int] { stats(scene)?.rows.map(\.count) ?? [] }
    #expect(counts() == [128, 7, 1406, 2])
    scene.press("s")
    #expect(counts() == [1406, 128, 7, 2] && stats(scene)?.sorting == .count)
    scene.press("o")
    #expect(counts() == [2, 7, 128, 1406])
    scene.press("s s")
    #expect(stats(scene)?.sorting == .firstP50)
    let order = try #require(stats(scene)?.rows.map { $0.firstText?.p50 })
    #expect(order == [1500, 520, 12, nil])
    scene.press("o")
    #expect(stats(scene)?.rows.map { $0.firstText?.p50 } == [12, 520, 1500, nil])
    scene.press("S S S")
    #expect(stats(scene)?.sorting == nil && counts() == [128, 7, 1406, 2])
  }

  @Test("Of bars the figure is chosen")
  func figures() {
    let scene = scene()
    scene.press("c")
    #expect(stats(scene)?.chart == .first)
    for figure in [ChartFigure.rate, .total, .count, .cost, .first] {
      scene.press("s")
      #expect(stats(scene)?.chart == figure)
    }
    scene.press("c")
    #expect(stats(scene)?.chart == nil)
  }

  @Test("What was asked for before is not shown, nor what comes after the view was closed")
  func late() throws {
    let scene = scene()
    scene.press("right")
    let old = try #require(requests(scene).last)
    scene.press("left")
    scene.act(
      .instrument(.stats(.loaded(StatsResult(request: old, table: SampleGroups.days(3), sinceOffsetSeconds: 0)))))
    #expect(stats(scene)?.rows.count == 4)
    answer(SampleGroups.days(2), in: scene)
    #expect(stats(scene)?.rows.count == 2)
    scene.press("r esc")
    answer(SampleGroups.days(5), in: scene)
    #expect(scene.state.instrument == nil)
  }

  @Test("What cannot be read is said, and what is shown stays")
  func failure() throws {
    let scene = scene()
    scene.press("r")
    let request = try #require(requests(scene).last)
    scene.act(.instrument(.stats(.failed(request, Explanation(kind: .setting, summary: "The disk is gone")))))
    #expect(stats(scene)?.rows.count == 4 && stats(scene)?.isLoading == false)
    #expect(scene.shows("The disk is gone"))
  }

  @Test(
    "/stats takes groupings and a span, and says what it takes",
    arguments: [
      ("", [.provider, .model], StatsSpan.week), ("day", [.day], .week),
      ("by hour,model 30d", [.hour, .model], .month),
      ("all", [.provider, .model], .all), ("1d profile", [.profile], .day),
    ] as [(String, [AnswerDimension], StatsSpan)])
  func argument(text: String, grouping: [AnswerDimension], span: StatsSpan) {
    let scene = Scene()
    scene.type("/stats \(text)")
    scene.press("enter")
    #expect(stats(scene)?.query == StatsQuery(span: span, grouping: grouping))
  }

  @Test("A wrong word opens nothing")
  func wrongArgument() {
    let scene = Scene()
    scene.type("/stats weeks")
    scene.press("enter")
    #expect(scene.state.instrument == nil && requests(scene) == [])
    #expect(scene.state.notice?.notice.text.contains("provider, model, profile, day, hour") == true)
  }

  @Test("In linear mode the groups are lines")
  func linear() {
    let scene = Scene()
    scene.state.linear = LinearState()
    scene.act(.line("/stats"))
    #expect(scene.state.instrument == nil)
    answer(SampleGroups.models, in: scene)
    guard case .text(let text)? = scene.state.linear?.sayings.last else {
      Issue.record("nothing is said")
      return
    }
    let lines = text.split(separator: "\n")
    #expect(lines.first == "1543 answers since 2026-02-22 15:03, local time:")
    #expect(
      lines.contains {
        $0.hasPrefix("lab, m-large: answers 1,406, errors 0, error % 0 %, first p50 0.52, first p95 1.20")
      })
    #expect(lines.contains { $0.hasPrefix("guide, –: answers 7") } && lines.contains("1 answer cannot be read."))
    #expect(!text.contains("\u{1B}"))
  }
}
