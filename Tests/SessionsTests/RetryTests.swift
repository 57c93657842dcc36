// Repeating a failed request: the rule by itself, and how the store plays it.

import Conversations
import Diagnostics
import Sessions
import Streaming
import Testing

private func explanation(_ kind: ErrorKind) -> Explanation { Explanation(kind: kind, summary: "It failed") }

private func refused(
  retryable: Bool = true, after milliseconds: Int? = nil, turnedAway: Bool = false
) -> StreamFailure {
  var error = ProviderError(
    explanation: explanation(.overloaded), isRetryable: retryable, retryAfterMilliseconds: milliseconds)
  error.wasTurnedAway = turnedAway
  return .provider(error)
}

@Suite("Retry policy")
struct RetryPolicyTests {
  static let cases: [(name: String, failure: StreamFailure, isRepeatable: Bool, wasSent: Bool, isRepeated: Bool)] = [
    ("P1 refused connection", .connection(explanation(.connection)), true, false, true),
    ("P2 certificate", .connection(explanation(.tls)), true, false, false),
    ("P3 401", refused(retryable: false), true, true, false),
    ("P8 overload", refused(), true, true, true),
    ("P8 asked to wait two minutes", refused(after: 120_000), true, true, true),
    ("P8 asked to wait longer", refused(after: 120_001), true, true, false),
    ("P10 silence before headers", .timedOut(.firstByte, explanation(.timeout)), true, true, true),
    ("P11 silence in the stream", .timedOut(.idle, explanation(.timeout)), true, true, false),
    ("connect time-out", .timedOut(.connect, explanation(.timeout)), true, false, true),
    ("total time-out", .timedOut(.total, explanation(.timeout)), true, true, false),
    ("P12 broken off", .truncated(explanation(.truncated)), true, true, false),
    ("P14 malformed", .malformed(explanation(.malformed)), true, true, false),
    ("P22 stopped", .cancelled, true, true, false),
    ("an agent that was not reached", .connection(explanation(.connection)), false, false, true),
    ("an agent that may have heard it", .connection(explanation(.connection)), false, true, false),
    ("an agent that is silent", .timedOut(.firstByte, explanation(.timeout)), false, true, false),
    ("an agent that refuses", refused(), false, true, false),
    ("a service that turns away before its agent hears it", refused(turnedAway: true), false, true, true),
    ("a wrong setting", .connection(explanation(.setting)), true, false, false),
  ]

  @Test("What may pass is repeated, the rest is not", arguments: cases.indices)
  func decides(index: Int) {
    let (name, failure, isRepeatable, wasSent, isRepeated) = Self.cases[index]
    var policy = RetryPolicy(isRepeatable: isRepeatable)
    var generator = SystemRandomNumberGenerator()
    #expect((policy.delay(after: failure, wasSent: wasSent, using: &generator) != nil) == isRepeated, "\(name)")
    #expect(policy.attempts == (isRepeated ? 1 : 0), "\(name)")
  }

  @Test("Delays double from a second to thirty, within a quarter, and end with the retries")
  func delays() {
    var policy = RetryPolicy(retries: 7)
    var generator = SystemRandomNumberGenerator()
    for seconds in [1.0, 2, 4, 8, 16, 30, 30] {
      let delay = policy.delay(after: refused(), wasSent: true, using: &generator) ?? .zero
      #expect(abs(delay / .seconds(1) - seconds) <= seconds * 0.25)
    }
    #expect(policy.delay(after: refused(), wasSent: true, using: &generator) == nil)
  }

  @Test("What the service asks for is obeyed as it is", arguments: [0, 1, 7_500, 120_000])
  func hints(milliseconds: Int) {
    var policy = RetryPolicy()
    var generator = SystemRandomNumberGenerator()
    let delay = policy.delay(after: refused(after: milliseconds), wasSent: true, using: &generator)
    #expect(delay == .milliseconds(milliseconds))
  }

