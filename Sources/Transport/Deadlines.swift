// How long each part of a request may take. The defaults are those of the program; who sends a request may change each.

/// The limits of one request; nil waits for ever.
package struct Deadlines: Sendable, Equatable {
  /// Name lookup, TCP and TLS together.
  package var connect: Duration?
  /// From the whole request being sent to the first byte of an answer.
  package var firstByte: Duration?
  /// Between any two bytes of the answer, and between two sent pieces of a long request.
  ///
  /// Time in which the reader of the stream does not take what has arrived does not count.
  package var idle: Duration?
  /// From `start` to the end.
  package var total: Duration?

  /// Limits other than the standard ones are named.
  package init(
    connect: Duration? = .seconds(10), firstByte: Duration? = .seconds(120), idle: Duration? = .seconds(120),
    total: Duration? = nil
  ) {
    self.connect = connect
    self.firstByte = firstByte
    self.idle = idle
    self.total = total
  }
}

/// Which limit was reached.
package enum Deadline: String, Sendable, Hashable {
  case connect, firstByte, idle, total
}

/// What a transfer is doing.
package enum TransferPhase: String, Sendable, Hashable, CaseIterable {
  /// The name is being looked up.
  case resolving
  /// TCP is connecting, to the host or to the proxy.
  case connecting
  /// TLS is shaking hands.
  case securing
  /// The request is on its way; reported only if it is not gone at once.
  case sending
  /// The request is sent, nothing has come back.
  case waiting
  /// The answer is arriving.
  case receiving
}
