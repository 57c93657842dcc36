// Wakes a thread that sleeps in poll(2). Carries no value: what happened stands in the mailbox beside it.

import CSystem

/// A bell that any thread may ring and one thread listens to.
///
/// Rings that were not heard yet merge into one; ringing never blocks and costs one system call.
package struct Doorbell: ~Copyable, Sendable {
  /// Readable while the bell has rung; to poll, not to read.
  package let descriptor: Int32
  private let ringing: Int32

  /// Opens a bell that has not rung.
  package init() throws(SystemError) {
    var listen: Int32 = -1
    var ring: Int32 = -1
    if system_doorbell_open(&listen, &ring) != 0 { throw SystemError("doorbell") }
    descriptor = listen
    ringing = ring
  }

  deinit {
    if ringing != descriptor { _ = FileDescriptor(owning: ringing) }
    _ = FileDescriptor(owning: descriptor)
  }

  /// Makes `descriptor` readable.
  package func ring() {
    system_doorbell_ring(ringing)
  }

  /// Takes every ring so far. Call it before looking into the mailbox, so that no later ring is lost.
  package func silence() {
    system_doorbell_silence(descriptor)
  }
}
