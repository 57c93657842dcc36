import Framing
import Platform
import TestSupport
import Testing

@testable import Transport

/// A server's side of a WebSocket.
private enum Server {
  static func accept(_ request: FaultServer.Request) -> String {
    HandshakeKey.accept(request.header("sec-websocket-key") ?? "")
  }

  static func agree(_ request: FaultServer.Request) -> FaultServer.Step {
    .head(
      101,
      ["Upgrade": "WebSocket", "Connection": "keep-alive, upgrade", "Sec-WebSocket-Accept": accept(request)],
      framing: .asGiven)
  }

  static func text(_ text: String) -> [UInt8] { [0x81, UInt8(text.utf8.count)] + Array(text.utf8) }
  static func close(_ code: UInt16) -> [UInt8] { [0x88, 2, UInt8(code >> 8), UInt8(code & 0xFF)] }

  /// The frames that a client sent, without their masks.
  static func unmasked(_ bytes: [UInt8]) -> [(opcode: UInt8, payload: [UInt8])] {
    var frames: [(opcode: UInt8, payload: [UInt8])] = []
    var rest = bytes[...]
    while rest.count >= 6 {
      let start = rest.startIndex
      var length = Int(rest[start + 1] & 0x7F)
      var header = 2
      if length == 126 {
        length = Int(rest[start + 2]) << 8 | Int(rest[start + 3])
        header = 4
      }
      let key = rest[(start + header)..<(start + header + 4)].map { $0 }
      let payload = rest[(start + header + 4)...].prefix(length)
      frames.append((rest[start] & 0x0F, payload.enumerated().map { $0.element ^ key[$0.offset % 4] }))
      rest = rest[(start + header + 4)...].dropFirst(length)
    }
    return frames
  }
}

private func webSocket(
  _ url: String, _ messages: [String] = ["hi"], change: (inout HTTPRequest) -> Void = { _ in }
) throws -> HTTPRequest {
  var request = try TransportTests.request(url)
  request.exchange = .webSocket(firstMessages: messages)
  change(&request)
  return request
}

@Suite("WebSocket over libcurl")
struct WebSocketTests {
  @Test("The first message is sent masked, frames come as they are, and a close ends it")
  func conversation() async throws {
    let server = try FaultServer { request in
      .stream([
        Server.agree(request), .collect(8), .raw(Server.text("a") + [0x89, 2, 0x6B, 0x61]), .collect(8),
        .raw(Server.text("b") + Server.close(1000)), .collect(8), .waitForClose,
      ])
    }
    let received = await HTTPClient().start(
      try webSocket(server.url("/stream?x=1")) { try? $0.headers.add("X-Team", "blue") }
    ).all()
    #expect(received.head?.status == 101)
    #expect(received.head?.isSuccess == true)
    #expect(received.body == Server.text("a") + [0x89, 2, 0x6B, 0x61] + Server.text("b") + Server.close(1000))
    #expect(received.error == nil)
    let asked = try #require(server.log.requests.first)
    #expect(asked.method == "GET")
    #expect(asked.target == "/stream?x=1")
    #expect(asked.header("upgrade") == "websocket")
    #expect(asked.header("sec-websocket-version") == "13")
    #expect(asked.header("sec-websocket-extensions") == nil)
    #expect(asked.header("x-team") == "blue")
    #expect(await server.wait { $0.collected.count == 24 })
    let frames = Server.unmasked(server.log.collected)
    #expect(frames.map(\.opcode) == [1, 10, 8])
    #expect(frames.map(\.payload) == [Array("hi".utf8), [0x6B, 0x61], [0x03, 0xE8]])
    #expect(await server.wait { $0.closures.count == 1 })
    let timings = try #require(received.timings)
    #expect(timings.requestSent.map { $0 > .zero } == true)
    #expect(timings.firstByte.map { $0 >= timings.requestSent ?? .zero } == true)
    #expect(timings.httpVersion == "1.1")
    #expect(received.phases.last == .waiting)
  }

