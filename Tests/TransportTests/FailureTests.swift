import Diagnostics
import TestSupport
import Testing
import Transport

@Suite("Failures")
struct FailureTests {
  /// A way for an answer to break, and how it must end.
  struct Break: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let steps: [FaultServer.Step]
    let error: TransportError?
    var text = "kept"
  }

  private static let closedEarly = TransportError.truncated(host: "127.0.0.1", cause: .closedEarly)
  private static let lost = TransportError.truncated(host: "127.0.0.1", cause: .connectionLost)
  private static let noAnswer = TransportError.reset(host: "127.0.0.1")

  static let breaks = [
    Break(
      testDescription: "chunked, closed before the last chunk", steps: [.head(200), .bytes("kept"), .close],
      error: closedEarly),
    Break(
      testDescription: "chunked, closed within a chunk", steps: [.head(200), .raw("8\r\nkept"), .close],
      error: closedEarly),
    Break(
      testDescription: "chunked, half closed", steps: [.head(200), .bytes("kept"), .halfClose], error: closedEarly),
    Break(
      testDescription: "a length, closed before it",
      steps: [.head(200, framing: .length(10)), .bytes("kept"), .close], error: closedEarly),
    Break(
      testDescription: "a length, half closed before it",
      steps: [.head(200, framing: .length(10)), .bytes("kept"), .halfClose], error: closedEarly),
    Break(
      testDescription: "reset", steps: [.head(200), .bytes("kept"), .waitForSignal("received"), .reset], error: lost),
    // Nothing tells these from a good end; the dialect's own ending must.
    Break(
      testDescription: "no length, closed", steps: [.head(200, framing: .untilClose), .bytes("kept"), .close],
      error: nil),
    Break(
      testDescription: "no length, half closed", steps: [.head(200, framing: .untilClose), .bytes("kept"), .halfClose],
      error: nil),
    Break(
      testDescription: "a length, more sent than that",
      steps: [.head(200, framing: .length(4)), .bytes("kept and more"), .close], error: nil),
    Break(testDescription: "closed before anything", steps: [.close], error: noAnswer, text: ""),
    Break(testDescription: "reset before anything", steps: [.reset], error: noAnswer, text: ""),
    Break(testDescription: "half closed before anything", steps: [.halfClose], error: noAnswer, text: ""),
    Break(
      testDescription: "closed within the headers", steps: [.raw("HTTP/1.1 200 OK\r\nX-Half: a"), .close],
      error: noAnswer, text: ""),
  ]

  @Test("A broken answer keeps what came and says how it broke", arguments: breaks)
  func answerBreaks(how: Break) async throws {
    let server = try FaultServer { _ in .stream(how.steps) }
    let stream = HTTPClient().start(try request(server.url()))
    let before = await stream.read { $0.text == "kept" }
    server.signal("received")
    let after = await stream.all()
    #expect(before.text + after.text == how.text)
    let ends = before.ends + after.ends
    #expect(ends.count == 1)
    #expect((before.error ?? after.error) == how.error)
  }

  @Test(
    "An answer that is not HTTP",
    arguments: ["SSH-2.0-OpenSSH_9.2\r\n", "\u{0}\u{1}\u{2}\u{3}\u{4}\u{5}\u{6}\u{7}\r\n"])
  func notHTTP(greeting: String) async throws {
    let server = try FaultServer { _ in .stream([.raw(greeting), .close]) }
    let received = await HTTPClient().start(try request(server.url())).all()
    guard case .protocolViolation(let host, _)? = received.error else {
      Issue.record("\(String(describing: received.error))")
      return
    }
    #expect(host == "127.0.0.1")
  }

  @Test("A damaged chunk length")
  func damagedChunk() async throws {
    let server = try FaultServer { _ in .stream([.head(200), .bytes("kept"), .raw("zz\r\nx\r\n"), .close]) }
    let received = await HTTPClient().start(try request(server.url())).all()
    #expect(received.text == "kept")
    #expect(received.error == Self.lost)
  }

  @Test("Nobody listens")
  func refused() async throws {
    let port = try closedPort()
    let received = await HTTPClient().start(try request("http://127.0.0.1:\(port)/")).all()
    #expect(received.error == .connect(host: "127.0.0.1", port: port, reason: "refused"))
    #expect(received.error?.summary == "No connection to 127.0.0.1 port \(port): refused.")
    #expect(received.error?.isTransient == true)
  }

  @Test("A name that does not exist")
  func unknownName() async throws {
    // RFC 6761 keeps .invalid for this; no question leaves the machine that could be answered.
    let received = await HTTPClient().start(try request("http://no-such-host.invalid/")).all()
    #expect(received.error == .resolve(host: "no-such-host.invalid"))
    #expect(received.error?.summary == "The name no-such-host.invalid could not be found.")
  }

  @Test("Headers beyond the limit end the transfer, headers below it do not")
  func headerLimit() async throws {
    let line = "X-Filler: \(String(repeating: "a", count: 8_000))\r\n"
    let server = try FaultServer { request in
      let count = request.target == "/large" ? 40 : 25
      return .stream([.raw("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\(String(repeating: line, count: count))\r\nok")])
    }
    let client = HTTPClient()
    let small = await client.start(try request(server.url("/small"))).all()
    #expect(small.text == "ok")
    #expect(small.head?.headers.values("X-Filler").count == 25)
    let large = await client.start(try request(server.url("/large"))).all()
    #expect(large.error == .tooLarge(.headers(maximumBytes: 256 * 1024)))
    #expect(large.head == nil)
  }

  @Test("A secret does not travel unencrypted to another machine unless that was allowed")
  func plaintextSecret() async throws {
    var secret = try request("http://192.0.2.1/", deadlines: Deadlines(connect: .milliseconds(100)))
    try secret.headers.add("X-Key", secret: Secret("canary"))
    #expect(await HTTPClient().start(secret).all().error == .plaintextCredential(host: "192.0.2.1"))
    secret.allowsPlaintext = true
    let allowed = await HTTPClient().start(secret).all()
    #expect(allowed.error != .plaintextCredential(host: "192.0.2.1"))
    secret.allowsPlaintext = false
    // This machine, but by way of another.
    let port = try closedPort()
    secret.url = try HTTPURL("http://127.0.0.1:\(port)/")
    secret.proxy = .proxy(try HTTPProxy("192.0.2.7:8080"))
    #expect(await HTTPClient().start(secret).all().error == .plaintextCredential(host: "192.0.2.7:8080"))
    secret.proxy = .environment
    #expect(await HTTPClient().start(secret).all().error == .connect(host: "127.0.0.1", port: port, reason: "refused"))
  }

  @Test("Every error has words that name the host and end with a full stop")
  func summaries() {
    let errors: [TransportError] = [
      .resolve(host: "host.test"), .connect(host: "host.test", port: 1, reason: "refused"),
      .tls(host: "host.test", check: .expired, issuer: "Test"), .plaintextCredential(host: "host.test"),
      .timedOut(.connect, phase: .connecting, host: "host.test", after: .seconds(10)),
      .timedOut(.firstByte, phase: .waiting, host: "host.test", after: .seconds(10)),
      .timedOut(.idle, phase: .receiving, host: "host.test", after: .seconds(10)),
      .timedOut(.total, phase: .receiving, host: "host.test", after: .seconds(10)),
      .truncated(host: "host.test", cause: .closedEarly), .reset(host: "host.test"),
      .protocolViolation(host: "host.test", detail: "no"), .proxy(name: "host.test:3128", reason: "refused"),
    ]
    for error in errors {
      #expect(error.summary.contains("host.test") && error.summary.hasSuffix("."), "\(error.summary)")
    }
  }
}
