// Effects on a disk that does not answer.

import Conversations
import Diagnostics
import Interface
import Platform
import Sessions
import Streaming
import Testing

@testable import Runtime

/// An archive that forgets what is written, and of which some readings never end.
private struct DeafArchive: ConversationArchive {
  enum Deafness { case none, list, records }

  var deafness = Deafness.none

  private func wait() async {
    // Nobody waits for it; it is gone with the process.
    try? await Task.sleep(for: .seconds(3600))
  }

  func summaries(limit: Int) async throws(ArchiveFailure) -> [ConversationSummary] {
    if deafness == .list { await wait() }
    return []
  }
  func record(of id: ConversationID) async throws(ArchiveFailure) -> ConversationRecord? {
    if deafness == .records { await wait() }
    return nil
  }
  func trash(limit: Int) async throws(ArchiveFailure) -> [ConversationSummary] { [] }
  func summary(of id: ConversationID) async throws(ArchiveFailure) -> ConversationSummary? { nil }
  func identifiers(withPrefix prefix: String, inTrash: Bool, limit: Int) async throws(ArchiveFailure)
    -> [ConversationID]
  { [] }
  func window(
    of id: ConversationID, endingWith end: MessageID?, _ piece: PathPiece, maximumBytes: Int
  ) async throws(ArchiveFailure) -> MessageWindow? { nil }
  func matches(
    of query: FindQuery, in id: ConversationID, endingWith end: MessageID?, from position: Int, backward: Bool,
    limit: Int
  ) async throws(ArchiveFailure) -> MatchPage { MatchPage(matches: [], next: nil) }
  func leaf(ofVariant offset: Int, from message: MessageID, in id: ConversationID) async throws(ArchiveFailure)
    -> MessageID?
  { nil }
  func run(of message: MessageID) async throws(ArchiveFailure) -> RunRecord? { nil }
  func answers(
    _ query: AnswerQuery, after cursor: AnswerCursor?, limit: Int
  ) async throws(ArchiveFailure) -> AnswerPage { AnswerPage(answers: []) }
  func promptHistory(limit: Int) async throws(ArchiveFailure) -> [String] { [] }
  func create(_ record: ConversationRecord) async throws(ArchiveFailure) {}
  func append(_ messages: [Message], to id: ConversationID) async throws(ArchiveFailure) {}
  func journal(_ entries: [JournalEntry]) async throws(ArchiveFailure) {}
  func finish(_ message: Message, run: RunRecord?, in id: ConversationID) async throws(ArchiveFailure) {}
  func setWatched(
    _ isWatched: Bool, _ message: MessageID, in id: ConversationID
  ) async throws(ArchiveFailure) {}
  func rate(_ ratings: [MessageID: Bool], in id: ConversationID) async throws(ArchiveFailure) {}
  func moveVariants(
    _ answers: [MessageID], from id: ConversationID, to record: ConversationRecord, under prompt: MessageID
  ) async throws(ArchiveFailure) {}
  func setLeaf(_ message: MessageID?, of id: ConversationID) async throws(ArchiveFailure) {}
  func update(_ id: ConversationID, with patch: ConversationPatch) async throws(ArchiveFailure) {}
  func saveDraft(_ text: String, of id: ConversationID) async throws(ArchiveFailure) {}
  func shelveDraft(_ text: String, of id: ConversationID) async throws(ArchiveFailure) {}
  func saveQueue(_ queue: [Prompt], of id: ConversationID) async throws(ArchiveFailure) {}
  func setTrashed(_ isTrashed: Bool, _ id: ConversationID) async throws(ArchiveFailure) {}
  func recoverInterrupted() async throws(ArchiveFailure) -> [ConversationID] { [] }
  func observeForeignChanges(_ handler: @escaping @Sendable (ForeignChange) -> Void) async {}
  func synchronize() async throws(ArchiveFailure) {}
  func close() async {}
}

/// A provider whose answers never come.
private final class SilentProvider: ProviderClient, ProviderDirectory {
  private final class SilentStream: ProviderStream {
    private let ending = Locked<(consumer: CheckedContinuation<[ReceivedEvent]?, Never>?, isOver: Bool)>((nil, false))

    func next() async -> [ReceivedEvent]? {
      await withCheckedContinuation { continuation in
        let isOver = ending.withLock { ending in
          if !ending.isOver { ending.consumer = continuation }
          return ending.isOver
        }
        if isOver { continuation.resume(returning: nil) }
      }
    }

    func cancel() {
      let consumer = ending.withLock { ending in
        ending.isOver = true
        defer { ending.consumer = nil }
        return ending.consumer
      }
      consumer?.resume(returning: [ReceivedEvent(.error(.cancelled), received: .now, bytes: 0)])
    }
  }

  let name = "lab"
  let isRepeatable = true
  private let count = Locked(0)
  var requests: Int { count.withLock { $0 } }

  func models() async throws(ProviderError) -> [ModelDescriptor] { [] }
  func stream(_ request: ChatRequest) -> any ProviderStream {
    count.withLock { $0 += 1 }
    return SilentStream()
  }
  func client(for provider: String) throws(Explanation) -> any ProviderClient { self }
}

@Suite struct EffectRunnerTests {
  private static let profile = Profile(name: "work", model: ModelReference(provider: "lab", model: "m"))

  /// A runner, and what its store has told.
  private struct Stage {
    let provider = SilentProvider()
    let store: SessionStore
    let runner: EffectRunner
    let mailbox: Mailbox
    let statuses = Locked<[MessageStatus]>([])
    let id: ConversationID

