// Opens the archive, whatever is in its place: nothing, a good file, an old one, a newer one, a damaged one, something else
// entirely. What cannot be used is set aside and never written again; what stops the archive from writing is told.

import CSQLite
import Conversations
import Diagnostics
import Platform

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// What a reader opens.
enum ReadSource: Equatable, Sendable {
  case file(path: String, isImmutable: Bool)
  /// There is no file and none can be made: everything is empty.
  case nothing
  case failure(ArchiveFailure)
}

/// An archive as far as it could be opened. Belongs to the writer's thread.
struct OpenedArchive {
  var files: ArchiveFiles?
  var database: Database?
  var lock: ArchiveLock?
  var source: ReadSource
  /// Why nothing can be written; `nil` if all is well.
  var refusal: ArchiveFailure?
  var report: [Explanation] = []
}

struct ArchiveOpener: Sendable {
  let folder: String
  let migrations: [Migration]
  /// What stands between SQLite and the disk; `nil` for the operating system itself.
  let system: String?
  let now: @Sendable () -> Timestamp

  /// Why a file cannot be used as it is.
  private enum Obstacle: Error {
    case failure(ArchiveFailure)
    /// The exclusive lock is needed to go on: there is no file, or it must be replaced.
    case absent
    case damaged(String)
    case foreign(String)
  }

  func open() -> OpenedArchive {
    let files: ArchiveFiles
    do {
      files = try ArchiveFiles(makingFolder: folder)
    } catch {
      return refused(error.archiveFailure(), nil)
    }
    let lock: ArchiveLock
    do {
      lock = try ArchiveLock(path: files.lock)
    } catch .readOnly {
      return refused(.readOnly(path: files.folder), files)
    } catch {
      return refused(error, files)
    }
    defer { lock.release() }
    guard lock.share() else { return refused(.busy, files) }
    do {
      return opened(try openExisting(files, lock), files, lock)
    } catch .failure(let failure) {
      return refused(failure, files)
    } catch {
      // Anything else needs the place for itself. Another process may have done the work meanwhile, so look again.
      lock.release()
      guard lock.exclude() else { return refused(.busy, files) }
      return openAlone(files, lock)
    }
  }

  private func openAlone(_ files: ArchiveFiles, _ lock: ArchiveLock) -> OpenedArchive {
    var report: [Explanation] = []
    do {
      do {
        return opened(try openExisting(files, lock), files, lock)
      } catch .absent {
        // A log without its database must not be taken for the log of a new one.
        _ = try asFailure(files) { () throws(LocalFileError) in try files.setAside(at: now()) }
        try makeDatabase(files)
      } catch .damaged(let why) {
        report = [try replace(files, lock, because: why, rescuing: true)]
      } catch .foreign(let why) {
        report = [try replace(files, lock, because: why, rescuing: false)]
      }
      lock.isDamageSuspected = false
      var archive = opened(try openExisting(files, lock), files, lock)
      archive.report += report
      return archive
    } catch .failure(let failure) {
      var archive = refused(failure, files)
      archive.report = report + archive.report
      return archive
    } catch {
      return refused(.failed("\(files.database) cannot be opened"), files)
    }
  }

  private func opened(_ database: Database, _ files: ArchiveFiles, _ lock: ArchiveLock) -> OpenedArchive {
    // Before the lock on byte 0 is given back: whoever wants to replace the file sees that it is in use.
    lock.showLife()
    return OpenedArchive(
      files: files, database: database, lock: lock, source: .file(path: files.database, isImmutable: false))
  }

  /// Nothing can be written: what can be read?
  private func refused(_ failure: ArchiveFailure, _ files: ArchiveFiles?) -> OpenedArchive {
    var source = ReadSource.failure(failure)
    switch failure {
    case .readOnly, .diskFull, .newerSchema:
      guard let path = files?.database ?? ArchiveFiles.database(in: folder) else {
        source = .nothing
        break
      }
      switch ArchiveFiles.find(path) {
      case .nothing: source = .nothing
      case .file:
        // Without the files beside it, and without the right to make them, a database opens only if nobody can change it.
        let hasLog = ArchiveFiles.find(path + "-wal") == .file
        let isImmutable = if case .readOnly = failure { !hasLog } else { false }
        source = .file(path: path, isImmutable: isImmutable)
      case .link, .empty, .other: break
      }
    case .busy, .damaged, .failed: break
    }
    return OpenedArchive(files: files, source: source, refusal: failure, report: [failure.explanation])
  }

  // MARK: A file that is there

  private func openExisting(_ files: ArchiveFiles, _ lock: ArchiveLock) throws(Obstacle) -> Database {
    switch ArchiveFiles.find(files.database) {
    case .nothing: throw .absent
    case .link: throw .failure(.failed("\(files.database) is a link, which is not followed"))
    case .empty: throw .damaged("it was empty")
    case .other: throw .foreign("it was not a file")
    case .file: break
    }
    do {
      let database = try Database(path: files.database, access: .readWrite, system: system)
      if database.isReadOnly { throw Obstacle.failure(.readOnly(path: files.database)) }
      try identify(database)
      if lock.isDamageSuspected {
        let verdict = try database.first("PRAGMA quick_check(1)") { $0.text(0) }
        if let verdict, verdict != "ok" { throw Obstacle.damaged(verdict) }
        lock.isDamageSuspected = false
      }
      try migrate(database, files)
      try database.execute("PRAGMA journal_mode = WAL; PRAGMA fullfsync = 1; PRAGMA checkpoint_fullfsync = 1")
      return database
    } catch let failure as SQLiteFailure {
      if failure.isDamage { throw .damaged(failure.message) }
      throw .failure(failure.archiveFailure(path: files.database))
    } catch let obstacle as Obstacle {
      throw obstacle
    } catch {
      throw .failure(.failed("\(error)"))
    }
  }

