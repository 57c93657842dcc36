// What a test reads from a stream, as one value.

import Testing
import Transport

/// Everything a stream gave.
struct Received {
  var phases: [TransferPhase] = []
  var head: HTTPResponseHead?
  var pieces: [(bytes: [UInt8], at: ContinuousClock.Instant)] = []
  var ends: [Result<TransferTimings, TransportError>] = []

  var body: [UInt8] { pieces.flatMap(\.bytes) }
  var text: String { String(decoding: body, as: UTF8.self) }

  var timings: TransferTimings? {
    guard case .success(let timings) = ends.last else { return nil }
    return timings
  }

  var error: TransportError? {
    guard case .failure(let error) = ends.last else { return nil }
    return error
  }

  mutating func add(_ event: TransferEvent) {
    switch event {
    case .phase(let phase): phases.append(phase)
    case .head(let head): self.head = head
    case .bytes(let bytes, let received): pieces.append((bytes, received))
    case .end(let result): ends.append(result)
    }
  }
}

extension ByteStream {
  /// Reads to the end.
  func all() async -> Received {
    var received = Received()
    while let event = await next() { received.add(event) }
    return received
  }

  /// Reads until a condition holds or the stream ends.
  func read(until condition: (Received) -> Bool) async -> Received {
    var received = Received()
    while !condition(received), let event = await next() { received.add(event) }
    return received
  }
}

/// A request to a test's server: short deadlines, so that a hanging test ends.
func request(
  _ url: String, _ method: HTTPRequest.Method = .get, headers: [(String, String)] = [], body: [UInt8]? = nil,
  deadlines: Deadlines = Deadlines(connect: .seconds(10), firstByte: .seconds(20), idle: .seconds(20), total: .seconds(60)),
  isStreaming: Bool = true
) throws -> HTTPRequest {
  var fields = HTTPHeaders()
  for (name, value) in headers { try fields.add(name, value) }
  return HTTPRequest(
    method, try HTTPURL(url), headers: fields, body: body, deadlines: deadlines, isStreaming: isStreaming)
}

extension Duration {
  /// For comparing and printing.
  var milliseconds: Double {
    Double(components.seconds) * 1000 + Double(components.attoseconds) / 1e15
  }
}
