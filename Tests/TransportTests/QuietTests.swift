import Framing
import Platform
import TestSupport
import Testing
import Transport

/// No network thread and no wake-ups unless there is work. Linux tells both.
@Suite("Quiet", .serialized, .enabled(if: ThreadStatistics.areAvailable, "there is no /proc/self/task"))
struct QuietTests {
  @Test("The thread sleeps while nothing runs, and while a stream is silent it looks up every five seconds at most")
  func noWakeUps() async throws {
    let server = try FaultServer { request in
      request.target == "/silent" ? .stream([.head(200), .bytes("a"), .waitForClose]) : .respond(200)
    }
    let client = HTTPClient()
    let thread = Locked(0)
    var watched = try request(server.url())
    watched.tap = WireTap { _ in thread.withLock { $0 = ThreadStatistics.currentThread ?? 0 } }
    _ = await client.start(watched).all()
    let id = thread.withLock { $0 }
    // Settled: what follows the end of a transfer, such as noticing it, is over.
    let idle = try await quietest(id, server)
    #expect(idle == 0)
    let stream = client.start(try request(server.url("/silent")))
    _ = await stream.read { !$0.pieces.isEmpty }
    let silent = try await quietest(id, server)
    #expect(silent <= 1)
    stream.cancel()
    #expect(await server.wait { $0.closures.count == 1 })
  }

  @Test("A silent WebSocket wakes nobody more often")
  func silentWebSocket() async throws {
    let server = try FaultServer { request in
      let accept = WebSocketKey(text: request.header("sec-websocket-key") ?? "").accept
      return .stream([
        .head(
          101, ["Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Accept": accept], framing: .asGiven),
        .raw([0x89, 0]), .waitForClose,
      ])
    }
    let thread = Locked(0)
    var watched = try request(server.url())
    watched.exchange = .webSocket(firstMessages: ["hi"])
    watched.tap = WireTap { _ in thread.withLock { $0 = ThreadStatistics.currentThread ?? 0 } }
    let stream = HTTPClient().start(watched)
    _ = await stream.read { !$0.pieces.isEmpty }
    #expect(try await quietest(thread.withLock { $0 }, server) <= 1)
    stream.cancel()
    #expect(await server.wait { $0.closures.count == 1 })
  }

  /// The fewest switches in a second, of three.
  private func quietest(_ thread: Int, _ server: FaultServer) async throws -> Int {
    var fewest = Int.max
    for _ in 0..<3 where fewest > 0 {
      let start = try #require(ThreadStatistics.switches(of: thread))
      // A second by the server's clock: a condition that never holds.
      _ = await server.wait(within: .seconds(1)) { _ in false }
      fewest = min(fewest, try #require(ThreadStatistics.switches(of: thread)) - start)
    }
    return fewest
  }
}
