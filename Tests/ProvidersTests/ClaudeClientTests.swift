// The three dialects of Claude and Bedrock against a server: good answers, refusals, breaks, silence and stops.

import Conversations
import Diagnostics
import Framing
import Streaming
import TestSupport
import Testing
import Transport

@testable import Providers

/// A dialect with answers in its own words.
struct WireSample: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let target: String
  let contentType: String
  let makeClient: @Sendable (Endpoint) -> any ProviderClient
  /// The beginning of an answer with the text "kept".
  let beginning: [UInt8]
  /// What completes it.
  let ending: [UInt8]
  /// A failure for which the request may be sent again.
  let error: [UInt8]
  /// The answer "kept" in one piece.
  let whole: String
  let refusal: String

  private static let claudeStart =
    #"{"type":"message_start","message":{"model":"m","content":[],"usage":{"input_tokens":3,"output_tokens":1}}}"#
  private static let claudeText =
    #"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"kept"}}"#
  private static let claudeEnd = [
    #"{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":2}}"#,
    #"{"type":"message_stop"}"#,
  ]
  private static let claudeWhole =
    #"{"type":"message","model":"m","content":[{"type":"text","text":"kept"}],"stop_reason":"end_turn","usage":{"input_tokens":3,"output_tokens":2}}"#

  private static func events(_ events: [String]) -> [UInt8] {
    Array(events.map { "data: \($0)\n\n" }.joined().utf8)
  }

  private static func chunks(_ events: [String]) -> [UInt8] { events.flatMap { EventStreamFrames.chunk($0) } }

  private static func client(_ dialect: some WireDialect) -> @Sendable (Endpoint) -> any ProviderClient {
    { DialectClient(dialect, endpoint: $0, environment: ProviderEnvironment(http: HTTPClient())) }
  }

  static let all = [
    WireSample(
      testDescription: "anthropic", target: "/v1/messages", contentType: "text/event-stream; charset=utf-8",
      makeClient: client(AnthropicDialect()), beginning: events([claudeStart, claudeText]), ending: events(claudeEnd),
      error: events([#"{"type":"error","error":{"type":"overloaded_error","message":"the words"}}"#]),
      whole: claudeWhole,
      refusal: #"{"type":"error","error":{"type":"some_error","message":"the words"},"request_id":"r-1"}"#),
    WireSample(
      testDescription: "bedrock-invoke", target: "/model/m/invoke-with-response-stream",
      contentType: "application/vnd.amazon.eventstream", makeClient: client(BedrockInvokeDialect()),
      beginning: chunks([claudeStart, claudeText]), ending: chunks(claudeEnd),
      error: EventStreamFrames.exception("throttlingException", #"{"message":"the words"}"#), whole: claudeWhole,
      refusal: #"{"message":"the words"}"#),
    WireSample(
      testDescription: "bedrock", target: "/model/m/converse-stream",
      contentType: "application/vnd.amazon.eventstream", makeClient: client(ConverseDialect()),
      beginning: EventStreamFrames.event("messageStart", #"{"role":"assistant"}"#)
        + EventStreamFrames.event("contentBlockDelta", #"{"contentBlockIndex":0,"delta":{"text":"kept"}}"#),
      ending: EventStreamFrames.event("messageStop", #"{"stopReason":"end_turn"}"#)
        + EventStreamFrames.event("metadata", #"{"usage":{"inputTokens":3,"outputTokens":2}}"#),
      error: EventStreamFrames.exception("modelStreamErrorException", #"{"message":"the words"}"#),
      whole:
        #"{"output":{"message":{"role":"assistant","content":[{"text":"kept"}]}},"stopReason":"end_turn","usage":{"inputTokens":3,"outputTokens":2}}"#,
      refusal: #"{"message":"the words"}"#),
  ]

  func client(_ baseURL: String, change: (inout Endpoint) -> Void = { _ in }) -> any ProviderClient {
    var endpoint = Endpoint(name: "lab", baseURL: baseURL)
    endpoint.credential = { () throws(ProviderError) in Secret("key-1") }
    endpoint.credentialSource = "the variable LAB_KEY"
    endpoint.firstByteTimeout = .seconds(20)
    endpoint.idleTimeout = .seconds(20)
    endpoint.totalTimeout = .seconds(60)
    change(&endpoint)
    return makeClient(endpoint)
  }

  /// Answers with these pieces, and leaves the connection open unless a step closes it.
  func stream(_ steps: FaultServer.Step...) -> FaultServer.Answer {
    .stream([.head(200, ["content-type": contentType, "x-amzn-requestid": "r-1"])] + steps)
  }
}

@Suite("Claude and Bedrock: clients and servers")
struct ClaudeClientTests {
  @Test("A streamed answer arrives with its usage, and the request went where it belongs", arguments: WireSample.all)
  func streaming(sample: WireSample) async throws {
    let server = try FaultServer { _ in
      sample.stream(.bytes(sample.beginning), .waitForSignal("go"), .bytes(sample.ending))
    }
    let answer = sample.client(server.url()).stream(try Chat.request())
    var events = await read(answer) { $0.text == "kept" }
    server.signal("go")
    events += await all(answer)
    let summary = Summary(events)
    #expect(summary.text == "kept")
    #expect(summary.finish == .stop)
    #expect(summary.usage == TokenUsage(input: 3, output: 2))
    #expect(summary.starts == [ResponseStart(model: "m", requestID: "r-1")])
    let request = try #require(server.log.requests.first)
    #expect(request.method == "POST")
    #expect(request.target == sample.target)
    let isAnthropic = sample.testDescription == "anthropic"
    #expect(request.header("x-api-key") == (isAnthropic ? "key-1" : nil))
    #expect(request.header("authorization") == (isAnthropic ? nil : "Bearer key-1"))
  }

  @Test("An answer in one piece gives the same", arguments: WireSample.all)
  func whole(sample: WireSample) async throws {
    let server = try FaultServer { _ in
      .respond(200, ["content-type": "application/json"], body: Array(sample.whole.utf8))
    }
    let summary = Summary(await all(sample.client(server.url()).stream(try Chat.request(isStreaming: false))))
    #expect(summary.text == "kept")
    #expect(summary.finish == .stop)
    #expect(summary.usage == TokenUsage(input: 3, output: 2))
    #expect(
      server.log.requests.first?.target
        == sample.target.replacing("-stream", with: "").replacing("-with-response", with: ""))
  }

  static let refusals: [(Int, KeyValuePairs<String, String>, ErrorKind, Bool, Int?)] = [
    (400, [:], .badRequest, false, nil), (401, [:], .unauthorized, false, nil), (403, [:], .forbidden, false, nil),
    (404, [:], .notFound, false, nil), (413, [:], .tooLarge, false, nil),
    (429, ["retry-after": "7"], .rateLimited, true, 7_000), (500, [:], .server, true, nil),
    (500, ["x-should-retry": "false"], .server, false, nil), (503, [:], .overloaded, true, nil),
    (529, [:], .overloaded, true, nil),
  ]

  @Test("A refusal is told with the service's words", arguments: WireSample.all, refusals.indices)
  func refusal(sample: WireSample, index: Int) async throws {
    let (status, headers, kind, isRetryable, wait) = Self.refusals[index]
    let server = try FaultServer { _ in .respond(status, headers, body: Array(sample.refusal.utf8)) }
    let summary = Summary(await all(sample.client(server.url()).stream(try Chat.request())))
    let error = try #require(summary.error)
    #expect(error.status == status)
    #expect(error.explanation.kind == kind)
    #expect(error.isRetryable == isRetryable)
    #expect(error.retryAfterMilliseconds == wait)
    #expect(error.explanation.detail.contains("the words"))
    #expect(server.log.requests.count == 1)
  }

  @Test("A parameter that is refused is left out at once and from then on", arguments: WireSample.all)
  func repair(sample: WireSample) async throws {
    let server = try FaultServer { request in
      if request.text.contains("temperature") {
        return .respond(400, body: Array(sample.refusal.replacing("the words", with: "temperature: not taken").utf8))
      }
      return sample.stream(.bytes(sample.beginning + sample.ending))
    }
    let client = sample.client(server.url())
    let request = try Chat.request { $0.temperature = 0.5 }
    #expect(Summary(await all(client.stream(request))).text == "kept")
    #expect(Summary(await all(client.stream(request))).text == "kept")
    #expect(server.log.requests.count == 3)
  }

  @Test("An error inside a stream ends it, with the text kept", arguments: WireSample.all)
  func errorInside(sample: WireSample) async throws {
    let server = try FaultServer { _ in sample.stream(.bytes(sample.beginning + sample.error), .waitForClose) }
    let summary = Summary(await all(sample.client(server.url()).stream(try Chat.request())))
    #expect(summary.text == "kept")
    #expect(summary.error?.isRetryable == true)
    #expect(summary.error?.explanation.detail.contains("the words") == true)
    #expect(summary.error?.explanation.recovery == .resume)
    #expect(summary.error?.explanation.requestID == "r-1")
  }

  @Test("A stream that is cut is truncated, with the text kept", arguments: WireSample.all, [0, 1, 2])
  func cut(sample: WireSample, kind: Int) async throws {
    let half = Array(sample.ending.prefix(20))
    let server = try FaultServer { _ in
      switch kind {
      case 0: sample.stream(.bytes(sample.beginning), .close)
      case 1: sample.stream(.bytes(sample.beginning + half))
      default: sample.stream(.bytes(sample.beginning + half), .waitForSignal("received"), .reset)
      }
    }
    let answer = sample.client(server.url()).stream(try Chat.request())
    var events = await read(answer) { $0.text == "kept" }
    server.signal("received")
    events += await all(answer)
    let summary = Summary(events)
    #expect(summary.text == "kept")
    guard case .truncated(let explanation) = summary.failure else {
      Issue.record("\(String(describing: summary.failure))")
      return
    }
    #expect(explanation.recovery == .resume)
  }

  @Test("What happens to the connection after the end does not matter", arguments: WireSample.all)
  func faultAfterEnd(sample: WireSample) async throws {
    let server = try FaultServer { _ in sample.stream(.bytes(sample.beginning + sample.ending), .reset) }
    let summary = Summary(await all(sample.client(server.url()).stream(try Chat.request())))
    #expect(summary.text == "kept")
    #expect(summary.finish == .stop)
  }

  @Test("Silence ends by the limits, before the head and inside the stream", arguments: WireSample.all)
  func silence(sample: WireSample) async throws {
    let mute = try FaultServer { _ in .stream([.waitForClose]) }
    let first = sample.client(mute.url()) { $0.firstByteTimeout = .milliseconds(120) }
    guard case .timedOut(.firstByte, _) = Summary(await all(first.stream(try Chat.request()))).failure else {
      Issue.record("the first byte has a limit")
      return
    }
    let server = try FaultServer { _ in sample.stream(.bytes(sample.beginning), .waitForClose) }
    let client = sample.client(server.url()) { $0.idleTimeout = .milliseconds(150) }
    let summary = Summary(await all(client.stream(try Chat.request())))
    #expect(summary.text == "kept")
    guard case .timedOut(.idle, let explanation) = summary.failure else {
      Issue.record("\(String(describing: summary.failure))")
      return
    }
    #expect(explanation.recovery == .resume)
  }

  @Test("A port where nobody listens is told", arguments: WireSample.all)
  func unreachable(sample: WireSample) async throws {
    let port = try FaultServer { _ in .stream([]) }.port
    let summary = Summary(await all(sample.client("http://127.0.0.1:\(port)").stream(try Chat.request())))
    guard case .connection(let explanation) = summary.failure else {
      Issue.record("\(String(describing: summary.failure))")
      return
    }
    #expect(explanation.recovery == .checkConnection)
  }

  @Test("A stop inside a stream keeps the text and closes the connection", arguments: WireSample.all)
  func stop(sample: WireSample) async throws {
    let server = try FaultServer { _ in sample.stream(.bytes(sample.beginning), .waitForClose) }
    let answer = sample.client(server.url()).stream(try Chat.request())
    var events = await read(answer) { $0.text == "kept" }
    answer.cancel()
    events += await all(answer)
    #expect(Summary(events).text == "kept")
    #expect(Summary(events).failure == .cancelled)
    #expect(await server.wait { $0.closures.count == 1 })
  }

  @Test("Converse is complete when only its usage is missing, also when the connection breaks")
  func brokenUsage() async throws {
    let sample = WireSample.all[2]
    let stop = EventStreamFrames.event("messageStop", #"{"stopReason":"end_turn"}"#)
    let server = try FaultServer { _ in sample.stream(.bytes(sample.beginning + stop), .waitForSignal("x"), .reset) }
    let answer = sample.client(server.url()).stream(try Chat.request())
    var events = await read(answer) { $0.text == "kept" }
    server.signal("x")
    events += await all(answer)
    #expect(Summary(events).finish == .stop)
  }

  @Test("Anthropic lists its models, Bedrock offers the configured ones", arguments: WireSample.all)
  func models(sample: WireSample) async throws {
    let server = try FaultServer { _ in .respond(200, body: Array(#"{"data":[{"id":"listed"}]}"#.utf8)) }
    let client = sample.client(server.url()) { $0.models = ["configured"] }
    let isAnthropic = sample.testDescription == "anthropic"
    #expect(try await client.models().map(\.id) == [isAnthropic ? "listed" : "configured"])
    #expect(server.log.requests.map(\.target) == (isAnthropic ? ["/v1/models?limit=1000"] : []))
  }

  @Test("A recording of each plays", arguments: WireSample.all)
  func replay(sample: WireSample) async throws {
    let recording = Recording(
      kind: sample.testDescription, contentType: sample.contentType,
      pieces: [Recording.Piece(time: .zero, bytes: sample.beginning + sample.ending)])
    var endpoint = Endpoint(name: "tape")
    endpoint.options = ["file": "/tape", "speed": "max"]
    let client = try ReplayClient(
      endpoint: endpoint, environment: ProviderEnvironment(http: HTTPClient(), load: { _ in .success(recording.file) }))
    let summary = Summary(await all(client.stream(try Chat.request())))
    #expect(summary.text == "kept")
    #expect(summary.finish == .stop)
  }
}
