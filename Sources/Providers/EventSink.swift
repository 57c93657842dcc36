// Where a dialect puts what it understood. The sink knows when the bytes came and how many they were, so that dialects
// speak of meaning only.

package import Streaming

/// Gathers the events of one read.
package struct EventSink: Sendable {
  /// Events since the last `take`.
  package private(set) var events: [ReceivedEvent] = []
  /// Whether an ending was put in; nothing is accepted after it.
  package private(set) var isEnded = false
  /// Whether text, thinking or a tool call was put in, ever.
  package private(set) var hasContent = false
  private var received: Instant
  /// Bytes of the frame at hand that no event carries yet.
  private var bytes = 0
  private var frameStart = 0

  /// A sink that nothing has reached yet.
  package init(received: Instant) { self.received = received }

  /// Puts an event in. What follows an ending is dropped.
  package mutating func emit(_ event: StreamEvent) {
    guard !isEnded else { return }
    var carried = 0
    switch event {
    case .textDelta(let text), .thinkingDelta(let text):
      // An empty delta says nothing; servers send them in every chunk.
      if text.isEmpty { return }
      carried = content()
    case .toolCallArguments(_, let fragment):
      if fragment.isEmpty { return }
      carried = content()
    case .toolCallBegin, .toolResult, .opaque:
      carried = content()
    case .finish, .error:
      isEnded = true
    case .start, .thinkingSignature, .toolCallEnd, .usage, .network, .resuming:
      break
    }
    events.append(ReceivedEvent(event, received: received, bytes: carried))
  }

  /// The bytes go to the first event with content; the sum over a stream is then what travelled.
  @inline(__always)
  private mutating func content() -> Int {
    hasContent = true
    let carried = bytes
    bytes = 0
    return carried
  }

  /// What follows came at another time.
  mutating func arrive(at time: Instant) { received = time }

  /// What follows comes from a frame of so many bytes on the wire.
  mutating func beginFrame(bytes count: Int) {
    bytes = count
    frameStart = events.count
  }

  /// The frame is done: if none of its events has content, the first one carries the bytes.
  mutating func endFrame() {
    guard bytes > 0 else { return }
    if frameStart < events.count { events[frameStart].bytes += bytes }
    bytes = 0
  }

  /// Takes the events out.
  mutating func take() -> [ReceivedEvent] {
    var taken: [ReceivedEvent] = []
    swap(&taken, &events)
    frameStart = 0
    return taken
  }
}
