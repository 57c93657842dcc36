// Prompts that wait, and drafts.

import Conversations
import Diagnostics
import Sessions
import Streaming
import Testing

@Suite("Queue")
struct QueueTests {
  @Test("Prompts sent while an answer streams wait in order, on the disk, and go one after the other")
  func order() async throws {
    let stage = await Stage()
    let id = try await stage.newConversation()
    let asked = try await stage.ask("one", in: id)
    #expect(try await stage.store.send(Prompt(text: "two"), in: id) == .queued(1))
    #expect(try await stage.store.send(Prompt(text: "three"), in: id) == .queued(2))
    await stage.store.flush()
    #expect(stage.archive[id]?.record.queue.map(\.text) == ["two", "three"])
    #expect(stage.transcript(id).queue.map(\.text) == ["two", "three"])
    asked.stream.say([.textDelta("1"), .finish(.stop)])
    let second = await stage.request(1)
    #expect(stage.transcript(id).queue.map(\.text) == ["three"])
    second.say([.textDelta("2"), .finish(.stop)])
    let third = await stage.request(2)
    third.say([.textDelta("3"), .finish(.stop)])
    await eventually("all to end") { await stage.store.liveRuns.isEmpty }
    await stage.store.flush()
    #expect(stage.archive[id]?.messages.map(\.text) == ["one", "1", "two", "2", "three", "3"])
    #expect(stage.archive[id]?.record.queue.isEmpty == true)
    await stage.store.shutdown()
  }

  @Test("After a stop or a failure the queue waits for the user", arguments: [true, false])
  func waits(isStopped: Bool) async throws {
    let stage = await Stage()
    let id = try await stage.newConversation()
    let asked = try await stage.ask("one", in: id)
    try await stage.store.send(Prompt(text: "two"), in: id)
    if isStopped {
      await stage.store.stop(asked.run)
    } else {
      asked.stream.say([.error(.truncated(Stage.brokenOff))])
    }
    await stage.end(asked.run)
    #expect(await stage.store.liveRuns.isEmpty)
    #expect(stage.transcript(id).queue.map(\.text) == ["two"])
    // Asked for, it goes.
    #expect(try await stage.store.sendNow(in: id) != nil)
    _ = await stage.request(1)
    #expect(stage.transcript(id).queue.isEmpty)
    await stage.store.shutdown()
  }

  @Test("Send now stops the answer and goes first")
  func sendNow() async throws {
    let stage = await Stage()
    let id = try await stage.newConversation()
    let asked = try await stage.ask("one", in: id)
    try await stage.store.send(Prompt(text: "later"), in: id)
    await stage.say([.textDelta("par")], on: asked.stream)
    try await stage.store.sendNow(Prompt(text: "now"), in: id)
    let second = await stage.request(1)
    #expect(second.request.messages.map(\.text) == ["one", "par", "now"])
    #expect(stage.transcript(id).queue.map(\.text) == ["later"])
    await stage.store.shutdown()
  }

  @Test("A prompt that another process has queued is sent by that process, not by this one")
  func onlyOwnPromptsAreSent() async throws {
    let archive = MemoryArchive()
    let one = await Stage(archive: archive)
    let id = try await one.newConversation()
    let asked = try await one.ask("one", in: id)
    try await one.store.send(Prompt(text: "queued once"), in: id)
    await one.store.flush()
    let other = await Stage(archive: archive, seed: 2)
    _ = try await other.store.open(id)
    #expect(other.transcript(id).queue.map(\.text) == ["queued once"])
    let elsewhere = try await other.ask("from elsewhere", in: id)
    elsewhere.stream.say([.textDelta("1"), .finish(.stop)])
    await other.end(elsewhere.run)
    await other.store.flush()
    #expect(await other.store.liveRuns.isEmpty && other.provider.requests.count == 1)
    asked.stream.say([.textDelta("2"), .finish(.stop)])
    let next = await one.request(1)
    #expect(next.request.messages.last?.text == "queued once")
    await one.store.flush()
    #expect(archive[id]?.record.queue == [])
    await one.store.shutdown()
    await other.store.shutdown()
  }

  @Test("A prompt that another process has sent from the queue is not sent again")
  func takenElsewhere() async throws {
    let stage = await Stage()
    let id = try await stage.newConversation()
    let asked = try await stage.ask("one", in: id)
    try await stage.store.send(Prompt(text: "two"), in: id)
    try await stage.store.send(Prompt(text: "three"), in: id)
    await stage.store.flush()
    stage.archive.changeElsewhere(id) { $0.record.queue.removeFirst() }
    // Changes are heard of in order: once the second one is told, the first one is known.
    let other = try #require(ConversationID("other"))
    stage.archive.put(
      MemoryArchive.Stored(
        record: ConversationRecord(
          summary: ConversationSummary(
            id: other, title: "", updated: Timestamp(milliseconds: 0), messageCount: 0, profileName: "x",
            model: Stage.profile.model), profile: Stage.profile, leaf: nil, created: Timestamp(milliseconds: 0))))
    stage.archive.changeElsewhere(other) { $0.record.summary.title = "Named elsewhere" }
    await eventually("the changes") { stage.watched.summaries[other] != nil }
    asked.stream.say([.textDelta("1"), .finish(.stop)])
    let next = await stage.request(1)
    #expect(next.request.messages.last?.text == "three")
    await stage.store.shutdown()
  }

  @Test("The queue can be changed while it waits")
  func update() async throws {
    let stage = await Stage()
    let id = try await stage.newConversation()
    _ = try await stage.ask("one", in: id)
    try await stage.store.send(Prompt(text: "two"), in: id)
    try await stage.store.updateQueue([Prompt(text: "zwei"), Prompt(text: "drei")], in: id)
    await stage.store.flush()
    #expect(stage.archive[id]?.record.queue.map(\.text) == ["zwei", "drei"])
    await stage.store.shutdown()
  }

  @Test("A draft is on the disk within a quarter of a second of being typed, and a conversation with it")
  func draft() async throws {
    let stage = await Stage()
    let id = try await stage.newConversation()
    #expect(stage.archive[id] == nil)
    try await stage.store.saveDraft("Hel", of: id)
    try await stage.store.saveDraft("Hello", of: id)
    #expect(stage.archive[id] == nil)
    await stage.pass(.milliseconds(250))
    await eventually("the draft on the disk") { stage.archive[id]?.record.draft == "Hello" }
    #expect(stage.archive.log.filter { $0 == "saveDraft" }.count == 1)
    #expect(stage.watched.summaries[id]?.hasDraft == true)
    // Sent, it is a draft no longer.
    _ = try await stage.ask("Hello", in: id)
    await stage.store.flush()
    #expect(stage.archive[id]?.record.draft == "" && stage.watched.summaries[id]?.hasDraft == false)
    await stage.store.shutdown()
  }

  @Test("A draft that is given up is shelved")
  func shelve() async throws {
    let stage = await Stage()
    let id = try await stage.newConversation()
    try await stage.store.saveDraft("Hello", of: id)
    try await stage.store.shelveDraft("Hello", of: id)
    await stage.store.flush()
    #expect(stage.archive[id]?.shelved == ["Hello"] && stage.archive[id]?.record.draft == "")
    #expect(try await stage.store.promptHistory(limit: 10) == ["Hello"])
    await stage.store.shutdown()
  }
}
