// SQLite as Swift can see it: macros and variadic functions become functions, and so do the locks and the file watch that
// the archive needs beside it and whose system calls are variadic or differ between systems. No logic lives here.
#pragma once

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// sqlite3_bind_text64 and sqlite3_bind_blob64 with SQLITE_TRANSIENT: SQLite copies the bytes before it returns.
int csqlite_bind_text(sqlite3_stmt *statement, int index, const char *bytes, int64_t count);
int csqlite_bind_blob(sqlite3_stmt *statement, int index, const void *bytes, int64_t count);

/// sqlite3_db_config for the options that take one integer.
int csqlite_configure(sqlite3 *database, int option, int value);

/// Forces the write-ahead log to the disk with the connection's own file; SQLITE_OK if there is none.
int csqlite_sync_log(sqlite3 *database);

/// The descriptor's lock on the bytes from `start` (`count` 0: to the end of all files), held until it is given back or the
/// last copy of the descriptor is closed, be it by kill -9. It belongs to the open file, not to the process, so two
/// descriptors of one process exclude each other too. 0, or the error number: EAGAIN or EACCES if somebody else has it.
int csqlite_lock(int descriptor, int64_t start, int64_t count, bool exclusive);
int csqlite_unlock(int descriptor, int64_t start, int64_t count);
/// Whether another open file holds a lock there: 1, 0, or -1 if that cannot be known.
int csqlite_is_locked(int descriptor, int64_t start, int64_t count);

/// open(2) with close-on-exec, without following a link in the last component.
int csqlite_open(const char *path, int flags, unsigned mode);

/// A descriptor that is readable after a file of the folder was dated anew, or -1 with errno. `file` is the one that matters.
int csqlite_watch_open(const char *folder, const char *file);
/// Takes the news. 1 if the file of that name may have been dated anew, else 0.
int csqlite_watch_take(int watch, const char *name);

#ifdef __cplusplus
}
#endif
