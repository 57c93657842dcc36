// The one connection of this process that only reads, on a thread of its own: opening a long conversation does not wait for
// a commit that waits for the disk.

import Conversations
import Platform

actor ArchiveReader {
  private let executor = ThreadExecutor(named: "archive reader")
  nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  private let writer: ArchiveWriter
  private var database: Database?
  private var path = ""
  private var isClosed = false

  init(writer: ArchiveWriter) { self.writer = writer }

  /// Reads on one state of the file.
  func read<Result: Sendable>(
    _ body: @Sendable (Database) throws(SQLiteFailure) -> Result
  ) async throws(ArchiveFailure) -> Result {
    // Asked again as long as there was no file: the writer may have made one since.
    if database == nil, let opened = try await open(from: writer.source()) { return try read(opened, body) }
    guard let database else { throw .failed("the archive is closed") }
    return try read(database, body)
  }

  private func read<Result>(
    _ database: Database, _ body: (Database) throws(SQLiteFailure) -> Result
  ) throws(ArchiveFailure) -> Result {
    do {
      return try database.read { () throws(SQLiteFailure) in try body(database) }
    } catch {
      if error.isDamage { Task { [writer] in await writer.suspectDamage() } }
      throw error.archiveFailure(path: path)
    }
  }

  /// Opens what the writer found. Returns a connection that is for one use only, where there is no file yet.
  private func open(from source: ReadSource) throws(ArchiveFailure) -> Database? {
    guard !isClosed else { throw .failed("the archive is closed") }
    // Another call may have opened it while this one waited.
    if database != nil { return nil }
    do {
      switch source {
      case .failure(let failure): throw failure
      case .nothing:
        let empty = try Database(path: ":memory:", access: .create)
        for migration in Schema.migrations { try empty.execute(migration.script) }
        return empty
      case .file(let path, let isImmutable):
        self.path = path
        database = try Database(path: path, access: isImmutable ? .immutable : .readOnly)
        return nil
      }
    } catch let failure as ArchiveFailure {
      throw failure
    } catch let failure as SQLiteFailure {
      throw failure.archiveFailure(path: path)
    } catch {
      throw .failed("\(error)")
    }
  }

  func close() {
    database = nil
    isClosed = true
  }
}
