// Several models at once: what is on the path, beside it, on the disk and told of.

import Conversations
import Diagnostics
import Sessions
import Streaming
import Testing

@Suite("Race")
struct RaceTests {
  /// A race that has begun, with its streams in the order of the lanes.
  private struct Field {
    let stage: Stage
    let id: ConversationID
    let runs: [RunID]
    let lanes: [RaceSnapshot.Lane]
    let streams: [ScriptedStream]

    var answers: [MessageID] { lanes.map(\.message.id) }
    /// The race as the store tells it to somebody who comes now.
    var race: RaceSnapshot? { get async throws { try await stage.store.open(id).race } }
    func path() -> [String] { stage.transcript(id).messages.map(\.text) }
  }

  private static func racers(_ names: [String]) -> [Racer] {
    names.map { Racer(Profile(name: $0, model: ModelReference(provider: "lab", model: "m-\($0)"))) }
  }

  private func begin(
    _ names: [String] = ["a", "b", "c"], in given: (Stage, ConversationID)? = nil, prompt: String = "Hi",
    lastPrompt: Bool = false
  ) async throws -> Field {
    let stage: Stage
    let id: ConversationID
    if let given {
      (stage, id) = given
    } else {
      stage = await Stage()
      id = try await stage.newConversation()
    }
    let before = stage.provider.requests.count
    let runs =
      lastPrompt
      ? try await stage.store.raceLastPrompt(in: id, with: Self.racers(names))
      : try await stage.store.race(Prompt(text: prompt), in: id, with: Self.racers(names))
    await eventually("all requests") {
      stage.provider.requests.count == before + names.count
        && stage.provider.requests.suffix(names.count).allSatisfy(\.isDrained)
    }
    let lanes = try #require(try await stage.store.open(id).race).lanes
    let streams = try lanes.map { lane in
      try #require(stage.provider.requests.first { $0.request.answer == lane.message.id })
    }
    return Field(stage: stage, id: id, runs: runs, lanes: lanes, streams: streams)
  }

  private func finish(_ field: Field, _ lane: Int, _ text: String) async {
    field.streams[lane].say([.textDelta(text), .finish(.stop)])
    await field.stage.end(field.runs[lane])
  }

  @Test("The prompt and all empty answers are on the disk before anything is sent; the first is the end of the path")
  func begins() async throws {
    let stage = await Stage()
    let id = try await stage.newConversation()
    stage.archive.hang()
    try await stage.store.race(Prompt(text: "Hi"), in: id, with: Self.racers(["a", "b", "c"]))
    await eventually("a write that waits") { stage.archive.hasWaiting }
    #expect(stage.provider.requests.isEmpty)
    stage.archive.release()
    await eventually("the requests") { stage.provider.requests.count == 3 }
    let stored = try #require(stage.archive[id])
    #expect(stored.messages.map(\.text) == ["Hi", "", "", ""])
    #expect(stored.record.leaf == stored.messages[1].id)
    #expect(stored.messages.dropFirst().allSatisfy { $0.parent == stored.messages[0].id })
    #expect(stored.messages.dropFirst().map(\.variant) == (1...3).map { Variant(index: $0, count: 3) })
    #expect(stored.messages.dropFirst().compactMap { $0.origin?.model } == ["m-a", "m-b", "m-c"])
    #expect(stage.provider.requests.allSatisfy { $0.request.messages.map(\.text) == ["Hi"] })
    #expect(stage.transcript(id).messages.count == 2)
    await stage.store.shutdown()
  }

