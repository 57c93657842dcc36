// Notices that another process has changed the archive, without looking again and again: one thread that sleeps until the
// system wakes it.

import CSQLite
import Platform

/// Watches the date of a file, which every process renews when it has committed.
final class ChangeObserver: Sendable {
  private let watch: FileDescriptor
  private let stopping: Doorbell
  /// The file's name.
  private let name: String
  private let changed: @Sendable () -> Void

  // Commits come in bursts; together with the watch this stays far below the second that is promised.
  private static let pauseNanoseconds: UInt64 = 50_000_000

  /// Starts watching; `changed` is called on a thread of its own. `nil` if the system cannot.
  init?(folder: String, name: String, changed: @escaping @Sendable () -> Void) {
    let descriptor = csqlite_watch_open(folder, folder + "/" + name)
    guard descriptor >= 0 else { return nil }
    watch = FileDescriptor(owning: descriptor)
    guard let stopping = try? Doorbell() else { return nil }
    self.stopping = stopping
    self.name = name
    self.changed = changed
    do {
      try startThread(named: "archive watch") { [self] in run() }
    } catch {
      return nil
    }
  }

  /// Ends the thread.
  func stop() { stopping.ring() }

  private func run() {
    while !sleep(untilReadable: watch.raw, nanoseconds: nil) {
      if csqlite_watch_take(watch.raw, name) == 1 { changed() }
      if sleep(untilReadable: -1, nanoseconds: Self.pauseNanoseconds) { return }
    }
  }

  /// True if the thread is to end.
  private func sleep(untilReadable descriptor: Int32, nanoseconds: UInt64?) -> Bool {
    var entries = [PollEntry(stopping.descriptor, .readable), PollEntry(descriptor, .readable)]
    Poll.wait(&entries, nanoseconds: nanoseconds)
    return !entries[0].found.isEmpty
  }
}
