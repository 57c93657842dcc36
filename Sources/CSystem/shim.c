#define _GNU_SOURCE
#include "shim.h"

#include <errno.h>
#include <fcntl.h>
#include <langinfo.h>
#include <locale.h>
#include <spawn.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <wchar.h>

#ifdef __linux__
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#else
#include <sys/event.h>
#include <time.h>
#endif

int system_last_error(void) { return errno; }

void system_error_text(int code, char *buffer, size_t count) {
#ifdef __linux__
  // glibc's own variant may answer with a constant instead of filling the buffer.
  const char *text = strerror_r(code, buffer, count);
  if (text != buffer) snprintf(buffer, count, "%s", text);
#else
  if (strerror_r(code, buffer, count) != 0) snprintf(buffer, count, "error %d", code);
#endif
}

// MARK: descriptors

#ifndef __linux__
static int close_on_exec(int descriptor) {
  if (descriptor >= 0) fcntl(descriptor, F_SETFD, FD_CLOEXEC);
  return descriptor;
}
#endif

int system_memory_file(const char *label) {
#ifdef __linux__
  return memfd_create(label, MFD_CLOEXEC);
#else
  (void)label;
  FILE *file = tmpfile();
  if (!file) return -1;
  int copy = fcntl(fileno(file), F_DUPFD_CLOEXEC, 3);
  fclose(file);
  return copy;
#endif
}

int system_pipe(int ends[2]) {
#ifdef __linux__
  return pipe2(ends, O_CLOEXEC);
#else
  if (pipe(ends) != 0) return -1;
  close_on_exec(ends[0]);
  close_on_exec(ends[1]);
  return 0;
#endif
}

int system_doorbell_open(int *listen, int *ring) {
#ifdef __linux__
  int descriptor = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (descriptor < 0) return -1;
  *listen = *ring = descriptor;
  return 0;
#else
  int ends[2];
  if (system_pipe(ends) != 0) return -1;
  fcntl(ends[0], F_SETFL, O_NONBLOCK);
  fcntl(ends[1], F_SETFL, O_NONBLOCK);
  *listen = ends[0];
  *ring = ends[1];
  return 0;
#endif
}

void system_doorbell_ring(int ring) {
  uint64_t one = 1;
#ifdef __linux__
  size_t count = sizeof one;
#else
  size_t count = 1;
#endif
  int saved = errno;
  while (write(ring, &one, count) < 0 && errno == EINTR) {}
  errno = saved;
}

void system_doorbell_silence(int listen) {
  uint64_t rings[32];
  int saved = errno;
#ifdef __linux__
  while (read(listen, rings, sizeof(uint64_t)) < 0 && errno == EINTR) {}
#else
  for (;;) {
    ssize_t count = read(listen, rings, sizeof rings);
    if (count < (ssize_t)sizeof rings && !(count < 0 && errno == EINTR)) break;
  }
#endif
  errno = saved;
}

int system_poll(struct pollfd *descriptors, unsigned count, int64_t nanoseconds) {
#ifdef __linux__
  struct timespec limit = {.tv_sec = nanoseconds / 1000000000, .tv_nsec = nanoseconds % 1000000000};
  return ppoll(descriptors, count, nanoseconds < 0 ? NULL : &limit, NULL);
#else
  int64_t milliseconds = nanoseconds < 0 ? -1 : (nanoseconds + 999999) / 1000000;
  return poll(descriptors, count, milliseconds > 0x7fffffff ? 0x7fffffff : (int)milliseconds);
#endif
}

int system_open(const char *path, int flags, unsigned mode) { return open(path, flags, (mode_t)mode); }

int system_open_at(int folder, const char *path, int flags, unsigned mode) {
  return openat(folder, path, flags, (mode_t)mode);
}

int system_sync(int descriptor) {
#ifdef F_FULLFSYNC
  if (fcntl(descriptor, F_FULLFSYNC) == 0) return 0;
#endif
  return fsync(descriptor);
}

// MARK: signals

int system_signals_open(const int *signals, size_t count) {
  sigset_t set;
  sigemptyset(&set);
  for (size_t i = 0; i < count; i++) sigaddset(&set, signals[i]);
  int error = pthread_sigmask(SIG_BLOCK, &set, NULL);
  if (error) {
    errno = error;
    return -1;
  }
#ifdef __linux__
  return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
#else
  int queue = close_on_exec(kqueue());
  if (queue < 0) return -1;
  for (size_t i = 0; i < count; i++) {
    struct kevent event;
    EV_SET(&event, signals[i], EVFILT_SIGNAL, EV_ADD, 0, 0, NULL);
    if (kevent(queue, &event, 1, NULL, 0, NULL) != 0) {
      close(queue);
      return -1;
    }
  }
  return queue;
#endif
}

