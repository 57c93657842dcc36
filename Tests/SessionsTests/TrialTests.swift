// Trials, comparisons and loads on a provider that says what the test wants, under a clock that the provider moves.

import Conversations
import Diagnostics
import Sessions
import Statistics
import Streaming
import Synchronization
import Testing

/// Answers each request from a script, at once, and moves the clock by the time that each event is said to take.
private final class PlayedProvider: ProviderClient {
  /// An event and the milliseconds before it.
  typealias Line = (wait: Int, event: StreamEvent)

  let name = "lab"
  let isRepeatable = true
  let time: ManualTime
  private let script: @Sendable (ChatRequest, Int) -> [Line]
  private let seen = Mutex<[ChatRequest]>([])

  init(time: ManualTime = ManualTime(), _ script: @escaping @Sendable (ChatRequest, Int) -> [Line]) {
    self.time = time
    self.script = script
  }

  var requests: [ChatRequest] { seen.withLock { $0 } }

  func models() async throws(ProviderError) -> [ModelDescriptor] { [] }

  func stream(_ request: ChatRequest) -> any ProviderStream {
    let number = seen.withLock { seen in
      seen.append(request)
      return seen.count
    }
    return PlayedStream(script(request, number), time: time)
  }
}

private final class PlayedStream: ProviderStream {
  private let lines: Mutex<[PlayedProvider.Line]>
  private let time: ManualTime
  private let isCancelled = Mutex(false)

  init(_ lines: [PlayedProvider.Line], time: ManualTime) {
    self.lines = Mutex(lines.reversed())
    self.time = time
  }

  func next() async -> [ReceivedEvent]? {
    guard !isCancelled.withLock({ $0 }) else { return [ReceivedEvent(.error(.cancelled), received: time.now())] }
    guard let line = lines.withLock({ $0.popLast() }) else { return nil }
    time.advance(by: .milliseconds(line.wait))
    return [ReceivedEvent(line.event, received: time.now(), bytes: 10)]
  }

  func cancel() { isCancelled.withLock { $0 = true } }
}

@Suite("Trials")
struct TrialTests {
  private static let profile = Profile(name: "work", model: ModelReference(provider: "lab", model: "m"))
  private static let busy = StreamFailure.provider(
    ProviderError(explanation: Explanation(kind: .overloaded, summary: "lab is busy"), isRetryable: true))
  private static let unauthorized = StreamFailure.provider(
    ProviderError(explanation: Explanation(kind: .unauthorized, summary: "lab refuses the key")))

  private static func network(isWhole: Bool?) -> StreamEvent {
    var phases = NetworkPhases(firstByte: .milliseconds(1))
    phases.isWhole = isWhole
    return .network(phases)
  }

  /// Two pieces at 50 and 400 ms, or both together at 400 ms.
  private static func answer(_ request: ChatRequest) -> [PlayedProvider.Line] {
    request.isStreaming
      ? [(0, network(isWhole: false)), (50, .textDelta("Hello ")), (350, .textDelta("world")), (0, .finish(.stop))]
      : [(0, network(isWhole: true)), (400, .textDelta("Hello world")), (0, .finish(.stop))]
  }

  private func result(
    isStreaming: Bool = true, _ lines: [PlayedProvider.Line]
  ) async -> TrialResult {
    var profile = Self.profile
    profile.isStreaming = isStreaming
    let provider = PlayedProvider { _, _ in lines }
    return await Trial(profile: profile, prompt: Prompt(text: "hi")).run(on: provider, time: provider.time)
  }

  @Test("A trial has the figures of its stream, and asks in a conversation of its own")
  func figures() async {
    let provider = PlayedProvider { request, _ in Self.answer(request) }
    let trial = Trial(profile: Self.profile, prompt: Prompt(text: "hi"))
    let first = await trial.run(on: provider, time: provider.time)
    _ = await trial.run(on: provider, time: provider.time)
    #expect(first.metrics.timeToFirstText == .milliseconds(50))
    #expect(first.metrics.elapsed == .milliseconds(400))
    #expect(first.textCharacters == 11)
    #expect(first.ending == .finished(.stop))
    #expect(first.fault == nil && first.modeFault == nil)
    #expect(Timeline.entries(of: first.timeline).map(\.offset) == [.milliseconds(50), .milliseconds(400)])
    #expect(provider.requests.map { $0.messages.map(\.text) } == [["hi"], ["hi"]])
    #expect(Set(provider.requests.map(\.conversation)).count == 2)
  }

