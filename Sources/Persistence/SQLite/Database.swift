// A connection to SQLite: opens, runs prepared statements, makes transactions. Knows no table.

import CSQLite

/// A connection. Opened without SQLite's own mutexes: whoever owns it uses it from one thread at a time.
final class Database {
  /// How a file is opened.
  enum Access {
    /// The file must exist.
    case readWrite
    /// As `readWrite`, with a new file if there is none.
    case create
    case readOnly
    /// For a file that nobody can change, as on a read-only disk: without locks and without the files beside it.
    case immutable
  }

  private let handle: OpaquePointer
  private var statements: [UnsafePointer<UInt8>: Statement] = [:]
  /// Whether commits wait for the disk at present; `nil` before it was set.
  private var isDurable: Bool?
  /// Written by the hook after each commit.
  private let committedPages = UnsafeMutablePointer<Int32>.allocate(capacity: 1)

  /// Opens a file. A link in the path is refused: resolve the folder's path first.
  /// - Parameter system: the name of what stands between SQLite and the disk; `nil` for the operating system itself.
  init(path: String, access: Access, system: String? = nil) throws(SQLiteFailure) {
    var flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW | SQLITE_OPEN_EXRESCODE
    var name = path
    switch access {
    case .readWrite: flags |= SQLITE_OPEN_READWRITE
    case .create: flags |= SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
    case .readOnly: flags |= SQLITE_OPEN_READONLY
    case .immutable:
      flags |= SQLITE_OPEN_READONLY | SQLITE_OPEN_URI
      name = "file:\(Self.percentEncoded(path))?immutable=1"
    }
    var opened: OpaquePointer?
    let result = sqlite3_open_v2(name, &opened, flags, system)
    guard result == SQLITE_OK, let opened else {
      // A handle may come with a failure; it carries the message and must be closed.
      let failure = SQLiteFailure(result, of: opened)
      sqlite3_close_v2(opened)
      committedPages.deallocate()
      throw failure
    }
    handle = opened
    committedPages.initialize(to: 0)
    sqlite3_busy_timeout(handle, 5000)
    for (option, value) in [
      (SQLITE_DBCONFIG_DEFENSIVE, 1), (SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0), (SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0),
      (SQLITE_DBCONFIG_ENABLE_FKEY, 1), (SQLITE_DBCONFIG_DQS_DML, 0), (SQLITE_DBCONFIG_DQS_DDL, 0),
      // What the log holds is written back under the archive's own lock only.
      (SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1),
    ] {
      _ = csqlite_configure(handle, option, Int32(value))
    }
    // SQLite's own counter of the log's pages is the hook that would checkpoint; this one only counts.
    sqlite3_wal_hook(
      handle,
      { pages, _, _, count in
        pages?.assumingMemoryBound(to: Int32.self).pointee = count
        return SQLITE_OK
      }, committedPages)
  }

  deinit {
    // The statements must go first; a connection with statements stays open.
    statements.removeAll()
    sqlite3_close_v2(handle)
    committedPages.deallocate()
  }

  /// Whether the file can only be read, be it because it was asked for or because the system allows no more.
  var isReadOnly: Bool { sqlite3_db_readonly(handle, "main") == 1 }

  // MARK: Statements

  /// Runs a statement that gives no rows, or whose rows do not matter.
  func run(_ sql: StaticString, _ values: SQLiteValue...) throws(SQLiteFailure) {
    try each(sql, values) { _ throws(SQLiteFailure) in }
  }

  /// Runs a statement and reads its rows. `row` must not run the same statement again.
  func rows<Result>(
    _ sql: StaticString, _ values: SQLiteValue..., row: (Statement) throws(SQLiteFailure) -> Result
  ) throws(SQLiteFailure) -> [Result] {
    var results: [Result] = []
    try each(sql, values) { statement throws(SQLiteFailure) in results.append(try row(statement)) }
    return results
  }

  /// Runs a statement and reads its first row; `nil` if there is none.
  func first<Result>(
    _ sql: StaticString, _ values: SQLiteValue..., row: (Statement) throws(SQLiteFailure) -> Result
  ) throws(SQLiteFailure) -> Result? {
    let statement = try statement(sql)
    defer { statement.end() }
    try statement.begin(values)
    return try statement.step() ? try row(statement) : nil
  }

  /// The rowid of the row inserted last.
  var lastInserted: Int64 { sqlite3_last_insert_rowid(handle) }

  /// Rows that the last statement changed.
  var changes: Int { Int(sqlite3_changes(handle)) }

  private func each(
    _ sql: StaticString, _ values: [SQLiteValue], _ body: (Statement) throws(SQLiteFailure) -> Void
  ) throws(SQLiteFailure) {
    let statement = try statement(sql)
    defer { statement.end() }
    try statement.begin(values)
    while try statement.step() { try body(statement) }
  }

