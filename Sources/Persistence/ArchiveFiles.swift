// The files of the archive: where they are, how they are made private, and how a damaged one is put aside.

import CSQLite
import Conversations
import Platform

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
  var lock: String { folder + "/" + ArchiveLock.name }
  /// A database that is being made; it gets its name when it is whole.
  var draft: String { folder + "/riffle.db.new" }
  /// The copy of a damaged file that rows are read from.
  var rescue: String { folder + "/riffle.db.rescue" }

  /// Makes the folder and its parents with mode 0700 where they are missing.
  init(makingFolder path: String) throws(LocalFileError) {
    try LocalFiles.makeFolder(path)
    guard let resolved = Self.resolved(path) else { throw .failed(path: path, SystemError("realpath")) }
    folder = resolved
  }

  /// The path in a folder that may be read but not written; `nil` if there is no such folder.
  static func database(in folder: String) -> String? { resolved(folder).map { $0 + "/riffle.db" } }

  private static func resolved(_ path: String) -> String? {
    guard let resolved = realpath(path, nil) else { return nil }
    defer { free(resolved) }
    return String(cString: resolved)
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
  static func makePrivateFile(_ path: String) throws(LocalFileError) {
    try LocalFiles.remove(path)
    _ = try LocalFiles.create(path)
  }

  /// Gives the finished draft its name.
  func publishDraft() throws(LocalFileError) { try LocalFiles.move(draft, to: database) }

  /// Moves the database, or what stands in its place, and its log away under a name with the date. Nothing is deleted.
  /// - Returns: the new path of the database; `nil` if only remains of a log were there.
  func setAside(at time: Timestamp) throws(LocalFileError) -> String? {
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
      try LocalFiles.move(database + suffix, to: aside + suffix)
    }
    return hadDatabase ? aside : nil
  }

  /// Copies a file into a new private one, piece by piece; false if it cannot be read or written.
  static func copy(_ source: String, to destination: String) -> Bool {
    let descriptor = csqlite_open(source, O_RDONLY, 0)
    guard descriptor >= 0 else { return false }
    let from = FileDescriptor(owning: descriptor)
    do {
      try LocalFiles.remove(destination)
      let to = try LocalFiles.create(destination)
      while true {
        var piece: [UInt8] = []
        guard let count = try from.read(into: &piece, atMost: 1 << 18), count > 0 else { return true }
        try to.writeAll(piece)
      }
    } catch {
      return false
    }
  }

  static func removeDatabase(_ path: String) {
    for suffix in ["", "-wal", "-shm", "-journal"] { unlink(path + suffix) }
  }
}

extension LocalFileError {
  /// The failure in the socket's words.
  func archiveFailure() -> ArchiveFailure {
    switch self {
    case .noSpace(let path): .diskFull(path: path)
    case .denied(let path): .readOnly(path: path)
    case .missing(let path): .failed("\(path) is missing")
    case .isFolder(let path), .notAFile(let path), .exists(let path), .tooLarge(let path, _):
      .failed("\(path) is in the way")
    case .failed(let path, let error): .failed("\(path): \(error.reason)")
    }
  }
}
