// Performs effects, one after another, on the session store, and posts what came of them to the mailbox.

import Conversations
import Diagnostics
package import Interface
import Platform
package import Sessions
import Streaming

/// The hands of the pure program. Effects are performed in the order in which they were handed over, and none of them
/// waits for a stream, so that *send* then *stop* cannot swap.
package final class EffectRunner: Sendable {
  private let store: SessionStore
  private let providers: any ProviderDirectory
  private let files: AttachmentFiles
  private let mailbox: Mailbox
  private let inbox: AsyncStream<[Effect]>.Continuation
  private let effects: AsyncStream<[Effect]>
  private let worker = Locked<Task<Void, Never>?>(nil)

  // Lists show no more than this; the rest is found by searching.
  private static let listLimit = 2000
  private static let historyLimit = 1000

  /// A runner that works once it is started; what is handed over before waits.
  package init(
    store: SessionStore, providers: any ProviderDirectory, files: AttachmentFiles, mailbox: Mailbox
  ) {
    self.store = store
    self.providers = providers
    self.files = files
    self.mailbox = mailbox
    (effects, inbox) = AsyncStream<[Effect]>.makeStream()
  }

  /// Subscribes the mailbox to the store and begins to work.
  package func start() {
    let (store, providers, files, mailbox, effects) = (store, providers, files, mailbox, effects)
    let task = Task {
      _ = await store.subscribe { mailbox.post($0) }
      await store.start()
      for await batch in effects {
        for effect in batch {
          await Self.perform(effect, on: store, providers: providers, files: files, mailbox: mailbox)
        }
      }
    }
    worker.withLock { $0 = task }
  }

  /// Hands effects over; returns at once.
  package func perform(_ effects: [Effect]) {
    if !effects.isEmpty { inbox.yield(effects) }
  }

  /// Performs what was handed over and stops.
  package func finish() async {
    inbox.finish()
    await worker.withLock { $0 }?.value
  }

  @concurrent private static func perform(
    _ effect: Effect, on store: SessionStore, providers: any ProviderDirectory, files: AttachmentFiles, mailbox: Mailbox
  ) async {
    do {
      try await attempt(effect, on: store, providers: providers, files: files, mailbox: mailbox)
    } catch let error as any Explainable {
      mailbox.post(.failed(error.explanation))
    } catch {
      mailbox.post(
        .failed(Explanation(kind: .setting, summary: "Something failed", detail: "\(error)", recovery: .report)))
    }
  }

  private static func attempt(
    _ effect: Effect, on store: SessionStore, providers: any ProviderDirectory, files: AttachmentFiles, mailbox: Mailbox
  ) async throws {
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
    case .openPrefix(let prefix): try await open(prefix, on: store, mailbox: mailbox)
    case .loadEarlier(let id, let before): try await store.loadEarlier(id, before: before)
    case .loadSummaries: mailbox.post(.summaries(try await store.summaries(limit: listLimit)))
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
    case .saveDraft(let id, let text, let profile): try await saveDraft(text, of: id, profile, on: store)
    case .shelveDraft(let id, let text): try await store.shelveDraft(text, of: id)
    case .loadHistory: mailbox.post(.history(try await store.promptHistory(limit: historyLimit)))
    case .attach(let id, let path): mailbox.post(.attached(id, try files.read(path)))
    case .listPaths(let typed): mailbox.post(.paths(typed: typed, files.list(typed)))
    case .loadModels(let name):
      let client = try providers.client(for: name)
      // A provider may take its time: the effects behind this one do not wait for it.
      Task {
        do throws(ProviderError) {
          mailbox.post(.models(provider: name, try await client.models()))
        } catch {
          mailbox.post(.failed(error.explanation))
        }
      }
    case .copy, .openEditor, .setMouse, .bell, .redraw, .suspend, .quit: break
    }
  }

  private static func open(_ prefix: String, on store: SessionStore, mailbox: Mailbox) async throws {
    switch try await store.resolve(prefix) {
    case .one(let id):
      _ = try await store.open(id)
      mailbox.post(.opened(id))
    case .ambiguous(let candidates): mailbox.post(.ambiguous(prefix: prefix, candidates))
    case .none: mailbox.post(.ambiguous(prefix: prefix, []))
    }
  }

  /// A draft may be the first thing a conversation has.
  private static func saveDraft(
    _ text: String, of id: ConversationID, _ profile: Profile, on store: SessionStore
  ) async throws {
    do {
      try await store.saveDraft(text, of: id)
    } catch SessionError.noSuchConversation where !text.isEmpty {
      _ = try await store.create(id: id, profile: profile)
      try await store.saveDraft(text, of: id)
    } catch SessionError.noSuchConversation {}
  }
}
