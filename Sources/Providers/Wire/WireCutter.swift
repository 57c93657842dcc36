// Where the events of a response begin and end in its bytes as they travelled: for looking at them, so every byte belongs
// to exactly one piece, comments and blank lines too. What an event says is read elsewhere, with the decoders of answers.

import Framing

/// Cuts a response, however it was read.
struct WireCutter: Sendable {
  /// How pieces are told apart.
  enum Framing: Equatable, Sendable {
    /// A blank line ends an event.
    case events
    case lines
    /// Frames of AWS, with their length in front.
    case eventStream
    /// Frames of a WebSocket server.
    case webSocket
    /// Everything is one piece.
    case whole
    /// What one read gave.
    case reads
  }

  // Longer than any frame may be: what follows is not framed as was thought.
  private static let maximumFrame = FrameFormat.defaultMaximumBytes

  private(set) var framing: Framing
  /// Where the piece begins whose end has not come.
  private(set) var start = 0
  private var position = 0
  private var lineLength = 0
  private var hasContent = false
  private var endedWithReturn = false

  init(_ framing: Framing) { self.framing = framing }

  /// Begins anew at a place, behind bytes that are missing; what is cut there is a piece of its own.
  mutating func restart(at place: Int, isFramed: Bool) {
    if !isFramed { framing = .reads }
    (start, position, lineLength) = (place, place, 1)
    (hasContent, endedWithReturn) = (true, false)
  }

  /// Looks at what has come since.
  /// - Parameter tell: is called with the end of each piece that is complete.
  mutating func advance(in bytes: UnsafeRawBufferPointer, _ tell: (Int) -> Void) {
    switch framing {
    case .events: advanceEvents(bytes, tell)
    case .lines:
      while let end = Self.lineFeed(in: bytes, from: position) {
        position = end
        take(end, tell)
      }
      position = bytes.count
    case .eventStream, .webSocket:
      while let length = frameLength(bytes, at: start) {
        guard length <= Self.maximumFrame, length > 0 else {
          framing = .reads
          return take(bytes.count, tell)
        }
        guard length <= bytes.count - start else { break }
        take(start + length, tell)
      }
    case .whole: break
    case .reads: if bytes.count > start { take(bytes.count, tell) }
    }
  }

  private mutating func take(_ end: Int, _ tell: (Int) -> Void) {
    start = end
    tell(end)
  }

  /// WHATWG HTML 9.2.6: lines end with LF, CR or both. An LF behind the CR that ended an event begins the next one, so
  /// that nothing depends on how the bytes were read.
  private mutating func advanceEvents(_ bytes: UnsafeRawBufferPointer, _ tell: (Int) -> Void) {
    while position < bytes.count {
      let byte = bytes[position]
      position += 1
      let isSecondHalf = byte == 0x0A && endedWithReturn
      endedWithReturn = byte == 0x0D
      if isSecondHalf { continue }
      if byte == 0x0A || byte == 0x0D {
        if lineLength == 0, hasContent {
          hasContent = false
          take(position, tell)
        }
        lineLength = 0
      } else {
        lineLength += 1
        hasContent = true
      }
    }
  }

  private static func lineFeed(in bytes: UnsafeRawBufferPointer, from start: Int) -> Int? {
    var index = start
    while index < bytes.count {
      if bytes[index] == 0x0A { return index + 1 }
      index += 1
    }
    return nil
  }

  /// The length of the frame that begins there; `nil` if too little of it has come.
  private func frameLength(_ bytes: UnsafeRawBufferPointer, at start: Int) -> Int? {
    let rest = bytes.count - start
    if framing == .eventStream {
      guard rest >= 4 else { return nil }
      let length = (0..<4).reduce(0) { $0 << 8 | Int(bytes[start + $1]) }
      // Prelude and checksums alone are 16 bytes.
      return length < 16 ? 0 : length
    }
    return WebSocketHead(bytes, at: start)?.frameLength
  }
}

/// The head of a frame of a WebSocket (RFC 6455 section 5.2).
struct WebSocketHead {
  var opcode: UInt8
  var isLast: Bool
  var headBytes: Int
  var payloadBytes: Int

  /// Reads the head that begins there; `nil` if too little of it is there.
  init?(_ bytes: UnsafeRawBufferPointer, at start: Int) {
    guard bytes.count - start >= 2 else { return nil }
    let short = Int(bytes[start + 1] & 0x7F)
    let lengthBytes = short == 126 ? 2 : short == 127 ? 8 : 0
    let maskBytes = bytes[start + 1] & 0x80 != 0 ? 4 : 0
    headBytes = 2 + lengthBytes + maskBytes
    guard bytes.count - start >= headBytes else { return nil }
    let long = (0..<lengthBytes).reduce(UInt64(0)) { $0 << 8 | UInt64(bytes[start + 2 + $1]) }
    payloadBytes = lengthBytes == 0 ? short : Int(clamping: long)
    opcode = bytes[start] & 0x0F
    isLast = bytes[start] & 0x80 != 0
  }

  /// Head and payload.
  var frameLength: Int { payloadBytes > Int.max - headBytes ? .max : headBytes + payloadBytes }

  var name: String {
    switch WebSocketOpcode(rawValue: opcode) {
    case .continuation: "continuation"
    case .text: "text"
    case .binary: "binary"
    case .close: "close"
    case .ping: "ping"
    case .pong: "pong"
    case nil: "opcode \(opcode)"
    }
  }
}
