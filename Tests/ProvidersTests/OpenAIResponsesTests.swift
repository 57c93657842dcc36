import Conversations
import Diagnostics
import Framing
import Streaming
import TestSupport
import Testing
import Transport

@testable import Providers

private let endpoint = Endpoint(name: "lab", baseURL: "https://lab.example/v1")
private let openAI = Endpoint(name: "lab", baseURL: "https://api.openai.com/v1")

private func body(_ request: ChatRequest, to endpoint: Endpoint = endpoint, repairs: Set<Repair> = []) throws
  -> JSONValue
{
  try JSONParser.parse(try OpenAIResponsesDialect().encode(request, to: endpoint, repairs: repairs).body ?? []).get()
}

private func input(_ messages: Message..., repairs: Set<Repair> = []) throws -> [String] {
  try body(try Chat.request(messages), repairs: repairs)["input"]?.array?.map {
    String(decoding: $0.bytes, as: UTF8.self)
  } ?? []
}

private func event(_ type: String, _ rest: String = "") -> String {
  "event: \(type)\ndata: {\"type\":\"\(type)\"\(rest.isEmpty ? "" : ",")\(rest)}\n\n"
}

private func text(_ delta: String, at output: Int = 0, number: Int? = nil) -> String {
  event(
    "response.output_text.delta",
    #""output_index":\#(output),"content_index":0,"delta":"\#(delta)""#
      + (number.map { #","sequence_number":\#($0)"# } ?? ""))
}

private func created(isBackground: Bool) -> String {
  event(
    "response.created",
    #""sequence_number":0,"response":{"id":"resp_1","model":"m-1","status":"in_progress","background":\#(isBackground)}"#
  )
}

private func itemDone(_ item: String, at output: Int) -> String {
  event("response.output_item.done", #""output_index":\#(output),"item":\#(item)"#)
}

private func completed(_ output: String = "", number: Int? = nil) -> String {
  event(
    "response.completed",
    #""response":{"id":"resp_1","status":"completed","output":[\#(output)],"usage":{"input_tokens":3,"output_tokens":2}}"#
      + (number.map { #","sequence_number":\#($0)"# } ?? ""))
}

private func answer(_ stream: String) -> Summary { decode(stream, with: OpenAIResponsesDialect()) }

private let kept = #"{"response":"resp_1"}"#

@Suite("Responses: streams")
struct OpenAIResponsesStreamTests {
  static let isPresent = Vectors.has("streams/openai-responses")
  static let streams = StreamVector.all(in: "openai-responses")

  @Test(
    "A published stream means the same however it is cut", .enabled(if: isPresent, Vectors.absence), arguments: streams)
  func published(vector: StreamVector) {
    Published.check(
      vector, with: OpenAIResponsesDialect(),
      reasons: ["completed": [.stop, .toolUse], "max_output_tokens": [.length]])
  }

  @Test(
    "A damaged stream comes to one ending", .enabled(if: isPresent, Vectors.absence), arguments: streams)
  func damaged(vector: StreamVector) { Published.damage(vector, with: OpenAIResponsesDialect()) }

  @Test("All published streams were found", .enabled(if: isPresent, Vectors.absence))
  func allFound() { #expect(Self.streams.count == 5) }

  @Test("What was not streamed is taken from the items, once", arguments: [0, 1, 2, 3, 4])
  func missedDeltas(count: Int) {
    let message = #"{"type":"message","id":"m","content":[{"type":"output_text","text":"Hello world"}]}"#
    let pieces = [
      text("Hello "), event("response.output_text.done", #""output_index":0,"content_index":0,"text":"Hello world""#),
      itemDone(message, at: 0),
    ]
    let stream = created(isBackground: false) + pieces.prefix(count).joined() + completed(count == 4 ? "" : message)
    #expect(answer(stream).text == "Hello world")
    #expect(answer(stream).finish == .stop)
    #expect(answer(stream).usage == TokenUsage(input: 3, output: 2))
  }

  @Test("Summaries are paragraphs, and so are messages in a row")
  func paragraphs() {
    func summary(_ delta: String, _ index: Int) -> String {
      event(
        "response.reasoning_summary_text.delta", #""output_index":0,"summary_index":\#(index),"delta":"\#(delta)""#)
    }
    let stream =
      summary("a", 0) + summary("b", 0) + summary("c", 1)
      + itemDone(
        #"{"type":"reasoning","id":"rs","summary":[{"text":"ab"},{"text":"c"},{"text":"d"}],"encrypted_content":"x"}"#,
        at: 0)
      + text("one", at: 1) + text("two", at: 2) + completed()
    #expect(answer(stream).thinking == "ab\n\nc\n\nd")
    #expect(answer(stream).text == "one\n\ntwo")
    #expect(answer(stream).opaque.count == 1)
  }

  @Test("Calls are named by the id that their results are sent under")
  func calls() {
    let stream =
      event(
        "response.output_item.added",
        #""output_index":0,"item":{"type":"function_call","id":"fc_1","call_id":"call_1","name":"f","arguments":""}"#)
      + event("response.function_call_arguments.delta", #""output_index":0,"delta":"{\"a\":""#)
      + itemDone(#"{"type":"function_call","id":"fc_1","call_id":"call_1","name":"f","arguments":"{\"a\":1}"}"#, at: 0)
      + itemDone(#"{"type":"custom_tool_call","id":"c","call_id":"call_2","name":"g","input":"x\"y"}"#, at: 1)
      + completed()
    #expect(
      answer(stream).calls == [
        Summary.Call(id: "call_1", name: "f", arguments: #"{"a":1}"#, isEnded: true),
        Summary.Call(id: "call_2", name: "g", arguments: #""x\"y""#, isEnded: true),
      ])
    #expect(answer(stream).finish == .toolUse)
  }

  @Test(
    "Calls that stand only in the answer as a whole are taken from it, whatever their number there",
    arguments: [
      "", itemDone(#"{"type":"message","content":[]}"#, at: 0), itemDone(#"{"type":"message","content":[]}"#, at: 1),
    ])
  func lateCalls(before: String) {
    let message = #"{"type":"message","content":[{"type":"output_text"}]}"#
    let calls = ["1", "2"].map { #"{"type":"function_call","call_id":"call_\#($0)","name":"f","arguments":"{}"}"# }
    let found = answer(before + completed(([message] + calls).joined(separator: ",")))
    #expect(found.calls.map(\.id) == ["call_1", "call_2"])
    #expect(found.calls.allSatisfy { $0.isEnded && $0.arguments == "{}" })
    #expect(found.finish == .toolUse)
  }

  @Test(
    "An ending becomes ours",
    arguments: [
      (#"response.incomplete"#, #""response":{"incomplete_details":{"reason":"content_filter"}}"#, "content_filter"),
      (#"response.incomplete"#, #""response":{"incomplete_details":{"reason":"max_output_tokens"}}"#, "length"),
      (#"response.completed"#, #""response":{"status":"completed","output":[]}"#, "stop"),
    ])
  func endings(type: String, rest: String, name: String) {
    #expect(answer(text("a") + event(type, rest)).finish?.name == name)
  }

  @Test("A refusal is text with a reason of its own")
  func refusal() {
    let stream =
      event("response.refusal.delta", #""output_index":0,"content_index":0,"delta":"I can""#) + completed()
    #expect(answer(stream).finish == .refusal)
    #expect(answer(stream).text == "I can")
  }

  @Test("Errors come in three forms")
  func errors() {
    let forms = [
      event("error", #""code":"server_error","message":"boom""#),
      event("error", #""error":{"code":"server_error","message":"boom"}"#),
      event("response.failed", #""response":{"status":"failed","error":{"code":"server_error","message":"boom"}}"#),
      "event: error\ndata: {\"error\":{\"code\":\"server_error\",\"message\":\"boom\"}}\n\n",
    ]
    for form in forms {
      #expect(answer(form).error?.isRetryable == true)
      #expect(answer(form).error?.explanation.detail.contains("boom") == true)
    }
    #expect(answer(event("response.cancelled", #""response":{"status":"cancelled"}"#)).error != nil)
  }

  @Test("What the service's own tools did is told in a line and kept whole")
  func serverTools() {
    let item = #"{"type":"web_search_call","id":"ws","action":{"type":"search","query":"swift"},"status":"completed"}"#
    let summary = answer(itemDone(item, at: 0) + text("a", at: 1) + completed())
    #expect(summary.opaque == [OpaquePart(dialect: "openai-responses", label: "web search: swift", content: item)])
  }

  @Test("An answer in one piece; one that is not ready is truncated")
  func whole() {
    func decodeWhole(_ body: String) -> Summary {
      var decoding = EventDecoding(
        OpenAIResponsesDialect(), context: ResponseContext(provider: "lab", model: "m"), received: .now)
      decoding.decodeWhole(Array(body.utf8), received: .now)
      return Summary(decoding.take())
    }
    let summary = decodeWhole(
      #"{"id":"r","object":"response","model":"m-1","status":"completed","output":[{"type":"reasoning","summary":[{"type":"summary_text","text":"why"}]},{"type":"message","content":[{"type":"output_text","text":"Hi"}]},{"type":"function_call","call_id":"c","name":"f","arguments":"{}"}]}"#
    )
    #expect(summary.thinking == "why")
    #expect(summary.text == "Hi")
    #expect(summary.calls.map(\.isEnded) == [true])
    #expect(summary.finish == .toolUse)
    #expect(summary.starts == [ResponseStart(model: "m-1", requestID: "r")])
    guard case .truncated = decodeWhole(#"{"id":"r","object":"response","status":"queued","output":[]}"#).failure
    else {
      Issue.record("an answer that is queued is none")
      return
    }
    #expect(decodeWhole(#"{"error":{"message":"no","code":"server_error"}}"#).error?.isRetryable == true)
  }

  @Test("A background answer says first under which name it is kept, and takes it back when it is over")
  func keptName() {
    let stream = created(isBackground: true) + text("a")
    #expect(answer(stream + completed()).opaque.map(\.content) == [kept])
    #expect(answer(created(isBackground: false) + text("a") + completed()).opaque.isEmpty)
    for ending in [event("response.failed", #""response":{"error":{"message":"x"}}"#), event("response.incomplete")] {
      #expect(answer(stream + ending).opaque.map(\.content) == [kept, #"{"response":null}"#])
    }
  }
}

@Suite("Responses: requests")
struct OpenAIResponsesRequestTests {
  @Test("The smallest request keeps nothing at the service")
  func smallest() throws {
    let encoded = try OpenAIResponsesDialect().encode(try Chat.request(), to: endpoint, repairs: [])
    #expect(
      String(decoding: encoded.body ?? [], as: UTF8.self)
        == #"{"model":"m","stream":true,"store":false,"input":[{"role":"user","content":"hi"}],"include":["reasoning.encrypted_content"]}"#
    )
    #expect(encoded.url.description == "https://lab.example/v1/responses")
  }

  @Test("All parameters at OpenAI; what a profile adds is merged")
  func parameters() throws {
    let request = try Chat.request(model: "gpt-5.2", extra: #"{"reasoning":{"effort":"high"}}"#) {
      $0.system = "Be brief."
      $0.temperature = 0.5
      $0.topP = 1
      $0.maximumTokens = 5
    }
    #expect(
      String(decoding: try body(request, to: openAI).bytes, as: UTF8.self)
        == #"{"model":"gpt-5.2","stream":true,"stream_options":{"include_obfuscation":false},"store":false,"instructions":"Be brief.","#
        + #""input":[{"role":"user","content":"hi"}],"reasoning":{"summary":"auto","effort":"high"},"include":["reasoning.encrypted_content"],"#
        + #""temperature":0.5,"top_p":1.0,"max_output_tokens":16}"#)
    let repaired = try body(
      request, to: openAI,
      repairs: [
        OpenAIResponsesDialect.Repairs.noSummary, OpenAIResponsesDialect.Repairs.noEncryption,
        OpenAIResponsesDialect.Repairs.noStreamOptions, OpenAIResponsesDialect.Repairs.noTemperature,
        OpenAIResponsesDialect.Repairs.noTopP,
      ])
    #expect(repaired["reasoning"] == ["effort": "high"])
    for name in ["include", "stream_options", "temperature", "top_p"] { #expect(repaired[name] == nil) }
    #expect(try body(try Chat.request(model: "gpt-4.1"), to: openAI)["include"] == nil)
    #expect(try body(try Chat.request(model: "gpt-4.1"), to: openAI)["reasoning"] == nil)
  }

  @Test("A background answer is kept and streamed, whatever the profile says of streaming")
  func background() throws {
    let request = try body(try Chat.request(isStreaming: false, extra: #"{"background":true}"#))
    #expect(request["background"] == true)
    #expect(request["store"] == true)
    #expect(request["stream"] == true)
  }

  private static let reasoning = #"{"type":"reasoning","id":"rs_1","summary":[],"encrypted_content":"x"}"#
  private static func piece(_ content: String) -> Part {
    .opaque(OpaquePart(dialect: "openai-responses", label: "", content: content))
  }
  private static let turn: [Part] = [
    piece(kept), .thinking("why", signature: nil), piece(reasoning), .text("look"), piece(#"{"phase":"commentary"}"#),
    .toolCall(ToolCall(id: "call_1", name: "f", arguments: "{}", isComplete: true)),
    .toolResult(ToolResult(callID: "call_1", name: "f", content: "r", isError: false)), piece(reasoning),
    .text("done"), piece(reasoning),
  ]

  private static func message(_ origin: ModelReference?) -> Message {
    Message(
      id: MessageID(high: 1, low: 3), parent: nil, role: .assistant, created: Timestamp(milliseconds: 0),
      origin: origin, parts: turn)
  }

  @Test("An answer goes back as the items it was made of; reasoning that led to nothing stays here")
  func items() throws {
    #expect(
      try input(Chat.user("q"), Self.message(ModelReference(provider: "lab", model: "m"))).dropFirst()
        == [
          Self.reasoning,
          #"{"role":"assistant","content":[{"type":"output_text","text":"look"}],"phase":"commentary"}"#,
          #"{"type":"function_call","call_id":"call_1","name":"f","arguments":"{}"}"#,
          #"{"type":"function_call_output","call_id":"call_1","output":"r"}"#, Self.reasoning,
          #"{"role":"assistant","content":[{"type":"output_text","text":"done"}]}"#,
        ])
  }

  @Test(
    "Items of another model, another provider or another dialect stay here",
    arguments: [
      ModelReference(provider: "lab", model: "other"), ModelReference(provider: "other", model: "m"), nil,
    ])
  func foreignItems(origin: ModelReference?) throws {
    let repairs: Set<Repair> = origin == nil ? [OpenAIResponsesDialect.Repairs.freshItems] : []
    let text = try input(Chat.user("q"), Self.message(origin), repairs: repairs).joined()
    #expect(!text.contains("rs_1") && !text.contains("phase"))
    #expect(text.contains("look") && text.contains("call_1") && text.contains("done"))
  }

  @Test("Files are parts of the prompt; what is not taken is refused by name")
  func files() throws {
    let message = Chat.message(
      .user, .attachment(Attachment(name: "a.png", mediaType: "image/png", bytes: [1, 2, 3])),
      .attachment(Attachment(name: "b.pdf", mediaType: "application/pdf", bytes: [4])), .text("see"))
    #expect(
      try input(message) == [
        #"{"role":"user","content":[{"type":"input_image","image_url":"data:image/png;base64,AQID"},"#
          + #"{"type":"input_file","filename":"b.pdf","file_data":"data:application/pdf;base64,BA=="},{"type":"input_text","text":"see"}]}"#
      ])
    #expect {
      _ = try input(Chat.message(.user, .attachment(Attachment(name: "x.zip", mediaType: "", bytes: [0]))))
    } throws: { error in
      (error as? ProviderError)?.explanation.summary.contains("x.zip") == true
    }
  }

  @Test(
    "A refusal that names what to change is repaired",
    arguments: [
      ("Unsupported parameter: 'reasoning.summary' is not supported with this model.", "reasoning.summary"),
      ("Encrypted content is not supported with this model.", "encrypted_content"),
      ("Item 'fc_1' of type 'function_call' was provided without its required reasoning item: 'rs_1'.", "items"),
      ("Item with id 'rs_1' not found.", "items"), ("Unsupported parameter: 'temperature'", "temperature"),
      ("Unsupported value: 'reasoning.effort'", nil), ("model not found", nil),
    ] as [(String, String?)])
  func repairs(words: String, repair: String?) throws {
    let failure = HTTPFailure(
      endpoint: endpoint, model: "m", url: try HTTPURL("https://lab.example/"), status: 400, headers: HTTPHeaders(),
      body: (["error": ["message": .string(words)]] as JSONValue).bytes, bytesSent: 1, hadCredential: true, now: 0)
    let found = OpenAIResponsesDialect().repair(failure, applied: [])
    #expect(found?.name == repair)
    if let found { #expect(OpenAIResponsesDialect().repair(failure, applied: [found]) == nil) }
  }

  @Test("How an answer that broke off goes on")
  func continuation() throws {
    func partial(_ parts: [Part], _ status: MessageStatus = .interrupted, provider: String = "lab") -> Message {
      Message(
        id: MessageID(high: 1, low: 3), parent: nil, role: .assistant, created: Timestamp(milliseconds: 0),
        origin: ModelReference(provider: provider, model: "m"), parts: parts, status: status)
    }
    let client = OpenAIResponsesClientTests.service.client("http://127.0.0.1:1")
    let name = Self.piece(kept)
    #expect(client.continuation(of: partial([name, .text("a")]), model: "m") == .resume)
    #expect(client.continuation(of: partial([name, .text("a")], .stopped), model: "m") == .resume)
    #expect(client.continuation(of: partial([.text("a")]), model: "m") == .newTurn)
    #expect(client.continuation(of: partial([name], provider: "other"), model: "m") == .newTurn)
    #expect(client.continuation(of: partial([name], .complete(.length)), model: "m") == .newTurn)
    #expect(client.continuation(of: partial([name, Self.piece(#"{"response":null}"#)]), model: "m") == .newTurn)
    let chat = Chat.client("http://127.0.0.1:1")
    #expect(chat.continuation(of: partial([name]), model: "m") == .newTurn)
    #expect(!chat.canPrefill("m"))
  }
}

@Suite("Responses: a client and a server")
struct OpenAIResponsesClientTests {
  static let service = FaultyService(
    dialect: OpenAIResponsesDialect(), contentType: "text/event-stream", piece: text("kept"),
    error: event("error", #""code":"server_error","message":"boom""#),
    refusal: #"{"error":{"message":"the server's words"}}"#)
  private static let head: KeyValuePairs<String, String> = ["content-type": "text/event-stream"]

  @Test("A fault is told, with the text kept", arguments: DialectFault.allCases)
  func fault(fault: DialectFault) async throws { try await Self.service.check(fault) }

  private static func client(_ server: FaultServer, _ clock: ManualClock, idle: Duration = .seconds(20))
    -> DialectClient<OpenAIResponsesDialect>
  {
    var endpoint = Endpoint(name: "lab", baseURL: server.url("/v1"))
    endpoint.firstByteTimeout = .seconds(20)
    endpoint.idleTimeout = idle
    endpoint.totalTimeout = .seconds(60)
    endpoint.credential = { () throws(ProviderError) in Secret("key-1") }
    return DialectClient(
      OpenAIResponsesDialect(), endpoint: endpoint,
      environment: ProviderEnvironment(http: HTTPClient(), clock: clock.clock))
  }

  enum Break: String, CaseIterable, Sendable { case cut, reset, silence, earlyEnd }

  @Test("A background answer whose stream breaks is gone on with, as the same answer", arguments: Break.allCases)
  func resumption(kind: Break) async throws {
    let server = try FaultServer { request in
      switch request.target {
      case "/v1/responses":
        let begun: [FaultServer.Step] = [
          .head(200, Self.head),
          .bytes(created(isBackground: true) + text("Hel", number: 1) + "event: response.output_text.delta\nda"),
        ]
        return switch kind {
        case .cut: .stream(begun + [.close])
        case .reset: .stream(begun + [.waitForSignal("received"), .reset])
        case .silence: .stream(begun + [.waitForClose])
        case .earlyEnd: .stream(begun)
        }
      case "/v1/responses/resp_1?stream=true&starting_after=1":
        // One event comes again, and the connection breaks once more.
        return .stream([.head(200, Self.head), .bytes(text("Hel", number: 1) + text("lo", number: 2)), .close])
      case "/v1/responses/resp_1?stream=true&starting_after=2":
        return .respond(200, Self.head, body: Array((text("!", number: 3) + completed(number: 4)).utf8))
      default: return .respond(500)
      }
    }
    let clock = ManualClock(isImpatient: true)
    let client = Self.client(server, clock, idle: kind == .silence ? .milliseconds(200) : .seconds(20))
    let stream = client.stream(try Chat.request(extra: #"{"background":true}"#))
    var events = await read(stream) { $0.text == "Hel" }
    server.signal("received")
    events += await all(stream)
    let summary = Summary(events)
    #expect(summary.text == "Hello!")
    #expect(summary.finish == .stop)
    #expect(summary.endings == 1)
    #expect(summary.resumptions == 2)
    #expect(summary.starts.count == 1)
    #expect(summary.opaque.map(\.content) == [kept])
    let requests = server.log.requests
    #expect(requests.map(\.method) == ["POST", "GET", "GET"])
    #expect(requests.allSatisfy { $0.header("authorization") == "Bearer key-1" })
  }

  @Test("A service that does not come back is asked a few times, with growing waits, and then the break is told")
  func hopeless() async throws {
    let server = try FaultServer { request in
      request.method == "POST"
        ? .stream([.head(200, Self.head), .bytes(created(isBackground: true) + text("kept", number: 1)), .close])
        : .respond(503)
    }
    let clock = ManualClock(isImpatient: true)
    let summary = Summary(
      await all(Self.client(server, clock).stream(try Chat.request(extra: #"{"background":true}"#))))
    #expect(summary.text == "kept")
    #expect(summary.resumptions == 5)
    #expect(server.log.requests.count == 6)
    #expect(summary.failure?.explanation.kind == .truncated)
    #expect(summary.failure?.explanation.recovery == .resume)
    let waits = clock.asked
    #expect(zip(waits, waits.dropFirst()).map { $1 - $0 } == [1, 2, 4, 8].map { Duration.seconds($0) })
  }

  @Test("A refusal of the rest is final, and an answer in the foreground is not asked for again")
  func refused() async throws {
    for isBackground in [true, false] {
      let server = try FaultServer { request in
        request.method == "POST"
          ? .stream([
            .head(200, Self.head), .bytes(created(isBackground: isBackground) + text("kept", number: 1)), .close,
          ])
          : .respond(404)
      }
      let summary = Summary(
        await all(Self.client(server, ManualClock(isImpatient: true)).stream(try Chat.request())))
      #expect(summary.text == "kept")
      #expect(summary.failure?.explanation.kind == .truncated)
      #expect(server.log.requests.count == (isBackground ? 2 : 1))
    }
  }

  @Test("A stop while the next try is waited for ends at once")
  func stopWhileWaiting() async throws {
    let server = try FaultServer { _ in
      .stream([.head(200, Self.head), .bytes(created(isBackground: true) + text("kept", number: 1)), .close])
    }
    let clock = ManualClock()
    let stream = Self.client(server, clock).stream(try Chat.request())
    async let events = all(stream)
    #expect(await eventually { clock.sleepers == 1 })
    stream.cancel()
    let summary = Summary(await events)
    #expect(summary.failure == .cancelled)
    #expect(summary.text == "kept")
    #expect(server.log.requests.count == 1)
    clock.turn(by: .seconds(60))
  }

  @Test("After a restart the same answer is asked for, and only what is new is told")
  func restart() async throws {
    let reasoning = #"{"type":"reasoning","id":"rs_1","summary":[{"text":"why not"}],"encrypted_content":"x"}"#
    let message = #"{"type":"message","id":"m","content":[{"type":"output_text","text":"Hello wörld"}]}"#
    let call = #"{"type":"function_call","call_id":"call_1","name":"f","arguments":"{}"}"#
    let stream =
      created(isBackground: true)
      + event("response.reasoning_summary_text.delta", #""output_index":0,"summary_index":0,"delta":"why not""#)
      + itemDone(reasoning, at: 0) + text("Hello wö", at: 1) + text("rld", at: 1) + itemDone(message, at: 1)
      + itemDone(call, at: 2) + completed([reasoning, message, call].joined(separator: ","))
    let full = Summary(decode([Array(stream.utf8)], with: OpenAIResponsesDialect()))
    let server = try FaultServer { request in
      request.target == "/v1/responses/resp_1?stream=true"
        ? .respond(200, Self.head, body: Array(stream.utf8)) : .respond(500)
    }
    let name = Part.opaque(OpaquePart(dialect: "openai-responses", label: "", content: kept))
    let item = Part.opaque(OpaquePart(dialect: "openai-responses", label: "", content: reasoning))
    let partials: [[Part]] = [
      [name], [name, .thinking("why", signature: nil)], [name, .thinking("why not", signature: nil)],
      [name, .thinking("why not", signature: nil), item],
      [name, .thinking("why not", signature: nil), item, .text("Hello w")],
      [name, .thinking("why not", signature: nil), item, .text("Hello "), .text("wörld")],
    ]
    for parts in partials {
      var request = try Chat.request()
      request.resumes = Message(
        id: MessageID(high: 1, low: 3), parent: nil, role: .assistant, created: Timestamp(milliseconds: 0),
        parts: parts, status: .interrupted)
      let rest = Summary(await all(Self.client(server, ManualClock(isImpatient: true)).stream(request)))
      var held = (text: "", thinking: "", pieces: 0)
      for part in parts {
        switch part {
        case .text(let text): held.text += text
        case .thinking(let text, _): held.thinking += text
        case .opaque: held.pieces += 1
        default: break
        }
      }
      #expect(held.text + rest.text == full.text)
      #expect(held.thinking + rest.thinking == full.thinking)
      #expect(held.pieces + rest.opaque.count == full.opaque.count)
      #expect(rest.calls == full.calls)
      #expect(rest.finish == .toolUse)
    }
    #expect(server.log.requests.allSatisfy { $0.method == "GET" && $0.body.isEmpty })
  }

  @Test("An answer that the service has forgotten says so")
  func forgotten() async throws {
    let server = try FaultServer { _ in .respond(404, body: Array(#"{"error":{"message":"no such response"}}"#.utf8)) }
    var request = try Chat.request()
    request.resumes = Chat.message(
      .assistant, .opaque(OpaquePart(dialect: "openai-responses", label: "", content: kept)), .text("a"))
    let summary = Summary(await all(Self.service.client(server.url("/v1")).stream(request)))
    #expect(summary.error?.explanation.kind == .notFound)
    #expect(summary.error?.explanation.summary.contains("any more") == true)
  }

  @Test("Models are listed")
  func models() async throws {
    let server = try FaultServer { _ in
      .respond(200, ["content-type": "application/json"], body: Array(#"{"data":[{"id":"a"}]}"#.utf8))
    }
    #expect(try await Self.service.client(server.url("/v1/responses")).models() == [ModelDescriptor(id: "a")])
    #expect(server.log.requests.map(\.target) == ["/v1/models"])
  }
}

/// A made-up agent whose streams go on by `Last-Event-ID`.
private struct EventIDDialect: WireDialect {
  struct State: Sendable { var last: String? }
  var frameFormat: FrameFormat { .serverSentEvents }
  func encode(_ request: ChatRequest, to endpoint: Endpoint, repairs: Set<Repair>) throws(ProviderError)
    -> DialectRequest
  { try ask(endpoint, after: nil) }
  private func ask(_ endpoint: Endpoint, after id: String?) throws(ProviderError) -> DialectRequest {
    do throws(TransportError) {
      var headers = HTTPHeaders()
      if let id { try headers.add("Last-Event-ID", id) }
      return DialectRequest(.get, try HTTPURL(endpoint.baseURL), headers: headers)
    } catch { throw error.providerError(of: endpoint.name) }
  }
  func makeDecoderState(_ context: ResponseContext) -> State { State() }
  func decode(_ frame: WireFrame, state: inout State, into sink: inout EventSink) throws(DialectError) {
    state.last = frame.id
    if frame.isDoneMarker { sink.emit(.finish(.stop)) } else { sink.emit(.textDelta(frame.text)) }
  }
  func end(state: inout State, into sink: inout EventSink) {}
  func decodeWhole(_ body: [UInt8], context: ResponseContext, into sink: inout EventSink) throws(DialectError) {}
  func resumption(_ state: State, endpoint: Endpoint) throws(ProviderError) -> DialectRequest? {
    guard let last = state.last else { return nil }
    return try ask(endpoint, after: last)
  }
}

@Suite("Going on by event id")
struct EventIDResumptionTests {
  @Test("The same hook serves agents that number their events")
  func lastEventID() async throws {
    let server = try FaultServer { request in
      let head: KeyValuePairs<String, String> = ["content-type": "text/event-stream"]
      return request.header("last-event-id") == "7"
        ? .respond(200, head, body: Array("data: lo\n\ndata: [DONE]\n\n".utf8))
        : .stream([.head(200, head), .bytes("id: 7\ndata: Hel\n\n"), .close])
    }
    let clock = ManualClock(isImpatient: true)
    let client = DialectClient(
      EventIDDialect(), endpoint: Endpoint(name: "lab", baseURL: server.url("/run")),
      environment: ProviderEnvironment(http: HTTPClient(), clock: clock.clock))
    let summary = Summary(await all(client.stream(try Chat.request())))
    #expect(summary.text == "Hello")
    #expect(summary.finish == .stop)
  }
}
