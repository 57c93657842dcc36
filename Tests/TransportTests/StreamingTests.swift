import Diagnostics
import TestSupport
import Testing
import Transport

@Suite("Answers")
struct StreamingTests {
  @Test("Pieces arrive as they are sent, long before the answer ends")
  func piecesArriveAtOnce() async throws {
    let server = try FaultServer { _ in
      .stream([
        .head(200, ["Content-Type": "text/event-stream; charset=utf-8"]), .bytes("data: one\n\n"),
        .waitForSignal("second"), .bytes("data: two\n\n"), .waitForSignal("end"),
      ])
    }
    let client = HTTPClient()
    let stream = client.start(try request(server.url("/v1/stream")))
    let first = await stream.read { !$0.pieces.isEmpty }
    #expect(first.head?.status == 200)
    #expect(first.head?.contentType == "text/event-stream")
    #expect(first.text == "data: one\n\n")
    server.signal("second")
    let second = await stream.read { !$0.pieces.isEmpty }
    #expect(second.text == "data: two\n\n")
    server.signal("end")
    let rest = await stream.all()
    #expect(rest.ends.count == 1)
    let timings = try #require(rest.timings)
    #expect(timings.httpVersion == "1.1")
    #expect(timings.bytesReceived == 22)
    #expect(!timings.connectionReused)
    #expect(timings.connect > .zero && timings.tls == .zero)
    #expect(try #require(timings.firstByte) <= timings.total)
  }

  @Test("Each piece carries the time it came, not the time it was read")
  func piecesCarryTheirTime() async throws {
    let server = try FaultServer { _ in
      .stream([.head(200), .bytes("a"), .pause(30), .bytes("b"), .pause(30), .bytes("c"), .waitForSignal("end")])
    }
    let client = HTTPClient()
    let stream = client.start(try request(server.url()))
    // Nothing is read before everything is there.
    #expect(await server.wait { $0.sends.count == 4 })
    server.signal("end")
    let received = await stream.all()
    #expect(received.text == "abc")
    let times = received.pieces.map(\.at)
    let gaps = zip(times, times.dropFirst()).map { $0.duration(to: $1) }
    #expect(gaps.count == 2)
    #expect(gaps.allSatisfy { $0 >= .milliseconds(15) })
  }

