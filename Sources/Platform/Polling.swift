// Sleeping until one of several descriptors is ready or time is up; and signals as something to wait for.

import CSystem

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// What `Poll.wait` waits for on one descriptor, and what it found.
package struct PollEntry: Sendable {
  /// The conditions of a descriptor.
  package struct Conditions: OptionSet, Sendable {
    package let rawValue: Int16
    package init(rawValue: Int16) {
      self.rawValue = rawValue
    }

    /// Bytes, a ring, a signal or the end can be read.
    package static let readable = Conditions(rawValue: Int16(POLLIN))
    /// Bytes can be written.
    package static let writable = Conditions(rawValue: Int16(POLLOUT))
    /// The other side is gone; reported unasked.
    package static let hungUp = Conditions(rawValue: Int16(POLLHUP))
    /// The descriptor failed or is not open; reported unasked.
    package static let failed = Conditions(rawValue: Int16(POLLERR) | Int16(POLLNVAL))
  }

  /// The descriptor; a negative one is skipped.
  package var descriptor: Int32
  /// What to wait for.
  package var wanted: Conditions
  /// What was found by the last wait.
  package var found: Conditions = []

  /// An entry that has found nothing yet.
  package init(_ descriptor: Int32, _ wanted: Conditions) {
    self.descriptor = descriptor
    self.wanted = wanted
  }
}

/// poll(2).
package enum Poll {
  /// Sleeps until an entry has found something or `nanoseconds` have passed; nil sleeps without limit, 0 only looks.
  ///
  /// A signal handler that ran ends the wait early, as if time were up.
  /// - Returns: how many entries have found something.
  @discardableResult
  package static func wait(_ entries: inout [PollEntry], nanoseconds: UInt64?) -> Int {
    let limit = nanoseconds.map { Int64(clamping: $0) } ?? -1
    return withUnsafeTemporaryAllocation(of: pollfd.self, capacity: max(entries.count, 1)) { buffer in
      for (index, entry) in entries.enumerated() {
        buffer.initializeElement(
          at: index, to: pollfd(fd: entry.descriptor, events: entry.wanted.rawValue, revents: 0))
      }
      let count = system_poll(buffer.baseAddress, UInt32(entries.count), limit)
      for index in entries.indices {
        entries[index].found = count > 0 ? PollEntry.Conditions(rawValue: buffer[index].revents) : []
      }
      return Int(max(count, 0))
    }
  }
}

/// Signals as values that a loop reads, instead of handlers that interrupt it.
package struct SignalSource: ~Copyable, Sendable {
  /// Readable while a signal waits; to poll, not to read.
  package let descriptor: Int32

  /// Blocks `signals` in the calling thread and takes them from here on.
  ///
  /// Call it on the main thread before any other thread exists: threads inherit the mask, and a thread without it would
  /// meet the default action.
  package init(_ signals: [Int32]) throws(SystemError) {
    let descriptor = signals.withUnsafeBufferPointer { system_signals_open($0.baseAddress, $0.count) }
    if descriptor < 0 { throw SystemError("signals") }
    self.descriptor = descriptor
  }

  deinit {
    _ = FileDescriptor(owning: descriptor)
  }

  /// Somebody who takes the signals of a source for a while. Valid as long as the source lives.
  package struct Listener: Sendable {
    /// Readable while a signal waits.
    package let descriptor: Int32

    /// The next signal that waits; nil if there is none.
    package func next() -> Int32? {
      let signal = system_signals_next(descriptor)
      return signal == 0 ? nil : signal
    }
  }

  /// For code that runs in the place of the owner and must not be deaf meanwhile.
  package var listener: Listener { Listener(descriptor: descriptor) }

  /// The next signal that waits; nil if there is none.
  package func next() -> Int32? { listener.next() }

  /// Ignores `signal` in the whole process and in nothing it starts: children get the default action back.
  package static func ignore(_ signal: Int32) {
    system_signal_ignore(signal)
  }
}
