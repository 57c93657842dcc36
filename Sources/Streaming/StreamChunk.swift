// An event with its number, its time and its size: what the rest of the program counts and stores.

package import Conversations

/// A moment of the monotonic clock that goes on while the machine sleeps.
package typealias Instant = ContinuousClock.Instant

/// A chunk's place: which request, and its number from zero without gaps.
package struct ChunkID: Hashable, Sendable {
  package let call: CallID
  package let sequence: Int

  /// The chunk with that number.
  package init(call: CallID, sequence: Int) {
    self.call = call
    self.sequence = sequence
  }
}

/// What a stream is doing after a chunk.
package enum StreamStatus: Equatable, Sendable {
  case opening, thinking, writing, callingTool, finished, stopped, failed
}

/// One numbered event.
package struct StreamChunk: Equatable, Sendable {
  package let id: ChunkID
  package let event: StreamEvent
  /// When the transport read the bytes.
  package let received: Instant
  /// Bytes on the wire that carried it, framing included.
  package let bytes: Int
  package let status: StreamStatus

  /// A chunk; made by `StreamGrammar` only.
  package init(id: ChunkID, event: StreamEvent, received: Instant, bytes: Int, status: StreamStatus) {
    self.id = id
    self.event = event
    self.received = received
    self.bytes = bytes
    self.status = status
  }

  /// Whether it is the one ending of its stream.
  package var isFinal: Bool {
    switch event {
    case .finish, .error: true
    default: false
    }
  }
}

/// An event as a provider's stream delivers it, with the facts of its arrival.
package struct ReceivedEvent: Equatable, Sendable {
  package var event: StreamEvent
  package var received: Instant
  package var bytes: Int

  /// An event that came in `bytes` bytes.
  package init(_ event: StreamEvent, received: Instant, bytes: Int = 0) {
    self.event = event
    self.received = received
    self.bytes = bytes
  }
}
