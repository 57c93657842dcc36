#define _GNU_SOURCE
#include "shim.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#ifdef __linux__
#include <sys/inotify.h>
#else
#include <sys/event.h>
#endif

int csqlite_bind_text(sqlite3_stmt *statement, int index, const char *bytes, int64_t count) {
  // A null pointer would bind NULL.
  return sqlite3_bind_text64(
      statement, index, bytes ? bytes : "", (sqlite3_uint64)count, SQLITE_TRANSIENT, SQLITE_UTF8);
}

int csqlite_bind_blob(sqlite3_stmt *statement, int index, const void *bytes, int64_t count) {
  return sqlite3_bind_blob64(statement, index, bytes ? bytes : "", (sqlite3_uint64)count, SQLITE_TRANSIENT);
}

int csqlite_configure(sqlite3 *database, int option, int value) {
  return sqlite3_db_config(database, option, value, (int *)0);
}

int csqlite_sync_log(sqlite3 *database) {
  sqlite3_file *log = 0;
  int result = sqlite3_file_control(database, "main", SQLITE_FCNTL_JOURNAL_POINTER, &log);
  if (result != SQLITE_OK) return result;
  if (!log || !log->pMethods) return SQLITE_OK;
#ifdef __APPLE__
  return log->pMethods->xSync(log, SQLITE_SYNC_FULL);
#else
  return log->pMethods->xSync(log, SQLITE_SYNC_NORMAL);
#endif
}

static struct flock range(int64_t start, int64_t count, short type) {
  struct flock lock;
  memset(&lock, 0, sizeof lock);
  lock.l_type = type;
  lock.l_whence = SEEK_SET;
  lock.l_start = (off_t)start;
  lock.l_len = (off_t)count;
  return lock;
}

int csqlite_lock(int descriptor, int64_t start, int64_t count, bool exclusive) {
  struct flock lock = range(start, count, exclusive ? F_WRLCK : F_RDLCK);
  int result;
  do result = fcntl(descriptor, F_OFD_SETLK, &lock);
  while (result != 0 && errno == EINTR);
  return result == 0 ? 0 : errno;
}

int csqlite_unlock(int descriptor, int64_t start, int64_t count) {
  struct flock lock = range(start, count, F_UNLCK);
  return fcntl(descriptor, F_OFD_SETLK, &lock) == 0 ? 0 : errno;
}

int csqlite_is_locked(int descriptor, int64_t start, int64_t count) {
  struct flock lock = range(start, count, F_WRLCK);
  if (fcntl(descriptor, F_OFD_GETLK, &lock) != 0) return -1;
  return lock.l_type == F_UNLCK ? 0 : 1;
}

int csqlite_open(const char *path, int flags, unsigned mode) {
  return open(path, flags | O_CLOEXEC | O_NOFOLLOW, (mode_t)mode);
}

#ifdef __linux__

int csqlite_watch_open(const char *folder, const char *file) {
  (void)file;
  int watch = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
  if (watch < 0) return -1;
  // The folder, not the file: a file may be removed and made anew.
  if (inotify_add_watch(watch, folder, IN_ATTRIB | IN_ONLYDIR) < 0) {
    int error = errno;
    close(watch);
    errno = error;
    return -1;
  }
  return watch;
}

int csqlite_watch_take(int watch, const char *name) {
  _Alignas(struct inotify_event) char buffer[4096];
  int found = 0;
  ssize_t count;
  while ((count = read(watch, buffer, sizeof buffer)) > 0) {
    for (char *at = buffer; at < buffer + count;) {
      const struct inotify_event *event = (const struct inotify_event *)at;
      // Lost events may have been any. A name is terminated (inotify(7)).
      if (event->mask & IN_Q_OVERFLOW) found = 1;
      if (event->len && strcmp(event->name, name) == 0) found = 1;
      at += sizeof *event + event->len;
    }
  }
  return found;
}

#else

int csqlite_watch_open(const char *folder, const char *file) {
  (void)folder;
  int target = open(file, O_EVTONLY | O_CLOEXEC);
  if (target < 0) return -1;
  int watch = kqueue();
  struct kevent change;
  EV_SET(&change, target, EVFILT_VNODE, EV_ADD | EV_CLEAR, NOTE_ATTRIB, 0, 0);
  if (watch < 0 || kevent(watch, &change, 1, 0, 0, 0) != 0) {
    int error = errno;
    if (watch >= 0) close(watch);
    close(target);
    errno = error;
    return -1;
  }
  // `target` stays open as long as the process watches: closing it would end the watch.
  return watch;
}

int csqlite_watch_take(int watch, const char *name) {
  (void)name;
  struct kevent event;
  struct timespec now = {0, 0};
  int found = 0;
  while (kevent(watch, 0, 0, &event, 1, &now) > 0) found = 1;
  return found;
}

#endif
