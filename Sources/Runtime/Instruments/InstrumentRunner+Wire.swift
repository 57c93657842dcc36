// Performs what the view of the wire wants: looks into the log, tells what changed, saves. While the view is open it hears
// of the next thing that is recorded, waits as long as a look may be apart, and looks; where nothing is recorded nothing
// waits.

import Conversations
import Diagnostics
import Display
import Interface
import Platform
import Streaming

/// The hands of `/wire`.
final class WireRunner: Sendable {
  private enum Job: Sendable {
    case effect(WireEffect)
    /// Something was recorded.
    case look
  }

  private struct Watch: Sendable {
    var subject: WireSubject?
    var lastLook = ContinuousClock.now
    /// How long the last look took.
    var cost: Duration = .zero
    var inbox: AsyncStream<Job>.Continuation?
    var worker: Task<Void, Never>?
    var alarm: Task<Void, Never>?
  }

  private let journal: (any WireJournal)?
  private let mailbox: Mailbox
  private let folder: String
  private let watch = Locked(Watch())

  /// Often enough to watch events come, seldom enough to cost nothing.
  private static let interval: Duration = .milliseconds(250)
  // A hundred files of one name: whoever has them moves them away.
  private static let names = 1...99

  init(journal: (any WireJournal)?, mailbox: Mailbox, folder: String = ".") {
    self.journal = journal
    self.mailbox = mailbox
    self.folder = folder
  }

  /// Begins to do it; what was asked for earlier is done earlier.
  func perform(_ effect: WireEffect) {
    let inbox = watch.withLock { watch in
      if let inbox = watch.inbox { return inbox }
      let (jobs, inbox) = AsyncStream<Job>.makeStream()
      watch.inbox = inbox
      watch.worker = Task { [weak self] in
        for await job in jobs { self?.perform(job) }
      }
      return inbox
    }
    inbox.yield(.effect(effect))
  }

  func finish() {
    journal?.leave()
    watch.withLock { watch in
      watch.inbox?.finish()
      watch.worker?.cancel()
      watch.alarm?.cancel()
    }
  }

  private func perform(_ job: Job) {
    guard let journal else { return post(.shown([], nil)) }
    switch job {
    case .look: look(journal)
    case .effect(.open(let subject)):
      watch.withLock { $0.subject = subject }
      look(journal)
    case .effect(.tell(let subject)):
      let outlines = journal.outlines()
      let number = number(of: subject, among: outlines)
      post(.told(outlines, number.flatMap { journal.picture(of: $0) }))
      journal.leave()
    case .effect(.details(let event, let number)):
      post(.details(event: event, number: number, journal.details(of: event, in: number)))
    case .effect(.curl(let number)):
      report { () throws(Explanation) in .curl(try journal.curl(of: number)) }
    case .effect(.save(let number, let conversation)):
      report { () throws(Explanation) in .saved(try save(try journal.recording(of: number), conversation)) }
    case .effect(.close):
      watch.withLock { watch in
        watch.subject = nil
        watch.alarm?.cancel()
      }
      journal.leave()
    }
  }

  private func post(_ news: WireNews) { mailbox.post(.instrument(.wire(news))) }

  private func report(_ body: () throws(Explanation) -> WireNews) {
    do throws(Explanation) { post(try body()) } catch { post(.failed(error)) }
  }

  // MARK: Looking

  private func look(_ journal: any WireJournal) {
    guard let subject = watch.withLock({ $0.subject }) else { return }
    // Heard of before it is looked at: what comes in between is not missed.
    journal.onNext { [weak self] in self?.heard() }
    let began = ContinuousClock.now
    let outlines = journal.outlines()
    let picture = number(of: subject, among: outlines).flatMap { journal.picture(of: $0) }
    let ended = ContinuousClock.now
    watch.withLock { watch in
      watch.lastLook = ended
      watch.cost = ended - began
    }
    post(.shown(outlines, picture))
  }

  /// On the network's thread: a look is due, at the earliest when the last one is long enough ago.
  private func heard() {
    watch.withLock { watch in
      guard watch.subject != nil, let inbox = watch.inbox else { return }
      // A response that is long to read is looked at more seldom.
      let due = watch.lastLook + max(Self.interval, watch.cost * 10)
      watch.alarm = Task {
        do { try await ContinuousClock().sleep(until: due) } catch { return }
        inbox.yield(.look)
      }
    }
  }

  private func number(of subject: WireSubject, among outlines: [WireOutline]) -> Int? {
    switch subject {
    case .answer(let message): outlines.last { $0.answer == message }?.number
    case .number(let number): outlines.contains { $0.number == number } ? number : nil
    case .conversation(let id): outlines.last { $0.conversation == id }?.number
    }
  }

  // MARK: Saving

  private func save(_ file: WireFile, _ conversation: ConversationID) throws(Explanation) -> String {
    let suggested = FileName.suggested(for: nil, title: file.title, id: conversation.rawValue)
    let stem = suggested.hasSuffix(".md") ? String(suggested.dropLast(3)) : suggested
    for number in Self.names {
      let name = number == 1 ? "\(stem).jsonl" : "\(stem)-\(number).jsonl"
      do throws(LocalFileError) {
        try LocalFiles.write(file.bytes, to: "\(folder)/\(name)", existing: .keep, readers: .owner)
        return
          "Saved \(Figures.exactBytes(file.bytes.count)) to \(name); a provider of the kind replay plays it"
      } catch {
        if case .exists = error { continue }
        throw Explanation(
          kind: .setting, summary: "\(name) cannot be written", detail: error.words, recovery: .freeSpace)
      }
    }
    throw Explanation(
      kind: .setting, summary: "Not saved", detail: "there are 99 files of the name \(stem).jsonl already")
  }
}
