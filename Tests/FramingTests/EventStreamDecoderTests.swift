// AWS event streams against the published cases, valid and corrupt, however they are cut, and hostile lengths.

import Framing
import Testing

/// All that a decoder says about a stream.
private struct Reading: Equatable {
  var frames: [WireFrame] = []
  var failure: FramingFailure?
  var endedInsideFrame = false
}

private func read(_ pieces: [[UInt8]], maximumBytes: Int = FrameFormat.defaultMaximumBytes) -> Reading {
  var decoder = EventStreamDecoder(maximumBytes: maximumBytes)
  var reading = Reading()
  for piece in pieces { reading.frames += decoder.push(piece) }
  reading.frames += decoder.finish()
  reading.failure = decoder.failure
  reading.endedInsideFrame = decoder.endedInsideFrame
  return reading
}

/// What the bytes give, which must be the same for every way of cutting them.
private func reading(of bytes: [UInt8], _ name: String = "") -> Reading {
  let whole = read([bytes])
  for way in Cuts.all(bytes) + [Cuts.pieces(bytes, of: 5), Cuts.pieces(bytes, of: 16_384)] where read(way) != whole {
    Issue.record("\(name), cut as \(way.prefix(20).map(\.count)), reads differently")
  }
  return whole
}

/// Frames as tests need them; the checksums are computed bit by bit, independently of the decoder.
private enum Frame {
  static func make(_ headers: [(String, String)], _ payload: String = "{}") -> [UInt8] {
    var bytes: [UInt8] = []
    for (name, value) in headers {
      bytes.append(UInt8(name.utf8.count))
      bytes += Array(name.utf8)
      bytes.append(7)
      bytes += number(value.utf8.count, bytes: 2)
      bytes += Array(value.utf8)
    }
    return make(headers: bytes, payload: Array(payload.utf8))
  }

  static func make(headers: [UInt8], payload: [UInt8]) -> [UInt8] {
    var frame = prelude(total: 16 + headers.count + payload.count, headers: headers.count) + headers + payload
    frame += number(Int(checksum(frame)), bytes: 4)
    return frame
  }

  static func prelude(total: Int, headers: Int) -> [UInt8] {
    let lengths = number(total, bytes: 4) + number(headers, bytes: 4)
    return lengths + number(Int(checksum(lengths)), bytes: 4)
  }

