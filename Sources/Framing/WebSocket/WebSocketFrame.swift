// What a client sends over a WebSocket, and the words both sides have for ending it (RFC 6455 sections 5.2, 5.3 and 7.4).

/// The kinds of frames.
package enum WebSocketOpcode: UInt8, Equatable, Sendable {
  case continuation = 0x0
  case text = 0x1
  case binary = 0x2
  case close = 0x8
  case ping = 0x9
  case pong = 0xA
}

/// Why a side ends a connection.
package struct WebSocketClose: Equatable, Sendable {
  /// Nothing was wrong.
  package static let normal: UInt16 = 1000
  /// Stands for a close without a code; never sent (section 7.1.5).
  package static let noCode: UInt16 = 1005

  package let code: UInt16
  /// Outside text.
  package let reason: String

  /// A close with that code.
  package init(code: UInt16, reason: String = "") {
    self.code = code
    self.reason = reason
  }

  /// Reads the payload of a close frame; nil if it is one byte, has a code that may not be sent, or is not UTF-8.
  init?(_ payload: [UInt8]) {
    guard !payload.isEmpty else {
      self.init(code: Self.noCode)
      return
    }
    guard payload.count >= 2 else { return nil }
    let code = UInt16(payload[0]) << 8 | UInt16(payload[1])
    guard Self.maySend(code), payload.withUnsafeBytes({ UTF8Validator.validPrefix(of: $0, from: 2) }) == payload.count
    else { return nil }
    self.init(code: code, reason: String(decoding: payload[2...], as: UTF8.self))
  }

  /// Sections 7.4.1 and 7.4.2, and the codes that IANA has added since (1012–1014).
  private static func maySend(_ code: UInt16) -> Bool {
    switch code {
    case 1000...1003, 1007...1014, 3000...4999: true
    default: false
    }
  }
}

/// Writes the frames of a client.
package enum WebSocketFrame {
  /// A whole message or control frame, masked, as every frame of a client must be.
  /// - Parameter key: the mask; unpredictable and new for each frame (section 10.3).
  package static func masked(_ opcode: WebSocketOpcode, _ payload: some Collection<UInt8>, key: UInt32) -> [UInt8] {
    let count = payload.count
    var frame: [UInt8] = []
    frame.reserveCapacity(count + 14)
    frame.append(0x80 | opcode.rawValue)
    switch count {
    case ..<126:
      frame.append(0x80 | UInt8(count))
    case ..<65_536:
      frame.append(0x80 | 126)
      frame.append(contentsOf: bigEndian(UInt64(count), bytes: 2))
    default:
      frame.append(0x80 | 127)
      frame.append(contentsOf: bigEndian(UInt64(count), bytes: 8))
    }
    let mask = bigEndian(UInt64(key), bytes: 4)
    frame.append(contentsOf: mask)
    var place = 0
    for byte in payload {
      frame.append(byte ^ mask[place & 3])
      place += 1
    }
    return frame
  }

  /// A close frame; the reason is cut to what fits into one.
  package static func close(_ code: UInt16, reason: String = "", key: UInt32) -> [UInt8] {
    guard code != WebSocketClose.noCode else { return masked(.close, [], key: key) }
    var payload = bigEndian(UInt64(code), bytes: 2)
    // 125 bytes for a control frame, two of them for the code; cut between characters.
    for character in reason where payload.count + String(character).utf8.count <= 125 {
      payload.append(contentsOf: String(character).utf8)
    }
    return masked(.close, payload, key: key)
  }

  private static func bigEndian(_ value: UInt64, bytes: Int) -> [UInt8] {
    (0..<bytes).reversed().map { UInt8(truncatingIfNeeded: value >> (UInt64($0) * 8)) }
  }
}
