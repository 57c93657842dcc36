// One transfer on the network's thread: a request turned into options, callbacks turned into events, measurements read.
// Every method runs on that thread; nothing here is Sendable.

import CCurl
import Platform

/// A running transfer.
final class CurlTransfer {
  let id: UInt64
  let request: HTTPRequest
  let mailbox: TransferMailbox
  let proxy: HTTPProxy?
  var deadlines: DeadlineTracker
  private(set) var handle: CurlHandle
  private(set) var hasHead = false
  private(set) var wasRepeated = false
  /// Why a callback stopped the transfer; libcurl then only says that one did.
  private(set) var abortCause: TransportError?
  private let started: SuspendingClock.Instant
  private var head = ResponseHeadParser()
  private var hasReceivedBytes = false
  private var hasNewBytes = false
  private var uploadedBytes: Int64 = 0
  /// The WebSocket, once its connection stands.
  var channel: WebSocketChannel?
  /// Of a WebSocket: bytes for which the reader had no room, and the end that came behind them.
  var held: [UInt8]?
  var heldEnd: Result<Void, TransportError>?
  /// Of a WebSocket: from the start to the request and to the first byte, which libcurl does not see.
  private var channelTimes: (sent: Duration, firstByte: Duration?)?

  /// Nil if there is no memory or the library refuses an option that must hold.
  init?(
    _ id: UInt64, _ request: HTTPRequest, _ mailbox: TransferMailbox, library: OpaquePointer,
    configuration: HTTPClient.Configuration, note: OpaquePointer?, now: SuspendingClock.Instant
  ) {
    guard let handle = CurlHandle(library) else { return nil }
    self.handle = handle
    self.id = id
    self.request = request
    self.mailbox = mailbox
    let route = configuration.proxies.route(of: request)
    proxy = route.proxy
    started = now
    deadlines = DeadlineTracker(request.deadlines, started: now)
    setConnectionOptions(noProxy: route.direct, note: note)
    setRequestOptions()
    setCallbacks()
    guard self.handle.isSound else { return nil }
    mailbox.post(.phase(.resolving))
    reportRequest()
  }

  static let wantsLogin = "it wants a user name and password"

  // MARK: Options

