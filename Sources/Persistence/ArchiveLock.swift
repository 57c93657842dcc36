// A small file beside the archive whose bytes are only locked, not read, and whose date tells that something was changed. Byte 0 keeps checkpoints and transactions of all
// processes apart; every other byte may be the sign of life of one process. A lock ends with its process, however that
// ends, so nobody has to guess from process numbers whether a process still lives.

import CSQLite
import Conversations
import Platform

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// The locks of one archive. Belongs to one thread at a time.
final class ArchiveLock {
  /// A number that no other process has: the byte whose lock shows that this one lives, and the mark on what it writes.
  let owner: Int64
  private let descriptor: Int32

  /// Opens the file, or makes it with mode 0600.
  init(path: String) throws(ArchiveFailure) {
    var opened = csqlite_open(path, O_RDWR, 0)
    if opened < 0, errno == ENOENT {
      do {
        _ = try LocalFiles.create(path)
      } catch {
        // Another process may have been faster.
        guard case .exists = error else { throw error.archiveFailure() }
      }
      opened = csqlite_open(path, O_RDWR, 0)
    }
    guard opened >= 0 else {
      let error = SystemError("open")
      switch error.code {
      case EACCES, EPERM, EROFS: throw .readOnly(path: path)
      default: throw .failed("\(path): \(error.reason)")
      }
    }
    descriptor = opened
    owner = Int64.random(in: 1..<(1 << 62))
  }

  deinit { close(descriptor) }

  // MARK: Transactions and checkpoints

  /// Waits until no other process writes the log back, then keeps it from doing so. False after `limit`.
  func share(within limit: Duration = .seconds(5)) -> Bool { wait(exclusive: false, limit) }

  /// Waits until no other process is in a transaction, then keeps them out. False after `limit`; zero tries once.
  func exclude(within limit: Duration = .seconds(5)) -> Bool { wait(exclusive: true, limit) }

  func release() { _ = csqlite_unlock(descriptor, 0, 1) }

  private func wait(exclusive: Bool, _ limit: Duration) -> Bool {
    let clock = ContinuousClock()
    let end = clock.now + limit
    var pause: UInt32 = 500
    while true {
      switch csqlite_lock(descriptor, 0, 1, exclusive) {
      case 0: return true
      case EAGAIN, EACCES: break
      // A file system without locks: SQLite itself would have refused it, so there is nobody to be kept apart.
      default: return true
      }
      if clock.now >= end { return false }
      usleep(pause)
      pause = min(pause * 2, 20_000)
    }
  }

  // MARK: Signs of life

  /// Shows from now on that this process lives.
  func showLife() { _ = csqlite_lock(descriptor, owner, 1, true) }

  /// Whether the process behind that number lives. One that cannot be asked about is taken to live.
  func isAlive(_ owner: Int64) -> Bool {
    owner == self.owner || (owner > 0 && csqlite_is_locked(descriptor, owner, 1) != 0)
  }

  /// Whether another process has the archive open.
  var hasCompany: Bool { csqlite_is_locked(descriptor, 1, 0) != 0 }

  // MARK: News

  /// The file's name: `ChangeObserver` waits for its date to change.
  static let name = "riffle.lock"

  /// Dates the file anew, which wakes whoever watches it. After a commit: the log is written to before the disk has it and
  /// others can see it, so a watch on the log would wake them too early.
  func announce() { futimens(descriptor, nil) }

  // MARK: Suspicion

  /// Whether somebody met damage in the archive that nobody has looked into.
  var isDamageSuspected: Bool {
    get {
      var found = stat()
      return fstat(descriptor, &found) == 0 && found.st_size > 0
    }
    set {
      if newValue {
        _ = pwrite(descriptor, "!", 1, 0)
      } else if isDamageSuspected {
        _ = ftruncate(descriptor, 0)
      }
    }
  }
}
