// Files of this user: private from their first byte whatever the umask, read with a bound, replaced as a whole. Knows paths
// and bytes, nothing of what is in them.

import CSystem

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// What can be wrong with a file. Each case carries the path that was asked for.
package enum LocalFileError: Error, Equatable, Sendable {
  /// Nothing is there.
  case missing(path: String)
  /// A folder, where a file was wanted.
  case isFolder(path: String)
  /// A device, pipe, socket, or a link where none is followed.
  case notAFile(path: String)
  /// More than `limit` bytes.
  case tooLarge(path: String, limit: Int)
  /// Something is there already.
  case exists(path: String)
  /// The permissions forbid it, or the file system is read-only.
  case denied(path: String)
  /// The disk or the quota is full.
  case noSpace(path: String)
  /// Anything else the system reported.
  case failed(path: String, SystemError)

  init(path: String, _ error: SystemError) {
    switch error.code {
    case ENOENT, ENOTDIR: self = .missing(path: path)
    case EISDIR: self = .isFolder(path: path)
    case ELOOP, ENXIO: self = .notAFile(path: path)
    case EEXIST: self = .exists(path: path)
    case EACCES, EPERM, EROFS: self = .denied(path: path)
    case ENOSPC, EDQUOT: self = .noSpace(path: path)
    default: self = .failed(path: path, error)
    }
  }

  /// What is wrong, without the path.
  package var words: String {
    switch self {
    case .missing: "there is no such file"
    case .isFolder: "is a folder"
    case .notAFile: "is not an ordinary file"
    case .tooLarge(_, let limit): "is larger than \(limit) bytes"
    case .exists: "exists already"
    case .denied: "may not be read or written"
    case .noSpace: "the disk is full"
    case .failed(_, let cause): cause.reason
    }
  }

  /// The same about another path: the caller knows nothing of the name beside the one it asked for.
  fileprivate func renamed(_ path: String) -> LocalFileError {
    switch self {
    case .missing: .missing(path: path)
    case .isFolder: .isFolder(path: path)
    case .notAFile: .notAFile(path: path)
    case .tooLarge(_, let limit): .tooLarge(path: path, limit: limit)
    case .exists: .exists(path: path)
    case .denied: .denied(path: path)
    case .noSpace: .noSpace(path: path)
    case .failed(_, let cause): .failed(path: path, cause)
    }
  }
}