  @Test("Each answer grows, is journaled and told of by itself; places go by the time of the ending")
  func grows() async throws {
    let field = try await begin()
    await field.stage.say([.textDelta("Ha")], on: field.streams[0])
    await field.stage.say([.textDelta("Hb")], on: field.streams[1])
    await field.stage.pass(.milliseconds(200))
    await field.stage.store.flush()
    await eventually("the journal") { field.stage.archive.log.contains("journal") }
    // After kill -9 all partial answers are there.
    #expect(field.stage.archive.afterCrash(field.answers[0], in: field.id) == [.text("Ha")])
    #expect(field.stage.archive.afterCrash(field.answers[1], in: field.id) == [.text("Hb")])
    #expect(try await field.race?.lanes.map(\.message.text) == ["Ha", "Hb", ""])
    #expect(field.path() == ["Hi", "Ha"])
    await finish(field, 2, "Hc")
    await finish(field, 0, "llo")
    field.streams[1].say([.error(.truncated(Stage.brokenOff))])
    await field.stage.end(field.runs[1])
    await field.stage.store.flush()
    let race = try #require(try await field.race)
    #expect(race.lanes.map(\.place) == [2, nil, 1])
    #expect(race.lanes.map(\.message.text) == ["Hallo", "Hb", "Hc"])
    #expect(race.lanes.allSatisfy { $0.metrics != nil })
    let stored = try #require(field.stage.archive[field.id])
    #expect(stored.messages.map(\.text) == ["Hi", "Hallo", "Hb", "Hc"])
    #expect(field.answers.map { stored.runs[$0]?.profile } == ["a", "b", "c"])
    #expect(stored.record.leaf == field.answers[0])
    // The list tells of the answer on the path, which is whole.
    #expect(field.stage.watched.summaries[field.id]?.hasError == false)
    await field.stage.store.shutdown()
  }

  @Test("One answer can be stopped alone, and all together; their texts stay")
  func stops() async throws {
    let field = try await begin()
    for (lane, stream) in field.streams.enumerated() { await field.stage.say([.textDelta("\(lane)")], on: stream) }
    await field.stage.store.stop(field.runs[1])
    await field.stage.end(field.runs[1])
    #expect(await field.stage.store.liveRuns.count == 2)
    for run in field.runs { await field.stage.store.stop(run) }
    await eventually("all to end") { await field.stage.store.liveRuns.isEmpty }
    let race = try #require(try await field.race)
    #expect(race.lanes.map(\.message.text) == ["0", "1", "2"])
    #expect(race.lanes.allSatisfy { $0.message.status == .stopped })
    await field.stage.store.shutdown()
  }

  @Test("An answer stopped before it is on the disk lets the others go on waiting for theirs")
  func stoppedWhileWriting() async throws {
    let stage = await Stage()
    let id = try await stage.newConversation()
    stage.archive.hang()
    let runs = try await stage.store.race(Prompt(text: "Hi"), in: id, with: Self.racers(["a", "b"]))
    await eventually("a write that waits") { stage.archive.hasWaiting }
    await stage.store.stop(runs[0])
    await stage.end(runs[0])
    #expect(stage.provider.requests.isEmpty)
    stage.archive.release()
    await eventually("the other request") { stage.provider.requests.count == 1 }
    await stage.store.shutdown()
  }

  @Test("A prompt queued in a race waits for all of its answers and goes on from the one on the path")
  func queue() async throws {
    let field = try await begin(["a", "b"])
    #expect(try await field.stage.store.send(Prompt(text: "more"), in: field.id) == .queued(1))
    await finish(field, 0, "A")
    #expect(field.stage.provider.requests.count == 2)
    await finish(field, 1, "B")
    let next = await field.stage.request(2)
    #expect(next.request.messages.map(\.text) == ["Hi", "A", "more"])
    // Going on is a decision: all answers are variants.
    #expect(try await field.race == nil)
    await field.stage.store.shutdown()
  }

  @Test("Each answer of a race is asked for again by its own rule")
  func retries() async throws {
    let field = try await begin(["a", "b"])
    let busy = ProviderError(
      explanation: Explanation(kind: .overloaded, summary: "Busy"), status: 503, isRetryable: true,
      retryAfterMilliseconds: 1_000)
    field.streams[1].say([.error(.provider(busy))])
    await finish(field, 0, "A")
    await eventually("the second try") {
      field.stage.time.advance(by: .milliseconds(100))
      return field.stage.provider.requests.count == 3
    }
    let again = await field.stage.request(2)
    #expect(again.request.answer == field.answers[1] && again.request.messages.map(\.text) == ["Hi"])
    again.say([.textDelta("B"), .finish(.stop)])
    await field.stage.end(field.runs[1])
    #expect(try await field.race?.lanes.map { $0.metrics?.retries } == [0, 1])
    await field.stage.store.shutdown()
  }

