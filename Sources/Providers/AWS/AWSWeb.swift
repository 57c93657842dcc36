// Small requests to the services that give credentials: sent, answered whole, bounded.

import Diagnostics
import Platform
import Transport

/// Asks services for credentials.
struct AWSWeb: Sendable {
  /// An answer, whatever its status.
  struct Answer: Sendable {
    var head: HTTPResponseHead
    /// At most 256 KiB.
    var body: [UInt8]
  }

  let http: HTTPClient
  /// Sees no proxy.
  let direct: HTTPClient
  let proxy: ProxyChoice
  /// Hosts to reach without the proxy.
  var directHosts: [String]?
  let certificateFile: String?

  /// Credentials are some kilobytes.
  private static let maximumBytes = 256 << 10

  /// Sends a request to one of AWS's own addresses.
  func send(
    _ method: HTTPRequest.Method, _ url: HTTPURL, headers: HTTPHeaders, body: [UInt8]? = nil
  ) async -> Result<Answer, TransportError> {
    // These answer in tenths of seconds or not at all; a person waits for the chat behind them.
    let deadlines = Deadlines(
      connect: .seconds(10), firstByte: .seconds(20), idle: .seconds(20), total: .seconds(40))
    return await answer(
      to: HTTPRequest(
        method, url, headers: headers, body: body, deadlines: deadlines, proxy: proxy, directHosts: directHosts,
        caFile: certificateFile),
      from: http)
  }

  /// Sends a request to this machine's own network, past every proxy and without encryption, within `limit`.
  func sendNearby(
    _ method: HTTPRequest.Method, _ url: HTTPURL, headers: HTTPHeaders, limit: Duration
  ) async -> Result<Answer, TransportError> {
    let deadlines = Deadlines(connect: limit, firstByte: limit, idle: limit, total: limit * 2)
    return await answer(
      to: HTTPRequest(method, url, headers: headers, deadlines: deadlines, allowsPlaintext: true), from: direct)
  }

  private func answer(to request: HTTPRequest, from client: HTTPClient) async -> Result<Answer, TransportError> {
    let stream = client.start(request)
    var head: HTTPResponseHead?
    var body: [UInt8] = []
    while let event = await stream.next() {
      switch event {
      case .phase: break
      case .head(let received): head = received
      case .bytes(let bytes, _): body.append(contentsOf: bytes.prefix(Self.maximumBytes - body.count))
      case .end(.failure(let error)): return .failure(error)
      case .end(.success):
        guard let head else { return .failure(.cancelled) }
        return .success(Answer(head: head, body: body))
      }
    }
    return .failure(.cancelled)
  }
}

/// The time as AWS sees it.
final class AWSClock: Sendable {
  private let wall: @Sendable () -> Int64
  private let offset = Locked<Int64>(0)

  init(_ wall: @escaping @Sendable () -> Int64) { self.wall = wall }

  /// Seconds since 1970, corrected.
  var now: Int64 { wall() + offset.withLock { $0 } }

  /// Takes over a server's time.
  /// - Returns: whether it differed by a minute or more; less is no reason for a refusal.
  func correct(by headers: HTTPHeaders) -> Bool {
    guard let date = headers["date"].flatMap({ HTTPDate.seconds($0) }) else { return false }
    let difference = date - now
    guard abs(difference) >= 60 else { return false }
    offset.withLock { $0 += difference }
    return true
  }
}
