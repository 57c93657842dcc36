// Frames of AWS event streams as tests need them; the checksums are computed bit by bit, independently of the decoder.

@testable import Providers

enum EventStreamFrames {
  /// A part of an answer.
  static func event(_ type: String, _ payload: String) -> [UInt8] {
    frame([(":event-type", type), (":content-type", "application/json"), (":message-type", "event")], payload)
  }

  /// An event of Claude inside a frame.
  static func chunk(_ event: String) -> [UInt8] {
    self.event("chunk", #"{"bytes":""# + Base64.encode(Array(event.utf8)) + #"","p":"abc"}"#)
  }

  static func exception(_ type: String, _ payload: String) -> [UInt8] {
    frame([(":exception-type", type), (":content-type", "application/json"), (":message-type", "exception")], payload)
  }

  static func error(_ code: String, _ message: String) -> [UInt8] {
    frame([(":error-code", code), (":error-message", message), (":message-type", "error")], "")
  }

  static func frame(_ headers: [(String, String)], _ payload: String) -> [UInt8] {
    var block: [UInt8] = []
    for (name, value) in headers {
      block.append(UInt8(name.utf8.count))
      block += Array(name.utf8)
      block.append(7)
      block += number(value.utf8.count, bytes: 2)
      block += Array(value.utf8)
    }
    var frame = number(16 + block.count + payload.utf8.count, bytes: 4) + number(block.count, bytes: 4)
    frame += number(Int(checksum(frame)), bytes: 4)
    frame += block
    frame += Array(payload.utf8)
    return frame + number(Int(checksum(frame)), bytes: 4)
  }

  private static func checksum(_ bytes: [UInt8]) -> UInt32 {
    var sum: UInt32 = 0xFFFF_FFFF
    for byte in bytes {
      sum ^= UInt32(byte)
      for _ in 0..<8 { sum = sum & 1 == 1 ? sum >> 1 ^ 0xEDB8_8320 : sum >> 1 }
    }
    return ~sum
  }

  private static func number(_ value: Int, bytes: Int) -> [UInt8] {
    (0..<bytes).reversed().map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
  }
}