  @Test("The last prompt can be raced: the answers are added to the variants that it has")
  func lastPrompt() async throws {
    let stage = await Stage()
    let id = try await stage.newConversation()
    let asked = try await stage.ask("Hi", in: id)
    asked.stream.say([.textDelta("old"), .finish(.stop)])
    await stage.end(asked.run)
    let field = try await begin(["a", "b"], in: (stage, id), lastPrompt: true)
    #expect(field.lanes.map(\.message.variant) == [Variant(index: 2, count: 3), Variant(index: 3, count: 3)])
    #expect(field.streams.allSatisfy { $0.request.messages.map(\.text) == ["Hi"] })
    await finish(field, 0, "A")
    await finish(field, 1, "B")
    await stage.store.flush()
    #expect(stage.archive[id]?.messages.map(\.text) == ["Hi", "old", "A", "B"])
    #expect(field.path() == ["Hi", "A"])
    await stage.store.shutdown()
  }

  @Test("Keeping one makes it the path and moves the others, stopped and whole, into a conversation in the trash")
  func keepsOne() async throws {
    let field = try await begin()
    await field.stage.say([.textDelta("half")], on: field.streams[0])
    await finish(field, 1, "B")
    let bin = try #require(try await field.stage.store.keepOne(field.answers[1], in: field.id))
    await field.stage.store.flush()
    #expect(field.path() == ["Hi", "B"])
    #expect(field.stage.transcript(field.id).messages.last?.variant == Variant(index: 1, count: 1))
    #expect(field.stage.transcript(field.id).profile?.name == "b")
    #expect(try await field.race == nil)
    let kept = try #require(field.stage.archive[field.id])
    #expect(kept.messages.map(\.text) == ["Hi", "B"] && kept.record.leaf == field.answers[1])
    let thrown = try #require(field.stage.archive[bin])
    #expect(thrown.isTrashed && thrown.record.summary.title == "Race: Hi")
    #expect(thrown.messages.map(\.text) == ["Hi", "half", ""])
    #expect(thrown.runs.count == 2)
    #expect(await field.stage.store.liveRuns.isEmpty)
    try await field.stage.store.restore(bin)
    #expect(try await field.stage.store.open(bin).window.messages.map(\.text) == ["Hi", "half"])
    await field.stage.store.shutdown()
  }

  @Test("One that still streams can be kept: it goes on, on the path")
  func keepsStreaming() async throws {
    let field = try await begin(["a", "b"])
    await field.stage.say([.textDelta("B")], on: field.streams[1])
    await finish(field, 0, "A")
    try await field.stage.store.keepOne(field.answers[1], in: field.id)
    #expect(field.path() == ["Hi", "B"])
    await finish(field, 1, "ee")
    await field.stage.store.flush()
    #expect(field.path() == ["Hi", "Bee"])
    #expect(field.stage.transcript(field.id).messages.last?.variant == Variant(index: 1, count: 1))
    #expect(field.stage.archive[field.id]?.messages.map(\.text) == ["Hi", "Bee"])
    await field.stage.store.shutdown()
  }

  @Test("Keeping all leaves the answers as variants, the chosen one on the path; a new start finds them so")
  func keepsAll() async throws {
    let field = try await begin(["a", "b"])
    await finish(field, 0, "A")
    await finish(field, 1, "B")
    try await field.stage.store.keepAll(showing: field.answers[1], in: field.id)
    await field.stage.store.shutdown()
    let next = await Stage(archive: field.stage.archive)
    let snapshot = try await next.store.open(field.id)
    #expect(snapshot.window.messages.map(\.text) == ["Hi", "B"])
    #expect(snapshot.window.messages.last?.variant == Variant(index: 2, count: 2))
    #expect(snapshot.race == nil)
    try await next.store.selectVariant(of: field.answers[1], offset: -1, in: field.id)
    #expect(next.transcript(field.id).messages.map(\.text) == ["Hi", "A"])
    await next.store.shutdown()
  }

