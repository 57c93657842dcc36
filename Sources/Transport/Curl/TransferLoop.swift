// What the network's thread does: let libcurl work, look at what came of it, sleep until something happens. Sleeps without
// a timer while no transfer runs.

import CCurl

/// All transfers of one thread, and the handle they share. Confined to that thread.
final class TransferLoop {
  let multi: UnsafeMutableRawPointer
  private let library: OpaquePointer
  private let configuration: HTTPClient.Configuration
  private let note: OpaquePointer?
  private var transfers: [UInt64: CurlTransfer] = [:]
  private var timeAsleep: Duration

  /// Nil without memory or descriptors for it.
  init?(_ library: OpaquePointer, _ configuration: HTTPClient.Configuration) {
    guard let multi = ccurl_multi_new(library) else { return nil }
    self.library = library
    self.multi = multi
    self.configuration = configuration
    note = ccurl_note_new(library)
    timeAsleep = configuration.timeAsleep()
  }

  deinit {
    ccurl_multi_free(library, multi)
    ccurl_note_free(note)
  }

  func perform(_ command: NetworkThread.Command) {
    switch command {
    case .start(let id, let request, let mailbox):
      start(id, request, mailbox)
    case .cancel(let id):
      if let transfer = transfers[id] { end(transfer, .cancelled, at: .now) }
    case .resume(let id):
      transfers[id]?.resume(at: .now)
    }
  }

  /// Works until nothing is left to do, then sleeps until the network, a command or a deadline asks for more.
  func turn() {
    var running: Int32 = 0
    let code = ccurl_multi_perform(library, multi, &running)
    let now = SuspendingClock.now
    if code != CURLM_OK { return endAll(.outOfResources(detail: "the transfer library failed (\(code.rawValue))")) }
    collectFinished(at: now)
    let hasMore = workChannels()
    noticeSleep(at: now)
    let sleep = supervise(at: now)
    var sockets = transfers.values.compactMap { transfer in
      transfer.channel?.waiting(isPaused: transfer.deadlines.isPaused)
    }
    let milliseconds = hasMore ? 0 : Int32(clamping: sleep?.wholeMilliseconds ?? Int(Int32.max))
    ccurl_multi_wait(library, multi, &sockets, UInt32(sockets.count), milliseconds)
  }

  func cancelAll() { endAll(.cancelled) }

  private func start(_ id: UInt64, _ request: HTTPRequest, _ mailbox: TransferMailbox) {
    let transfer = CurlTransfer(
      id, request, mailbox, library: library, configuration: configuration, note: note, now: .now)
    guard let transfer, ccurl_multi_add(library, multi, transfer.handle.easy) == CURLM_OK else {
      mailbox.finish(.failure(.outOfResources(detail: "the transfer could not be started")))
      return
    }
    transfers[id] = transfer
  }

  private func collectFinished(at now: SuspendingClock.Instant) {
    var easy: UnsafeMutableRawPointer?
    var code = CURLE_OK
    while ccurl_multi_next_finished(library, multi, &easy, &code) != 0 {
      guard let easy, let transfer = CurlTransfer.owner(of: easy, library) else { continue }
      if code == CURLE_OK, let messages = transfer.firstMessages, transfer.openChannel(messages, at: now) { continue }
      if transfer.deservesNewConnection(after: code) {
        ccurl_multi_remove(library, multi, easy)
        transfer.prepareNewConnection(at: now)
        if ccurl_multi_add(library, multi, easy) == CURLM_OK { continue }
      }
      end(transfer, transfer.error(for: code, note: note), at: now)
    }
  }

  /// Lets every WebSocket send and read.
  /// - Returns: whether one of them has to be looked at again before sleeping.
  private func workChannels() -> Bool {
    var hasMore = false
    for transfer in transfers.values where transfer.channel != nil {
      let (end, more) = transfer.workChannel()
      if more { hasMore = true }
      switch end {
      case .success?: self.end(transfer, nil, at: .now)
      case .failure(let error)?: self.end(transfer, error, at: .now)
      case nil: break
      }
    }
    return hasMore
  }

  private func noticeSleep(at now: SuspendingClock.Instant) {
    if transfers.isEmpty { return }
    // What came before the sleep was noticed is no sign of life after it.
    for transfer in transfers.values { transfer.observe(at: now) }
    let asleep = configuration.timeAsleep()
    // The two clocks are read one after the other, so that small differences mean nothing.
    if asleep - timeAsleep > .milliseconds(500) {
      for transfer in transfers.values {
        transfer.deadlines.machineSlept(noticedAt: now, grace: configuration.sleepGrace)
      }
    }
    timeAsleep = asleep
  }

  /// Brings every transfer up to date and ends those whose time is up.
  /// - Returns: how long to sleep at most; nil for ever.
  private func supervise(at now: SuspendingClock.Instant) -> Duration? {
    var expired: [(CurlTransfer, DeadlineTracker.Expiry)] = []
    var wake: SuspendingClock.Instant?
    for transfer in transfers.values {
      transfer.observe(at: now)
      if let expiry = transfer.deadlines.expired(at: now) {
        expired.append((transfer, expiry))
      } else if let nearest = transfer.deadlines.nearest?.at {
        wake = wake.map { min($0, nearest) } ?? nearest
      }
    }
    for (transfer, expiry) in expired { end(transfer, transfer.error(for: expiry), at: now) }
    if transfers.isEmpty { return nil }
    return min(configuration.sleepCheck, wake.map(now.duration(to:)) ?? configuration.sleepCheck)
  }

  private func endAll(_ error: TransportError) {
    for transfer in Array(transfers.values) { end(transfer, error, at: .now) }
  }

  private func end(_ transfer: CurlTransfer, _ error: TransportError?, at now: SuspendingClock.Instant) {
    // Measurements are read before the handle leaves; nothing is called back after.
    transfer.finish(error, at: now)
    transfer.channel?.leave()
    if error != nil { transfer.forbidReuse() }
    ccurl_multi_remove(library, multi, transfer.handle.easy)
    transfers[transfer.id] = nil
    if error != nil && transfer.isMultiplexed {
      for neighbour in transfers.values where neighbour.sharesConnections(with: transfer) { neighbour.flush() }
    }
  }
}
