// Frames of the wires that tests speak: event streams of AWS and WebSocket messages. Written from their specifications
// and independently of the decoders that read them.

/// Bytes as services send them.
enum WireBytes {
  /// An event as servers send it over HTTP, with a name or without.
  static func event(_ data: String, name: String? = nil) -> [UInt8] {
    Array("\(name.map { "event: \($0)\n" } ?? "")data: \(data)\n\n".utf8)
  }

  /// A text message of a server, unmasked and in one frame (RFC 6455 section 5.2).
  static func message(_ text: String) -> [UInt8] {
    let count = text.utf8.count
    return [0x81] + (count < 126 ? [UInt8(count)] : [126] + number(count, bytes: 2)) + Array(text.utf8)
  }

  /// A frame of an AWS event stream that holds an event.
  static func frame(_ type: String, _ payload: String) -> [UInt8] {
    frame([(":event-type", type), (":content-type", "application/json"), (":message-type", "event")], payload)
  }

  /// A frame of an AWS event stream that reports a failure.
  static func exception(_ type: String, _ payload: String) -> [UInt8] {
    frame([(":exception-type", type), (":content-type", "application/json"), (":message-type", "exception")], payload)
  }

  /// An event of Claude in a frame, as InvokeModelWithResponseStream sends it.
  static func chunk(_ event: String) -> [UInt8] {
    frame("chunk", #"{"bytes":""# + base64(Array(event.utf8)) + #"","p":"abcd"}"#)
  }

  /// Lengths, their checksum, headers that are all strings, the payload, the checksum of everything before.
  private static func frame(_ headers: [(String, String)], _ payload: String) -> [UInt8] {
    var block: [UInt8] = []
    for (name, value) in headers {
      block += [UInt8(name.utf8.count)] + Array(name.utf8)
      block += [7] + number(value.utf8.count, bytes: 2) + Array(value.utf8)
    }
    var frame = number(16 + block.count + payload.utf8.count, bytes: 4) + number(block.count, bytes: 4)
    frame += number(Int(checksum(frame)), bytes: 4)
    frame += block
    frame += Array(payload.utf8)
    return frame + number(Int(checksum(frame)), bytes: 4)
  }

  /// CRC-32 as in zlib.
  private static func checksum(_ bytes: [UInt8]) -> UInt32 {
    var sum: UInt32 = 0xFFFF_FFFF
    for byte in bytes {
      sum ^= UInt32(byte)
      for _ in 0..<8 { sum = sum & 1 == 1 ? sum >> 1 ^ 0xEDB8_8320 : sum >> 1 }
    }
    return ~sum
  }

  private static func base64(_ bytes: [UInt8]) -> String {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    var letters: [UInt8] = []
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let group = bytes[start..<min(start + 3, bytes.count)]
      let word = group.reduce(UInt32(0)) { $0 << 8 | UInt32($1) } << UInt32(8 * (3 - group.count))
      for place in 0..<4 {
        letters.append(place <= group.count ? alphabet[Int(word >> UInt32(18 - 6 * place) & 63)] : UInt8(ascii: "="))
      }
    }
    return String(decoding: letters, as: UTF8.self)
  }

  private static func number(_ value: Int, bytes: Int) -> [UInt8] {
    (0..<bytes).reversed().map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
  }
}
