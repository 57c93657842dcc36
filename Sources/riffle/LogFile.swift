// The log: what happened around conversations, never what was said in them. While the screen is up standard error goes
// there as well, so that a library or a crash does not write over the picture.

import Conversations
import Diagnostics
import Display
import Glibc
import Platform
import Streaming

/// An open log. Any thread may write; a line is one system call.
final class LogFile: Sendable {
  private let file: FileDescriptor

  // About ten thousand lines; the older half of the history is in the file beside it.
  private static let limit = 1 << 20
  // An excerpt is to be recognised, not to be read on.
  private static let maximumColumns = 600

  /// Opens the log for appending; a long one is put aside as `riffle.log.old` first. `nil` if it cannot be opened.
  init?(folder: String) {
    let path = "\(folder)/riffle.log"
    do throws(LocalFileError) {
      try LocalFiles.makeFolder(folder)
      var status = stat()
      if stat(path, &status) == 0, status.st_size > Self.limit { try LocalFiles.move(path, to: path + ".old") }
      file = try LocalFiles.openForAppending(path)
    } catch {
      return nil
    }
  }

  /// Where others may append; open as long as this log.
  var descriptor: Int32 { file.raw }

  /// Writes a line with the time before it.
  func note(_ words: String) {
    let time = Timestamp(milliseconds: WallClock.milliseconds()).rfc3339
    let line = "\(time) \(getpid()) \(Sanitizer.singleLine(words, maximumColumns: Self.maximumColumns))\n"
    // A log that cannot be written to is no reason to stop anything.
    try? file.writeAll(line.utf8)
  }

  /// Writes what of an update belongs here: trouble with saving, and answers that were none with their first bytes.
  func note(_ update: SessionUpdate) {
    for notice in update.notices where notice.kind == .setting { note(notice.sentence) }
    for change in update.changes.values.joined() {
      guard case .ended(_, let status, _, _) = change else { continue }
      switch status {
      case .failed(let why), .incomplete(let why): if why.kind == .malformed { note("malformed: \(why.sentence)") }
      default: break
      }
    }
  }

  /// Points standard error at the log until the result ends; `nil` if that cannot be.
  func takeStandardError() -> StandardErrorLoan? { StandardErrorLoan(file.raw) }
}

/// Standard error while it goes elsewhere; it comes back with the end of this value.
struct StandardErrorLoan: ~Copyable {
  private let saved: Int32

  fileprivate init?(_ descriptor: Int32) {
    let before = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3)
    guard before >= 0 else { return nil }
    guard dup2(descriptor, STDERR_FILENO) >= 0 else {
      close(before)
      return nil
    }
    saved = before
  }

  deinit {
    dup2(saved, STDERR_FILENO)
    close(saved)
  }
}