  @Test("What a blind reader said is written with the figures, also of an answer that still streams")
  func rates() async throws {
    let field = try await begin(["a", "b"])
    await finish(field, 0, "A")
    try await field.stage.store.rate([field.answers[0]: true, field.answers[1]: false], in: field.id)
    await finish(field, 1, "B")
    await field.stage.store.flush()
    #expect(field.answers.map { field.stage.archive[field.id]?.runs[$0]?.isBest } == [true, false])
    await field.stage.store.shutdown()
  }

  @Test("While it runs another race is refused and the path stays; looking at another variant leaves it undecided")
  func refuses() async throws {
    let field = try await begin(["a", "b"])
    await #expect(throws: SessionError.answering(field.id)) {
      try await field.stage.store.race(Prompt(text: "x"), in: field.id, with: Self.racers(["a", "b"]))
    }
    await finish(field, 0, "A")
    await finish(field, 1, "B")
    await field.stage.store.flush()
    try await field.stage.store.selectVariant(of: field.answers[0], offset: 1, in: field.id)
    #expect(field.path() == ["Hi", "B"])
    #expect(try await field.race?.lanes.count == 2)
    await field.stage.store.shutdown()
  }

  @Test("An unseen race makes its conversation unread, and moving it to the trash stops all of it")
  func elsewhere() async throws {
    let field = try await begin(["a", "b"])
    let other = try await field.stage.newConversation("other1")
    _ = try await field.stage.store.open(other)
    await finish(field, 1, "B")
    #expect(field.stage.watched.summaries[field.id]?.isUnread == true)
    try await field.stage.store.trash(field.id)
    #expect(await field.stage.store.liveRuns.isEmpty)
    await field.stage.store.shutdown()
  }

  /// Longer than what is kept in memory of a conversation that is at rest.
  private static let longPrompt = "Sort this\n" + String(repeating: "line of a log\n", count: 250_000)

  @Test("What was not kept goes into the trash also where the prompt is too long to be kept in memory")
  func keepsOneOfLongPrompt() async throws {
    let field = try await begin(["a", "b"], prompt: Self.longPrompt)
    await finish(field, 0, "A")
    await finish(field, 1, "B")
    await field.stage.store.flush()
    let window = try await field.stage.store.open(field.id).window
    #expect(window.earlierCount == 1 && window.messages.map(\.text) == ["A"])
    let bin = try #require(try await field.stage.store.keepOne(field.answers[1], in: field.id))
    await field.stage.store.flush()
    #expect(field.stage.archive[field.id]?.messages.dropFirst().map(\.text) == ["B"])
    let thrown = try #require(field.stage.archive[bin])
    #expect(thrown.isTrashed && thrown.record.summary.title == "Race: Sort this")
    #expect(thrown.messages.map(\.text.count) == [Self.longPrompt.count, 1])
    await field.stage.store.shutdown()
  }

  @Test("A last prompt that is too long to be kept in memory is read, and raced whole")
  func racesLongLastPrompt() async throws {
    let stage = await Stage()
    let id = try await stage.newConversation()
    let asked = try await stage.ask(Self.longPrompt, in: id)
    asked.stream.say([.textDelta("old"), .finish(.stop)])
    await stage.end(asked.run)
    await stage.store.flush()
    #expect(try await stage.store.open(id).window.earlierCount == 1)
    let field = try await begin(["a", "b"], in: (stage, id), lastPrompt: true)
    #expect(field.streams.allSatisfy { $0.request.messages.map(\.text.count) == [Self.longPrompt.count] })
    #expect(field.lanes.map(\.message.variant) == [Variant(index: 2, count: 3), Variant(index: 3, count: 3)])
    await finish(field, 0, "A")
    await finish(field, 1, "B")
    await stage.store.flush()
    #expect(stage.archive[id]?.messages.dropFirst().map(\.text) == ["old", "A", "B"])
    await stage.store.shutdown()
  }

  @Test("A prompt that waits is not sent when its conversation goes into the trash in the middle of a race")
  func trashesWithQueue() async throws {
    let field = try await begin(["a", "b"])
    try await field.stage.store.send(Prompt(text: "more"), in: field.id)
    await finish(field, 0, "A")
    try await field.stage.store.trash(field.id)
    await field.stage.store.flush()
    #expect(await field.stage.store.liveRuns.isEmpty)
    #expect(field.stage.provider.requests.count == 2)
    let stored = try #require(field.stage.archive[field.id])
    #expect(stored.isTrashed && stored.record.queue.map(\.text) == ["more"])
    #expect(stored.messages.map(\.text) == ["Hi", "A", ""])
    await field.stage.store.shutdown()
  }

  @Test("After what still streamed was stopped the queue waits, though the answer on the path is whole")
  func stopsBeforeQueue() async throws {
    let field = try await begin(["a", "b"])
    try await field.stage.store.send(Prompt(text: "more"), in: field.id)
    await finish(field, 0, "A")
    await field.stage.store.stop(field.runs[1])
    await field.stage.end(field.runs[1])
    #expect(await field.stage.store.liveRuns.isEmpty)
    #expect(field.stage.transcript(field.id).queue.map(\.text) == ["more"])
    #expect(try await field.race != nil)
    await field.stage.store.shutdown()
  }

  @Test("Keeping a whole answer while another streams lets the queue go on from it")
  func keepsBeforeQueue() async throws {
    let field = try await begin(["a", "b"])
    try await field.stage.store.send(Prompt(text: "more"), in: field.id)
    await finish(field, 1, "B")
    try await field.stage.store.keepOne(field.answers[1], in: field.id)
    let next = await field.stage.request(2)
    #expect(next.request.messages.map(\.text) == ["Hi", "B", "more"])
    await field.stage.store.shutdown()
  }

  @Test("An agent, which remembers the conversation by itself, is in a race once at most")
  func refusesAgentTwice() async throws {
    let stage = await Stage(isRepeatable: false)
    let id = try await stage.newConversation()
    let asked = try await stage.ask("one", in: id)
    asked.stream.say([.textDelta("1"), .finish(.stop)])
    await stage.end(asked.run)
    await #expect(throws: SessionError.agentTwice("lab")) {
      try await stage.store.race(Prompt(text: "Hi"), in: id, with: Self.racers(["a", "b"]))
    }
    await #expect(throws: SessionError.agentTwice("lab")) {
      try await stage.store.raceLastPrompt(in: id, with: Self.racers(["a", "b"]))
    }
    #expect(await stage.store.liveRuns.isEmpty)
    #expect(stage.transcript(id).messages.map(\.text) == ["one", "1"])
    // Once is a race with others.
    try await stage.store.race(Prompt(text: "Hi"), in: id, with: Self.racers(["a"]))
    _ = await stage.request(1)
    await stage.store.shutdown()
  }

  @Test("What is not kept never goes where another conversation is, in memory or in the archive")
  func binIsNew() async throws {
    func bin(_ archive: MemoryArchive) async throws -> ConversationID? {
      let stage = await Stage(archive: archive)
      let field = try await begin(["a", "b"], in: (stage, try await stage.newConversation()))
      await finish(field, 0, "A")
      await finish(field, 1, "B")
      let bin = try await stage.store.keepOne(field.answers[0], in: field.id)
      await stage.store.shutdown()
      return bin
    }
    let first = try #require(try await bin(MemoryArchive()))
    // Without anything in the way the same name comes again.
    #expect(try await bin(MemoryArchive()) == first)
    let archive = MemoryArchive()
    try await archive.create(
      ConversationRecord(
        summary: ConversationSummary(
          id: first, title: "Mine", updated: ManualTime().wall(), messageCount: 0, profileName: "work",
          model: Stage.profile.model), profile: Stage.profile, leaf: nil, created: ManualTime().wall()))
    let second = try #require(try await bin(archive))
    #expect(second != first)
    #expect(archive[first]?.record.summary.title == "Mine")
    #expect(archive[second]?.messages.map(\.text) == ["Hi", "B"])
  }
}
