// Recordings of real exchanges: what is kept, what is not, and that they play as what they were.

import Conversations
import Diagnostics
import Platform
import Streaming
import TestSupport
import Testing
import Transport

@testable import Providers

@Suite("Recording tap")
struct RecordingTapTests {
  private static let key = "sk-canary-51ab77c09d"

  private static func secrets(_ texts: String...) -> WireSecrets {
    var secrets = WireSecrets()
    for text in texts { secrets.note(text, variable: "") }
    return secrets
  }

  /// Asks a server once and gives the events and the recording.
  private func ask(
    _ server: FaultServer, limit: Int = RecordingTap.maximumBytes
  ) async throws -> (events: [ReceivedEvent], recording: Recording?, leftOut: Int) {
    let tap = RecordingTap(kind: "openai", model: "m", limit: limit)
    var endpoint = Endpoint(name: "lab", baseURL: server.url("/v1")) { () throws(ProviderError) in Secret(Self.key) }
    endpoint.tap = { _ in tap.wireTap }
    let client = try ProviderCatalog.standard.makeClient(
      kind: "openai", endpoint: endpoint, environment: ProviderEnvironment(http: HTTPClient()))
    let events = await all(client.stream(try Chat.request()))
    await tap.waitForEnd(atMost: .seconds(20))
    return (events, tap.recording?.hiding(Self.secrets(Self.key)), tap.leftOutBytes)
  }

  private func replay(_ recording: Recording) async throws -> [ReceivedEvent] {
    var endpoint = Endpoint(name: "lab")
    endpoint.options = ["file": "x", "speed": "max"]
    let file = recording.file
    let client = try ReplayClient(
      endpoint: endpoint, environment: ProviderEnvironment(http: HTTPClient(), load: { _ in .success(file) }))
    return await all(client.stream(try Chat.request()))
  }