  @Test("Frames that come with the answer to the handshake are not lost, nor those cut anywhere")
  func cut() async throws {
    let server = try FaultServer { request in
      let head =
        "HTTP/1.1 101 x\r\nupgrade: websocket\r\nconnection: Upgrade\r\nsec-websocket-accept: \(Server.accept(request))\r\n\r\n"
      let bytes = Array(head.utf8) + Server.text("abc") + Server.close(1000)
      return .stream(bytes.map { .raw([$0]) } + [.waitForClose])
    }
    let received = await HTTPClient().start(try webSocket(server.url())).all()
    #expect(received.body == Server.text("abc") + Server.close(1000))
    #expect(received.error == nil)
  }

  @Test("An answer that is no agreement is a fault of the server")
  func handshake() async throws {
    let cases: [(String, KeyValuePairs<String, String>, Bool)] = [
      ("another key", ["Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Accept": "x"], false),
      ("no upgrade", ["Connection": "Upgrade"], true),
      ("no connection", ["Upgrade": "websocket"], true),
      (
        "an extension",
        ["Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Extensions": "permessage-deflate"], true
      ),
      ("a protocol", ["Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Protocol": "chat"], true),
    ]
    for (name, headers, isProven) in cases {
      let server = try FaultServer { request in
        var text = "HTTP/1.1 101 x\r\n"
        for (name, value) in headers { text += "\(name): \(value)\r\n" }
        if isProven { text += "Sec-WebSocket-Accept: \(Server.accept(request))\r\n" }
        return .stream([.raw(text + "\r\n"), .waitForClose])
      }
      let received = await HTTPClient().start(try webSocket(server.url())).all()
      guard case .protocolViolation? = received.error else {
        Issue.record("\(name): \(String(describing: received.error))")
        continue
      }
      #expect(received.head == nil)
    }
  }

  @Test("A refusal is an answer like any other")
  func refusal() async throws {
    let server = try FaultServer { request in
      request.target == "/length"
        ? .respond(403, ["content-type": "text/plain"], body: Array("no".utf8))
        : .stream([.head(500, framing: .untilClose), .bytes("broken"), .close])
    }
    let short = await HTTPClient().start(try webSocket(server.url("/length"))).all()
    #expect(short.head?.status == 403)
    #expect(short.text == "no")
    #expect(short.error == nil)
    let long = await HTTPClient().start(try webSocket(server.url("/close"))).all()
    #expect(long.head?.status == 500)
    #expect(long.text == "broken")
    #expect(long.error == nil)
  }

  @Test("A frame against the rules is answered with the code for it")
  func violation() async throws {
    let server = try FaultServer { request in
      .stream([Server.agree(request), .collect(8), .raw([0xC1, 0]), .collect(8), .waitForClose])
    }
    let received = await HTTPClient().start(try webSocket(server.url())).all()
    guard case .protocolViolation(_, let detail)? = received.error else {
      Issue.record("\(String(describing: received.error))")
      return
    }
    #expect(detail.contains("extension"))
    #expect(await server.wait { $0.collected.count == 16 })
    #expect(Server.unmasked(server.log.collected).last?.payload == [0x03, 0xEA])
  }

  @Test("A connection that breaks is truncated behind the agreement and a reset before it")
  func broken() async throws {
    let server = try FaultServer { request in
      request.target == "/early"
        ? .stream([.close]) : .stream([Server.agree(request), .collect(8), .raw(Server.text("half")), .close])
    }
    let late = await HTTPClient().start(try webSocket(server.url("/late"))).all()
    #expect(late.body == Server.text("half"))
    guard case .truncated? = late.error else {
      Issue.record("\(String(describing: late.error))")
      return
    }
    let early = await HTTPClient().start(try webSocket(server.url("/early"))).all()
    guard case .reset? = early.error else {
      Issue.record("\(String(describing: early.error))")
      return
    }
  }

  @Test("Nobody listening is a connection that did not come about")
  func refused() async throws {
    let port = try FaultServer { _ in .stream([]) }.port
    guard case .connect? = await HTTPClient().start(try webSocket("http://127.0.0.1:\(port)/")).all().error else {
      Issue.record("nobody listens there")
      return
    }
  }

