import TestSupport
import Testing
import Transport

@Suite("A reader that does not read")
struct BackPressureTests {
  @Test("The server is stopped after a bounded amount, and everything arrives intact in the end")
  func bounded() async throws {
    let count = 24 << 20
    let server = try FaultServer(sendBuffer: 64 * 1024) { _ in .stream([.head(200), .fill(count)]) }
    let stream = HTTPClient().start(try request(server.url()))
    // Stuck means: it has sent something, and then nothing more for a while.
    var sent = -1
    while server.log.bytesSent != sent || sent < 64 * 1024 {
      sent = server.log.bytesSent
      _ = await server.wait(within: .milliseconds(100)) { _ in false }
    }
    // 64 KiB in the stream, the rest in the system's buffers of both ends (at most 6 MB each by default).
    #expect(sent < 13 << 20)
    let received = await stream.all()
    #expect(received.error == nil)
    #expect(received.body == FaultServer.pattern(count))
  }

  @Test("Reading slowly holds no more than the limit at any time")
  func slowReader() async throws {
    let count = 3 << 20
    let server = try FaultServer { _ in .stream([.head(200), .fill(count)]) }
    let stream = HTTPClient().start(try request(server.url()))
    var body: [UInt8] = []
    while let event = await stream.next() {
      if case .bytes(let bytes, _) = event {
        body += bytes
        for _ in 0..<3 { await Task.yield() }
      }
    }
    #expect(body == FaultServer.pattern(count))
  }

  @Test("A compressed piece that unpacks to gigabytes is stopped")
  func bomb() async throws {
    let bomb = Compressed.bomb(of: 1 << 30)
    let server = try FaultServer { _ in .respond(200, ["Content-Encoding": "gzip"], body: bomb) }
    let stream = HTTPClient().start(try request(server.url()))
    var count = 0
    while count < 32 << 20, let event = await stream.next() {
      if case .bytes(let bytes, _) = event { count += bytes.count }
    }
    stream.cancel()
    #expect(count >= 32 << 20)
    #expect(await server.wait { $0.bytesSent > 0 })
  }
}
