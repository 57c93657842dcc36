// Asking and answering: from a prompt to the answer's end.

package import Conversations
import Diagnostics
import Streaming

/// What became of a prompt.
package enum SendOutcome: Equatable, Sendable {
  case started(RunID)
  /// It waits for the answer in progress; the number of prompts that wait.
  case queued(Int)
}

extension SessionStore {
  /// The most that may wait to be saved, in bytes; then new prompts are refused (`robustness`, section 1).
  private static let maximumUnsavedBytes = 64 << 20

  /// Asks. While the conversation is answering, the prompt is queued.
  ///
  /// Prompt and empty answer are told of at once; the request leaves only when the prompt is on the disk, or is known
  /// not to get there.
  /// - Parameters:
  ///   - profile: holds for this answer instead of the conversation's; not for a queued prompt.
  ///   - observer: hears everything of this run in order; not of a queued prompt.
  @discardableResult
  package func send(
    _ prompt: Prompt, in id: ConversationID, with profile: Profile? = nil, observer: RunObserver? = nil
  ) async throws(SessionError) -> SendOutcome {
    try await load(id)
    try check(prompt)
    if conversations[id]?.isAnswering == true { return .queued(enqueue(prompt, in: id)) }
    return .started(ask(prompt, in: id, with: profile, observer: observer))
  }

  /// Stops an answer; what has come is kept. Does nothing if it has ended.
  package func stop(_ id: RunID) {
    guard let run = runs[id], !run.isStopping else { return }
    let now = time.now()
    let isWaiting = if case .retrying = run.phase { true } else { false }
    runs[id]?.stopAsked = now
    runs[id]?.phase = .stopping
    publishRun(id)
    run.stream?.cancel()
    // A wait between attempts ends with its task. At other times the task is left alone: it has things to finish.
    if isWaiting { run.task?.cancel() }
    endWaiting(of: run)
    agenda.stop = agenda.stop ?? now + Agenda.stopDelay
    schedule()
  }

  func check(_ prompt: Prompt) throws(SessionError) {
    guard !isClosed else { throw .closed }
    guard !prompt.attachments.isEmpty || prompt.text.contains(where: { !$0.isWhitespace }) else { throw .nothingToSend }
    guard writes.byteCount < Self.maximumUnsavedBytes else { throw .tooMuchUnsaved }
  }

  /// Appends a prompt and begins its answer.
  func ask(
    _ prompt: Prompt, in id: ConversationID, with profile: Profile? = nil, observer: RunObserver? = nil
  ) -> RunID {
    let message = Message(
      id: .make(at: time.wall(), using: &random), parent: conversations[id]?.record.leaf, role: .user,
      created: time.wall(), parts: prompt.parts)
    return begin(prompt: message, parent: message.id, in: id, with: profile, observer: observer)
  }

  // MARK: Driving

  /// Sees one answer through: waits for the disk, asks, takes what comes, repeats where that is allowed, ends.
  func drive(_ id: RunID, profile: Profile, after ticket: Int?) async {
    if let ticket { await written(ticket, for: id) }
    runs[id]?.ticket = nil
    guard let run = runs[id] else { return }
    guard !run.isStopping else { return end(id, because: .cancelled) }
    let client: any ProviderClient
    let fitting: [Message]
    do throws(Explanation) {
      client = try providers.client(for: profile.model.provider)
      // An agent remembers by itself; it is sent what is new.
      let tokens = client.isRepeatable ? client.contextLength(of: profile.model.model) : nil
      let (messages, unread) = try await context(of: run, holding: tokens)
      fitting = tokens.map { shortened(messages, after: unread, for: run, profile, to: $0) } ?? messages
    } catch {
      return end(id, because: .provider(ProviderError(explanation: error)))
    }
    var request = ChatRequest(profile: profile, messages: fitting, conversation: run.conversation)
    request.answer = run.assembler.message.id
    switch run.continues?.way {
    case .prefill?: request.messages += run.continues.map { [$0.partial] } ?? []
    case .resume?: request.resumes = run.continues?.partial
    case .newTurn?, nil: break
    }
    runs[id]?.contextLength = client.contextLength(of: profile.model.model)
    runs[id]?.requestBytes = ContextBuilder.byteCount(of: fitting) + profile.system.utf8.count
    runs[id]?.policy = RetryPolicy(
      retries: providers.retries(for: profile.model.provider), isRepeatable: client.isRepeatable)
    await client.prepare()
    runs[id]?.start(at: time.now())
    while runs[id] != nil {
      guard let ending = await take(client.stream(request), for: id) else { return }
      guard await shouldRepeat(id, after: ending) else { return finish(id, with: ending) }
    }
  }

