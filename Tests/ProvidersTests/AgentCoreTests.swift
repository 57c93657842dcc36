import Conversations
import Diagnostics
import Framing
import Streaming
import TestSupport
import Testing
import Transport

@testable import Providers

private let eventStream: KeyValuePairs<String, String> = ["content-type": "text/event-stream; charset=utf-8"]

/// An event as the runtime sends it: the agent's text in a JSON string.
private func wrapped(_ name: String, _ json: String) -> String {
  let inner = JSONValue.string("event: StreamEventType.\(name)\ndata: \(json)\n\n")
  return "data: \(String(decoding: inner.bytes, as: UTF8.self))\n\n"
}

private func plain(_ json: String) -> String { "data: \(json)\n\n" }

private func answer(_ text: String) -> Summary { decode(text, with: AgentCoreDialect()) }

@Suite("AgentCore: published streams")
struct AgentCoreVectorTests {
  static let isPresent = Vectors.has("streams/langgraph-agentcore")
  static let streams = StreamVector.all(in: "langgraph-agentcore").filter { $0.testDescription.hasSuffix(".sse") }
  static let bodies = StreamVector.all(in: "langgraph-agentcore").filter { $0.testDescription.hasSuffix(".body.json") }

  @Test("All published streams were found", .enabled(if: isPresent, Vectors.absence))
  func allFound() {
    #expect(Self.streams.count == 11)
    #expect(Self.bodies.count == 4)
  }

  @Test(
    "A published stream means the same however it is cut", .enabled(if: isPresent, Vectors.absence), arguments: streams)
  func stream(vector: StreamVector) {
    let whole = Summary(decode([vector.body], with: AgentCoreDialect()))
    Agents.check(whole, vector.expect, vector.testDescription)
    // Remarks on the way, in their order.
    let remarks = (vector.expect["steps"]?.array ?? []).filter { $0["type"]?.string == "ai" }
      .compactMap { $0["content"]?.string }.filter { $0 != whole.text }
    #expect(whole.thinking == remarks.joined(separator: "\n\n"))
    #expect(
      whole.opaque.map(\.label) == (vector.expect["status"]?.array?.compactMap(\.string) ?? whole.opaque.map(\.label)))
    for pieces in Cuts.all(vector.body) { #expect(Summary(decode(pieces, with: AgentCoreDialect())) == whole) }
  }

  @Test("A published body is understood", .enabled(if: isPresent, Vectors.absence), arguments: bodies)
  func body(vector: StreamVector) throws {
    let status = vector.expectation["status"]?.int ?? 0
    guard status != 200 else {
      var decoding = EventDecoding(
        AgentCoreDialect(), context: ResponseContext(provider: "lab", model: "m"), received: .now)
      decoding.decodeWhole(vector.body, received: .now)
      return Agents.check(Summary(decoding.take()), vector.expect, vector.testDescription)
    }
    var failure = try Agents.failure(status, [:], vector.body, endpoint: Agents.endpoint())
    for member in vector.expectation["headers"]?.object?.members ?? [] {
      try failure.headers.add(member.key, member.value.string ?? "")
    }
    let error = AgentCoreDialect().classify(failure)
    #expect(error.explanation.detail.contains(vector.expect["error"]?["message"]?.string ?? "?"))
    #expect(error.isRetryable == vector.expect["error"]?["retryable"]?.bool)
    #expect(error.wasTurnedAway == error.isRetryable)
  }
}