  @Test("Silence before the first byte is met with one retry")
  func firstByteOnce() {
    var policy = RetryPolicy()
    var generator = SystemRandomNumberGenerator()
    let silence = StreamFailure.timedOut(.firstByte, explanation(.timeout))
    #expect(policy.delay(after: silence, wasSent: true, using: &generator) != nil)
    #expect(policy.delay(after: refused(), wasSent: true, using: &generator) != nil)
    #expect(policy.delay(after: silence, wasSent: true, using: &generator) == nil)
  }
}

@Suite("Retries in the store")
struct RetryTests {
  @Test("A failed request is repeated, told of with its countdown, and the answer counts from its own request")
  func repeats() async throws {
    let stage = await Stage()
    let id = try await stage.newConversation()
    let asked = try await stage.ask("Hi", in: id)
    asked.stream.say([.error(refused(after: 3000))])
    await eventually("the countdown") {
      stage.watched.runs[asked.run]?.phase
        == .retrying(
          attempt: 2, of: 5, until: stage.time.now() + .seconds(3), because: explanation(.overloaded))
    }
    #expect(stage.provider.requests.count == 1)
    await stage.pass(.seconds(3))
    let second = await stage.request(1)
    stage.time.advance(by: .milliseconds(20))
    second.say([.textDelta("Hello"), .finish(.stop)])
    await stage.end(asked.run)
    #expect(stage.transcript(id).lines.last == "assistant \"Hello\" complete")
    let metrics = stage.transcript(id).metrics.values.first
    #expect(metrics?.retries == 1 && metrics?.timeToFirstText == .milliseconds(20))
    #expect(metrics?.elapsed == .milliseconds(3020))
    #expect(
      stage.heard.contains(
        .retrying(attempt: 2, of: 5, delay: .seconds(3), because: explanation(.overloaded))))
    // The failed attempt's ending is nobody's business but the retry's.
    let endings = stage.heard.filter { if case .chunk(let chunk) = $0 { chunk.isFinal } else { false } }
    #expect(endings.count == 1)
    await stage.store.shutdown()
  }

  @Test("A stream that goes on after a break is told of with its countdown, as the same answer")
  func resumes() async throws {
    let stage = await Stage()
    let id = try await stage.newConversation()
    let asked = try await stage.ask("Hi", in: id)
    let until = stage.time.now() + .seconds(1)
    asked.stream.say([
      .textDelta("Hel"), .resuming(attempt: 1, of: 5, until: until, because: explanation(.truncated)),
    ])
    await eventually("the countdown") {
      stage.watched.runs[asked.run]?.phase
        == .retrying(attempt: 1, of: 5, until: until, because: explanation(.truncated))
    }
    asked.stream.say([.textDelta("lo")])
    await eventually("the rest") { stage.watched.runs[asked.run]?.phase == .writing }
    asked.stream.say([.finish(.stop)])
    await stage.end(asked.run)
    #expect(stage.transcript(id).lines.last == "assistant \"Hello\" complete")
    #expect(stage.provider.requests.count == 1)
    await stage.store.shutdown()
  }

  @Test("After content nothing is repeated")
  func neverAfterContent() async throws {
    let stage = await Stage()
    let id = try await stage.newConversation()
    let asked = try await stage.ask("Hi", in: id)
    asked.stream.say([.textDelta("Hel"), .error(refused())])
    await stage.end(asked.run)
    #expect(stage.provider.requests.count == 1)
    #expect(stage.transcript(id).lines.last == "assistant \"Hel\" incomplete")
    await stage.store.shutdown()
  }

  @Test("After the last retry the answer has failed, and the prompt is kept")
  func givesUp() async throws {
    let stage = await Stage()
    let id = try await stage.newConversation()
    let asked = try await stage.ask("Hi", in: id)
    for attempt in 0..<5 {
      let stream = await stage.request(attempt)
      stream.say([.error(refused(after: 1000))])
      if attempt < 4 { await stage.pass(.seconds(1)) }
    }
    await stage.end(asked.run)
    await stage.store.flush()
    #expect(stage.provider.requests.count == 5)
    #expect(stage.archive[id]?.messages.map(\.status) == [.complete(nil), .failed(explanation(.overloaded))])
    #expect(stage.transcript(id).metrics.values.first?.retries == 4)
    await stage.store.shutdown()
  }

  @Test("A retry that is stopped while it counts down counts, and so does the wait")
  func stoppedRetryCounts() async throws {
    let stage = await Stage()
    let id = try await stage.newConversation()
    let asked = try await stage.ask("Hi", in: id)
    asked.stream.say([.error(refused(after: 1000))])
    await stage.pass(.seconds(1))
    let second = await stage.request(1)
    second.say([.error(refused(after: 9000))])
    await eventually("the second countdown") { stage.time.deadlines == [.seconds(9)] }
    stage.time.advance(by: .milliseconds(500))
    await stage.store.stop(asked.run)
    await stage.end(asked.run)
    let metrics = stage.transcript(id).metrics.values.first
    #expect(metrics?.retries == 2 && metrics?.elapsed == .milliseconds(1500))
    await stage.store.shutdown()
  }

  @Test("A countdown is stopped at once")
  func countdownStops() async throws {
    let stage = await Stage()
    let id = try await stage.newConversation()
    let asked = try await stage.ask("Hi", in: id)
    asked.stream.say([.error(refused(after: 60_000))])
    await eventually("the countdown") { !stage.time.deadlines.isEmpty }
    await stage.store.stop(asked.run)
    await stage.end(asked.run)
    #expect(stage.provider.requests.count == 1)
    #expect(stage.transcript(id).lines.last == "assistant \"\" stopped")
    #expect(
      stage.heard.last.map { if case .ended(let message, _) = $0 { message.status == .stopped } else { false } } == true
    )
    await stage.store.shutdown()
  }
}

