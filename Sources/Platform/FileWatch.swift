// Tells when a file was changed, by asking the system: one thread that sleeps until something happens, no polling.

#if canImport(Glibc)
  import Glibc
#endif

/// Watches one file by its folder, so that editors that replace the file are noticed too. Lasts as long as the program.
package enum FileWatch {
  /// Calls `changed`, on a thread of its own, after every change of the file; several quick ones may be told as one.
  /// - Returns: whether the file is watched. It is not where its folder does not exist or the system has no such service.
  @discardableResult
  package static func begin(_ path: String, changed: @escaping @Sendable () -> Void) -> Bool {
    #if canImport(Glibc)
      guard let slash = path.lastIndex(of: "/") else { return false }
      let folder = String(path[..<slash])
      let name = Array(path[path.index(after: slash)...].utf8)
      let descriptor = inotify_init1(Int32(IN_CLOEXEC))
      guard descriptor >= 0 else { return false }
      let events = UInt32(IN_CLOSE_WRITE | IN_MOVED_TO | IN_DELETE)
      guard inotify_add_watch(descriptor, folder, events) >= 0 else {
        close(descriptor)
        return false
      }
      do throws(SystemError) {
        _ = try startThread(named: "settings") { wait(descriptor, for: name, changed) }
        return true
      } catch {
        close(descriptor)
        return false
      }
    #else
      return false
    #endif
  }

  #if canImport(Glibc)
    private static func wait(_ descriptor: Int32, for name: [UInt8], _ changed: @Sendable () -> Void) {
      var buffer = [UInt8](repeating: 0, count: 4096)
      while true {
        let count = read(descriptor, &buffer, buffer.count)
        if count < 0, errno == EINTR { continue }
        guard count > 0 else { return }
        if names(in: buffer.prefix(count)).contains(where: { $0.elementsEqual(name) }) { changed() }
      }
    }

    /// The names in a block of events: inotify(7), struct inotify_event, 16 bytes before a padded name.
    private static func names(in block: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] {
      var result: [ArraySlice<UInt8>] = []
      var offset = 0
      while offset + 16 <= block.count {
        let length = (0..<4).reduce(0) { $0 | Int(block[offset + 12 + $1]) << (8 * $1) }
        let end = min(block.count, offset + 16 + length)
        result.append(block[(offset + 16)..<end].prefix { $0 != 0 })
        offset = end
      }
      return result
    }
  #endif
}
