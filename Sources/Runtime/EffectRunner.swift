// Performs effects on the session store, and posts what came of them to the mailbox. What acts is done one after
// another; what only reads has a lane of its own, so that a slow disk holds up no prompt; what takes text out has one, so
// that a slow program holds up nothing; a stop waits for nothing but the prompt it belongs to.

import Conversations
import Diagnostics
package import Interface
import Platform
package import Sessions
package import Streaming

/// The hands of the pure program. None of the effects waits for a stream, and those of a lane are performed in the order
/// in which they were handed over, so that *send* then *stop* cannot swap.
package final class EffectRunner: Sendable {
  /// Effects on their way, one after another.
  private struct Lane: Sendable {
    let inbox: AsyncStream<Effect>.Continuation
    let effects: AsyncStream<Effect>

    init() { (effects, inbox) = AsyncStream<Effect>.makeStream() }
  }

  private struct Workers {
    var acting: Task<Void, Never>?
    var reading: Task<Void, Never>?
    var stopping: Task<Void, Never>?
    /// The newest search; the one before it was cancelled.
    var finding: Task<Void, Never>?
    var leaving: Task<Void, Never>?
  }

  private let store: SessionStore
  private let providers: any ProviderDirectory
  private let files: AttachmentFiles
  private let outlets: Outlets
  private let mailbox: Mailbox
  private let instruments: InstrumentRunner
  private let hooks: HookRunner?
  private let acting = Lane()
  private let reading = Lane()
  private let stopping = Lane()
  private let leaving = Lane()
  private let workers = Locked(Workers())
  /// What acts and is not done yet, in order.
  private let pending = Locked<[Effect]>([])
  /// The query whose matches were counted last, by conversation.
  private let counted = Locked<[ConversationID: FindQuery]>([:])
  /// Drafts that the store did not take, until it takes newer ones.
  private let refusedDrafts = Locked<[ConversationID: String]>([:])

  // Lists show no more than this; the rest is found by searching.
  private static let listLimit = 2000
  private static let historyLimit = 1000

  /// A runner that works once it is started; what is handed over before waits.
  /// - Parameter journal: what went over the wire; `nil` where nothing of it is kept.
  package init(
    store: SessionStore, providers: any ProviderDirectory, files: AttachmentFiles, outlets: Outlets,
    journal: (any WireJournal)? = nil, hooks: HookRunner? = nil, mailbox: Mailbox
  ) {
    self.store = store
    self.providers = providers
    self.files = files
    self.outlets = outlets
    self.hooks = hooks
    self.mailbox = mailbox
    instruments = InstrumentRunner(store: store, providers: providers, journal: journal, mailbox: mailbox)
  }

  /// Subscribes the mailbox to the store and begins to work.
  /// - Parameter observe: hears every update of the store as well.
  package func start(observe: @escaping @Sendable (SessionUpdate) -> Void = { _ in }) {
    let (store, mailbox) = (store, mailbox)
    // What a dead process left behind is put right before anything is read.
    let opening = Task {
      await store.subscribe { update in
        observe(update)
        mailbox.post(update)
      }
      await store.start()
    }
    workers.withLock { workers in
      workers.acting = Task { [self] in
        await opening.value
        for await effect in acting.effects {
          await perform(effect)
          pending.withLock { _ = $0.removeFirst() }
        }
      }
      workers.reading = Task { [self] in
        await opening.value
        for await effect in reading.effects where !Task.isCancelled { await perform(effect) }
      }
      workers.stopping = Task { [self] in
        for await effect in stopping.effects { await perform(effect) }
      }
      workers.leaving = Task { [self] in
        for await effect in leaving.effects {
          if let action = await outlets.perform(effect) { mailbox.post(action) }
        }
      }
    }
  }

  /// Hands effects over; returns at once.
  package func perform(_ effects: [Effect]) {
    for effect in effects {
      if case .instrument(let effect) = effect, !effect.acts {
        instruments.perform(effect)
      } else if case .hook(let event) = effect {
        hooks?.perform(event)
      } else if effect.takesTextOut {
        leaving.inbox.yield(effect)
      } else if effect.onlyReads {
        reading.inbox.yield(effect)
      } else if case .stop(let id) = effect, !pending.withLock({ $0.contains { $0.mayStart(in: id) } }) {
        stopping.inbox.yield(effect)
      } else {
        pending.withLock { $0.append(effect) }
        acting.inbox.yield(effect)
      }
    }
  }

  /// Performs what was handed over and stops. What only reads is given up.
  package func finish() async {
    for lane in [acting, reading, stopping, leaving] { lane.inbox.finish() }
    let workers = workers.withLock { $0 }
    workers.reading?.cancel()
    workers.finding?.cancel()
    outlets.leave()
    instruments.finish()
    hooks?.finish()
    await workers.leaving?.value
    await workers.stopping?.value
    await workers.acting?.value
  }

  /// What was handed over, is not done or could not be, and holds something somebody wrote.
  package var unperformed: UnsavedWork {
    let drafts = refusedDrafts.withLock { $0 }.sorted { $0.key < $1.key }
    return UnsavedWork(
      drafts.map { UnsavedWork.Item(.draft, of: $0.key, text: $0.value) }
        + pending.withLock { $0 }.flatMap(\.written))
  }

  @concurrent private func perform(_ effect: Effect) async {
    do {
      try await attempt(effect)
    } catch let error as any Explainable {
      mailbox.post(.failed(error.explanation))
    } catch {
      mailbox.post(
        .failed(Explanation(kind: .setting, summary: "Something failed", detail: "\(error)", recovery: .report)))
    }
  }

  private func attempt(_ effect: Effect) async throws {
    switch effect {
    case .create(let id, let profile):
      // Its draft may have begun it already.
      if await !store.knows(id) { _ = try await store.create(id: id, profile: profile) }
    case .open(let id): _ = try await store.open(id)
    case .openLatest:
      guard let latest = try await store.summaries(limit: 50).max(by: { $0.updated < $1.updated }) else { return }
      _ = try await store.open(latest.id)
      mailbox.post(.opened(latest.id))
    case .focus(let id): await store.lookAt(id)
    case .openPrefix(let prefix): try await open(prefix)
    case .loadEarlier(let id, let before): await load(.before(before, SessionStore.windowLimit), of: id)
    case .loadLater(let id, let after): await load(.after(after, SessionStore.windowLimit), of: id)
    case .openAround(let id, let message): await load(.around(message, SessionStore.windowLimit), of: id)
    case .openAt(let id, let position): await load(.at(position, SessionStore.windowLimit), of: id)
    case .openEnd(let id): await load(.last(SessionStore.windowLimit), of: id)
    case .find(let id, let query, let from, let backward):
      // It may take a while, and reading goes on meanwhile.
      replaceSearch(by: Task { await find(query, in: id, from: from, backward: backward) })
    case .cancelFind: replaceSearch(by: nil)
    case .loadSummaries: mailbox.post(.summaries(try await store.summaries(limit: Self.listLimit)))
    case .markRead(let id): try await store.markRead(id)
    case .rename(let id, let title): try await store.rename(id, to: title)
    case .setPinned(let id, let isPinned): try await store.setPinned(isPinned, id)
    case .setArchived(let id, let isArchived): try await store.setArchived(isArchived, id)
    case .setTags(let id, let tags): try await store.setTags(tags, id)
    case .setTrashed(let id, let isTrashed):
      if isTrashed { try await store.trash(id) } else { try await store.restore(id) }
    case .setProfile(let id, let profile):
      // One that was not begun gets its profile when it is.
      do throws(SessionError) {
        try await store.setProfile(profile, of: id)
      } catch {
        guard case .noSuchConversation = error else { throw error }
      }
    case .send(let prompt, let id):
      do throws(SessionError) {
        try await store.send(prompt, in: id)
      } catch {
        mailbox.post(.refused(id, prompt, error.explanation))
      }
    case .sendNow(let id): _ = try await store.sendNow(in: id)
    case .stop(let id):
      for run in await store.liveRuns where run.conversation == id { await store.stop(run.id) }
    case .updateQueue(let id, let queue): try await store.updateQueue(queue, in: id)
    case .regenerate(let id, let message): _ = try await store.regenerate(message, in: id)
    case .retry(let id, let message): _ = try await store.retry(message, in: id)
    case .resume(let id, let message): _ = try await store.resume(message, in: id)
    case .editAndResend(let id, let message, let text):
      do throws(SessionError) {
        _ = try await store.editAndResend(message, text: text, in: id)
      } catch {
        mailbox.post(.refused(id, Prompt(text: text), error.explanation))
      }
    case .selectVariant(let id, let message, let offset):
      try await store.selectVariant(of: message, offset: offset, in: id)
    case .setLeaf(let id, let leaf): try await store.setLeaf(leaf, in: id)
    case .saveDraft(let id, let text, let profile):
      do {
        try await saveDraft(text, of: id, profile)
        refusedDrafts.withLock { $0[id] = nil }
      } catch {
        refusedDrafts.withLock { $0[id] = text.isEmpty ? nil : text }
        throw error
      }
    case .shelveDraft(let id, let text): try await store.shelveDraft(text, of: id)
    case .loadHistory: mailbox.post(.history(try await store.promptHistory(limit: Self.historyLimit)))
    case .attach(let id, let path): mailbox.post(.attached(id, try files.read(path)))
    case .listPaths(let typed): mailbox.post(.paths(typed: typed, files.list(typed)))
    case .loadModels(let name):
      let client = try providers.client(for: name)
      // A provider may take its time: the effects behind this one do not wait for it.
      Task { [mailbox] in
        do throws(ProviderError) {
          mailbox.post(.models(provider: name, try await client.models()))
        } catch {
          mailbox.post(.failed(error.explanation))
        }
      }
    case .countAnswers(let request): await instruments.count(request)
    case .noteWatched(let id, let message, let isWatched): await store.noteWatched(isWatched, message, in: id)
    case .settle: mailbox.post(.settled)
    case .copy, .writeFile, .openLink, .clipboardThroughTerminal, .openEditor, .openPager, .showBare, .viewInEditor,
      .setMouse, .bell, .notify, .hook, .redraw, .suspend, .quit:
      break
    case .instrument(.race(let effect)):
      if let news = try await store.perform(effect) { mailbox.post(.instrument(.race(news))) }
    case .instrument: break
    }
  }

  private func load(_ piece: PathPiece, of id: ConversationID) async {
    do throws(SessionError) {
      try await store.loadWindow(id, piece)
    } catch {
      mailbox.post(.notLoaded(id, error.explanation))
    }
  }

  private func replaceSearch(by task: Task<Void, Never>?) {
    workers.withLock { workers in
      workers.finding?.cancel()
      workers.finding = task
    }
  }

  /// Tells of a match as soon as there is one, then counts the others if the query is new.
  @concurrent private func find(
    _ query: FindQuery, in id: ConversationID, from message: MessageID?, backward: Bool
  ) async {
    do throws(SessionError) {
      var result = try await store.find(query, in: id, from: message, backward: backward)
      guard !Task.isCancelled else { return }
      mailbox.post(.found(result))
      guard counted.withLock({ $0[id] != query }) else { return }
      result.matchCount = result.match == nil ? 0 : try await store.countMatches(of: query, in: id)
      guard !Task.isCancelled else { return }
      counted.withLock { $0[id] = query }
      mailbox.post(.found(result))
    } catch {
      if !Task.isCancelled { mailbox.post(.failed(error.explanation)) }
    }
  }

  private func open(_ prefix: String) async throws {
    switch try await store.resolve(prefix) {
    case .one(let id):
      _ = try await store.open(id)
      mailbox.post(.opened(id))
    case .ambiguous(let candidates): mailbox.post(.ambiguous(prefix: prefix, candidates))
    case .inTrash(let candidates):
      guard let id = candidates.first, candidates.count == 1 else {
        throw Explanation(
          kind: .notFound, summary: "Several conversations in the trash begin with \(prefix)",
          detail: candidates.map(\.rawValue).joined(separator: ", "))
      }
      try await store.restore(id)
      _ = try await store.open(id)
      mailbox.post(.opened(id))
      mailbox.post(.notice(Notice("\(id) was in the trash and is back in the list", .success)))
    case .none: mailbox.post(.ambiguous(prefix: prefix, []))
    }
  }

  /// A draft may be the first thing a conversation has. If nobody can say whether there is such a conversation, it is
  /// begun in memory: what is typed must have a place.
  private func saveDraft(_ text: String, of id: ConversationID, _ profile: Profile) async throws {
    do throws(SessionError) {
      try await store.saveDraft(text, of: id)
    } catch {
      switch error {
      case .archive(.busy): throw error
      case .noSuchConversation, .archive:
        guard !text.isEmpty else { return }
        _ = try await store.create(id: id, profile: profile)
        try await store.saveDraft(text, of: id)
      default: throw error
      }
    }
  }
}

