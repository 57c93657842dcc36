import Testing

@testable import Framing

/// Frames of a server, as bytes.
enum ServerFrame {
  static func frame(_ first: UInt8, _ payload: [UInt8]) -> [UInt8] {
    switch payload.count {
    case ..<126: [first, UInt8(payload.count)] + payload
    case ..<65_536: [first, 126, UInt8(payload.count >> 8), UInt8(payload.count & 0xFF)] + payload
    default: [first, 127] + (0..<8).reversed().map { UInt8(payload.count >> ($0 * 8) & 0xFF) } + payload
    }
  }

  static func text(_ text: String, isFinal: Bool = true) -> [UInt8] { frame(isFinal ? 0x81 : 0x01, Array(text.utf8)) }
  static func rest(_ bytes: [UInt8], isFinal: Bool = true) -> [UInt8] { frame(isFinal ? 0x80 : 0x00, bytes) }
  static func close(_ code: UInt16, _ reason: String = "") -> [UInt8] {
    frame(0x88, [UInt8(code >> 8), UInt8(code & 0xFF)] + Array(reason.utf8))
  }
}

private func decode(_ pieces: [[UInt8]], maximumBytes: Int = 16 << 20) -> (WebSocketDecoder, [WireFrame]) {
  var decoder = WebSocketDecoder(maximumBytes: maximumBytes)
  var frames: [WireFrame] = []
  for piece in pieces { frames += decoder.push(piece) }
  frames += decoder.finish()
  return (decoder, frames)
}

@Suite("WebSocket frames")
struct WebSocketDecoderTests {
  static let globe = Array("🌍".utf8)

  static let messages: [(name: String, bytes: [UInt8], frames: [WireFrame])] = [
    ("one message", ServerFrame.text("hello"), [WireFrame(data: Array("hello".utf8))]),
    ("an empty message", ServerFrame.text(""), [WireFrame(data: [])]),
    (
      "fragments cut inside a character, a ping between them",
      ServerFrame.frame(0x01, [0x61] + globe.prefix(2)) + ServerFrame.frame(0x89, [1])
        + ServerFrame.rest([globe[2]], isFinal: false)
        + ServerFrame.rest([globe[3]]),
      [WireFrame(data: [0x61] + globe)]
    ),
    (
      "an empty fragment at the end", ServerFrame.text("a", isFinal: false) + ServerFrame.rest([]),
      [WireFrame(data: [0x61])]
    ),
    ("bytes", ServerFrame.frame(0x82, [0xFF, 0]), [WireFrame(event: "binary", data: [0xFF, 0])]),
    (
      "126 bytes", ServerFrame.frame(0x81, [UInt8](repeating: 0x61, count: 126)),
      [WireFrame(data: [UInt8](repeating: 0x61, count: 126))]
    ),
    (
      "a message, a close and what follows it",
      ServerFrame.text("a") + ServerFrame.close(1011, "broken 🌍") + ServerFrame.text("b"),
      [WireFrame(data: [0x61]), WireFrame(event: "close", data: Array("1011 broken 🌍".utf8))]
    ),
    ("a close without a code", ServerFrame.frame(0x88, []), [WireFrame(event: "close", data: Array("1005 ".utf8))]),
  ]

  @Test("Messages come out the same however they are cut", arguments: messages.indices)
  func decodes(index: Int) {
    let (name, bytes, frames) = Self.messages[index]
    for pieces in Cuts.all(bytes) {
      let (decoder, found) = decode(pieces)
      #expect(found == frames, "\(name)")
      #expect(decoder.failure == nil, "\(name)")
      #expect(!decoder.endedInsideFrame, "\(name)")
      #expect(decoder.consumedBytes == bytes.count)
    }
  }

  @Test("A message of more than 64 KiB is one message")
  func long() {
    let payload = [UInt8](repeating: 0x7A, count: 70_000)
    for size in [1, 999, 16_384, 70_020] {
      #expect(decode(Cuts.pieces(ServerFrame.frame(0x81, payload), of: size)).1 == [WireFrame(data: payload)])
    }
  }