  @Test("Method, path, headers and body arrive as given, and nothing is added")
  func requestArrivesAsGiven() async throws {
    let server = try FaultServer { _ in .respond(200, body: [1, 2, 3]) }
    let client = HTTPClient()
    let sent = try request(
      server.url("/a/../b%2Fc?x=1&y=%20"), .post, headers: [("X-Team", "blue"), ("Accept", "*/*"), ("X-Empty", "")],
      body: Array("{}".utf8))
    let received = await client.start(sent).all()
    #expect(received.body == [1, 2, 3])
    let request = try #require(server.log.requests.first)
    #expect(request.method == "POST")
    #expect(request.target == "/a/../b%2Fc?x=1&y=%20")
    #expect(request.text == "{}")
    #expect(
      request.headers.map { "\($0.name): \($0.value)" }.sorted() == [
        "Accept: */*", "Content-Length: 2", "Host: 127.0.0.1:\(server.port)", "X-Empty: ", "X-Team: blue",
      ])
  }

  @Test("Compression is asked for unless the answer is wanted in pieces", arguments: [true, false])
  func compressionIsAskedFor(isStreaming: Bool) async throws {
    let server = try FaultServer { _ in .respond(200) }
    let received = await HTTPClient().start(try request(server.url(), isStreaming: isStreaming)).all()
    #expect(received.head?.status == 200)
    let asked = server.log.requests.first?.header("Accept-Encoding")
    #expect((asked != nil) != isStreaming)
    #expect(asked?.contains("gzip") ?? true)
  }

  @Test("A compressed answer is unpacked though nobody asked for it", arguments: Compressed.all)
  func compressedIsUnpacked(sample: Compressed) async throws {
    let server = try FaultServer { _ in .respond(200, ["Content-Encoding": sample.encoding], body: sample.bytes) }
    let received = await HTTPClient().start(try request(server.url())).all()
    #expect(received.text == Compressed.text)
    #expect(received.timings?.bytesReceived == Int64(sample.bytes.count))
  }

  @Test("A damaged compressed answer is an error, not text")
  func damagedCompression() async throws {
    let server = try FaultServer { _ in
      .respond(200, ["Content-Encoding": "gzip"], body: Array("not gzip at all".utf8))
    }
    let received = await HTTPClient().start(try request(server.url())).all()
    #expect(received.body == [])
    #expect(received.error == .protocolViolation(host: "127.0.0.1", detail: "the compressed answer is damaged"))
  }

  @Test("A kept connection is used again, and the timings say so")
  func connectionIsReused() async throws {
    let server = try FaultServer { _ in .respond(200, body: [65]) }
    let client = HTTPClient()
    let first = await client.start(try request(server.url())).all()
    let second = await client.start(try request(server.url())).all()
    #expect(first.timings?.connectionReused == false)
    #expect(second.timings?.connectionReused == true)
    #expect(second.timings?.connect == .zero)
    #expect(server.log.connections == 1)
  }

  @Test("A request that must not be repeated gets its own connection")
  func unrepeatableGetsFreshConnection() async throws {
    let server = try FaultServer { _ in .respond(200) }
    let client = HTTPClient()
    var single = try request(server.url())
    single.isRepeatable = false
    _ = await client.start(try request(server.url())).all()
    let received = await client.start(single).all()
    #expect(received.timings?.connectionReused == false)
    #expect(server.log.connections == 2)
  }

  @Test("A kept connection that broke is replaced at once, without a word")
  func brokenConnectionIsReplaced() async throws {
    let server = try FaultServer { request in
      request.number == 1 ? .respond(200, body: [65]) : .stream([.reset])
    }
    let client = HTTPClient()
    _ = await client.start(try request(server.url(), .post, body: [1])).all()
    let received = await client.start(try request(server.url(), .post, body: [2])).all()
    #expect(received.body == [65])
    #expect(received.ends.count == 1)
    #expect(server.log.requests.map(\.body) == [[1], [2], [2]])
  }

  @Test("A new connection that breaks before an answer is not tried again")
  func newConnectionIsNotReplaced() async throws {
    let server = try FaultServer { _ in .stream([.reset]) }
    let received = await HTTPClient().start(try request(server.url(), .post, body: [1])).all()
    #expect(received.error == .reset(host: "127.0.0.1"))
    #expect(received.head == nil)
    #expect(server.log.requests.count == 1)
  }

  @Test("A redirect is reported and never followed", arguments: [301, 302, 303, 307, 308])
  func redirectIsNotFollowed(status: Int) async throws {
    let server = try FaultServer { _ in .respond(status, ["Location": "/elsewhere"]) }
    let received = await HTTPClient().start(try request(server.url(), .post, body: [])).all()
    #expect(received.head?.status == status)
    #expect(received.head?.headers["location"] == "/elsewhere")
    #expect(server.log.requests.map(\.target) == ["/"])
  }

  @Test("Interim answers are passed over")
  func interimAnswers() async throws {
    let server = try FaultServer { _ in
      .stream([
        .raw("HTTP/1.1 100 Continue\r\nX-Interim: 1\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"),
        .head(200, ["X-Final": "yes"]), .bytes("ok"),
      ])
    }
    let received = await HTTPClient().start(try request(server.url())).all()
    #expect(received.head?.status == 200)
    #expect(received.head?.headers["x-final"] == "yes")
    #expect(received.head?.headers["x-interim"] == nil)
    #expect(received.text == "ok")
  }

  @Test("An error's body is delivered like any other")
  func errorBody() async throws {
    let server = try FaultServer { _ in .respond(429, ["Retry-After": "2"], body: Array("slow down".utf8)) }
    let received = await HTTPClient().start(try request(server.url())).all()
    #expect(received.head?.status == 429)
    #expect(received.head?.headers["retry-after"] == "2")
    #expect(received.text == "slow down")
    #expect(received.timings != nil)
  }

  @Test("Eight answers arrive side by side, each whole")
  func parallelStreams() async throws {
    let count = 300_000
    let server = try FaultServer { _ in .stream([.head(200), .fill(count)]) }
    let client = HTTPClient()
    let expected = FaultServer.pattern(count)
    let requests = try (0..<8).map { try request(server.url("/\($0)")) }
    let results = await withTaskGroup(of: Bool.self) { group in
      for request in requests { group.addTask { await client.start(request).all().body == expected } }
      return await group.reduce(into: [Bool]()) { $0.append($1) }
    }
    #expect(results == Array(repeating: true, count: 8))
  }

  @Test("An observer sees the request, the head, the bytes and the end, but no secret")
  func tapSeesEverythingButSecrets() async throws {
    let server = try FaultServer { _ in .respond(200, ["Set-Cookie": "session=canary"], body: Array("hello".utf8)) }
    let seen = Seen()
    var watched = try request(server.url(), .post, headers: [("X-Plain", "shown")], body: Array("{}".utf8))
    try watched.headers.add("Authorization", secret: Secret("Bearer canary"))
    watched.tap = WireTap { seen.add($0) }
    _ = await HTTPClient().start(watched).all()
    #expect(server.log.requests.first?.header("authorization") == "Bearer canary")
    let text = seen.text
    #expect(
      text == """
        POST X-Plain: shown
        Authorization: ••• {}
        200 Set-Cookie: •••
        Content-Length: 5
        hello
        end nil
        """)
    #expect(!text.contains("canary"))
  }

  @Test("After shutdown every stream has ended and new requests end at once")
  func shutdownEndsEverything() async throws {
    let server = try FaultServer { _ in .stream([.head(200), .bytes("a"), .waitForClose]) }
    let client = HTTPClient()
    let stream = client.start(try request(server.url()))
    _ = await stream.read { !$0.pieces.isEmpty }
    client.shutdown()
    #expect(await stream.all().error == .cancelled)
    #expect(await client.start(try request(server.url())).all().error == .cancelled)
    #expect(await server.wait { $0.closures.count == 1 })
  }

  @Test("A client lives as long as its streams")
  func streamKeepsClient() async throws {
    let server = try FaultServer { _ in .stream([.head(200), .waitForSignal("go"), .bytes("still here")]) }
    let stream = HTTPClient().start(try request(server.url()))
    _ = await stream.read { $0.head != nil }
    server.signal("go")
    #expect(await stream.all().text == "still here")
  }

  @Test("A stream nobody holds any more is cancelled")
  func releasedStreamIsCancelled() async throws {
    let server = try FaultServer { _ in .stream([.head(200), .bytes("a"), .waitForClose]) }
    let client = HTTPClient()
    var stream: ByteStream? = client.start(try request(server.url()))
    _ = await stream?.read { !$0.pieces.isEmpty }
    stream = nil
    #expect(await server.wait { $0.closures.count == 1 })
    client.shutdown()
  }
}
