// The one connection of this process that writes, on a thread of its own: it opens the archive when it is first needed,
// keeps transactions and checkpoints of several processes apart, and finds out what other processes have changed.

import CSQLite
import Conversations
import Diagnostics
import Platform

actor ArchiveWriter {
  private let executor = ThreadExecutor(named: "archive")
  nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  private enum State {
    case unopened
    case open(OpenedArchive, Connection)
    case refused(OpenedArchive)
    case closed
  }

  /// What belongs to an open file.
  private struct Connection {
    let database: Database
    let lock: ArchiveLock
    let path: String
  }

  private let opener: ArchiveOpener
  private var state = State.unopened
  private var report: [Explanation] = []
  private var observer: ChangeObserver?
  private var handlers: [@Sendable (ForeignChange) -> Void] = []

  /// Whether something was committed that the disk may not hold yet.
  private var hasUnsynced = false
  /// A thousand pages of 4 KiB, SQLite's own measure: reading stays fast, and the log small.
  private static let checkpointPages = 1000

  /// Whether the transaction under way changes what other processes are to know.
  private var hasNews = false
  /// Up to where other processes' changes were reported.
  private var seenRevision: Int64 = 0
  private var seenDataVersion: Int64 = 0
  /// Changed by another process, then by this one, before the change was reported.
  private var overwrittenChanges: Set<ConversationID> = []

  init(opener: ArchiveOpener) {
    self.opener = opener
  }

  // MARK: Opening and closing

  /// Opens the archive if that was not done.
  func source() -> ReadSource {
    switch state {
    case .unopened:
      open()
      return source()
    case .open(let archive, _), .refused(let archive): return archive.source
    case .closed: return .failure(Self.closedFailure)
    }
  }

  func openingReport() -> [Explanation] {
    _ = source()
    return report
  }

  private func open() {
    let archive = opener.open()
    report = archive.report
    guard let database = archive.database, let lock = archive.lock, let path = archive.files?.database else {
      state = .refused(archive)
      return
    }
    state = .open(archive, Connection(database: database, lock: lock, path: path))
    seenRevision = (try? database.revision()) ?? 0
    seenDataVersion = (try? database.dataVersion()) ?? 0
    startObserving()
  }

  /// The connection to write with. A file that could not be written before is tried again: disks are emptied, locks end.
  private func connection() throws(ArchiveFailure) -> Connection {
    switch state {
    case .open(_, let connection): return connection
    case .closed: throw Self.closedFailure
    case .unopened: open()
    case .refused(let archive):
      switch archive.refusal {
      case .newerSchema?, .damaged?: break
      case .diskFull?, .readOnly?, .busy?, .failed?, nil: open()
      }
    }
    switch state {
    case .open(_, let connection): return connection
    case .refused(let archive): throw archive.refusal ?? Self.closedFailure
    case .unopened, .closed: throw Self.closedFailure
    }
  }

  func close() {
    observer?.stop()
    observer = nil
    if case .open(_, let connection) = state {
      try? syncLog(connection)
      // A log that is empty at the next start need not be read then. Nobody is waited for.
      if connection.database.logPages > 0, connection.lock.exclude(within: .zero) {
        try? connection.database.checkpoint(emptying: true)
        connection.lock.release()
      }
    }
    state = .closed
  }

  private static let closedFailure = ArchiveFailure.failed("the archive is closed")

  // MARK: Writing

  /// Changes a conversation in one transaction, and notes for other processes that it did.
  /// - Parameter isDurable: whether the call returns only when the disk has it.
  /// - Parameter isNews: whether other processes are to know.
  func change<Result: Sendable>(
    _ id: ConversationID, durable isDurable: Bool = true, isNews: Bool = true,
    _ body: @Sendable (Database, Int64, ArchiveLock) throws(SQLiteFailure) -> Result
  ) throws(ArchiveFailure) -> Result {
    try transaction(durable: isDurable) { (database, lock) throws(SQLiteFailure) in
      guard let conversation = try database.key(of: id) else {
        throw SQLiteFailure.refused("there is no conversation \(id)")
      }
      let result = try body(database, conversation, lock)
      if isNews { try noteChange(of: conversation, database, lock) }
      return result
    }
  }

  func create(_ record: ConversationRecord) throws(ArchiveFailure) {
    try transaction(durable: true) { (database, lock) throws(SQLiteFailure) in
      let conversation = try database.insert(record)
      try noteChange(of: conversation, database, lock)
    }
  }

  func journal(_ entries: [JournalEntry]) throws(ArchiveFailure) {
    guard !entries.isEmpty else { return }
    try transaction(durable: false) { (database, lock) throws(SQLiteFailure) in
      var conversations: Set<Int64> = []
      for entry in entries {
        guard let place = try database.place(of: entry.message) else {
          throw SQLiteFailure.refused("there is no message \(entry.message)")
        }
        try database.insertGrowth(entry.growth, of: place.key)
        conversations.insert(place.conversation)
      }
      for conversation in conversations.sorted() { try noteChange(of: conversation, database, lock) }
    }
  }

  func recoverInterrupted() throws(ArchiveFailure) -> [ConversationID] {
    let connection = try connection()
    // Most often there is nothing to do, and then nothing is written.
    let isNeeded = try translated(connection) { (database, lock) throws(SQLiteFailure) in
      try database.streamingMessages().contains { !lock.isAlive($0.owner) }
    }
    guard isNeeded else { return [] }
    return try transaction(durable: true) { (database, lock) throws(SQLiteFailure) in
      var conversations: [Int64] = []
      for message in try database.streamingMessages() where !lock.isAlive(message.owner) {
        try database.interrupt(message.key)
        if conversations.last != message.conversation { conversations.append(message.conversation) }
      }
      var identifiers: [ConversationID] = []
      for conversation in Set(conversations).sorted() {
        try noteChange(of: conversation, database, lock)
        if let id = try database.identifier(of: conversation) { identifiers.append(id) }
      }
      return identifiers
    }
  }

  func synchronize() throws(ArchiveFailure) {
    try syncLog(connection())
  }

  private func syncLog(_ connection: Connection) throws(ArchiveFailure) {
    guard hasUnsynced else { return }
    try translated(connection) { (database, _) throws(SQLiteFailure) in try database.syncLog() }
    hasUnsynced = false
  }

  private func transaction<Result>(
    durable isDurable: Bool, _ body: (Database, ArchiveLock) throws(SQLiteFailure) -> Result
  ) throws(ArchiveFailure) -> Result {
    let connection = try connection()
    guard connection.lock.share() else { throw .busy }
    hasNews = false
    let result: Result
    do {
      defer { connection.lock.release() }
      result = try translated(connection) { (database, lock) throws(SQLiteFailure) in
        try database.write(durable: isDurable) { () throws(SQLiteFailure) in try body(database, lock) }
      }
    }
    // A durable commit takes everything before it along: the log is one file.
    hasUnsynced = !isDurable
    if hasNews { connection.lock.announce() }
    checkpointIfLong(connection)
    return result
  }

  /// Writes the log back into the file when it has grown long. In SQLite before 3.51.3 two processes that checkpoint and
  /// commit at the same moment can damage the file, so all transactions are kept out meanwhile; if one is under way, the
  /// next commit tries again.
  private func checkpointIfLong(_ connection: Connection) {
    guard connection.database.logPages >= Self.checkpointPages, connection.lock.exclude(within: .zero) else { return }
    defer { connection.lock.release() }
    // A failure loses nothing: the log holds everything.
    try? connection.database.checkpoint(emptying: false)
  }

  private func translated<Result>(
    _ connection: Connection, _ body: (Database, ArchiveLock) throws(SQLiteFailure) -> Result
  ) throws(ArchiveFailure) -> Result {
    do {
      return try body(connection.database, connection.lock)
    } catch {
      // The next start looks at the whole file.
      if error.isDamage { connection.lock.isDamageSuspected = true }
      throw error.archiveFailure(path: connection.path)
    }
  }

  /// A reader met damage.
  func suspectDamage() {
    if case .open(_, let connection) = state { connection.lock.isDamageSuspected = true }
  }

  // MARK: What other processes change

  private func noteChange(of conversation: Int64, _ database: Database, _ lock: ArchiveLock) throws(SQLiteFailure) {
    // The note of another process that this one replaces was perhaps not reported yet.
    if let last = try database.lastChange(of: conversation), last.owner != lock.owner, last.revision > seenRevision,
      let id = try database.identifier(of: conversation)
    {
      overwrittenChanges.insert(id)
    }
    try database.noteChange(of: conversation, by: lock.owner)
    hasNews = true
  }

  func observe(_ handler: @escaping @Sendable (ForeignChange) -> Void) {
    handlers.append(handler)
    _ = source()
    startObserving()
  }

  private func startObserving() {
    guard observer == nil, !handlers.isEmpty, case .open(let archive, _) = state, let files = archive.files else {
      return
    }
    observer = ChangeObserver(folder: files.folder, name: ArchiveLock.name) { [weak self] in
      guard let self else { return }
      Task { await self.reportForeignChanges() }
    }
    // What was written between opening and watching.
    reportForeignChanges()
  }

  private func reportForeignChanges() {
    guard case .open(_, let connection) = state else { return }
    let database = connection.database
    // Commits of this connection do not change the number.
    guard let version = try? database.dataVersion(), version != seenDataVersion || !overwrittenChanges.isEmpty,
      let (revision, changed) = try? database.read({ () throws(SQLiteFailure) in
        (try database.revision(), try database.changedConversations(since: seenRevision, notBy: connection.lock.owner))
      })
    else { return }
    seenDataVersion = version
    seenRevision = revision
    let all = changed.union(overwrittenChanges)
    overwrittenChanges = []
    guard !all.isEmpty else { return }
    for handler in handlers { handler(.conversations(all)) }
  }
}
