// A copy of the test process that dies on purpose. What runs in it after the fork must be short: other threads are gone.

import CVTerm
package import Platform

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// A process that runs a body and dies.
package enum CrashingProcess {
  /// How it dies.
  package enum End: CaseIterable, Sendable {
    /// By reading an address that is not there.
    case fault
    /// By abort(3).
    case abort
    /// By an illegal instruction, as Swift traps, sent as a signal.
    case trap
    /// Not at all: it exits with 0.
    case exit

    /// How its parent sees it die.
    package var status: Platform.ExitStatus {
      switch self {
      case .fault: .signalled(SIGSEGV)
      case .abort: .signalled(SIGABRT)
      case .trap: .signalled(SIGILL)
      case .exit: .exited(0)
      }
    }
  }

  private final class Body {
    let prepare: () -> Void
    let end: End

    init(_ prepare: @escaping () -> Void, _ end: End) {
      self.prepare = prepare
      self.end = end
    }
  }

  /// Forks, runs `prepare` in the child, lets it die and tells how it did.
  package static func run(_ end: End, after prepare: @escaping () -> Void) -> Platform.ExitStatus? {
    let body = Unmanaged.passRetained(Body(prepare, end))
    defer { body.release() }
    let child = test_fork(
      { context in
        guard let context else { return }
        let body = Unmanaged<Body>.fromOpaque(context).takeUnretainedValue()
        body.prepare()
        switch body.end {
        case .fault: test_fault()
        case .abort: abort()
        case .trap: raise(SIGILL)
        case .exit: break
        }
      }, body.toOpaque())
    var status: Int32 = 0
    guard child > 0, waitpid(child, &status, 0) == child else { return nil }
    return Platform.ExitStatus(waitStatus: status)
  }
}
