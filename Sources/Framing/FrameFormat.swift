// The ways in which providers cut a byte stream into messages, by name. A dialect names one; it never builds a decoder.

/// How a stream is cut into frames.
package enum FrameFormat: Equatable, Sendable, CaseIterable {
  /// `text/event-stream`: fields, blank lines between events.
  case serverSentEvents
  /// One JSON value per line (NDJSON).
  case lines
  /// `application/vnd.amazon.eventstream`: binary frames with checksums.
  case eventStream
  /// `data: ` and raw text, which may have line breaks; see `TextRecordDecoder`.
  case textRecords
  /// A WebSocket server's frames, behind the handshake; see `WebSocketDecoder`.
  case webSocket

  /// The most bytes that one line or one frame may have: images arrive as deltas of several MiB, and nothing honest is larger.
  package static let defaultMaximumBytes = 32 << 20

  /// A decoder for this format, at the start of a stream.
  package func makeDecoder(maximumBytes: Int = defaultMaximumBytes) -> any FrameDecoder {
    switch self {
    case .serverSentEvents: ServerSentEventDecoder(maximumBytes: maximumBytes)
    case .lines: LineDelimitedDecoder(maximumBytes: maximumBytes)
    case .eventStream: EventStreamDecoder(maximumBytes: maximumBytes)
    case .textRecords: TextRecordDecoder(maximumBytes: maximumBytes)
    case .webSocket: WebSocketDecoder(maximumBytes: min(maximumBytes, WebSocketDecoder.defaultMaximumBytes))
    }
  }
}