  static let violations: [(name: String, bytes: [UInt8], code: UInt16)] = [
    ("a masked frame", [0x81, 0x81, 1, 2, 3, 4, 5], 1002),
    ("a reserved bit", [0xC1, 0], 1002),
    ("an unknown kind", [0x83, 0], 1002),
    ("an unknown control frame", [0x8B, 0], 1002),
    ("a cut ping", [0x09, 0], 1002),
    ("a long ping", [0x89, 126, 0, 126], 1002),
    ("a rest without a beginning", [0x80, 1, 0x61], 1002),
    ("a message inside another", ServerFrame.text("a", isFinal: false) + ServerFrame.text("b"), 1002),
    ("a close of one byte", [0x88, 1, 3], 1002),
    ("a close with a code that must not be sent", ServerFrame.close(1006), 1002),
    ("a close with half a character", [0x88, 3, 0x03, 0xE8, 0xC3], 1002),
    ("text that is not UTF-8", ServerFrame.frame(0x81, [0x61, 0xFF]), 1007),
    ("an overlong form over two fragments", ServerFrame.frame(0x01, [0xC0]) + ServerFrame.rest([0x80]), 1007),
    ("text that ends inside a character", ServerFrame.frame(0x81, [0xF0, 0x9F]), 1007),
    ("a message that is too long", ServerFrame.frame(0x81, [UInt8](repeating: 0x61, count: 1_001)), 1009),
    (
      "fragments that are too long together",
      ServerFrame.frame(0x01, [UInt8](repeating: 0x61, count: 600))
        + ServerFrame.rest([UInt8](repeating: 0x61, count: 600)), 1009
    ),
    ("a length beyond all bounds", [0x81, 127, 0xFF, 0, 0, 0, 0, 0, 0, 0], 1009),
  ]

  @Test("What breaks a rule ends the stream, behind what was whole", arguments: violations.indices)
  func violation(index: Int) {
    let (name, bytes, code) = Self.violations[index]
    for pieces in Cuts.all(ServerFrame.text("ok") + bytes) {
      let (decoder, found) = decode(pieces + [ServerFrame.text("late")], maximumBytes: 1_000)
      #expect(found == [WireFrame(data: Array("ok".utf8))], "\(name)")
      switch decoder.failure {
      case .frameTooLong?: #expect(code == 1009, "\(name)")
      case .violation?: #expect(code != 1009, "\(name)")
      default: Issue.record("\(name) is no violation")
      }
      var scanner = WebSocketScanner(maximumBytes: 1_000)
      bytes.withUnsafeBytes { scanner.push($0) { _ in } }
      #expect(scanner.violation?.code == code, "\(name)")
    }
  }

  @Test(
    "An end inside a frame or a message is told",
    arguments: [
      [0x81], [0x81, 5, 0x61], ServerFrame.text("a", isFinal: false), [0x89, 2, 1], [0x81, 126, 1],
    ] as [[UInt8]])
  func inside(bytes: [UInt8]) {
    let (decoder, frames) = decode([bytes])
    #expect(decoder.endedInsideFrame)
    #expect(frames.isEmpty)
  }

  @Test("Any bytes give something, the same for every cut", arguments: 1...40)
  func anything(seed: UInt64) {
    var numbers = SeededNumbers(seed: seed)
    // Mostly plausible first bytes, so that more than the first frame is reached.
    let bytes = (0..<300).map { _ in
      [0x81, 0x01, 0x80, 0x89, 0x00, 3, 2, 0x61].randomElement(using: &numbers) ?? UInt8(0)
    }
    let whole = decode([bytes])
    for pieces in [Cuts.bytes(bytes), Cuts.random(bytes, seed: seed, largest: 9)] {
      let cut = decode(pieces)
      #expect(cut.1 == whole.1)
      #expect(cut.0.failure == whole.0.failure)
    }
  }
}

@Suite("WebSocket: what a client sends")
struct WebSocketFrameTests {
  @Test(
    "A frame is masked with its key, with the length in the shortest form", arguments: [0, 1, 125, 126, 65_535, 65_536])
  func masking(count: Int) {
    let payload = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 7) }
    let frame = WebSocketFrame.masked(.text, payload, key: 0x0102_0304)
    let header = count < 126 ? 2 : count < 65_536 ? 4 : 10
    #expect(frame[0] == 0x81)
    #expect(frame[1] & 0x80 != 0)
    #expect(frame.count == header + 4 + count)
    #expect(Array(frame[header..<header + 4]) == [1, 2, 3, 4])
    #expect(frame[(header + 4)...].enumerated().map { $0.element ^ UInt8($0.offset % 4 + 1) } == payload)
  }

  @Test("A reason that is too long is cut between characters")
  func longReason() {
    let frame = WebSocketFrame.close(1000, reason: String(repeating: "é", count: 100), key: 0)
    #expect(frame[1] & 0x7F == 124)
    #expect(String(validating: frame[8...], as: UTF8.self) != nil)
  }

  @Test("The server's proof is the one of RFC 6455")
  func accept() {
    #expect(WebSocketKey(text: "dGhlIHNhbXBsZSBub25jZQ==").accept == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
    #expect(WebSocketKey(Array("the sample nonce".utf8)).text == "dGhlIHNhbXBsZSBub25jZQ==")
  }

  @Test(
    "SHA-1 is the one of FIPS 180-4",
    arguments: [
      ("", "da39a3ee5e6b4b0d3255bfef95601890afd80709"), ("abc", "a9993e364706816aba3e25717850c26c9cd0d89d"),
      ("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", "84983e441c3bd26ebaae4aa1f95129e5e54670f1"),
    ])
  func digest(text: String, expected: String) {
    let hex = SHA1.digest(Array(text.utf8)).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    #expect(hex == expected)
  }
}