  @Test("What is no answer has its reason")
  func faults() async {
    let busy = await result([(5, .error(Self.busy))])
    #expect(busy.fault?.summary == "lab is busy")
    let silent = await result([(5, .thinkingDelta("hm")), (5, .finish(.stop))])
    #expect(silent.fault?.sentence == "No text came")
    let filtered = await result([(5, .finish(.contentFilter))])
    #expect(filtered.fault?.sentence == "No text came: the answer ended with content_filter")
    let broken = await result([(5, .textDelta("Hel"))])
    #expect(broken.fault?.kind == .truncated)
    let resumed = await result([
      (5, .textDelta("Hel")),
      (
        5,
        .resuming(
          attempt: 1, of: 5, until: ContinuousClock().now, because: Explanation(kind: .connection, summary: "It broke"))
      ), (5, .textDelta("lo")), (5, .finish(.stop)),
    ])
    #expect(resumed.fault?.summary == "It broke")
    let cut = await result([(5, .textDelta("Hello")), (5, .finish(.length))])
    #expect(cut.fault == nil)
  }

  @Test("A mode that did not happen is noticed, and a stream that comes at once is one")
  func modes() async {
    let pieces: [PlayedProvider.Line] = [(5, .textDelta("a")), (5, .textDelta("b")), (0, .finish(.stop))]
    let together: [PlayedProvider.Line] = [(5, .textDelta("a")), (0, .textDelta("b")), (0, .finish(.stop))]
    let whole: [PlayedProvider.Line] = [(0, Self.network(isWhole: true))] + together
    #expect(await result(isStreaming: true, whole).modeFault != nil)
    #expect(await result(isStreaming: true, together).modeFault == nil)
    #expect(await result(isStreaming: true, pieces).modeFault == nil)
    #expect(await result(isStreaming: false, pieces).modeFault != nil)
    #expect(await result(isStreaming: false, together).modeFault == nil)
    #expect(await result(isStreaming: false, whole).modeFault == nil)
  }

  @Test("Tokens are the provider's, else an estimate that says so")
  func tokens() async {
    let counted = await result([
      (5, .textDelta("Hello")), (0, .usage(TokenUsage(input: 3, output: 7))), (0, .finish(.stop)),
    ])
    #expect(counted.outputTokens?.count == 7 && counted.outputTokens?.isEstimated == false)
    let estimated = await result([(5, .textDelta("Hello")), (0, .finish(.stop))])
    #expect(estimated.outputTokens?.count == 2 && estimated.outputTokens?.isEstimated == true)
  }

  // MARK: Comparisons

  private func compare(
    pairs: Int, _ provider: PlayedProvider
  ) async -> (Comparison, ComparisonEnding, began: [ComparedPlace]) {
    let comparison = Mutex(Comparison(pairs: pairs))
    let began = Mutex<[ComparedPlace]>([])
    let ending = await ComparisonRunner(
      profile: Self.profile, prompt: Prompt(text: "hi"), pairs: pairs, client: provider, time: provider.time
    ).run { event in
      switch event {
      case .began(let place): began.withLock { $0.append(place) }
      case .ended(let run, _): comparison.withLock { $0.add(run) }
      }
    }
    return (comparison.withLock { $0 }, ending, began.withLock { $0 })
  }

  @Test("A comparison takes turns and finds the difference that there is")
  func comparison() async {
    let provider = PlayedProvider { request, _ in Self.answer(request) }
    let (comparison, ending, began) = await compare(pairs: 6, provider)
    #expect(ending == .complete)
    #expect(began == ComparedPlace.plan(pairs: 6))
    #expect(provider.requests.map(\.isStreaming) == began.map { $0.mode == .streaming })
    let first = comparison.difference(in: .firstText)
    #expect(first.verdict == .sooner)
    #expect(first.interval.map { abs($0.lower - 0.35) < 1e-9 && abs($0.upper - 0.35) < 1e-9 } == true)
    #expect(comparison.difference(in: .total).verdict == .noDifferenceShown)
    #expect(comparison.characters(of: .whole).values == Array(repeating: 11, count: 6))
  }

