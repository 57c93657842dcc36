// How wide a terminal is, for what writes lines to one without drawing on it.

import CSystem

/// The width of terminals.
package enum TerminalColumns {
  /// The columns of the terminal that a descriptor is; `nil` if it is none, or does not say.
  package static func of(_ descriptor: Int32) -> Int? {
    var rows: Int32 = 0
    var columns: Int32 = 0
    guard system_terminal_size(descriptor, &rows, &columns) == 0, columns > 0 else { return nil }
    return Int(columns)
  }
}
