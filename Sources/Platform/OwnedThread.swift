// Threads that belong to somebody. Signals never land on them, and each has a name that shows in a debugger.

import CSystem

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// A running thread that its owner may wait for.
///
/// `@unchecked Sendable`: `handle` is constant, and `joined` guards the one pthread_join that POSIX allows.
package final class OwnedThread: @unchecked Sendable {
  private let handle: pthread_t
  private let isJoined = Locked(false)

  fileprivate init(handle: pthread_t) {
    self.handle = handle
  }

  deinit {
    if !isJoined.withLock({ $0 }) { pthread_detach(handle) }
  }

  /// Waits until the thread's body has returned. The second call returns at once; the thread itself must not call it.
  package func join() {
    let mustJoin = isJoined.withLock { joined in
      defer { joined = true }
      return !joined
    }
    if mustJoin { pthread_join(handle, nil) }
  }
}

/// Starts a thread that runs `body` once.
///
/// All signals but the synchronous faults are blocked on it. If nobody keeps the result, the thread goes on and cleans up
/// after itself.
/// - Parameter name: at most 15 bytes are shown on Linux.
/// - Parameter stackBytes: 0 takes the system's default.
@discardableResult
package func startThread(
  named name: String, stackBytes: Int = 512 * 1024, _ body: @escaping @Sendable () -> Void
) throws(SystemError) -> OwnedThread {
  let context = Unmanaged.passRetained(ThreadBody(body))
  #if canImport(Darwin)
    var handle: pthread_t?
  #else
    var handle = pthread_t()
  #endif
  let error = system_thread_start(
    &handle, name, stackBytes,
    { context in
      if let context { Unmanaged<ThreadBody>.fromOpaque(context).takeRetainedValue().run() }
      return nil
    }, context.toOpaque())
  if error != 0 {
    context.release()
    throw SystemError("pthread_create", code: error)
  }
  #if canImport(Darwin)
    guard let handle else { throw SystemError("pthread_create", code: EAGAIN) }
  #endif
  return OwnedThread(handle: handle)
}

private final class ThreadBody {
  let run: @Sendable () -> Void

  init(_ run: @escaping @Sendable () -> Void) {
    self.run = run
  }
}
