// A value behind a lock: the one way state is shared between threads. Not for waiting, and never held across a callback
// or a suspension point.
//
// It is a pthread mutex and not `Synchronization.Mutex`, for which the thread sanitizer reports false races on Linux.

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// A value that only one thread at a time can reach.
///
/// `@unchecked Sendable` is true because `value` is touched only inside `withLock`, under the mutex.
package final class Locked<Value>: @unchecked Sendable {
  private var value: Value
  // On the heap: a mutex must keep its address, which a stored property does not promise.
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>

  /// Takes the value over; the caller must not keep a way to it.
  package init(_ value: sending Value) {
    self.value = value
    mutex = .allocate(capacity: 1)
    mutex.initialize(to: pthread_mutex_t())
    let status = pthread_mutex_init(mutex, nil)
    // Fails only without memory for it, which the next allocation would not survive either.
    precondition(status == 0, "pthread_mutex_init failed with \(status)")
  }

  deinit {
    pthread_mutex_destroy(mutex)
    mutex.deinitialize(count: 1)
    mutex.deallocate()
  }

  /// Runs `body` with the value, alone.
  ///
  /// Not recursive: `body` must not lock the same value again, and must neither block nor call back into unknown code.
  package func withLock<R, E: Error>(_ body: (inout Value) throws(E) -> R) throws(E) -> R {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return try body(&value)
  }
}
