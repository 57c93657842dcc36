import TestSupport
import Testing
import Transport

/// P22: stopping works in every phase and closes the connection at once.
@Suite("Stopping")
struct CancelTests {
  private static let limit = Duration.milliseconds(100)

  /// Cancels when `isReached`, and gives the time until the server saw the connection close.
  private func closing(
    _ server: FaultServer, _ request: HTTPRequest, when isReached: (Received) -> Bool
  ) async throws -> Duration {
    let stream = HTTPClient().start(request)
    _ = await stream.read(until: isReached)
    let cancelled = ContinuousClock.now
    stream.cancel()
    #expect(await stream.all().error == .cancelled)
    #expect(await server.wait { !$0.closures.isEmpty })
    return cancelled.duration(to: try #require(server.log.closures.first).at)
  }

  @Test("While waiting for an answer")
  func whileWaiting() async throws {
    let server = try FaultServer { _ in .stream([.waitForClose]) }
    let time = try await closing(server, try request(server.url())) { $0.phases.last == .waiting }
    #expect(time < Self.limit)
  }

  @Test("While the answer arrives")
  func whileReceiving() async throws {
    let server = try FaultServer { _ in .stream([.head(200), .bytes("a"), .waitForClose]) }
    let time = try await closing(server, try request(server.url())) { !$0.pieces.isEmpty }
    #expect(time < Self.limit)
  }

  @Test("While the server floods")
  func whileFlooded() async throws {
    let server = try FaultServer { _ in .stream([.head(200), .fill(1 << 30)]) }
    let time = try await closing(server, try request(server.url())) { $0.pieces.count > 100 }
    #expect(time < Self.limit)
  }

  @Test("While a full stream is paused")
  func whilePaused() async throws {
    let server = try FaultServer { _ in .stream([.head(200), .fill(1 << 30)]) }
    let stream = HTTPClient().start(try request(server.url()))
    // Nothing is read, so that the server gets stuck.
    #expect(await server.wait { $0.bytesSent > 256 * 1024 })
    let cancelled = ContinuousClock.now
    stream.cancel()
    #expect(await server.wait { !$0.closures.isEmpty })
    #expect(cancelled.duration(to: try #require(server.log.closures.first).at) < Self.limit)
    #expect(await stream.all().error == .cancelled)
  }

  @Test("While a long request is sent")
  func whileSending() async throws {
    let server = try FaultServer(readsBodies: false) { _ in .stream([.waitForSignal("read"), .waitForClose]) }
    let stream = HTTPClient().start(
      try request(server.url(), .post, body: [UInt8](repeating: 7, count: 32 << 20)))
    let before = await stream.read { $0.phases.last == .sending }
    #expect(before.phases.last == .sending)
    stream.cancel()
    #expect(await stream.all().error == .cancelled)
    let cancelled = ContinuousClock.now
    server.signal("read")
    #expect(await server.wait { !$0.closures.isEmpty })
    #expect(cancelled.duration(to: try #require(server.log.closures.first).at) < Self.limit)
  }

  @Test("While connecting")
  func whileConnecting() async throws {
    let port = try UnansweredPort()
    let client = HTTPClient()
    let stream = client.start(try request("http://127.0.0.1:\(port.port)/"))
    _ = await stream.read { $0.phases.last == .connecting }
    let cancelled = ContinuousClock.now
    stream.cancel()
    #expect(await stream.all().error == .cancelled)
    // The thread is free again: it answers another request.
    let server = try FaultServer { _ in .respond(200) }
    #expect(await client.start(try request(server.url())).all().head?.status == 200)
    #expect(cancelled.duration(to: .now) < Self.limit)
  }

  @Test("Before anything happened, and more than once")
  func atOnce() async throws {
    let server = try FaultServer { _ in .stream([.waitForClose]) }
    let stream = HTTPClient().start(try request(server.url()))
    stream.cancel()
    stream.cancel()
    let received = await stream.all()
    #expect(received.ends.count == 1)
    #expect(received.error == .cancelled)
  }

  @Test("After the end it changes nothing")
  func afterTheEnd() async throws {
    let server = try FaultServer { _ in .respond(200, body: [65]) }
    let stream = HTTPClient().start(try request(server.url()))
    let received = await stream.all()
    stream.cancel()
    #expect(received.error == nil)
    #expect(await stream.next() == nil)
  }

  @Test("What had arrived is still delivered")
  func arrivedIsDelivered() async throws {
    let server = try FaultServer { _ in .stream([.head(200), .bytes("kept"), .waitForSignal("go"), .waitForClose]) }
    let client = HTTPClient()
    let seen = Seen()
    var watched = try request(server.url())
    watched.tap = WireTap { seen.add($0) }
    let stream = client.start(watched)
    while !seen.text.hasSuffix("kept") { await Task.yield() }
    stream.cancel()
    let received = await stream.all()
    #expect(received.text == "kept")
    #expect(received.error == .cancelled)
  }

  @Test("The end of the reader's task ends the transfer")
  func taskCancellation() async throws {
    let server = try FaultServer { _ in .stream([.head(200), .bytes("a"), .waitForClose]) }
    let client = HTTPClient()
    let stream = client.start(try request(server.url()))
    let task = Task { await stream.all() }
    #expect(await server.wait { $0.sends.count == 2 })
    task.cancel()
    let received = await task.value
    #expect(received.error == .cancelled)
    #expect(await server.wait { !$0.closures.isEmpty })
  }

  @Test("One stream's stop leaves the others alone")
  func othersGoOn() async throws {
    let server = try FaultServer { _ in .stream([.head(200), .bytes("a"), .waitForSignal("end"), .bytes("b")]) }
    let client = HTTPClient()
    let stopped = client.start(try request(server.url("/1")))
    let other = client.start(try request(server.url("/2")))
    _ = await stopped.read { !$0.pieces.isEmpty }
    _ = await other.read { !$0.pieces.isEmpty }
    stopped.cancel()
    server.signal("end")
    let received = await other.all()
    #expect(received.text == "b")
    #expect(received.error == nil)
  }
}
