import Platform
import TestSupport
import Testing
import Transport

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// What transfers cost. Prints figures and judges none: they depend on the machine. Set RIFFLE_MEASURE=1, and build for release.
@Suite(
  "Costs", .serialized,
  .enabled(if: getenv("RIFFLE_MEASURE") != nil && ThreadStatistics.areAvailable, "RIFFLE_MEASURE is not set"))
struct MeasureTests {
  @Test("A thousand chunks a second")
  func chunks() async throws {
    let piece = "data: {\"id\":\"x\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\" word\"}}]}\n\n"
    let count = 3000
    let server = try FaultServer { _ in
      .stream([.head(200)] + (0..<count).flatMap { _ in [FaultServer.Step.bytes(piece), .pause(1)] })
    }
    try await measure("1000 chunks/s", server)
  }

  @Test("64 MB at once")
  func throughput() async throws {
    let server = try FaultServer { _ in .stream([.head(200, framing: .length(64 << 20)), .fill(64 << 20)]) }
    try await measure("64 MiB", server)
  }

  private func measure(_ name: String, _ server: FaultServer) async throws {
    let client = HTTPClient()
    let thread = Locked(0)
    var watched = try request(server.url())
    watched.tap = WireTap { record in
      if case .head = record { thread.withLock { $0 = ThreadStatistics.currentThread ?? 0 } }
    }
    let started = ContinuousClock.now
    let stream = client.start(watched)
    var pieces = 0
    var bytes = 0
    var delays: [Duration] = []
    while let event = await stream.next() {
      guard case .bytes(let piece, let received) = event else { continue }
      pieces += 1
      bytes += piece.count
      delays.append(received.duration(to: .now))
    }
    let elapsed = started.duration(to: .now)
    let network = ThreadStatistics.processorTime(of: thread.withLock { $0 })
    delays.sort()
    print(
      """
      \(name): \(pieces) pieces, \(bytes) bytes in \(elapsed.milliseconds) ms, \
      \(Double(bytes) / elapsed.milliseconds / 1000) MB/s; network thread \(network.milliseconds) ms, \
      \(network.milliseconds * 1000 / Double(max(1, pieces))) µs per piece; \
      callback to reader p50 \(delays[delays.count / 2].milliseconds) p99 \(delays[delays.count * 99 / 100].milliseconds) ms
      """)
  }
}
