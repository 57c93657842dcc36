// A WebSocket's side of the connection, as bytes in and things to do out: the handshake, the first messages, answers to
// pings and closes (RFC 6455 sections 4 to 7). Touches no socket; `WebSocketChannel` does.

import Framing

/// The client's half of one WebSocket.
struct WebSocketExchange {
  /// What is to be done, in order.
  enum Step: Equatable {
    case send([UInt8])
    case head(status: Int, HTTPHeaders)
    /// A piece of the body: frames as they came, or the body of a refusal.
    case body([UInt8])
    /// It is over, and all is well.
    case finish
    case fail(TransportError)
  }

  private enum State {
    case handshake(ResponseHeadParser, line: [UInt8])
    case open(WebSocketScanner)
    /// The server answered with a status; so many bytes of its words are to come, or all until it closes.
    case refused(left: Int?)
    case ended
  }

  private let request: HTTPRequest
  private let firstMessages: [String]
  private let key: WebSocketKey
  private var state = State.handshake(ResponseHeadParser(), line: [])
  private var numbers: any RandomNumberGenerator & Sendable

  /// An exchange on a connection that nothing has been sent on.
  /// - Parameter numbers: for the key and the masks; unpredictable outside of tests (RFC 6455 section 10.3).
  init(
    _ request: HTTPRequest, firstMessages: [String],
    using numbers: any RandomNumberGenerator & Sendable = SystemRandomNumberGenerator()
  ) {
    self.request = request
    self.firstMessages = firstMessages
    var numbers = numbers
    key = WebSocketKey((0..<16).map { _ in UInt8(truncatingIfNeeded: numbers.next()) })
    self.numbers = numbers
  }

  /// Whether the server agreed and nothing has ended the exchange.
  var isOpen: Bool {
    if case .open = state { return true }
    return false
  }

  // MARK: The request

  private static let ownHeaders: Set<String> = [
    "host", "upgrade", "connection", "content-type", "content-length", "accept-encoding",
  ]

  /// The request for the change of protocols.
  var opening: [UInt8] {
    var text = "GET \(request.url.target) HTTP/1.1\r\nHost: \(request.url.authority)\r\n"
    text += "Upgrade: websocket\r\nConnection: Upgrade\r\n"
    text += "Sec-WebSocket-Key: \(key.text)\r\nSec-WebSocket-Version: 13\r\n"
    for field in request.headers.fields {
      let name = field.name.lowercased()
      // No extension is offered, so that none can be used.
      if Self.ownHeaders.contains(name) || name.hasPrefix("sec-websocket-") { continue }
      text += "\(field.name): \(field.value)\r\n"
    }
    return Array((text + "\r\n").utf8)
  }

  // MARK: The answer

  /// Takes what the server sent.
  mutating func receive(_ bytes: UnsafeRawBufferPointer) -> [Step] {
    var steps: [Step] = []
    var rest = bytes[...]
    if case .handshake(var parser, var line) = state {
      state = .ended
      while let byte = rest.first {
        rest = rest.dropFirst()
        line.append(byte)
        guard byte == UInt8(ascii: "\n") || line.count > ResponseHeadParser.maximumBytes else { continue }
        let step = line.withUnsafeBytes { parser.push($0) }
        line.removeAll(keepingCapacity: true)
        switch step {
        case .more: continue
        case .tooLarge: return [.fail(.tooLarge(.headers(maximumBytes: ResponseHeadParser.maximumBytes)))]
        case .complete(let status, let headers): begin(status, headers, &steps)
        }
        break
      }
      if case .ended = state, steps.isEmpty { state = .handshake(parser, line: line) }
    }
    take(rest, &steps)
    return steps
  }

  private mutating func begin(_ status: Int, _ headers: HTTPHeaders, _ steps: inout [Step]) {
    guard status == 101 else {
      steps.append(.head(status: status, headers))
      let isChunked = headers["transfer-encoding"] != nil
      // Chunks are not taken apart for the words of a refusal; its status says enough.
      let length = isChunked ? 0 : headers["content-length"].flatMap { Int($0) }
      state = .refused(left: length)
      if let length, length <= 0 { end(.finish, &steps) }
      return
    }
    if let problem = problem(with: headers) {
      return end(.fail(.protocolViolation(host: request.url.host, detail: problem)), &steps)
    }
    steps.append(.head(status: status, headers))
    state = .open(WebSocketScanner(maximumBytes: WebSocketDecoder.defaultMaximumBytes))
    for message in firstMessages {
      steps.append(.send(WebSocketFrame.masked(.text, message.utf8, key: mask())))
    }
  }

  /// RFC 6455 section 4.1, what a client must check.
  private func problem(with headers: HTTPHeaders) -> String? {
    guard Self.tokens(headers, "upgrade").contains("websocket") else {
      return "it agreed to something else than WebSocket"
    }
    guard Self.tokens(headers, "connection").contains("upgrade") else {
      return "its answer to the WebSocket request has no Connection: Upgrade"
    }
    guard headers["sec-websocket-accept"] == key.accept else { return "its answer is not to this WebSocket request" }
    if headers["sec-websocket-extensions"] != nil { return "it uses a WebSocket extension that was not offered" }
    if headers["sec-websocket-protocol"] != nil, request.headers["sec-websocket-protocol"] == nil {
      return "it chose a WebSocket subprotocol that was not offered"
    }
    return nil
  }

  private static func tokens(_ headers: HTTPHeaders, _ name: String) -> [String] {
    headers.values(name).flatMap { $0.lowercased().split { $0 == "," || $0 == " " || $0 == "\t" }.map(String.init) }
  }

  private mutating func take(_ rest: Slice<UnsafeRawBufferPointer>, _ steps: inout [Step]) {
    guard !rest.isEmpty else { return }
    switch state {
    case .handshake, .ended: break
    case .refused(let left):
      steps.append(.body(Array(rest.prefix(left ?? .max))))
      guard let left else { return }
      state = .refused(left: left - rest.count)
      if left <= rest.count { end(.finish, &steps) }
    case .open(var scanner):
      steps.append(.body(Array(rest)))
      var answers: [Step] = []
      var isClosed = false
      scanner.push(UnsafeRawBufferPointer(rebasing: rest)) { piece in
        switch piece {
        case .ping(let payload): answers.append(.send(WebSocketFrame.masked(.pong, payload, key: mask())))
        case .close(let close):
          isClosed = true
          answers.append(.send(WebSocketFrame.close(close.code, key: mask())))
        case .begin, .payload, .end, .pong: break
        }
      }
      state = .open(scanner)
      steps += answers
      if let violation = scanner.violation {
        steps.append(.send(WebSocketFrame.close(violation.code, key: mask())))
        end(.fail(.protocolViolation(host: request.url.host, detail: "it sent \(violation.words)")), &steps)
      } else if isClosed {
        end(.finish, &steps)
      }
    }
  }

  /// The server closed the connection.
  mutating func endOfInput() -> Step {
    defer { state = .ended }
    switch state {
    case .handshake: return .fail(.reset(host: request.url.host))
    case .refused(nil), .ended: return .finish
    case .refused, .open: return .fail(.truncated(host: request.url.host, cause: .closedEarly))
    }
  }

  /// What is said before leaving an open connection.
  mutating func goodbye() -> [UInt8] {
    guard isOpen else { return [] }
    state = .ended
    return WebSocketFrame.close(WebSocketClose.normal, key: mask())
  }

  private mutating func end(_ step: Step, _ steps: inout [Step]) {
    state = .ended
    steps.append(step)
  }

  private mutating func mask() -> UInt32 { UInt32(truncatingIfNeeded: numbers.next()) }
}
