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

  init(store: SessionStore, providers: any ProviderDirectory, mailbox: Mailbox) {
    self.store = store
    self.providers = providers
    self.mailbox = mailbox
  }

  /// Begins to do it; returns at once. What has an order among themselves is put in order by whoever needs it.
  func perform(_ effect: InstrumentEffect) {
    switch effect {
    case .stats(let effect): perform(effect)
    case .compare(let effect): perform(effect)
    case .race(let effect): perform(effect)
    case .replay(let effect): perform(effect)
    case .wire(let effect): perform(effect)
    }
  }

  /// Gives up what is under way: the program ends.
  func finish() {}

  private func perform(_ effect: StatsEffect) {}
  private func perform(_ effect: CompareEffect) {}
  private func perform(_ effect: RaceEffect) {}
  private func perform(_ effect: WireEffect) {}
}
