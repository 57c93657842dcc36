// The truth about conversations and runs. This file: what the store holds, and how it tells. The story goes on in the
// extensions: conversations, drafts, runs, queue, tree, saving.

package import Conversations
import Diagnostics
package import Streaming

/// Conversations, and the answers being produced in them.
///
/// Every request is checked, changes what is in memory, is told to the watchers, and only then waits for anything. The
/// archive is written behind it by one task, in order; a slow or full disk never holds up a stream. Nothing runs when
/// nothing happens: the one timer there is exists only while something is due.
package actor SessionStore {
  let archive: any ConversationArchive
  let time: any TimeSource
  let providers: any ProviderDirectory
  var random: Randomness

  var conversations: [ConversationID: LoadedConversation] = [:]
  var runs: [RunID: Run] = [:]
  /// The conversation somebody looks at; an answer that ends elsewhere is unread.
  var focus: ConversationID?
  var useCount = 0
  /// Answers that a service was asked for and does not have any more; they are continued by a new turn.
  var lostAnswers: Set<MessageID> = []
  /// Conversations that watchers have been given; they are told when another process changes one.
  var opened: Set<ConversationID> = []
  var isClosed = false

  var writes = WriteQueue()
  /// Conversations whose next change could not be written, until it is tried again.
  var failing: Set<ConversationID> = []
  var journalFailed = false
  var lastFailure: ArchiveFailure?
  /// The unsaved things that the watchers were told of last, in words.
  var toldUnsaved = ""
  var isWriting = false
  var isJournalWanted = false
  var isSynchronizeWanted = false
  /// Runs that wait for a change to be written, by its ticket.
  var ticketWaiters: [Int: [RunID: CheckedContinuation<Void, Never>]] = [:]
  var idleWaiters: [CheckedContinuation<Void, Never>] = []
  /// Drafts typed and not yet handed to the writer.
  var dirtyDrafts: Set<ConversationID> = []
  var agenda = Agenda()
  var timer: Task<Void, Never>?
  var timerDue: Instant?

  /// Conversations to be read anew, because another process has changed them.
  let foreign: AsyncStream<Set<ConversationID>>.Continuation
  private let foreignChanges: AsyncStream<Set<ConversationID>>
  var foreignReader: Task<Void, Never>?
  /// Prompts that were queued here and not sent yet: only they are sent by themselves. What another process has queued
  /// is its own to send.
  var ownQueued: [ConversationID: [Prompt]] = [:]

  private var watchers: [@Sendable (SessionUpdate) -> Void] = []

  /// A store that has read nothing yet; see `start`.
  /// - Parameter seed: makes identifiers and delays the same each time; for tests.
  package init(
    archive: any ConversationArchive, providers: any ProviderDirectory, time: any TimeSource = SystemTime(),
    seed: UInt64? = nil
  ) {
    self.archive = archive
    self.providers = providers
    self.time = time
    random = Randomness(seed: seed)
    (foreignChanges, foreign) = AsyncStream<Set<ConversationID>>.makeStream()
  }

  deinit { foreign.finish() }

  /// Marks answers that a dead process left behind, and begins to listen for what other processes change.
  ///
  /// What goes wrong is told as a notice: everything works in memory without an archive.
  package func start() async {
    do throws(ArchiveFailure) {
      _ = try await archive.recoverInterrupted()
    } catch {
      publish(notice: error.explanation)
    }
    guard !isClosed else { return }
    foreignReader = Task { [weak self, foreignChanges] in
      for await ids in foreignChanges { await self?.readAnew(ids) }
    }
    await archive.observeForeignChanges { [foreign] change in
      guard case .conversations(let ids) = change else { return }
      foreign.yield(ids)
    }
  }

  // MARK: Telling

  /// Calls `deliver` with every change from now on.
  ///
  /// It is called synchronously on the store, once for all that arrived together, and must return quickly; a watcher
  /// that cannot keep up merges updates on its side (`SessionUpdate.merge`). An asynchronous sequence would cost every
  /// chunk a hop to another thread.
  package func subscribe(_ deliver: @escaping @Sendable (SessionUpdate) -> Void) { watchers.append(deliver) }

  func publish(_ update: SessionUpdate) {
    guard !update.isEmpty else { return }
    for deliver in watchers { deliver(update) }
  }

  func publish(notice: Explanation) {
    var update = SessionUpdate()
    update.notices = [notice]
    publish(update)
  }

  /// Tells of changes of one conversation, with its line in the list if the archive has it.
  func publish(_ changes: [TranscriptChange], of id: ConversationID, listed: Bool = true) {
    var update = SessionUpdate()
    if !changes.isEmpty { update.changes[id] = changes }
    if listed { addSummary(of: id, to: &update) }
    publish(update)
  }

  func addSummary(of id: ConversationID, to update: inout SessionUpdate) {
    guard let conversation = conversations[id], conversation.isStored else { return }
    update.summaries[id] = conversation.record.summary
  }

  // MARK: Looking

  /// The answers being produced, in no order.
  package var liveRuns: [RunSnapshot] {
    let now = time.now()
    return runs.values.map { $0.snapshot(at: now) }
  }
}
