// One request in flight, from the credential to the last event. The consumer's position is a value that `next` takes
// out, moves on and puts back; only what `cancel` needs is shared.

import Diagnostics
import Framing
import Platform
import Streaming
import Transport

/// The stream of one request of a `DialectClient`.
final class DialectStream<Dialect: WireDialect>: ProviderStream {
  /// How far the request is.
  private enum Position {
    case unsent
    case waiting(Attempt)
    case decoding(Attempt, EventDecoding<Dialect>)
    /// The stream broke in the middle, and the rest is asked for at a time.
    case broken(Break, EventDecoding<Dialect>)
    /// The rest was asked for.
    case resuming(Attempt, Break, EventDecoding<Dialect>)
    /// A success that comes in one piece.
    case whole(Attempt, EventDecoding<Dialect>, [UInt8])
    /// Anything but a success; its body says why.
    case refused(Attempt, HTTPResponseHead, [UInt8], DrainLimit)
    /// A page for people where an answer was expected.
    case page(Attempt, HTTPResponseHead, [UInt8], DrainLimit)
    /// Delivered, or being delivered by another call of `next`.
    case ended
  }

  /// One request that was sent.
  private struct Attempt {
    var transfer: ByteStream
    var started: Instant
    var outgoing: DialectClient<Dialect>.Outgoing
  }

  /// A stream that broke, and how it goes on.
  private struct Break {
    /// What the stream ends with if it does not go on; `nil` for an end that came too early.
    var failure: StreamFailure?
    var request: DialectRequest
    var resumeTime: Instant
  }

  /// What `cancel` needs.
  private struct Control {
    var isCancelled = false
    var transfer: ByteStream?
    /// Gives up waiting for the credential or the signature.
    var interrupt: (@Sendable () -> Void)?
    /// The signer was asked about a refusal; it is asked once.
    var hasAskedSigner = false
  }

  private let client: DialectClient<Dialect>
  private let request: ChatRequest
  private let position = Locked(Position.unsent)
  private let control = Locked(Control())

  /// Robustness, section 1.
  private static var refusalLimit: Int { 64 << 10 }
  /// Robustness, section 1: the text of one answer, and as much again for what surrounds it.
  private static var wholeLimit: Int { 128 << 20 }
  /// How long the rest of a refusal may take: its status is known, the words only explain it.
  private static var refusalTime: Duration { .seconds(5) }

  init(_ client: DialectClient<Dialect>, _ request: ChatRequest) {
    self.client = client
    self.request = request
  }

  func cancel() {
    let (transfer, interrupt) = control.withLock { control in
      control.isCancelled = true
      return (control.transfer, control.interrupt)
    }
    interrupt?()
    transfer?.cancel()
    pause.withLock { $0 }?.resolve(())
  }

  func next() async -> [ReceivedEvent]? {
    var current = position.withLock { position in
      let taken = position
      position = .ended
      return taken
    }
    var output: [ReceivedEvent]?
    repeat {
      (current, output) = await step(from: current)
      if case .ended = current { break }
    } while output?.isEmpty ?? true
    position.withLock { $0 = current }
    return output
  }

  private var isCancelled: Bool { control.withLock { $0.isCancelled } }

  private func step(from position: consuming Position) async -> (Position, [ReceivedEvent]?) {
    switch position {
    case .ended:
      return (.ended, nil)
    case .unsent:
      return await send()
    case .waiting(let attempt):
      return await readHead(of: attempt)
    case .decoding(let attempt, let decoding):
      return await read(attempt, decoding)
    case .broken(let broken, let decoding):
      return await askForRest(broken, decoding)
    case .resuming(let attempt, let broken, let decoding):
      return await readRestHead(of: attempt, broken, decoding)
    case .whole(let attempt, let decoding, let body):
      return await readWhole(attempt, decoding, body)
    case .refused(let attempt, let head, let body, let limit):
      guard let body = await rest(of: attempt, after: body, limit: limit) else { return end(.cancelled) }
      return refuse(attempt, head, body)
    case .page(let attempt, let head, let body, let limit):
      guard let body = await rest(of: attempt, after: body, limit: limit) else { return end(.cancelled) }
      return end(.malformed(pageExplanation(head, body)))
    }
  }

