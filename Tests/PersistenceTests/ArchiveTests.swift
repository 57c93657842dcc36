// What goes into the archive comes out again, in this process and the next.

import Conversations
import Diagnostics
import Testing

@testable import Persistence

@Suite("The archive")
struct ArchiveTests {
  let folder = TemporaryFolder()

  private func archive() -> SQLiteArchive {
    SQLiteArchive(folder: folder.path, now: { Timestamp(milliseconds: 5000) })
  }

  static let failure = Explanation(
    kind: .rateLimited, summary: "Too many requests", detail: "slow\u{0}down", requestID: "req-1",
    recovery: .retry(afterMilliseconds: 1500))

  static let messages: [Message] = {
    let everyPart: [Part] = [
      .text("Grüße, 世界 👩‍🚀\u{0}\u{1B}[31m\r\n"), .thinking("hm", signature: "c2ln"), .thinking("", signature: nil),
      .toolCall(ToolCall(id: "c1", name: "look", arguments: #"{"a":1}"#, isComplete: true)),
      .toolCall(ToolCall(id: "c2", name: "", arguments: "{", isComplete: false)),
      .toolResult(ToolResult(callID: "c1", name: "look", content: "found", isError: false)),
      .toolResult(ToolResult(callID: "c2", name: "look", content: "", isError: true)),
      .attachment(Attachment(name: "a.png", mediaType: "image/png", bytes: [0, 255, 10])),
      .attachment(Attachment(name: "empty", mediaType: "text/plain", bytes: [])), .text(""),
      .opaque(OpaquePart(dialect: "d", label: "search", content: "{\"hits\":[]}")),
    ]
    let statuses: [MessageStatus] = [
      .complete(nil), .complete(.stop), .complete(.length), .complete(.toolUse), .complete(.contentFilter),
      .complete(.refusal), .complete(.pause), .complete(.other("odd")), .stopped, .interrupted, .incomplete(failure),
      .failed(Explanation(kind: .setting, summary: "No key")),
    ]
    let recoveries: [Recovery] = [
      .retry(afterMilliseconds: nil), .resume, .addCredential, .chooseModel, .shortenPrompt(byTokens: nil),
      .shortenPrompt(byTokens: 12), .fixSetting(path: "providers.lab.base_url"), .checkConnection, .freeSpace, .report,
    ]
    let all =
      statuses
      + recoveries.map { .failed(Explanation(kind: .server, summary: "No", requestID: nil, recovery: $0)) }
      + ErrorKind.allCases.map { .incomplete(Explanation(kind: $0, summary: "", detail: "")) }
    let roles: [Role] = [.assistant, .user, .system]
    return all.enumerated().map { index, status in
      Message(
        id: message(id: UInt64(index + 1)), parent: nil, role: roles[index % 3],
        created: Timestamp(milliseconds: Int64(index)), origin: index % 2 == 0 ? sampleModel : nil,
        parts: index == 0 ? everyPart : [.text("\(index)")], status: status,
        usage: index == 0
          ? TokenUsage(input: 1, output: 2, cacheRead: 3, cacheWrite: 4, reasoning: 5, isEstimated: true)
          : index == 1 ? TokenUsage() : nil)
    }
  }()

  @Test("A message of any shape comes back as it was", arguments: messages)
  func messageRoundTrip(sample: Message) async throws {
    let first = archive()
    try await first.create(record("k7m2x9"))
    try await first.append([sample], to: conversation("k7m2x9"))
    await first.close()
    let second = archive()
    #expect(try await second.window(of: conversation("k7m2x9"), before: nil, limit: 10).messages == [sample])
  }

  @Test("A record with all settings comes back as it was")
  func recordRoundTrip() async throws {
    var wanted = record("all_of-it.1", title: "Title 世界", updated: 77)
    wanted.profile = Profile(
      name: "poet", model: ModelReference(provider: "p", model: "m"), system: "Be brief.", temperature: 0.25, topP: 0.9,
      maximumTokens: 512, isStreaming: false, extraJSON: #"{"seed":1}"#)
    wanted.summary.profileName = "poet"
    wanted.summary.model = wanted.profile.model
    wanted.summary.isPinned = true
    wanted.summary.isArchived = true
    wanted.summary.isUnread = true
    wanted.summary.tags = ["b", "a", "a b,c"]
    wanted.summary.hasDraft = true
    wanted.draft = "half a thou"
    wanted.queue = [
      Prompt(text: "next", attachments: [Attachment(name: "n", mediaType: "text/plain", bytes: [1])]),
      Prompt(text: "last"),
    ]
    let first = archive()
    try await first.create(wanted)
    await first.close()
    let second = archive()
    #expect(try await second.record(of: wanted.summary.id) == wanted)
    #expect(try await second.summaries(limit: 5) == [wanted.summary])
    #expect(try await second.summary(of: wanted.summary.id) == wanted.summary)
  }

  @Test("A taken name is refused and what was there stays")
  func takenName() async throws {
    let archive = archive()
    try await archive.create(record("twice", title: "first"))
    await #expect(throws: ArchiveFailure.failed("the name twice is taken")) {
      try await archive.create(record("twice", title: "second"))
    }
    #expect(try await archive.summary(of: conversation("twice"))?.title == "first")
  }

  @Test("What is not there is nil, empty or refused, and never a trap")
  func absent() async throws {
    let archive = archive()
    #expect(try await archive.summaries(limit: 10) == [])
    #expect(try await archive.summary(of: conversation("none")) == nil)
    #expect(try await archive.record(of: conversation("none")) == nil)
    #expect(try await archive.run(of: message(id: 1)) == nil)
    #expect(try await archive.promptHistory(limit: 10) == [])
    #expect(try await archive.variants(of: message(id: 1)) == [])
    #expect(try await archive.leaf(ofVariant: 1, from: message(id: 1), in: conversation("none")) == nil)
    #expect(try await archive.searchText("x", limit: 5) == [])
    await #expect(throws: ArchiveFailure.failed("there is no conversation none")) {
      try await archive.append([prompt(1)], to: conversation("none"))
    }
    await #expect(throws: ArchiveFailure.failed("there is no conversation none")) {
      try await archive.window(of: conversation("none"), before: nil, limit: 5)
    }
    try await archive.create(record("some"))
    #expect(
      try await archive.window(of: conversation("some"), before: nil, limit: 5)
        == MessageWindow(messages: [], earlierCount: 0))
    await #expect(throws: ArchiveFailure.self) {
      try await archive.append([prompt(2, after: 1)], to: conversation("some"))
    }
    await #expect(throws: ArchiveFailure.self) { try await archive.setLeaf(message(id: 9), of: conversation("some")) }
    #expect(try await archive.record(of: conversation("some"))?.leaf == nil)
  }

  @Test("Messages are added all or none")
  func appendIsAtomic() async throws {
    let archive = archive()
    try await archive.create(record("atomic"))
    await #expect(throws: ArchiveFailure.self) {
      try await archive.append([prompt(1), answer(2, after: 77)], to: conversation("atomic"))
    }
    #expect(try await archive.window(of: conversation("atomic"), before: nil, limit: 5).messages == [])
  }

  @Test("An append that is repeated adds nothing twice")
  func appendAgain() async throws {
    let archive = archive()
    try await archive.create(record("again"))
    for _ in 0..<2 { try await archive.append([prompt(1), answer(2, after: 1, "Hi")], to: conversation("again")) }
    let window = try await archive.window(of: conversation("again"), before: nil, limit: 5)
    #expect(window.messages == [prompt(1), answer(2, after: 1, "Hi")])
    #expect(try await archive.summary(of: conversation("again"))?.messageCount == 2)
  }

  @Test("A window is a piece of the path, with how much stands before and after it")
  func windows() async throws {
    let archive = archive()
    let id = conversation("long")
    try await archive.create(record("long"))
    try await archive.append(
      (0..<20).map { prompt(UInt64($0), after: $0 == 0 ? nil : UInt64($0 - 1), "\($0)") }, to: id)
    let end = try await archive.window(of: id, before: nil, limit: 5)
    #expect(end.texts == ["15", "16", "17", "18", "19"])
    #expect((end.earlierCount, end.laterCount) == (15, 0))
    let middle = try await archive.window(of: id, before: message(id: 15), limit: 6)
    #expect(middle.texts == ["9", "10", "11", "12", "13", "14"])
    #expect((middle.earlierCount, middle.laterCount) == (9, 5))
    let start = try await archive.window(of: id, before: message(id: 2), limit: 6)
    #expect(start.texts == ["0", "1"])
    #expect((start.earlierCount, start.laterCount) == (0, 18))
    let none = try await archive.window(of: id, before: message(id: 0), limit: 6)
    #expect(none == MessageWindow(messages: [], earlierCount: 0, laterCount: 20))
  }

  @Test("Branches are walked from their own leaf, and siblings know their place")
  func branches() async throws {
    let archive = archive()
    let id = conversation("tree")
    try await archive.create(record("tree"))
    // 1 ─ 2 ─ 3      1 ─ 4 (a variant of 2) ─ 5      6 (a variant of 1)
    try await archive.append([prompt(1, after: nil, "1"), answer(2, after: 1, "2"), prompt(3, after: 2, "3")], to: id)
    try await archive.append([answer(4, after: 1, "4"), prompt(5, after: 4, "5")], to: id)
    let second = try await archive.window(of: id, before: nil, limit: 9)
    #expect(second.texts == ["1", "4", "5"])
    #expect(second.messages.map(\.variant) == [Variant(), Variant(index: 2, count: 2), Variant()])
    try await archive.append([prompt(6, after: nil, "6")], to: id)
    #expect(try await archive.record(of: id)?.leaf == message(id: 6))
    #expect(try await archive.summary(of: id)?.messageCount == 1)
    try await archive.setLeaf(message(id: 3), of: id)
    let first = try await archive.window(of: id, before: nil, limit: 9)
    #expect(first.texts == ["1", "2", "3"])
    #expect(
      first.messages.map(\.variant) == [Variant(index: 1, count: 2), Variant(index: 1, count: 2), Variant()])
    #expect(try await archive.summary(of: id)?.messageCount == 3)
    #expect(try await archive.variants(of: message(id: 4)) == [message(id: 2), message(id: 4)])
    #expect(try await archive.variants(of: message(id: 1)) == [message(id: 1), message(id: 6)])
    for (offset, from, leaf) in [
      (0, 1, 5), (1, 1, 6), (-1, 6, 5), (1, 2, 5), (-1, 4, 3), (0, 3, 3), (2, 1, nil), (-1, 1, nil), (.max, 2, nil),
      (.min, 4, nil), (0, 99, nil),
    ] as [(Int, UInt64, UInt64?)] {
      let found = try await archive.leaf(ofVariant: offset, from: message(id: from), in: id)
      #expect(found == leaf.map { message(id: $0) }, "\(offset) from \(from)")
    }
    try await archive.setLeaf(nil, of: id)
    #expect(try await archive.record(of: id)?.leaf == nil)
    #expect(try await archive.window(of: id, before: nil, limit: 9).messages == [])
  }

  @Test("One prompt to two models makes two variants, and the last is the leaf")
  func race() async throws {
    let archive = archive()
    let id = conversation("race")
    try await archive.create(record("race"))
    try await archive.append(
      [prompt(1), answer(2, after: 1, status: .streaming), answer(3, after: 1, status: .streaming)], to: id)
    let window = try await archive.window(of: id, before: nil, limit: 9)
    #expect(window.messages.map(\.id) == [message(id: 1), message(id: 3)])
    #expect(window.messages.last?.variant == Variant(index: 2, count: 2))
  }

  @Test("A growing answer is read with what the journal holds, and finishing replaces it")
  func journalAndFinish() async throws {
    let archive = archive()
    let id = conversation("grow")
    try await archive.create(record("grow"))
    try await archive.append([prompt(1), answer(2, after: 1, status: .streaming)], to: id)
    let call = ToolCall(id: "c", name: "look", arguments: "{", isComplete: false)
    try await archive.journal([
      JournalEntry(
        message: message(id: 2), growth: [.part(0, .thinking("So", signature: nil)), .appended(part: 0, text: "…")])
    ])
    try await archive.journal([
      JournalEntry(
        message: message(id: 2),
        growth: [
          .part(0, .thinking("So…", signature: "s")), .part(1, .text("Hel")), .appended(part: 1, text: "lo"),
          .part(2, .toolCall(call)), .appended(part: 1, text: "!"), .appended(part: 9, text: "nowhere"),
          .appended(part: 2, text: "no text part"),
        ])
    ])
    var wanted = answer(2, after: 1, status: .streaming)
    wanted.parts = [.thinking("So…", signature: "s"), .text("Hello!"), .toolCall(call)]
    #expect(try await archive.window(of: id, before: nil, limit: 1).messages == [wanted])

    var final = answer(2, after: 1, "Hello there")
    final.usage = TokenUsage(input: 5, output: 2)
    let run = RunRecord(
      id: RunID(high: 1, low: 2), message: final.id, model: sampleModel, isStreaming: true,
      started: Timestamp(milliseconds: 9), metricsJSON: "{}", timeline: [1, 0, 2])
    try await archive.finish(final, run: run, in: id)
    #expect(try await archive.window(of: id, before: nil, limit: 1).messages == [final])
    #expect(try await archive.run(of: final.id) == run)
    try await archive.synchronize()
  }

  @Test("Appending dates the conversation; the list is sorted by date, pinned first, without the trash")
  func list() async throws {
    let archive = archive()
    for (name, updated) in [("aa", 10), ("bb", 30), ("cc", 20), ("dd", 40)] {
      try await archive.create(record(name, updated: Int64(updated)))
    }
    var pinned = ConversationPatch()
    pinned.isPinned = true
    try await archive.update(conversation("cc"), with: pinned)
    try await archive.append([prompt(1, at: 35)], to: conversation("aa"))
    try await archive.setTrashed(true, conversation("dd"))
    #expect(try await archive.summaries(limit: 10).map(\.id.rawValue) == ["cc", "aa", "bb"])
    #expect(try await archive.summaries(limit: 2).map(\.id.rawValue) == ["cc", "aa"])
    #expect(try await archive.summary(of: conversation("dd")) == nil)
    #expect(try await archive.record(of: conversation("dd")) != nil)
    try await archive.setTrashed(false, conversation("dd"))
    #expect(try await archive.summaries(limit: 10).map(\.id.rawValue) == ["cc", "dd", "aa", "bb"])
  }

  @Test(
    "A failed, incomplete or interrupted answer at the end marks the conversation",
    arguments: [
      (MessageStatus.complete(.stop), false), (.stopped, false), (.streaming, false), (.interrupted, true),
      (.incomplete(failure), true), (.failed(failure), true),
    ])
  func errorMark(status: MessageStatus, isMarked: Bool) async throws {
    let archive = archive()
    try await archive.create(record("mark"))
    try await archive.append([answer(1, after: nil, "x", status: status)], to: conversation("mark"))
    #expect(try await archive.summary(of: conversation("mark"))?.hasError == isMarked)
  }

  @Test("A patch changes what it names and nothing else")
  func patch() async throws {
    let archive = archive()
    var wanted = record("patched", title: "old")
    wanted.summary.tags = ["x"]
    try await archive.create(wanted)
    var patch = ConversationPatch()
    patch.title = "new"
    patch.isUnread = true
    try await archive.update(wanted.summary.id, with: patch)
    wanted.summary.title = "new"
    wanted.summary.isUnread = true
    #expect(try await archive.record(of: wanted.summary.id) == wanted)
    var second = ConversationPatch()
    second.tags = []
    second.isUnread = false
    second.isArchived = true
    second.profile = Profile(name: "n", model: ModelReference(provider: "q", model: "r"), temperature: 1)
    try await archive.update(wanted.summary.id, with: second)
    wanted.summary.tags = []
    wanted.summary.isUnread = false
    wanted.summary.isArchived = true
    wanted.profile = try #require(second.profile)
    wanted.summary.profileName = "n"
    wanted.summary.model = wanted.profile.model
    #expect(try await archive.record(of: wanted.summary.id) == wanted)
  }

  @Test("Drafts and queues are replaced as a whole")
  func draftsAndQueues() async throws {
    let archive = archive()
    let id = conversation("dq")
    try await archive.create(record("dq"))
    try await archive.saveDraft("one", of: id)
    try await archive.saveDraft("one two", of: id)
    let file = Attachment(name: "f", mediaType: "text/plain", bytes: [7, 8])
    try await archive.saveQueue([Prompt(text: "a", attachments: [file, file]), Prompt(text: "b")], of: id)
    try await archive.saveQueue([Prompt(text: "b", attachments: [file])], of: id)
    let full = try #require(try await archive.record(of: id))
    #expect((full.draft, full.summary.hasDraft) == ("one two", true))
    #expect(full.queue == [Prompt(text: "b", attachments: [file])])
    try await archive.saveDraft("", of: id)
    try await archive.saveQueue([], of: id)
    let empty = try #require(try await archive.record(of: id))
    #expect((empty.draft, empty.summary.hasDraft, empty.queue) == ("", false, []))
    await archive.close()
    let database = try Database(path: folder.database, access: .readWrite)
    #expect(try database.first("SELECT count(*) FROM attachments") { $0.integer(0) } == 0)
  }

  @Test("The history has prompts and drafts that were put aside, newest first, each once, without the trash")
  func history() async throws {
    let archive = archive()
    let id = conversation("hist")
    try await archive.create(record("hist"))
    try await archive.create(record("trash"))
    try await archive.append(
      [
        prompt(1, after: nil, "first", at: 1000), answer(2, after: 1, "no"), prompt(3, after: 2, "continue", at: 2000),
        prompt(4, after: 3, "late", at: 9000), prompt(5, after: 4, "continue", at: 3000),
      ], to: id)
    try await archive.append([prompt(6, after: nil, "gone")], to: conversation("trash"))
    try await archive.setTrashed(true, conversation("trash"))
    try await archive.shelveDraft("half", of: id)
    try await archive.shelveDraft("", of: id)
    #expect(try await archive.promptHistory(limit: 10) == ["late", "half", "continue", "first"])
    #expect(try await archive.promptHistory(limit: 2) == ["late", "half"])
    #expect(try await archive.promptHistory(limit: -1) == [])
  }

  @Test("An identifier is found by its beginning, an exact one alone")
  func prefixes() async throws {
    let archive = archive()
    for name in ["ab", "abc", "abd", "b", "AB", "ab_1"] { try await archive.create(record(name)) }
    try await archive.create(record("abz"))
    try await archive.setTrashed(true, conversation("abz"))
    #expect(try await archive.identifiers(withPrefix: "ab", inTrash: false, limit: 9).map(\.rawValue) == ["ab"])
    #expect(
      try await archive.identifiers(withPrefix: "a", inTrash: false, limit: 9).map(\.rawValue) == [
        "ab", "ab_1", "abc", "abd",
      ])
    #expect(try await archive.identifiers(withPrefix: "a", inTrash: false, limit: 2).map(\.rawValue) == ["ab", "ab_1"])
    #expect(try await archive.identifiers(withPrefix: "", inTrash: false, limit: 99).count == 6)
    #expect(try await archive.identifiers(withPrefix: "a%' --", inTrash: false, limit: 9) == [])
  }

  @Test("Text is found by words, without accents, by parts of words and in languages without spaces")
  func search() async throws {
    let archive = archive()
    let id = conversation("find")
    try await archive.create(record("find"))
    try await archive.append([prompt(1, after: nil, "Un café crème"), answer(2, after: 1, status: .streaming)], to: id)
    try await archive.journal([JournalEntry(message: message(id: 2), growth: [.part(0, .text("unfinished"))])])
    #expect(try await archive.searchText("cafe", limit: 5).map(\.message) == [message(id: 1)])
    #expect(try await archive.searchText("unfinished", limit: 5) == [])
    try await archive.finish(answer(2, after: 1, "東京の天気は晴れ, refactoring"), run: nil, in: id)
    #expect(try await archive.searchText("天気は", limit: 5).map(\.message) == [message(id: 2)])
    for part in ["factor", "refac", "REFACT", "晴れ", "天気は 東京の", "refactoring 天気は"] {
      #expect(try await archive.searchText(part, limit: 5).map(\.message) == [message(id: 2)], "\(part)")
    }
    try await archive.finish(answer(2, after: 1, "something else"), run: nil, in: id)
    #expect(try await archive.searchText("factor", limit: 5) == [])
    #expect(try await archive.searchText("else something", limit: 5).map(\.message) == [message(id: 2)])
    for hostile in ["\"", "a\"b", "*", "NEAR(", "text:x", "^", " ", "-", "%", "_", "\\", "'; DROP TABLE messages"] {
      _ = try await archive.searchText(hostile, limit: 5)
    }
    #expect(try await archive.searchText("else", limit: 0) == [])
    try await archive.setTrashed(true, id)
    #expect(try await archive.searchText("else", limit: 5) == [])
  }

  @Test("A closed archive refuses, and closing twice does no harm")
  func closed() async throws {
    let archive = archive()
    try await archive.create(record("bye"))
    await archive.close()
    await archive.close()
    await #expect(throws: ArchiveFailure.failed("the archive is closed")) { try await archive.summaries(limit: 1) }
    await #expect(throws: ArchiveFailure.failed("the archive is closed")) { try await archive.create(record("x")) }
    let unopened = self.archive()
    await unopened.close()
    await #expect(throws: ArchiveFailure.failed("the archive is closed")) { try await unopened.summaries(limit: 1) }
  }

  @Test("Variants that are taken out stand in a conversation of their own in the trash, with their figures")
  func movesVariants() async throws {
    let first = archive()
    let id = try #require(ConversationID("k7m2x9"))
    let bin = try #require(ConversationID("bin1"))
    try await first.create(record("k7m2x9"))
    var tree = [
      Message(id: message(id: 1), parent: nil, role: .user, created: Timestamp(milliseconds: 1), parts: [.text("Hi")])
    ]
    for number in 2...5 {
      tree.append(
        Message(
          id: message(id: UInt64(number)), parent: message(id: 1), role: .assistant,
          created: Timestamp(milliseconds: Int64(number)), origin: sampleModel, parts: [.text("a\(number)")],
          status: number == 5 ? .streaming : .complete(.stop)))
    }
    try await first.append(tree, to: id)
    try await first.setLeaf(message(id: 3), of: id)
    let run = RunRecord(
      id: RunID(high: 1, low: 2), message: message(id: 4), model: sampleModel, isStreaming: true,
      started: Timestamp(milliseconds: 3), metricsJSON: "{}", timeline: [])
    try await first.finish(tree[3], run: run, in: id)
    try await first.rate([message(id: 4): true, message(id: 2): false], in: id)
    var thrown = record("bin1")
    thrown.summary.title = "Race: Hi"
    thrown.isTrashed = true
    // The leaf and what still streams stay; so does everything if it is asked for twice.
    for _ in 0..<2 {
      try await first.moveVariants([2, 3, 4, 5].map { message(id: $0) }, from: id, to: thrown, under: message(id: 9))
    }
    await first.close()
    let second = archive()
    let left = try await second.window(of: id, before: nil, limit: 10)
    #expect(left.messages.map(\.text) == ["Hi", "a3"])
    #expect(left.messages.last?.variant == Variant(index: 1, count: 2))
    #expect(try await second.variants(of: message(id: 3)) == [message(id: 3), message(id: 5)])
    #expect(try await second.trash(limit: 10).map(\.title) == ["Race: Hi"])
    let found = try await second.window(of: bin, before: nil, limit: 10)
    #expect(found.messages.map(\.text) == ["Hi", "a2"])
    #expect(found.messages.last?.variant == Variant(index: 1, count: 2))
    #expect(try await second.variants(of: message(id: 4)).count == 2)
    #expect(try await second.run(of: message(id: 4))?.isBest == true)
    #expect(try await second.record(of: bin)?.summary.messageCount == 2)
    await second.close()
  }
}
