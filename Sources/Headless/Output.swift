// Standard output and error of a command: whole writes, a reader that goes away noticed, outside text sanitised.

import Display
import Glibc
import Platform

/// Where a command writes.
package final class Output: Sendable {
  private let output: Int32
  private let errors: Int32
  /// Whether standard output is a terminal, which decides how outside text is sanitised.
  package let isTerminal: Bool
  private let isBroken = Locked(false)

  /// The process's own standard output and error.
  package init(output: Int32 = STDOUT_FILENO, errors: Int32 = STDERR_FILENO) {
    self.output = output
    self.errors = errors
    isTerminal = isatty(output) == 1
  }

  /// Whether the reader of standard output has gone away.
  package var isClosed: Bool { isBroken.withLock { $0 } }

  /// Whether the reader has gone away, looked at now and not at the last write: for what costs before it writes.
  package func isClosedNow() -> Bool {
    var entries = [PollEntry(output, [])]
    Poll.wait(&entries, nanoseconds: 0)
    if !entries[0].found.isDisjoint(with: [.hungUp, .failed]) { isBroken.withLock { $0 = true } }
    return isClosed
  }

  /// Writes bytes that hold nothing from outside but what is escaped already, such as JSON.
  package func write(_ bytes: [UInt8]) {
    if !Self.writeAll(bytes, to: output) { isBroken.withLock { $0 = true } }
  }

  /// Writes text from outside in the form fit for what reads it.
  package func write(outside text: String) {
    write(Array((isTerminal ? Sanitizer.plain(text) : Sanitizer.piped(text)).utf8))
  }

  /// Writes a line of our own and outside words.
  package func line(_ text: String) { write(outside: text + "\n") }

  /// Writes `riffle: words` to standard error.
  package func complain(_ words: String) {
    _ = Self.writeAll(Array("riffle: \(Sanitizer.plain(words))\n".utf8), to: errors)
  }

  /// Writes text from outside to standard error, which is read by people.
  package func remark(outside text: String) { _ = Self.writeAll(Array(Sanitizer.plain(text).utf8), to: errors) }

  private static func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
    var sent = 0
    while sent < bytes.count {
      let count = bytes.withUnsafeBytes { buffer in
        buffer.baseAddress.map { Glibc.write(descriptor, $0 + sent, bytes.count - sent) } ?? -1
      }
      if count > 0 {
        sent += count
      } else if errno == EAGAIN {
        var entries = [PollEntry(descriptor, .writable)]
        Poll.wait(&entries, nanoseconds: nil)
      } else if errno != EINTR {
        return false
      }
    }
    return true
  }
}

/// Text that arrives in pieces, written without breaking what belongs together: a character with its marks, CR with LF.
package struct PieceWriter: ~Copyable {
  private let output: Output
  private let isForErrors: Bool
  private var held = ""

  /// A writer to that output, or to its standard error.
  package init(_ output: Output, toErrors isForErrors: Bool = false) {
    self.output = output
    self.isForErrors = isForErrors
  }

  /// Writes a piece, holding back its last character if the next piece may still belong to it.
  package mutating func write(_ piece: String) {
    held += piece
    guard let last = held.last else { return }
    // Printable ASCII at the end cannot be held for a mark without holding every word's last letter: marks on ASCII from
    // another piece are rare, and are shown as stand-ins then.
    if let byte = last.asciiValue, byte != 0x0D, byte >= 0x20 || byte == 0x0A {
      hand(held)
      held = ""
    } else {
      held.removeLast()
      if !held.isEmpty { hand(held) }
      held = String(last)
    }
  }

  /// Writes what was held back.
  package mutating func finish() {
    if !held.isEmpty { hand(held) }
    held = ""
  }

  private func hand(_ text: String) {
    if isForErrors { output.remark(outside: text) } else { output.write(outside: text) }
  }
}
