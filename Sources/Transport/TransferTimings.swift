// What the transfer library measured about one transfer.

/// Durations and sizes of one transfer, of its last attempt if it was repeated by itself.
///
/// Steps that were not needed, such as a name lookup on a kept connection, took no time and are zero.
package struct TransferTimings: Sendable, Equatable {
  /// The name lookup.
  package var dns: Duration = .zero
  /// The TCP handshake.
  package var connect: Duration = .zero
  /// The TLS handshake.
  package var tls: Duration = .zero
  /// From the start until the request began to be sent; nil if it did not.
  package var requestSent: Duration?
  /// From the start until the first byte of the answer; nil if there was none.
  package var firstByte: Duration?
  /// From the start until the end, or until now.
  package var total: Duration = .zero
  /// Whether a kept connection was used.
  package var connectionReused = false
  /// `1.0`, `1.1`, `2` or `3`; empty before the head.
  package var httpVersion = ""
  /// Of the request's body.
  package var bytesSent: Int64 = 0
  /// Of the answer's body as it travelled, before decompression.
  package var bytesReceived: Int64 = 0
}