  /// Keyed by the literal's address: a statement is prepared once for each place that uses it, and its text is never made
  /// at run time.
  private func statement(_ sql: StaticString) throws(SQLiteFailure) -> Statement {
    if let known = statements[sql.utf8Start] {
      assert(!known.isInUse, "a statement was run again inside its own rows")
      return known
    }
    let made = try sql.utf8Start.withMemoryRebound(to: CChar.self, capacity: sql.utf8CodeUnitCount + 1) {
      sql throws(SQLiteFailure) in try Statement(sql, of: handle)
    }
    statements[sql.utf8Start] = made
    return made
  }

  /// Prepares a statement that is not kept, for the rare case of a table whose name is not known beforehand.
  func prepare(_ sql: String) throws(SQLiteFailure) -> Statement {
    try Statement(sql, of: handle)
  }

  /// Runs several statements without values: pragmas and the steps of a migration.
  func execute(_ script: String) throws(SQLiteFailure) {
    let result = sqlite3_exec(handle, script, nil, nil, nil)
    if result != SQLITE_OK { throw SQLiteFailure(result, of: handle) }
  }

  // MARK: Transactions

  /// Runs `body` as a whole or not at all, with the write lock from its beginning: a transaction that reads first and
  /// writes later fails at once when another process wrote in between, whatever the time limit.
  /// - Parameter isDurable: whether the commit waits for the disk.
  func write<Result>(
    durable isDurable: Bool = true, _ body: () throws(SQLiteFailure) -> Result
  ) throws(SQLiteFailure) -> Result {
    if self.isDurable != isDurable {
      try execute(isDurable ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL")
      self.isDurable = isDurable
    }
    return try transaction(body)
  }

  /// Runs `body` on one state of the file, whatever others write meanwhile.
  func read<Result>(_ body: () throws(SQLiteFailure) -> Result) throws(SQLiteFailure) -> Result {
    try run("BEGIN")
    // There is nothing to commit, and after a page that could not be read a commit would fail.
    defer { rollBack() }
    return try body()
  }

  private func transaction<Result>(_ body: () throws(SQLiteFailure) -> Result) throws(SQLiteFailure) -> Result {
    try run("BEGIN IMMEDIATE")
    do {
      let result = try body()
      try run("COMMIT")
      return result
    } catch {
      rollBack()
      throw error
    }
  }

  /// Ends a transaction, if one is open: some failures have ended it already
  /// (https://www.sqlite.org/lang_transaction.html, section 3.1).
  private func rollBack() {
    if sqlite3_get_autocommit(handle) == 0 { try? run("ROLLBACK") }
  }

  // MARK: The write-ahead log

  /// A number that changes when another connection has changed the file.
  func dataVersion() throws(SQLiteFailure) -> Int64 {
    try first("PRAGMA data_version") { $0.integer(0) } ?? 0
  }

  /// Makes what was committed without waiting for the disk safe.
  func syncLog() throws(SQLiteFailure) {
    let result = csqlite_sync_log(handle)
    if result != SQLITE_OK { throw SQLiteFailure(result, of: nil) }
  }

  /// Pages in the log after the last commit of this connection; 0 before the first.
  var logPages: Int { Int(committedPages.pointee) }

  /// Copies the log's pages into the file. Only under the archive's exclusive lock.
  /// - Parameter emptying: whether the log is cut to nothing, if nobody uses it; otherwise nobody is waited for.
  func checkpoint(emptying: Bool) throws(SQLiteFailure) {
    if emptying { sqlite3_busy_timeout(handle, 0) }
    defer { if emptying { sqlite3_busy_timeout(handle, 5000) } }
    let mode = emptying ? SQLITE_CHECKPOINT_TRUNCATE : SQLITE_CHECKPOINT_PASSIVE
    let result = sqlite3_wal_checkpoint_v2(handle, "main", mode, nil, nil)
    if result != SQLITE_OK, result & 0xFF != SQLITE_BUSY { throw SQLiteFailure(result, of: handle) }
  }

  /// Allows changes of the file's own description, and reading a file that is shorter than it says; for rescue only.
  func allowDamage() {
    _ = csqlite_configure(handle, SQLITE_DBCONFIG_DEFENSIVE, 0)
    _ = csqlite_configure(handle, SQLITE_DBCONFIG_WRITABLE_SCHEMA, 1)
  }

  /// Foreign keys are checked unless switched off; not inside a transaction.
  func checkForeignKeys(_ isOn: Bool) {
    _ = csqlite_configure(handle, SQLITE_DBCONFIG_ENABLE_FKEY, isOn ? 1 : 0)
  }

  /// Everything but letters, digits, `/`, `.`, `_` and `-`, as a URI wants it.
  private static func percentEncoded(_ path: String) -> String {
    let digits = Array("0123456789ABCDEF".utf8)
    var bytes: [UInt8] = []
    for byte in path.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "/"), UInt8(ascii: "."), UInt8(ascii: "_"),
        UInt8(ascii: "-"):
        bytes.append(byte)
      default:
        bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
