// ncursesw as a buffer of cells that finds out which bytes turn one screen into the next. It never sees the terminal: its
// output goes to a file in memory, and everything it cannot do (modes, keys, colours of the terminal) is done elsewhere.
// Swift sees neither its globals nor its macros; what is needed of them is here. One thread only.
#pragma once

#ifndef _XOPEN_SOURCE_EXTENDED
#define _XOPEN_SOURCE_EXTENDED 1
#endif
#ifndef NCURSES_WIDECHAR
#define NCURSES_WIDECHAR 1
#endif

#include <curses.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// A screen of ncurses with the file that takes its output.
struct curses_screen;

/// Starts a screen that writes into `output`, which it takes over. NULL if there is no such terminal description.
/// `entry`, if not NULL, is a compiled description as `b64:…`, used instead of the system's database.
struct curses_screen *curses_open(const char *terminal, const char *entry, int output, int rows, int columns);
void curses_close(struct curses_screen *screen);

/// How many colours the description has.
int curses_colors(struct curses_screen *screen);
/// Whether the description can put the cursor anywhere, without which there is no screen.
bool curses_can_address_cursor(struct curses_screen *screen);

void curses_resize(struct curses_screen *screen, int rows, int columns);
/// Forgets what the terminal shows: the next update draws everything.
void curses_repaint(struct curses_screen *screen);

/// The pair of two colour numbers (-1 is the terminal's own); 0 if there is none left.
int curses_pair(struct curses_screen *screen, int foreground, int background);
/// Forgets every pair.
void curses_forget_pairs(struct curses_screen *screen);

/// A blank cell with these attributes and this pair.
cchar_t curses_cell(attr_t attributes, int pair);
attr_t curses_attribute_bold(void);
attr_t curses_attribute_dim(void);
attr_t curses_attribute_italic(void);
attr_t curses_attribute_underline(void);
attr_t curses_attribute_reverse(void);
attr_t curses_attribute_blink(void);

/// Makes this screen the one that the functions below work on.
void curses_select(struct curses_screen *screen);
/// Puts cells into a row; a wide character is one of them and takes two columns.
void curses_put(int row, int column, const cchar_t *cells, int count);
/// Where the cursor is left; `row` -1: anywhere.
void curses_place_cursor(int row, int column);
/// Finds the bytes that show what was put; returns how many there are, or -1.
ptrdiff_t curses_update(struct curses_screen *screen);
/// Copies the bytes of the last update to `bytes`, which has room for them; returns how many were copied.
ptrdiff_t curses_take(struct curses_screen *screen, void *bytes, size_t count);

#ifdef __cplusplus
}
#endif
