// What reaches the disk, when, and what happens when it does not.

import Conversations
import Diagnostics
import Sessions
import Streaming
import Testing

@Suite("Saving")
struct SavingTests {
  private let diskFull = ArchiveFailure.diskFull(path: "/data")

  @Test("Growing text is in the journal within a quarter of a second, and forced to the disk within a second")
  func journal() async throws {
    let stage = await Stage()
    let id = try await stage.newConversation()
    let asked = try await stage.ask("Hi", in: id)
    let answer = try #require(stage.transcript(id).messages.last).id
    await stage.say([.thinkingDelta("hm"), .textDelta("Hél")], on: asked.stream)
    #expect(stage.archive.afterCrash(answer, in: id) == [])
    await stage.pass(.milliseconds(250))
    await eventually("the journal") {
      stage.archive.afterCrash(answer, in: id) == [.thinking("hm", signature: nil), .text("Hél")]
    }
    await stage.say([.textDelta("lo 水")], on: asked.stream)
    await stage.say(
      [.toolCallBegin(id: "1", name: "f"), .toolCallArguments(id: "1", fragment: "{\"a\"")], on: asked.stream)
    await stage.pass(.milliseconds(250))
    await eventually("the journal") {
      stage.archive.afterCrash(answer, in: id) == [
        .thinking("hm", signature: nil), .text("Héllo 水"),
        .toolCall(ToolCall(id: "1", name: "f", arguments: "{\"a\"")),
      ]
    }
    #expect(!stage.archive.log.contains("synchronize"))
    await stage.pass(.milliseconds(750))
    await eventually("the sync") { stage.archive.log.contains("synchronize") }
    await stage.store.shutdown()
  }

  @Test("Nothing is timed when nothing happens")
  func idleHasNoTimers() async throws {
    let stage = await Stage()
    let id = try await stage.newConversation()
    let asked = try await stage.ask("Hi", in: id)
    #expect(stage.time.deadlines.isEmpty)
    await stage.say([.textDelta("Hello")], on: asked.stream)
    await eventually("the journal's timer") { stage.time.deadlines.count == 1 }
    asked.stream.say([.finish(.stop)])
    await stage.end(asked.run)
    // What was due goes off once, finds nothing to do, and that is all.
    await stage.pass(.seconds(1))
    await stage.store.flush()
    await eventually("no timers") { stage.time.deadlines.isEmpty }
    stage.time.advance(by: .seconds(60))
    await stage.store.flush()
    #expect(stage.time.deadlines.isEmpty)
  }

  @Test("A disk that does not answer holds up no chunk and no key")
  func hangingDisk() async throws {
    let stage = await Stage()
    let id = try await stage.newConversation()
    let asked = try await stage.ask("Hi", in: id)
    await stage.say([.textDelta("a")], on: asked.stream)
    stage.archive.hang()
    await stage.pass(.milliseconds(250))
    await eventually("a waiting write") { stage.archive.hasWaiting }
    for piece in ["b", "c", "d"] { await stage.say([.textDelta(piece)], on: asked.stream) }
    #expect(stage.transcript(id).messages.last?.text == "abcd")
    asked.stream.say([.finish(.stop)])
    await stage.end(asked.run)
    #expect(stage.transcript(id).lines.last == "assistant \"abcd\" complete")
    stage.archive.release()
    await stage.store.flush()
    #expect(stage.archive[id]?.messages.last?.text == "abcd")
    await stage.store.shutdown()
  }

  @Test("With a full disk the chat goes on, says what is not saved, tries again, and says when all is well")
  func diskIsFull() async throws {
    let stage = await Stage()
    let id = try await stage.newConversation()
    let failure = diskFull
    stage.archive.fail { _ in failure }
    let asked = try await stage.ask("Hi", in: id)
    asked.stream.say([.textDelta("Hello"), .finish(.stop)])
    await stage.end(asked.run)
    await stage.store.flush()
    #expect(await stage.store.unsaved.words == "2 messages")
    #expect(stage.watched.notices.last == "Not saved: 2 messages")
    #expect(stage.told.last { $0.unsaved != nil }?.unsaved == "2 messages")
    #expect(stage.told.last { !$0.notices.isEmpty }?.notices.last?.recovery == .freeSpace)
    #expect(await stage.store.unsaved.items.map(\.text) == ["Hi", "Hello"])
    let told = stage.watched.notices.count
    // Every five seconds it is tried again; nothing new is not told again.
    await stage.pass(.seconds(5))
    await eventually("another try") { stage.time.deadlines.first == .seconds(5) }
    #expect(stage.watched.notices.count == told)
    stage.archive.fail { _ in nil }
    await stage.pass(.seconds(5))
    await eventually("everything saved") { stage.watched.notices.last == "Everything is saved again" }
    #expect(await stage.store.unsaved.isEmpty && stage.told.last { $0.unsaved != nil }?.unsaved == "")
    #expect(stage.archive[id]?.messages == stage.transcript(id).messages)
    await eventually("no timers") { stage.time.deadlines.isEmpty }
    await stage.store.shutdown()
  }

