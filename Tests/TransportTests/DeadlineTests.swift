import Platform
import TestSupport
import Testing

@testable import Transport

@Suite("Deadlines")
struct DeadlineTests {
  private static let short = Duration.milliseconds(150)
  // A busy machine may be late, but not by the ten seconds and more of every other limit.
  private static let late = Duration.seconds(8)

  @Test("No connection in time")
  func connect() async throws {
    let port = try UnansweredPort()
    let slow = try request("http://127.0.0.1:\(port.port)/", deadlines: Deadlines(connect: Self.short))
    let started = ContinuousClock.now
    let received = await HTTPClient().start(slow).all()
    #expect(received.error == .timedOut(.connect, phase: .connecting, host: "127.0.0.1", after: Self.short))
    #expect((Self.short...Self.late).contains(started.duration(to: .now)))
  }

  @Test("No first byte in time, counted from the request being sent")
  func firstByte() async throws {
    let server = try FaultServer { _ in .stream([.waitForClose]) }
    let silent = try request(server.url(), deadlines: Deadlines(firstByte: Self.short))
    let received = await HTTPClient().start(silent).all()
    #expect(received.error == .timedOut(.firstByte, phase: .waiting, host: "127.0.0.1", after: Self.short))
    #expect(await server.wait { $0.closures.count == 1 })
    let log = server.log
    let time = try #require(log.requests.first).received.duration(to: try #require(log.closures.first).at)
    #expect((.milliseconds(100)...Self.late).contains(time))
  }

  @Test("A byte of the headers ends the wait for the first byte")
  func headerByteCounts() async throws {
    let server = try FaultServer { _ in
      .stream([.raw("HTTP/1.1 200 OK\r\n"), .waitForSignal("rest"), .raw("Content-Length: 0\r\n\r\n"), .waitForClose])
    }
    let started = try request(server.url(), deadlines: Deadlines(firstByte: .seconds(20), idle: Self.short))
    let received = await HTTPClient().start(started).all()
    #expect(received.error == .timedOut(.idle, phase: .receiving, host: "127.0.0.1", after: Self.short))
  }

  @Test("Silence in the answer")
  func idle() async throws {
    let server = try FaultServer { _ in .stream([.head(200), .bytes("kept"), .waitForClose]) }
    let silent = try request(server.url(), deadlines: Deadlines(idle: Self.short))
    let received = await HTTPClient().start(silent).all()
    #expect(received.text == "kept")
    #expect(received.error == .timedOut(.idle, phase: .receiving, host: "127.0.0.1", after: Self.short))
    #expect(await server.wait { $0.closures.count == 1 })
  }

  @Test("Any byte restarts the idle time")
  func trickle() async throws {
    let server = try FaultServer { _ in
      .stream([.head(200), .trickle(String(repeating: ".", count: 12), every: .milliseconds(50))])
    }
    let slow = try request(server.url(), deadlines: Deadlines(idle: .milliseconds(400)))
    let received = await HTTPClient().start(slow).all()
    #expect(received.text.count == 12)
    #expect(received.error == nil)
  }

  @Test("The whole takes too long, however busy it is")
  func total() async throws {
    let server = try FaultServer { _ in
      .stream([.head(200), .trickle(String(repeating: ".", count: 10_000), every: .milliseconds(2))])
    }
    let long = try request(server.url(), deadlines: Deadlines(total: Self.short))
    let received = await HTTPClient().start(long).all()
    #expect(received.error == .timedOut(.total, phase: .receiving, host: "127.0.0.1", after: Self.short))
  }

  @Test("A request nobody reads")
  func sendingStalls() async throws {
    let server = try FaultServer(readsBodies: false) { _ in .stream([.waitForSignal("never")]) }
    let stalled = try request(
      server.url(), .post, body: [UInt8](repeating: 7, count: 32 << 20), deadlines: Deadlines(idle: Self.short))
    let received = await HTTPClient().start(stalled).all()
    #expect(received.error == .timedOut(.idle, phase: .sending, host: "127.0.0.1", after: Self.short))
  }

  @Test("Silence of the reader is not silence of the server")
  func pausedIsNotIdle() async throws {
    let server = try FaultServer { _ in .stream([.head(200), .fill(4 << 20)]) }
    let stream = HTTPClient().start(try request(server.url(), deadlines: Deadlines(idle: Self.short)))
    #expect(await server.wait { $0.bytesSent > 128 * 1024 })
    // Longer than the idle time, by waiting for something that does not happen.
    #expect(await server.wait(within: Self.short * 3) { $0.closures.count > 0 } == false)
    let received = await stream.all()
    #expect(received.body.count == 4 << 20)
    #expect(received.error == nil)
  }

  @Test("After the machine slept, a silent stream ends soon", arguments: [true, false])
  func sleep(hasBegun: Bool) async throws {
    let server = try FaultServer { _ in
      .stream(hasBegun ? [.head(200), .bytes("kept"), .waitForClose] : [.waitForClose])
    }
    let asleep = Locked(Duration.zero)
    var configuration = HTTPClient.Configuration()
    configuration.sleepCheck = .milliseconds(20)
    configuration.sleepGrace = .milliseconds(100)
    configuration.timeAsleep = { asleep.withLock { $0 } }
    let stream = HTTPClient(configuration).start(try request(server.url()))
    _ = await stream.read { hasBegun ? !$0.pieces.isEmpty : $0.phases.last == .waiting }
    asleep.withLock { $0 = .seconds(3600) }
    let error = await stream.all().error
    #expect(error == (hasBegun ? .truncated(host: "127.0.0.1", cause: .machineSlept) : .reset(host: "127.0.0.1")))
  }

  @Test("After the machine slept, a stream that goes on goes on")
  func sleepSurvived() async throws {
    let server = try FaultServer { _ in
      .stream([
        .head(200), .bytes("a"), .waitForSignal("awake"), .trickle(String(repeating: ".", count: 10), every: .milliseconds(40)),
      ])
    }
    let asleep = Locked(Duration.zero)
    var configuration = HTTPClient.Configuration()
    configuration.sleepCheck = .milliseconds(20)
    configuration.sleepGrace = .milliseconds(200)
    configuration.timeAsleep = { asleep.withLock { $0 } }
    let stream = HTTPClient(configuration).start(try request(server.url()))
    _ = await stream.read { !$0.pieces.isEmpty }
    asleep.withLock { $0 = .seconds(3600) }
    server.signal("awake")
    let received = await stream.all()
    #expect(received.text.count == 10)
    #expect(received.error == nil)
  }
}
