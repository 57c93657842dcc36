import Conversations
import Diagnostics
import Platform
import Streaming
import Testing
import Transport

@testable import Providers

@Suite("Replay")
struct ReplayTests {
  private static let chunks = ["Hel", "lo ", "world"].map {
    #"data: {"model":"m-1","choices":[{"index":0,"delta":{"content":"\#($0)"}}]}"# + "\n\n"
  }

  private static let recording = Recording(
    kind: "openai", model: "m-1", headers: ["x-request-id": "r-1"],
    pieces: [
      Recording.Piece(time: .microseconds(41_250), bytes: Array(chunks[0].utf8)),
      Recording.Piece(time: .milliseconds(60), bytes: Array(chunks[1].utf8)),
      Recording.Piece(time: .seconds(2), bytes: Array((chunks[2] + "data: [DONE]\n\n").utf8)),
    ])

  private func client(
    _ file: [UInt8], speed: String? = nil, dialect: String? = nil, clock: ProviderClock = .system
  ) throws -> ReplayClient {
    var endpoint = Endpoint(name: "tape")
    endpoint.options["file"] = "/tape.jsonl"
    endpoint.options["speed"] = speed
    endpoint.options["dialect"] = dialect
    return try ReplayClient(
      endpoint: endpoint,
      environment: ProviderEnvironment(http: HTTPClient(), clock: clock, load: { _ in .success(file) }))
  }

  @Test("A recording comes back from its file as it was")
  func file() throws {
    var recording = Self.recording
    recording.pieces.append(Recording.Piece(time: .seconds(3), bytes: [0xFF, 0x00, 0x41]))
    recording.end = .seconds(4)
    recording.isTruncated = true
    recording.status = 429
    #expect(try Recording(file: recording.file) == recording)
  }

  @Test("Pieces arrive at their recorded times, exactly", arguments: [("", 1.0), ("2", 2.0), ("0.5x", 0.5)])
  func times(speed: String, factor: Double) async throws {
    let turned = ManualClock(isImpatient: true)
    let events = await all(
      try client(Self.recording.file, speed: speed, clock: turned.clock).stream(try Chat.request()))
    #expect(Summary(events).text == "Hello world")
    #expect(Summary(events).starts == [ResponseStart(model: "m-1", requestID: "r-1")])
    let texts = events.filter { if case .textDelta = $0.event { true } else { false } }
    let times = [Duration.microseconds(41_250), .milliseconds(60), .seconds(2)].map { factor == 1 ? $0 : $0 / factor }
    #expect(texts.map { $0.received - turned.start } == times)
    #expect(texts.map(\.bytes) == Self.chunks.map(\.utf8.count))
    // The clock was asked for those times and no others.
    #expect(turned.asked == times)
  }

  @Test("Asked for the whole answer, it brings all of it when the last piece was recorded")
  func wholeAnswer() async throws {
    let turned = ManualClock(isImpatient: true)
    var request = try Chat.request()
    request.isStreaming = false
    let events = await all(try client(Self.recording.file, clock: turned.clock).stream(request))
    #expect(Summary(events).text == "Hello world")
    #expect(Summary(events).finish == .stop)
    #expect(Set(events.map { $0.received - turned.start }) == [.seconds(2)])
    #expect(turned.asked == [.seconds(2)])
  }

  @Test("At most speed nothing waits, and the recorded times stay")
  func maximum() async throws {
    let turned = ManualClock()
    let events = await all(
      try client(Self.recording.file, speed: "max", clock: turned.clock).stream(try Chat.request()))
    #expect(turned.asked.isEmpty)
    #expect(events.last?.received == turned.start + .seconds(2))
    #expect(Summary(events).text == "Hello world")
  }

  @Test("Nothing comes before its time")
  func patience() async throws {
    let turned = ManualClock()
    let answer = try client(Self.recording.file, clock: turned.clock).stream(try Chat.request())
    async let first = answer.next()
    #expect(await eventually { turned.sleepers == 1 })
    turned.turn(by: .milliseconds(41))
    #expect(turned.sleepers == 1)
    turned.turn(by: .milliseconds(1))
    #expect(Summary(await first ?? []).text == "Hel")
  }