    init(_ deafness: DeafArchive.Deafness) throws {
      let mailbox = try Mailbox()
      self.mailbox = mailbox
      store = SessionStore(archive: DeafArchive(deafness: deafness), providers: provider, seed: 1)
      runner = EffectRunner(
        store: store, providers: provider,
        files: AttachmentFiles(
          load: { _ in .failure(Explanation(kind: .setting, summary: "none")) }, list: { _ in [] }),
        outlets: Outlets(OutletSettings(), environment: Platform.Environment([:]), terminalCapacity: nil),
        mailbox: mailbox)
      id = try #require(ConversationID("talk"))
      runner.start { [statuses] update in
        for change in update.changes.values.joined() {
          if case .ended(_, let status, _, _) = change { statuses.withLock { $0.append(status) } }
        }
      }
    }

    var isStopped: Bool { statuses.withLock { $0 == [.stopped] } }
  }

  private func eventually(_ what: String, _ condition: () async -> Bool) async {
    let deadline = ContinuousClock().now + .seconds(30)
    while !(await condition()) {
      guard ContinuousClock().now < deadline else {
        Issue.record("never happened: \(what)")
        return
      }
      await Task.yield()
    }
  }

  @Test("A stop waits for no reading from the disk")
  func stopPasses() async throws {
    let stage = try Stage(.list)
    stage.runner.perform([.create(stage.id, Self.profile), .send(Prompt(text: "Hi"), stage.id)])
    await eventually("the request") { stage.provider.requests == 1 }
    stage.runner.perform([.loadSummaries, .loadHistory])
    stage.runner.perform([.stop(stage.id)])
    await eventually("the stop") { stage.isStopped }
    await stage.runner.finish()
    #expect(await stage.store.shutdown().isEmpty)
  }

  @Test("A stop does not overtake the prompt it belongs to")
  func stopFollows() async throws {
    let stage = try Stage(.none)
    stage.runner.perform([.create(stage.id, Self.profile), .send(Prompt(text: "Hi"), stage.id), .stop(stage.id)])
    await eventually("the stop") { stage.isStopped }
    await stage.runner.finish()
    #expect(stage.runner.unperformed.isEmpty)
    #expect(await stage.store.liveRuns.isEmpty)
    await stage.store.shutdown()
  }

  @Test("Settled means that what acts was done and told; a reading that never ends does not hold it up")
  func settled() async throws {
    let stage = try Stage(.list)
    stage.runner.perform([
      .loadSummaries, .settle(reading: true), .create(stage.id, Self.profile), .send(Prompt(text: "Hi"), stage.id),
      .settle(reading: false),
    ])
    var live = 0
    var settled = 0
    await eventually("the answer") {
      let contents = stage.mailbox.drain()
      live += contents.update.runs.count
      settled += contents.actions.count { if case .settled = $0 { true } else { false } }
      return settled > 0
    }
    #expect(settled == 1 && live == 1)
    await stage.runner.finish()
    #expect(await stage.store.shutdown().isEmpty)
  }

  @Test("What waits behind a disk that does not answer is known")
  func unperformed() async throws {
    let stage = try Stage(.records)
    stage.runner.perform([
      .saveDraft(stage.id, "half a thought", Self.profile), .send(Prompt(text: "Hi"), stage.id),
      .updateQueue(stage.id, [Prompt(text: "later")]), .markRead(stage.id),
    ])
    #expect(stage.runner.unperformed.words == "1 message, 1 draft, 1 queued prompt")
    #expect(stage.runner.unperformed.items.map(\.text) == ["half a thought", "Hi", "later"])
    await stage.store.shutdown()
  }

  @Test("A search is answered at once, and a second time with a count when its words are new")
  func searches() async throws {
    let stage = try Stage(.none)
    let (store, id) = (stage.store, stage.id)
    stage.runner.perform([.create(id, Self.profile), .send(Prompt(text: "a Needle"), id)])
    await eventually("the request") { stage.provider.requests == 1 }
    let prompt = try #require(try await store.open(id).window.messages.first?.id)
    let match = FindResult(
      conversation: id, query: FindQuery("needle"), match: PathMatch(message: prompt, position: 0), messageCount: 2)
    var counted = match
    counted.matchCount = 1
    let nothing = FindResult(conversation: id, query: FindQuery("hay"), messageCount: 2, matchCount: 0)
    var found: [FindResult] = []
    func search(_ text: String, until count: Int) async {
      stage.runner.perform([.find(id, FindQuery(text), from: nil, backward: false)])
      await eventually("\(count) results") {
        for case .found(let result) in stage.mailbox.drain().actions { found.append(result) }
        return found.count >= count
      }
    }
    await search("needle", until: 2)
    #expect(found == [match, counted])
    await search("needle", until: 3)
    #expect(found == [match, counted, match])
    await search("hay", until: 5)
    #expect(found.last == nothing)
    await stage.runner.finish()
    await stage.store.shutdown()
  }

  @Test("A piece that cannot be had is told of, so that it can be asked for again")
  func notLoaded() async throws {
    let stage = try Stage(.none)
    stage.runner.perform([.openEnd(stage.id)])
    var actions: [Action] = []
    await eventually("an action") {
      actions += stage.mailbox.drain().actions
      return !actions.isEmpty
    }
    guard case .notLoaded(stage.id, let explanation)? = actions.first else {
      Issue.record("\(actions)")
      return
    }
    #expect(explanation.kind == .notFound)
    await stage.runner.finish()
  }
}
