import Conversations
import Diagnostics
import Framing
import Streaming
import TestSupport
import Testing
import Transport

@testable import Providers

private let eventStream: KeyValuePairs<String, String> = ["content-type": "text/event-stream; charset=utf-8"]

private func event(_ type: String, _ data: String) -> String {
  "event: StreamingEventType.X\ndata: {\"type\":\"\(type)\",\"data\":\(data),\"run_id\":\"r\"}\n\n"
}

private func chunk(_ delta: String, _ content: String, isComplete: Bool = false, words: String = "null") -> String {
  event(
    "chunk",
    #"{"content":""# + content + #"","delta":""# + delta + #"","is_complete":\#(isComplete),"token_count":\#(words)}"#)
}

private func answer(_ text: String) -> Summary { decode(text, with: JAFDialect()) }

@Suite("JAF: published streams")
struct JAFVectorTests {
  static let isPresent = Vectors.has("streams/jaf")
  static let vectors = StreamVector.all(in: "jaf").filter { !$0.testDescription.hasSuffix(".body.json") }

  private func dialect(of vector: StreamVector) -> JAFDialect {
    let name = vector.testDescription
    return JAFDialect(name.hasSuffix(".ws.bin") ? .webSocket : name.hasSuffix(".txt") ? .text : .events)
  }

  @Test("All published streams were found", .enabled(if: isPresent, Vectors.absence))
  func allFound() { #expect(Self.vectors.count == 15) }

  @Test(
    "A published stream means the same however it is cut", .enabled(if: isPresent, Vectors.absence), arguments: vectors)
  func stream(vector: StreamVector) {
    let dialect = dialect(of: vector)
    let whole = Summary(decode([vector.body], with: dialect))
    Agents.check(whole, vector.expect, vector.testDescription)
    if let run = vector.expect["runId"]?.string {
      #expect(whole.starts == [ResponseStart(model: vector.expect["agentName"]?.string, requestID: run)])
    }
    // A stream of 80 kB byte by byte is one cut enough.
    let cuts =
      vector.body.count < 10_000
      ? Cuts.all(vector.body) : [vector.body.map { [$0] }, Cuts.random(vector.body, seed: 3, largest: 999)]
    for pieces in cuts { #expect(withoutCounts(Summary(decode(pieces, with: dialect))) == withoutCounts(whole)) }
  }

  /// Raw text is not counted in records.
  private func withoutCounts(_ summary: Summary) -> Summary {
    var summary = summary
    summary.bytes = 0
    return summary
  }

  @Test("A refusal in a success is a refusal", .enabled(if: isPresent, Vectors.absence))
  func agentNotFound() throws {
    let vector = try #require(StreamVector.all(in: "jaf").first { $0.testDescription.hasSuffix(".body.json") })
    let summary = whole(String(decoding: vector.body, as: UTF8.self))
    Agents.check(summary, vector.expect, vector.testDescription)
    #expect(summary.error?.explanation.recovery == .chooseModel)
  }

  @Test("Every published stream of the package's server can be replayed", .enabled(if: isPresent, Vectors.absence))
  func replay() throws {
    for vector in Self.vectors {
      let kind = vector.testDescription.hasSuffix(".txt") ? "text/plain" : "text/event-stream"
      let recording = Recording(
        kind: "jaf", contentType: kind, pieces: [Recording.Piece(time: .zero, bytes: vector.body)])
      let stage = ReplayStage(
        recording: recording, speed: .maximum, start: .now, endpoint: Agents.endpoint(), model: "m", now: 0)
      let player = try #require(ReplayDialects.player(of: "jaf"))
      Agents.check(Summary(player(stage).flatMap(\.events)), vector.expect, vector.testDescription)
    }
  }
}

private func whole(_ body: String) -> Summary {
  var decoding = EventDecoding(JAFDialect(), context: ResponseContext(provider: "lab", model: "m"), received: .now)
  decoding.decodeWhole(Array(body.utf8), received: .now)
  return Summary(decoding.take())
}

@Suite("JAF: what servers do differently")
struct JAFVariantTests {
  @Test("Text that is told again is shown once, and a second text is a second text")
  func texts() {
    let complete = event("complete", #"{"content":"a b","delta":"","is_complete":true}"#)
    #expect(answer(chunk("a", "a") + chunk(" b", "a b", isComplete: true) + complete).text == "a b")
    #expect(answer(chunk("", "a b") + complete).text == "a b")
    #expect(answer(complete).text == "a b")
    let two = chunk("one", "one", isComplete: true) + chunk("two", "two", isComplete: true)
    #expect(answer(two + event("complete", #"{"content":"two"}"#)).text == "onetwo")
    #expect(answer(chunk("x", "y") + event("complete", #"{"content":"y"}"#)).text == "x\n\ny")
  }

  @Test("Words are estimates, and the server's own sum holds")
  func words() {
    let text = chunk("a", "a", isComplete: true, words: "2") + chunk("b", "b", isComplete: true, words: "3")
    #expect(answer(text + event("complete", "{}")).usage == TokenUsage(output: 5, isEstimated: true))
    #expect(
      answer(text + event("metadata", #"{"total_tokens":7}"#) + event("complete", "{}")).usage
        == TokenUsage(output: 7, isEstimated: true))
  }

  @Test("A tool's result is unwrapped, and a tool that waits for an approval says so")
  func tools() {
    func run(_ result: JSONValue, status: String = "success") -> Summary {
      answer(
        event("tool_call", #"{"tool_name":"pay","call_id":"c","arguments":{"n":1},"status":"started"}"#)
          + event(
            "tool_result",
            #"{"tool_name":"pay","call_id":"c","status":""# + status + #"","result":"#
              + String(decoding: result.bytes, as: UTF8.self) + "}")
          + event("complete", "{}"))
    }
    #expect(run("plain").results.first?.content == "plain")
    #expect(run(["a": 1]).results.first?.content == #"{"a":1}"#)
    #expect(run(.string(#"{"hitl_status":"rejected","message":"no"}"#)).results.first?.isError == true)
    #expect(run("x", status: "error").results.first?.isError == true)
    let waiting = run(.string(#"{"hitl_status":"pending_approval","message":"wait"}"#))
    #expect(waiting.results.first?.content == "wait")
    #expect(waiting.results.first?.isError == false)
    #expect(waiting.opaque.first?.label.hasPrefix("approval wanted for pay") == true)
  }

  @Test(
    "A failure of the run is told by its tag",
    arguments: [
      (#"{"_tag":"RateLimitError","detail":"slow","retry_after_seconds":2}"#, ErrorKind.rateLimited, true),
      (#"{"_tag":"NetworkError","is_retryable":true,"message":"net"}"#, .server, true),
      (#"{"_tag":"NetworkError","is_retryable":false,"message":"net"}"#, .provider, false),
      (#"{"_tag":"MaxTurnsExceeded","turns":5}"#, .provider, false),
      (#"{"error_type":"InputGuardrailTripwire","reason":"bad words"}"#, .provider, false),
      (#"{"_tag":"AgentNotFound","agent_name":"x"}"#, .notFound, false),
    ])
  func failures(data: String, kind: ErrorKind, isRetryable: Bool) {
    let summary = answer(chunk("kept", "kept") + event("error", data) + event("complete", "{}"))
    #expect(summary.error?.explanation.kind == kind)
    #expect(summary.error?.isRetryable == isRetryable)
    #expect(summary.text == "kept")
    #expect(summary.endings == 1)
  }

  @Test("The server's own frames end the stream, too")
  func serverFrames() {
    #expect(answer("event: error\ndata: {\"message\":\"boom\"}\n\n").error?.explanation.detail == "“boom”")
    guard case .truncated = answer(chunk("a", "a") + "event: stream_end\ndata: {\"ended\":true}\n\n").failure else {
      Issue.record("the answer was not complete")
      return
    }
    guard case .malformed = answer("data: nonsense\n\n").failure else {
      Issue.record("that is no event")
      return
    }
  }

  @Test("An answer in one piece has its tools, its text and its reason")
  func wholeAnswers() {
    let full = whole(
      #"""
      {"success":true,"data":{"run_id":"r","messages":[{"role":"user","content":"old"},{"role":"assistant","content":"old answer"},
      {"role":"user","content":"q"},{"role":"assistant","content":"","tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{\"a\":1}"}}]},
      {"role":"tool","tool_call_id":"c","content":"{\"hitl_status\":\"executed\",\"result\":\"ok\"}"},{"role":"assistant","content":"done"}],
      "outcome":{"status":"completed","output":"done"},"turn_count":2,"conversation_id":"v"},"error":null}
      """#)
    #expect(full.text == "done")
    #expect(full.calls == [Summary.Call(id: "c", name: "f", arguments: #"{"a":1}"#, isEnded: true)])
    #expect(full.results.map(\.content) == ["ok"])
    #expect(full.finish == .stop)
    let noOutput = whole(
      #"{"success":true,"data":{"messages":[{"role":"assistant","content":"last"}],"outcome":{"status":"completed"}}}"#)
    #expect(noOutput.text == "last")
    let waiting = whole(
      #"{"success":true,"data":{"messages":[],"outcome":{"status":"interrupted","interruptions":[{"tool_call":{"id":"c","function":{"name":"pay","arguments":"{}"}}}]}}}"#
    )
    #expect(waiting.finish == .pause)
    #expect(waiting.calls.map(\.name) == ["pay"])
    #expect(waiting.opaque.count == 1)
    #expect(
      whole(
        #"{"success":true,"data":{"messages":[],"outcome":{"status":"error","error":{"_tag":"ToolCallError","detail":"d"}}}}"#
      ).error?.explanation.detail.contains("d (ToolCallError)") == true)
    #expect(
      whole(#"{"success":true,"data":{"messages":[],"outcome":{"status":"max_turns","output":"x"}}}"#).finish
        == .other("max_turns"))
  }

  @Test("Raw text that is really events is read as events")
  func adapted() {
    let summary = decode(event("complete", #"{"content":"x"}"#), with: JAFDialect(.text))
    #expect(summary.text == "x")
    #expect(summary.finish == .stop)
    #expect(
      decode(
        "data: {\"type\":\"chunk\",\"content\":\"a\"}\n\ndata: {\"type\":\"complete\"}\n\n", with: JAFDialect(.text)
      ).text == "a")
    #expect(decode("data: a\n\ndata: [DONE]\n\n", with: JAFDialect(.text)).finish == .stop)
    let json = decode("data: {\"answer\":4}\n\n", with: JAFDialect(.text))
    #expect(json.text == #"{"answer":4}"#)
    #expect(json.finish == .stop)
  }
}

@Suite("JAF: requests")
struct JAFRequestTests {
  private func encode(
    _ wire: JAFDialect.Wire, _ request: ChatRequest, base: String = "http://h:1", options: [String: String] = [:],
    repairs: Set<Repair> = []
  ) throws -> DialectRequest {
    try JAFDialect(wire).encode(request, to: Agents.endpoint(base, options), repairs: repairs)
  }

  private static func talk(_ extra: String = "", isStreaming: Bool = true) throws -> ChatRequest {
    try Chat.request(
      [Chat.user("one"), Chat.assistant("two"), Chat.user("three & four")], model: "Weather",
      isStreaming: isStreaming, extra: extra
    ) { $0.system = "Be brief." }
  }

  @Test("The server remembers: only what is new is sent, with the conversation's ID")
  func remembered() throws {
    let request = try encode(.events, try Self.talk(#"{"context":{"a":1}}"#))
    #expect(request.url.description == "http://h:1/chat")
    #expect(
      try Agents.body(request) == [
        "agent_name": "Weather", "messages": [["role": "user", "content": "three & four"]], "conversation_id": "test1",
        "stream": true, "context": ["a": 1],
      ])
    let first = try encode(.events, try Chat.request([Chat.user("one")]) { $0.system = "Be brief." })
    #expect(try Agents.body(first)["messages"]?.array?.count == 2)
  }

  @Test("A server that stores nothing gets everything")
  func forgetful() throws {
    let body = try Agents.body(try encode(.events, try Self.talk(#"{"store_on_completion":false}"#)))
    #expect(body["messages"]?.array?.compactMap { $0["role"]?.string } == ["system", "user", "assistant", "user"])
    #expect(body["conversation_id"] == nil)
    #expect(body["store_on_completion"] == false)
  }

  @Test("Files go along by their kind")
  func files() throws {
    let image = Attachment(name: "cat.PNG", mediaType: "image/png", bytes: [1, 2, 3])
    let body = try Agents.body(
      try encode(.events, try Chat.request([Chat.message(.user, .text("look"), .attachment(image))])))
    #expect(
      body["messages"]?[0]?["attachments"]?[0] == [
        "kind": "image", "mime_type": "image/png", "name": "cat.PNG", "data": "AQID", "format": "png",
      ])
    #expect(throws: ProviderError.self) {
      _ = try encode(.webSocket, try Chat.request([Chat.message(.user, .attachment(image))]))
    }
  }

  @Test(
    "A WebSocket gets the bare prompt at its address, and an object where there are extra fields",
    arguments: ["http://h:1", "ws://h:1/", "http://h:1/stream"])
  func webSocket(base: String) throws {
    let request = try encode(.webSocket, try Self.talk(), base: base)
    #expect(request.url.description == "http://h:1/stream")
    #expect(request.exchange == .webSocket(firstMessages: ["three & four"]))
    let wrapped = try encode(.webSocket, try Self.talk(#"{"user":"u"}"#), base: base, options: ["path": "ws"])
    #expect(wrapped.url.target == "/ws")
    guard case .webSocket(let messages) = wrapped.exchange else {
      Issue.record("that is no WebSocket")
      return
    }
    #expect(
      messages.map { try? JSONParser.parse($0).get() } == [
        ["message": "three & four", "conversation_id": "test1", "user": "u"]
      ])
    #expect(try encode(.webSocket, try Self.talk(), base: "wss://h").url.description == "https://h/stream")
  }

  @Test("Raw text is asked for by address; the other address is the other way to answer")
  func text() throws {
    let request = try encode(.text, try Self.talk(#"{"user":"a b"}"#))
    #expect(request.method == .get)
    #expect(request.url.target == "/stream-http?query=three%20%26%20four&user=a%20b")
    #expect(request.body == nil)
    let own = try encode(.text, try Self.talk(), options: ["path": "/ask?q={prompt}&x=1"])
    #expect(own.url.target == "/ask?q=three%20%26%20four&x=1")
    let wholeAnswer = try encode(.text, try Self.talk(isStreaming: false))
    #expect(wholeAnswer.url.target == "/chat")
    #expect(try Agents.body(wholeAnswer)["stream"] == false)
    #expect(try encode(.text, try Self.talk(), repairs: [JAFDialect.noTextAddress]).url.target == "/chat")
  }
}

@Suite("JAF: a client and a server")
struct JAFClientTests {
  private static func frame(_ text: String) -> [UInt8] { [0x81, UInt8(text.utf8.count)] + Array(text.utf8) }
  private static let half = #"{"type":"chunk","content":"kept"}"#
  private static let complete = #"{"type":"complete"}"#

  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    var transport = "sse"
    var steps: [FaultServer.Step]
    var idle: Duration = .seconds(20)
    var text = ""
    let ending: String
  }

  static let cases = [
    Case(
      testDescription: "sse complete, held open",
      steps: [.head(200, eventStream), .bytes(chunk("kept", "kept") + event("complete", "{}")), .waitForClose],
      text: "kept", ending: "stop"),
    Case(
      testDescription: "sse hang", steps: [.head(200, eventStream), .bytes(chunk("kept", "kept")), .waitForClose],
      idle: .milliseconds(200), text: "kept", ending: "truncated"),
    Case(
      testDescription: "sse cut", steps: [.head(200, eventStream), .bytes(chunk("kept", "kept")), .close], text: "kept",
      ending: "truncated"),
    Case(testDescription: "sse 401", steps: [.head(401)], ending: "unauthorized"),
    Case(testDescription: "sse 404", steps: [.head(404)], ending: "not_found"),
    Case(
      testDescription: "sse 422",
      steps: [.head(422), .bytes(#"{"detail":[{"loc":["body","agent_name"],"msg":"field required"}]}"#)],
      ending: "bad_request"),
    Case(testDescription: "sse 429", steps: [.head(429, ["retry-after": "7"])], ending: "rate_limited retryable 7000"),
    Case(testDescription: "sse 500", steps: [.head(500)], ending: "server retryable 0"),
    Case(testDescription: "sse reset", steps: [.reset], ending: "connection"),
    Case(
      testDescription: "text complete", transport: "http",
      steps: [.head(200, ["content-type": "text/plain"]), .bytes("data: ke\n\n"), .bytes("data: pt\n\n")], text: "kept",
      ending: "stop"),
    Case(
      testDescription: "text cut", transport: "http",
      steps: [.head(200, ["content-type": "text/plain"]), .bytes("data: kept"), .close], text: "kept",
      ending: "truncated"),
    Case(testDescription: "websocket refused", transport: "websocket", steps: [.head(403)], ending: "forbidden"),
    Case(testDescription: "websocket reset", transport: "websocket", steps: [.reset], ending: "connection"),
  ]

  @Test("How a stream goes and ends", arguments: cases)
  func ending(of test: Case) async throws {
    let server = try FaultServer { _ in .stream(test.steps) }
    let client = try Agents.client("jaf", server.url(), options: ["transport": test.transport]) {
      $0.idleTimeout = test.idle
    }
    #expect(!client.isRepeatable)
    try await check(client, test)
    #expect(server.log.requests.count == 1)
  }

  static let sockets = [
    Case(
      testDescription: "complete, held open",
      steps: [.raw(frame(half) + [0x89, 0] + frame(complete)), .collect(6), .waitForClose], text: "kept", ending: "stop"
    ),
    Case(
      testDescription: "closed early", steps: [.raw(frame(half) + [0x88, 2, 0x03, 0xF3]), .waitForClose], text: "kept",
      ending: "server retryable 0"),
    Case(
      testDescription: "closed normally", steps: [.raw(frame(half) + [0x88, 2, 0x03, 0xE8]), .waitForClose],
      text: "kept", ending: "truncated"),
    Case(testDescription: "cut", steps: [.raw(frame(half)), .close], text: "kept", ending: "truncated"),
    Case(
      testDescription: "silence", steps: [.raw(frame(half)), .waitForClose], idle: .milliseconds(200), text: "kept",
      ending: "truncated"),
    Case(
      testDescription: "against the rules", steps: [.raw(frame(half) + [0x81, 1, 0xFF]), .waitForClose], text: "kept",
      ending: "malformed"),
    Case(
      testDescription: "an error", steps: [.raw(frame(#"{"type":"error","error":"boom"}"#)), .waitForClose],
      ending: "provider"),
  ]

  @Test("How a WebSocket goes and ends, streamed or not", arguments: sockets, [true, false])
  func webSocket(test: Case, isStreaming: Bool) async throws {
    let server = try FaultServer { request in
      let accept = WebSocketKey(text: request.header("sec-websocket-key") ?? "").accept
      return .stream(
        [
          .head(
            101, ["Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Accept": accept], framing: .asGiven),
          .collect(8),
        ] + test.steps)
    }
    let client = try Agents.client("jaf", server.url(), options: ["transport": "websocket"]) {
      $0.idleTimeout = test.idle
    }
    try await check(client, test, isStreaming: isStreaming)
    #expect(server.log.requests.first?.target == "/stream")
  }

  private func check(_ client: any ProviderClient, _ test: Case, isStreaming: Bool = true) async throws {
    let summary = Summary(await all(client.stream(try Chat.request(isStreaming: isStreaming))))
    #expect(summary.text == test.text)
    #expect(summary.endings == 1)
    var words = summary.finish?.name ?? summary.failure?.explanation.kind.rawValue ?? ""
    if let error = summary.error, error.isRetryable { words += " retryable \(error.retryAfterMilliseconds ?? 0)" }
    #expect(words == test.ending, "\(String(describing: summary.failure))")
    #expect(summary.networks == 1)
  }

  @Test("The silence of a server that never ends its stream is told with the way out")
  func hang() async throws {
    let server = try FaultServer { _ in .stream([.head(200, eventStream), .bytes(event("start", "{}")), .waitForClose])
    }
    let client = try Agents.client("jaf", server.url()) { $0.idleTimeout = .milliseconds(150) }
    let explanation = try #require(Summary(await all(client.stream(try Chat.request()))).failure?.explanation)
    #expect(explanation.summary.contains("stopped sending"))
    #expect(explanation.detail.contains("stream = false"))
  }

  @Test(
    "A server that has one of the two addresses is asked there, from then on, streamed or not",
    arguments: [true, false])
  func otherAddress(hasText: Bool) async throws {
    let body = #"{"success":true,"data":{"messages":[],"outcome":{"status":"completed","output":"x"}}}"#
    let server = try FaultServer { request in
      if hasText, request.target.hasPrefix("/stream-http") {
        return .respond(200, ["content-type": "text/plain"], body: Array("data: x\n\n".utf8))
      }
      return !hasText && request.target == "/chat"
        ? .respond(200, ["content-type": "application/json"], body: Array(body.utf8)) : .respond(404)
    }
    let client = try Agents.client("jaf", server.url(), options: ["transport": "http"])
    var targets: [String] = []
    for isStreaming in [!hasText, hasText, !hasText] {
      #expect(Summary(await all(client.stream(try Chat.request(isStreaming: isStreaming)))).text == "x")
      targets = server.log.requests.map { String($0.target.prefix(5)) }
    }
    #expect(targets == (hasText ? ["/chat", "/stre", "/stre", "/stre"] : ["/stre", "/chat", "/chat", "/chat"]))
  }

  @Test("A stop keeps the text and says goodbye")
  func stop() async throws {
    let server = try FaultServer { request in
      let accept = WebSocketKey(text: request.header("sec-websocket-key") ?? "").accept
      return .stream([
        .head(
          101, ["Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Accept": accept], framing: .asGiven),
        .collect(8), .raw(Self.frame(Self.half)), .collect(8), .waitForClose,
      ])
    }
    let answer = try Agents.client("jaf", server.url(), options: ["transport": "websocket"]).stream(try Chat.request())
    var events = await read(answer) { $0.text == "kept" }
    answer.cancel()
    events += await all(answer)
    #expect(Summary(events).failure == .cancelled)
    #expect(await server.wait { $0.closures.count == 1 && $0.collected.count == 16 })
  }

  @Test("The server's agents are the models")
  func agents() async throws {
    let server = try FaultServer { _ in
      .respond(
        200, ["content-type": "application/json"],
        body: Array(#"{"success":true,"data":{"agents":[{"name":"Weather","tools":[]},{"name":"Math"}]}}"#.utf8))
    }
    let models = try await Agents.client("jaf", server.url()).models()
    #expect(models == [ModelDescriptor(id: "Weather"), ModelDescriptor(id: "Math")])
    #expect(server.log.requests.first?.target == "/agents")
  }

  @Test("A transport that does not exist is a setting, and silence is bounded to a minute by itself")
  func settings() throws {
    #expect(throws: Explanation.self) {
      _ = try Agents.client("jaf", "http://h", options: ["transport": "carrier pigeon"])
    }
    let client = try Agents.client("jaf", "http://h") as? DialectClient<JAFDialect>
    #expect(client?.endpoint.idleTimeout == .seconds(60))
  }
}
