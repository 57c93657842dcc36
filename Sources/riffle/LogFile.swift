// Standard error while the screen is up: what a library or a crash says goes to a file instead of over the picture.

import Glibc
import Platform

/// Sends standard error to the log file, and back.
struct LogFile: ~Copyable {
  private let saved: Int32

  /// Opens the log for appending and points standard error at it; `nil` if it cannot be opened, which leaves it alone.
  init?(folder: String) {
    do {
      try LocalFiles.makeFolder(folder)
      let file = try LocalFiles.openForAppending("\(folder)/riffle.log")
      let before = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3)
      guard before >= 0 else { return nil }
      guard dup2(file.raw, STDERR_FILENO) >= 0 else {
        close(before)
        return nil
      }
      saved = before
    } catch {
      return nil
    }
  }

  deinit {
    dup2(saved, STDERR_FILENO)
    close(saved)
  }
}
