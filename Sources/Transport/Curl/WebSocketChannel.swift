// A WebSocket on a connection that libcurl has made: libcurl 7.88 knows no WebSocket, but it connects, goes through the
// proxy and shakes hands, and then lets others use the connection (CURLOPT_CONNECT_ONLY, curl_easy_send(3)). Lives on the
// network's thread, which sleeps on its socket together with libcurl's own.

import CCurl

/// Sends and receives for a `WebSocketExchange`.
struct WebSocketChannel {
  /// What a look at the connection brought.
  enum News {
    case head(status: Int, HTTPHeaders)
    case body([UInt8])
    case finished
    case failed(TransportError)
  }

  private var exchange: WebSocketExchange
  private let library: OpaquePointer
  private let easy: UnsafeMutableRawPointer
  private let host: String
  private let descriptor: Int32
  private var output: [UInt8]
  private var hasReceived = false
  private(set) var isOver = false

  /// The most that is read before others have their turn.
  private static let readsAtOnce = 16
  private static let pieceBytes = 16 * 1024

  /// Nil if the connection is already gone.
  init?(_ request: HTTPRequest, firstMessages: [String], library: OpaquePointer, easy: UnsafeMutableRawPointer) {
    let descriptor = ccurl_active_socket(library, easy)
    guard descriptor >= 0 else { return nil }
    self.descriptor = descriptor
    self.library = library
    self.easy = easy
    host = request.url.host
    exchange = WebSocketExchange(request, firstMessages: firstMessages)
    output = exchange.opening
  }

  /// What to sleep on; nil for nothing, because a socket on which nothing is waited for still wakes when it is closed.
  func waiting(isPaused: Bool) -> curl_waitfd? {
    var events: Int16 = 0
    if !isPaused { events |= Int16(CURL_WAIT_POLLIN) }
    if !output.isEmpty { events |= Int16(CURL_WAIT_POLLOUT) }
    return events == 0 ? nil : curl_waitfd(fd: descriptor, events: events, revents: 0)
  }

  /// Sends and reads as much as goes without waiting.
  /// - Parameter take: returns whether it wants more now.
  /// - Returns: whether there may be more to read at once: bytes that TLS holds do not wake anybody.
  mutating func work(isPaused: Bool, _ take: (News) -> Bool) -> Bool {
    flush()
    guard !isPaused else { return false }
    var piece = [UInt8](repeating: 0, count: Self.pieceBytes)
    for _ in 0..<Self.readsAtOnce where !isOver {
      var count = 0
      switch ccurl_receive(library, easy, &piece, piece.count, &count) {
      case CURLE_OK where count > 0:
        hasReceived = true
        let steps = piece.withUnsafeBytes { exchange.receive(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
        if !perform(steps, take) { return false }
      case CURLE_OK:
        _ = perform([exchange.endOfInput()], take)
      case CURLE_AGAIN:
        return false
      default:
        let error =
          exchange.isOpen || hasReceived
          ? TransportError.truncated(host: host, cause: .connectionLost) : .reset(host: host)
        _ = perform([.fail(error)], take)
      }
    }
    return !isOver
  }

  /// Says that we leave, if somebody listens; what cannot be sent at once is not sent.
  mutating func leave() {
    output += exchange.goodbye()
    flush()
  }

  /// Whether the taker wants more now.
  private mutating func perform(_ steps: [WebSocketExchange.Step], _ take: (News) -> Bool) -> Bool {
    var wantsMore = true
    for step in steps {
      switch step {
      case .send(let bytes): output += bytes
      case .head(let status, let headers): wantsMore = take(.head(status: status, headers))
      case .body(let bytes): wantsMore = take(.body(bytes)) && wantsMore
      case .finish, .fail:
        // What answers a close or a violation leaves before the connection does.
        flush()
        isOver = true
        if case .fail(let error) = step { _ = take(.failed(error)) } else { _ = take(.finished) }
      }
    }
    flush()
    return wantsMore
  }

  private mutating func flush() {
    var sent = 0
    while sent < output.count {
      var count = 0
      let code = output.withUnsafeBytes { bytes in
        ccurl_send(library, easy, bytes.baseAddress?.advanced(by: sent), bytes.count - sent, &count)
      }
      // A connection that takes nothing any more shows itself when it is read.
      guard code == CURLE_OK, count > 0 else {
        if code != CURLE_OK && code != CURLE_AGAIN { sent = output.count }
        break
      }
      sent += count
    }
    output.removeFirst(sent)
  }
}
