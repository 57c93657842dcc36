import Conversations
import Diagnostics
import Framing
import Platform
import Streaming
import TestSupport
import Testing
import Transport

@testable import Providers

private func chunk(_ text: String) -> String {
  #"data: {"model":"m-1","choices":[{"index":0,"delta":{"content":""# + text + "\"}}]}\n\n"
}

private let done = "data: [DONE]\n\n"
private let stream: KeyValuePairs<String, String> = [
  "content-type": "text/event-stream; charset=utf-8", "x-request-id": "r-1",
]

@Suite("A client and a server")
struct DialectClientTests {
  // MARK: Good days

  @Test("A streamed answer arrives piece by piece, with its network and its times")
  func streaming() async throws {
    let server = try FaultServer { _ in
      .stream([.head(200, stream), .bytes(chunk("Hel")), .waitForSignal("go"), .bytes(chunk("lo") + done)])
    }
    let before = ContinuousClock.now
    let answer = Chat.client(server.url("/v1")).stream(try Chat.request())
    var events = await read(answer) { $0.text == "Hel" }
    #expect(Summary(events).text == "Hel")
    server.signal("go")
    events += await all(answer)
    let after = ContinuousClock.now
    let summary = Summary(events)
    #expect(summary.text == "Hello")
    #expect(summary.finish == .stop)
    #expect(summary.endings == 1)
    #expect(summary.starts == [ResponseStart(model: "m-1", requestID: "r-1")])
    #expect(summary.bytes == chunk("Hel").utf8.count + chunk("lo").utf8.count)
    let networks = events.compactMap { event -> NetworkPhases? in
      if case .network(let phases) = event.event { phases } else { nil }
    }
    // That the request is sent, if the answer is not there already; then, with the head, all of it; before any text.
    #expect((1...2).contains(networks.count) && networks.allSatisfy { $0.requestSent != nil })
    #expect(events.prefix(networks.count).allSatisfy { if case .network = $0.event { true } else { false } })
    let phases = try #require(networks.last)
    #expect(!phases.isConnectionReused)
    #expect(phases.tls == nil)
    #expect(phases.httpVersion == "1.1")
    let connect = try #require(phases.connect)
    let firstByte = try #require(phases.firstByte)
    #expect(connect <= firstByte)
    #expect(events.allSatisfy { $0.received >= before && $0.received <= after })
    #expect(zip(events, events.dropFirst()).allSatisfy { $0.received <= $1.received })
    #expect(await answer.next() == nil)
  }

  @Test("What one read brought comes as one batch")
  func batches() async throws {
    let server = try FaultServer { _ in
      .respond(200, stream, body: Array((chunk("a") + chunk("b") + chunk("c") + done).utf8))
    }
    let answer = Chat.client(server.url()).stream(try Chat.request())
    var batches: [[ReceivedEvent]] = []
    while let batch = await answer.next() { batches.append(batch) }
    // The request is sent, the head, the body.
    #expect(batches.count <= 3)
    #expect(batches.allSatisfy { !$0.isEmpty })
    #expect(Summary(batches.last ?? []).text == "abc")
  }

  @Test("The request holds what the server needs, and the credential stays where it belongs")
  func request() async throws {
    let server = try FaultServer { _ in .respond(200, stream, body: Array((chunk("a") + done).utf8)) }
    let client = Chat.client(server.url("/v1/"), credential: "key-1") { endpoint in
      endpoint.headers = [Endpoint.Header(name: "X-Team", value: Secret("blue"))]
      endpoint.query = [Endpoint.QueryItem(name: "api version", value: "1&2")]
    }
    _ = await all(client.stream(try Chat.request()))
    let request = try #require(server.log.requests.first)
    #expect(request.method == "POST")
    #expect(request.target == "/v1/chat/completions?api%20version=1%262")
    #expect(request.header("authorization") == "Bearer key-1")
    #expect(request.header("x-team") == "blue")
    #expect(request.header("accept") == "text/event-stream")
    #expect(request.header("content-type") == "application/json")
    #expect(request.header("accept-encoding") == nil)
    let body = try JSONParser.parse(request.body).get()
    #expect(body["stream"] == true)
    #expect(body["stream_options"]?["include_usage"] == true)
  }

