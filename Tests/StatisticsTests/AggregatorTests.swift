// Groups of answers against a plain count of the same answers, one figure at a time.

import Conversations
import Statistics
import TestSupport
import Testing

/// Answers as they come from anywhere.
enum SampleAnswers {
  static func make(_ count: Int, using generator: inout SeededGenerator) -> [AnswerFigures] {
    (0..<count).map { number in
      let outcomes: [AnswerOutcome] = [
        .complete, .complete, .complete, .stopped, .interrupted, .incomplete(kind: "truncated"), .failed(kind: nil),
      ]
      var answer = AnswerFigures(
        message: MessageID(high: 1, low: UInt64(number)),
        conversation: ConversationID("c") ?? .random(using: &generator),
        started: Timestamp(milliseconds: .random(in: 0...400_000_000, using: &generator)),
        model: ModelReference(
          provider: ["lab", "aws"].randomElement(using: &generator) ?? "",
          model: ["", "m", "m-large"].randomElement(using: &generator) ?? ""),
        isStreaming: true, outcome: outcomes.randomElement(using: &generator) ?? .complete)
      answer.profile = ["work", "home", nil].randomElement(using: &generator) ?? nil
      func maybe<Value>(_ value: Value) -> Value? { Bool.random(using: &generator) ? value : nil }
      answer.firstText = maybe(.milliseconds(Int.random(in: 1...9, using: &generator) * 100))
      answer.total = maybe(.milliseconds(Int.random(in: 1...5000, using: &generator)))
      answer.charactersPerSecond = maybe(Double.random(in: 0...300, using: &generator))
      answer.usage = maybe(
        TokenUsage(
          input: maybe(Int.random(in: 0...99, using: &generator)),
          output: maybe(Int.random(in: 0...99, using: &generator)), cacheRead: maybe(7),
          isEstimated: Int.random(in: 0...9, using: &generator) == 0))
      answer.cost = maybe(Double(Int.random(in: 0...64, using: &generator)) / 64)
      answer.isCostEstimated = Int.random(in: 0...9, using: &generator) == 0
      answer.isWatched = maybe(Bool.random(using: &generator))
      answer.isBest = maybe(Bool.random(using: &generator))
      return answer
    }
  }
}

@Suite("Groups of answers")
struct AggregatorTests {
  static let groupings: [[AnswerDimension]] = [
    [], [.provider], [.model, .provider], [.provider, .model], [.profile, .day], [.hour], [.day, .hour, .model],
    [.hour, .profile, .provider, .model, .day],
  ]

  // Two hours east of UTC.
  private static let offset = 7200
  private static func hour(_ time: Timestamp) -> LocalHour { LocalHour(time, utcOffsetSeconds: offset) }

  private static func value(_ answer: AnswerFigures, _ dimension: AnswerDimension) -> GroupValue {
    switch dimension {
    case .provider: .name(answer.model.provider)
    case .model: .name(answer.model.model)
    case .profile: answer.profile.map { .name($0) } ?? .unknown
    case .day: .day(hour(answer.started).day)
    case .hour: .hour(hour(answer.started).hour)
    }
  }

  @Test("Every figure of every group is what counting by hand gives", arguments: groupings)
  func oracle(grouping: [AnswerDimension]) {
    var generator = SeededGenerator(seed: 20_260_301)
    for count in [0, 1, 2, 19, 20, 21, 300] {
      let answers = SampleAnswers.make(count, using: &generator)
      var aggregator = AnswerAggregator(by: grouping, localHour: Self.hour)
      for answer in answers { aggregator.add(answer) }
      let table = aggregator.table(damagedCount: 3)
      let keys = Set(answers.map { answer in grouping.map { Self.value(answer, $0) } })
      #expect(Set(table.rows.map(\.key)) == keys)
      #expect(table.rows.map(\.key) == table.rows.map(\.key).sorted { $0.lexicographicallyPrecedes($1) })
      #expect((table.answerCount, table.damagedCount, table.grouping) == (count, 3, grouping))
      for row in table.rows {
        let mine = answers.filter { answer in grouping.map { Self.value(answer, $0) } == row.key }
        Self.check(row, mine, seed: generator.seed)
      }
    }
  }

