// One request for the sake of its figures: streamed through the same grammar and measured by the same recorder as every
// answer, but kept nowhere and never repeated.

package import Conversations
package import Diagnostics
package import Streaming

/// Something to ask for the sake of the figures.
package struct Trial: Sendable {
  /// Whom to ask, and whether the answer is to stream.
  package var profile: Profile
  package var prompt: Prompt

  /// Longer answers are stopped, as those of conversations are.
  private static let maximumBytes = MessageAssembler.maximumBytes

  /// A prompt for a profile.
  package init(profile: Profile, prompt: Prompt) {
    self.profile = profile
    self.prompt = prompt
  }

  /// Asks once, in a conversation of its own, and waits for the end.
  ///
  /// Cancelling the task closes the connection; the result then is a failure of the kind `cancelled`.
  package func run(on client: any ProviderClient, time: any TimeSource = SystemTime()) async -> TrialResult {
    var random = Randomness(seed: nil)
    let wall = time.wall()
    let message = Message(
      id: .make(at: wall, using: &random), parent: nil, role: .user, created: wall, parts: prompt.parts)
    // A new name each time: an agent that remembers would else answer the repetition, and not the prompt.
    let request = ChatRequest(
      profile: profile, messages: [message], conversation: .random(using: &random))
    await client.prepare()
    let stream = client.stream(request)
    return await withTaskCancellationHandler {
      await measure(stream, call: .make(at: wall, using: &random), time)
    } onCancel: {
      stream.cancel()
    }
  }

  private func measure(_ stream: any ProviderStream, call: CallID, _ time: any TimeSource) async -> TrialResult {
    var grammar = StreamGrammar(call: call)
    var recorder = MetricsRecorder(started: time.now())
    var tally = TrialTally()
    var chunks: [StreamChunk] = []
    while !tally.isEnded, let events = await stream.next() {
      for event in events { grammar.accept(event, into: &chunks) }
      if let failure = tally.take(chunks), !grammar.isEnded {
        stream.cancel()
        grammar.end(because: failure, at: time.now(), into: &chunks)
        tally.end(because: failure)
      } else if tally.bytes > Self.maximumBytes, !grammar.isEnded {
        let failure = StreamFailure.malformed(
          Explanation(kind: .malformed, summary: "The answer is longer than 64 MiB", detail: "the rest was not read"))
        stream.cancel()
        grammar.end(because: failure, at: time.now(), into: &chunks)
        tally.end(because: failure)
      }
      for chunk in chunks { recorder.record(chunk) }
      chunks.removeAll(keepingCapacity: true)
    }
    if !tally.isEnded {
      // A stream that just stops has no ending of its own.
      let failure = StreamFailure.truncated(
        Explanation(kind: .truncated, summary: "The answer broke off", detail: "the stream ended without an ending"))
      grammar.end(because: failure, at: time.now(), into: &chunks)
      for chunk in chunks { recorder.record(chunk) }
      tally.end(because: failure)
    }
    return TrialResult(
      isStreaming: profile.isStreaming, tally: tally, metrics: recorder.metrics(at: time.now()),
      timeline: recorder.timeline.bytes)
  }
}

/// What a trial counts besides the figures of every answer.
struct TrialTally: Sendable {
  /// Characters of the answer's own text.
  private(set) var textCharacters = 0
  /// UTF-8 bytes of all that was said, thinking and tools included.
  private(set) var bytes = 0
  private(set) var ending: TrialResult.Ending?
  private var firstContent: Instant?
  /// Whether content came at more than one time.
  private(set) var cameInPieces = false

  var isEnded: Bool { ending != nil }

  /// Counts chunks.
  /// - Returns: why the trial is over though the stream is not.
  mutating func take(_ chunks: [StreamChunk]) -> StreamFailure? {
    for chunk in chunks {
      switch chunk.event {
      case .textDelta(let text):
        textCharacters += text.unicodeScalars.count
        count(text, of: chunk)
      case .thinkingDelta(let text), .toolCallArguments(_, let text): count(text, of: chunk)
      case .toolResult(let result): count(result.content, of: chunk)
      case .toolCallBegin: count("", of: chunk)
      // The service goes on by itself with an answer whose connection broke: the figures would be those of the break.
      case .resuming(_, _, _, let why): return .truncated(why)
      case .finish(let reason): ending = .finished(reason)
      case .error(let failure): ending = .failed(failure)
      case .start, .thinkingSignature, .toolCallEnd, .opaque, .usage, .network: break
      }
    }
    return nil
  }

  mutating func end(because failure: StreamFailure) { ending = .failed(failure) }

  private mutating func count(_ text: String, of chunk: StreamChunk) {
    bytes += text.utf8.count
    if let firstContent, firstContent != chunk.received { cameInPieces = true }
    if firstContent == nil { firstContent = chunk.received }
  }
}

/// What came of a trial.
package struct TrialResult: Equatable, Sendable {
  /// How the answer ended.
  package enum Ending: Equatable, Sendable {
    case finished(FinishReason)
    case failed(StreamFailure)
  }

  /// Whether the answer was to stream.
  package let isStreaming: Bool
  package let ending: Ending
  package let metrics: StreamMetrics
  /// Characters of the answer's own text: thinking and tools apart.
  package let textCharacters: Int
  /// The chunks' times and sizes, as `Timeline` writes them.
  package let timeline: [UInt8]
  /// UTF-8 bytes of all that was said, for an estimate where the provider counts no tokens.
  package let bytes: Int
  /// Whether content came at more than one time.
  private let cameInPieces: Bool

  init(isStreaming: Bool, tally: TrialTally, metrics: StreamMetrics, timeline: [UInt8]) {
    self.isStreaming = isStreaming
    self.metrics = metrics
    self.timeline = timeline
    ending = tally.ending ?? .failed(.cancelled)
    textCharacters = tally.textCharacters
    bytes = tally.bytes
    cameInPieces = tally.cameInPieces
  }

  /// Why the figures are not those of an answer; `nil` if they are.
  ///
  /// An answer that was cut at its token limit or by a filter is one: what is measured is the service, not the text.
  package var fault: Explanation? {
    switch ending {
    case .failed(let failure): failure.explanation
    case .finished(let reason) where textCharacters == 0:
      Explanation(
        kind: .provider, summary: "No text came",
        detail: reason == .stop ? "" : "the answer ended with \(reason.name)")
    case .finished: nil
    }
  }

  /// Why this is not the mode that was asked for; `nil` if it is, as far as can be seen.
  ///
  /// A stream whose pieces came all at once is a stream: that is what a person sees of it, and what is to be measured.
  package var modeFault: Explanation? {
    if isStreaming, metrics.network?.isWhole == true {
      return Explanation(kind: .provider, summary: "The service answered in one piece, though a stream was asked for")
    }
    if !isStreaming, cameInPieces {
      return Explanation(kind: .provider, summary: "The service streamed, though the whole answer was asked for")
    }
    return nil
  }

  /// Tokens of the answer as the provider counted them, else an estimate of four bytes to a token that says so.
  package var outputTokens: (count: Int, isEstimated: Bool)? {
    if let output = metrics.usage?.output { return (output, metrics.usage?.isEstimated ?? false) }
    return bytes > 0 ? ((bytes + 3) / 4, true) : nil
  }
}