@Suite("Records of raw text")
struct TextRecordDecoderTests {
  /// Text frames that follow each other joined, because where text is cut means nothing.
  private static func joined(_ frames: [WireFrame]) -> [WireFrame] {
    frames.reduce(into: []) { joined, frame in
      if frame.event == TextRecordDecoder.textName, joined.last?.event == frame.event {
        joined[joined.count - 1].data += frame.data
      } else {
        joined.append(frame)
      }
    }
  }

  private static func text(_ text: String) -> WireFrame { WireFrame(event: "text", data: Array(text.utf8)) }
  private static func whole(_ text: String) -> WireFrame { WireFrame(data: Array(text.utf8)) }

  static let records: [(String, [WireFrame])] = [
    ("data: Hello\n\ndata:  wörld 🌍\n\ndata:  line\nbreak\n\n", [text("Hello wörld 🌍 line\nbreak")]),
    ("data: a\n\n\n\ndata: b\n\n", [text("a\n\nb")]),
    ("data:  \n\ndata: x", [text(" x")]),
    ("data: a\n", [text("a\n")]),
    ("data: a\n\nno record\n\n", [text("a\n\nno record")]),
    ("data: a\n\nda", [text("a\n\nda")]),
    ("data: {\"type\":\"chunk\"}\n\ndata: x\n\n", [whole(#"{"type":"chunk"}"#), text("x")]),
    ("data: {\"type\":\"complete\"}", [whole(#"{"type":"complete"}"#)]),
    ("data: {no json\n\ndata: x\n\n", [text("{no jsonx")]),
    ("data: a\n\ndata: [DONE]\n\n", [text("a"), whole("[DONE]")]),
    ("data: [DO]\n\ndata: [x\n\n", [text("[DO][x")]),
    ("data: \n\ndata: a\n\n", [text("a")]),
    ("event: chunk\ndata: {\"a\":1}\n\n", [WireFrame(event: "chunk", data: Array(#"{"a":1}"#.utf8))]),
    ("data:{\"a\":1}\n\n", [whole(#"{"a":1}"#)]),
    ("", []),
  ]

  @Test("Nothing of a text is lost, however it is cut", arguments: records.indices)
  func keepsAll(index: Int) {
    let (text, frames) = Self.records[index]
    for pieces in Cuts.all(Array(text.utf8)) {
      var decoder = TextRecordDecoder()
      var found: [WireFrame] = []
      for piece in pieces { found += decoder.push(piece) }
      found += decoder.finish()
      #expect(Self.joined(found) == frames)
      #expect(decoder.failure == nil)
    }
  }

  @Test("Text comes out at once, but for what may be the end of a record or half a character")
  func liveness() {
    var decoder = TextRecordDecoder()
    #expect(decoder.push(Array("data: Hel".utf8)).map(\.text) == ["Hel"])
    #expect(decoder.push(Array("lo\n\nda".utf8)).map(\.text) == ["lo"])
    #expect(decoder.push(Array("y".utf8)).map(\.text) == ["\n\nday"])
    #expect(decoder.push([0xF0, 0x9F]).isEmpty)
    #expect(decoder.push([0x8C, 0x8D]).map(\.text) == ["🌍"])
  }

  @Test("A record that comes whole has a limit")
  func limit() {
    var decoder = TextRecordDecoder(maximumBytes: 100)
    _ = decoder.push(Array("data: {".utf8) + [UInt8](repeating: 0x61, count: 200))
    #expect(decoder.failure == .frameTooLong(offset: 6, limit: 100))
    #expect(decoder.push(Array("x\n\n".utf8)).isEmpty)
  }
}
