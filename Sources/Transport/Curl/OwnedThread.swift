// Placeholder of Platform's thread until it is there.

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif
import Platform

struct SystemError: Error {
  let code: Int32
}

final class OwnedThread: @unchecked Sendable {
  private let handle: pthread_t
  private let isJoined = Locked(false)

  fileprivate init(handle: pthread_t) { self.handle = handle }

  deinit {
    if !isJoined.withLock({ $0 }) { pthread_detach(handle) }
  }

  func join() {
    let mustJoin = isJoined.withLock { joined in
      defer { joined = true }
      return !joined
    }
    if mustJoin { pthread_join(handle, nil) }
  }
}

private final class Body {
  let run: @Sendable () -> Void
  init(_ run: @escaping @Sendable () -> Void) { self.run = run }
}

func startThread(named name: String, stackBytes: Int = 512 * 1024, _ body: @escaping @Sendable () -> Void)
  throws(SystemError) -> OwnedThread
{
  let context = Unmanaged.passRetained(Body(body))
  var handle = pthread_t()
  var all = sigset_t()
  var old = sigset_t()
  sigfillset(&all)
  pthread_sigmask(SIG_BLOCK, &all, &old)
  let code = pthread_create(
    &handle, nil,
    { context in
      if let context { Unmanaged<Body>.fromOpaque(context).takeRetainedValue().run() }
      return nil
    }, context.toOpaque())
  pthread_sigmask(SIG_SETMASK, &old, nil)
  if code != 0 {
    context.release()
    throw SystemError(code: code)
  }
  return OwnedThread(handle: handle)
}
