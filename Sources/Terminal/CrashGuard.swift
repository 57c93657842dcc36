// What is left of riffle when it traps or is aborted: a terminal as it was, and one line that says where the report is. The
// handler itself is C, because nothing of Swift's runtime may run in it.

import CSystem

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Restores the terminal when the program dies by its own fault (SEGV, ILL, BUS, FPE, ABRT, TRAP).
///
/// The state behind it belongs to the process, like the signal handlers; use it from the main thread.
enum CrashGuard {
  /// Arms the guard with everything that it will write; what was prepared before is replaced.
  ///
  /// - Parameter descriptor: stays open as long as the guard is armed.
  /// - Parameter modes: the line discipline to go back to.
  /// - Parameter leaving: at most 1,024 bytes that switch our modes off.
  /// - Parameter note: one line of at most 512 bytes, shown on the shell's screen; no text of a conversation, no key.
  static func arm(descriptor: Int32, modes: termios?, leaving: [UInt8], note: String) {
    var modes = modes ?? termios()
    let note = Array(note.utf8)
    system_crash_guard_arm(descriptor, &modes, leaving, leaving.count, note, note.count)
    system_crash_guard_install()
  }

  /// The terminal is the shell's again: the guard has nothing to do.
  static func disarm() {
    system_crash_guard_arm(-1, nil, nil, 0, nil, 0)
  }
}