  private static func check(_ row: StatisticsRow, _ answers: [AnswerFigures], seed: UInt64) {
    let errors = answers.filter {
      switch $0.outcome {
      case .failed, .incomplete: true
      default: false
      }
    }.count
    #expect((row.count, row.errors) == (answers.count, errors), "seed \(seed)")
    #expect(row.stopped == answers.filter { $0.outcome == .stopped }.count)
    #expect(row.errorRate == Double(errors) / Double(answers.count))
    check(row.firstText, answers.compactMap(\.firstText).map(milliseconds))
    check(row.rate, answers.compactMap(\.charactersPerSecond))
    check(row.total, answers.filter { $0.outcome == .complete }.compactMap(\.total).map(milliseconds))
    check(row.input, answers) { $0.input }
    check(row.output, answers) { $0.output }
    check(row.cached, answers) { $0.cacheRead }
    let costs = answers.filter { $0.cost != nil }
    #expect(row.cost?.value == (costs.isEmpty ? nil : costs.reduce(0) { $0 + ($1.cost ?? 0) }))
    #expect((row.cost?.isEstimated ?? false) == costs.contains(where: \.isCostEstimated))
    let watched = answers.compactMap(\.isWatched)
    #expect(row.watched == KnownShare(watched.filter { $0 }.count, of: watched.count))
    let best = answers.compactMap(\.isBest)
    #expect(row.wins == KnownShare(best.filter { $0 }.count, of: best.count))
    #expect((row.watched.share == nil) == watched.isEmpty)
  }

  private static func milliseconds(_ duration: Duration) -> Double { duration / .milliseconds(1) }

  /// The nearest rank, counted: the smallest value that at least that share of all values does not exceed.
  private static func check(_ percentiles: Percentiles?, _ values: [Double]) {
    #expect((percentiles == nil) == values.isEmpty)
    guard let percentiles else { return }
    for (found, hundredths) in [(percentiles.p50, 50), (percentiles.p95, 95), (percentiles.p99, 99)] {
      let wanted = values.filter { value in
        values.filter { $0 <= value }.count * 100 >= hundredths * values.count
      }.min()
      #expect(found == wanted)
    }
  }

  private static func check(_ sum: KnownSum<Int>?, _ answers: [AnswerFigures], _ number: (TokenUsage) -> Int?) {
    let known = answers.compactMap(\.usage).filter { number($0) != nil }
    #expect(sum?.value == (known.isEmpty ? nil : known.reduce(0) { $0 + (number($1) ?? 0) }))
    #expect((sum?.isEstimated ?? false) == known.contains(where: \.isEstimated))
  }

  @Test("Only answers with the wanted values count")
  func filter() {
    var generator = SeededGenerator(seed: 7)
    let answers = SampleAnswers.make(200, using: &generator)
    let day = Self.hour(answers[0].started).day
    let filter: [AnswerDimension: GroupValue] = [.provider: .name("lab"), .profile: .unknown, .day: .day(day)]
    var aggregator = AnswerAggregator(by: [.model], only: filter, localHour: Self.hour)
    for answer in answers { aggregator.add(answer) }
    let wanted = answers.filter {
      $0.model.provider == "lab" && $0.profile == nil && Self.hour($0.started).day == day
    }
    #expect(aggregator.table().answerCount == wanted.count)
  }

  @Test("Sums of hostile numbers stay numbers")
  func hostileSums() {
    var generator = SeededGenerator(seed: 1)
    var aggregator = AnswerAggregator(by: [], localHour: Self.hour)
    for var answer in SampleAnswers.make(3, using: &generator) {
      answer.usage = TokenUsage(input: .max, output: .max)
      aggregator.add(answer)
    }
    #expect(aggregator.table().rows[0].input?.value == .max)
  }

  @Test("An answer belongs to the local day and hour of its start, on either side of midnight and of summer time")
  func days() {
    // Berlin puts clocks forward on 2026-03-29 at 01:00 UTC, from UTC+1 to UTC+2, and back on 2026-10-25 at 01:00 UTC.
    let forward = Timestamp(milliseconds: 1_774_746_000_000)
    let back = Timestamp(milliseconds: 1_792_890_000_000)
    let berlin: @Sendable (Timestamp) -> LocalHour = { time in
      LocalHour(time, utcOffsetSeconds: time >= forward && time < back ? 7200 : 3600)
    }
    func key(_ time: Timestamp) -> [GroupValue] {
      var generator = SeededGenerator(seed: 1)
      var aggregator = AnswerAggregator(by: [.day, .hour], localHour: berlin)
      for var answer in SampleAnswers.make(1, using: &generator) {
        answer.started = time
        aggregator.add(answer)
      }
      return aggregator.table().rows[0].key
    }
    func day(_ month: Int, _ day: Int) -> GroupValue { .day(CalendarDay(year: 2026, month: month, day: day)) }
    #expect(key(forward.earlier(by: 1)) == [day(3, 29), .hour(1)])
    #expect(key(forward) == [day(3, 29), .hour(3)])
    // The hour from 2 to 3 comes twice: both belong to it.
    #expect(key(back.earlier(by: 1)) == [day(10, 25), .hour(2)])
    #expect(key(back) == [day(10, 25), .hour(2)])
    #expect(key(Timestamp(milliseconds: 1_772_319_599_999)) == [day(2, 28), .hour(23)])
    #expect(key(Timestamp(milliseconds: 1_772_319_600_000)) == [day(3, 1), .hour(0)])
  }
}
