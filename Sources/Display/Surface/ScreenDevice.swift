// The socket behind which a real terminal, or a test's recorder, sits.

/// What can go wrong between the program and its screen.
package enum ScreenError: Error, Equatable, Sendable {
  /// The terminal is gone: end of file, hang-up or an input/output error.
  case lost
  /// No usable terminal description; the reason in words.
  case unusable(String)
}

/// Something that shows frames and delivers bytes typed by the user. Used from one thread.
package protocol ScreenDevice: ~Copyable {
  /// The present size in cells.
  var size: Size { get }
  /// Whether bytes of an earlier frame still wait; no new frame is presented until they are gone.
  var hasPendingOutput: Bool { get }
  /// Shows a frame; sends only what differs from the one before.
  mutating func present(_ frame: borrowing Frame) throws(ScreenError)
  /// Writes what is pending, as far as the terminal takes it.
  mutating func flush() throws(ScreenError)
  /// What was typed since the last call, possibly nothing; never waits.
  mutating func readBytes() throws(ScreenError) -> [UInt8]
}