/// Private files and folders.
package enum LocalFiles {
  /// What is done with a file that is already there.
  package enum Existing: Sendable {
    /// It is replaced.
    case replace
    /// It stays, and `LocalFileError.exists` is thrown.
    case keep
  }

  /// Who may read a new file.
  package enum Readers: Sendable {
    /// Its owner alone, whatever the umask.
    case owner
    /// Whoever the umask lets read it, as with files of other programs; nobody else may write it.
    case others
  }

  /// Makes sure that a folder and its parents exist. New ones have mode 0700; existing ones stay as they are.
  package static func makeFolder(_ path: String) throws(LocalFileError) {
    if isFolder(path) { return }
    if let parent = parent(of: path), !isFolder(parent) { try makeFolder(parent) }
    if mkdir(path, 0o700) != 0 {
      let error = SystemError("mkdir")
      // Another process may have made it in between.
      if error.code == EEXIST, isFolder(path) { return }
      throw LocalFileError(path: path, error)
    }
    // A strange umask may have taken the owner's own rights away. By descriptor: the path could be a link by now.
    let descriptor = system_open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC, 0)
    if descriptor < 0 {
      if errno == EACCES, chmod(path, 0o700) == 0 { return }
      throw LocalFileError(path: path, SystemError("open"))
    }
    let folder = FileDescriptor(owning: descriptor)
    if fchmod(folder.raw, 0o700) != 0 { throw LocalFileError(path: path, SystemError("fchmod")) }
  }

  /// Creates a file with mode 0600 for writing; what is already there, a link included, stays untouched.
  package static func create(_ path: String) throws(LocalFileError) -> FileDescriptor {
    try open(path, O_RDWR | O_CREAT | O_EXCL)
  }

  /// Opens a file for appending; a new one has mode 0600. Links are not followed, and only a file is accepted.
  package static func openForAppending(_ path: String) throws(LocalFileError) -> FileDescriptor {
    let file: FileDescriptor
    do {
      return try open(path, O_WRONLY | O_APPEND | O_CREAT | O_EXCL)
    } catch .exists {
      file = try open(path, O_WRONLY | O_APPEND | O_NONBLOCK)
    }
    try checkIsFile(file.raw, path)
    return file
  }

  /// The whole content of a file of at most `limit` bytes.
  ///
  /// Links are followed, since people link their settings. Folders, devices and pipes are refused without being opened for
  /// longer than it takes to see what they are.
  package static func read(_ path: String, atMost limit: Int) throws(LocalFileError) -> [UInt8] {
    // O_NONBLOCK: opening a pipe would wait for a writer.
    let descriptor = system_open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY, 0)
    if descriptor < 0 { throw LocalFileError(path: path, SystemError("open")) }
    let file = FileDescriptor(owning: descriptor)
    try checkIsFile(file.raw, path)
    do {
      if let bytes = try file.readAll(atMost: limit) { return bytes }
    } catch {
      throw LocalFileError(path: path, error)
    }
    throw .tooLarge(path: path, limit: limit)
  }

  /// Gives `path` this content, all or nothing: written beside it, forced to the disk, then renamed.
  ///
  /// A link at `path` is replaced itself, never followed.
  /// - Parameter readers: mode 0600, or 0644 without what the umask takes.
  package static func write(
    _ bytes: [UInt8], to path: String, existing: Existing = .replace, readers: Readers = .owner
  ) throws(LocalFileError) {
    let beside = nameBeside(path)
    let file: FileDescriptor
    do {
      file = try open(beside, O_WRONLY | O_CREAT | O_EXCL, readers: readers)
    } catch {
      throw error.renamed(path)
    }
    do {
      try file.writeAll(bytes)
      try file.sync()
      try file.close()
    } catch {
      unlink(beside)
      throw LocalFileError(path: path, error)
    }
    do throws(SystemError) {
      switch existing {
      case .replace: if rename(beside, path) != 0 { throw SystemError("rename") }
      case .keep: try take(path, with: beside)
      }
    } catch {
      unlink(beside)
      throw LocalFileError(path: path, error)
    }
    syncFolder(of: path)
  }

  /// Renames without replacing.
  private static func take(_ path: String, with beside: String) throws(SystemError) {
    // link(2) refuses an existing name in the same step in which it would take it; rename(2) replaces it.
    if link(beside, path) == 0 {
      unlink(beside)
      return
    }
    let error = SystemError("link")
    // File systems without hard links, such as those of memory sticks: the name is claimed by an empty file of ours,
    // which is then replaced.
    guard [EPERM, ENOTSUP, EOPNOTSUPP, ENOSYS, EMLINK].contains(error.code) else { throw error }
    let claimed = system_open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
    if claimed < 0 { throw SystemError("open") }
    close(claimed)
    if rename(beside, path) != 0 {
      let error = SystemError("rename")
      unlink(path)
      throw error
    }
  }

  /// Removes a file or a link; a missing one is fine.
  package static func remove(_ path: String) throws(LocalFileError) {
    if unlink(path) != 0, errno != ENOENT { throw LocalFileError(path: path, SystemError("unlink")) }
  }

  /// Moves within one file system; what is at `destination` is replaced.
  package static func move(_ path: String, to destination: String) throws(LocalFileError) {
    if rename(path, destination) != 0 { throw LocalFileError(path: path, SystemError("rename")) }
    syncFolder(of: destination)
  }

  /// The names in a folder, sorted by bytes, without `.` and `..`; at most `limit`.
  package static func names(in folder: String, atMost limit: Int = 4096) throws(LocalFileError) -> [String] {
    guard let stream = opendir(folder) else { throw LocalFileError(path: folder, SystemError("opendir")) }
    defer { closedir(stream) }
    var names: [String] = []
    while names.count < limit, let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: MemoryLayout.size(ofValue: pointer.pointee)) {
          String(cString: $0)
        }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  /// Whether an ordinary file stands there itself: not a link to one, a pipe or a device, which replacing would destroy.
  package static func isOrdinaryFile(_ path: String) -> Bool {
    var found = stat()
    return lstat(path, &found) == 0 && found.st_mode & S_IFMT == S_IFREG
  }

  /// Whether a folder, or a link to one, is there.
  package static func isFolder(_ path: String) -> Bool {
    var found = stat()
    return stat(path, &found) == 0 && found.st_mode & S_IFMT == S_IFDIR
  }

  /// Whether anything is there, be it a link to nothing.
  package static func exists(_ path: String) -> Bool {
    var found = stat()
    return lstat(path, &found) == 0
  }

  /// The permission bits of what `path` leads to, such as 0o600; nil if there is nothing.
  package static func permissions(of path: String) -> Int? {
    var found = stat()
    return stat(path, &found) == 0 ? Int(found.st_mode) & 0o7777 : nil
  }

  private static func open(
    _ path: String, _ flags: Int32, readers: Readers = .owner
  ) throws(LocalFileError) -> FileDescriptor {
    let mode: UInt32 = readers == .owner ? 0o600 : 0o644
    let descriptor = system_open(path, flags | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY, mode)
    if descriptor < 0 { throw LocalFileError(path: path, SystemError("open")) }
    let file = FileDescriptor(owning: descriptor)
    // The umask can only take rights away; a strange one would take our own.
    if flags & O_EXCL != 0, readers == .owner, fchmod(file.raw, 0o600) != 0 {
      throw LocalFileError(path: path, SystemError("fchmod"))
    }
    return file
  }

  /// A name beside `path` that nobody has.
  private static func nameBeside(_ path: String) -> String {
    // 64 random bits: a clash means that somebody guesses names, and O_EXCL refuses it.
    "\(path).\(String(UInt64.random(in: 0 ... .max), radix: 36)).part"
  }

  private static func checkIsFile(_ descriptor: Int32, _ path: String) throws(LocalFileError) {
    var found = stat()
    if fstat(descriptor, &found) != 0 { throw LocalFileError(path: path, SystemError("fstat")) }
    switch found.st_mode & S_IFMT {
    case S_IFREG: return
    case S_IFDIR: throw .isFolder(path: path)
    default: throw .notAFile(path: path)
    }
  }

  /// A rename is on the disk when its folder is. Some file systems cannot sync a folder; then there is nothing to do.
  private static func syncFolder(of path: String) {
    let descriptor = system_open(parent(of: path) ?? ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0)
    if descriptor >= 0 { try? FileDescriptor(owning: descriptor).sync() }
  }

  /// nil for a bare name and for the root.
  private static func parent(of path: String) -> String? {
    var bytes = path.utf8[...]
    while bytes.count > 1, bytes.last == UInt8(ascii: "/") { bytes.removeLast() }
    guard let slash = bytes.lastIndex(of: UInt8(ascii: "/")), bytes.count > 1 else { return nil }
    return slash == bytes.startIndex ? "/" : String(path[..<slash])
  }
}