extension Effect {
  /// Whether it only looks something up: such effects may be late, and are not missed when the program ends.
  fileprivate var onlyReads: Bool {
    switch self {
    case .open, .openLatest, .openPrefix, .loadEarlier, .loadLater, .openAround, .openAt, .openEnd, .find, .cancelFind,
      .loadSummaries, .loadHistory, .markRead, .attach, .listPaths,
      .loadModels, .countAnswers, .settle(reading: true):
      true
    default: false
    }
  }

  /// Whether it hands text to something outside.
  fileprivate var takesTextOut: Bool {
    switch self {
    case .copy, .writeFile, .openLink: true
    default: false
    }
  }

  /// Whether it may begin an answer in a conversation, which a later stop means.
  fileprivate func mayStart(in id: ConversationID) -> Bool {
    switch self {
    case .send(_, id), .sendNow(id), .regenerate(id, _), .retry(id, _), .resume(id, _), .editAndResend(id, _, _),
      .instrument(.race(.start(id, _, _))):
      true
    default: false
    }
  }

  /// What would be missed if it were not done.
  fileprivate var written: [UnsavedWork.Item] {
    switch self {
    case .send(let prompt, let id):
      [
        UnsavedWork.Item(
          .message, of: id, role: .user, text: prompt.text, files: prompt.attachments.map(\.name))
      ]
    case .instrument(.race(.start(let id, let prompt?, _))):
      [
        UnsavedWork.Item(
          .message, of: id, role: .user, text: prompt.text, files: prompt.attachments.map(\.name))
      ]
    case .editAndResend(let id, _, let text): [UnsavedWork.Item(.message, of: id, role: .user, text: text)]
    case .saveDraft(let id, let text, _), .shelveDraft(let id, let text):
      text.isEmpty ? [] : [UnsavedWork.Item(.draft, of: id, text: text)]
    case .updateQueue(let id, let queue):
      queue.map { UnsavedWork.Item(.queued, of: id, text: $0.text, files: $0.attachments.map(\.name)) }
    case .rename(let id, let title): [UnsavedWork.Item(.setting, of: id, text: "title: \(title)")]
    default: []
    }
  }
}