  @Test("Drafts, queued prompts and settings that cannot be saved are told of, and given back at the end")
  func everythingUnsavedCounts() async throws {
    let stage = await Stage()
    let failure = diskFull
    stage.archive.fail { _ in failure }
    let id = try await stage.newConversation()
    try await stage.store.saveDraft("half a thought", of: id)
    await stage.store.flush()
    #expect(stage.watched.notices.last == "Not saved: 1 draft")
    let asked = try await stage.ask("Hi", in: id)
    await stage.say([.textDelta("Hello")], on: asked.stream)
    try await stage.store.send(Prompt(text: "and then?"), in: id)
    try await stage.store.rename(id, to: "A title")
    await stage.store.flush()
    #expect(await stage.store.unsaved.words == "1 message, 1 draft, 1 queued prompt, 1 setting")
    try await stage.store.saveDraft("", of: id)
    let left = await stage.store.shutdown()
    #expect(left.words == "2 messages, 1 queued prompt, 1 setting")
    #expect(left.items.map(\.text) == ["Hi", "Hello", "title: A title", "and then?"])
    #expect(left.items.map(\.role) == [.user, .assistant, nil, nil])
  }

  @Test("One conversation that cannot be saved does not hold up another")
  func failuresStayApart() async throws {
    let archive = MemoryArchive()
    let stage = await Stage(archive: archive)
    let a = try await stage.newConversation("a")
    let b = try await stage.newConversation("b")
    // Somebody else takes the name meanwhile: creating it fails from now on.
    archive.put(
      MemoryArchive.Stored(
        record: ConversationRecord(
          summary: ConversationSummary(
            id: a, title: "", updated: Timestamp(milliseconds: 0), messageCount: 0, profileName: "x",
            model: Stage.profile.model), profile: Stage.profile, leaf: nil, created: Timestamp(milliseconds: 0))))
    for id in [a, b] {
      let asked = try await stage.ask("Hi", in: id)
      asked.stream.say([.textDelta("Hello"), .finish(.stop)])
      await stage.end(asked.run)
    }
    await stage.store.flush()
    #expect(archive[b]?.messages == stage.transcript(b).messages)
    #expect(await stage.store.unsaved.items.map(\.conversation.rawValue) == ["a", "a"])
    await stage.store.shutdown()
  }

  /// Two answers with a queue, a draft and a stop between them; returns what must be on the disk.
  private func scenario(on stage: Stage) async throws -> ConversationID {
    let id = try await stage.newConversation()
    let asked = try await stage.ask("one", in: id)
    await stage.say([.textDelta("Hel")], on: asked.stream)
    stage.time.advance(by: .milliseconds(250))
    try await stage.store.send(Prompt(text: "two"), in: id)
    try await stage.store.saveDraft("three", of: id)
    await stage.say([.textDelta("lo"), .usage(TokenUsage(output: 2))], on: asked.stream)
    stage.time.advance(by: .milliseconds(250))
    await stage.store.flush()
    asked.stream.say([.finish(.stop)])
    await stage.end(asked.run)
    let second = await stage.request(1)
    await stage.say([.textDelta("par")], on: second)
    for run in await stage.store.liveRuns {
      await stage.store.stop(run.id)
      await stage.end(run.id)
    }
    try await stage.store.rename(id, to: "A title")
    return id
  }

  @Test("Whichever write fails, the chat goes on, and once the disk works again nothing is missing")
  func everyWriteFails() async throws {
    let failure = diskFull
    var failing = 1
    while true {
      let stage = await Stage()
      let number = failing
      stage.archive.fail { $0 == number ? failure : nil }
      let id = try await scenario(on: stage)
      await stage.store.flush()
      await stage.store.flush()
      let stored = try #require(stage.archive[id], "write \(number)")
      #expect(stored.messages == stage.transcript(id).messages, "write \(number)")
      #expect(stored.messages.map(\.text) == ["one", "Hello", "two", "par"], "write \(number)")
      #expect(stored.messages.map(\.status.name) == ["complete", "complete", "complete", "stopped"], "write \(number)")
      #expect(stored.record.queue.isEmpty && stored.record.draft == "three", "write \(number)")
      #expect(stored.record.summary.title == "A title" && stored.runs.count == 2, "write \(number)")
      #expect(await stage.store.unsaved.isEmpty, "write \(number)")
      let writes = stage.archive.log.count
      await stage.store.shutdown()
      if writes < number { break }
      failing += 1
    }
    #expect(failing > 8)
  }

