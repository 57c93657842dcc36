// Tells when files were changed, by asking the system: one thread that sleeps until something happens, no polling.

#if canImport(Glibc)
  import Glibc
#endif

/// Watches a file, and folders whose files belong to it, for as long as the program runs.
package enum FileWatch {
  /// Calls `changed`, on a thread of its own, after every change; several quick ones may be told as one.
  ///
  /// A file is watched by its folder, so that editors that replace it are noticed too, and where it is a symbolic link its
  /// target is watched as well. What does not exist yet is waited for.
  /// - Parameter folders: of these every file counts.
  /// - Returns: whether anything is watched; it is not where the system has no such service.
  @discardableResult
  package static func begin(_ path: String, folders: [String] = [], changed: @escaping @Sendable () -> Void) -> Bool {
    #if canImport(Glibc)
      let descriptor = inotify_init1(Int32(IN_CLOEXEC))
      guard descriptor >= 0 else { return false }
      do throws(SystemError) {
        _ = try startThread(named: "settings") {
          var watch = Watch(descriptor: descriptor, file: path, folders: folders)
          watch.arrange()
          while let isChange = watch.next() {
            let wasWaiting = watch.isWaiting
            watch.arrange()
            // What was waited for may have been written before it was watched.
            if isChange || wasWaiting && !watch.isWaiting { changed() }
          }
          close(descriptor)
        }
        return true
      } catch {
        close(descriptor)
        return false
      }
    #else
      return false
    #endif
  }
}

#if canImport(Glibc)
  /// What one inotify descriptor watches.
  private struct Watch {
    let descriptor: Int32
    let file: String
    let folders: [String]
    /// What counts in a watched folder, by the watch's number.
    private var wanted: [Int32: Set<Wanted>] = [:]
    private var buffer = [UInt8](repeating: 0, count: 8192)

    private enum Wanted: Hashable {
      case name([UInt8])
      case everything
      /// Something above what is to be watched; what appears here may lead to it.
      case ancestor
    }

    init(descriptor: Int32, file: String, folders: [String]) {
      self.descriptor = descriptor
      self.file = file
      self.folders = folders
    }

    /// Watches what there is by now. The system knows a folder once, however often it is named.
    mutating func arrange() {
      wanted = [:]
      add(Self.folder(of: file), .name(Array(Self.name(of: file).utf8)))
      if let target = Self.target(of: file), target != file {
        add(Self.folder(of: target), .name(Array(Self.name(of: target).utf8)))
      }
      for folder in folders { add(folder, .everything) }
    }

    private mutating func add(_ folder: String, _ what: Wanted) {
      let events = UInt32(IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_CREATE)
      let number = inotify_add_watch(descriptor, folder, events)
      if number >= 0 {
        wanted[number, default: []].insert(what)
      } else if folder != "/", folder != "." {
        add(Self.folder(of: folder), .ancestor)
        // It may have been made while nobody watched its parent.
        let late = inotify_add_watch(descriptor, folder, events)
        if late >= 0 { wanted[late, default: []].insert(what) }
      }
    }

    /// Whether something that is to be watched does not exist.
    var isWaiting: Bool {
      let places = [Self.folder(of: file)] + folders
      return places.contains { !LocalFiles.isFolder($0) }
    }

    /// Waits for the next events: whether they changed something that counts; nil if the descriptor is of no use any more.
    mutating func next() -> Bool? {
      var count = read(descriptor, &buffer, buffer.count)
      while count < 0, errno == EINTR { count = read(descriptor, &buffer, buffer.count) }
      guard count > 0 else { return nil }
      var isChange = false
      var offset = 0
      // inotify(7), struct inotify_event: four 32-bit numbers before a padded name.
      while offset + 16 <= count {
        let number = Int32(bitPattern: word(at: offset))
        let mask = word(at: offset + 4)
        let end = min(count, offset + 16 + Int(word(at: offset + 12)))
        let name = Array(buffer[(offset + 16)..<end].prefix { $0 != 0 })
        for what in wanted[number] ?? [] { isChange = isChange || counts(name, mask, as: what) }
        offset = end
      }
      return isChange
    }

    private func counts(_ name: [UInt8], _ mask: UInt32, as what: Wanted) -> Bool {
      // A file that was only created is not written yet; a link is there at once.
      let isCreation = mask & UInt32(IN_CREATE) != 0
      switch what {
      case .name(let wanted): return name == wanted && (!isCreation || Self.target(of: file) != file)
      case .everything: return !isCreation
      case .ancestor: return false
      }
    }

    private func word(at offset: Int) -> UInt32 {
      (0..<4).reduce(0) { $0 | UInt32(buffer[offset + $1]) << (8 * UInt32($1)) }
    }

    private static func folder(of path: String) -> String {
      guard let slash = path.lastIndex(of: "/") else { return "." }
      return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    private static func name(of path: String) -> String {
      path.lastIndex(of: "/").map { String(path[path.index(after: $0)...]) } ?? path
    }

    /// Where a path leads in the end; nil if it leads nowhere.
    private static func target(of path: String) -> String? {
      guard let resolved = realpath(path, nil) else { return nil }
      defer { free(resolved) }
      return String(cString: resolved)
    }
  }
#endif