@Suite("AgentCore: what agents do differently")
struct AgentCoreVariantTests {
  private let start = wrapped("AGENT_START", #"{"session_id":"s"}"#)

  @Test("Text pieces are the answer, blanks and JSON-like text included, and a clean end completes it")
  func pieces() {
    let summary = answer(plain(#""Hel""#) + plain(#""lo ""#) + plain(#"" ""#) + "data: raw text\n\n" + plain("42"))
    #expect(summary.text == "Hello  raw text42")
    #expect(summary.finish == .stop)
  }

  @Test("An object that nobody knows is shown as it is")
  func unknownObject() {
    #expect(answer(plain(#"{"answer":4}"#)).text == #"{"answer":4}"#)
  }

  @Test("An object with a type and data is an event", arguments: ["agent_end", "AGENT_END", "X.Y.AGENT_END"])
  func typedObject(name: String) {
    let summary = answer(plain(#"{"type":""# + name + #"","data":{"output":"yes"}}"#))
    #expect(summary.text == "yes")
    #expect(summary.finish == .stop)
  }

  @Test("Tokens are shown at once, and a whole message or the output only adds what is missing")
  func tokens() {
    let text =
      start + wrapped("LLM_TOKEN", #"{"token":"The "}"#)
      + wrapped("LLM_TOKEN", #"{"token":[{"type":"text","text":"answer"}]}"#)
    let whole = wrapped("AGENT_STEP", #"{"type":"ai","content":"The answer"}"#)
    #expect(answer(text + whole + wrapped("AGENT_END", #"{"output":"The answer"}"#)).text == "The answer")
    #expect(answer(text + whole + wrapped("AGENT_END", #"{"output":null}"#)).text == "The answer")
    #expect(answer(text + wrapped("AGENT_END", #"{"output":"The answer is 4."}"#)).text == "The answer is 4.")
    #expect(answer(text + wrapped("AGENT_END", #"{"output":"Another one"}"#)).text == "The answer\n\nAnother one")
  }

  @Test("Two calls of the model with a tool between them give both texts once")
  func twoCalls() {
    let summary = answer(
      start + wrapped("LLM_START", "{}") + wrapped("LLM_TOKEN", #"{"token":"I look."}"#)
        + wrapped(
          "AGENT_STEP",
          #"{"type":"ai","content":[{"type":"text","text":"I look."},{"type":"tool_use","id":"t1","name":"look","input":{"a":1}}]}"#
        )
        + wrapped("AGENT_STEP", #"{"type":"tool","content":"seen"}"#) + wrapped("LLM_START", "{}")
        + wrapped("LLM_TOKEN", #"{"token":"Done."}"#) + wrapped("AGENT_STEP", #"{"type":"ai","content":"Done."}"#)
        + wrapped("AGENT_END", #"{"output":"Done."}"#))
    #expect(summary.text == "I look.Done.")
    #expect(summary.calls == [Summary.Call(id: "t1", name: "look", arguments: #"{"a":1}"#, isEnded: true)])
    #expect(summary.results == [ToolResult(callID: "t1", name: "look", content: "seen", isError: false)])
    #expect(summary.thinking.isEmpty)
  }

  @Test("A tool that both its own events and a step tell of is one row")
  func toolToldTwice() {
    let summary = answer(
      start + wrapped("TOOL_START", #"{"tool":"calc","input":"{'a': 1}"}"#) + wrapped("TOOL_END", #"{"output":"100"}"#)
        + wrapped("AGENT_STEP", #"{"type":"tool","content":"100"}"#) + wrapped("AGENT_END", #"{"output":"ok"}"#))
    #expect(summary.calls.count == 1)
    #expect(summary.results.map(\.content) == ["100"])
  }

  @Test("Open tools get their results by name, else the last one does")
  func parallelTools() {
    let summary = answer(
      wrapped("TOOL_CALL", #"{"tool":"a","args":{}}"#) + wrapped("TOOL_CALL", #"{"tool":"b","args":{}}"#)
        + wrapped("TOOL_RESULT", #"{"tool":"a","result":"1"}"#) + wrapped("TOOL_RESULT", #"{"result":{"n":2}}"#)
        + wrapped("AGENT_END", #"{"output":"ok"}"#))
    #expect(summary.results.map(\.name) == ["a", "b"])
    #expect(summary.results.map(\.content) == ["1", #"{"n":2}"#])
  }

  @Test("A message that was held back is not lost when the stream is cut or stopped")
  func heldBack() {
    let text = start + wrapped("AGENT_STEP", #"{"type":"ai","content":"Nearly."}"#)
    let cut = answer(text)
    #expect(cut.text == "Nearly.")
    guard case .truncated = cut.failure else {
      Issue.record("\(String(describing: cut.failure))")
      return
    }
    var decoding = EventDecoding(
      AgentCoreDialect(), context: ResponseContext(provider: "lab", model: "m"), received: .now)
    decoding.push(Array(text.utf8), received: .now)
    decoding.fail(.cancelled, received: .now)
    #expect(Summary(decoding.take()).text == "Nearly.")
  }

  @Test("An agent that names its events is complete only when it says so; its own failure is never repeated")
  func endings() {
    guard case .truncated = answer(start + wrapped("LLM_TOKEN", #"{"token":"x"}"#)).failure else {
      Issue.record("there was no end")
      return
    }
    let failed = answer(
      start + wrapped("ERROR", #"{"error":"rate limit","type":"TimeoutError"}"#) + wrapped("AGENT_END", "{}"))
    #expect(failed.error?.isRetryable == false)
    #expect(failed.error?.explanation.detail.contains("TimeoutError") == true)
    #expect(failed.endings == 1)
  }

  @Test(
    "An answer in one piece is found wherever it stands",
    arguments: [
      (#""x""#, "x"), (#"{"output":"x"}"#, "x"), (#"{"result":{"content":"x"}}"#, "x"), (#"{"response":"x"}"#, "x"),
      (#"{"message":"x","session_id":"s"}"#, "x"), (#"{"content":[{"text":"x"}]}"#, "x"), (#"{"a":1}"#, #"{"a":1}"#),
    ])
  func whole(body: String, text: String) {
    var decoding = EventDecoding(
      AgentCoreDialect(), context: ResponseContext(provider: "lab", model: "m"), received: .now)
    decoding.decodeWhole(Array(body.utf8), received: .now)
    let summary = Summary(decoding.take())
    #expect(summary.text == text)
    #expect(summary.finish == .stop)
  }
}

@Suite("AgentCore: requests")
struct AgentCoreRequestTests {
  private static let arn = "arn:aws:bedrock-agentcore:us-west-2:123456789012:runtime/name-id"
  private static let padded = "test1-000000000000000000000000000"

  private func encode(_ endpoint: Endpoint, _ request: ChatRequest) throws -> DialectRequest {
    try AgentCoreDialect().encode(request, to: endpoint, repairs: [])
  }

  @Test("A local runtime gets the last prompt and the conversation's ID")
  func local() throws {
    let request = try encode(
      Agents.endpoint(), try Chat.request([Chat.user("first"), Chat.assistant("yes"), Chat.user("second")]))
    #expect(request.url.description == "http://127.0.0.1:8080/invocations")
    #expect(request.headers[AgentCoreSession.headerName] == Self.padded)
    #expect(Self.padded.utf8.count == 33)
    #expect(request.headers["accept"] == "text/event-stream, application/json")
    #expect(
      try Agents.body(request) == [
        "prompt": "second", "session_id": "test1", "stream": true, "stream_tokens": true,
      ])
  }

  @Test("A deployed runtime is addressed by its ARN in one piece, with the padded session in both places")
  func deployed() throws {
    let endpoint = Agents.endpoint("", ["runtime_arn": Self.arn, "qualifier": "blue green", "region": "eu-west-1"])
    let request = try encode(endpoint, try Chat.request(isStreaming: false))
    #expect(
      request.url.description
        == "https://bedrock-agentcore.us-west-2.amazonaws.com/runtimes/arn%3Aaws%3Abedrock-agentcore%3Aus-west-2%3A123456789012%3Aruntime%2Fname-id/invocations?qualifier=blue%20green"
    )
    let body = try Agents.body(request)
    #expect(body["session_id"]?.string == Self.padded)
    #expect(body["stream"] == false)
    #expect(request.headers[AgentCoreSession.headerName] == Self.padded)
    let other = try encode(
      Agents.endpoint("", ["runtime_arn": Self.arn, "endpoint_url": "http://127.0.0.1:9/x"]), try Chat.request())
    #expect(other.url.host == "127.0.0.1")
    #expect(other.url.target.hasPrefix("/x/runtimes/arn%3A"))
    #expect(other.url.target.hasSuffix("?qualifier=DEFAULT"))
  }

  @Test("A session stays what it is when it is long enough, and is different for different conversations")
  func sessions() {
    let long = String(repeating: "a", count: 33)
    #expect(AgentCoreSession.padded(long) == long)
    #expect(AgentCoreSession.padded(String(repeating: "a", count: 32)).utf8.count == 33)
    #expect(AgentCoreSession.padded("a") != AgentCoreSession.padded("b"))
  }

  @Test("The agent's own fields go along, and a session of the user's own is used everywhere")
  func extra() throws {
    let request = try encode(
      Agents.endpoint(),
      try Chat.request(
        extra: #"{"session_id":"mine","actor_id":"a","custom_data":{"user_id":"1"},"stream_tokens":false}"#))
    let body = try Agents.body(request)
    #expect(body["session_id"] == "mine")
    #expect(body["custom_data"]?["user_id"] == "1")
    #expect(body["stream_tokens"] == false)
    #expect(request.headers[AgentCoreSession.headerName] == AgentCoreSession.padded("mine"))
    #expect(throws: ProviderError.self) { _ = try encode(Agents.endpoint(), try Chat.request(extra: "[1]")) }
  }

  @Test(
    "A web server in front has an address for each way to answer, and wants a message",
    arguments: [
      ("/v1/chat/stream", true, "/v1/chat/stream"), ("/v1/chat/stream", false, "/v1/chat"),
      ("v1/chat", true, "/v1/chat/stream"), ("/v1/chat", false, "/v1/chat"),
    ])
  func webServer(path: String, isStreaming: Bool, target: String) throws {
    let request = try encode(Agents.endpoint("http://h:1", ["path": path]), try Chat.request(isStreaming: isStreaming))
    #expect(request.url.target == target)
    #expect(try Agents.body(request) == ["message": "hi", "session_id": "test1"])
  }

  @Test("An address may be pasted with its path")
  func pasted() throws {
    #expect(try encode(Agents.endpoint("http://h:1/invocations/"), try Chat.request()).url.target == "/invocations")
    let chat = try encode(Agents.endpoint("http://h:1/api/v1/chat/stream"), try Chat.request())
    #expect(chat.url.target == "/api/v1/chat/stream")
    #expect(try encode(Agents.endpoint("http://h:1", ["path": "stream"]), try Chat.request()).url.target == "/stream")
  }

  @Test("Text files are quoted; anything else is refused by its name")
  func files() throws {
    let text = Attachment(name: "a.txt", mediaType: "text/plain", bytes: Array("x ``` y".utf8))
    let request = try encode(
      Agents.endpoint(), try Chat.request([Chat.message(.user, .text("look"), .attachment(text))]))
    #expect(try Agents.body(request)["prompt"]?.string == "look\n\na.txt:\n````\nx ``` y\n````")
    let image = Attachment(name: "cat.png", mediaType: "image/png", bytes: [0x89, 0x50])
    #expect {
      _ = try encode(Agents.endpoint(), try Chat.request([Chat.message(.user, .attachment(image))]))
    } throws: { error in
      guard let error = error as? ProviderError else { return false }
      return error.explanation.kind == .badRequest && error.explanation.summary.contains("cat.png")
    }
  }

  @Test(
    "A setting that is wrong is named",
    arguments: ["name-id", "arn:aws:s3:::x", "arn:aws:bedrock-agentcore::1:runtime/x"])
  func wrongARN(arn: String) {
    #expect {
      _ = try encode(Agents.endpoint("", ["runtime_arn": arn]), try Chat.request())
    } throws: { error in
      (error as? ProviderError)?.explanation.kind == .setting
    }
  }

  @Test(
    "Only what the agent has not heard may be repeated",
    arguments: [
      (409, true, true), (409, false, false), (424, true, false), (429, true, true), (429, false, true),
      (500, true, false), (500, false, false), (503, true, true), (502, false, false), (403, true, false),
    ])
  func repetition(status: Int, isDeployed: Bool, isRepeated: Bool) throws {
    let endpoint = Agents.endpoint("", isDeployed ? ["runtime_arn": Self.arn] : [:])
    let error = AgentCoreDialect().classify(
      try Agents.failure(status, ["retry-after": "3"], Array(#"{"message":"words"}"#.utf8), endpoint: endpoint))
    #expect(error.isRetryable == isRepeated)
    #expect(error.wasTurnedAway == isRepeated)
    #expect((error.retryAfterMilliseconds != nil) == isRepeated)
    #expect(error.explanation.detail.contains("words"))
  }
}

@Suite("AgentCore: a client and a server")
struct AgentCoreClientTests {
  private static let start = wrapped("AGENT_START", "{}") + wrapped("LLM_TOKEN", #"{"token":"kept"}"#)

  /// What a server does, and how the stream ends.
  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    var steps: [FaultServer.Step]
    var idle: Duration = .seconds(20)
    var text = ""
    let ending: String
  }

  static let cases = [
    Case(
      testDescription: "complete",
      steps: [.head(200, eventStream), .bytes(start + wrapped("AGENT_END", #"{"output":"kept."}"#))],
      text: "kept.", ending: "stop"),
    Case(
      testDescription: "complete, held open",
      steps: [.head(200, eventStream), .bytes(start + wrapped("AGENT_END", "{}")), .waitForClose], text: "kept",
      ending: "stop"),
    Case(testDescription: "401", steps: [.head(401), .bytes(#"{"message":"no"}"#)], ending: "unauthorized"),
    Case(testDescription: "404", steps: [.head(404), .bytes(#"{"message":"no"}"#)], ending: "not_found"),
    Case(testDescription: "429", steps: [.head(429, ["retry-after": "7"])], ending: "rate_limited retryable 7000"),
    Case(testDescription: "500", steps: [.head(500), .bytes(#"{"error":"bad thing"}"#)], ending: "server"),
    Case(
      testDescription: "error inside",
      steps: [.head(200, eventStream), .bytes(start + wrapped("ERROR", #"{"error":"boom"}"#)), .waitForClose],
      text: "kept", ending: "provider"),
    Case(
      testDescription: "cut", steps: [.head(200, eventStream), .bytes(start), .close], text: "kept", ending: "truncated"
    ),
    Case(
      testDescription: "silence", steps: [.head(200, eventStream), .bytes(start), .waitForClose],
      idle: .milliseconds(200),
      text: "kept", ending: "timeout"),
    Case(testDescription: "reset before the head", steps: [.reset], ending: "connection"),
  ]

  @Test("How a stream goes and ends", arguments: cases)
  func ending(of test: Case) async throws {
    let server = try FaultServer { _ in .stream(test.steps) }
    let client = try Agents.client("agentcore", server.url()) { $0.idleTimeout = test.idle }
    #expect(!client.isRepeatable)
    let summary = Summary(await all(client.stream(try Chat.request())))
    #expect(summary.text == test.text)
    #expect(summary.endings == 1)
    var words = summary.finish?.name ?? summary.failure?.explanation.kind.rawValue ?? ""
    if let error = summary.error, error.isRetryable { words += " retryable \(error.retryAfterMilliseconds ?? 0)" }
    #expect(words == test.ending)
    // Whatever may have been heard counts as sent.
    #expect(summary.networks == 1)
    #expect(server.log.requests.count == 1)
  }

  @Test("Nobody listening was certainly not heard")
  func refused() async throws {
    let port = try FaultServer { _ in .stream([]) }.port
    let client = try Agents.client("agentcore", "http://127.0.0.1:\(port)")
    let summary = Summary(await all(client.stream(try Chat.request())))
    #expect(summary.failure?.explanation.kind == .connection)
    #expect(summary.networks == 0)
  }

  @Test("A stop keeps the text and closes the connection")
  func stop() async throws {
    let server = try FaultServer { _ in .stream([.head(200, eventStream), .bytes(Self.start), .waitForClose]) }
    let answer = try Agents.client("agentcore", server.url()).stream(try Chat.request())
    var events = await read(answer) { $0.text == "kept" }
    answer.cancel()
    events += await all(answer)
    #expect(Summary(events).failure == .cancelled)
    #expect(await server.wait { $0.closures.count == 1 })
  }

  @Test("A token goes along where one is configured")
  func bearer() async throws {
    let server = try FaultServer { _ in .respond(200, ["content-type": "application/json"], body: Array("\"x\"".utf8)) }
    let client = try Agents.client("agentcore", server.url()) {
      $0.credential = { () throws(ProviderError) in Secret("t") }
    }
    #expect(Summary(await all(client.stream(try Chat.request(isStreaming: false)))).text == "x")
    #expect(server.log.requests.first?.header("authorization") == "Bearer t")
    #expect(server.log.requests.first?.target == "/invocations")
  }

  @Test("A deployed agent is asked with AWS's signature, its session in it; one on this machine is not")
  func signed() async throws {
    let server = try FaultServer { _ in .json("\"x\"") }
    let world = AWSWorld(variables: ["AWS_ACCESS_KEY_ID": "AKID", "AWS_SECRET_ACCESS_KEY": "HUSH"])
    for arn in ["arn:aws:bedrock-agentcore:us-west-2:123456789012:runtime/name-id", ""] {
      var endpoint = Agents.endpoint(
        server.url(), ["runtime_arn": arn, "endpoint_url": arn.isEmpty ? "" : server.url()])
      endpoint.totalTimeout = .seconds(60)
      let client = try ProviderCatalog.standard.makeClient(
        kind: "agentcore", endpoint: endpoint, environment: world.environment())
      #expect(Summary(await all(client.stream(try Chat.request(isStreaming: false)))).text == "x")
    }
    let authorizations = server.log.requests.map { $0.header("authorization") }
    #expect(authorizations.count == 2)
    let first = try #require(authorizations.first ?? nil)
    #expect(first.contains("/us-west-2/bedrock-agentcore/aws4_request"))
    #expect(first.contains("x-amzn-bedrock-agentcore-runtime-session-id"))
    #expect(authorizations.last == .some(nil))
    #expect(server.log.requests.first?.target.contains("arn%3Aaws%3Abedrock-agentcore") == true)
  }
}
