// The files of the archive: where they are, how they are made private, and how a damaged one is put aside.

import CSQLite
import Conversations

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// The paths in the archive's folder.
struct ArchiveFiles {
  /// Without links, since SQLite refuses those.
  let folder: String

  var database: String { folder + "/riffle.db" }
  var log: String { database + "-wal" }
  var lock: String { folder + "/riffle.lock" }
  /// A database that is being made; it gets its name when it is whole.
  var draft: String { folder + "/riffle.db.new" }
  /// The copy of a damaged file that rows are read from.
  var rescue: String { folder + "/riffle.db.rescue" }

  /// Makes the folder and its parents with mode 0700 where they are missing.
  init(makingFolder path: String) throws(Errno) {
    try Self.makeFolder(path)
    guard let resolved = realpath(path, nil) else { throw Errno(errno) }
    defer { free(resolved) }
    folder = String(cString: resolved)
  }

  private static func makeFolder(_ path: String) throws(Errno) {
    var found = stat()
    if stat(path, &found) == 0 {
      guard found.st_mode & S_IFMT == S_IFDIR else { throw Errno(ENOTDIR) }
      return
    }
    guard errno == ENOENT else { throw Errno(errno) }
    var parent = path.utf8[...]
    while parent.last == UInt8(ascii: "/") { parent.removeLast() }
    if let slash = parent.lastIndex(of: UInt8(ascii: "/")), slash > parent.startIndex {
      try makeFolder(String(path[..<slash]))
    }
    if mkdir(path, 0o700) != 0 {
      guard errno == EEXIST else { throw Errno(errno) }
      return
    }
    // The umask may have taken the owner's own rights away.
    let descriptor = csqlite_open(path, O_RDONLY | O_DIRECTORY, 0)
    if descriptor >= 0 {
      fchmod(descriptor, 0o700)
      close(descriptor)
    } else if errno == EACCES {
      chmod(path, 0o700)
    }
  }

  /// What stands at a path.
  enum Found: Equatable {
    case nothing, link, empty, file
    /// A folder, a device, a pipe.
    case other
  }

  static func find(_ path: String) -> Found {
    var found = stat()
    guard lstat(path, &found) == 0 else { return .nothing }
    return switch found.st_mode & S_IFMT {
    case S_IFLNK: .link
    case S_IFREG: found.st_size == 0 ? .empty : .file
    default: .other
    }
  }

  /// A new, empty file with mode 0600, whatever the umask; what was there is removed.
  static func makePrivateFile(_ path: String) throws(Errno) {
    unlink(path)
    let descriptor = csqlite_open(path, O_RDWR | O_CREAT | O_EXCL, 0o600)
    guard descriptor >= 0 else { throw Errno(errno) }
    defer { close(descriptor) }
    if fchmod(descriptor, 0o600) != 0 { throw Errno(errno) }
  }

  /// Gives the finished draft its name.
  func publishDraft() throws(Errno) {
    if rename(draft, database) != 0 { throw Errno(errno) }
    let descriptor = csqlite_open(folder, O_RDONLY | O_DIRECTORY, 0)
    guard descriptor >= 0 else { return }
    fsync(descriptor)
    close(descriptor)
  }

  /// Moves the database, or what stands in its place, and its log away under a name with the date. Nothing is deleted.
  /// - Returns: the new path of the database; `nil` if only remains of a log were there.
  func setAside(at time: Timestamp) throws(Errno) -> String? {
    let now = time.components()
    func padded(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
    let date =
      "\(now.year)\(padded(now.month))\(padded(now.day))T\(padded(now.hour))\(padded(now.minute))\(padded(now.second))Z"
    var aside = "\(folder)/riffle.damaged-\(date).db"
    var number = 2
    while ["", "-wal", "-shm"].contains(where: { Self.find(aside + $0) != .nothing }) {
      aside = "\(folder)/riffle.damaged-\(date)-\(number).db"
      number += 1
    }
    let hadDatabase = Self.find(database) != .nothing
    for suffix in ["", "-wal", "-shm"] where Self.find(database + suffix) != .nothing {
      if rename(database + suffix, aside + suffix) != 0 { throw Errno(errno) }
    }
    return hadDatabase ? aside : nil
  }

  /// Copies a regular file into a new private one; false if it cannot be read or written.
  static func copy(_ source: String, to destination: String) -> Bool {
    let from = csqlite_open(source, O_RDONLY, 0)
    guard from >= 0 else { return false }
    defer { close(from) }
    do { try makePrivateFile(destination) } catch { return false }
    let to = csqlite_open(destination, O_WRONLY, 0)
    guard to >= 0 else { return false }
    defer { close(to) }
    return withUnsafeTemporaryAllocation(byteCount: 1 << 18, alignment: 16) { buffer in
      while true {
        let count = read(from, buffer.baseAddress, buffer.count)
        if count == 0 { return true }
        if count < 0 {
          if errno == EINTR { continue }
          return false
        }
        var written = 0
        while written < count {
          let result = write(to, buffer.baseAddress?.advanced(by: written), count - written)
          if result < 0 {
            if errno == EINTR { continue }
            return false
          }
          written += result
        }
      }
    }
  }

  static func removeDatabase(_ path: String) {
    for suffix in ["", "-wal", "-shm", "-journal"] { unlink(path + suffix) }
  }
}

extension Errno {
  /// The failure in the socket's words.
  func archiveFailure(path: String) -> ArchiveFailure {
    switch code {
    case ENOSPC, EDQUOT: .diskFull(path: path)
    case EROFS, EACCES, EPERM: .readOnly(path: path)
    default: .failed("\(path): \(words)")
    }
  }
}
