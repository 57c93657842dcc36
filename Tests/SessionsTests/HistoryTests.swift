// Histories: what was asked, what came, what stands in the conversation afterwards.

import Conversations
import Diagnostics
import Sessions
import Streaming
import Testing

@Suite("Histories")
struct HistoryTests {
  static let scripts: [(script: String, lines: [String])] = [
    ("send ··Hel··lo· stop", ["user \"Hi\" complete", "assistant \"Hello\" stopped"]),
    ("send stop", ["user \"Hi\" complete", "assistant \"\" stopped"]),
    ("send ··Hello finish", ["user \"Hi\" complete", "assistant \"Hello\" complete"]),
    ("send Hel·lo break", ["user \"Hi\" complete", "assistant \"Hello\" incomplete"]),
    ("send Hel vanish", ["user \"Hi\" complete", "assistant \"Hel\" incomplete"]),
    ("send break", ["user \"Hi\" complete", "assistant \"\" failed"]),
    ("send finish", ["user \"Hi\" complete", "assistant \"\" failed"]),
    (
      "send one finish send two stop",
      ["user \"Hi\" complete", "assistant \"one\" complete", "user \"Hi\" complete", "assistant \"two\" stopped"]
    ),
  ]

  @Test("A history ends as it must, told and stored alike", arguments: scripts.indices)
  func histories(index: Int) async throws {
    let (script, lines) = Self.scripts[index]
    #expect(try await Stage().play(script) == lines)
  }

  @Test("The prompt is on the disk before the request leaves")
  func promptIsDurableFirst() async throws {
    let stage = await Stage()
    let id = try await stage.newConversation()
    stage.archive.hang()
    try await stage.store.send(Prompt(text: "Hi"), in: id)
    await eventually("a waiting write") { stage.archive.hasWaiting }
    #expect(stage.provider.requests.isEmpty)
    #expect(stage.transcript(id).lines == ["user \"Hi\" complete", "assistant \"\" streaming"])
    stage.archive.release()
    _ = await stage.request(0)
    #expect(stage.archive[id]?.messages.map(\.text) == ["Hi", ""])
    await stage.store.shutdown()
  }

  @Test("The request holds the path, the profile and no empty answers; prompts without an answer between are one")
  func requestHoldsPath() async throws {
    let stage = await Stage()
    let id = try await stage.newConversation()
    let first = try await stage.ask("one", in: id)
    first.stream.say([.error(.provider(ProviderError(explanation: Stage.brokenOff)))])
    await stage.end(first.run)
    let second = try await stage.ask("two", in: id)
    #expect(second.stream.request.messages.map(\.text) == ["one\n\ntwo"])
    #expect(second.stream.request.system == "Be brief." && second.stream.request.model == "m")
    #expect(second.stream.request.conversation == id)
    second.stream.say([.textDelta("yes"), .finish(.stop)])
    await stage.end(second.run)
    let third = try await stage.ask("three", in: id)
    #expect(third.stream.request.messages.map(\.text) == ["one\n\ntwo", "yes", "three"])
    await stage.store.shutdown()
  }

  @Test("Two conversations stream at once and do not mix")
  func twoStreams() async throws {
    let stage = await Stage()
    let a = try await stage.newConversation("a")
    let b = try await stage.newConversation("b")
    let first = try await stage.ask("to a", in: a)
    let second = try await stage.ask("to b", in: b)
    for piece in ["1", "2", "3"] {
      await stage.say([.textDelta("a" + piece)], on: first.stream)
      await stage.say([.textDelta("b" + piece)], on: second.stream)
    }
    second.stream.say([.finish(.stop)])
    await stage.end(second.run)
    await stage.store.stop(first.run)
    await stage.end(first.run)
    #expect(stage.transcript(a).lines == ["user \"to a\" complete", "assistant \"a1a2a3\" stopped"])
    #expect(stage.transcript(b).lines == ["user \"to b\" complete", "assistant \"b1b2b3\" complete"])
    // `b` was opened last; what ended in `a` is unread.
    #expect(stage.watched.summaries[a]?.isUnread == true && stage.watched.summaries[b]?.isUnread == false)
    try await stage.store.markRead(a)
    #expect(stage.watched.summaries[a]?.isUnread == false)
    await stage.store.shutdown()
  }

  @Test("Everything one read brought is told of once")
  func batchesAreOneUpdate() async throws {
    let stage = await Stage()
    let id = try await stage.newConversation()
    let asked = try await stage.ask("Hi", in: id)
    let before = stage.told.count
    await stage.say([.thinkingDelta("hm"), .textDelta("a"), .textDelta("b"), .textDelta("c")], on: asked.stream)
    #expect(stage.told.count == before + 1)
    let changes = stage.told.last?.changes[id]
    #expect(changes?.count == 3)
    #expect(stage.told.last?.runs[asked.run]?.phase == .writing)
    await stage.store.shutdown()
  }