  private func setConnectionOptions(noProxy: String, note: OpaquePointer?) {
    handle.set(CURLOPT_NOSIGNAL, 1)
    handle.allowHTTPOnly()
    handle.closeOnExec()
    handle.set(CURLOPT_FOLLOWLOCATION, 0)
    handle.set(CURLOPT_NETRC, Int(CURL_NETRC_IGNORED.rawValue))
    handle.set(CURLOPT_SSL_VERIFYPEER, 1)
    handle.set(CURLOPT_SSL_VERIFYHOST, 2)
    handle.set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
    handle.set(CURLOPT_PROXY_SSL_VERIFYPEER, 1)
    handle.set(CURLOPT_PROXY_SSL_VERIFYHOST, 2)
    if let file = request.caFile { handle.set(CURLOPT_CAINFO, file) }
    handle.set(CURLOPT_TCP_NODELAY, 1)
    // NAT devices forget silent connections after minutes.
    handle.set(CURLOPT_TCP_KEEPALIVE, 1)
    handle.set(CURLOPT_TCP_KEEPIDLE, 60)
    handle.set(CURLOPT_TCP_KEEPINTVL, 20)
    switch request.versions {
    case .automatic:
      handle.set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_2TLS))
      // A second request waits for the handshake of the first, to share its connection if that turns out to be HTTP/2. Not
      // without TLS: libcurl would wait for the whole first answer there.
      if request.url.scheme == .https { handle.set(CURLOPT_PIPEWAIT, 1) }
    case .http1:
      handle.set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
    }
    if firstMessages != nil {
      handle.set(CURLOPT_CONNECT_ONLY, 1)
      handle.set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
      // A proxy passes frames on only through a tunnel (RFC 6455 section 4.1).
      if proxy != nil { handle.set(CURLOPT_HTTPPROXYTUNNEL, 1) }
    }
    if !request.isRepeatable || firstMessages != nil { handle.set(CURLOPT_FRESH_CONNECT, 1) }
    // Our own deadline ends the attempt; libcurl's, slightly longer, makes it share the time between several addresses.
    let connect = request.deadlines.connect ?? .seconds(86_400)
    handle.set(CURLOPT_CONNECTTIMEOUT_MS, min(connect.wholeMilliseconds, 86_400_000) + 50)
    // Empty means none: the environment is not looked at, what counts was read from it once.
    handle.set(CURLOPT_PROXY, proxy?.address ?? "")
    handle.set(CURLOPT_NOPROXY, noProxy)
    handle.set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
    ccurl_abandon_lookups(handle.library, handle.easy)
    ccurl_note_attach(handle.library, handle.easy, note)
  }

  private func setRequestOptions() {
    handle.set(CURLOPT_URL, request.url.description)
    // A signature covers the path as it was given.
    handle.set(CURLOPT_PATH_AS_IS, 1)
    if firstMessages != nil { return }
    if let body = request.body { handle.setBody(body) }
    if request.method == .head {
      handle.set(CURLOPT_NOBODY, 1)
    } else if request.method != .get || request.body != nil {
      handle.set(CURLOPT_CUSTOMREQUEST, request.method.rawValue)
    }
    // Empty means every encoding this libcurl can decode.
    handle.set(CURLOPT_ACCEPT_ENCODING, "")
    let headers = request.headers
    for field in headers.fields {
      handle.addHeaderLine(field.value.isEmpty ? "\(field.name);" : "\(field.name): \(field.value)")
    }
    // A name with nothing after the colon takes a header away. Decoding stays on without the request for it.
    if request.isStreaming && headers["accept-encoding"] == nil { handle.addHeaderLine("Accept-Encoding:") }
    for name in ["Expect", "Content-Type"] where headers[name] == nil { handle.addHeaderLine("\(name):") }
    handle.applyHeaderLines()
  }

  private func setCallbacks() {
    // Unretained: the loop keeps the transfer until its handle has been removed, and callbacks come only before that.
    let owner = Unmanaged.passUnretained(self).toOpaque()
    handle.setOwner(owner)
    handle.setCallback(
      CURLOPT_HEADERFUNCTION,
      { bytes, size, count, user in
        guard let user else { return 0 }
        let line = UnsafeRawBufferPointer(start: bytes, count: size * count)
        return Unmanaged<CurlTransfer>.fromOpaque(user).takeUnretainedValue().receivedHeader(line)
      }, CURLOPT_HEADERDATA, owner)
    handle.setCallback(
      CURLOPT_WRITEFUNCTION,
      { bytes, size, count, user in
        guard let user else { return 0 }
        let piece = UnsafeRawBufferPointer(start: bytes, count: size * count)
        return Unmanaged<CurlTransfer>.fromOpaque(user).takeUnretainedValue().receivedBody(piece)
      }, CURLOPT_WRITEDATA, owner)
  }

  /// The transfer a finished handle belongs to.
  static func owner(of easy: UnsafeMutableRawPointer, _ library: OpaquePointer) -> CurlTransfer? {
    var owner: UnsafeMutableRawPointer?
    guard ccurl_get_pointer(library, easy, CURLINFO_PRIVATE, &owner) == CURLE_OK, let owner else { return nil }
    return Unmanaged<CurlTransfer>.fromOpaque(owner).takeUnretainedValue()
  }

  // MARK: Callbacks

  private func receivedHeader(_ line: UnsafeRawBufferPointer) -> Int {
    hasReceivedBytes = true
    hasNewBytes = true
    switch head.push(line) {
    case .more:
      break
    case .tooLarge:
      abortCause = .tooLarge(.headers(maximumBytes: ResponseHeadParser.maximumBytes))
      return 0
    case .complete(407, _):
      // Only a proxy says that (RFC 9110, 15.5.8).
      abortCause = .proxy(name: proxy?.name ?? request.url.host, reason: Self.wantsLogin)
      return 0
    case .complete(let status, let headers):
      tellHead(status: status, headers)
    }
    return line.count
  }

  /// Tells the reader and the observer of the head.
  func tellHead(status: Int, _ headers: HTTPHeaders) {
    hasHead = true
    hasNewBytes = true
    noteFirstByte()
    let timings = timings(at: .now)
    let head = HTTPResponseHead(status: status, headers: headers, httpVersion: timings.httpVersion, timings: timings)
    request.tap?.observe(.head(head, at: .now))
    mailbox.post(.head(head))
  }

  /// Hands a piece of a WebSocket over; false if the reader has no room and reading pauses.
  func deliver(_ piece: [UInt8]) -> Bool {
    hasNewBytes = true
    let now = ContinuousClock.now
    switch piece.withUnsafeBytes({ mailbox.offer($0, received: now) }) {
    case .taken:
      request.tap?.observe(.bytes(piece, at: now))
      return true
    case .full:
      deadlines.pause()
      return false
    // Its reader has ended the stream; the command for that is on its way.
    case .closed: return true
    }
  }

  /// The request of a WebSocket is on its way.
  func noteSent(at now: SuspendingClock.Instant) { channelTimes = (started.duration(to: now), nil) }

  private func noteFirstByte() {
    if channelTimes != nil, channelTimes?.firstByte == nil { channelTimes?.firstByte = started.duration(to: .now) }
  }

  private func receivedBody(_ piece: UnsafeRawBufferPointer) -> Int {
    hasNewBytes = true
    let now = ContinuousClock.now
    switch mailbox.offer(piece, received: now) {
    case .taken:
      if let tap = request.tap { tap.observe(.bytes(Array(piece), at: now)) }
      return piece.count
    case .full:
      deadlines.pause()
      return ccurl_write_pause()
    case .closed:
      abortCause = .cancelled
      // Not the count, whatever it was: libcurl then stops.
      return piece.isEmpty ? 1 : 0
    }
  }

  // MARK: Between callbacks

  /// Lets body bytes through again.
  func resume(at now: SuspendingClock.Instant) {
    deadlines.resume(at: now)
    // A WebSocket is read by us, and is looked at in every turn.
    if firstMessages == nil { _ = ccurl_pause(handle.library, handle.easy, 0) }
  }

  /// Its connection closes with it, unless other streams are on it.
  func forbidReuse() { handle.set(CURLOPT_FORBID_REUSE, 1) }

  /// Whether it is one of several streams of an HTTP/2 connection, or could be.
  var isMultiplexed: Bool { handle.long(CURLINFO_HTTP_VERSION) == Int(CURL_HTTP_VERSION_2_0) }

  /// Whether the other one's connection may be this one's too.
  func sharesConnections(with other: CurlTransfer) -> Bool {
    isMultiplexed && other.request.url.authority == request.url.authority
  }

  /// Sends what waits on its connection. Since 7.88 libcurl keeps the reset of a removed HTTP/2 stream until something else
  /// is sent (curl issue 17611), so that a server would go on answering; closing and opening a stream's window is something.
  func flush() {
    if deadlines.isPaused { return }
    _ = ccurl_pause(handle.library, handle.easy, 1)
    _ = ccurl_pause(handle.library, handle.easy, 0)
  }

  /// Notes what has happened since the last look: bytes, and phases before the answer.
  func observe(at now: SuspendingClock.Instant) {
    if hasNewBytes {
      hasNewBytes = false
      if deadlines.phase != .receiving { deadlines.enter(.receiving, at: now) }
      deadlines.moved(at: now)
    } else if deadlines.phase != .receiving && deadlines.phase != .waiting && channel == nil {
      observePhase(at: now)
    }
  }

  private func observePhase(at now: SuspendingClock.Instant) {
    let phase: TransferPhase
    if handle.offset(CURLINFO_PRETRANSFER_TIME_T) > 0 {
      let uploaded = handle.offset(CURLINFO_SIZE_UPLOAD_T)
      phase = uploaded < Int64(request.body?.count ?? 0) ? .sending : .waiting
      if uploaded > uploadedBytes {
        uploadedBytes = uploaded
        deadlines.moved(at: now)
      }
    } else if handle.offset(CURLINFO_CONNECT_TIME_T) > 0 {
      phase = request.url.scheme == .https ? .securing : .connecting
    } else {
      phase = handle.offset(CURLINFO_NAMELOOKUP_TIME_T) > 0 ? .connecting : .resolving
    }
    enterPhase(phase, at: now)
  }

  /// Notes and tells that a phase began, unless it was going on.
  func enterPhase(_ phase: TransferPhase, at now: SuspendingClock.Instant) {
    guard phase != deadlines.phase else { return }
    deadlines.enter(phase, at: now)
    mailbox.post(.phase(phase))
  }

  /// Whether the connection was a kept one that turned out to be dead: the server never saw the request, or at least
  /// never answered, and the request may be sent once more on a new connection.
  func deservesNewConnection(after code: CURLcode) -> Bool {
    guard request.isRepeatable, !wasRepeated, !hasReceivedBytes, handle.long(CURLINFO_NUM_CONNECTS) == 0 else {
      return false
    }
    return [CURLE_GOT_NOTHING, CURLE_SEND_ERROR, CURLE_RECV_ERROR, CURLE_HTTP2].contains(code)
  }

  func prepareNewConnection(at now: SuspendingClock.Instant) {
    wasRepeated = true
    handle.set(CURLOPT_FRESH_CONNECT, 1)
    deadlines.restart(at: now)
    uploadedBytes = 0
    mailbox.post(.phase(.resolving))
    reportRequest()
  }

  func timings(at now: SuspendingClock.Instant) -> TransferTimings {
    let lookedUp = handle.offset(CURLINFO_NAMELOOKUP_TIME_T)
    let connected = handle.offset(CURLINFO_CONNECT_TIME_T)
    let secured = handle.offset(CURLINFO_APPCONNECT_TIME_T)
    let requested = handle.offset(CURLINFO_PRETRANSFER_TIME_T)
    let firstByte = handle.offset(CURLINFO_STARTTRANSFER_TIME_T)
    let isReused = requested > 0 && handle.long(CURLINFO_NUM_CONNECTS) == 0
    var timings = TransferTimings()
    if !isReused {
      timings.dns = .microseconds(lookedUp)
      timings.connect = .microseconds(max(0, connected - lookedUp))
      timings.tls = .microseconds(max(0, secured - connected))
    }
    timings.requestSent = requested > 0 ? .microseconds(requested) : nil
    timings.firstByte = firstByte > 0 ? .microseconds(firstByte) : nil
    timings.total = started.duration(to: now)
    timings.connectionReused = isReused
    timings.httpVersion =
      switch handle.long(CURLINFO_HTTP_VERSION) {
      case Int(CURL_HTTP_VERSION_1_0): "1.0"
      case Int(CURL_HTTP_VERSION_1_1): "1.1"
      case Int(CURL_HTTP_VERSION_2_0): "2"
      case Int(CURL_HTTP_VERSION_3): "3"
      default: ""
      }
    timings.bytesSent = handle.offset(CURLINFO_SIZE_UPLOAD_T)
    timings.bytesReceived = handle.offset(CURLINFO_SIZE_DOWNLOAD_T)
    if let channelTimes {
      timings.requestSent = channelTimes.sent
      timings.firstByte = channelTimes.firstByte
      timings.connectionReused = false
      timings.httpVersion = "1.1"
    }
    return timings
  }

  /// Tells the reader and the observer that it is over.
  func finish(_ error: TransportError?, at now: SuspendingClock.Instant) {
    request.tap?.observe(.end(error, at: .now))
    if let error { mailbox.finish(.failure(error)) } else { mailbox.finish(.success(timings(at: now))) }
  }

  private func reportRequest() {
    guard let tap = request.tap else { return }
    tap.announce(request)
    tap.observe(
      .request(
        method: request.method, url: request.url, headers: request.headers.redacted,
        body: request.body ?? Array((firstMessages ?? []).joined(separator: "\n").utf8)))
  }
}

extension Duration {
  /// Rounded up, so that a timer for it never fires before.
  var wholeMilliseconds: Int {
    let (seconds, attoseconds) = components
    if seconds >= 1_000_000_000 { return 1_000_000_000_000 }
    return max(0, Int(seconds) * 1000 + Int((attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000))
  }
}
