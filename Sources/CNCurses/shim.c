#define _GNU_SOURCE
#include "shim.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <wchar.h>

// Of <term.h>, which is not included because it defines `columns` and `lines` as macros.
extern char *tigetstr(const char *);

struct curses_screen {
  SCREEN *screen;
  FILE *output, *input;
};

struct curses_screen *curses_open(const char *terminal, const char *entry, int output, int rows, int columns) {
  struct curses_screen *opened = calloc(1, sizeof *opened);
  if (!opened) {
    close(output);
    return NULL;
  }
  opened->output = fdopen(output, "w");
  if (!opened->output) close(output);
  // ncurses wants a keyboard, which it is never asked to read.
  int keyboard = open("/dev/null", O_RDONLY | O_CLOEXEC);
  opened->input = keyboard < 0 ? NULL : fdopen(keyboard, "r");
  if (!opened->output || !opened->input) {
    curses_close(opened);
    return NULL;
  }

  // The size comes from the caller, not from LINES and COLUMNS; signals belong to the program.
  use_env(FALSE);
  const int signals[] = {SIGINT, SIGTERM, SIGTSTP, SIGWINCH};
  struct sigaction former[sizeof signals / sizeof *signals];
  for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) sigaction(signals[i], NULL, &former[i]);
  const char *terminfo = getenv("TERMINFO");
  char *saved = terminfo ? strdup(terminfo) : NULL;
  if (entry) setenv("TERMINFO", entry, 1);
  opened->screen = newterm(terminal, opened->output, opened->input);
  if (entry && saved) setenv("TERMINFO", saved, 1);
  if (entry && !saved) unsetenv("TERMINFO");
  free(saved);
  for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) sigaction(signals[i], &former[i], NULL);
  if (!opened->screen) {
    curses_close(opened);
    return NULL;
  }

  set_term(opened->screen);
  resize_term(rows, columns);
  if (has_colors()) {
    start_color();
    use_default_colors();
  }
  noecho();
  nonl();
  // Else an update stops half-way when it believes that a key waits.
  typeahead(-1);
  // The start's own bytes (alternate screen, keypad, tabs) leave its buffer with the first update. The modes of the terminal
  // are set elsewhere, so that update is made here and dropped.
  wnoutrefresh(stdscr);
  doupdate();
  fflush(opened->output);
  clearok(curscr, TRUE);
  return opened;
}

void curses_close(struct curses_screen *screen) {
  if (screen->screen) {
    set_term(screen->screen);
    endwin();
    delscreen(screen->screen);
  }
  if (screen->output) fclose(screen->output);
  if (screen->input) fclose(screen->input);
  free(screen);
}

int curses_colors(struct curses_screen *screen) {
  set_term(screen->screen);
  return has_colors() ? COLORS : 0;
}

bool curses_can_address_cursor(struct curses_screen *screen) {
  set_term(screen->screen);
  const char *address = tigetstr("cup");
  return address && address != (const char *)-1;
}

void curses_resize(struct curses_screen *screen, int rows, int columns) {
  set_term(screen->screen);
  resize_term(rows, columns);
  werase(stdscr);
  clearok(curscr, TRUE);
}

void curses_repaint(struct curses_screen *screen) {
  set_term(screen->screen);
  clearok(curscr, TRUE);
}

int curses_pair(struct curses_screen *screen, int foreground, int background) {
  set_term(screen->screen);
  if (foreground < 0 && background < 0) return 0;
  int pair = alloc_pair(foreground, background);
  return pair < 0 ? 0 : pair;
}

void curses_forget_pairs(struct curses_screen *screen) {
  set_term(screen->screen);
  if (has_colors()) reset_color_pairs();
}

cchar_t curses_cell(attr_t attributes, int pair) {
  cchar_t cell;
  memset(&cell, 0, sizeof cell);
  setcchar(&cell, L" ", attributes, 0, &pair);
  return cell;
}

attr_t curses_attribute_bold(void) { return WA_BOLD; }
attr_t curses_attribute_dim(void) { return WA_DIM; }
attr_t curses_attribute_italic(void) { return WA_ITALIC; }
attr_t curses_attribute_underline(void) { return WA_UNDERLINE; }
attr_t curses_attribute_reverse(void) { return WA_REVERSE; }
attr_t curses_attribute_blink(void) { return WA_BLINK; }

void curses_select(struct curses_screen *screen) { set_term(screen->screen); }

void curses_put(int row, int column, const cchar_t *cells, int count) {
  if (wmove(stdscr, row, column) == OK) wadd_wchnstr(stdscr, cells, count);
}

void curses_place_cursor(int row, int column) {
  leaveok(stdscr, row < 0);
  if (row >= 0) wmove(stdscr, row, column);
}

ptrdiff_t curses_update(struct curses_screen *screen) {
  // What the last update and the start wrote is overwritten.
  if (lseek(fileno(screen->output), 0, SEEK_SET) < 0) return -1;
  if (wnoutrefresh(stdscr) == ERR || doupdate() == ERR) return -1;
  fflush(screen->output);
  return lseek(fileno(screen->output), 0, SEEK_CUR);
}

ptrdiff_t curses_take(struct curses_screen *screen, void *bytes, size_t count) {
  return pread(fileno(screen->output), bytes, count, 0);
}