  /// What of a path the model holds. What is left out is said: the model will answer as if it had not been there.
  private func shortened(
    _ messages: [Message], after unread: Int, for run: Run, _ profile: Profile, to tokens: Int
  ) -> [Message] {
    // Room for the answer where nobody has said how long it may be, but not for nothing else.
    let answer = profile.maximumTokens ?? min(4_096, tokens / 4)
    let reserved = answer + (profile.system.utf8.count + profile.extraJSON.utf8.count) / 3
    let (kept, dropped) = ContextBuilder.fitting(messages, within: tokens, reserved: reserved)
    let left = dropped + unread
    guard left > 0 else { return messages }
    let explanation = Explanation(
      kind: .tooLarge, summary: left == 1 ? "1 earlier message is not sent" : "\(left) earlier messages are not sent",
      detail: "\(profile.model.label) holds \(tokens) tokens; /new begins afresh",
      recovery: .shortenPrompt(byTokens: nil))
    publish(notice: explanation)
    run.observer?(.shortened(explanation))
    return Array(kept)
  }

  /// Takes a stream to its ending, which is given back; `nil` if the run was ended from elsewhere.
  private func take(_ stream: any ProviderStream, for id: RunID) async -> StreamChunk? {
    guard runs[id]?.isStopping == false else { return close(id, because: .cancelled) }
    runs[id]?.stream = stream
    publishRun(id)
    while let events = await stream.next() {
      guard runs[id] != nil else {
        stream.cancel()
        return nil
      }
      if let ending = ingest(events, for: id) { return ending }
      if runs[id]?.assembler.isFull == true {
        stream.cancel()
        return close(
          id,
          because: .malformed(
            Explanation(
              kind: .malformed, summary: "The answer is longer than 64 MiB", detail: "the rest was not read",
              recovery: .resume)))
      }
    }
    // A stream that just stops has no ending of its own; the grammar gives it one.
    let isStopping = runs[id]?.isStopping == true
    return close(
      id,
      because: isStopping
        ? .cancelled
        : .truncated(
          Explanation(
            kind: .truncated, summary: "The answer broke off", detail: "the stream ended without an ending",
            recovery: .resume)))
  }

  /// Folds what arrived together and tells of it once.
  private func ingest(_ events: [ReceivedEvent], for id: RunID) -> StreamChunk? {
    guard let conversation = runs[id]?.conversation else { return nil }
    var changes: [TranscriptChange] = []
    let ending = runs[id]?.ingest(events, into: &changes)
    noteGrowth()
    var update = SessionUpdate()
    if !changes.isEmpty { update.changes[conversation] = changes }
    // With an ending, the run's last state is told of when it is known what the ending means.
    if ending == nil { update.runs[id] = runs[id]?.snapshot(at: time.now()) }
    publish(update)
    return ending ?? nil
  }

  private func close(_ id: RunID, because failure: StreamFailure) -> StreamChunk? {
    var changes: [TranscriptChange] = []
    return runs[id]?.end(because: failure, at: time.now(), into: &changes) ?? nil
  }

  /// Whether the request is to be sent again; waits until it is time. Never after anything of an answer has come.
  private func shouldRepeat(_ id: RunID, after ending: StreamChunk) async -> Bool {
    guard let run = runs[id], !run.isStopping, !run.assembler.hasGrown, case .error(let failure) = ending.event,
      let delay = runs[id]?.policy.delay(
        after: failure, wasSent: run.recorder.network?.requestSent != nil, using: &random)
    else { return false }
    let attempt = (runs[id]?.policy.attempts ?? 0) + 1
    let limit = run.policy.retries + 1
    let until = time.now() + delay
    runs[id]?.stream = nil
    runs[id]?.grantRetry()
    runs[id]?.phase = .retrying(attempt: attempt, of: limit, until: until, because: failure.explanation)
    publishRun(id)
    run.observer?(.retrying(attempt: attempt, of: limit, delay: delay, because: failure.explanation))
    try? await time.sleep(until: until)
    guard runs[id]?.isStopping == false else {
      // The user stopped the waiting, not the failed request: what ended the answer is the stop.
      if runs[id] != nil { end(id, because: .cancelled, afterFailed: ending) }
      return false
    }
    runs[id]?.restart(as: .make(at: time.wall(), using: &random), at: time.now())
    return true
  }

