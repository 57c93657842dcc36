// One value that somebody waits for and that the first one to come brings: the way an answer and a stop race.

import Platform

/// A place for one value, one waiter and any number of bringers, of whom the first counts.
final class OneShot<Value: Sendable>: Sendable {
  private enum State {
    case empty
    case waiting(CheckedContinuation<Value, Never>)
    case full(Value)
    case taken
  }

  private let state = Locked(State.empty)

  /// Brings the value; later ones are ignored. From any thread.
  func resolve(_ value: Value) {
    let waiter: CheckedContinuation<Value, Never>? = state.withLock { state in
      switch state {
      case .empty:
        state = .full(value)
        return nil
      case .waiting(let waiter):
        state = .taken
        return waiter
      case .full, .taken: return nil
      }
    }
    waiter?.resume(returning: value)
  }

  /// The value, once it is there. May be called once.
  func value() async -> Value {
    await withCheckedContinuation { continuation in
      let value: Value? = state.withLock { state in
        switch state {
        case .full(let value):
          state = .taken
          return value
        case .empty, .waiting, .taken:
          state = .waiting(continuation)
          return nil
        }
      }
      if let value { continuation.resume(returning: value) }
    }
  }
}