  @Test("Without a credential no authorization is sent")
  func noCredential() async throws {
    let server = try FaultServer { _ in .respond(200, stream, body: Array((chunk("a") + done).utf8)) }
    _ = await all(Chat.client(server.url()).stream(try Chat.request()))
    #expect(server.log.requests.first?.header("authorization") == nil)
  }

  @Test("An answer in one piece gives the same events", arguments: [true, false])
  func whole(wasStreamAsked: Bool) async throws {
    let body =
      #"{"model":"m-1","choices":[{"index":0,"message":{"content":"Hello"},"finish_reason":"stop"}],"usage":{"prompt_tokens":3,"completion_tokens":1}}"#
    let server = try FaultServer { _ in .respond(200, ["content-type": "application/json"], body: Array(body.utf8)) }
    let summary = Summary(await all(Chat.client(server.url()).stream(try Chat.request(isStreaming: wasStreamAsked))))
    #expect(summary.text == "Hello")
    #expect(summary.usage == TokenUsage(input: 3, output: 1))
    #expect(summary.finish == .stop)
    #expect(summary.networks == 1)
    let sent = try JSONParser.parse(server.log.requests.first?.body ?? []).get()
    #expect(sent["stream"] == .bool(wasStreamAsked))
    #expect((sent["stream_options"] != nil) == wasStreamAsked)
  }

  @Test("A stream where a whole answer was asked for is read all the same")
  func unaskedStream() async throws {
    let server = try FaultServer { _ in .respond(200, stream, body: Array((chunk("a") + done).utf8)) }
    #expect(Summary(await all(Chat.client(server.url()).stream(try Chat.request(isStreaming: false)))).text == "a")
  }

  @Test("The connection is used again after the end marker, and the ending does not wait for that")
  func reuse() async throws {
    let server = try FaultServer { request in
      .stream([.head(200, stream), .bytes(chunk("a") + done), .waitForSignal("end \(request.connection)")])
    }
    let client = Chat.client(server.url())
    // The server has not ended its response when the stream is over.
    #expect(Summary(await all(client.stream(try Chat.request()))).finish == .stop)
    server.signal("end 1")
    // When the rest has been read is not told to anybody: ask until a request comes on the first connection again.
    let isReused = await eventually {
      guard let request = try? Chat.request() else { return false }
      server.signal("end \(server.log.connections + 1)")
      let summary = Summary(await all(client.stream(request)))
      return summary.finish == .stop && server.log.requests.contains { $0.number > 1 }
    }
    #expect(isReused)
  }

  @Test("What happens to the connection after the end marker does not matter")
  func faultAfterDone() async throws {
    let server = try FaultServer { _ in .stream([.head(200, stream), .bytes(chunk("a") + done), .close]) }
    let summary = Summary(await all(Chat.client(server.url()).stream(try Chat.request())))
    #expect(summary.text == "a")
    #expect(summary.finish == .stop)
  }

  // MARK: Refusals

  struct Refusal: Sendable, CustomTestStringConvertible {
    let status: Int
    var headers: KeyValuePairs<String, String> = ["content-type": "application/json"]
    var body = #"{"error":{"message":"the server's words","type":"t"}}"#
    let kind: ErrorKind
    let recovery: Recovery?
    var isRetryable = false
    var retryAfter: Int?
    var mentions: [String] = ["the server's words"]

    var testDescription: String { "\(status) \(body.prefix(60))" }
  }