  private func chunk(_ text: String) -> [UInt8] {
    Array((#"data: {"model":"m","choices":[{"index":0,"delta":{"content":"\#(text)"}}]}"# + "\n\n").utf8)
  }

  private static let end = Array(
    (#"data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"# + "\n\ndata: [DONE]\n\n").utf8)

  @Test("What was recorded plays as the same events with the same gaps, and holds no key and no cookie")
  func roundTrip() async throws {
    let server = try FaultServer { _ in
      .stream([
        .head(
          200,
          [
            "content-type": "text/event-stream", "set-cookie": "sid=cookie-canary", "x-request-id": "r-7",
            "x-ratelimit-remaining-tokens": "12", "x-secret-thing": "header-canary",
          ], framing: .chunked),
        .bytes(chunk("Hel")), .pause(60), .bytes(chunk("lo \(Self.key)")), .pause(30),
        .bytes(Self.end),
      ])
    }
    let (events, found, leftOut) = try await ask(server)
    let recording = try #require(found)
    let file = String(decoding: recording.file, as: UTF8.self)
    #expect(!file.contains("canary"), "\(file)")
    #expect(leftOut == 0)
    #expect(
      recording.headers == [
        "content-type": "text/event-stream", "x-request-id": "r-7", "x-ratelimit-remaining-tokens": "12",
      ])
    let played = try await replay(recording)
    let mask = String(repeating: "*", count: Self.key.utf8.count)
    #expect(Summary(played).text == "Hello \(mask)")
    #expect(Summary(played).finish == Summary(events).finish)
    let live = times(events)
    let again = times(played)
    #expect(live.count == again.count && !live.isEmpty)
    for (one, other) in zip(gaps(live), gaps(again)) {
      #expect(abs((one - other).components.attoseconds) < 2_000_000_000_000_000, "\(one), \(other)")
    }
  }

  private func times(_ events: [ReceivedEvent]) -> [Instant] {
    events.compactMap { if case .textDelta = $0.event { $0.received } else { nil } }
  }

  private func gaps(_ times: [Instant]) -> [Duration] { zip(times, times.dropFirst()).map { $1 - $0 } }

  @Test("A refusal is recorded with its body and plays as the same refusal", arguments: [401, 429, 500])
  func refusal(_ status: Int) async throws {
    let server = try FaultServer { _ in
      .respond(
        status, ["content-type": "application/json", "retry-after": "7"],
        body: Array("{\"error\":{\"message\":\"no, \(Self.key)\"}}".utf8))
    }
    let (events, found, _) = try await ask(server)
    let recording = try #require(found)
    #expect(recording.status == status)
    #expect(!String(decoding: recording.file, as: UTF8.self).contains("canary"))
    let played = try await replay(recording)
    let (first, second) = (Summary(events).error, Summary(played).error)
    #expect(first?.status == status && second?.status == status)
    #expect(first?.explanation.kind == second?.explanation.kind)
    #expect(first?.retryAfterMilliseconds == second?.retryAfterMilliseconds)
  }

  @Test("An answer that breaks off is recorded as far as it came, as truncated")
  func broken() async throws {
    let server = try FaultServer { _ in
      .stream([.head(200, ["content-type": "text/event-stream"], framing: .length(5000)), .bytes(chunk("Hel")), .reset])
    }
    let (_, found, _) = try await ask(server)
    let recording = try #require(found)
    #expect(recording.isTruncated)
    let played = Summary(try await replay(recording))
    #expect(played.text == "Hel")
    guard case .truncated = played.failure else {
      Issue.record("\(String(describing: played.failure))")
      return
    }
  }

  @Test("Of more than the limit the beginning is kept, and how much is missing is told")
  func limit() async throws {
    let server = try FaultServer { _ in
      .stream([
        .head(200, ["content-type": "text/event-stream"], framing: .chunked), .bytes(chunk("Hel")), .bytes(chunk("lo")),
        .bytes(Self.end),
      ])
    }
    let (_, found, leftOut) = try await ask(server, limit: chunk("Hel").count + 10)
    let recording = try #require(found)
    #expect(leftOut == chunk("lo").count - 10 + Self.end.count)
    #expect(recording.pieces.reduce(0) { $0 + $1.bytes.count } == chunk("Hel").count + 10)
    #expect(recording.isTruncated)
  }

  @Test("Of several attempts the last one is kept")
  func attempts() async throws {
    let tap = RecordingTap(kind: "openai", model: "m")
    let server = try FaultServer { request in
      request.number == 1 && request.connection == 1
        ? FaultServer.Answer.respond(429, ["content-type": "application/json"], body: Array("{}".utf8))
        : .stream([
          .head(200, ["content-type": "text/event-stream"], framing: .chunked), .bytes(chunk("ok")), .bytes(Self.end),
        ])
    }
    var endpoint = Endpoint(name: "lab", baseURL: server.url("/v1"))
    endpoint.tap = { _ in tap.wireTap }
    let client = try ProviderCatalog.standard.makeClient(
      kind: "openai", endpoint: endpoint, environment: ProviderEnvironment(http: HTTPClient()))
    _ = await all(client.stream(try Chat.request()))
    #expect(await eventually { tap.recording?.status == 429 })
    _ = await all(client.stream(try Chat.request()))
    #expect(await eventually { tap.recording?.status == 200 && tap.recording?.isTruncated == false })
    #expect(Summary(try await replay(try #require(tap.recording))).text == "ok")
  }

  @Test("A key is hidden wherever the body was cut, and nothing else is touched")
  func hiding() {
    let text = "a sk-sk-canary-1 and sk-canary-1!"
    let bytes = Array(text.utf8)
    for cut in 0...bytes.count {
      let recording = Recording(
        kind: "openai",
        pieces: [
          Recording.Piece(time: .zero, bytes: Array(bytes[..<cut])),
          Recording.Piece(time: .zero, bytes: Array(bytes[cut...])),
        ])
      let hidden = recording.hiding(Self.secrets("sk-canary-1", "and"))
      let result = String(decoding: hidden.pieces.flatMap(\.bytes), as: UTF8.self)
      #expect(result == "a sk-*********** and ***********!", "cut at \(cut)")
      #expect(hidden.pieces.map(\.bytes.count) == [cut, bytes.count - cut])
    }
  }

  @Test("A key inside of frames with checksums and of base64 is hidden, and the recording still plays")
  func framed() async throws {
    let key = "canary/secret+key=0123"
    func delta(_ text: String) -> [UInt8] {
      EventStreamFrames.chunk(
        #"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"\#(text)"}}"#)
    }
    func converse(_ text: String) -> [UInt8] {
      EventStreamFrames.event("contentBlockDelta", #"{"contentBlockIndex":0,"delta":{"text":"\#(text)"}}"#)
    }
    for (kind, form, before) in ["", "a", "ab", "abc"].map({ ("bedrock-invoke", key, $0) })
      + [key, "canary%2Fsecret%2Bkey%3D0123", #"canary\/secret+key=0123"#].map({ ("bedrock", $0, "") })
    {
      let texts = [before + form + "!", "the end"]
      var recording = Recording(
        kind: kind, contentType: "application/vnd.amazon.eventstream",
        pieces: texts.map { Recording.Piece(time: .zero, bytes: kind == "bedrock" ? converse($0) : delta($0)) })
      let sizes = recording.pieces.map(\.bytes.count)
      recording = recording.hiding(Self.secrets(key))
      #expect(recording.pieces.map(\.bytes.count) == sizes)
      let text = Summary(try await replay(recording)).text
      #expect(text.hasPrefix(before) && text.hasSuffix("the end"), "\(text)")
      #expect(!text.contains("anary") && !text.contains("secret"), "\(text)")
    }
  }
}