@Suite("Stopping")
struct StopTests {
  enum Phase: CaseIterable { case saving, waiting, thinking, writing, callingTool, retrying }

  @Test("Stop works in every phase and keeps what has come", arguments: Phase.allCases)
  func everyPhase(phase: Phase) async throws {
    let stage = await Stage()
    let id = try await stage.newConversation()
    var events: [StreamEvent] = []
    if phase == .saving { stage.archive.hang() }
    guard case .started(let run) = try await stage.store.send(Prompt(text: "Hi"), in: id) else {
      throw SessionError.closed
    }
    if phase == .saving {
      await eventually("a waiting write") { stage.archive.hasWaiting }
    } else {
      let stream = await stage.request(0)
      switch phase {
      case .thinking: events = [.thinkingDelta("hm")]
      case .writing: events = [.textDelta("Hel")]
      case .callingTool: events = [.toolCallBegin(id: "1", name: "f"), .toolCallArguments(id: "1", fragment: "{")]
      case .retrying: events = [.error(refused(after: 9000))]
      case .saving, .waiting: break
      }
      if !events.isEmpty { await stage.say(events, on: stream) }
      if phase == .retrying { await eventually("the countdown") { !stage.time.deadlines.isEmpty } }
    }
    await stage.store.stop(run)
    await stage.end(run)
    stage.archive.release()
    await stage.store.flush()
    let answer = try #require(stage.archive[id]?.messages.last)
    #expect(answer.status == .stopped)
    #expect(answer.parts.count == (events.isEmpty || phase == .retrying ? 0 : 1))
    #expect(stage.transcript(id).messages.last?.parts == answer.parts)
    #expect(await stage.store.liveRuns.isEmpty)
    if phase == .saving { #expect(stage.provider.requests.isEmpty) }
    await stage.store.shutdown()
  }

  @Test("A stream that does not end although it was cancelled is given up after a second")
  func deafStream() async throws {
    let stage = await Stage(ignoresCancel: true)
    let id = try await stage.newConversation()
    let asked = try await stage.ask("Hi", in: id)
    await stage.say([.textDelta("Hel")], on: asked.stream)
    await stage.store.stop(asked.run)
    #expect(stage.watched.runs[asked.run]?.phase == .stopping)
    await stage.pass(.seconds(1))
    await stage.end(asked.run)
    #expect(stage.transcript(id).lines.last == "assistant \"Hel\" stopped")
    // What it says later is not heard.
    asked.stream.say([.textDelta("lo"), .finish(.stop)])
    await stage.store.flush()
    #expect(stage.archive[id]?.messages.last?.text == "Hel")
    await stage.store.shutdown()
  }
}