  static func checksum(_ bytes: [UInt8]) -> UInt32 {
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

@Suite("AWS event streams")
struct EventStreamDecoderTests {
  private static let wireCases = [
    "01-converse-text", "02-converse-tool-use", "03-converse-reasoning-cache", "04-invoke-claude-tool",
    "05-exception-throttling-midstream", "06-exception-model-stream-error", "07-error-frame", "08-split-one-byte",
    "09-split-prelude-and-crc", "10-bad-prelude-crc", "11-bad-message-crc", "12-all-header-types",
    "13-truncated-frame", "14-ends-without-message-stop", "15-unknown-event-and-empty-payload", "16-duplicate-header",
    "17-headers-too-long", "18-payload-too-long", "19-captured-message-start", "20-large-delta", "21-exception-first",
    "22-surrogate-escapes",
  ]

  @Test(
    "Every wire case gives its messages and its ending, however it is cut",
    .enabled(if: Vectors.wire.has("eventstream/01-converse-text.bin"), Vectors.absence), arguments: wireCases)
  func wireCase(name: String) throws {
    let bytes = Vectors.wire.bytes("eventstream/\(name).bin")
    let expect = try #require(Vectors.wire.json("eventstream/\(name).json")["expect"])
    let reading = reading(of: bytes, name)
    let messages = try #require(expect["messages"]?.array)
    #expect(reading.frames.count == messages.count)
    for (frame, message) in zip(reading.frames, messages) { try check(frame, message) }
    switch expect["end"]?.string {
    case "checksum":
      let fault: FrameFault = name.hasPrefix("10") ? .preludeChecksum : .messageChecksum
      #expect(reading.failure == .malformedFrame(offset: 149, fault))
    case "duplicate-header": #expect(reading.failure == .malformedFrame(offset: 0, .duplicateHeader))
    case "headers-too-long": #expect(reading.failure == .malformedFrame(offset: 0, .headersTooLong))
    case "payload-too-long": #expect(reading.failure == .frameTooLong(offset: 0, limit: 25_165_824))
    default: #expect(reading.failure == nil)
    }
    #expect(reading.endedInsideFrame == ((expect["leftoverBytes"]?.int ?? 0) > 0))
  }

  private func check(_ frame: WireFrame, _ message: JSONValue) throws {
    let headers = try #require(message["headers"])
    switch headers[":message-type"]?.string {
    case "event":
      #expect(frame.kind == .message)
      #expect(frame.event == headers[":event-type"]?.string)
    case "exception":
      #expect(frame.kind == .exception)
      #expect(frame.event == headers[":exception-type"]?.string)
    default:
      #expect(frame.kind == .error(message: headers[":error-message"]?.string ?? "?"))
      #expect(frame.event == headers[":error-code"]?.string)
    }
    #expect(frame.contentType == headers[":content-type"]?.string)
    if let length = message["payloadLength"]?.int {
      #expect(frame.data.count == length)
    } else {
      #expect(frame.data == message["payloadUtf8"]?.string.map { Array($0.utf8) })
    }
  }

  @Test(
    "All ten types of header values are read",
    .enabled(if: Vectors.wire.has("eventstream/12-all-header-types.bin"), Vectors.absence))
  func headerTypes() throws {
    let bytes = Vectors.wire.bytes("eventstream/12-all-header-types.bin")
    let length = Int(bytes[6]) << 8 | Int(bytes[7])
    let headers = try bytes[12..<12 + length].withUnsafeBytes { try EventStreamHeader.parse($0) }
    let expected: [(String, EventStreamHeader.Value)] = [
      ("bool-true", .bool(true)), ("bool-false", .bool(false)), ("byte", .byte(-2)), ("short", .short(-300)),
      ("int", .integer(123_456_789)), ("long", .long(-9_007_199_254_740_993)), ("bytes", .bytes([0, 1, 0xFE, 0xFF])),
      ("str", .string("naïve ✓")), ("ts", .timestamp(1_735_689_600_123)), ("uuid", .uuid(Array(0...15))),
      (":message-type", .string("event")), (":event-type", .string("allTypes")),
    ]
    #expect(headers == expected.map { EventStreamHeader(name: $0.0, value: $0.1) })
  }

  @Test(
    "The published cases of two other decoders give the same",
    .enabled(if: Vectors.published.has("eventstream/cases.json"), Vectors.absence))
  func publishedCases() throws {
    let cases = try #require(Vectors.published.json("eventstream/cases.json")["cases"]?.array)
    #expect(cases.count == 9)
    for test in cases {
      let reading = reading(of: hexadecimal(test["bytes_hex"]?.string ?? ""), test["name"]?.string ?? "")
      if test["valid"] == true {
        #expect(reading.failure == nil)
        #expect(reading.frames.map(\.data) == [base64(test["decoded"]?["payload"]?.string ?? "")])
      } else {
        let fault: FrameFault = test["error"] == "Prelude checksum mismatch" ? .preludeChecksum : .messageChecksum
        #expect(reading.failure == .malformedFrame(offset: 0, fault))
      }
    }
    let others = try #require(Vectors.published.json("eventstream/streaming-arrays.json")["cases"]?.array)
    #expect(others.count == 9)
    for test in others {
      let name = test["name"]?.string ?? ""
      let reading = reading(of: hexadecimal(test["bytes_hex"]?.string ?? ""), name)
      let isWrong = name.hasSuffix("_fails") || name.hasSuffix("too_short")
      #expect((reading.failure != nil) == isWrong, "\(name)")
      // The published arrays lack the characters of their headers: those frames, and the second of two, are cut ones.
      let isWhole = ["valid_single_message", "no_headers", "multiple_messages"].contains { name.hasSuffix($0) }
      #expect(reading.frames.count == (isWhole ? 1 : 0), "\(name)")
      #expect(reading.endedInsideFrame == (!isWrong && (!isWhole || name.hasSuffix("multiple_messages"))), "\(name)")
    }
  }

  @Test("Any single wrong byte is noticed")
  func everyByteCounts() {
    let frame = Frame.make([(":message-type", "event"), (":event-type", "x")])
    #expect(read([frame]).frames.count == 1)
    for index in frame.indices {
      var broken = frame
      broken[index] ^= 0x10
      let reading = read([broken])
      #expect(reading.frames.isEmpty, "byte \(index)")
      #expect(reading.failure != nil, "byte \(index)")
    }
  }

  @Test("A frame is handed out with its last byte, and its place in the stream is told where it fails")
  func timing() {
    let good = Frame.make([(":message-type", "event"), (":event-type", "a")], "{\"n\":1}")
    var bad = good
    bad[bad.count - 1] ^= 1
    var decoder = EventStreamDecoder()
    var lengths: [Int] = []
    for (index, byte) in (good + good + bad + good).enumerated() where !decoder.push([byte]).isEmpty {
      lengths.append(index + 1)
    }
    #expect(lengths == [good.count, good.count * 2])
    #expect(decoder.failure == .malformedFrame(offset: good.count * 2, .messageChecksum))
  }

  @Test("A frame whose kind is missing or unknown is told as such, and one without any header is a frame")
  func kinds() {
    #expect(read([Frame.make([(":event-type", "x")])]).frames.map(\.kind) == [.unknown])
    #expect(read([Frame.make([(":message-type", "later")])]).frames.map(\.kind) == [.unknown])
    #expect(read([Frame.make([], "")]).frames == [read([Frame.make([], "")]).frames[0]])
    #expect(read([Frame.make([], "")]).frames.map(\.data) == [[]])
  }

  @Test(
    "Headers that cannot be read end the stream",
    arguments: [
      [0, 7, 0, 0], [1, 0x61], [1, 0x61, 10], [1, 0x61, 7, 0], [1, 0x61, 7, 0, 5, 0x62], [5, 0x61], [1, 0x61, 9, 0],
      [1, 0xFF, 0],
    ] as [[UInt8]])
  func wrongHeaders(headers: [UInt8]) {
    let frame = Frame.make(headers: headers, payload: [])
    #expect(reading(of: frame).failure == .malformedFrame(offset: 0, .malformedHeader))
  }

  @Test("As many headers as fit are read in time that grows with their bytes, and a name twice is found among them")
  func manyHeaders() {
    var headers: [UInt8] = []
    for number in 0..<20_000 {
      headers += [3, UInt8(number >> 14), UInt8(number >> 7 & 127), UInt8(number & 127)]
      headers.append(0)
    }
    #expect(headers.count < EventStreamDecoder.maximumHeaderBytes)
    #expect(read([Frame.make(headers: headers, payload: [])]).frames.count == 1)
    let twice = Frame.make(headers: headers + [3, 0, 0, 5, 1], payload: [])
    #expect(read([twice]).failure == .malformedFrame(offset: 0, .duplicateHeader))
  }

  @Test("P16: lengths that nobody would send are refused with the prelude, before any waiting")
  func hostileLengths() {
    #expect(
      read([Frame.prelude(total: 15, headers: 0)]).failure == .malformedFrame(offset: 0, .impossibleLength))
    #expect(
      read([Frame.prelude(total: 20, headers: 5)]).failure == .malformedFrame(offset: 0, .impossibleLength))
    #expect(
      read([Frame.prelude(total: 1_017, headers: 0)], maximumBytes: 1_000).failure
        == .frameTooLong(offset: 0, limit: 1_000))
    #expect(
      read([Frame.prelude(total: 1 << 31, headers: 0)]).failure
        == .frameTooLong(offset: 0, limit: EventStreamDecoder.maximumPayloadBytes))
    // What a JSON error looks like as a length.
    #expect(
      read([Array("{\"message\":\"no\"}".utf8)]).failure
        == .malformedFrame(offset: 0, .headersTooLong))
  }

  @Test("Random bytes never make a frame, and are given up after a prelude")
  func garbage() {
    for seed in 1...200 {
      var numbers = SeededNumbers(seed: UInt64(seed))
      let bytes = (0..<64).map { _ in UInt8.random(in: 0...255, using: &numbers) }
      let reading = read([bytes])
      #expect(reading.frames.isEmpty && reading.failure != nil, "seed \(seed)")
    }
  }

  @Test("A large frame in many pieces is taken once it is whole")
  func largeFrame() {
    let payload = [UInt8](repeating: 0x20, count: 3 << 20)
    let frame = Frame.make(headers: [], payload: payload)
    let reading = read(Cuts.pieces(frame + frame, of: 16_384))
    #expect(reading.frames.map(\.data.count) == [payload.count, payload.count])
    #expect(!reading.endedInsideFrame)
  }
}