  @Test("Silence ends by the limits, and pings are no silence")
  func silence() async throws {
    let server = try FaultServer { request in
      request.target == "/first"
        ? .stream([.waitForClose])
        : .stream([
          Server.agree(request), .pause(120), .raw([0x89, 0]), .pause(120), .raw([0x89, 0]), .pause(120), .waitForClose,
        ])
    }
    let first = await HTTPClient().start(
      try webSocket(server.url("/first")) { $0.deadlines.firstByte = .milliseconds(150) }
    ).all()
    guard case .timedOut(.firstByte, _, _, _)? = first.error else {
      Issue.record("\(String(describing: first.error))")
      return
    }
    let idle = await HTTPClient().start(try webSocket(server.url()) { $0.deadlines.idle = .milliseconds(300) }).all()
    guard case .timedOut(.idle, _, _, _)? = idle.error else {
      Issue.record("\(String(describing: idle.error))")
      return
    }
    #expect(idle.body == [0x89, 0, 0x89, 0])
  }

  @Test("A stop says goodbye and closes the connection")
  func stop() async throws {
    let server = try FaultServer { request in
      .stream([Server.agree(request), .collect(8), .raw(Server.text("a")), .collect(8), .waitForClose])
    }
    let stream = HTTPClient().start(try webSocket(server.url()))
    _ = await stream.read { !$0.pieces.isEmpty }
    stream.cancel()
    #expect(await stream.all().error == .cancelled)
    #expect(await server.wait { $0.closures.count == 1 })
    let last = try #require(Server.unmasked(server.log.collected).last)
    #expect(last.opcode == 8)
    #expect(last.payload == [0x03, 0xE8])
  }

  @Test("A slow reader slows the server down, and gets everything")
  func backPressure() async throws {
    let payload = [UInt8](repeating: 0x61, count: 60_000)
    let frame = [0x81, 126, UInt8(60_000 >> 8), UInt8(60_000 & 0xFF)] + payload
    let server = try FaultServer(sendBuffer: 64 * 1024) { request in
      .stream(
        [Server.agree(request), .collect(8)] + (0..<200).map { _ in .raw(frame) } + [
          .raw(Server.close(1000)), .waitForClose,
        ])
    }
    let stream = HTTPClient().start(try webSocket(server.url()))
    _ = await stream.read { $0.head != nil }
    // Nothing is read: the server gets stuck long before it has sent its 12 MB.
    #expect(await server.wait { $0.bytesSent > 128 * 1024 })
    let received = await stream.all()
    #expect(received.error == nil)
    var decoder = WebSocketDecoder()
    let frames = received.pieces.flatMap { decoder.push($0.bytes) }
    #expect(frames.count == 201)
    #expect(frames.dropLast().allSatisfy { $0.data == payload })
  }

  @Test("A long first message arrives whole")
  func longMessage() async throws {
    let message = String(repeating: "x", count: 3 << 20)
    let size = message.utf8.count + 14
    let server = try FaultServer { request in
      .stream([Server.agree(request), .collect(size), .raw(Server.close(1000)), .waitForClose])
    }
    let received = await HTTPClient().start(try webSocket(server.url(), [message])).all()
    #expect(received.error == nil)
    #expect(server.log.collected.count == size)
    #expect(server.log.collected[1] == 0xFF)
  }