int system_signals_next(int descriptor) {
#ifdef __linux__
  struct signalfd_siginfo info;
  ssize_t count;
  do count = read(descriptor, &info, sizeof info);
  while (count < 0 && errno == EINTR);
  return count == sizeof info ? (int)info.ssi_signo : 0;
#else
  struct kevent event;
  struct timespec now = {0, 0};
  return kevent(descriptor, NULL, 0, &event, 1, &now) == 1 ? (int)event.ident : 0;
#endif
}

void system_signal_ignore(int number) { signal(number, SIG_IGN); }

// MARK: threads and children

int system_thread_start(
    pthread_t *thread, const char *name, size_t stack_bytes, void *(*body)(void *), void *context) {
  sigset_t everything, former;
  sigfillset(&everything);
  const int faults[] = {SIGSEGV, SIGILL, SIGBUS, SIGFPE, SIGABRT, SIGTRAP};
  for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) sigdelset(&everything, faults[i]);

  pthread_attr_t attributes;
  int error = pthread_attr_init(&attributes);
  if (error) return error;
  if (stack_bytes) pthread_attr_setstacksize(&attributes, stack_bytes);
  // The new thread inherits the mask of this moment, so that no signal finds it before it could block anything.
  pthread_sigmask(SIG_BLOCK, &everything, &former);
  error = pthread_create(thread, &attributes, body, context);
  pthread_sigmask(SIG_SETMASK, &former, NULL);
  pthread_attr_destroy(&attributes);
#ifdef __linux__
  if (!error) {
    char shortened[16];
    snprintf(shortened, sizeof shortened, "%s", name);
    pthread_setname_np(*thread, shortened);
  }
#else
  (void)name;
#endif
  return error;
}

int system_spawn(pid_t *child, const struct system_child *what) {
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  int error = posix_spawn_file_actions_init(&actions);
  if (error) return error;
  error = posix_spawnattr_init(&attributes);
  if (error) {
    posix_spawn_file_actions_destroy(&actions);
    return error;
  }

  const int wanted[3] = {what->input, what->output, what->error};
  for (int i = 0; i < 3 && !error; i++) {
    error = wanted[i] < 0
                ? posix_spawn_file_actions_addopen(&actions, i, "/dev/null", i == 0 ? O_RDONLY : O_WRONLY, 0)
                : posix_spawn_file_actions_adddup2(&actions, wanted[i], i);
  }
#ifdef __linux__
  if (!error) error = posix_spawn_file_actions_addclosefrom_np(&actions, 3);
#endif
  if (!error && what->folder) error = posix_spawn_file_actions_addchdir_np(&actions, what->folder);

  sigset_t none, all;
  sigemptyset(&none);
  sigfillset(&all);
  short flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF;
#ifdef POSIX_SPAWN_CLOEXEC_DEFAULT
  flags |= POSIX_SPAWN_CLOEXEC_DEFAULT;
#endif
  // The leader of a session leads a group as well; asking for both would fail.
  if (what->own_session) flags |= POSIX_SPAWN_SETSID;
  else if (what->own_group) flags |= POSIX_SPAWN_SETPGROUP;
  if (!error) error = posix_spawnattr_setsigmask(&attributes, &none);
  if (!error) error = posix_spawnattr_setsigdefault(&attributes, &all);
  if (!error) error = posix_spawnattr_setpgroup(&attributes, 0);
  if (!error) error = posix_spawnattr_setflags(&attributes, flags);
  if (!error) error = posix_spawnp(child, what->path, &actions, &attributes, what->arguments, what->environment);

  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  return error;
}

bool system_status_exited(int status) { return WIFEXITED(status); }
int system_status_code(int status) { return WEXITSTATUS(status); }
bool system_status_signalled(int status) { return WIFSIGNALED(status); }
int system_status_signal(int status) { return WIFSTOPPED(status) ? WSTOPSIG(status) : WTERMSIG(status); }
bool system_status_stopped(int status) { return WIFSTOPPED(status); }

extern char **environ;
char *const *system_environment(void) { return environ; }

void system_forbid_core_files(void) {
  struct rlimit limit;
  if (getrlimit(RLIMIT_CORE, &limit) != 0) return;
#ifdef __linux__
  // One byte: no file can be that small, and a core pattern that is a pipe, for which Linux ignores a limit of 0, is
  // skipped at exactly 1 (core(5)). PR_SET_DUMPABLE would also take the program's own crash report away.
  if (limit.rlim_max > 0) {
    limit.rlim_cur = 1;
    setrlimit(RLIMIT_CORE, &limit);
    return;
  }
#endif
  limit.rlim_cur = 0;
  setrlimit(RLIMIT_CORE, &limit);
}

// MARK: terminal and text