  @Test("Phases are told as they come")
  func phases() async throws {
    let stage = await Stage()
    let id = try await stage.newConversation()
    let asked = try await stage.ask("Hi", in: id)
    let steps: [([StreamEvent], RunPhase)] = [
      ([.network(NetworkPhases(requestSent: .milliseconds(3)))], .waiting), ([.thinkingDelta("hm")], .thinking),
      ([.textDelta("a")], .writing), ([.toolCallBegin(id: "1", name: "search")], .callingTool("search")),
    ]
    #expect(stage.watched.runs[asked.run]?.phase == .connecting)
    for (events, phase) in steps {
      await stage.say(events, on: asked.stream)
      #expect(stage.watched.runs[asked.run]?.phase == phase)
    }
    await stage.store.stop(asked.run)
    await stage.end(asked.run)
    let told = stage.told.compactMap { update in update.runs[asked.run].map(\.phase) }
    #expect(told.contains(.stopping))
    #expect(stage.watched.runs[asked.run]?.phase == .ended)
    await stage.store.shutdown()
  }

  @Test("A watcher who was told everything knows what somebody who opens sees, also while it streams")
  func openingMidStream() async throws {
    let stage = await Stage()
    let id = try await stage.newConversation()
    let asked = try await stage.ask("Hi", in: id)
    await stage.say([.textDelta("Hel")], on: asked.stream)
    let before = stage.transcript(id)
    let snapshot = try await stage.store.open(id)
    #expect(snapshot.window.messages == before.messages)
    await stage.say([.textDelta("lo"), .finish(.stop)], on: asked.stream)
    await stage.end(asked.run)
    #expect(stage.transcript(id).lines.last == "assistant \"Hello\" complete")
    await stage.store.shutdown()
  }

  @Test("An answer is measured, the figures are stored and come back with the conversation")
  func figuresAreStored() async throws {
    let stage = await Stage()
    let id = try await stage.newConversation()
    let asked = try await stage.ask("Hi there", in: id)
    stage.time.advance(by: .milliseconds(50))
    await stage.say([.textDelta("Hello")], on: asked.stream)
    stage.time.advance(by: .milliseconds(50))
    await stage.say([.textDelta(" you")], on: asked.stream)
    asked.stream.say([.finish(.stop)])
    await stage.end(asked.run)
    await stage.store.flush()
    let told = try #require(stage.transcript(id).metrics.values.first)
    #expect(told.timeToFirstText == .milliseconds(50) && told.chunks == 2 && told.characters == 9)
    // The provider gave no count, so there is an estimate and it says so.
    #expect(told.usage == TokenUsage(input: 5, output: 3, isEstimated: true))
    let other = SessionStore(archive: stage.archive, providers: stage.provider, time: stage.time)
    let snapshot = try await other.open(id)
    let read = try #require(snapshot.metrics.values.first)
    #expect(read.timeToFirstText == .milliseconds(50) && read.usage == told.usage)
    let stored = try #require(stage.archive[id]?.runs.values.first)
    #expect(Timeline.entries(of: stored.timeline).map(\.characters) == [5, 4])
    await stage.store.shutdown()
  }

  @Test("Only thinking is said to be no answer")
  func onlyThinking() async throws {
    let stage = await Stage()
    let id = try await stage.newConversation()
    let asked = try await stage.ask("Hi", in: id)
    asked.stream.say([.thinkingDelta("hm"), .finish(.stop)])
    await stage.end(asked.run)
    #expect(stage.watched.notices == ["Only thinking arrived, no answer"])
    await stage.store.shutdown()
  }

  @Test("An unknown provider fails the answer and keeps the prompt")
  func unknownProvider() async throws {
    let stage = await Stage()
    let id = try await stage.newConversation(
      profile: Profile(name: "x", model: ModelReference(provider: "gone", model: "m")))
    guard case .started(let run) = try await stage.store.send(Prompt(text: "Hi"), in: id) else {
      throw SessionError.closed
    }
    await stage.end(run)
    await stage.store.flush()
    #expect(stage.archive[id]?.messages.map(\.status.name) == ["complete", "failed"])
    await stage.store.shutdown()
  }

  @Test("Nothing to send is refused", arguments: ["", " \n\t"])
  func nothingToSend(text: String) async throws {
    let stage = await Stage()
    let id = try await stage.newConversation()
    await #expect(throws: SessionError.nothingToSend) { try await stage.store.send(Prompt(text: text), in: id) }
    #expect(stage.archive[id] == nil)
  }

  @Test("An observer hears one run in order, and the ending once at the end")
  func observerHearsInOrder() async throws {
    let stage = await Stage()
    let id = try await stage.newConversation()
    let asked = try await stage.ask("Hi", in: id)
    asked.stream.say([.textDelta("a"), .textDelta("b"), .finish(.length)])
    await stage.end(asked.run)
    let kinds = stage.heard.map { event -> String in
      switch event {
      case .started: "started"
      case .chunk(let chunk): "\(chunk.id.sequence)\(chunk.isFinal ? " final" : "")"
      case .retrying: "retrying"
      case .shortened: "shortened"
      case .ended(let message, _): "ended \(message.text)"
      }
    }
    #expect(kinds == ["started", "0", "1", "2", "3 final", "ended ab"])
    await stage.store.shutdown()
  }
}