  /// The stream ends here with a failure.
  private func end(_ failure: StreamFailure) -> (Position, [ReceivedEvent]?) {
    control.withLock { $0.transfer = nil }
    let told = client.dialect.explain(failure)
    return (.ended, [ReceivedEvent(.error(told), received: client.environment.clock.now())])
  }

  // MARK: Sending

  private func send() async -> (Position, [ReceivedEvent]?) {
    do throws(ProviderError) {
      if isCancelled { return end(.cancelled) }
      let encoded = try client.dialect.encode(
        request, to: client.endpoint, repairs: client.repairs(for: request.model))
      let (client, isStreaming, chat) = (client, request.isStreaming, request)
      let outgoing = try await unlessStopped { () async throws(ProviderError) in
        try await client.authorized(encoded, isStreaming: isStreaming, for: chat)
      }
      guard let outgoing else { return end(.cancelled) }
      let started = client.environment.clock.now()
      let transfer = client.environment.http.start(outgoing.request)
      let wasCancelled = control.withLock { control in
        control.transfer = transfer
        return control.isCancelled
      }
      if wasCancelled { transfer.cancel() }
      return (.waiting(Attempt(transfer: transfer, started: started, outgoing: outgoing)), nil)
    } catch {
      // What is wrong with a setting is not the provider's word.
      let isSetting = error.status == nil && error.explanation.kind == .setting
      return end(isSetting ? .connection(error.explanation) : .provider(error))
    }
  }

  /// What `work` gives, or nil if the stream was cancelled meanwhile: a command or a service that it asks may hang.
  private func unlessStopped<Value: Sendable>(
    _ work: @escaping @Sendable () async throws(ProviderError) -> Value
  ) async throws(ProviderError) -> Value? {
    let arrival = OneShot<Result<Value, ProviderError>?>()
    let wasCancelled = control.withLock { control in
      control.interrupt = { arrival.resolve(nil) }
      return control.isCancelled
    }
    if wasCancelled { return nil }
    let task = Task {
      do throws(ProviderError) { arrival.resolve(.success(try await work())) } catch {
        arrival.resolve(.failure(error))
      }
    }
    let result = await withTaskCancellationHandler {
      await arrival.value()
    } onCancel: {
      arrival.resolve(nil)
    }
    task.cancel()
    control.withLock { $0.interrupt = nil }
    return try result?.get()
  }

  // MARK: The head

  private func readHead(of attempt: Attempt) async -> (Position, [ReceivedEvent]?) {
    switch await attempt.transfer.next() {
    case .phase(.waiting):
      // Told at once: from here on it is the service that is waited for. The head's account has the exact time; bytes may
      // have come by now, and what is told before them must not be later.
      let sent = client.environment.clock.now() - attempt.started
      return (
        .waiting(attempt),
        [ReceivedEvent(.network(NetworkPhases(requestSent: sent)), received: attempt.started)]
      )
    case .phase: return (.waiting(attempt), nil)
    case .head(let head): return begin(attempt, head)
    // A head comes before any bytes; without one there is nothing to decode them with.
    case .bytes: return (.waiting(attempt), nil)
    case .end(.failure(let error)):
      let (position, ending) = end(error.streamFailure(of: client.name, hadContent: false))
      guard !client.isRepeatable, case .reset = error else { return (position, ending) }
      // The server had the connection and may have read the request: an agent must not be asked again because of it.
      let now = client.environment.clock.now()
      let phases = NetworkPhases(requestSent: now - attempt.started)
      return (position, [ReceivedEvent(.network(phases), received: now)] + (ending ?? []))
    case .end(.success), nil: return end(.cancelled)
    }
  }

