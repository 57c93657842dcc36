// The conversation on the plain terminal: no frame, no columns of ours, so that the terminal wraps, scrolls and selects as
// it does with everything else.

import Display
import Platform

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Writes a text to the terminal's ordinary screen and waits there.
enum BareView {
  private static let farewell = "\n— any key goes back to riffle —\n"

  /// Shows `text`, sanitised, until a key is pressed.
  /// - Parameter terminal: in its ordinary mode, as it is lent to other programs.
  static func show(
    _ text: String, terminal: Int32, signals: SignalSource.Listener
  ) -> ExternalViewer.Outcome {
    var mode = termios()
    guard tcgetattr(terminal, &mode) == 0 else { return .shown }
    var waiting = mode
    // One key is enough, and it is not to be seen.
    waiting.c_lflag &= ~tcflag_t(ICANON | ECHO)
    tcsetattr(terminal, TCSANOW, &waiting)
    defer { tcsetattr(terminal, TCSAFLUSH, &mode) }

    let bytes = Array((Sanitizer.plain(text) + farewell).utf8)
    var written = 0
    while true {
      var entries = [
        PollEntry(terminal, written < bytes.count ? [.readable, .writable] : .readable),
        PollEntry(signals.descriptor, .readable),
      ]
      Poll.wait(&entries, nanoseconds: nil)
      while let signal = signals.next() {
        if signal == SIGTERM || signal == SIGHUP { return .ended(by: signal) }
        if signal == SIGINT { return .shown }
      }
      if !entries[0].found.isDisjoint(with: [.readable, .hungUp, .failed]) { return .shown }
      if written < bytes.count, entries[0].found.contains(.writable) {
        // In pieces, so that a key ends a long one.
        let piece = bytes[written..<min(bytes.count, written + 4096)]
        let count = piece.withUnsafeBytes { write(terminal, $0.baseAddress, $0.count) }
        guard count > 0 || errno == EAGAIN || errno == EINTR else { return .shown }
        written += max(0, count)
      }
    }
  }
}
