// The line discipline of a terminal with a program in it, to be looked at when the program is gone.

import Glibc
import Platform
import TestSupport

/// The program's terminal line, held open beyond its end.
final class HeldLine {
  private let descriptor: Int32
  private let fresh: PseudoTerminal

  init(of terminal: PseudoTerminal) throws {
    fresh = try PseudoTerminal(rows: 24, columns: 80)
    // The link leads to the terminal's device.
    descriptor = open("/proc/\(terminal.processID ?? 0)/fd/0", O_RDWR | O_NOCTTY | O_CLOEXEC)
    guard descriptor >= 0 else { throw SystemError("open") }
  }

  deinit { close(descriptor) }

  /// Whether it is set as a new one is.
  var isUntouched: Bool {
    var (now, new) = (termios(), termios())
    guard tcgetattr(descriptor, &now) == 0, tcgetattr(fresh.programSide, &new) == 0 else { return false }
    let keys = withUnsafeBytes(of: now.c_cc) { left in
      withUnsafeBytes(of: new.c_cc) { Array(left) == Array($0) }
    }
    return now.c_iflag == new.c_iflag && now.c_oflag == new.c_oflag && now.c_cflag == new.c_cflag
      && now.c_lflag == new.c_lflag && keys
  }
}