  private func begin(_ attempt: Attempt, _ head: HTTPResponseHead) -> (Position, [ReceivedEvent]?) {
    var phases = NetworkPhases(head.timings, httpVersion: head.httpVersion)
    // The type decides, not what was asked for: services answer in one piece where they cannot stream, and the reverse.
    let isWhole =
      head.contentType == "application/json"
      || (head.contentType == nil && !request.isStreaming && !head.isWebSocket)
    if head.isSuccess { phases.isWhole = isWhole }
    let network = StreamEvent.network(phases)
    // Not the present: the first bytes of the body may have come before this task had its turn.
    let now = attempt.started + (head.timings.firstByte ?? .zero)
    guard head.isSuccess else {
      let limit = DrainLimit(attempt.transfer, after: Self.refusalTime)
      return (.refused(attempt, head, [], limit), [ReceivedEvent(network, received: now)])
    }
    if head.contentType == "text/html" {
      let limit = DrainLimit(attempt.transfer, after: Self.refusalTime)
      return (.page(attempt, head, [], limit), [ReceivedEvent(network, received: now)])
    }
    let context = ResponseContext(
      provider: client.name, model: request.model, requestID: HTTPFailure.requestID(in: head.headers),
      options: client.endpoint.options, resumes: request.resumes)
    var decoding = EventDecoding(client.dialect, context: context, received: now)
    decoding.emit(network)
    let events = decoding.take()
    return (isWhole ? .whole(attempt, decoding, []) : .decoding(attempt, decoding), events)
  }

  // MARK: The answer

  private func read(
    _ attempt: Attempt, _ decoding: consuming EventDecoding<Dialect>
  ) async -> (Position, [ReceivedEvent]?) {
    switch await attempt.transfer.next() {
    case .phase, .head: break
    case .bytes(let bytes, let received):
      decoding.push(bytes, received: received)
      if decoding.isEnded {
        // The ending is delivered at once. What is left of the response is read elsewhere, so that the connection can be
        // used again.
        finishTransfer(of: attempt)
        return (.ended, decoding.take())
      }
    case .end(.success):
      decoding.settle(received: client.environment.clock.now())
      return goOn(after: nil, decoding)
    case .end(.failure(let error)):
      return goOn(after: error.streamFailure(of: client.name, hadContent: decoding.hasContent), decoding)
    case nil:
      return end(.cancelled)
    }
    let events = decoding.take()
    return (.decoding(attempt, decoding), events)
  }

  // MARK: Going on after a break

  /// Ends the wait before the next try, where one is going on.
  private let pause = Locked<OneShot<Void>?>(nil)

  /// The transfer is over. If the answer is not, the dialect may know how to have the rest; else it ends here.
  /// - Parameter isHopeless: whether the rest was refused for good.
  private func goOn(
    after failure: StreamFailure?, isHopeless: Bool = false, _ decoding: consuming EventDecoding<Dialect>
  ) -> (Position, [ReceivedEvent]?) {
    control.withLock { $0.transfer = nil }
    let now = client.environment.clock.now()
    if !isCancelled, !isHopeless, let next = decoding.resumption(after: failure, endpoint: client.endpoint) {
      let time = now + .milliseconds(250 << next.attempt)
      decoding.emit(
        .resuming(
          attempt: next.attempt, of: EventDecoding<Dialect>.maximumResumptionsInARow, until: time, because: next.reason)
      )
      let events = decoding.take()
      return (.broken(Break(failure: failure, request: next.request, resumeTime: time), decoding), events)
    }
    if isCancelled {
      decoding.fail(.cancelled, received: now)
    } else if let failure {
      decoding.fail(failure, received: now)
    } else {
      decoding.finish(received: now)
    }
    return (.ended, decoding.take())
  }

