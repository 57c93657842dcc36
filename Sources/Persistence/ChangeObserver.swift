// Notices that a file was written to, without looking again and again: one thread that sleeps until the system wakes it.

import CSQLite

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Watches the log of a database. Any process's commit is written there first.
///
/// `@unchecked Sendable`: the descriptors never change after `init`; the thread and `stop` use different ends.
final class ChangeObserver: @unchecked Sendable {
  private let watch: Int32
  private let stopping: (read: Int32, write: Int32)
  private let suffix: String
  private let changed: @Sendable () -> Void

  // Commits come in bursts; together with the watch this stays far below the second that is promised.
  private static let pauseMilliseconds: Int32 = 50

  /// Starts watching; `nil` if the system cannot.
  init?(folder: String, file: String, changed: @escaping @Sendable () -> Void) {
    watch = csqlite_watch_open(folder, file)
    guard watch >= 0 else { return nil }
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else {
      close(watch)
      return nil
    }
    stopping = (ends[0], ends[1])
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    suffix = file.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(file[file.index(after: $0)...]) } ?? file
    self.changed = changed
    guard startThread() else { return nil }
  }

  deinit {
    close(watch)
    close(stopping.read)
    close(stopping.write)
  }

  /// Ends the thread.
  func stop() {
    var byte: UInt8 = 0
    _ = write(stopping.write, &byte, 1)
  }

  private func startThread() -> Bool {
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    defer { pthread_attr_destroy(&attributes) }
    pthread_attr_setstacksize(&attributes, 256 * 1024)
    pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
    var thread = pthread_t()
    let context = Unmanaged.passRetained(self)
    let result = pthread_create(
      &thread, &attributes,
      { context in
        if let context { Unmanaged<ChangeObserver>.fromOpaque(context).takeRetainedValue().run() }
        return nil
      }, context.toOpaque())
    if result != 0 { context.release() }
    return result == 0
  }

  private func run() {
    while !waits(alsoFor: watch, milliseconds: -1) {
      if csqlite_watch_take(watch, suffix) == 1 { changed() }
      if waits(alsoFor: -1, milliseconds: Self.pauseMilliseconds) { return }
    }
  }

  /// Sleeps; true if it is to stop.
  private func waits(alsoFor descriptor: Int32, milliseconds: Int32) -> Bool {
    var entries = [
      pollfd(fd: stopping.read, events: Int16(POLLIN), revents: 0), pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
    ]
    while poll(&entries, 2, milliseconds) < 0, errno == EINTR {}
    return entries[0].revents != 0
  }
}