  @Test("Whatever write the disk fails from, the chat goes on in memory and everything is known to be unsaved")
  func everyWriteFromOneOn() async throws {
    let failure = diskFull
    for number in 1..<9 {
      let stage = await Stage()
      stage.archive.fail { $0 >= number ? failure : nil }
      let id = try await scenario(on: stage)
      await stage.store.flush()
      #expect(stage.transcript(id).messages.map(\.text) == ["one", "Hello", "two", "par"], "write \(number)")
      #expect(await !stage.store.unsaved.isEmpty, "write \(number)")
      stage.archive.fail { _ in nil }
      await stage.store.flush()
      #expect(stage.archive[id]?.messages == stage.transcript(id).messages, "write \(number)")
      await stage.store.shutdown()
    }
  }

  @Test("Shutting down keeps what has come, drafts and queue, closes, and refuses what comes after")
  func shutdown() async throws {
    let stage = await Stage()
    let id = try await stage.newConversation()
    let asked = try await stage.ask("one", in: id)
    await stage.say([.textDelta("Hel")], on: asked.stream)
    try await stage.store.send(Prompt(text: "two"), in: id)
    try await stage.store.saveDraft("three", of: id)
    #expect(await stage.store.shutdown().isEmpty)
    #expect(asked.stream.isCancelled)
    #expect(stage.archive.isClosed && stage.archive.log.last == "synchronize")
    #expect(stage.archive[id]?.messages.map(\.text) == ["one", "Hel"])
    #expect(stage.archive[id]?.messages.last?.status == .stopped)
    #expect(stage.archive[id]?.record.queue.map(\.text) == ["two"])
    #expect(stage.archive[id]?.record.draft == "three")
    await #expect(throws: SessionError.closed) { try await stage.store.send(Prompt(text: "late"), in: id) }
    #expect(stage.time.deadlines.isEmpty)
  }

  @Test("Shutting down takes two seconds at most, and says what was not saved")
  func shutdownWithHangingDisk() async throws {
    let stage = await Stage()
    let id = try await stage.newConversation()
    let asked = try await stage.ask("one", in: id)
    await stage.say([.textDelta("Hel")], on: asked.stream)
    stage.archive.hang()
    let closing = Task { await stage.store.shutdown() }
    await eventually("a waiting write") { stage.archive.hasWaiting }
    await eventually("the limit") { stage.time.deadlines.contains(.seconds(2)) }
    stage.time.advance(by: .seconds(2))
    #expect(await closing.value.words == "1 message")
    stage.archive.release()
  }

  @Test("What another process changes is read anew and told of")
  func foreignChange() async throws {
    let stage = await Stage()
    let id = try await stage.newConversation()
    let asked = try await stage.ask("one", in: id)
    asked.stream.say([.textDelta("1"), .finish(.stop)])
    await stage.end(asked.run)
    await stage.store.flush()
    var generator = SystemRandomNumberGenerator()
    let message = Message(
      id: .make(at: stage.time.wall(), using: &generator), parent: stage.archive[id]?.record.leaf, role: .user,
      created: stage.time.wall(), parts: [.text("from elsewhere")])
    stage.archive.changeElsewhere(id) { stored in
      stored.messages.append(message)
      stored.record.leaf = message.id
    }
    await eventually("the change") { stage.transcript(id).messages.last?.text == "from elsewhere" }
    stage.archive.changeElsewhere(id) { $0.isTrashed = true }
    await eventually("its end") { stage.watched.summaries[id] == nil }
    await stage.store.shutdown()
  }

  @Test("What is sent in a conversation that another process has deleted brings it back, and says so")
  func sendingRestores() async throws {
    let stage = await Stage()
    let id = try await stage.newConversation()
    let asked = try await stage.ask("one", in: id)
    asked.stream.say([.textDelta("1"), .finish(.stop)])
    await stage.end(asked.run)
    await stage.store.flush()
    stage.archive.changeElsewhere(id) { $0.isTrashed = true }
    await eventually("the deletion") { stage.watched.summaries[id] == nil }
    let second = try await stage.ask("two", in: id)
    second.stream.say([.textDelta("2"), .finish(.stop)])
    await stage.end(second.run)
    await stage.store.flush()
    #expect(stage.archive[id]?.isTrashed == false && stage.archive[id]?.messages.count == 4)
    #expect(stage.watched.notices.last == "\(id) was in the trash and is back in the list")
    #expect(stage.watched.summaries[id] != nil)
    await stage.store.shutdown()
  }

  @Test("While an answer streams another process's change waits, and comes after it")
  func foreignChangeWhileStreaming() async throws {
    let stage = await Stage()
    let id = try await stage.newConversation()
    let asked = try await stage.ask("one", in: id)
    await stage.say([.textDelta("Hel")], on: asked.stream)
    stage.archive.changeElsewhere(id) { $0.record.summary.title = "Named elsewhere" }
    await stage.say([.textDelta("lo")], on: asked.stream)
    #expect(stage.transcript(id).messages.last?.text == "Hello")
    asked.stream.say([.finish(.stop)])
    await stage.end(asked.run)
    await eventually("the change") { stage.watched.summaries[id]?.title == "Named elsewhere" }
    #expect(stage.transcript(id).lines.last == "assistant \"Hello\" complete")
    await stage.store.shutdown()
  }
}