  private func askForRest(
    _ broken: Break, _ decoding: consuming EventDecoding<Dialect>
  ) async -> (Position, [ReceivedEvent]?) {
    await wait(until: broken.resumeTime)
    if isCancelled || Task.isCancelled { return stop(decoding) }
    do throws(ProviderError) {
      let (client, request, chat) = (client, broken.request, request)
      let outgoing = try await unlessStopped { () async throws(ProviderError) in
        try await client.authorized(request, isStreaming: true, for: chat)
      }
      guard let outgoing else { return stop(decoding) }
      let started = client.environment.clock.now()
      let transfer = client.environment.http.start(outgoing.request)
      let wasCancelled = control.withLock { control in
        control.transfer = transfer
        return control.isCancelled
      }
      if wasCancelled { transfer.cancel() }
      return (.resuming(Attempt(transfer: transfer, started: started, outgoing: outgoing), broken, decoding), nil)
    } catch {
      // Without a credential there is no rest; why the stream broke is still what has to be told.
      return goOn(after: broken.failure, isHopeless: true, decoding)
    }
  }

  private func readRestHead(
    of attempt: Attempt, _ broken: Break, _ decoding: consuming EventDecoding<Dialect>
  ) async -> (Position, [ReceivedEvent]?) {
    switch await attempt.transfer.next() {
    case .phase, .bytes: return (.resuming(attempt, broken, decoding), nil)
    case .head(let head):
      if head.isSuccess, head.contentType != "text/html", head.contentType != "application/json" {
        decoding.resume(received: client.environment.clock.now())
        return (.decoding(attempt, decoding), nil)
      }
      attempt.transfer.cancel()
      // A refusal of a service that is busy or ill may be over at the next try; any other stays.
      let isPassing = head.status == 408 || head.status == 429 || head.status >= 500
      return goOn(after: broken.failure, isHopeless: !isPassing, decoding)
    case .end(.failure): return goOn(after: broken.failure, decoding)
    case .end(.success), nil: return stop(decoding)
    }
  }

  private func stop(_ decoding: consuming EventDecoding<Dialect>) -> (Position, [ReceivedEvent]?) {
    decoding.fail(.cancelled, received: client.environment.clock.now())
    return (.ended, decoding.take())
  }

  /// Returns at the time, or when the stream or its task is cancelled.
  private func wait(until time: Instant) async {
    let end = OneShot<Void>()
    // Put there before it is asked: a stop in between is then seen by one of the two.
    pause.withLock { $0 = end }
    if isCancelled { return }
    let clock = client.environment.clock
    let task = Task {
      await clock.sleep(time)
      end.resolve(())
    }
    await withTaskCancellationHandler {
      await end.value()
    } onCancel: {
      end.resolve(())
    }
    task.cancel()
    pause.withLock { $0 = nil }
  }

  private func readWhole(
    _ attempt: Attempt, _ decoding: consuming EventDecoding<Dialect>, _ body: consuming [UInt8]
  ) async -> (Position, [ReceivedEvent]?) {
    var received = client.environment.clock.now()
    while let event = await attempt.transfer.next() {
      switch event {
      case .phase, .head: break
      case .bytes(let bytes, let time):
        received = time
        guard body.count + bytes.count <= Self.wholeLimit else {
          attempt.transfer.cancel()
          return end(TransportError.tooLarge(.decompressed).streamFailure(of: client.name, hadContent: false))
        }
        body.append(contentsOf: bytes)
      case .end(.success):
        control.withLock { $0.transfer = nil }
        decoding.decodeWhole(body, received: received)
        return (.ended, decoding.take())
      case .end(.failure(let error)):
        return end(error.streamFailure(of: client.name, hadContent: false))
      }
    }
    return end(.cancelled)
  }