  /// The messages of a run's request: the path up to its answer, read from the archive where it is not in memory.
  /// - Parameter tokens: what the model holds; of a longer path, not much more than that is read.
  /// - Returns: the messages, and how many before them were not read.
  private func context(
    of run: Run, holding tokens: Int?
  ) async throws(Explanation) -> (messages: [Message], unread: Int) {
    // An answer that is not on the path follows its prompt, which is.
    guard let conversation = conversations[run.conversation],
      let place = conversation.index(of: run.assembler.message.id)
        ?? run.assembler.message.parent.flatMap({ conversation.index(of: $0) }).map({ $0 + 1 })
    else { return ([], 0) }
    var pieces = [Array(conversation.messages[..<place])]
    var unread = conversation.earlierCount
    var room = (tokens ?? .max) - Self.tokenCount(of: pieces[0])
    while unread > 0, room >= 0, let first = pieces.last?.first ?? conversation.messages.first {
      do throws(ArchiveFailure) {
        let earlier = try await archive.window(
          of: run.conversation, endingWith: nil, .before(first.id, tokens == nil ? unread : Self.windowLimit),
          maximumBytes: tokens == nil ? .max : Self.windowBytes)
        guard let earlier, !earlier.messages.isEmpty else { break }
        pieces.append(earlier.messages)
        unread = earlier.earlierCount
        room -= Self.tokenCount(of: earlier.messages)
      } catch {
        // A shorter request would be answered without what it is about.
        throw error.explanation
      }
    }
    return (ContextBuilder.messages(of: pieces.reversed().joined()), unread)
  }

  private static func tokenCount(of path: [Message]) -> Int {
    ContextBuilder.messages(of: path).reduce(0) { $0 + ContextBuilder.tokenCount(of: $1) }
  }

  // MARK: Ending

  /// Ends a run that no stream has ended.
  func end(_ id: RunID, because failure: StreamFailure, afterFailed: StreamChunk? = nil) {
    if let afterFailed {
      let chunk = StreamChunk(
        id: afterFailed.id, event: .error(failure), received: time.now(), bytes: 0, status: .stopped)
      return finish(id, with: chunk)
    }
    if let ending = close(id, because: failure) { finish(id, with: ending) }
  }

  /// Ends a run at once, whatever it is doing; what has come is kept.
  /// - Parameter isForGoingOn: whether the conversation is to go on without it, rather than wait for the user.
  func finishNow(_ id: RunID, isForGoingOn: Bool = false) {
    guard let run = runs[id] else { return }
    run.stream?.cancel()
    run.task?.cancel()
    endWaiting(of: run)
    runs[id]?.stopAsked = time.now()
    if let ending = close(id, because: .cancelled) {
      finish(id, with: ending, isForGoingOn: isForGoingOn)
    } else {
      // Between two attempts the grammar has its ending already.
      let call = CallID.make(at: time.wall(), using: &random)
      finish(
        id,
        with: StreamChunk(
          id: ChunkID(call: call, sequence: 0), event: .error(.cancelled), received: time.now(), bytes: 0,
          status: .stopped), isForGoingOn: isForGoingOn)
    }
  }

