import Framing
import Testing

@testable import Transport

/// Random numbers that a seed brings back (SplitMix64).
private struct Numbers: RandomNumberGenerator, Sendable {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var word = state
    word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
    word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
    return word ^ (word >> 31)
  }
}

/// What an exchange came to.
private struct Outcome: Equatable {
  var sent: [[UInt8]] = []
  var status: Int?
  /// Behind the end of an exchange bytes mean nothing, so frames are compared.
  var frames: [WireFrame] = []
  var end: WebSocketExchange.Step?
}

@Suite("WebSocket exchange, without a connection")
struct WebSocketExchangeTests {
  private func exchange() throws -> WebSocketExchange {
    WebSocketExchange(
      HTTPRequest(.get, try HTTPURL("http://h:1/s")), firstMessages: ["a", "b"], using: Numbers(state: 7))
  }

  private func outcome(_ pieces: [[UInt8]], closes: Bool = true) throws -> Outcome {
    var exchange = try exchange()
    var outcome = Outcome()
    var body: [UInt8] = []
    func take(_ step: WebSocketExchange.Step) {
      switch step {
      case .send(let bytes): outcome.sent.append(bytes)
      case .head(let status, _): outcome.status = status
      case .body(let bytes): body += bytes
      case .finish, .fail: outcome.end = outcome.end ?? step
      }
    }
    for piece in pieces where outcome.end == nil { piece.withUnsafeBytes { exchange.receive($0) }.forEach(take) }
    if closes, outcome.end == nil { take(exchange.endOfInput()) }
    var decoder = WebSocketDecoder()
    outcome.frames = outcome.status == 101 ? decoder.push(body) : [WireFrame(data: body)]
    return outcome
  }

  private func agreement() throws -> [UInt8] {
    let opening = String(decoding: try exchange().opening, as: UTF8.self)
    let line = try #require(opening.split(separator: "\r\n").first { $0.hasPrefix("Sec-WebSocket-Key: ") })
    let accept = WebSocketKey(text: String(line.dropFirst(19))).accept
    return Array(
      "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 101 x\r\nUpgrade: websocket\r\nConnection: upgrade\r\nSec-WebSocket-Accept: \(accept)\r\n\r\n"
        .utf8)
  }

  @Test("The request is the one of RFC 6455, with the key of its own")
  func opening() throws {
    let lines = String(decoding: try exchange().opening, as: UTF8.self).split(
      separator: "\r\n", omittingEmptySubsequences: false)
    #expect(lines[0] == "GET /s HTTP/1.1")
    #expect(lines[1] == "Host: h:1")
    #expect(lines.suffix(2) == ["", ""])
  }

  @Test("How the bytes are cut changes nothing", arguments: 0...20)
  func cuts(seed: UInt64) throws {
    var numbers = Numbers(state: seed)
    // Mostly plausible frames behind an agreement or a refusal, then noise.
    let heads = [
      try agreement(), Array("HTTP/1.1 403 no\r\nContent-Length: 9\r\n\r\n".utf8),
      Array("HTTP/1.1 500 no\r\n\r\n".utf8), [],
    ]
    var bytes = heads[Int(seed % 4)]
    for _ in 0..<6 {
      bytes +=
        [[0x81, 2, 0x61, 0x62], [0x89, 1, 0x70], [0x01, 1, 0x61, 0x80, 1, 0x62], [0x8A, 0]].randomElement(
          using: &numbers) ?? []
    }
    bytes += (0..<8).map { _ in UInt8.random(in: .min ... .max, using: &numbers) }
    let whole = try outcome([bytes])
    #expect(try outcome(bytes.map { [$0] }) == whole)
    for cut in stride(from: 1, to: bytes.count, by: 7) {
      #expect(try outcome([Array(bytes[..<cut]), Array(bytes[cut...])]) == whole)
    }
    #expect(whole.end != nil)
  }

  @Test("A head without end is refused")
  func endlessHead() throws {
    let outcome = try outcome([[UInt8](repeating: 0x61, count: 300 * 1024)])
    guard case .fail(.tooLarge)? = outcome.end else {
      Issue.record("\(String(describing: outcome.end))")
      return
    }
  }

  @Test("Leaving says so once, and only where somebody listens")
  func goodbye() throws {
    var exchange = try exchange()
    #expect(exchange.goodbye().isEmpty)
    _ = try agreement().withUnsafeBytes { exchange.receive($0) }
    #expect(exchange.goodbye().first == 0x88)
    #expect(exchange.goodbye().isEmpty)
  }
}
