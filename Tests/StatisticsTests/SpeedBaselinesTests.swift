// What is usual for a model, and what is marked as unusual.

import Conversations
import Statistics
import TestSupport
import Testing

@Suite("Marks on slow answers")
struct SpeedBaselinesTests {
  private static let model = ModelReference(provider: "lab", model: "m")
  private static let day: Int64 = 86_400_000

  private func time(_ day: Int64) -> Timestamp { Timestamp(milliseconds: day * Self.day) }

  /// Answers on the first days, with 1, 2, 3 … seconds to the first text and twice that in total.
  private func usual(_ count: Int, model: ModelReference = model) -> SpeedBaselines {
    var baselines = SpeedBaselines()
    for number in 1...count {
      baselines.add(
        model, started: Timestamp(milliseconds: Int64(number)), firstText: .seconds(number), total: .seconds(2 * number)
      )
    }
    return baselines
  }

  @Test("An answer above the 95th percentile of twenty earlier ones is marked, one at it is not")
  func mark() {
    let baselines = usual(20)
    func mark(_ first: Duration?, _ total: Duration?) -> SpeedMark? {
      baselines.mark(Self.model, started: time(1), firstText: first, total: total)
    }
    #expect(mark(.milliseconds(19_001), .seconds(1)) == SpeedMark(firstTextP95: .seconds(19)))
    #expect(mark(.seconds(19), .seconds(38)) == nil)
    #expect(mark(.seconds(1), .milliseconds(38_100)) == SpeedMark(totalP95: .seconds(38)))
    #expect(mark(.seconds(20), .seconds(40)) == SpeedMark(firstTextP95: .seconds(19), totalP95: .seconds(38)))
    #expect(mark(nil, nil) == nil)
  }

  @Test("Nothing is said of fewer answers, of another model, or of what came later")
  func nothingToSay() {
    #expect(usual(19).mark(Self.model, started: time(1), firstText: .seconds(99), total: nil) == nil)
    let other = ModelReference(provider: "lab", model: "m-large")
    #expect(usual(20).mark(other, started: time(1), firstText: .seconds(99), total: nil) == nil)
    let early = Timestamp(milliseconds: 20)
    #expect(usual(20).mark(Self.model, started: early, firstText: .seconds(99), total: nil) == nil)
    #expect(
      usual(21).mark(Self.model, started: Timestamp(milliseconds: 21), firstText: .seconds(99), total: nil) != nil)
  }

  @Test("Only thirty days count, and only answers whose thirty days are known")
  func reach() {
    let baselines = usual(20)
    #expect(baselines.mark(Self.model, started: time(30), firstText: .seconds(99), total: nil) != nil)
    #expect(baselines.mark(Self.model, started: time(31), firstText: .seconds(99), total: nil) == nil)
    var since = SpeedBaselines(since: time(0))
    for number in 0..<40 { since.add(Self.model, started: time(Int64(number)), firstText: .seconds(1), total: nil) }
    #expect(since.mark(Self.model, started: time(29), firstText: .seconds(9), total: nil) == nil)
    #expect(since.mark(Self.model, started: time(31), firstText: .seconds(9), total: nil) != nil)
    since.add(Self.model, started: time(-1), firstText: .seconds(1), total: nil)
    #expect(since.count(of: Self.model) == 40)
  }

  @Test("An answer that is known is not counted twice, however exactly it was measured")
  func twice() {
    var baselines = usual(20)
    let started = Timestamp(milliseconds: 5)
    baselines.add(Self.model, started: started, firstText: .seconds(5) + .microseconds(30), total: .seconds(10))
    #expect(baselines.count(of: Self.model) == 20)
    baselines.add(Self.model, started: started, firstText: .seconds(6), total: .seconds(10))
    baselines.add(Self.model, started: started, firstText: nil, total: .seconds(10))
    baselines.add(Self.model, started: started, firstText: nil, total: .seconds(10))
    baselines.add(Self.model, started: started, firstText: nil, total: nil)
    #expect(baselines.count(of: Self.model) == 22)
  }

  @Test("The order in which answers become known does not matter, and a mark is what counting gives")
  func anyOrder() {
    var generator = SeededGenerator(seed: 99)
    let answers = SampleAnswers.make(300, using: &generator)
    var (forward, backward) = (SpeedBaselines(), SpeedBaselines())
    for answer in answers { forward.add(answer) }
    for answer in answers.reversed() { backward.add(answer) }
    for answer in answers {
      let mark = forward.mark(
        answer.model, started: answer.started, firstText: answer.firstText, total: nil)
      #expect(
        mark == backward.mark(answer.model, started: answer.started, firstText: answer.firstText, total: nil))
      let earlier = answers.filter { $0.model == answer.model && $0.started < answer.started }
        .compactMap(\.firstText).sorted()
      let rank = earlier.count < 20 ? nil : earlier[(earlier.count * 95 + 99) / 100 - 1]
      let wanted = rank.flatMap { rank in answer.firstText.flatMap { $0 > rank ? rank : nil } }
      #expect(mark?.firstTextP95 == wanted, "seed \(generator.seed)")
    }
  }
}
