// From a watched request to a recording: what came, when, and nothing that is a secret. The request itself is not kept.

package import Diagnostics
import Platform
package import Transport

/// Watches requests and keeps the response of the last one.
package final class RecordingTap: Sendable {
  /// The most bytes of a body that are kept.
  package static let maximumBytes = 64 << 20

  fileprivate struct State {
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

  private func observe(_ record: WireTap.Record) {
    defer { if case .end = record { ended.resolve(()) } }
    state.withLock { state in
      switch record {
      case .request: state = State(started: .now)
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
  /// The same with asterisks in the place of secrets, byte for byte: a service may repeat a key that it does not accept.
  package func hiding(_ secrets: [Secret]) -> Recording {
    var copy = self
    for secret in secrets {
      let text = secret.withExposed { $0 }
      // What is shorter is no key, and would be found in ordinary words.
      guard text.utf8.count >= 8 else { continue }
      let mask = String(repeating: "*", count: text.utf8.count)
      for (name, value) in copy.headers { copy.headers[name] = value.replacing(text, with: mask) }
      copy.hide(Array(text.utf8))
    }
    return copy
  }

  /// Overwrites a text in the body, also where it was cut.
  private mutating func hide(_ secret: [UInt8]) {
    // Knuth, Morris, Pratt (1977): each byte is looked at once, however the body was cut.
    var borders = [0]
    for index in 1..<secret.count {
      var border = borders[index - 1]
      while border > 0, secret[border] != secret[index] { border = borders[border - 1] }
      borders.append(secret[border] == secret[index] ? border + 1 : 0)
    }
    var matched = 0
    for piece in pieces.indices {
      for offset in pieces[piece].bytes.indices {
        let byte = pieces[piece].bytes[offset]
        while matched > 0, secret[matched] != byte { matched = borders[matched - 1] }
        if secret[matched] == byte { matched += 1 }
        guard matched == secret.count else { continue }
        erase(secret.count, endingWith: offset, of: piece)
        matched = 0
      }
    }
  }

  private mutating func erase(_ count: Int, endingWith offset: Int, of piece: Int) {
    var (piece, offset, rest) = (piece, offset, count)
    while rest > 0 {
      if offset < 0 {
        piece -= 1
        offset = pieces[piece].bytes.count - 1
        continue
      }
      pieces[piece].bytes[offset] = UInt8(ascii: "*")
      offset -= 1
      rest -= 1
    }
  }
}
