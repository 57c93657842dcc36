// Words to the shell: standard error, one line each, sanitised. Also the numbers a shell gets back.

import Display
import Glibc

/// Exit statuses; stable, scripts rely on them.
enum ExitCode {
  static let done: Int32 = 0
  /// A file, the archive or a setting.
  static let failed: Int32 = 1
  static let usage: Int32 = 2
  /// The provider refused.
  static let refused: Int32 = 3
  /// Network, time-out, or an incomplete answer.
  static let network: Int32 = 4
}

/// The shell's side of the program.
enum Console {
  /// Writes `riffle: words` to standard error.
  static func complain(_ words: String) { write("riffle: \(words)\n") }

  /// Writes text to standard error, or to another descriptor of the terminal.
  static func write(_ text: String, to descriptor: Int32 = STDERR_FILENO) {
    let line = Array(Sanitizer.plain(text).utf8)
    var sent = 0
    while sent < line.count {
      // A terminal that was stopped must not keep a program from ending.
      var room = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
      guard isatty(descriptor) == 0 || poll(&room, 1, 1_000) == 1 else { return }
      let count = line.withUnsafeBytes { bytes in
        bytes.baseAddress.map { Glibc.write(descriptor, $0 + sent, line.count - sent) } ?? -1
      }
      guard count > 0 else { return }
      sent += count
    }
  }
}

/// Which riffle this is.
enum Version {
  static let text = "0.1.0"
}
