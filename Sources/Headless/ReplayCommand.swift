// `riffle replay`: a stored answer, or a recording, written to standard output as it came.

package import Conversations
import Diagnostics
package import Sessions
package import Streaming

/// How fast it is written.
package enum ReplayPace: Equatable, Sendable {
  /// So many times as fast as it was.
  case factor(Double)
  /// Without waiting.
  case maximum
}

/// Runs `replay`.
package struct ReplayCommand: Sendable {
  /// What is played.
  package enum Source: Sendable {
    /// An answer of the conversation whose ID begins so, counted from the last, which is 1.
    case stored(prefix: String, answer: Int)
    /// A recorded response, decoded: its events come without waiting, with their recorded times after `start`.
    case recorded(any ProviderStream, model: ModelReference, isStreaming: Bool, start: Instant)
  }

  private let source: Source
  private let pace: ReplayPace
  private let isJSON: Bool
  private let showsThinking: Bool
  private let output: Output
  private let time: any TimeSource

  /// A command; nothing is read yet.
  package init(
    _ source: Source, pace: ReplayPace, isJSON: Bool, showsThinking: Bool, output: Output,
    time: any TimeSource = SystemTime()
  ) {
    self.source = source
    self.pace = pace
    self.isJSON = isJSON
    self.showsThinking = showsThinking
    self.output = output
    self.time = time
  }

  /// Plays it and returns the exit status: that of `ask` for an answer that ended so, but that an answer which was stopped
  /// is whole as far as it goes.
  ///
  /// Cancelling the task ends it at once.
  package func run(on store: SessionStore) async -> Int32 {
    do {
      switch source {
      case .stored(let prefix, let number): return try await play(number, of: try await store.find(prefix), in: store)
      case .recorded(let stream, let model, let isStreaming, let start):
        return await play(stream, by: model, isStreaming, from: start)
      }
    } catch is CancellationError {
      return ExitStatus.interrupted
    } catch let error as any Explainable {
      output.complain(error.explanation.sentence)
    } catch {
      output.complain("\(error)")
    }
    return ExitStatus.failed
  }

  // MARK: Stored answers

  private func play(_ number: Int, of id: ConversationID, in store: SessionStore) async throws -> Int32 {
    guard let answer = try await store.answer(.last(number), of: id) else {
      throw Explanation(
        kind: .notFound,
        summary: number == 1 ? "There is no answer in \(id)" : "There are not so many answers in \(id)",
        detail: "riffle show \(id) shows what there is")
    }
    guard !answer.message.status.isStreaming else {
      throw Explanation(
        kind: .notFound, summary: "The answer still streams", detail: "it can be played when it has ended")
    }
    guard let plan = answer.plan else {
      throw Explanation(
        kind: .notFound, summary: "This answer has no timeline",
        detail: "nothing came, riffle ended while it streamed, or it was not asked for by riffle")
    }
    if let words = Self.words(of: plan.fit) { output.complain(words) }
    var writer = makeWriter()
    let message = answer.message
    writer.time = .zero
    writer.write(
      .started(
        conversation: id, message: message.id, model: message.origin ?? ModelReference(provider: "", model: ""),
        isStreaming: answer.run?.isStreaming ?? true))
    var script = ReplayScript(message.parts, plan: plan)
    var grammar = StreamGrammar(call: CallID(high: message.id.high, low: message.id.low))
    let began = time.now()
    while let step = script.next() {
      try await wait(until: step.time, from: began)
      writer.time = step.time
      var chunks: [StreamChunk] = []
      for event in step.events { grammar.accept(ReceivedEvent(event, received: began), into: &chunks) }
      for chunk in chunks { writer.write(.chunk(chunk)) }
      if output.isClosed { return ExitStatus.brokenPipe }
    }
    let metrics = answer.run.flatMap { MetricsJSON.metrics(from: $0.metricsJSON) } ?? StreamMetrics()
    writer.write(.ended(message, metrics))
    return status(of: message)
  }

  private static func words(of fit: ReplayPlan.Fit) -> String? {
    switch fit {
    case .exact: nil
    case .cut(let kept, let all):
      "the timeline ends after \(kept)\(all.map { " of \($0)" } ?? "") chunks; the rest comes with the last one"
    case .continued(let characters):
      "the answer was continued: \(characters) characters came before and are there from the start"
    case .shortened(let characters): "\(characters) characters of the timeline were not kept"
    }
  }

  // MARK: Recordings

  private func play(
    _ stream: any ProviderStream, by model: ModelReference, _ isStreaming: Bool, from start: Instant
  ) async -> Int32 {
    var generator = SystemRandomNumberGenerator()
    let id = MessageID.make(at: time.wall(), using: &generator)
    var assembler = MessageAssembler(
      message: Message(
        id: id, parent: nil, role: .assistant, created: time.wall(), origin: model, status: .streaming))
    var recorder = MetricsRecorder(started: start)
    var grammar = StreamGrammar(call: CallID(high: id.high, low: id.low))
    var changes: [TranscriptChange] = []
    var writer = makeWriter()
    writer.time = .zero
    writer.begin(model, isStreaming: isStreaming)
    let began = time.now()
    while let events = await stream.next() {
      var chunks: [StreamChunk] = []
      for event in events { grammar.accept(event, into: &chunks) }
      for chunk in chunks {
        let recorded = chunk.received - start
        do {
          try await wait(until: recorded, from: began)
        } catch {
          stream.cancel()
          return ExitStatus.interrupted
        }
        writer.time = recorded
        recorder.record(chunk)
        changes.removeAll(keepingCapacity: true)
        assembler.apply(chunk, into: &changes)
        writer.write(.chunk(chunk))
      }
      if output.isClosed { return ExitStatus.brokenPipe }
    }
    let message = assembler.message
    writer.write(.ended(message, recorder.metrics(at: start)))
    return status(of: message)
  }

  // MARK: Both

  private func makeWriter() -> AskWriter {
    var writer = AskWriter(isJSON: isJSON, output: output)
    writer.showsThinking = showsThinking
    return writer
  }

  private func status(of message: Message) -> Int32 {
    if output.isClosed { return ExitStatus.brokenPipe }
    return message.status == .stopped ? ExitStatus.done : ExitStatus.status(of: message)
  }

  /// Each wait is counted from the beginning: what one is late does not make the next one late.
  private func wait(until moment: Duration, from began: Instant) async throws {
    try Task.checkCancellation()
    guard case .factor(let factor) = pace else { return }
    let due = began + moment / factor
    if due > time.now() { try await time.sleep(until: due) }
  }
}
