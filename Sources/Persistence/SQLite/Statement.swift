// One prepared statement: values go in by number, columns come out by number. Text and blobs are never part of the SQL.

import CSQLite

/// A value for a parameter of a statement.
enum SQLiteValue {
  case null
  case integer(Int64)
  case real(Double)
  case text(String)
  case blob([UInt8])

  static func optional(_ text: String?) -> SQLiteValue { text.map { .text($0) } ?? .null }
  static func optional(_ number: Int64?) -> SQLiteValue { number.map { .integer($0) } ?? .null }
  static func optional(_ number: Int?) -> SQLiteValue { number.map { .integer(Int64($0)) } ?? .null }
  static func optional(_ number: Double?) -> SQLiteValue { number.map { .real($0) } ?? .null }
  static func flag(_ isTrue: Bool) -> SQLiteValue { .integer(isTrue ? 1 : 0) }
}

/// A prepared statement that its `Database` keeps for the next time. Belongs to one thread at a time, as its connection does.
final class Statement {
  private let handle: OpaquePointer
  private let database: OpaquePointer
  fileprivate(set) var isInUse = false

  /// Prepares the one statement that `sql` holds.
  init(_ sql: UnsafePointer<CChar>, of database: OpaquePointer) throws(SQLiteFailure) {
    var statement: OpaquePointer?
    let result = sqlite3_prepare_v3(database, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &statement, nil)
    guard result == SQLITE_OK, let statement else { throw SQLiteFailure(result, of: database) }
    handle = statement
    self.database = database
  }

  deinit { sqlite3_finalize(handle) }

  func begin(_ values: [SQLiteValue]) throws(SQLiteFailure) {
    isInUse = true
    for (offset, value) in values.enumerated() {
      let index = Int32(offset + 1)
      let result: Int32
      switch value {
      case .null: result = sqlite3_bind_null(handle, index)
      case .integer(let number): result = sqlite3_bind_int64(handle, index, number)
      case .real(let number): result = sqlite3_bind_double(handle, index, number)
      case .text(var text):
        result = text.withUTF8 { utf8 in
          utf8.withMemoryRebound(to: CChar.self) {
            csqlite_bind_text(handle, index, $0.baseAddress, Int64($0.count))
          }
        }
      case .blob(let bytes):
        result = bytes.withUnsafeBytes { csqlite_bind_blob(handle, index, $0.baseAddress, Int64($0.count)) }
      }
      if result != SQLITE_OK { throw SQLiteFailure(result, of: database) }
    }
  }

  /// Moves to the next row; false at the end.
  func step() throws(SQLiteFailure) -> Bool {
    switch sqlite3_step(handle) {
    case SQLITE_ROW: return true
    case SQLITE_DONE: return false
    case let code: throw SQLiteFailure(code, of: database)
    }
  }

  /// Makes the statement ready for the next use and lets go of large values.
  func end() {
    sqlite3_reset(handle)
    sqlite3_clear_bindings(handle)
    isInUse = false
  }

  // MARK: Columns of the current row, from zero

  var columnCount: Int { Int(sqlite3_column_count(handle)) }

  func isNull(_ column: Int32) -> Bool { sqlite3_column_type(handle, column) == SQLITE_NULL }

  func integer(_ column: Int32) -> Int64 { sqlite3_column_int64(handle, column) }

  func number(_ column: Int32) -> Int { Int(sqlite3_column_int64(handle, column)) }

  func flag(_ column: Int32) -> Bool { sqlite3_column_int64(handle, column) != 0 }

  func optionalInteger(_ column: Int32) -> Int64? { isNull(column) ? nil : integer(column) }

  func optionalNumber(_ column: Int32) -> Int? { isNull(column) ? nil : number(column) }

  func optionalReal(_ column: Int32) -> Double? { isNull(column) ? nil : sqlite3_column_double(handle, column) }

  /// The number if the column holds one; `nil` for text, blobs and NULL, which SQLite would read as a zero.
  func realNumber(_ column: Int32) -> Double? {
    switch sqlite3_column_type(handle, column) {
    case SQLITE_INTEGER, SQLITE_FLOAT: sqlite3_column_double(handle, column)
    default: nil
    }
  }

  /// The text, with U+FFFD for bytes that are not UTF-8; empty for NULL.
  func text(_ column: Int32) -> String {
    guard let bytes = sqlite3_column_text(handle, column) else { return "" }
    return String(
      decoding: UnsafeBufferPointer(start: bytes, count: Int(sqlite3_column_bytes(handle, column))), as: UTF8.self)
  }

  func optionalText(_ column: Int32) -> String? { isNull(column) ? nil : text(column) }

  /// The text if the column holds text, and holds it whole; `nil` for anything else.
  func strictText(_ column: Int32) -> String? {
    guard sqlite3_column_type(handle, column) == SQLITE_TEXT, let bytes = sqlite3_column_text(handle, column)
    else { return nil }
    let count = Int(sqlite3_column_bytes(handle, column))
    return String(validating: UnsafeBufferPointer(start: bytes, count: count), as: UTF8.self)
  }

  /// Gives the bytes of a text to `body` as they are, which must not keep them; none for NULL.
  func withText<Result>(_ column: Int32, _ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
    let bytes = sqlite3_column_text(handle, column)
    return body(UnsafeBufferPointer(start: bytes, count: bytes == nil ? 0 : Int(sqlite3_column_bytes(handle, column))))
  }

  func blob(_ column: Int32) -> [UInt8] {
    guard let bytes = sqlite3_column_blob(handle, column) else { return [] }
    return [UInt8](UnsafeRawBufferPointer(start: bytes, count: Int(sqlite3_column_bytes(handle, column))))
  }

  /// The value as it is, to be copied elsewhere.
  func value(_ column: Int32) -> SQLiteValue {
    switch sqlite3_column_type(handle, column) {
    case SQLITE_INTEGER: .integer(integer(column))
    case SQLITE_FLOAT: .real(sqlite3_column_double(handle, column))
    case SQLITE_TEXT: .text(text(column))
    case SQLITE_BLOB: .blob(blob(column))
    default: .null
    }
  }
}
