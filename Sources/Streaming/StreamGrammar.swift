// Puts a provider's events in order and numbers them. Whatever a provider does, what comes out follows the grammar of
// `StreamEvent` and has exactly one ending. It assembles nothing and measures nothing.

package import Conversations

/// The grammar of one request's events: repairs their order, numbers them from zero without gaps, closes them once.
///
/// Repairs: a missing start is put in before the first content and a late one is dropped; a tool call that is spoken of
/// without a beginning gets one; a call still open at its result or at the finish is ended; deltas without text are
/// dropped; whatever follows the ending is dropped.
package struct StreamGrammar: Sendable {
  package let call: CallID
  /// Chunks made so far, which is the number of the next one.
  package private(set) var count = 0
  /// Whether the ending was made; nothing is accepted any more.
  package private(set) var isEnded = false
  private var status = StreamStatus.opening
  private var hasStarted = false
  /// Calls begun and not ended, and the order in which they began; looked up by name so that many calls stay cheap.
  private var openCalls: Set<String> = []
  private var callOrder: [String] = []

  /// The grammar of the request with that name.
  package init(call: CallID) { self.call = call }

  /// Appends the chunks that an event gives, none to three, to `chunks`.
  package mutating func accept(_ received: ReceivedEvent, into chunks: inout [StreamChunk]) {
    guard !isEnded else { return }
    switch received.event {
    case .textDelta(let text):
      guard !text.isEmpty else { return }
      begin(.writing, at: received.received, into: &chunks)
    case .thinkingDelta(let text):
      guard !text.isEmpty else { return }
      begin(.thinking, at: received.received, into: &chunks)
    case .thinkingSignature:
      begin(.thinking, at: received.received, into: &chunks)
    case .toolCallBegin(let id, _):
      begin(.callingTool, at: received.received, into: &chunks)
      if openCalls.contains(id) { close(id, at: received.received, into: &chunks) }
      open(id)
    case .toolCallArguments(let id, let fragment):
      guard !fragment.isEmpty else { return }
      begin(.callingTool, at: received.received, into: &chunks)
      if !openCalls.contains(id) {
        emit(.toolCallBegin(id: id, name: ""), at: received.received, bytes: 0, into: &chunks)
        open(id)
      }
    case .toolCallEnd(let id):
      guard openCalls.remove(id) != nil else { return }
    case .toolResult(let result):
      begin(.callingTool, at: received.received, into: &chunks)
      if openCalls.contains(result.callID) { close(result.callID, at: received.received, into: &chunks) }
    case .opaque:
      begin(status == .opening ? .thinking : status, at: received.received, into: &chunks)
    case .start:
      guard !hasStarted else { return }
      hasStarted = true
    case .usage, .network, .resuming:
      break
    case .finish:
      for id in callOrder where openCalls.contains(id) { close(id, at: received.received, into: &chunks) }
      status = .finished
      isEnded = true
    case .error(let failure):
      status = failure == .cancelled ? .stopped : .failed
      isEnded = true
    }
    emit(received.event, at: received.received, bytes: received.bytes, into: &chunks)
  }

  /// Closes the stream from this side; does nothing if it has ended.
  package mutating func end(because failure: StreamFailure, at time: Instant, into chunks: inout [StreamChunk]) {
    accept(ReceivedEvent(.error(failure), received: time), into: &chunks)
  }

  private mutating func begin(_ next: StreamStatus, at time: Instant, into chunks: inout [StreamChunk]) {
    if !hasStarted {
      hasStarted = true
      emit(.start(ResponseStart()), at: time, bytes: 0, into: &chunks)
    }
    status = next
  }

  private mutating func open(_ id: String) {
    openCalls.insert(id)
    callOrder.append(id)
  }

  private mutating func close(_ id: String, at time: Instant, into chunks: inout [StreamChunk]) {
    openCalls.remove(id)
    emit(.toolCallEnd(id: id), at: time, bytes: 0, into: &chunks)
  }

  private mutating func emit(_ event: StreamEvent, at time: Instant, bytes: Int, into chunks: inout [StreamChunk]) {
    chunks.append(
      StreamChunk(
        id: ChunkID(call: call, sequence: count), event: event, received: time, bytes: max(0, bytes), status: status))
    count += 1
  }
}
