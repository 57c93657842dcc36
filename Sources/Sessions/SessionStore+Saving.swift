// Behind everything: what was changed is written, in order, by one task; what cannot be written waits and is told of.

import Conversations
import Diagnostics
import Streaming

extension SessionStore {
  /// How long closing may take (`robustness`, section 1).
  private static let shutdownDelay = Duration.seconds(2)

  /// What could not be put on the disk so far.
  package var unsaved: UnsavedWork {
    var items = writes.conversations.sorted().filter { failing.contains($0) }.flatMap { writes.unsaved(of: $0) }
    // A streaming answer whose journal fails is not safe either; once it ends it waits like the others.
    if journalFailed {
      for run in runs.values where run.isDirty && !failing.contains(run.conversation) {
        items.append(UnsavedWork.Item(run.assembler.message, of: run.conversation))
      }
    }
    return UnsavedWork(items.filter(\.isWorthKeeping))
  }

  /// Everything that is not on the disk at this moment, be it only on its way: for a rescue file when there is no time
  /// left.
  package var waiting: UnsavedWork {
    var items = writes.conversations.sorted().flatMap { writes.unsaved(of: $0) }
    for id in dirtyDrafts.sorted() {
      guard let draft = conversations[id]?.record.draft, !draft.isEmpty else { continue }
      items.append(UnsavedWork.Item(.draft, of: id, text: draft))
    }
    for run in runs.values where run.isDirty {
      items.append(UnsavedWork.Item(run.assembler.message, of: run.conversation))
    }
    return UnsavedWork(items.filter(\.isWorthKeeping))
  }

  /// Returns when everything that can be written is written.
  package func flush() async {
    handOverDrafts()
    kick()
    guard isWriting else { return }
    await withCheckedContinuation { idleWaiters.append($0) }
  }

  /// Stops all answers keeping what has come, writes everything, and closes the archive; returns within two seconds, even
  /// if the disk does not answer. Later requests are refused.
  /// - Returns: what could not be saved.
  @discardableResult
  package func shutdown() async -> UnsavedWork {
    guard !isClosed else { return waiting }
    isClosed = true
    foreign.finish()
    foreignReader?.cancel()
    for id in runs.keys.sorted() { finishNow(id) }
    handOverDrafts()
    agenda = Agenda()
    timer?.cancel()
    timer = nil
    failing = []
    kick()
    let deadline = time.now() + Self.shutdownDelay
    let outcome = FirstOutcome()
    let saving = Task {
      if isWriting { await withCheckedContinuation { idleWaiters.append($0) } }
      try? await archive.synchronize()
      await archive.close()
      await outcome.resolve()
    }
    let limit = Task { [time] in
      try? await time.sleep(until: deadline)
      await outcome.resolve()
    }
    await outcome.wait()
    saving.cancel()
    limit.cancel()
    return waiting
  }

  // MARK: Adding

  /// Adds a change to what is written, and tries again what failed.
  @discardableResult
  func enqueue(_ write: ArchiveWrite, to id: ConversationID) -> Int {
    let ticket = writes.add(write, to: id)
    kick()
    return ticket
  }

  /// Makes the archive know a conversation that is about to have something in it.
  func storeIfNew(_ id: ConversationID) {
    guard let conversation = conversations[id], !conversation.isStored else { return }
    conversations[id]?.isStored = true
    var record = conversation.record
    record.leaf = nil
    record.draft = ""
    record.queue = []
    enqueue(.create(record), to: id)
  }

  /// Starts the writer. Every change also tries again what could not be written before.
  func kick() {
    if !isClosed { failing = [] }
    guard !isWriting, !writes.isEmpty || isJournalWanted || isSynchronizeWanted else { return }
    isWriting = true
    Task { await self.drain() }
  }

  /// Waits until a change is written, or could not be, or nobody cares any more.
  func written(_ ticket: Int, for run: RunID) async {
    // The writer may have been quicker.
    guard writes.conversations.contains(where: { writes.tickets(of: $0).contains(ticket) && !failing.contains($0) })
    else { return }
    await withCheckedContinuation { ticketWaiters[ticket, default: [:]][run] = $0 }
  }

  private func endWaiting(for ticket: Int) {
    for waiter in ticketWaiters.removeValue(forKey: ticket)?.values ?? [:].values { waiter.resume() }
  }

  /// A run waits no longer for what it began with; others of its race do.
  func endWaiting(of run: Run) {
    guard let ticket = run.ticket else { return }
    ticketWaiters[ticket]?.removeValue(forKey: run.id)?.resume()
  }

  func handOverDrafts() {
    agenda.drafts = nil
    let ids = dirtyDrafts
    dirtyDrafts = []
    for id in ids.sorted() {
      guard let draft = conversations[id]?.record.draft else { continue }
      let isNew = conversations[id]?.isStored == false
      storeIfNew(id)
      enqueue(.saveDraft(draft), to: id)
      if isNew { publish([], of: id) }
    }
  }

  // MARK: Writing

  private func drain() async {
    while true {
      if let (id, ticket, write) = writes.begin(except: failing) {
        do throws(ArchiveFailure) {
          try await perform(write, on: id)
          writes.succeeded()
          endWaiting(for: ticket)
          noteGrowth()
        } catch {
          writes.failed()
          lastFailure = error
          failing.insert(id)
          for ticket in writes.tickets(of: id) {
            endWaiting(for: ticket)
          }
        }
        if !writes.hasPending(id) {
          letGo(of: id)
          refreshIfStale(id)
        }
      } else if isJournalWanted {
        isJournalWanted = false
        await writeJournal()
      } else if isSynchronizeWanted {
        isSynchronizeWanted = false
        await synchronize()
      } else {
        break
      }
    }
    isWriting = false
    reportUnsaved()
    for waiter in idleWaiters { waiter.resume() }
    idleWaiters = []
  }

