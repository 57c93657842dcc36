// Between the network's thread, which puts events in, and the one reader of a stream, who takes them out. Bounded: full at
// 64 KiB of unread bytes, and the connection is then read no further until less than 16 KiB is left. The rules are a plain
// struct, `Contents`; the lock is held only around it.

import Platform

/// The bounded queue of one transfer.
final class TransferMailbox: Sendable {
  typealias Waiter = UnsafeContinuation<TransferEvent?, Never>

  /// What becomes of a piece that was offered.
  enum Acceptance: Equatable {
    case taken
    /// Nothing was taken; the reader's `take` will say when to go on.
    case full
    /// The stream was ended by its reader.
    case closed
  }

  /// What a reader gets.
  enum Taken {
    case event(TransferEvent, mustResume: Bool)
    case nothingYet
    case nothingMore
  }

  private let contents = Locked(Contents())

  /// Adds a head or phase.
  func post(_ event: TransferEvent) {
    let waiter = contents.withLock { $0.append(event) }
    waiter?.resume(returning: event)
  }

  /// Adds a piece of the body unless the box is full.
  func offer(_ bytes: UnsafeRawBufferPointer, received: ContinuousClock.Instant) -> Acceptance {
    let (acceptance, delivery) = contents.withLock { contents in contents.offer(bytes, received: received) }
    if let delivery { delivery.waiter.resume(returning: delivery.event) }
    return acceptance
  }

  /// Adds the end. What was not read stays; a second end is ignored.
  /// - Returns: whether this was the end.
  @discardableResult
  func finish(_ result: Result<TransferTimings, TransportError>) -> Bool {
    let (isFirst, waiter) = contents.withLock { contents in contents.finish(result) }
    waiter?.resume(returning: .end(result))
    return isFirst
  }

  /// The next event if there is one.
  func take() -> Taken { contents.withLock { $0.take() } }

  /// The next event, now if there is one, else when it comes.
  /// - Returns: whether the network's thread must be told to go on.
  func wait(with waiter: Waiter) -> Bool {
    let taken = contents.withLock { contents in contents.takeOrWait(waiter) }
    switch taken {
    case .event(let event, let mustResume):
      waiter.resume(returning: event)
      return mustResume
    case .nothingMore:
      waiter.resume(returning: nil)
      return false
    case .nothingYet:
      return false
    }
  }

  /// The rules, without lock and threads.
  struct Contents {
    static let fullBytes = 64 * 1024
    static let resumeBytes = 16 * 1024
    // A piece of one byte costs some 60 bytes here, so that pieces need a bound of their own. Beyond it a piece joins the
    // one before and shares its time of arrival.
    static let maximumPieces = 512

    private var events: [TransferEvent] = []
    private var head = 0
    private(set) var unreadBytes = 0
    private(set) var isPaused = false
    private var isEnded = false
    private var waiter: Waiter?

    var count: Int { events.count - head }

    /// The reader to give the event to at once; nil keeps it.
    mutating func append(_ event: TransferEvent) -> Waiter? {
      if isEnded { return nil }
      if let waiter {
        self.waiter = nil
        return waiter
      }
      events.append(event)
      return nil
    }

    mutating func offer(
      _ bytes: UnsafeRawBufferPointer, received: ContinuousClock.Instant
    ) -> (Acceptance, (waiter: Waiter, event: TransferEvent)?) {
      if isEnded { return (.closed, nil) }
      if unreadBytes >= Self.fullBytes {
        isPaused = true
        return (.full, nil)
      }
      if bytes.isEmpty { return (.taken, nil) }
      if let waiter {
        self.waiter = nil
        return (.taken, (waiter, .bytes(Array(bytes), received: received)))
      }
      unreadBytes += bytes.count
      if count < Self.maximumPieces || !joinLast(bytes) { events.append(.bytes(Array(bytes), received: received)) }
      return (.taken, nil)
    }

    mutating func finish(_ result: Result<TransferTimings, TransportError>) -> (isFirst: Bool, Waiter?) {
      if isEnded { return (false, nil) }
      let waiter = append(.end(result))
      isEnded = true
      return (true, waiter)
    }

    mutating func take() -> Taken {
      guard head < events.count else { return isEnded ? .nothingMore : .nothingYet }
      let event = events[head]
      head += 1
      if head == events.count {
        events.removeAll(keepingCapacity: true)
        head = 0
      } else {
        // The place keeps nothing alive until the whole batch is read.
        events[head - 1] = .phase(.receiving)
        if head >= 1024 {
          events.removeFirst(head)
          head = 0
        }
      }
      if case .bytes(let bytes, _) = event { unreadBytes -= bytes.count }
      let mustResume = isPaused && unreadBytes < Self.resumeBytes
      if mustResume { isPaused = false }
      return .event(event, mustResume: mustResume)
    }

    mutating func takeOrWait(_ waiter: Waiter) -> Taken {
      let taken = take()
      guard case .nothingYet = taken else { return taken }
      // A stream has one reader. A second one gets an end, so that at least neither hangs.
      guard self.waiter == nil else {
        assertionFailure("two readers wait for one stream")
        return .nothingMore
      }
      self.waiter = waiter
      return taken
    }

    private mutating func joinLast(_ bytes: UnsafeRawBufferPointer) -> Bool {
      guard let last = events.indices.last, last >= head, case .bytes(var piece, let received) = events[last] else {
        return false
      }
      // Emptied first, so that appending does not copy what is there.
      events[last] = .phase(.receiving)
      piece.append(contentsOf: bytes)
      events[last] = .bytes(piece, received: received)
      return true
    }
  }
}
