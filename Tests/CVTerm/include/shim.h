// libvterm behind flat functions: its cells are bit-fields and unions, which Swift cannot read. And forkpty with execve,
// because nothing but C may run between fork and exec.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct test_screen;

struct test_cell {
  uint32_t characters[7];  // terminated by 0; empty for a blank cell
  int width;
  bool bold, italic, underline, reverse, strike;
  uint8_t foreground_kind, background_kind;  // 0 default, 1 palette index (in red), 2 RGB
  uint8_t foreground[3], background[3];
};

struct test_screen *test_screen_new(int rows, int columns);
void test_screen_free(struct test_screen *screen);
void test_screen_write(struct test_screen *screen, const uint8_t *bytes, size_t count);
void test_screen_resize(struct test_screen *screen, int rows, int columns);
void test_screen_cell(struct test_screen *screen, int row, int column, struct test_cell *cell);
void test_screen_cursor(struct test_screen *screen, int *row, int *column, bool *visible);
bool test_screen_is_alternate(struct test_screen *screen);

/// A pseudo-terminal; 0, or -1 with errno. Both ends are close-on-exec.
int test_pty_open(int *master, int *slave, int rows, int columns);
/// Starts a program as the leader of a new session on a new pseudo-terminal; its process id, or -1 with errno.
pid_t test_pty_spawn(
    int *master, int rows, int columns, const char *path, char *const *arguments, char *const *environment,
    const char *folder);

/// Forks; the child gets default dispositions for faults, runs `body` and exits with 0. Its process id, or -1.
pid_t test_fork(void (*body)(void *context), void *context);
/// Reads address 8.
void test_fault(void);
