// Reads figures of many answers for the pure program, page by page, and groups them on the way: what is handed over is as
// large as what is seen.

import Conversations
import Diagnostics
import Interface
import Platform
import Sessions
import Statistics

/// The hands of `/stats` and of the marks on slow answers.
final class StatsReader: Sendable {
  private struct Work {
    var loading: Task<Void, Never>?
    var baselines: Task<Void, Never>?
  }

  private let store: SessionStore
  private let mailbox: Mailbox
  private let work = Locked(Work())

  init(store: SessionStore, mailbox: Mailbox) {
    self.store = store
    self.mailbox = mailbox
  }

  /// Begins to read; returns at once. Of two wishes of one kind the newer one counts.
  func perform(_ effect: StatsEffect) {
    switch effect {
    case .load(let request):
      let task = Task { await load(request) }
      work.withLock { work in
        work.loading?.cancel()
        work.loading = task
      }
    case .loadBaselines(let since):
      let task = Task { await loadBaselines(since: since) }
      work.withLock { work in
        work.baselines?.cancel()
        work.baselines = task
      }
    }
  }

  /// Gives up what is being read.
  func finish() {
    work.withLock { work in
      work.loading?.cancel()
      work.baselines?.cancel()
    }
  }

  /// Counts answers and tells of it.
  @concurrent func load(_ request: StatsRequest) async {
    // The answer that has just ended is to be among them.
    await store.flush()
    do throws(SessionError) {
      var groups = AnswerAggregator(by: request.query.grouping, only: request.query.filter) { time in
        LocalHour(time, utcOffsetSeconds: LocalTime(millisecondsSince1970: time.milliseconds).secondsFromUTC)
      }
      let damaged = try await store.eachAnswer(AnswerQuery(since: request.since)) { groups.add($0) }
      guard !Task.isCancelled else { return }
      let offset = request.since.map { LocalTime(millisecondsSince1970: $0.milliseconds).secondsFromUTC } ?? 0
      let result = StatsResult(
        request: request, table: groups.table(damagedCount: damaged), sinceOffsetSeconds: offset)
      mailbox.post(.instrument(.stats(.loaded(result))))
    } catch {
      if !Task.isCancelled { mailbox.post(.instrument(.stats(.failed(request, error.explanation)))) }
    }
  }

  @concurrent private func loadBaselines(since: Timestamp) async {
    var baselines = SpeedBaselines(since: since)
    // Without what is usual nothing is marked; an archive that cannot be read is told of elsewhere.
    guard (try? await store.eachAnswer(AnswerQuery(since: since), { baselines.add($0) })) != nil, !Task.isCancelled
    else { return }
    mailbox.post(.instrument(.stats(.baselines(baselines))))
  }
}
