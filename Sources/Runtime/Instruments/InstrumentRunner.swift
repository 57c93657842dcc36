// Performs what instruments want done, beside everything else: a measurement may take minutes, and nothing waits for it.

import Conversations
import Diagnostics
import Interface
import Platform
import Sessions
import Streaming

/// The hands of the instruments.
final class InstrumentRunner: Sendable {
  let store: SessionStore
  private let providers: any ProviderDirectory
  let mailbox: Mailbox
  private let timelines: TimelineReading
  private let stats: StatsReader
  private let wire: WireRunner
  private let comparer: Comparer

  init(store: SessionStore, providers: any ProviderDirectory, journal: (any WireJournal)?, mailbox: Mailbox) {
    self.store = store
    self.providers = providers
    self.mailbox = mailbox
    timelines = TimelineReading(store: store, mailbox: mailbox)
    stats = StatsReader(store: store, mailbox: mailbox)
    wire = WireRunner(journal: journal, mailbox: mailbox)
    comparer = Comparer(providers: providers, mailbox: mailbox)
  }

  /// Begins to do it; returns at once. What has an order among themselves is put in order by whoever needs it.
  func perform(_ effect: InstrumentEffect) {
    switch effect {
    case .timeline(let conversation, let message): timelines.read(message, in: conversation)
    case .stats(let effect): stats.perform(effect)
    case .compare(let effect): comparer.perform(effect)
    // Done by the effect runner, in the order of what acts.
    case .race: break
    case .replay(let effect): perform(effect)
    case .wire(let effect): wire.perform(effect)
    }
  }

  /// Counts answers, and returns when that is done.
  func count(_ request: StatsRequest) async { await stats.load(request) }

  /// Gives up what is under way: the program ends.
  func finish() {
    stats.finish()
    wire.finish()
    comparer.stop()
  }

}
