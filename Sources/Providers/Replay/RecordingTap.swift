// From a watched request to a recording: what came, when, and nothing that is a secret. The request itself is not kept.

import Framing
import Platform
package import Transport

/// Watches requests and keeps the response of the last one.
package final class RecordingTap: Sendable {
  /// The most bytes of a body that are kept.
  package static let maximumBytes = 64 << 20

  fileprivate struct State {
    var method: HTTPRequest.Method?
    var started: ContinuousClock.Instant?
    var recording: Recording?
    var size = 0
    var leftOut = 0
    var hasEnded = false
  }

  private let kind: String
  private let model: String
  private let isWhole: Bool
  private let limit: Int
  private let state = Locked(State())
  private let ended = OneShot<Void>()

  /// A tap for one exchange, repetitions included: each of them takes the place of the one before.
  /// - Parameters:
  ///   - kind: the kind of provider, which is the dialect that the body speaks.
  ///   - isWhole: whether the answer was asked for in one piece: holds where the response names no type.
  ///   - limit: bytes kept; tests make it small.
  package init(kind: String, model: String, isWhole: Bool = false, limit: Int = RecordingTap.maximumBytes) {
    self.kind = kind
    self.model = model
    self.isWhole = isWhole
    self.limit = limit
  }

  /// What watches the requests; may be given to one after another.
  package var wireTap: WireTap { WireTap { [self] in observe($0) } }

  /// The response as far as it has come; `nil` before its head.
  package var recording: Recording? {
    state.withLock { state in
      guard var recording = state.recording else { return nil }
      // What goes on, or was cut here, has no proper end.
      if !state.hasEnded || state.leftOut > 0 { recording.isTruncated = true }
      return recording
    }
  }

  /// Returns when the transfer has ended, or after a time. An answer is read a moment before it is noted here: whoever
  /// writes it down as soon as it is over waits for that. May be called once.
  package func waitForEnd(atMost limit: Duration = .seconds(1)) async {
    let timer = Task { [ended] in
      // Whoever cancels has had its end.
      do { try await ContinuousClock().sleep(for: limit) } catch {}
      ended.resolve(())
    }
    await ended.value()
    timer.cancel()
  }

  /// Bytes of the body that came beyond the limit and are not in the recording.
  package var leftOutBytes: Int { state.withLock { $0.leftOut } }

  /// Of the taps of one question, in order, the one with the answer: of several attempts the last that was answered.
  ///
  /// The rest of an answer that broke off is asked for by another request; it cannot be put behind the beginning in one
  /// recording, so that the beginning alone is kept.
  /// - Returns: the tap, and whether a rest was asked for that is not in its recording; `nil` if nothing was received.
  package static func answered(of taps: [RecordingTap]) -> (tap: RecordingTap, lacksRest: Bool)? {
    let methods = taps.map { tap in tap.state.withLock { $0.method } }
    // Answers are asked for with one method, and their rests with another: `GET`, which changes nothing.
    let first = methods.lazy.compactMap { $0 }.first
    guard let index = taps.indices.last(where: { methods[$0] == first && taps[$0].recording != nil }) else {
      return nil
    }
    return (taps[index], methods[(index + 1)...].contains { $0 != nil && $0 != first })
  }

  private func observe(_ record: WireTap.Record) {
    defer { if case .end = record { ended.resolve(()) } }
    state.withLock { state in
      switch record {
      case .request(let method, _, _, _): state = State(method: method, started: .now)
      case .head(let head, let time):
        state.recording = Recording(
          kind: kind, status: head.status,
          contentType: head.contentType ?? (isWhole && !head.isWebSocket ? "application/json" : "text/event-stream"),
          model: model, headers: Self.harmless(head.headers), pieces: [], end: state.time(time))
      case .bytes(let bytes, let time):
        let room = limit - state.size
        if bytes.count > room { state.leftOut += bytes.count - room }
        guard room > 0, !bytes.isEmpty else { return }
        state.size += min(room, bytes.count)
        let time = state.time(time)
        state.recording?.pieces.append(Recording.Piece(time: time, bytes: Array(bytes.prefix(room))))
        state.recording?.end = time
      case .end(let error, let time):
        let time = state.time(time)
        state.recording?.end = time
        state.recording?.isTruncated = error != nil
        state.hasEnded = true
      }
    }
  }

  // MARK: Headers

  /// Fields that may be kept: the rest may name a person, a session or a key, and no dialect reads it.
  private static let kept: Set<String> = [
    "content-type", "request-id", "x-request-id", "x-amzn-requestid", "x-amzn-request-id", "apim-request-id",
    "x-ms-request-id", "x-goog-request-id", "retry-after", "retry-after-ms", "x-should-retry", "server-timing",
    "openai-processing-ms",
  ]
  private static let keptBeginnings = ["x-ratelimit-", "ratelimit-", "anthropic-ratelimit-"]

  /// The fields of a response that may be written into a file.
  package static func harmless(_ headers: HTTPHeaders) -> [String: String] {
    var result: [String: String] = [:]
    for (name, value) in headers.redacted.shown {
      let name = name.lowercased()
      guard kept.contains(name) || keptBeginnings.contains(where: { name.hasPrefix($0) }) else { continue }
      // A field that came twice: the first one is what the dialects read.
      if result[name] == nil { result[name] = value }
    }
    return result
  }
}

extension RecordingTap.State {
  fileprivate func time(_ instant: ContinuousClock.Instant) -> Duration {
    max(.zero, instant - (started ?? instant))
  }
}

extension Recording {
  /// The same with credentials overwritten, byte for byte: a service may repeat a key that it does not accept.
  func hiding(_ secrets: WireSecrets) -> Recording {
    var copy = self
    copy.headers = headers.mapValues { secrets.masked($0) }
    // In one: a credential may have been cut.
    let body = pieces.flatMap(\.bytes)
    var hidden = secrets.overwritten(body)
    guard hidden != body else { return copy }
    if contentType == "application/vnd.amazon.eventstream" { hidden = EventStreamDecoder.resealed(hidden) }
    var start = 0
    for index in pieces.indices {
      let end = start + pieces[index].bytes.count
      copy.pieces[index].bytes = Array(hidden[start..<end])
      start = end
    }
    return copy
  }
}