int system_terminal_size(int descriptor, int *rows, int *columns) {
  struct winsize size;
  if (ioctl(descriptor, TIOCGWINSZ, &size) != 0) return -1;
  *rows = size.ws_row;
  *columns = size.ws_col;
  return 0;
}

int system_terminal_resize(int descriptor, int rows, int columns) {
  struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)columns};
  return ioctl(descriptor, TIOCSWINSZ, &size);
}

int system_character_width(uint32_t scalar) { return wcwidth((wchar_t)scalar); }

bool system_use_utf8_locale(void) {
  const char *found = setlocale(LC_ALL, "");
  if (found && strcasecmp(nl_langinfo(CODESET), "UTF-8") == 0) return true;
  if (!setlocale(LC_CTYPE, "C.UTF-8") && !setlocale(LC_CTYPE, "en_US.UTF-8")) return false;
  return strcasecmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

// MARK: crash guard

// The handler may run at any instruction, so what it reads is one record that is never changed while a pointer to it is published.
struct guard {
  int descriptor;
  struct termios modes;
  bool has_modes;
  size_t count, note_count;
  unsigned char bytes[1024];
  unsigned char note[512];
};

static const int guarded[] = {SIGSEGV, SIGILL, SIGBUS, SIGFPE, SIGABRT, SIGTRAP};
enum { guarded_count = sizeof guarded / sizeof *guarded };
static struct sigaction former[guarded_count];
static struct guard records[2];
static int record;
static _Atomic(struct guard *) armed;

static void write_all(int descriptor, const unsigned char *bytes, size_t count) {
  // Bounded: a terminal that takes nothing must not keep a dying program alive.
  for (int tries = 0; count > 0 && tries < 64; tries++) {
    ssize_t written = write(descriptor, bytes, count);
    if (written > 0) {
      bytes += written;
      count -= (size_t)written;
    } else if (written < 0 && errno == EAGAIN) {
      struct pollfd ready = {.fd = descriptor, .events = POLLOUT};
      if (poll(&ready, 1, 20) <= 0) return;
    } else if (written < 0 && errno != EINTR) {
      return;
    }
  }
}

// Into standard error, which is the log while the screen is up.
static void log_signal(int number) {
  unsigned char line[] = "riffle: ended by its own fault, signal   \n";
  size_t end = sizeof line - 2;
  line[end - 1] = (unsigned char)('0' + number % 10);
  if (number >= 10) line[end - 2] = (unsigned char)('0' + number / 10 % 10);
  write_all(STDERR_FILENO, line, sizeof line - 1);
}

static void crashed(int number, siginfo_t *info, void *context) {
  (void)context;
  int saved = errno;
  // Exchanged, so that a second fault, also one in here, finds nothing to do and dies at once.
  struct guard *guard = atomic_exchange(&armed, NULL);
  if (guard && guard->descriptor >= 0) {
    write_all(guard->descriptor, guard->bytes, guard->count);
    if (guard->has_modes) tcsetattr(guard->descriptor, TCSANOW, &guard->modes);
    write_all(guard->descriptor, guard->note, guard->note_count);
    log_signal(number);
  }
  for (int i = 0; i < guarded_count; i++) {
    if (guarded[i] == number) sigaction(number, &former[i], NULL);
  }
  errno = saved;
  // Returning repeats the faulting instruction, which now meets the former action with its own address. What was sent
  // (si_code <= 0), an abort and a breakpoint would not come again: raised here, delivered when this handler returns.
  if (info->si_code <= 0 || number == SIGABRT || number == SIGTRAP) raise(number);
}

void system_crash_guard_arm(
    int descriptor, const struct termios *modes, const void *bytes, size_t count, const void *note,
    size_t note_count) {
  if (descriptor < 0) {
    atomic_store(&armed, NULL);
    return;
  }
  record ^= 1;
  struct guard *next = &records[record];
  next->descriptor = descriptor;
  next->has_modes = modes != NULL;
  if (modes) next->modes = *modes;
  next->count = count > sizeof next->bytes ? sizeof next->bytes : count;
  memcpy(next->bytes, bytes, next->count);
  next->note_count = note_count > sizeof next->note ? sizeof next->note : note_count;
  if (next->note_count) memcpy(next->note, note, next->note_count);
  atomic_store(&armed, next);
}

void system_crash_guard_install(void) {
  static unsigned char stack[64 * 1024];
  stack_t alternate = {.ss_sp = stack, .ss_size = sizeof stack};
  sigaltstack(&alternate, NULL);
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_sigaction = crashed;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK;
  sigfillset(&action.sa_mask);
  for (int i = 0; i < guarded_count; i++) {
    struct sigaction present;
    sigaction(guarded[i], NULL, &present);
    if (!(present.sa_flags & SA_SIGINFO) || present.sa_sigaction != crashed) sigaction(guarded[i], &action, &former[i]);
  }
}
