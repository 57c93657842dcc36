#define _GNU_SOURCE
#include "shim.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <vterm.h>

#ifdef __APPLE__
#include <util.h>
#else
#include <pty.h>
#endif

struct test_screen {
  VTerm *terminal;
  VTermScreen *screen;
  bool is_alternate, is_cursor_visible;
};

static int property(VTermProp property, VTermValue *value, void *user) {
  struct test_screen *screen = user;
  if (property == VTERM_PROP_ALTSCREEN) screen->is_alternate = value->boolean;
  if (property == VTERM_PROP_CURSORVISIBLE) screen->is_cursor_visible = value->boolean;
  return 1;
}

static const VTermScreenCallbacks callbacks = {.settermprop = property};

// Answers are given by the test, which may want a silent terminal.
static void discard(const char *bytes, size_t count, void *user) {
  (void)bytes;
  (void)count;
  (void)user;
}

struct test_screen *test_screen_new(int rows, int columns) {
  struct test_screen *screen = calloc(1, sizeof *screen);
  if (!screen) return NULL;
  screen->terminal = vterm_new(rows, columns);
  screen->is_cursor_visible = true;
  vterm_set_utf8(screen->terminal, 1);
  vterm_output_set_callback(screen->terminal, discard, NULL);
  screen->screen = vterm_obtain_screen(screen->terminal);
  vterm_screen_enable_altscreen(screen->screen, 1);
  vterm_screen_set_callbacks(screen->screen, &callbacks, screen);
  vterm_screen_reset(screen->screen, 1);
  return screen;
}

void test_screen_free(struct test_screen *screen) {
  vterm_free(screen->terminal);
  free(screen);
}

void test_screen_write(struct test_screen *screen, const uint8_t *bytes, size_t count) {
  vterm_input_write(screen->terminal, (const char *)bytes, count);
}

void test_screen_resize(struct test_screen *screen, int rows, int columns) {
  vterm_set_size(screen->terminal, rows, columns);
}

static void color(const VTermColor *from, uint8_t *kind, uint8_t *to, bool is_default) {
  if (is_default) {
    *kind = 0;
  } else if (VTERM_COLOR_IS_INDEXED(from)) {
    *kind = 1;
    to[0] = from->indexed.idx;
  } else {
    *kind = 2;
    to[0] = from->rgb.red;
    to[1] = from->rgb.green;
    to[2] = from->rgb.blue;
  }
}

void test_screen_cell(struct test_screen *screen, int row, int column, struct test_cell *cell) {
  VTermScreenCell found;
  memset(cell, 0, sizeof *cell);
  if (!vterm_screen_get_cell(screen->screen, (VTermPos){.row = row, .col = column}, &found)) return;
  for (int i = 0; i < VTERM_MAX_CHARS_PER_CELL && found.chars[i]; i++) cell->characters[i] = found.chars[i];
  cell->width = found.width;
  cell->bold = found.attrs.bold;
  cell->italic = found.attrs.italic;
  cell->underline = found.attrs.underline != 0;
  cell->reverse = found.attrs.reverse;
  cell->strike = found.attrs.strike;
  color(&found.fg, &cell->foreground_kind, cell->foreground, VTERM_COLOR_IS_DEFAULT_FG(&found.fg));
  color(&found.bg, &cell->background_kind, cell->background, VTERM_COLOR_IS_DEFAULT_BG(&found.bg));
}

void test_screen_cursor(struct test_screen *screen, int *row, int *column, bool *visible) {
  VTermPos position;
  vterm_state_get_cursorpos(vterm_obtain_state(screen->terminal), &position);
  *row = position.row;
  *column = position.col;
  *visible = screen->is_cursor_visible;
}

bool test_screen_is_alternate(struct test_screen *screen) { return screen->is_alternate; }

int test_pty_open(int *master, int *slave, int rows, int columns) {
  struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)columns};
  if (openpty(master, slave, NULL, NULL, &size) != 0) return -1;
  fcntl(*master, F_SETFD, FD_CLOEXEC);
  fcntl(*slave, F_SETFD, FD_CLOEXEC);
  return 0;
}

pid_t test_pty_spawn(
    int *master, int rows, int columns, const char *path, char *const *arguments, char *const *environment,
    const char *folder) {
  struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)columns};
  sigset_t none;
  sigemptyset(&none);
  pid_t child = forkpty(master, NULL, NULL, &size);
  if (child != 0) {
    if (child > 0) fcntl(*master, F_SETFD, FD_CLOEXEC);
    return child;
  }
  for (int number = 1; number < NSIG; number++) signal(number, SIG_DFL);
  sigprocmask(SIG_SETMASK, &none, NULL);
  for (int descriptor = 3; descriptor < 256; descriptor++) close(descriptor);
  if (folder && chdir(folder) != 0) _exit(126);
  execve(path, arguments, environment);
  _exit(127);
}

pid_t test_fork(void (*body)(void *context), void *context) {
  pid_t child = fork();
  if (child != 0) return child;
  const int faults[] = {SIGSEGV, SIGILL, SIGBUS, SIGFPE, SIGABRT, SIGTRAP};
  for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) signal(faults[i], SIG_DFL);
  body(context);
  _exit(0);
}

void test_fault(void) {
  volatile int *nowhere = (volatile int *)8;
  (void)*nowhere;
}
