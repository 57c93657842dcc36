// One answer being produced: its stream, its message so far, its figures.

package import Conversations
package import Diagnostics
package import Streaming

/// What is told of one run in the order in which it happens; `ask --json` prints it.
package enum RunEvent: Equatable, Sendable {
  case started(conversation: ConversationID, message: MessageID, model: ModelReference, isStreaming: Bool)
  case chunk(StreamChunk)
  /// The request failed before anything came and is sent again after `delay`, as attempt number `attempt` of `of`; the
  /// first request is attempt 1.
  case retrying(attempt: Int, of: Int, delay: Duration, because: Explanation)
  /// Earlier messages were left out of the request, because the model does not hold them.
  case shortened(Explanation)
  /// The answer in its final form; always last, once.
  case ended(Message, StreamMetrics)
}

/// Somebody who hears everything of one run, synchronously, on the store; it must be quick.
package typealias RunObserver = @Sendable (RunEvent) -> Void

/// An answer that broke off and is gone on with in another one. An object, so that copies of a run stay cheap: there is one
/// with every chunk.
final class Continued: Sendable {
  let way: Continuation
  let partial: Message

  init(way: Continuation, partial: Message) {
    self.way = way
    self.partial = partial
  }
}

/// What the store holds of a run.
struct Run: Sendable {
  let id: RunID
  let conversation: ConversationID
  let model: ModelReference
  let isStreaming: Bool
  /// The profile's name; `nil` for one without.
  let profileName: String?
  let begun: Timestamp
  let observer: RunObserver?
  var phase = RunPhase.connecting
  var stream: (any ProviderStream)?
  var task: Task<Void, Never>?
  /// When stop was asked for.
  var stopAsked: Instant?
  /// The change whose writing is waited for before anything is sent.
  var ticket: Int?
  /// Text bytes of the request, for an estimate where the provider gives no count.
  var requestBytes = 0
  /// Tokens that the model holds, as far as is known.
  var contextLength: Int?
  var policy = RetryPolicy()
  /// The answer that broke off and is gone on with, and how.
  let continues: Continued?
  var marks: JournalMarks
  /// Whether the journal is behind.
  var isDirty = false
  /// What a reader said of it before it had ended (`RunRecord.isBest`).
  var isBest: Bool?
  private(set) var assembler: MessageAssembler
  private(set) var recorder: MetricsRecorder
  private var grammar: StreamGrammar
  private var chunks: [StreamChunk] = []

  init(
    id: RunID, call: CallID, conversation: ConversationID, answer: Message, profile: Profile,
    continues: Continued? = nil,
    begun: Timestamp, started: Instant, observer: RunObserver?
  ) {
    self.id = id
    self.conversation = conversation
    model = profile.model
    isStreaming = profile.isStreaming
    profileName = profile.name.isEmpty ? nil : profile.name
    self.begun = begun
    self.observer = observer
    self.continues = continues
    // What it begins with is stored with the message itself.
    marks = JournalMarks().growth(of: answer).marks
    assembler = MessageAssembler(message: answer)
    recorder = MetricsRecorder(started: started)
    grammar = StreamGrammar(call: call)
  }

  var isStopping: Bool { stopAsked != nil }

  /// The request begins now, for the first time.
  mutating func start(at time: Instant) { recorder = MetricsRecorder(started: time) }

  /// The request is to be repeated after a wait.
  mutating func grantRetry() { recorder.grantRetry() }

  /// The request begins again under a new name.
  mutating func restart(as call: CallID, at time: Instant) {
    grammar = StreamGrammar(call: call)
    recorder.restart(at: time)
    phase = .connecting
  }

  /// Takes what arrived together. The ending is not applied but given back: whether it ends the answer or the request is
  /// repeated is not decided here.
  mutating func ingest(_ events: [ReceivedEvent], into changes: inout [TranscriptChange]) -> StreamChunk? {
    chunks.removeAll(keepingCapacity: true)
    for event in events { grammar.accept(event, into: &chunks) }
    return applyChunks(into: &changes)
  }

  /// Closes the stream from this side; the ending is given back, `nil` if there was one already.
  mutating func end(because failure: StreamFailure, at time: Instant, into changes: inout [TranscriptChange])
    -> StreamChunk?
  {
    chunks.removeAll(keepingCapacity: true)
    grammar.end(because: failure, at: time, into: &chunks)
    return applyChunks(into: &changes)
  }

  /// Applies the ending.
  mutating func finish(with ending: StreamChunk, into changes: inout [TranscriptChange]) {
    recorder.record(ending)
    assembler.apply(ending, into: &changes)
    observer?(.chunk(ending))
    phase = .ended
  }

  private mutating func applyChunks(into changes: inout [TranscriptChange]) -> StreamChunk? {
    for chunk in chunks {
      if chunk.isFinal { return chunk }
      recorder.record(chunk)
      assembler.apply(chunk, into: &changes)
      observer?(.chunk(chunk))
      if !isStopping { updatePhase(after: chunk) }
      isDirty = true
    }
    return nil
  }

  private mutating func updatePhase(after chunk: borrowing StreamChunk) {
    if case .resuming(let attempt, let total, let until, let why) = chunk.event {
      phase = .retrying(attempt: attempt, of: total, until: until, because: why)
      return
    }
    switch chunk.status {
    case .opening:
      if phase == .connecting { phase = .waiting }
    case .thinking: phase = .thinking
    case .writing: phase = .writing
    case .callingTool:
      if case .toolCallBegin(_, let name) = chunk.event { phase = .callingTool(name) }
    case .finished, .stopped, .failed: break
    }
  }

  /// The state that is published.
  func snapshot(at time: Instant) -> RunSnapshot {
    var snapshot = RunSnapshot(
      id: id, conversation: conversation, message: assembler.message.id, model: model, phase: phase,
      started: recorder.started, lastChunk: recorder.lastChunk, metrics: recorder.metrics(at: time),
      window: recorder.window)
    snapshot.contextLength = contextLength
    return snapshot
  }
}
