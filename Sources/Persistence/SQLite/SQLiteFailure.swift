// What SQLite says when something does not work, before it is told in the words of the archive's socket.

import CSQLite
import Conversations

/// A result code that is not success.
struct SQLiteFailure: Error, Equatable {
  /// The extended result code.
  let code: Int32
  /// SQLite's own words.
  let message: String

  /// The primary result code (https://www.sqlite.org/rescode.html).
  var primary: Int32 { code & 0xFF }

  init(code: Int32, message: String) {
    self.code = code
    self.message = message
  }

  /// The failure that the connection reported last.
  init(_ code: Int32, of database: OpaquePointer?) {
    self.code = code
    let words = database.flatMap { sqlite3_errmsg($0) } ?? sqlite3_errstr(code)
    message = words.map { String(cString: $0) } ?? "error \(code)"
  }

  /// The file is not what a database must be: what is in it can only be rescued.
  var isDamage: Bool { primary == SQLITE_CORRUPT || primary == SQLITE_NOTADB }

  /// The failure in the socket's words; `path` is the file's.
  func archiveFailure(path: String) -> ArchiveFailure {
    if isRefusal { return .failed(message) }
    return switch primary {
    case SQLITE_FULL: .diskFull(path: path)
    case SQLITE_READONLY, SQLITE_PERM: .readOnly(path: path)
    case SQLITE_BUSY, SQLITE_LOCKED: .busy
    case SQLITE_CORRUPT, SQLITE_NOTADB: .damaged("\(path): \(message)")
    default: .failed("\(message) (SQLite \(code), \(path))")
    }
  }
}