  static let refusals = [
    Refusal(
      status: 401, kind: .unauthorized, recovery: .addCredential,
      mentions: ["the variable LAB_KEY", "the server's words"]),
    Refusal(status: 402, kind: .forbidden, recovery: .chooseModel),
    Refusal(status: 403, kind: .forbidden, recovery: .addCredential),
    Refusal(
      status: 404, kind: .notFound, recovery: .chooseModel,
      mentions: ["the server's words", "“m”", "/v1/chat/completions"]),
    Refusal(
      status: 404, body: #"{"error":{"message":"no model m","code":"model_not_found"}}"#, kind: .notFound,
      recovery: .chooseModel, mentions: ["no model m"]),
    Refusal(status: 400, kind: .badRequest, recovery: .chooseModel),
    Refusal(
      status: 400,
      body:
        #"{"error":{"message":"This model's maximum context length is 8192 tokens. However, you requested 10000 tokens","code":"context_length_exceeded"}}"#,
      kind: .badRequest, recovery: .shortenPrompt(byTokens: 1808), mentions: ["8192"]),
    Refusal(
      status: 413, body: "", kind: .tooLarge, recovery: .shortenPrompt(byTokens: nil), mentions: ["bytes were sent"]),
    Refusal(
      status: 422, body: #"{"detail":[{"loc":["body","model"],"msg":"field required","type":"missing"}]}"#,
      kind: .badRequest,
      recovery: .chooseModel, mentions: ["body.model: field required"]),
    Refusal(
      status: 429, headers: ["retry-after": "7"], kind: .rateLimited, recovery: .retry(afterMilliseconds: 7000),
      isRetryable: true,
      retryAfter: 7000),
    Refusal(
      status: 429,
      body: #"{"error":{"message":"no more money","type":"insufficient_quota","code":"insufficient_quota"}}"#,
      kind: .forbidden, recovery: .chooseModel, mentions: ["no more money"]),
    Refusal(status: 408, kind: .server, recovery: .retry(afterMilliseconds: nil), isRetryable: true),
    Refusal(status: 500, kind: .server, recovery: .retry(afterMilliseconds: nil), isRetryable: true),
    Refusal(status: 500, headers: ["x-should-retry": "false"], kind: .server, recovery: .retry(afterMilliseconds: nil)),
    Refusal(
      status: 502, headers: ["content-type": "text/html"],
      body: "<html><head><title>502 Bad Gateway</title></head></html>",
      kind: .server, recovery: .retry(afterMilliseconds: nil), isRetryable: true, mentions: ["502 Bad Gateway"]),
    Refusal(
      status: 503, body: "", kind: .overloaded, recovery: .retry(afterMilliseconds: nil), isRetryable: true,
      mentions: ["503"]),
    Refusal(status: 529, kind: .overloaded, recovery: .retry(afterMilliseconds: nil), isRetryable: true),
    Refusal(
      status: 308, headers: ["location": "https://elsewhere.example/v1"], kind: .provider,
      recovery: .fixSetting(path: "providers.lab.base_url"), mentions: ["https://elsewhere.example/v1"]),
  ]