  private func identify(_ database: Database) throws {
    let tables = try database.first("SELECT count(*) FROM sqlite_schema") { $0.integer(0) } ?? 0
    let application = try database.first("PRAGMA application_id") { $0.integer(0) } ?? 0
    if application != Schema.applicationID, application != 0 || tables > 0 {
      throw Obstacle.foreign("it belongs to another program")
    }
    let version = try version(of: database)
    if version > migrations.count {
      throw Obstacle.failure(.newerSchema(found: version, known: migrations.count))
    }
  }

  private func version(of database: Database) throws(SQLiteFailure) -> Int {
    try database.first("PRAGMA user_version") { $0.number(0) } ?? 0
  }

  /// Brings a file to the newest version, one transaction for each step, so that a death in the middle loses nothing.
  private func migrate(_ database: Database, _ files: ArchiveFiles?) throws(SQLiteFailure) {
    while true {
      let found = try version(of: database)
      guard found < migrations.count else { return }
      let step = migrations[max(found, 0)]
      if step.dropsData, let files { try keepCopy(of: database, version: found, files) }
      try database.write { () throws(SQLiteFailure) in
        // Another process may have been faster.
        guard try version(of: database) == found else { return }
        // Defensive mode stays on: a migration needs nothing that it forbids.
        try database.execute(step.script)
        try database.execute(
          "PRAGMA user_version = \(max(found, 0) + 1); PRAGMA application_id = \(Schema.applicationID)")
      }
    }
  }

  /// A copy of the whole file as it was before a step that throws something away; one that is there already stays.
  private func keepCopy(of database: Database, version: Int, _ files: ArchiveFiles) throws(SQLiteFailure) {
    let path = "\(files.folder)/riffle.before-\(version + 1).db"
    guard ArchiveFiles.find(path) == .nothing else { return }
    let draft = path + ".new"
    do {
      try ArchiveFiles.makePrivateFile(draft)
      try database.run("VACUUM INTO ?", .text(draft))
      try LocalFiles.move(draft, to: path)
    } catch let error as SQLiteFailure {
      unlink(draft)
      throw error
    } catch let error as LocalFileError {
      if case .noSpace = error { throw SQLiteFailure(code: SQLITE_FULL, message: path) }
      throw SQLiteFailure(code: SQLITE_CANTOPEN, message: "\(path): \(error)")
    } catch {
      throw SQLiteFailure(code: SQLITE_ERROR, message: "\(error)")
    }
  }

  // MARK: A new file

  /// Makes a whole database under another name and gives it its own when it is safe on the disk: an empty or half-made
  /// file under that name is then never our doing.
  private func makeDatabase(
    _ files: ArchiveFiles, filling: (Database) throws(SQLiteFailure) -> Void = { _ throws(SQLiteFailure) in }
  ) throws(Obstacle) {
    try asFailure(files) { () throws(LocalFileError) in try ArchiveFiles.makePrivateFile(files.draft) }
    do {
      let database = try Database(path: files.draft, access: .readWrite, system: system)
      // No journal on the disk: a draft that was not finished is thrown away.
      try database.execute("PRAGMA journal_mode = MEMORY")
      try migrate(database, nil)
      try filling(database)
    } catch {
      ArchiveFiles.removeDatabase(files.draft)
      throw .failure(error.archiveFailure(path: files.database))
    }
    try asFailure(files) { () throws(LocalFileError) in try files.publishDraft() }
  }

  /// Sets aside what stands in the archive's place and makes a new file with what can be read of it.
  private func replace(
    _ files: ArchiveFiles, _ lock: ArchiveLock, because why: String, rescuing: Bool
  ) throws(Obstacle) -> Explanation {
    if lock.hasCompany {
      throw .failure(.damaged("\(files.database): \(why); end the other riffles that use it, then start again"))
    }
    let aside = try asFailure(files) { () throws(LocalFileError) in try files.setAside(at: now()) } ?? files.database
    var words = "\(files.database): \(why); it was set aside as \(aside)"
    if rescuing, ArchiveFiles.find(aside) == .file {
      var count = Rescue.Count()
      try makeDatabase(files) { database throws(SQLiteFailure) in
        count = try Rescue(aside: aside, copy: files.rescue).fill(database)
      }
      words +=
        ", and \(count.conversations) conversations with \(count.messages) messages were copied into a new file"
      if count.lost > 0 { words += "; \(count.lost) rows could not be read" }
    } else {
      try makeDatabase(files)
      words += ", and a new file was begun"
    }
    return ArchiveFailure.damaged(words).explanation
  }

  private func asFailure<Result>(
    _ files: ArchiveFiles, _ body: () throws(LocalFileError) -> Result
  ) throws(Obstacle) -> Result {
    do { return try body() } catch { throw .failure(error.archiveFailure()) }
  }
}
