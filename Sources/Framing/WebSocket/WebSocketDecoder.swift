// A WebSocket server's messages as frames: fragments joined, pings left out. The bytes are those behind the answer to the
// handshake, exactly as they travelled, so that a recording of them can be played.

/// Decodes the frames of a WebSocket server.
///
/// A text message is a frame without a name, one of bytes is named `binary`. A close is a frame named `close` whose payload
/// is the code in digits, a space and the reason.
package struct WebSocketDecoder: FrameDecoder {
  /// Messages beyond this are refused; nothing that is text is larger.
  package static let defaultMaximumBytes = 16 << 20

  package private(set) var failure: FramingFailure?
  package private(set) var endedInsideFrame = false
  private var scanner: WebSocketScanner
  private let maximumBytes: Int
  private var payload: [UInt8] = []
  private var isText = true

  /// A decoder at the first byte behind the handshake.
  /// - Parameter maximumBytes: the most that one message may have.
  package init(maximumBytes: Int = Self.defaultMaximumBytes) {
    self.maximumBytes = maximumBytes
    scanner = WebSocketScanner(maximumBytes: maximumBytes)
  }

  package var consumedBytes: Int { scanner.consumedBytes }

  package mutating func push(_ bytes: UnsafeRawBufferPointer, into frames: inout [WireFrame]) {
    guard failure == nil, !bytes.isEmpty else { return }
    // Taken out, so that the closure below may change the rest of this value.
    var scanner = scanner
    scanner.push(bytes) { take($0, into: &frames) }
    self.scanner = scanner
    guard let violation = scanner.violation else { return }
    payload = []
    failure =
      violation.code == 1009
      ? .frameTooLong(offset: violation.offset, limit: maximumBytes)
      : .violation(offset: violation.offset, words: violation.words)
  }

  /// Ends the input. What is left of a message without its end is thrown away; a connection that ends without a close is
  /// for the layer above to judge.
  package mutating func finish(into frames: inout [WireFrame]) {
    guard failure == nil else { return }
    endedInsideFrame = scanner.isInsideMessage
    payload = []
  }

  private mutating func take(_ piece: WebSocketScanner.Piece, into frames: inout [WireFrame]) {
    switch piece {
    case .begin(let isText): self.isText = isText
    case .payload(let bytes): payload.append(contentsOf: bytes)
    case .end:
      var data: [UInt8] = []
      swap(&data, &payload)
      frames.append(WireFrame(event: isText ? nil : "binary", data: data))
    case .close(let close):
      frames.append(WireFrame(event: "close", data: Array("\(close.code) \(close.reason)".utf8)))
    case .ping, .pong: break
    }
  }
}
