// A value behind a lock. Not for holding across callbacks or suspension points, and not a way to share what an actor should own.

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// A value that several threads use one at a time.
///
/// `Synchronization.Mutex` would do, but the thread sanitizer does not understand it on Linux.
/// `@unchecked Sendable`: `value` is only touched while `mutex` is held.
package final class Locked<Value>: @unchecked Sendable {
  private var value: Value
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>

  /// Takes `value` over; nobody else may keep a reference into it.
  package init(_ value: sending Value) {
    self.value = value
    mutex = .allocate(capacity: 1)
    mutex.initialize(to: pthread_mutex_t())
    pthread_mutex_init(mutex, nil)
  }

  deinit {
    pthread_mutex_destroy(mutex)
    mutex.deallocate()
  }

  /// Runs `body` while no other thread can; `body` must not block or take the same lock again.
  package func withLock<R, E: Error>(_ body: (inout Value) throws(E) -> R) throws(E) -> R {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return try body(&value)
  }
}