  private func perform(_ write: ArchiveWrite, on id: ConversationID) async throws(ArchiveFailure) {
    switch write {
    case .create(let record): try await archive.create(record)
    case .append(let messages): try await archive.append(messages, to: id)
    case .finish(let message, let run): try await archive.finish(message, run: run, in: id)
    case .watched(let message, let isWatched): try await archive.setWatched(isWatched, message, in: id)
    case .setLeaf(let leaf): try await archive.setLeaf(leaf, of: id)
    case .update(let patch): try await archive.update(id, with: patch)
    case .saveDraft(let text): try await archive.saveDraft(text, of: id)
    case .shelveDraft(let text): try await archive.shelveDraft(text, of: id)
    case .saveQueue(let queue): try await archive.saveQueue(queue, of: id)
    case .setTrashed(let isTrashed): try await archive.setTrashed(isTrashed, id)
    case .rate(let ratings): try await archive.rate(ratings, in: id)
    case .moveVariants(let answers, let record, let prompt):
      try await archive.moveVariants(answers, from: id, to: record, under: prompt)
    }
  }

  /// Writes how all streaming answers have grown, in one go. An answer that the archive does not know yet waits.
  private func writeJournal() async {
    var entries: [JournalEntry] = []
    var marks: [RunID: JournalMarks] = [:]
    for (id, run) in runs where run.isDirty && !writes.hasPending(run.conversation) {
      let (growth, new) = run.marks.growth(of: run.assembler.message)
      runs[id]?.isDirty = false
      guard !growth.isEmpty else { continue }
      entries.append(JournalEntry(message: run.assembler.message.id, growth: growth))
      marks[id] = new
    }
    guard !entries.isEmpty else {
      journalFailed = false
      return
    }
    do throws(ArchiveFailure) {
      try await archive.journal(entries)
      journalFailed = false
      // An answer that has ended meanwhile needs no marks: its final form is written.
      for (id, new) in marks { runs[id]?.marks = new }
      if !runs.isEmpty {
        agenda.synchronize = agenda.synchronize ?? time.now() + Agenda.synchronizeDelay
        schedule()
      }
    } catch {
      journalFailed = true
      lastFailure = error
      for id in marks.keys { runs[id]?.isDirty = true }
    }
  }

  private func synchronize() async {
    do throws(ArchiveFailure) {
      try await archive.synchronize()
    } catch {
      journalFailed = true
      lastFailure = error
    }
  }

  /// Tells when what is unsaved has changed in number or kind, and sees to it that it is tried again.
  private func reportUnsaved() {
    let words = unsaved.words
    if !isClosed, !failing.isEmpty || journalFailed {
      agenda.retry = time.now() + Agenda.retryDelay
      schedule()
    }
    guard words != toldUnsaved else { return }
    toldUnsaved = words
    var update = SessionUpdate()
    update.unsaved = words
    if words.isEmpty {
      update.notices = [Explanation(kind: .setting, summary: "Everything is saved again")]
    } else if let failure = lastFailure?.explanation {
      update.notices = [
        Explanation(
          kind: failure.kind, summary: "Not saved: \(words)", detail: failure.sentence, recovery: failure.recovery)
      ]
    }
    publish(update)
  }

  // MARK: Time

  /// An answer has grown: its journal is due soon.
  func noteGrowth() {
    guard agenda.journal == nil, !isClosed, runs.values.contains(where: \.isDirty) else { return }
    agenda.journal = time.now() + Agenda.journalDelay
    schedule()
  }

  /// Sees to it that the one timer there is goes off when the next thing is due.
  func schedule() {
    guard let due = agenda.earliest, !isClosed else { return }
    if let timerDue, timerDue <= due { return }
    timer?.cancel()
    timerDue = due
    timer = Task { [time] in
      do { try await time.sleep(until: due) } catch { return }
      guard !Task.isCancelled else { return }
      self.ring()
    }
  }

  private func ring() {
    timer = nil
    timerDue = nil
    guard !isClosed else { return }
    let now = time.now()
    if let due = agenda.drafts, due <= now { handOverDrafts() }
    if let due = agenda.journal, due <= now {
      agenda.journal = nil
      isJournalWanted = true
    }
    if let due = agenda.synchronize, due <= now {
      agenda.synchronize = nil
      // A finished answer is on the disk already.
      isSynchronizeWanted = !runs.isEmpty
    }
    if let due = agenda.retry, due <= now {
      agenda.retry = nil
      isJournalWanted = isJournalWanted || journalFailed
      kick()
    } else if isJournalWanted || isSynchronizeWanted {
      startWriter()
    }
    if let due = agenda.stop, due <= now { giveUpStopped(now) }
    schedule()
  }

  /// Starts the writer without trying again what failed: growing text does that several times a second.
  private func startWriter() {
    guard !isWriting else { return }
    isWriting = true
    Task { await self.drain() }
  }

  /// Ends answers whose streams were cancelled and do not end.
  private func giveUpStopped(_ now: Instant) {
    agenda.stop = nil
    for (id, run) in runs {
      guard let asked = run.stopAsked else { continue }
      let due = asked + Agenda.stopDelay
      if due <= now { finishNow(id) } else { agenda.stop = min(agenda.stop ?? due, due) }
    }
  }
}

/// Waits for the first of several things.
private actor FirstOutcome {
  private var isResolved = false
  private var waiter: CheckedContinuation<Void, Never>?

  func resolve() {
    isResolved = true
    waiter?.resume()
    waiter = nil
  }

  func wait() async {
    guard !isResolved else { return }
    await withCheckedContinuation { waiter = $0 }
  }
}