  /// The answer is over: its final form is told of, written, and the next prompt may go.
  private func finish(_ id: RunID, with ending: StreamChunk, isForGoingOn: Bool = false) {
    guard var run = runs.removeValue(forKey: id) else { return }
    var ending = ending
    // Breaking a connection off looks like many failures; the user who asked for it knows better.
    if run.isStopping, case .error = ending.event {
      ending = StreamChunk(
        id: ending.id, event: .error(.cancelled), received: ending.received, bytes: ending.bytes, status: .stopped)
    }
    if let continues = run.continues, continues.way == .resume, !run.assembler.hasGrown,
      case .error(.provider(let error)) = ending.event, error.status == 404 || error.status == 410
    {
      // It keeps answers for a while only.
      lostAnswers.formUnion([continues.partial.id, run.assembler.message.id])
    }
    var changes: [TranscriptChange] = []
    run.finish(with: ending, into: &changes)
    var message = run.assembler.message
    message.usage = message.usage ?? estimate(for: run)
    let conversation = run.conversation
    let now = time.now()
    var snapshot = run.snapshot(at: now)
    snapshot.metrics.usage = message.usage
    snapshot.metrics.cost = message.usage.flatMap { usage in providers.price(of: run.model)?.cost(of: usage) }
    let metrics = snapshot.metrics
    changes.append(.ended(message.id, status: message.status, usage: message.usage, metrics: metrics))

    conversations[conversation]?.runs.removeAll { $0 == id }
    conversations[conversation]?.race?.end(message, metrics)
    if let index = conversations[conversation]?.index(of: message.id) {
      // A race that was decided meanwhile has counted its variants anew.
      message.variant = conversations[conversation]?.messages[index].variant ?? message.variant
      conversations[conversation]?.replace(message)
      conversations[conversation]?.metrics[message.id] = metrics
      conversations[conversation]?.record.summary.hasError = message.status.isError
    }
    conversations[conversation]?.record.summary.updated = time.wall()
    let record = RunRecord(
      id: run.id, message: message.id, model: run.model, isStreaming: run.isStreaming, started: run.begun,
      metricsJSON: MetricsJSON.object(metrics), timeline: run.recorder.timeline.bytes, profile: run.profileName,
      isBest: run.isBest)
    enqueue(.finish(message, record), to: conversation)
    if conversation != focus, conversations[conversation]?.record.summary.isUnread == false {
      var patch = ConversationPatch()
      patch.isUnread = true
      apply(patch, to: conversation)
    }

    var update = SessionUpdate()
    update.changes[conversation] = changes
    update.runs[id] = snapshot
    update.notices = Self.notices(for: message)
    addSummary(of: conversation, to: &update)
    publish(update)
    run.observer?(.ended(message, metrics))
    guard conversations[conversation]?.isAnswering != true else { return }
    // After a race the queue goes on from the answer that is on the path, unless the user stopped what was left of it.
    let isStopped = run.isStopping && !isForGoingOn
    let onPath = conversations[conversation]?.messages.last?.status ?? message.status
    sendNext(in: conversation, after: isStopped ? .stopped : onPath)
    refreshIfStale(conversation)
  }

  /// Counts where the provider gave none: four bytes of text to a token, which is near for English and says so.
  private func estimate(for run: Run) -> TokenUsage? {
    let bytes = ContextBuilder.byteCount(of: [run.assembler.message])
    guard bytes > 0 else { return nil }
    return TokenUsage(input: (run.requestBytes + 3) / 4, output: (bytes + 3) / 4, isEstimated: true)
  }

  /// What has to be said of an answer that ended properly and still is none (P20).
  private static func notices(for message: Message) -> [Explanation] {
    guard case .complete = message.status, !message.parts.isEmpty,
      message.parts.allSatisfy({ if case .thinking = $0 { true } else { false } })
    else { return [] }
    return [
      Explanation(
        kind: .provider, summary: "Only thinking arrived, no answer", recovery: .retry(afterMilliseconds: nil))
    ]
  }

  private func publishRun(_ id: RunID) {
    guard let run = runs[id] else { return }
    var update = SessionUpdate()
    update.runs[id] = run.snapshot(at: time.now())
    publish(update)
  }
}

extension MessageStatus {
  /// Whether an answer with it is marked in the list.
  var isError: Bool {
    switch self {
    case .failed, .incomplete: true
    case .complete, .streaming, .stopped, .interrupted: false
    }
  }
}

extension Prompt {
  /// The parts of the message that a prompt becomes: files first, as services want them, then the text.
  var parts: [Part] {
    attachments.map { .attachment($0) } + (text.isEmpty ? [] : [.text(text)])
  }
}
