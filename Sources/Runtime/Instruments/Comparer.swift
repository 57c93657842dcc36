// Measures for `/compare`, one comparison at a time, and tells of each run as it ends.

import Conversations
import Diagnostics
import Interface
import Platform
import Sessions
import Statistics
import Streaming

/// Makes the runs of one comparison after another.
final class Comparer: Sendable {
  private let providers: any ProviderDirectory
  private let mailbox: Mailbox
  private let task = Locked<Task<Void, Never>?>(nil)

  init(providers: any ProviderDirectory, mailbox: Mailbox) {
    self.providers = providers
    self.mailbox = mailbox
  }

  func perform(_ effect: CompareEffect) {
    switch effect {
    case .begin(let order):
      let new = Task { await measure(order) }
      task.withLock { task in
        task?.cancel()
        task = new
      }
    case .stop: stop()
    }
  }

  /// Gives up what is being measured.
  func stop() { task.withLock { $0?.cancel() } }

  @concurrent private func measure(_ order: ComparisonOrder) async {
    let client: any ProviderClient
    do throws(Explanation) {
      client = try providers.client(for: order.profile.model.provider)
    } catch {
      return mailbox.post(.instrument(.compare(.ended(order.number, .failed(error)))))
    }
    let runner = ComparisonRunner(
      profile: order.profile, prompt: Prompt(text: order.prompt), pairs: order.pairs, client: client)
    let ending = await runner.run { [mailbox] event in
      let news: CompareNews =
        switch event {
        case .began(let place): .began(order.number, place)
        case .ended(let run, _): .ran(order.number, run)
        }
      mailbox.post(.instrument(.compare(news)))
    }
    let phase: CompareState.Phase =
      switch ending {
      case .complete: .finished
      case .cancelled: .stopped
      case .hopeless(let why): .failed(why)
      }
    mailbox.post(.instrument(.compare(.ended(order.number, phase))))
  }
}
