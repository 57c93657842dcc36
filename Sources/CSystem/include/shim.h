// The few system calls that Swift cannot see, or that differ between Linux and macOS, behind neutral names.
// Every function returns what the call it stands for returns; errno is left as the call set it.
#pragma once

#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <termios.h>

#ifdef __cplusplus
extern "C" {
#endif

/// errno of the calling thread.
int system_last_error(void);

/// The system's words for an error number; always terminated.
void system_error_text(int code, char *buffer, size_t count);

/// A nameless file in memory (or an unlinked temporary file), close-on-exec; -1 with errno.
int system_memory_file(const char *label);

/// A doorbell: two descriptors (equal where eventfd exists), non-blocking, close-on-exec; 0, or -1 with errno.
int system_doorbell_open(int *listen, int *ring);
/// Rings; never blocks. Rings that were not heard yet merge into one.
void system_doorbell_ring(int ring);
/// Takes every ring so far.
void system_doorbell_silence(int listen);

/// A pipe whose ends are close-on-exec; 0, or -1 with errno.
int system_pipe(int ends[2]);

/// poll(2) with a time limit in nanoseconds; negative waits for ever.
int system_poll(struct pollfd *descriptors, unsigned count, int64_t nanoseconds);

/// Blocks the signals in the calling thread and gives a descriptor that reports them; -1 with errno.
int system_signals_open(const int *signals, size_t count);
/// The next waiting signal, or 0.
int system_signals_next(int descriptor);
/// Ignores a signal for the whole process.
void system_signal_ignore(int signal);

/// Starts a thread that leaves every signal but the synchronous faults to others; 0, or the error number.
int system_thread_start(
    pthread_t *thread, const char *name, size_t stack_bytes, void *(*body)(void *), void *context);

/// What a child gets.
struct system_child {
  const char *path;            // searched in PATH if it has no slash
  char *const *arguments;
  char *const *environment;
  const char *folder;          // NULL: the parent's
  int input, output, error;    // become 0, 1 and 2; -1 opens /dev/null
  bool own_group;              // a process group of its own
  bool own_session;            // a session of its own, without a controlling terminal
};
/// posix_spawnp with an empty signal mask, default dispositions and every descriptor above 2 closed; 0, or the error number.
int system_spawn(pid_t *child, const struct system_child *what);

bool system_status_exited(int status);
int system_status_code(int status);
bool system_status_signalled(int status);
int system_status_signal(int status);
bool system_status_stopped(int status);

/// The process environment as it is now, NULL-terminated.
char *const *system_environment(void);

/// open(2) and openat(2) with a mode: variadic functions are out of Swift's sight.
int system_open(const char *path, int flags, unsigned mode);
int system_open_at(int folder, const char *path, int flags, unsigned mode);
/// Forces a file's content to the disk, through the drive's cache where the system can.
int system_sync(int descriptor);

/// TIOCGWINSZ; 0, or -1 with errno.
int system_terminal_size(int descriptor, int *rows, int *columns);
/// TIOCSWINSZ; 0, or -1 with errno.
int system_terminal_resize(int descriptor, int rows, int columns);

/// wcwidth of one Unicode scalar: -1 for what the C library's tables do not know.
int system_character_width(uint32_t scalar);

/// setlocale(LC_ALL, ""), then C.UTF-8 for characters if the codeset is not UTF-8. True if it is UTF-8 in the end.
bool system_use_utf8_locale(void);

/// No core file from now on: credentials are in memory.
void system_forbid_core_files(void);

/// What restores the terminal when the program is about to die. All of it must be set before `system_crash_guard_install`.
/// `descriptor` -1 disarms it. `bytes` and `note` are copied (at most 1,024 and 512 bytes).
void system_crash_guard_arm(
    int descriptor, const struct termios *modes, const void *bytes, size_t count, const void *note, size_t note_count);
/// Installs the handlers for SEGV, ILL, BUS, FPE, ABRT and TRAP where they are not in place, keeping the former ones. The
/// calling thread gets an alternate stack for them, so that they also run when its own has overflowed.
void system_crash_guard_install(void);

#ifdef __cplusplus
}
#endif