  /// Reads the rest of a response nobody waits for, for a moment, so that its connection is kept.
  private func finishTransfer(of attempt: Attempt) {
    control.withLock { $0.transfer = nil }
    let transfer = attempt.transfer
    // A WebSocket stays open for the next prompt, which will come over another one.
    guard !attempt.outgoing.isWebSocket else { return transfer.cancel() }
    // Owned by the limit, which ends it.
    Task {
      let limit = DrainLimit(transfer, after: .seconds(1))
      var bytes = 0
      while let event = await transfer.next() {
        if case .bytes(let piece, _) = event { bytes += piece.count }
        // A server that goes on talking after its end marker costs more than a new connection.
        if bytes > 256 << 10 { transfer.cancel() }
      }
      limit.cancel()
    }
  }

  // MARK: Refusals

  /// The body of a refusal, as much as comes in the limit; nil if the user stopped.
  private func rest(of attempt: Attempt, after start: [UInt8], limit: DrainLimit) async -> [UInt8]? {
    var body = start
    reading: while let event = await attempt.transfer.next() {
      switch event {
      case .phase, .head: break
      case .bytes(let bytes, _):
        body.append(contentsOf: bytes.prefix(Self.refusalLimit - body.count))
        if body.count >= Self.refusalLimit {
          attempt.transfer.cancel()
          break reading
        }
      case .end: break reading
      }
    }
    limit.cancel()
    control.withLock { $0.transfer = nil }
    return isCancelled || Task.isCancelled ? nil : body
  }

  private func refuse(_ attempt: Attempt, _ head: HTTPResponseHead, _ body: [UInt8]) -> (Position, [ReceivedEvent]?) {
    let failure = client.refusal(
      of: attempt.outgoing, model: request.model, status: head.status, headers: head.headers, body: body)
    let applied = client.repairs(for: request.model)
    // Each repair is applied once, so that this ends.
    if let repair = client.dialect.repair(failure, applied: applied), !applied.contains(repair) {
      client.remember(repair, for: request.model)
      return (.unsent, nil)
    }
    let hasAskedSigner = control.withLock { control in
      defer { control.hasAskedSigner = true }
      return control.hasAskedSigner
    }
    let verdict = hasAskedSigner ? nil : client.signerVerdict(on: failure, of: attempt.outgoing)
    if verdict == .tryAgain { return (.unsent, nil) }
    let error = client.dialect.classify(failure)
    return end(.provider(verdict?.adding(to: error) ?? error))
  }

  private func pageExplanation(_ head: HTTPResponseHead, _ body: [UInt8]) -> Explanation {
    let words = ErrorBody(body).message
    return Explanation(
      kind: .malformed, summary: "\(client.name) answered with a web page instead of an answer",
      detail:
        "status \(head.status), text/html, “\(ForeignWords.bounded(words, characters: 200))”; usually base_url points "
        + "to the wrong place, or a proxy stands in between",
      requestID: HTTPFailure.requestID(in: head.headers),
      recovery: .fixSetting(path: "providers.\(client.name).base_url"))
  }
}

/// Ends a transfer after a while, unless it is called off.
private struct DrainLimit: Sendable {
  private let task: Task<Void, Never>

  init(_ transfer: ByteStream, after limit: Duration) {
    task = Task {
      do {
        try await Task.sleep(for: limit, tolerance: .milliseconds(50))
        transfer.cancel()
      } catch {
        // Called off: the transfer ended by itself.
      }
    }
  }

  func cancel() { task.cancel() }
}

extension NetworkPhases {
  /// What the transfer library measured, each from the request's start; steps that did not happen are absent.
  init(_ timings: TransferTimings, httpVersion: String) {
    self.init(
      requestSent: timings.requestSent, firstByte: timings.firstByte, isConnectionReused: timings.connectionReused,
      httpVersion: httpVersion)
    guard !timings.connectionReused else { return }
    if timings.dns > .zero { dns = timings.dns }
    if timings.connect > .zero { connect = timings.dns + timings.connect }
    if timings.tls > .zero { tls = timings.dns + timings.connect + timings.tls }
  }
}
