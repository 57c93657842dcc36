import TestSupport
import Testing
import Transport

@Suite("TLS and HTTP/2", .enabled(if: FaultServerTLS.isAvailable, "nginx or openssl is not installed"))
struct TLSTests {
  private func request(_ front: FaultServerTLS, _ target: String = "/") throws -> HTTPRequest {
    var request = try TransportTests.request(front.url(target))
    request.caFile = front.authorityFile
    return request
  }

  @Test("HTTP/2 where the server speaks it, with the handshake measured")
  func http2() async throws {
    let server = try FaultServer { _ in .stream([.head(200, ["X-Case": "Kept"]), .bytes("data: 1\n\n")]) }
    let front = try FaultServerTLS(upstreamPort: server.port)
    let received = await HTTPClient().start(try request(front)).all()
    #expect(received.text == "data: 1\n\n")
    #expect(received.head?.httpVersion == "2")
    #expect(received.head?.headers["x-case"] == "Kept")
    #expect(try #require(received.timings).tls > .zero)
    #expect(received.error == nil)
  }

  @Test("HTTP/1.1 if the request wants it")
  func http1() async throws {
    let server = try FaultServer { _ in .respond(200, body: [65]) }
    let front = try FaultServerTLS(upstreamPort: server.port)
    var plain = try request(front)
    plain.versions = .http1
    let received = await HTTPClient().start(plain).all()
    #expect(received.head?.httpVersion == "1.1")
    #expect(received.body == [65])
  }

  @Test("Streams that begin together are open together", arguments: [true, false])
  func parallel(usesHTTP2: Bool) async throws {
    let server = try FaultServer { _ in .stream([.head(200), .bytes("a"), .waitForSignal("end"), .bytes("b")]) }
    let front = try FaultServerTLS(upstreamPort: server.port, usesHTTP2: usesHTTP2)
    let client = HTTPClient()
    let streams = try (0..<8).map { client.start(try request(front, "/\($0)")) }
    for stream in streams { #expect(await stream.read { !$0.pieces.isEmpty }.text == "a") }
    server.signal("end")
    let rest = await withTaskGroup(of: Received.self) { group in
      for stream in streams { group.addTask { await stream.all() } }
      return await group.reduce(into: [Received]()) { $0.append($1) }
    }
    #expect(rest.map(\.text) == Array(repeating: "b", count: 8))
    #expect(rest.count { $0.timings?.connectionReused == true } == (usesHTTP2 ? 7 : 0))
  }

  @Test("A stopped HTTP/2 stream is taken back at once, its neighbours stay")
  func http2Cancel() async throws {
    let server = try FaultServer { _ in .stream([.head(200), .bytes("a"), .waitForClose]) }
    let front = try FaultServerTLS(upstreamPort: server.port)
    let client = HTTPClient()
    let stopped = client.start(try request(front))
    let other = client.start(try request(front))
    _ = await stopped.read { !$0.pieces.isEmpty }
    _ = await other.read { !$0.pieces.isEmpty }
    stopped.cancel()
    #expect(await server.wait { !$0.closures.isEmpty })
    #expect(server.log.closures.count == 1)
    other.cancel()
  }

  @Test("An HTTP/2 stream nobody reads is slowed down, and all of it arrives in the end")
  func http2BackPressure() async throws {
    let count = 80 << 20
    let server = try FaultServer { _ in .stream([.head(200), .fill(count)]) }
    let front = try FaultServerTLS(upstreamPort: server.port)
    let stream = HTTPClient().start(try request(front))
    var sent = -1
    while server.log.bytesSent != sent || sent < 64 * 1024 {
      sent = server.log.bytesSent
      _ = await server.wait(within: .milliseconds(100)) { _ in false }
    }
    #expect(sent < 60 << 20)
    var body: [UInt8] = []
    while let event = await stream.next() {
      if case .bytes(let bytes, _) = event { body += bytes }
    }
    #expect(body == FaultServer.pattern(count))
  }

  @Test("An HTTP/2 answer whose server breaks off is truncated")
  func http2Truncated() async throws {
    let server = try FaultServer { _ in .stream([.head(200), .bytes("kept"), .waitForSignal("go"), .reset]) }
    let front = try FaultServerTLS(upstreamPort: server.port)
    let stream = HTTPClient().start(try request(front))
    let before = await stream.read { $0.text == "kept" }
    server.signal("go")
    let after = await stream.all()
    #expect(before.text == "kept")
    guard case .truncated(host: "localhost", _)? = after.error else {
      Issue.record("\(String(describing: after.ends))")
      return
    }
  }

  @Test(
    "A certificate that does not hold is refused by its cause, with its issuer, before anything is sent",
    arguments: [
      (FaultServerTLS.Certificate.expired, TransportError.TLSCheck.expired, "Riffle_Test_Authority"),
      (.otherName, .wrongName, "Riffle_Test_Authority"),
      (.selfSigned, .selfSigned, "localhost"),
    ])
  func badCertificate(certificate: FaultServerTLS.Certificate, check: TransportError.TLSCheck, issuer: String)
    async throws
  {
    let server = try FaultServer { _ in .respond(200) }
    let front = try FaultServerTLS(upstreamPort: server.port, certificate: certificate)
    let received = await HTTPClient().start(try request(front)).all()
    #expect(received.error == .tls(host: "localhost", check: check, issuer: issuer))
    #expect(received.error?.isTransient == false)
    #expect(server.log.connections == 0)
  }

  @Test("An unknown issuer is refused")
  func unknownIssuer() async throws {
    let server = try FaultServer { _ in .respond(200) }
    let front = try FaultServerTLS(upstreamPort: server.port)
    var distrusting = try request(front)
    distrusting.caFile = nil
    let received = await HTTPClient().start(distrusting).all()
    #expect(received.error == .tls(host: "localhost", check: .unknownIssuer, issuer: "Riffle_Test_Authority"))
    #expect(
      received.error?.summary
        == "localhost: the certificate's issuer is not known here (issuer: Riffle_Test_Authority).")
    #expect(server.log.connections == 0)
  }

  @Test("A server that only knows old TLS is refused")
  func oldTLS() async throws {
    let server = try FaultServer { _ in .respond(200) }
    let front = try FaultServerTLS(upstreamPort: server.port, protocols: "TLSv1.1")
    let received = await HTTPClient().start(try request(front)).all()
    #expect(received.error == .tls(host: "localhost", check: .protocolVersion, issuer: nil))
  }

  @Test("A certificate file that is not there is named")
  func missingAuthorityFile() async throws {
    let server = try FaultServer { _ in .respond(200) }
    let front = try FaultServerTLS(upstreamPort: server.port)
    var broken = try request(front)
    broken.caFile = "/nonexistent/authority.pem"
    let received = await HTTPClient().start(broken).all()
    #expect(received.error == .tls(host: "localhost", check: .caFile("/nonexistent/authority.pem"), issuer: nil))
  }

  @Test("A server without TLS on a port where TLS is expected")
  func notTLS() async throws {
    let server = try FaultServer(greeting: "HTTP/1.1 400 Bad Request\r\n\r\n") { _ in .respond(200) }
    let received = await HTTPClient().start(try TransportTests.request("https://127.0.0.1:\(server.port)/")).all()
    guard case .tls(host: "127.0.0.1", check: .notTLS, issuer: nil)? = received.error else {
      Issue.record("\(String(describing: received.error))")
      return
    }
  }
}
