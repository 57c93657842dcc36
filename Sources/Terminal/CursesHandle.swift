// The one owner of an ncurses screen.

import CNCurses
import CSystem
import Display

/// An ncurses screen whose output goes to a file in memory; closed when the value ends. Main thread only.
struct CursesHandle: ~Copyable {
  let screen: OpaquePointer

  /// Starts ncurses for a terminal. `newterm`, never `initscr`, which ends the process where it knows no description.
  init(_ profile: TerminalProfile, size: Size) throws(ScreenError) {
    let (name, description): (String, String?) =
      switch profile.source {
      case .own(let description): (description.name, description.compiled)
      case .system(let name): (name, nil)
      }
    let file = system_memory_file("frame")
    if file < 0 { throw .unusable("no memory for the screen") }
    guard let screen = curses_open(name, description, file, Int32(size.rows), Int32(size.columns)) else {
      throw .unusable("the terminal \(name) is not known here")
    }
    if !curses_can_address_cursor(screen) {
      curses_close(screen)
      throw .unusable("the terminal \(name) cannot move its cursor")
    }
    self.screen = screen
  }

  deinit {
    curses_close(screen)
  }
}
