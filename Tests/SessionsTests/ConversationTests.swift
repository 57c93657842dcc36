// Finding and changing conversations, their titles, and what of them is sent.

import Conversations
import Diagnostics
import Sessions
import Streaming
import Testing

@Suite("Conversations in the store")
struct ConversationTests {
  @Test("A chosen name is taken once; made-up names differ")
  func names() async throws {
    let stage = await Stage()
    let id = try await stage.newConversation("mine")
    await #expect(throws: SessionError.conversationExists(id)) { try await stage.newConversation("mine") }
    _ = try await stage.ask("Hi", in: id)
    await stage.store.flush()
    let other = SessionStore(archive: stage.archive, providers: stage.provider, time: stage.time)
    await #expect(throws: SessionError.conversationExists(id)) {
      try await other.create(id: id, profile: Stage.profile)
    }
    var made: Set<ConversationID> = []
    for _ in 0..<50 { made.insert(try await stage.store.create(profile: Stage.profile).summary.id) }
    #expect(made.count == 50)
    await stage.store.shutdown()
  }

  @Test("A new conversation is not on the disk before something is in it")
  func writtenWithFirstMessage() async throws {
    let stage = await Stage()
    let id = try await stage.newConversation()
    try await stage.store.rename(id, to: "Named before")
    await stage.store.flush()
    #expect(stage.archive.log.isEmpty && stage.watched.summaries.isEmpty)
    _ = try await stage.ask("Hi", in: id)
    await stage.store.flush()
    #expect(stage.archive.log == ["create", "append"])
    #expect(stage.archive[id]?.record.summary.title == "Named before")
    await stage.store.shutdown()
  }

  @Test("A prefix finds what begins with it")
  func resolve() async throws {
    let stage = await Stage()
    for name in ["alpha", "alpine", "beta", "bet"] { _ = try await stage.newConversation(name) }
    _ = try await stage.ask("Hi", in: try #require(ConversationID("alpine")))
    await stage.store.flush()
    let ids = try ["alpha", "alpine", "beta", "bet"].map { try #require(ConversationID($0)) }
    #expect(try await stage.store.resolve("alph") == .one(ids[0]))
    #expect(try await stage.store.resolve("al") == .ambiguous([ids[0], ids[1]]))
    #expect(try await stage.store.resolve("bet") == .one(ids[3]))
    #expect(try await stage.store.resolve("x") == .none)
    await stage.store.shutdown()
  }

  @Test("Settings are told of, written, and seen in the list")
  func settings() async throws {
    let stage = await Stage()
    let a = try await stage.newConversation("a")
    let b = try await stage.newConversation("b")
    for id in [a, b] {
      let asked = try await stage.ask("Question in \(id)", in: id)
      asked.stream.say([.textDelta("1"), .finish(.stop)])
      await stage.end(asked.run)
      stage.time.advance(by: .seconds(1))
    }
    #expect(try await stage.store.summaries(limit: 10).map(\.title) == ["Question in b", "Question in a"])
    try await stage.store.setPinned(true, a)
    try await stage.store.rename(a, to: "Renamed")
    let profile = Profile(name: "other", model: ModelReference(provider: "lab", model: "m2"))
    try await stage.store.setProfile(profile, of: a)
    #expect(try await stage.store.summaries(limit: 10).map(\.title) == ["Renamed", "Question in b"])
    #expect(stage.transcript(a).profile == profile)
    #expect(stage.watched.summaries[a]?.profileName == "other")
    await stage.store.flush()
    #expect(stage.archive[a]?.record.summary.isPinned == true && stage.archive[a]?.record.profile == profile)
    let asked = try await stage.ask("again", in: a)
    #expect(asked.stream.request.model == "m2")
    await stage.store.shutdown()
  }

  @Test("The trash takes a conversation and gives it back; its answer is stopped and kept")
  func trash() async throws {
    let stage = await Stage()
    let id = try await stage.newConversation()
    let asked = try await stage.ask("Hi", in: id)
    await stage.say([.textDelta("Hel")], on: asked.stream)
    try await stage.store.trash(id)
    #expect(asked.stream.isCancelled)
    #expect(stage.watched.summaries[id] == nil)
    await stage.store.flush()
    #expect(stage.archive[id]?.isTrashed == true && stage.archive[id]?.messages.last?.text == "Hel")
    #expect(try await stage.store.summaries(limit: 5).isEmpty)
    #expect(try await stage.store.trashed(limit: 5).map(\.id) == [id])
    // In memory or not, it is found in the trash and nowhere else.
    let other = SessionStore(archive: stage.archive, providers: stage.provider, time: stage.time)
    for store in [stage.store, other] {
      #expect(try await store.resolve("k7") == .inTrash([id]))
      #expect(try await store.resolveInTrash("k7") == [id])
    }
    try await stage.store.restore(id)
    await stage.store.flush()
    #expect(stage.archive[id]?.isTrashed == false && stage.watched.summaries[id] != nil)
    await stage.store.shutdown()
  }

  @Test("There is no conversation that nobody has made")
  func unknown() async throws {
    let stage = await Stage()
    let id = try #require(ConversationID("nothing"))
    await #expect(throws: SessionError.noSuchConversation("nothing")) { _ = try await stage.store.open(id) }
  }

  @Test("Many conversations are not all kept in memory, and come back from the disk")
  func eviction() async throws {
    let stage = await Stage()
    for number in 0..<30 {
      let id = try await stage.newConversation("c\(number)")
      let asked = try await stage.ask("prompt \(number)", in: id)
      asked.stream.say([.textDelta("\(number)"), .finish(.stop)])
      await stage.end(asked.run)
      await stage.store.flush()
      _ = try await stage.store.open(id)
    }
    let first = try await stage.store.open(try #require(ConversationID("c0")))
    #expect(first.window.messages.map(\.text) == ["prompt 0", "0"])
    await stage.store.shutdown()
  }

  static let titles: [(prompt: String, title: String)] = [
    ("Hello", "Hello"), ("  \n\t\nSecond line \nthird", "Second line"), ("", ""), (" \n ", ""), ("a\r\nb", "a"),
    (
      "How do I write a function that reverses a linked list in place without recursion?",
      "How do I write a function that reverses a linked list in…"
    ),
    (String(repeating: "x", count: 100), String(repeating: "x", count: 59) + "…"),
    (String(repeating: "👩‍👩‍👧", count: 60), String(repeating: "👩‍👩‍👧", count: 60)),
  ]

  @Test("A title is the first line with words, at most sixty characters", arguments: titles.indices)
  func title(index: Int) {
    let title = TitlePolicy.title(for: Self.titles[index].prompt)
    #expect(title == Self.titles[index].title)
    #expect(title.count <= 60)
  }

  @Test("What a service would refuse is not sent to it")
  func context() {
    var generator = SystemRandomNumberGenerator()
    func message(_ role: Role, _ parts: [Part]) -> Message {
      Message(
        id: .make(at: Timestamp(milliseconds: 0), using: &generator), parent: nil, role: role,
        created: Timestamp(milliseconds: 0), parts: parts)
    }
    let call = ToolCall(id: "1", name: "f", arguments: "{}", isComplete: true)
    let result = ToolResult(callID: "1", name: "f", content: "ok", isError: false)
    let path = [
      message(.user, [.text("a")]), message(.assistant, []),
      message(.assistant, [.thinking("t", signature: "s"), .toolCall(call), .toolResult(result), .text("b")]),
      message(.assistant, [.text("c"), .toolCall(call)]), message(.assistant, [.toolResult(result)]),
      message(.assistant, [.toolCall(ToolCall(id: "2", name: "g", arguments: "{", isComplete: false))]),
    ]
    #expect(
      ContextBuilder.messages(of: path).map(\.parts) == [
        path[0].parts, path[2].parts, [.text("c")],
      ])
  }
}