  @Test("A refusal is told with its cause and the next step", arguments: refusals)
  func refusal(refusal: Refusal) async throws {
    let server = try FaultServer { _ in .respond(refusal.status, refusal.headers, body: Array(refusal.body.utf8)) }
    let summary = Summary(await all(Chat.client(server.url("/v1"), credential: "key").stream(try Chat.request())))
    let error = try #require(summary.error)
    #expect(error.status == refusal.status)
    #expect(error.explanation.kind == refusal.kind)
    #expect(error.explanation.recovery == refusal.recovery)
    #expect(error.isRetryable == refusal.isRetryable)
    #expect(error.retryAfterMilliseconds == refusal.retryAfter)
    for words in refusal.mentions { #expect(error.explanation.detail.contains(words)) }
    #expect(!error.explanation.sentence.contains("key-"))
    #expect(summary.endings == 1)
    #expect(summary.networks == 1)
    #expect(server.log.requests.count == 1)
  }

  @Test("A refusal whose body never ends is told after a moment")
  func endlessRefusal() async throws {
    let server = try FaultServer { _ in .stream([.head(500), .bytes(#"{"error":"slow"#), .waitForClose]) }
    let summary = Summary(await all(Chat.client(server.url()).stream(try Chat.request())))
    #expect(summary.error?.status == 500)
  }

  @Test("Of a huge refusal only the beginning is read")
  func hugeRefusal() async throws {
    let server = try FaultServer { _ in .stream([.head(500), .fill(8 << 20)]) }
    let summary = Summary(await all(Chat.client(server.url()).stream(try Chat.request())))
    #expect(summary.error?.status == 500)
    #expect((summary.error?.explanation.detail.count ?? 0) < 2_100)
  }

  @Test("A web page where an answer should be is named as one")
  func page() async throws {
    let server = try FaultServer { _ in
      .respond(
        200, ["content-type": "text/html; charset=utf-8"], body: Array("<html><title>Log in</title></html>".utf8))
    }
    let summary = Summary(await all(Chat.client(server.url()).stream(try Chat.request())))
    guard case .malformed(let explanation) = summary.failure else {
      Issue.record("\(String(describing: summary.failure))")
      return
    }
    #expect(explanation.detail.contains("Log in"))
    #expect(explanation.recovery == .fixSetting(path: "providers.lab.base_url"))
  }

  // MARK: Broken streams

  @Test("An error inside a stream ends it, with the text kept")
  func errorInside() async throws {
    let server = try FaultServer { _ in
      .stream([
        .head(200, stream),
        .bytes(chunk("kept") + #"data: {"error":{"message":"boom","type":"server_error"}}"# + "\n\n"), .waitForClose,
      ])
    }
    let summary = Summary(await all(Chat.client(server.url()).stream(try Chat.request())))
    #expect(summary.text == "kept")
    #expect(summary.error?.isRetryable == true)
    #expect(summary.error?.explanation.requestID == "r-1")
  }

  static let cuts: [[FaultServer.Step]] = [
    [.head(200, stream), .bytes(chunk("kept")), .close],
    [.head(200, stream), .bytes(chunk("kept")), .waitForSignal("received"), .reset],
    [.head(200, stream, framing: .untilClose), .bytes(chunk("kept")), .close],
    [.head(200, stream), .bytes(chunk("kept") + "data: {\"choi"), .close],
    [.head(200, stream), .bytes(chunk("kept"))],
  ]

  @Test("A stream that is cut keeps its text and is truncated", arguments: cuts.indices)
  func cut(index: Int) async throws {
    let server = try FaultServer { _ in .stream(Self.cuts[index]) }
    let answer = Chat.client(server.url()).stream(try Chat.request())
    var events = await read(answer) { $0.text == "kept" }
    server.signal("received")
    events += await all(answer)
    let summary = Summary(events)
    #expect(summary.text == "kept")
    #expect(summary.endings == 1)
    guard case .truncated(let explanation) = summary.failure else {
      Issue.record("\(String(describing: summary.failure))")
      return
    }
    #expect(explanation.recovery == .resume)
    #expect(explanation.kind == .truncated)
  }

  @Test("Silence before the head ends by the first-byte limit")
  func silentServer() async throws {
    let server = try FaultServer { _ in .stream([.waitForClose]) }
    let client = Chat.client(server.url()) { $0.firstByteTimeout = .milliseconds(120) }
    guard case .timedOut(.firstByte, let explanation) = Summary(await all(client.stream(try Chat.request()))).failure
    else {
      Issue.record("the first byte has a limit")
      return
    }
    #expect(explanation.kind == .timeout)
    #expect(explanation.recovery == .retry(afterMilliseconds: nil))
  }

  @Test("Silence inside a stream ends by the idle limit, with the text kept; heartbeats are no silence")
  func silentStream() async throws {
    let server = try FaultServer { _ in
      .stream([
        .head(200, stream), .bytes(chunk("kept")), .pause(120), .bytes(": ping\n\n"), .pause(120), .bytes(": ping\n\n"),
        .pause(120),
        .bytes(chunk("!")), .waitForClose,
      ])
    }
    let client = Chat.client(server.url()) { $0.idleTimeout = .milliseconds(300) }
    let summary = Summary(await all(client.stream(try Chat.request())))
    #expect(summary.text == "kept!")
    guard case .timedOut(.idle, let explanation) = summary.failure else {
      Issue.record("\(String(describing: summary.failure))")
      return
    }
    #expect(explanation.recovery == .resume)
  }

  @Test("A server that only forgets to close after the last reason has finished")
  func forgottenClose() async throws {
    let server = try FaultServer { _ in
      .stream([
        .head(200, stream),
        .bytes(chunk("a") + #"data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"# + "\n\n"),
        .waitForClose,
      ])
    }
    let client = Chat.client(server.url()) { $0.idleTimeout = .milliseconds(150) }
    #expect(Summary(await all(client.stream(try Chat.request()))).finish == .stop)
  }

  @Test("Garbage is malformed", arguments: ["data: {nonsense\n\n", "\u{0}\u{1}\u{2}"])
  func garbage(body: String) async throws {
    let server = try FaultServer { _ in .respond(200, stream, body: Array(body.utf8)) }
    guard case .malformed = Summary(await all(Chat.client(server.url()).stream(try Chat.request()))).failure else {
      Issue.record("garbage is no answer")
      return
    }
  }

  @Test("Invalid UTF-8, cut between reads, is repaired and loses nothing else")
  func invalidUTF8() async throws {
    let head = Array(#"data: {"choices":[{"delta":{"content":"a"#.utf8)
    let tail = Array(("b\"}}]}\n\n" + done).utf8)
    let server = try FaultServer { _ in
      .stream([.head(200, stream), .bytes(head + [0xF0, 0x9F]), .pause(30), .bytes([0x8C, 0x8D, 0xC3] + tail)])
    }
    let summary = Summary(await all(Chat.client(server.url()).stream(try Chat.request())))
    #expect(summary.text == "a🌍\u{FFFD}b")
    #expect(summary.finish == .stop)
  }

  @Test("A port where nobody listens, a name that does not exist and an address that is none are told apart")
  func unreachable() async throws {
    let port = try FaultServer { _ in .stream([]) }.port
    let refused = Summary(await all(Chat.client("http://127.0.0.1:\(port)").stream(try Chat.request())))
    guard case .connection(let explanation) = refused.failure else {
      Issue.record("\(String(describing: refused.failure))")
      return
    }
    #expect(explanation.kind == .connection)
    #expect(explanation.recovery == .checkConnection)
    #expect(explanation.detail.contains("\(port)"))
    let wrong = Summary(await all(Chat.client("lab.example/v1").stream(try Chat.request())))
    guard case .connection(let explanation) = wrong.failure else {
      Issue.record("\(String(describing: wrong.failure))")
      return
    }
    #expect(explanation.kind == .setting)
    #expect(explanation.recovery == .fixSetting(path: "providers.lab.base_url"))
  }

  @Test("A credential does not travel unencrypted to another machine")
  func plaintext() async throws {
    let summary = Summary(await all(Chat.client("http://lab.example:1/v1", credential: "k").stream(try Chat.request())))
    guard case .connection(let explanation) = summary.failure else {
      Issue.record("\(String(describing: summary.failure))")
      return
    }
    #expect(explanation.kind == .setting)
    #expect(explanation.recovery == .fixSetting(path: "providers.lab.allow_plaintext"))
  }

  @Test("A credential that cannot be had is the stream's ending, and nothing is sent")
  func missingCredential() async throws {
    let server = try FaultServer { _ in .respond(200) }
    let explanation = Explanation(kind: .unauthorized, summary: "LAB_KEY is not set", recovery: .addCredential)
    let client = Chat.client(server.url()) {
      $0.credential = Endpoint.noCredential(because: ProviderError(explanation: explanation))
    }
    #expect(Summary(await all(client.stream(try Chat.request()))).error?.explanation == explanation)
    #expect(server.log.connections == 0)
  }

  // MARK: Stopping

  @Test("A stop before the first read sends nothing")
  func stopBefore() async throws {
    let server = try FaultServer { _ in .respond(200) }
    let answer = Chat.client(server.url()).stream(try Chat.request())
    answer.cancel()
    #expect(Summary(await all(answer)).failure == .cancelled)
    #expect(server.log.connections == 0)
  }

  @Test("A stop while the credential is fetched does not wait for it")
  func stopAtCredential() async throws {
    let server = try FaultServer { _ in .respond(200) }
    let asked = Locked(false)
    let client = Chat.client(server.url()) { endpoint in
      endpoint.credential = { () throws(ProviderError) in
        asked.withLock { $0 = true }
        try? await Task.sleep(for: .seconds(60))
        return nil
      }
    }
    let answer = client.stream(try Chat.request())
    async let events = all(answer)
    #expect(await eventually { asked.withLock { $0 } })
    answer.cancel()
    #expect(Summary(await events).failure == .cancelled)
  }

  @Test("A stop while the server is silent closes the connection")
  func stopWhileWaiting() async throws {
    let server = try FaultServer { _ in .stream([.waitForClose]) }
    let answer = Chat.client(server.url()).stream(try Chat.request())
    async let events = all(answer)
    #expect(await server.wait { $0.requests.count == 1 })
    answer.cancel()
    #expect(Summary(await events).failure == .cancelled)
    #expect(await server.wait { $0.closures.count == 1 })
  }

  @Test("A stop inside a stream keeps the text and closes the connection")
  func stopInside() async throws {
    let server = try FaultServer { _ in .stream([.head(200, stream), .bytes(chunk("kept")), .waitForClose]) }
    let answer = Chat.client(server.url()).stream(try Chat.request())
    var events = await read(answer) { $0.text == "kept" }
    answer.cancel()
    events += await all(answer)
    #expect(Summary(events).text == "kept")
    #expect(Summary(events).failure == .cancelled)
    #expect(Summary(events).endings == 1)
    #expect(await server.wait { $0.closures.count == 1 })
  }

  @Test("A stop while a refusal is read is a stop")
  func stopInRefusal() async throws {
    let server = try FaultServer { _ in .stream([.head(500), .bytes("{"), .waitForClose]) }
    let answer = Chat.client(server.url()).stream(try Chat.request())
    var events = await read(answer) { $0.networks == 1 }
    answer.cancel()
    events += await all(answer)
    #expect(Summary(events).failure == .cancelled)
  }

  @Test("A stop inside an answer in one piece is a stop")
  func stopInWhole() async throws {
    let server = try FaultServer { _ in
      .stream([.head(200, ["content-type": "application/json"]), .bytes("{"), .waitForClose])
    }
    let answer = Chat.client(server.url()).stream(try Chat.request(isStreaming: false))
    var events = await read(answer) { $0.networks == 1 }
    answer.cancel()
    events += await all(answer)
    #expect(Summary(events).failure == .cancelled)
  }

  @Test("A cancelled task ends its stream")
  func cancelledTask() async throws {
    let server = try FaultServer { _ in .stream([.head(200, stream), .bytes(chunk("kept")), .waitForClose]) }
    let answer = Chat.client(server.url()).stream(try Chat.request())
    let reader = Task { await all(answer) }
    #expect(await server.wait { !$0.sends.isEmpty })
    reader.cancel()
    #expect(Summary(await reader.value).failure == .cancelled)
    #expect(await server.wait { $0.closures.count == 1 })
  }

  @Test("A stop after the end changes nothing")
  func stopAfter() async throws {
    let server = try FaultServer { _ in .respond(200, stream, body: Array((chunk("a") + done).utf8)) }
    let answer = Chat.client(server.url()).stream(try Chat.request())
    let events = await all(answer)
    answer.cancel()
    #expect(Summary(events).finish == .stop)
    #expect(await answer.next() == nil)
  }

  // MARK: Repairs

  @Test(
    "A server that does not know a field gets the request without it, once and from then on",
    arguments: [
      ("Unrecognized request argument supplied: stream_options", "stream_options"),
      ("Unsupported value: 'temperature' does not support 0.7 with this model.", "temperature"),
      ("top_p is not supported with this model", "top_p"),
    ])
  func repair(message: String, field: String) async throws {
    let server = try FaultServer { request in
      let body = (try? JSONParser.parse(request.body).get()) ?? .null
      if body[field] != nil {
        let refusal: JSONValue = ["error": ["message": .string(message)]]
        return .respond(400, ["content-type": "application/json"], body: refusal.bytes)
      }
      return .respond(200, stream, body: Array((chunk("a") + done).utf8))
    }
    let client = Chat.client(server.url())
    let request = try Chat.request {
      $0.temperature = 0.7
      $0.topP = 0.9
    }
    #expect(Summary(await all(client.stream(request))).text == "a")
    #expect(server.log.requests.count == 2)
    #expect(Summary(await all(client.stream(request))).text == "a")
    #expect(server.log.requests.count == 3)
  }

  @Test("The name of the token limit is changed to the one the server wants")
  func tokenLimitRepair() async throws {
    let server = try FaultServer { request in
      let body = (try? JSONParser.parse(request.body).get()) ?? .null
      guard body["max_tokens"] == nil else {
        return .respond(
          400,
          body: Array(
            #"{"error":{"message":"Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead."}}"#
              .utf8))
      }
      return .respond(200, stream, body: Array((chunk("\(body["max_completion_tokens"]?.int ?? 0)") + done).utf8))
    }
    let summary = Summary(await all(Chat.client(server.url()).stream(try Chat.request { $0.maximumTokens = 500 })))
    #expect(summary.text == "500")
  }

  @Test("A server that refuses everything is asked a bounded number of times")
  func hopelessRepairs() async throws {
    let server = try FaultServer { _ in
      .respond(
        400, body: Array(#"{"error":{"message":"stream_options max_tokens temperature top_p reasoning_content"}}"#.utf8)
      )
    }
    let summary = Summary(await all(Chat.client(server.url()).stream(try Chat.request())))
    #expect(summary.error?.status == 400)
    #expect(server.log.requests.count == 6)
  }

  // MARK: Models

  @Test("Models come with their lengths, from any server's list")
  func models() async throws {
    let body = #"""
      {"object":"list","data":[{"id":"a"},{"id":"b","context_length":1000},{"id":"c","max_model_len":2000},
      {"id":"d","context_window":3000},{"id":"e","meta":{"n_ctx_train":4000}},{"id":"f","top_provider":{"context_length":5000}},{"id":""}]}
      """#
    let server = try FaultServer { _ in .respond(200, ["content-type": "application/json"], body: Array(body.utf8)) }
    let models = try await Chat.client(server.url("/v1/chat/completions"), credential: "k").models()
    #expect(
      models == [
        ModelDescriptor(id: "a"), ModelDescriptor(id: "b", contextLength: 1000),
        ModelDescriptor(id: "c", contextLength: 2000),
        ModelDescriptor(id: "d", contextLength: 3000), ModelDescriptor(id: "e", contextLength: 4000),
        ModelDescriptor(id: "f", contextLength: 5000),
      ])
    #expect(server.log.requests.first?.target == "/v1/models")
    #expect(server.log.requests.first?.header("authorization") == "Bearer k")
  }

  @Test("Where nothing is listed the configured models are offered, and a refusal is told")
  func noModels() async throws {
    let server = try FaultServer { request in .respond(request.target == "/a/models" ? 404 : 401) }
    let listed = try await Chat.client(server.url("/a")) { $0.models = ["x"] }.models()
    #expect(listed == [ModelDescriptor(id: "x")])
    await #expect(throws: ProviderError.self) {
      _ = try await Chat.client(server.url("/b")) { $0.models = ["x"] }.models()
    }
  }
}
