// What the reader of a stream sees.

/// One thing that happened to a transfer, in the order it happened.
package enum TransferEvent: Sendable {
  /// A phase began. Phases that pass between two looks are left out; `receiving` is told by `head`.
  case phase(TransferPhase)
  /// Status and headers; once, before any bytes.
  case head(HTTPResponseHead)
  /// A piece of the body as it came, decompressed, never empty, and when it came. Where pieces end means nothing.
  case bytes([UInt8], received: ContinuousClock.Instant)
  /// The last event.
  case end(Result<TransferTimings, TransportError>)
}
