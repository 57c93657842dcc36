// One line on standard error that says how far a measurement is, rewritten in place; nothing where no one watches.

import Display
import Glibc
import Platform

/// A line that is written over. Quiet unless standard error is a terminal, so that no log fills with it.
package final class ProgressLine: Sendable {
  private let descriptor: Int32
  private let isShown: Bool
  /// Columns of what stands there now.
  private let written = Locked(0)

  /// A line on standard error.
  package init(errors descriptor: Int32 = STDERR_FILENO) {
    self.descriptor = descriptor
    isShown = isatty(descriptor) == 1
  }

  /// Writes over the line: our own words, one column to a character, and cut to the terminal's width.
  func show(_ words: String) {
    guard isShown else { return }
    // One column less: a terminal that has filled its last column may have gone to the next line.
    let room = max(1, (TerminalColumns.of(descriptor) ?? 80) - 1)
    let text = String(Sanitizer.singleLine(words, maximumColumns: room))
    let columns = CharacterWidth.columns(of: text)
    written.withLock { written in
      write("\r" + text + String(repeating: " ", count: max(0, min(written, room) - columns)))
      written = columns
    }
  }

  /// Takes the line away.
  func clear() {
    guard isShown else { return }
    written.withLock { written in
      if written > 0 { write("\r" + String(repeating: " ", count: written) + "\r") }
      written = 0
    }
  }

  private func write(_ text: String) {
    // A terminal that does not take it misses nothing.
    _ = Array(text.utf8).withUnsafeBytes { bytes in bytes.baseAddress.map { Glibc.write(descriptor, $0, bytes.count) } }
  }
}

extension Output {
  /// Writes a sentence: on a terminal broken between words at its width, else on one line.
  func sentence(_ text: String) {
    guard isTerminal, let columns = TerminalColumns.of(STDOUT_FILENO) else { return line(text) }
    let bytes = Array(text.utf8)
    var rows: [TextRow] = []
    bytes.withUnsafeBufferPointer { buffer in
      LineWrapper.wrap(bytes: buffer, range: 0..<buffer.count, columns: columns, mode: .words, into: &rows)
    }
    for row in rows { line(String(decoding: bytes[row.range], as: UTF8.self)) }
  }
}
