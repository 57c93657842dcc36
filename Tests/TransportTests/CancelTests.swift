import TestSupport
import Testing
import Transport

/// P22: stopping works in every phase and closes the connection at once.
@Suite("Stopping")
struct CancelTests {
  private static let limit = Duration.milliseconds(100)

  /// Whether closing takes less than the limit. A busy machine may be late once or twice, but not five times: what is to be
  /// found is a stop that waits for something else.
  private func isPrompt(_ closingTime: () async throws -> Duration) async throws -> Bool {
    for _ in 0..<5 where try await closingTime() < Self.limit { return true }
    return false
  }

  /// Cancels when `isReached`, and gives the time until the server saw the connection close.
  private func closing(
    _ server: FaultServer, _ request: HTTPRequest, when isReached: (Received) -> Bool
  ) async throws -> Duration {
    let known = server.log.closures.count
    let stream = HTTPClient().start(request)
    _ = await stream.read(until: isReached)
    let cancelled = ContinuousClock.now
    stream.cancel()
    #expect(await stream.all().error == .cancelled)
    #expect(await server.wait { $0.closures.count > known })
    return cancelled.duration(to: try #require(server.log.closures.last).at)
  }

  @Test("While waiting for an answer")
  func whileWaiting() async throws {
    let server = try FaultServer { _ in .stream([.waitForClose]) }
    #expect(try await isPrompt { try await closing(server, try request(server.url())) { $0.phases.last == .waiting } })
  }

  @Test("While the answer arrives")
  func whileReceiving() async throws {
    let server = try FaultServer { _ in .stream([.head(200), .bytes("a"), .waitForClose]) }
    #expect(try await isPrompt { try await closing(server, try request(server.url())) { !$0.pieces.isEmpty } })
  }

  @Test("While the server floods")
  func whileFlooded() async throws {
    let server = try FaultServer { _ in .stream([.head(200), .fill(1 << 30)]) }
    #expect(try await isPrompt { try await closing(server, try request(server.url())) { $0.pieces.count > 100 } })
  }

  @Test("While a full stream is paused")
  func whilePaused() async throws {
    let server = try FaultServer { _ in .stream([.head(200), .fill(1 << 30)]) }
    let isPrompt = try await isPrompt {
      let (known, sent) = (server.log.closures.count, server.log.bytesSent)
      let stream = HTTPClient().start(try request(server.url()))
      // Nothing is read, so that the server gets stuck.
      #expect(await server.wait { $0.bytesSent > sent + 256 * 1024 })
      let cancelled = ContinuousClock.now
      stream.cancel()
      #expect(await server.wait { $0.closures.count > known })
      #expect(await stream.all().error == .cancelled)
      return cancelled.duration(to: try #require(server.log.closures.last).at)
    }
    #expect(isPrompt)
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
    server.signal("read")
    #expect(await server.wait { !$0.closures.isEmpty })
  }

  @Test("While connecting")
  func whileConnecting() async throws {
    let port = try UnansweredPort()
    let server = try FaultServer { _ in .respond(200) }
    let client = HTTPClient()
    let isPrompt = try await isPrompt {
      let stream = client.start(try request("http://127.0.0.1:\(port.port)/"))
      _ = await stream.read { $0.phases.last == .connecting }
      let cancelled = ContinuousClock.now
      stream.cancel()
      #expect(await stream.all().error == .cancelled)
      // The thread is free again: it answers another request.
      #expect(await client.start(try request(server.url())).all().head?.status == 200)
      return cancelled.duration(to: .now)
    }
    #expect(isPrompt)
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
