// Bytes of an answer into events: framing, dialect and the rules about endings in one value, without a connection. What
// comes out does not depend on how the bytes were cut.

import Diagnostics
import Framing
package import Streaming

/// How a broken answer goes on.
struct Resumption {
  var request: DialectRequest
  /// From one, in a row.
  var attempt: Int
  /// What broke it.
  var reason: Explanation
}

/// Follows one answer from its first byte to its ending.
package struct EventDecoding<Dialect: WireDialect>: Sendable {
  private let dialect: Dialect
  private let context: ResponseContext
  private let format: FrameFormat
  private var decoder: any FrameDecoder
  private var state: Dialect.DecoderState
  private var sink: EventSink
  private var frames: [WireFrame] = []
  /// The beginning of the body while no frame has come: a server may send an error without any framing.
  private var unframed: [UInt8]? = []
  /// Whether the end of the transfer was taken.
  private var isSettled = false
  /// How often the rest of the answer was asked for, and how often since a frame came.
  private var resumptions = 0
  private var resumptionsInARow = 0

  /// How often the rest is asked for in a row: with waits of 0.5, 1, 2, 4 and 8 s it outlasts a change of networks.
  static var maximumResumptionsInARow: Int { 5 }
  /// How often in all: an answer that thinks for an hour may lose a connection every few minutes, but not for ever.
  private static var maximumResumptions: Int { 24 }
  /// How much of an unframed body is kept to be understood.
  private static var unframedLimit: Int { 64 << 10 }

  /// Decoding at the start of a response.
  /// - Parameter received: when its head came.
  package init(_ dialect: Dialect, context: ResponseContext, received: Instant) {
    self.dialect = dialect
    self.context = context
    format = dialect.frameFormat
    decoder = format.makeDecoder()
    state = dialect.makeDecoderState(context)
    sink = EventSink(received: received)
  }

  /// Whether the ending was made.
  package var isEnded: Bool { sink.isEnded }
  /// Whether part of the answer was made, by this stream or by the one that it resumes.
  package var hasContent: Bool { sink.hasContent || context.resumes != nil }

  /// Takes the events made so far.
  package mutating func take() -> [ReceivedEvent] { sink.take() }

  /// Puts in an event that is not part of the body.
  package mutating func emit(_ event: StreamEvent) { sink.emit(event) }

  /// Takes the next bytes; does nothing after the ending.
  package mutating func push(_ bytes: [UInt8], received: Instant) {
    guard !sink.isEnded else { return }
    sink.arrive(at: received)
    if unframed != nil { keep(bytes) }
    bytes.withUnsafeBytes { decoder.push($0, into: &frames) }
    decodeFrames()
    if let failure = decoder.failure, !sink.isEnded { sink.emit(.error(malformed(failure))) }
  }

  /// Takes the end of a whole transfer. What the dialect does not accept as complete is truncated.
  package mutating func finish(received: Instant) {
    settle(received: received)
    if !sink.isEnded { dialect.interrupt(truncated, state: &state, into: &sink) }
    if !sink.isEnded { sink.emit(.error(truncated)) }
  }

  /// Takes the end of a whole transfer without judging it: unless this makes an ending, the answer is truncated.
  mutating func settle(received: Instant) {
    guard !sink.isEnded else { return }
    sink.arrive(at: received)
    decoder.finish(into: &frames)
    decodeFrames()
    guard !sink.isEnded, !isSettled else { return }
    isSettled = true
    if let unframed, !unframed.isEmpty { return finishUnframed(unframed) }
    if decoder.consumedBytes == 0, resumptions == 0 { return sink.emit(.error(.provider(emptyAnswer))) }
    // Half a frame at the end is worse than a missing end marker: what it held is lost.
    if !decoder.endedInsideFrame { dialect.end(state: &state, into: &sink) }
  }

  /// The request that brings the rest after the transfer broke with `failure`, or ended too early without one; `nil` if
  /// the answer ended or cannot be gone on with.
  mutating func resumption(after failure: StreamFailure?, endpoint: Endpoint) -> Resumption? {
    guard !sink.isEnded, resumptionsInARow < Self.maximumResumptionsInARow, resumptions < Self.maximumResumptions else {
      return nil
    }
    switch failure {
    case nil, .truncated, .connection, .timedOut(.idle, _), .timedOut(.firstByte, _), .timedOut(.connect, _): break
    case .cancelled, .timedOut(.total, _), .malformed, .provider: return nil
    }
    do throws(ProviderError) {
      guard let request = try dialect.resumption(state, endpoint: endpoint) else { return nil }
      resumptions += 1
      resumptionsInARow += 1
      return Resumption(
        request: request, attempt: resumptionsInARow, reason: (failure ?? truncated).explanation)
    } catch {
      // What cannot be asked for is as good as not there; the break itself is what is told.
      return nil
    }
  }

  /// The rest of the answer begins to come over another connection: frames begin anew, the dialect's state stays.
  mutating func resume(received: Instant) {
    sink.arrive(at: received)
    decoder = format.makeDecoder()
    frames = []
    unframed = nil
    isSettled = false
  }

  /// Takes a whole answer that came in one piece.
  package mutating func decodeWhole(_ body: [UInt8], received: Instant) {
    guard !sink.isEnded else { return }
    sink.arrive(at: received)
    sink.beginFrame(bytes: body.count)
    if Self.isBlank(body) {
      sink.emit(.error(.provider(emptyAnswer)))
    } else {
      do throws(DialectError) {
        try dialect.decodeWhole(body, context: context, into: &sink)
      } catch {
        sink.emit(.error(malformed(error)))
      }
    }
    sink.endFrame()
    if !sink.isEnded { sink.emit(.error(truncated)) }
  }

  /// The transfer failed: the stream ends with that, unless the answer was complete but for its end marker and the
  /// server only forgot to close, or closed without the end of the transfer, or the dialect says that it was complete and
  /// only something about it was still to come.
  package mutating func fail(_ failure: StreamFailure, received: Instant) {
    guard !sink.isEnded else { return }
    sink.arrive(at: received)
    switch failure {
    case .cancelled: break
    case .timedOut(.idle, _): if !isSettled { dialect.end(state: &state, into: &sink) }
    // Where nothing but the end of the transfer says that an answer is whole, one that broke is not.
    case .truncated where !dialect.endsWithTransfer: if !isSettled { dialect.end(state: &state, into: &sink) }
    default: if dialect.isComplete(state) { dialect.end(state: &state, into: &sink) }
    }
    if !sink.isEnded { dialect.interrupt(failure, state: &state, into: &sink) }
    if !sink.isEnded { sink.emit(.error(failure)) }
  }

  // MARK: Frames

  private mutating func decodeFrames() {
    guard !frames.isEmpty else { return }
    unframed = nil
    for index in frames.indices where !sink.isEnded {
      decode(frames[index])
    }
    frames.removeAll(keepingCapacity: true)
  }

  @inline(__always)
  private mutating func decode(_ frame: WireFrame) {
    // A frame of blanks means nothing in any dialect; only those that begin with one need a look. Binary frames have a
    // name, and mean something by that alone; of raw text every blank counts.
    if format == .eventStream
      || frame.data.first.map({ $0 > 0x20 || format == .textRecords || !frame.isBlank }) ?? false
    {
      resumptionsInARow = 0
      sink.beginFrame(bytes: Self.wireBytes(of: frame, in: format))
      do throws(DialectError) {
        try dialect.decode(frame, state: &state, into: &sink)
      } catch {
        sink.emit(.error(malformed(error)))
      }
      sink.endFrame()
    }
  }

  /// The bytes of a frame as servers write it: `data: …` and a blank line, a line, or a binary frame with the usual
  /// headers. Comments and superfluous fields are not counted.
  @inline(__always)
  private static func wireBytes(of frame: WireFrame, in format: FrameFormat) -> Int {
    switch format {
    case .serverSentEvents: frame.data.count + 8 + (frame.event.map { $0.utf8.count + 8 } ?? 0)
    case .lines: frame.data.count + 1
    case .eventStream: frame.data.count + binaryBytes(around: frame)
    case .textRecords: frame.data.count
    case .webSocket: frame.data.count + (frame.data.count < 126 ? 2 : frame.data.count < 65_536 ? 4 : 10)
    }
  }

  /// What a binary frame has besides its payload: lengths and checksums, and the headers `:message-type: event`,
  /// `:event-type` and `:content-type`, each with four bytes besides its name and value.
  private static func binaryBytes(around frame: WireFrame) -> Int {
    16 + 22 + (frame.event.map { 15 + $0.utf8.count } ?? 0) + (frame.contentType.map { 17 + $0.utf8.count } ?? 0)
  }

  private mutating func keep(_ bytes: [UInt8]) {
    guard let kept = unframed?.count, kept < Self.unframedLimit else { return }
    unframed?.append(contentsOf: bytes.prefix(Self.unframedLimit - kept))
  }

  /// Bytes, but no frame: a JSON answer or error under the wrong content type, comments only, or garbage.
  private mutating func finishUnframed(_ body: [UInt8]) {
    if decoder.consumedBytes <= Self.unframedLimit, body.withUnsafeBytes(JSONCursor.isComplete) {
      do throws(DialectError) {
        try dialect.decodeWhole(body, context: context, into: &sink)
        if sink.isEnded { return }
      } catch {
        return sink.emit(.error(malformed(error)))
      }
    }
    let isHeartbeatsOnly = body.first == UInt8(ascii: ":") || Self.isBlank(body)
    if isHeartbeatsOnly { return sink.emit(.error(.provider(emptyAnswer))) }
    // Half a binary frame has a prelude that is right, or too little of one to tell.
    if decoder.endedInsideFrame, format == .eventStream || Self.beginsLikeAFrame(body) {
      return sink.emit(.error(truncated))
    }
    let excerpt = WireFrame(data: body).excerpt()
    sink.emit(.error(malformed(DialectError("it sent no event that could be understood", excerpt: excerpt))))
  }

  private static func isBlank(_ body: [UInt8]) -> Bool {
    body.allSatisfy { $0 == 0x20 || $0 == 0x0A || $0 == 0x0D || $0 == 0x09 }
  }

  /// Whether half a frame may be the beginning of a whole one, and not prose.
  private static func beginsLikeAFrame(_ body: [UInt8]) -> Bool {
    let starts = ["data", "event", "id:", "retry", "{", "\u{FEFF}"]
    return starts.contains { start in
      let length = min(start.utf8.count, body.count)
      return body.prefix(length).elementsEqual(start.utf8.prefix(length))
    }
  }

  // MARK: Words

  private var recovery: Recovery { hasContent ? .resume : .retry(afterMilliseconds: nil) }

  private var truncated: StreamFailure {
    .truncated(
      Explanation(
        kind: .truncated, summary: "The answer of \(context.provider) ended before it was complete",
        detail: "the connection was closed without the end marker, after \(decoder.consumedBytes) bytes",
        requestID: context.requestID, recovery: recovery))
  }

  private var emptyAnswer: ProviderError {
    ProviderError(
      explanation: Explanation(
        kind: .provider, summary: "\(context.provider) sent no answer",
        detail: "the response was a success without content", requestID: context.requestID,
        recovery: .retry(afterMilliseconds: nil)))
  }

  private func malformed(_ error: DialectError) -> StreamFailure {
    let excerpt = error.excerpt.isEmpty ? "" : ": " + ForeignWords.masked(error.excerpt)
    return .malformed(
      Explanation(
        kind: .malformed, summary: "\(context.provider) sent something that is no answer",
        detail: "\(error.reason), near byte \(decoder.consumedBytes)\(excerpt)", requestID: context.requestID,
        recovery: hasContent ? .resume : .report))
  }

  private func malformed(_ failure: FramingFailure) -> StreamFailure {
    // Words where frames should be are told as the words that they are: read as a length, they make no sense.
    if format == .eventStream, let unframed, unframed.first.map({ $0 >= 0x09 }) ?? false {
      let excerpt = WireFrame(data: unframed).excerpt()
      return malformed(DialectError("it sent no event that could be understood", excerpt: excerpt))
    }
    let limit: Int
    switch failure {
    case .lineTooLong(_, let size), .frameTooLong(_, let size): limit = size
    case .violation(_, let words): return malformed(DialectError("it sent \(words)"))
    case .malformedFrame(let offset, let fault):
      return .malformed(
        Explanation(
          kind: .malformed, summary: "\(context.provider) sent something that was damaged on the way",
          detail: "at byte \(offset) there is a frame whose \(fault.words); a proxy in between may change what passes",
          requestID: context.requestID, recovery: recovery))
    }
    return .malformed(
      Explanation(
        kind: .malformed, summary: "\(context.provider) sent a piece that is too long",
        detail: "the one at byte \(failure.offset) has more than \(limit >> 20) MiB", requestID: context.requestID,
        recovery: recovery))
  }
}