  @Test("A stop does not wait for the next piece")
  func stop() async throws {
    let turned = ManualClock()
    let answer = try client(Self.recording.file, clock: turned.clock).stream(try Chat.request())
    async let events = all(answer)
    #expect(await eventually { turned.sleepers == 1 })
    answer.cancel()
    #expect(Summary(await events).failure == .cancelled)
    turned.turn(by: .seconds(10))
  }

  @Test("A plain body plays all at once, in the dialect of the configuration", arguments: [nil, "openai"])
  func plainBody(dialect: String?) async throws {
    let body = Array((Self.chunks.joined() + "data: [DONE]\n\n").utf8)
    let summary = Summary(await all(try client(body, dialect: dialect).stream(try Chat.request())))
    #expect(summary.text == "Hello world")
    #expect(summary.finish == .stop)
  }

  @Test("A recorded break, refusal and whole answer are played as what they were")
  func otherEndings() async throws {
    var broken = Self.recording
    broken.pieces.removeLast()
    broken.isTruncated = true
    let first = Summary(await all(try client(broken.file, speed: "max").stream(try Chat.request())))
    #expect(first.text == "Hello ")
    guard case .truncated = first.failure else {
      Issue.record("\(String(describing: first.failure))")
      return
    }
    let refusal = Recording(
      kind: "openai", status: 429, contentType: "application/json", headers: ["retry-after": "7"],
      pieces: [Recording.Piece(time: .zero, bytes: Array(#"{"error":{"message":"slow down"}}"#.utf8))])
    let second = Summary(await all(try client(refusal.file, speed: "max").stream(try Chat.request())))
    #expect(second.error?.retryAfterMilliseconds == 7000)
    let whole = Recording(
      kind: "openai", contentType: "application/json",
      pieces: [
        Recording.Piece(
          time: .milliseconds(5),
          bytes: Array(#"{"choices":[{"message":{"content":"hi"},"finish_reason":"stop"}]}"#.utf8))
      ])
    #expect(Summary(await all(try client(whole.file, speed: "max").stream(try Chat.request()))).text == "hi")
  }

  @Test(
    "A file that is no recording is named with its line",
    arguments: [
      ("{\"riffle\":\"replay\",\"version\":2}\n", ":1:"),
      ("{\"riffle\":\"replay\",\"version\":1}\n{\"t_ms\":1}\n", ":2:"),
      ("{\"riffle\":\"replay\",\"version\":1}\n\n{\"t_ms\":-1,\"data\":\"\"}\n", ":3:"),
      ("{\"riffle\":\"replay\",\"version\":1}\nnonsense\n", ":2:"),
      ("{\"riffle\":\"replay\",\"version\":1}\n{\"t_ms\":1,\"base64\":\"!\"}\n", ":2:"),
    ])
  func wrongFiles(file: String, place: String) async throws {
    let summary = Summary(await all(try client(Array(file.utf8)).stream(try Chat.request())))
    guard case .connection(let explanation) = summary.failure else {
      Issue.record("\(String(describing: summary.failure))")
      return
    }
    #expect(explanation.kind == .setting)
    #expect(explanation.detail.hasPrefix("/tape.jsonl" + place))
  }

  @Test("A dialect that nobody knows is a setting to fix")
  func unknownDialect() async throws {
    let file = Recording(kind: "telex", pieces: [Recording.Piece(time: .zero, bytes: [65])]).file
    guard case .connection(let explanation) = Summary(await all(try client(file).stream(try Chat.request()))).failure
    else {
      Issue.record("telex is no dialect")
      return
    }
    #expect(explanation.recovery == .fixSetting(path: "providers.tape.file"))
  }

  @Test("A speed that is none, and a missing file, are refused when the client is made")
  func settings() {
    #expect(throws: Explanation.self) { try client([], speed: "fast") }
    #expect(throws: Explanation.self) {
      try ReplayClient(endpoint: Endpoint(name: "tape"), environment: ProviderEnvironment(http: HTTPClient()))
    }
    #expect(ReplayClient.Speed("max") == .maximum)
    #expect(ReplayClient.Speed("4x") == .factor(4))
    #expect(ReplayClient.Speed("0") == nil)
    #expect(ReplayClient.Speed("inf") == nil)
  }
}
