// Text to a descriptor that may be slow or go away: a terminal, a pipe, a file. Everything from outside goes through the
// sanitiser here, and only so.

import Display
import Platform

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Bytes on their way. The descriptor is somebody else's and may be blocking: it gets a little at a time, when poll(2) says
/// that it takes something. A terminal may then still take less than that, and is opened once more, not blocking, for us.
struct LineWriter {
  let descriptor: Int32
  let isTerminal: Bool
  /// Whether nobody reads any more.
  var isBroken = false

  private var bytes: [UInt8] = []
  private var sent = 0

  // A pipe that can be written to has room for this much (PIPE_BUF).
  private static let piece = 512

  /// A writer that lives as long as the program.
  init(_ descriptor: Int32) {
    isTerminal = isatty(descriptor) == 1
    var own: Int32 = -1
    if isTerminal, let name = ttyname(descriptor) { own = open(name, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC) }
    self.descriptor = own >= 0 ? own : descriptor
  }

  var isEmpty: Bool { sent == bytes.count }

  /// Adds text in the form fit for what reads it.
  mutating func add(outside text: String) {
    guard !text.isEmpty else { return }
    add(Array((isTerminal ? Sanitizer.plain(text) : Sanitizer.piped(text)).utf8))
  }

  /// Adds bytes of our own.
  mutating func add(_ new: [UInt8]) {
    if isEmpty { (bytes, sent) = ([], 0) }
    bytes += new
  }

  /// Writes what is taken now; with a limit in nanoseconds, what is taken until then.
  mutating func flush(within limit: UInt64 = 0) {
    let deadline = MonotonicClock.nanoseconds() + limit
    while !isEmpty, !isBroken {
      var entry = [PollEntry(descriptor, .writable)]
      let now = MonotonicClock.nanoseconds()
      Poll.wait(&entry, nanoseconds: limit == 0 ? 0 : deadline - min(now, deadline))
      guard entry[0].found.contains(.writable) else {
        if !entry[0].found.isEmpty { isBroken = true }
        // A signal may have ended the wait early.
        if limit == 0 || MonotonicClock.nanoseconds() >= deadline { return }
        continue
      }
      let rest = bytes[sent...].prefix(Self.piece)
      let count = rest.withUnsafeBufferPointer { write(descriptor, $0.baseAddress, $0.count) }
      if count > 0 {
        sent += count
      } else if errno != EINTR, errno != EAGAIN {
        isBroken = true
      }
    }
  }
}
