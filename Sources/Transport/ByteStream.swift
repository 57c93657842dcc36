// One request on its way and its answer arriving.

/// The events of one transfer, for one reader. Letting go of it cancels.
package final class ByteStream: Sendable {
  private let id: UInt64
  private let mailbox: TransferMailbox
  /// Held, so that a client lives at least as long as its streams.
  private let client: HTTPClient

  init(id: UInt64, mailbox: TransferMailbox, client: HTTPClient) {
    self.id = id
    self.mailbox = mailbox
    self.client = client
  }

  deinit { cancel() }

  /// The next event, nil after the end.
  ///
  /// Exactly one `end` comes before nil. While the reader does not call this, at most 64 KiB are held and the server is
  /// slowed down. If the reader's task is cancelled the transfer is, and what had arrived still comes before the end.
  package func next() async -> TransferEvent? {
    if Task.isCancelled { cancel() }
    switch mailbox.take() {
    case .event(let event, let mustResume):
      if mustResume { client.submit(.resume(id)) }
      return event
    case .nothingMore:
      return nil
    case .nothingYet:
      return await nextArriving()
    }
  }

  /// Ends the transfer in any phase, from any thread, at once: the reader sees `end(.failure(.cancelled))` after what had
  /// arrived, and the connection is closed as soon as the network's thread wakes. Later calls do nothing.
  package func cancel() {
    if mailbox.finish(.failure(.cancelled)) { client.submit(.cancel(id)) }
  }

  private func nextArriving() async -> TransferEvent? {
    await withTaskCancellationHandler {
      await withUnsafeContinuation { waiter in
        if mailbox.wait(with: waiter) { client.submit(.resume(id)) }
      }
    } onCancel: {
      cancel()
    }
  }
}
