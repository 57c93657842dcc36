// A failed system call: which, and why. Modules translate it into their own errors at their edge.

import CSystem

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// A system call that failed.
package struct SystemError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The call or the step, such as `open`.
  package let operation: String
  /// The `errno` it left.
  package let code: Int32

  /// An error with a known number.
  package init(_ operation: String, code: Int32) {
    self.operation = operation
    self.code = code
  }

  /// An error with the calling thread's `errno`; call it on the line after the failure.
  package init(_ operation: String) {
    self.init(operation, code: errno)
  }

  /// The system's words for the number, in the current locale: `No space left on device`.
  package var reason: String {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { buffer in
      guard let start = buffer.baseAddress else { return "error \(code)" }
      buffer.initialize(repeating: 0)
      system_error_text(code, start, buffer.count)
      return String(cString: start)
    }
  }

  /// `open: No such file or directory`.
  package var description: String { "\(operation): \(reason)" }
}