  @Test("Runs that fail are excluded with their reasons, and their pairs with them")
  func someFail() async {
    // The warm-ups are the first two; the fifth request is of the second pair.
    let provider = PlayedProvider { request, number in
      number == 5 || number == 9 ? [(1, .error(Self.busy))] : Self.answer(request)
    }
    let (comparison, ending, _) = await compare(pairs: 8, provider)
    #expect(ending == .complete)
    #expect(comparison.validPairs == 6)
    #expect(comparison.reasons.map(\.reason) == ["lab is busy"] && comparison.reasons.map(\.count) == [2])
    #expect(comparison.difference(in: .firstText).verdict == .sooner)
  }

  @Test(
    "A service that refuses everything is not asked to the end", arguments: [(unauthorized, 2), (busy, 4)])
  func refuses(failure: StreamFailure, count: Int) async {
    let provider = PlayedProvider { _, _ in [(1, .error(failure))] }
    let (_, ending, _) = await compare(pairs: 10, provider)
    #expect(ending == .hopeless(failure.explanation))
    #expect(provider.requests.count == count)
  }

  @Test("Cancelling closes the connection, and what was measured stays")
  func cancel() async {
    let time = ManualTime()
    let provider = ScriptedProvider(time: time)
    let runs = Mutex<[ComparedRun]>([])
    let task = Task {
      await ComparisonRunner(
        profile: Self.profile, prompt: Prompt(text: "hi"), pairs: 10, client: provider, time: time
      ).run { event in
        if case .ended(let run, _) = event { runs.withLock { $0.append(run) } }
      }
    }
    while provider.requests.first?.isDrained != true { await Task.yield() }
    provider.requests[0].say([.textDelta("a"), .finish(.stop)])
    while provider.requests.count < 2 || !provider.requests[1].isDrained { await Task.yield() }
    task.cancel()
    #expect(await task.value == .cancelled)
    #expect(provider.requests[1].isCancelled)
    #expect(runs.withLock { $0.map(\.place) } == [ComparedPlace(.streaming, pair: nil)])
  }

  // MARK: Loads

  @Test("A load keeps so many requests under way, and tells the warm-up apart")
  func load() async {
    let time = ManualTime()
    let provider = ScriptedProvider(time: time)
    let task = Task {
      await LoadRunner(
        profile: Self.profile, plan: LoadPlan(prompts: ["a", "b"], count: 5, concurrency: 3, warmUp: 1),
        client: provider, time: time
      ).run { _, _, _ in }
    }
    /// Waits until so many requests were made and all of them wait for words.
    func wait(for count: Int) async {
      while provider.requests.count < count || !provider.requests.allSatisfy({ $0.isDrained || $0.isOver }) {
        await Task.yield()
      }
    }
    await wait(for: 1)
    time.advance(by: .seconds(9))
    provider.requests[0].say([.textDelta("warm"), .finish(.stop)])
    await wait(for: 4)
    #expect(provider.requests.count == 4)
    for next in 1...5 {
      time.advance(by: .milliseconds(100))
      provider.requests[next].say([.textDelta("x"), .finish(.stop)])
      await wait(for: min(6, next + 4))
    }
    let outcome = await task.value
    #expect(outcome.ending == .complete)
    #expect(outcome.trials.map(\.isWarmUp) == [true, false, false, false, false, false])
    #expect(outcome.trials.dropFirst().map(\.end) == (1...5).map { .milliseconds($0 * 100) })
    #expect(outcome.trials.first.map { $0.end <= .zero } == true)
    #expect(provider.requests.map { $0.request.messages.last?.text ?? "" }.sorted() == ["a", "a", "a", "b", "b", "b"])

    // 100, 200, 300 ms of the first three, 300 and 300 ms of those that took their places, in half a second.
    let report = LoadReport(of: outcome)
    #expect(report.valid == 5 && report.excluded == 0 && report.warmUps == 1)
    #expect(report.total.values.map { ($0 * 10).rounded() } == [1, 2, 3, 3, 3])
    #expect(report.wall == .milliseconds(500))
    #expect(report.answersPerSecond == 10)
    #expect(report.charactersPerSecond == 10)
    #expect(report.meanConcurrency.map { ($0 * 10).rounded() } == 24)
    #expect(report.peakConcurrency == 3)
    #expect(report.gaps.count == 0 && report.areTokensEstimated)
  }
}
