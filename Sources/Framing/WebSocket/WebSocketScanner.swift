// What comes from a WebSocket server, by the rules of RFC 6455 section 5: frames are taken apart, control frames told of
// whole, payloads handed through piece by piece. It keeps no message, so that both ends of the program may use it: the
// connection, which answers pings, and `WebSocketDecoder`, which puts messages together.

/// Reads the bytes of a server, however they were cut.
///
/// Total, linear and bounded: it holds at most the header of a frame, one control payload and three bytes of a character.
/// After a violation or a close nothing more comes out.
package struct WebSocketScanner: Sendable {
  /// What was found, in order.
  package enum Piece {
    /// A message of text or, if not, of bytes begins.
    case begin(isText: Bool)
    /// More of the message's payload, never empty; valid during the call.
    case payload(UnsafeRawBufferPointer)
    /// The message is whole.
    case end
    case ping([UInt8])
    case pong([UInt8])
    case close(WebSocketClose)
  }

  /// A rule that was broken, and the code with which the connection is then failed (RFC 6455 section 7.4.1).
  package struct Violation: Equatable, Sendable {
    package let code: UInt16
    /// In words that complete "the server sent …".
    package let words: String
    /// Where the offending frame begins.
    package let offset: Int
  }

  private enum State {
    case header
    /// Bytes of a data frame's payload that are to come.
    case payload(Int)
    case control(WebSocketOpcode, count: Int)
    case ended
  }

  private enum Message {
    case text, binary
  }

  /// The first rule that was broken; stays set.
  package private(set) var violation: Violation?
  /// Whether a close was received.
  package private(set) var isClosed = false
  /// Bytes taken so far.
  package private(set) var consumedBytes = 0

  private let maximumBytes: Int
  private var state = State.header
  private var header: [UInt8] = []
  private var control: [UInt8] = []
  /// The message whose end has not come.
  private var message: Message?
  private var messageBytes = 0
  private var isLastFrame = false
  private var frameOffset = 0
  /// The beginning of a character that was cut.
  private var character: [UInt8] = []

  /// A scanner behind the server's answer to the handshake.
  /// - Parameter maximumBytes: the most that one message may have.
  package init(maximumBytes: Int) { self.maximumBytes = maximumBytes }

  /// Whether the bytes so far end inside a frame or inside a message of several frames.
  package var isInsideMessage: Bool {
    switch state {
    case .header: !header.isEmpty || message != nil
    case .payload, .control: true
    case .ended: false
    }
  }

  /// Takes the next bytes and tells what is in them.
  package mutating func push(_ bytes: UnsafeRawBufferPointer, _ tell: (Piece) -> Void) {
    var index = 0
    let origin = consumedBytes
    consumedBytes += bytes.count
    while true {
      switch state {
      case .ended:
        return
      case .header:
        // A frame without payload is complete with its header, so the end of the bytes is looked for here only.
        guard index < bytes.count else { return }
        if header.isEmpty { frameOffset = origin + index }
        header.append(bytes[index])
        index += 1
        if header.count == Self.headerLength(header) { readHeader(tell) }
      case .payload(let left):
        guard index < bytes.count else { return }
        let count = min(left, bytes.count - index)
        let piece = UnsafeRawBufferPointer(rebasing: bytes[index..<index + count])
        index += count
        if message == .text, !isText(piece) { return fail(1007, "text that is not UTF-8") }
        tell(.payload(piece))
        if count < left { state = .payload(left - count) } else { endFrame(tell) }
      case .control(let opcode, let count):
        let piece = bytes[index..<min(index + count - control.count, bytes.count)]
        control.append(contentsOf: piece)
        index += piece.count
        guard control.count == count else { return }
        state = .header
        let payload = control
        control = []
        finishControl(opcode, payload, tell)
      }
    }
  }

  // MARK: Headers

  /// How long the header is, as far as it can be told from its beginning. Masked frames fail before their key is read.
  private static func headerLength(_ header: [UInt8]) -> Int {
    guard header.count >= 2 else { return 2 }
    if header[1] & 0x80 != 0 { return 2 }
    return switch header[1] & 0x7F {
    case 126: 4
    case 127: 10
    default: 2
    }
  }

  private mutating func readHeader(_ tell: (Piece) -> Void) {
    let isFinal = header[0] & 0x80 != 0
    let opcode = WebSocketOpcode(rawValue: header[0] & 0x0F)
    let isReservedSet = header[0] & 0x70 != 0
    let isMasked = header[1] & 0x80 != 0
    let short = Int(header[1] & 0x7F)
    let length = header.count == 2 ? UInt64(short) : header[2...].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    header.removeAll(keepingCapacity: true)
    if isMasked { return fail(1002, "a masked frame") }
    if isReservedSet { return fail(1002, "a frame of an extension that was not agreed on") }
    guard let opcode else { return fail(1002, "a frame of an unknown kind") }
    switch opcode {
    case .close, .ping, .pong:
      guard isFinal, short <= 125 else { return fail(1002, "a control frame that is cut or too long") }
      state = .control(opcode, count: short)
      return
    case .text, .binary:
      guard message == nil else { return fail(1002, "a message inside another one") }
      message = opcode == .text ? .text : .binary
      messageBytes = 0
      tell(.begin(isText: opcode == .text))
    case .continuation:
      guard message != nil else { return fail(1002, "the rest of a message that has no beginning") }
    }
    guard length <= UInt64(maximumBytes - messageBytes) else {
      return fail(1009, "a message of more than \(maximumBytes >> 20) MiB")
    }
    messageBytes += Int(length)
    isLastFrame = isFinal
    if length > 0 { state = .payload(Int(length)) } else { endFrame(tell) }
  }

  private mutating func endFrame(_ tell: (Piece) -> Void) {
    state = .header
    guard isLastFrame else { return }
    guard character.isEmpty else { return fail(1007, "text that ends inside a character") }
    message = nil
    tell(.end)
  }

  private mutating func finishControl(_ opcode: WebSocketOpcode, _ payload: [UInt8], _ tell: (Piece) -> Void) {
    switch opcode {
    case .ping: tell(.ping(payload))
    case .pong: tell(.pong(payload))
    default:
      guard let close = WebSocketClose(payload) else { return fail(1002, "a close that says nothing valid") }
      isClosed = true
      state = .ended
      tell(.close(close))
    }
  }

  private mutating func fail(_ code: UInt16, _ words: String) {
    violation = Violation(code: code, words: words, offset: frameOffset)
    state = .ended
  }

  // MARK: Text

  /// Whether the message goes on as UTF-8; a character that the piece cuts is kept for the next one.
  private mutating func isText(_ piece: UnsafeRawBufferPointer) -> Bool {
    var start = 0
    if !character.isEmpty {
      let begun = character.count
      character.append(contentsOf: piece.prefix(4 - begun))
      switch character.withUnsafeBytes({ UTF8Validator.sequence(at: 0, in: $0) }) {
      case .invalid: return false
      case .incomplete: return true
      case .valid(let length): start = length - begun
      }
      character.removeAll(keepingCapacity: true)
    }
    let end = UTF8Validator.validPrefix(of: piece, from: start)
    guard end < piece.count else { return true }
    guard case .incomplete = UTF8Validator.sequence(at: end, in: piece) else { return false }
    character.append(contentsOf: piece[end...])
    return true
  }
}
