// A clock that stands still until a test moves it.

import Conversations
import Sessions
import Streaming
import Synchronization

/// Time by hand: sleepers wake, in order of their deadlines, when `advance` passes them.
final class ManualTime: TimeSource {
  private struct State {
    var elapsed = Duration.zero
    var sleepers: [(id: Int, deadline: Instant, continuation: CheckedContinuation<Void, any Error>)] = []
    var lastID = 0
  }

  private let origin = ContinuousClock().now
  private let state = Mutex(State())

  func now() -> Instant { state.withLock { origin + $0.elapsed } }

  func wall() -> Timestamp {
    let (seconds, attoseconds) = state.withLock { $0.elapsed }.components
    return Timestamp(milliseconds: 1_700_000_000_000 + seconds * 1000 + attoseconds / 1_000_000_000_000_000)
  }

  func sleep(until deadline: Instant) async throws {
    let id = state.withLock { state in
      state.lastID += 1
      return state.lastID
    }
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
        let isOver = state.withLock { state in
          guard deadline > origin + state.elapsed, !Task.isCancelled else { return true }
          state.sleepers.append((id, deadline, continuation))
          return false
        }
        guard isOver else { return }
        if Task.isCancelled { continuation.resume(throwing: CancellationError()) } else { continuation.resume() }
      }
    } onCancel: {
      let found = state.withLock { state in
        state.sleepers.firstIndex { $0.id == id }.map { state.sleepers.remove(at: $0).continuation }
      }
      found?.resume(throwing: CancellationError())
    }
  }

  /// Moves the clock and wakes whoever is due.
  func advance(by duration: Duration) {
    let due = state.withLock { state in
      state.elapsed += duration
      let now = origin + state.elapsed
      let due = state.sleepers.filter { $0.deadline <= now }.sorted { $0.deadline < $1.deadline }
      state.sleepers.removeAll { $0.deadline <= now }
      return due
    }
    for sleeper in due { sleeper.continuation.resume() }
  }

  /// The moments somebody waits for, soonest first.
  var deadlines: [Duration] {
    state.withLock { state in state.sleepers.map { $0.deadline - (origin + state.elapsed) }.sorted() }
  }
}