  @Test("Many WebSockets and a plain request share the thread")
  func parallel() async throws {
    let server = try FaultServer { request in
      if request.target == "/plain" { return .respond(200, body: [65]) }
      return .stream([
        Server.agree(request), .collect(8), .raw(Server.text("a")), .waitForSignal("go"), .raw(Server.close(1000)),
        .waitForClose,
      ])
    }
    let client = HTTPClient()
    let streams = try (0..<12).map { _ in client.start(try webSocket(server.url("/ws"))) }
    for stream in streams { #expect(await !stream.read { !$0.pieces.isEmpty }.pieces.isEmpty) }
    #expect(await client.start(try TransportTests.request(server.url("/plain"))).all().text == "A")
    server.signal("go")
    for stream in streams { #expect(await stream.all().error == nil) }
  }

  @Test("A credential does not travel unencrypted to another machine, and the tap sees no secret")
  func secrets() async throws {
    let foreign = await HTTPClient().start(
      try webSocket("http://lab.example/") { try? $0.headers.add("Authorization", "Bearer k") }
    ).all()
    #expect(foreign.error == .plaintextCredential(host: "lab.example"))
    let server = try FaultServer { request in .stream([Server.agree(request), .raw(Server.close(1000)), .waitForClose])
    }
    let seen = Locked<[String]>([])
    let received = await HTTPClient().start(
      try webSocket(server.url()) { request in
        try? request.headers.add("Authorization", "Bearer k")
        request.tap = WireTap { record in
          seen.withLock { seen in
            switch record {
            case .request(_, _, let headers, let body):
              seen.append("request \(headers.description) \(String(decoding: body, as: UTF8.self))")
            case .head(let head, _): seen.append("head \(head.status)")
            case .bytes(let bytes, _): seen.append("bytes \(bytes)")
            case .end(let error, _): seen.append("end \(String(describing: error))")
            }
          }
        }
      }
    ).all()
    #expect(received.error == nil)
    #expect(server.log.requests.first?.header("authorization") == "Bearer k")
    #expect(seen.withLock { $0 } == ["request Authorization: ••• hi", "head 101", "bytes [136, 2, 3, 232]", "end nil"])
  }
}

@Suite("WebSocket through TLS", .enabled(if: FaultServerTLS.isAvailable, "nginx or openssl is not installed"))
struct WebSocketTLSTests {
  @Test("A WebSocket through TLS, whose certificate is checked")
  func encrypted() async throws {
    let server = try FaultServer { request in
      .stream([
        Server.agree(request), .collect(8), .raw(Server.text("a")), .waitForSignal("go"),
        .raw(Server.text("b") + Server.close(1000)),
        .waitForClose,
      ])
    }
    let front = try await onOwnThread { try FaultServerTLS(upstreamPort: server.port) }
    let stream = HTTPClient().start(try webSocket(front.url("/")) { $0.caFile = front.authorityFile })
    let before = await stream.read { !$0.pieces.isEmpty }
    #expect(before.head?.status == 101)
    #expect(try #require(before.head).timings.tls > .zero)
    server.signal("go")
    let rest = await stream.all()
    #expect(before.body + rest.body == Server.text("a") + Server.text("b") + Server.close(1000))
    guard case .tls? = await HTTPClient().start(try webSocket(front.url("/"))).all().error else {
      Issue.record("the certificate is not known here")
      return
    }
  }
}

@Suite("WebSocket through a proxy", .enabled(if: FaultServerProxy.isAvailable, "tinyproxy is not installed"))
struct WebSocketProxyTests {
  @Test("A WebSocket goes through a tunnel, unencrypted too")
  func tunnel() async throws {
    let server = try FaultServer { request in
      .stream([Server.agree(request), .collect(8), .raw(Server.text("a") + Server.close(1000)), .waitForClose])
    }
    let proxy = try await onOwnThread { try FaultServerProxy(login: "user secret") }
    let address = "127.0.0.1:\(proxy.port)"
    let through = try HTTPProxy("http://user:secret@\(address)")
    let received = await HTTPClient().start(try webSocket(server.url()) { $0.proxy = .proxy(through) }).all()
    #expect(received.body == Server.text("a") + Server.close(1000))
    #expect(received.error == nil)
    #expect(server.log.requests.first?.header("Via") == nil)
    let stranger = try HTTPProxy("http://\(address)")
    guard
      case .proxy? = await HTTPClient().start(try webSocket(server.url()) { $0.proxy = .proxy(stranger) }).all().error
    else {
      Issue.record("the proxy wants a password")
      return
    }
  }
}

/// The key of a request, and what a server makes of it.
private enum HandshakeKey {
  static func accept(_ key: String) -> String { WebSocketKey(text: key).accept }
}
