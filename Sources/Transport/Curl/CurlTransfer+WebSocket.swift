// How a transfer that is a WebSocket tells of itself in the terms of any other: phases, a head, pieces of a body, an end.

import CCurl

extension CurlTransfer {
  /// What the request says first on a WebSocket; nil for plain HTTP.
  var firstMessages: [String]? {
    if case .webSocket(let messages) = request.exchange { return messages }
    return nil
  }

  /// The connection stands; the handshake begins.
  func openChannel(_ firstMessages: [String], at now: SuspendingClock.Instant) -> Bool {
    channel = WebSocketChannel(request, firstMessages: firstMessages, library: handle.library, easy: handle.easy)
    guard channel != nil else { return false }
    enterPhase(.waiting, at: now)
    noteSent(at: now)
    return true
  }

  /// Lets the channel send and read.
  /// - Returns: the end, if it came, and whether there may be more at once.
  func workChannel() -> (end: Result<Void, TransportError>?, hasMore: Bool) {
    guard var channel else { return (nil, false) }
    // Taken out, so that it changes in place.
    self.channel = nil
    defer { self.channel = channel }
    if let held {
      guard deliver(held) else { return (nil, false) }
      self.held = nil
    }
    var end: Result<Void, TransportError>?
    let hasMore = channel.work(isPaused: deadlines.isPaused) { news in
      switch news {
      case .head(let status, let headers):
        tellHead(status: status, headers)
        return true
      case .body(let bytes):
        if deliver(bytes) { return true }
        // Several pieces may come of one read.
        held = (held ?? []) + bytes
        return false
      case .finished: end = .success(())
      case .failed(let error): end = .failure(error)
      }
      return false
    }
    // What the reader had no room for comes before the end.
    if end != nil, held != nil {
      heldEnd = end
      end = nil
    } else if held == nil, let kept = heldEnd {
      end = kept
    }
    return (end, hasMore)
  }
}
