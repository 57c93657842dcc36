import Conversations
import Diagnostics
import Framing
import Streaming
import TestSupport
import Testing
import Transport

@testable import Providers

private let endpoint = Endpoint(name: "lab", baseURL: "http://127.0.0.1:11434")

private func body(_ request: ChatRequest, repairs: Set<Repair> = []) throws -> JSONValue {
  try JSONParser.parse(try OllamaDialect().encode(request, to: endpoint, repairs: repairs).body ?? []).get()
}

private func line(_ message: String, _ rest: String = #""done":false"#) -> String {
  #"{"model":"q","created_at":"t1","message":"# + message + "," + rest + "}\n"
}

private let done = line(#"{"role":"assistant","content":""}"#, #""done":true,"done_reason":"stop","eval_count":2"#)

private func answer(_ stream: String) -> Summary { decode(stream, with: OllamaDialect()) }

@Suite("Ollama: streams")
struct OllamaStreamTests {
  static let isPresent = Vectors.has("streams/ollama")
  static let streams = StreamVector.all(in: "ollama").filter { $0.testDescription.hasSuffix(".ndjson") }

  @Test(
    "A published stream means the same however it is cut", .enabled(if: isPresent, Vectors.absence), arguments: streams)
  func published(vector: StreamVector) {
    Published.check(vector, with: OllamaDialect(), reasons: ["stop": [.stop, .toolUse]])
  }

  @Test(
    "A damaged stream comes to one ending", .enabled(if: isPresent, Vectors.absence), arguments: streams)
  func damaged(vector: StreamVector) { Published.damage(vector, with: OllamaDialect()) }

  @Test("All published streams were found", .enabled(if: isPresent, Vectors.absence))
  func allFound() { #expect(Self.streams.count == 4) }

  @Test("Endings, and nothing after them")
  func endings() {
    let text = line(#"{"content":"a"}"#)
    #expect(answer(text + done + line(#"{"content":"late"}"#)).text == "a")
    #expect(answer(text + done).usage == TokenUsage(output: 2))
    #expect(answer(text + line(#"{"content":""}"#, #""done":true,"done_reason":"length""#)).finish == .length)
    #expect(answer(line(#"{"content":""}"#, #""done":true,"done_reason":"load""#)).finish == .other("load"))
  }

  @Test("Calls without ids get different ones, in one answer and in the next")
  func calls() {
    let call = #"{"tool_calls":[{"function":{"name":"f","arguments":{"a":[1, 2]}}},{"function":{"name":"g"}}]}"#
    let summary = answer(line(call) + done)
    #expect(summary.finish == .toolUse)
    #expect(summary.calls.map(\.arguments) == [#"{"a":[1, 2]}"#, "{}"])
    #expect(summary.calls.map(\.id) == ["ollama-call:t1:0", "ollama-call:t1:1"])
  }

  @Test("Thinking that the server left in the text is told apart")
  func thinkTags() {
    let summary = answer(line(#"{"content":"<think>hm"}"#) + line(#"{"content":"</think>yes"}"#) + done)
    #expect(summary.thinking == "hm")
    #expect(summary.text == "yes")
  }

  @Test("An answer in one piece")
  func whole() {
    var decoding = EventDecoding(
      OllamaDialect(), context: ResponseContext(provider: "lab", model: "m"), received: .now)
    decoding.decodeWhole(
      Array(line(#"{"thinking":"t","content":"Hi"}"#, #""done":true,"done_reason":"stop","prompt_eval_count":5"#).utf8),
      received: .now)
    let summary = Summary(decoding.take())
    #expect(summary.text == "Hi")
    #expect(summary.thinking == "t")
    #expect(summary.usage == TokenUsage(input: 5))
    #expect(summary.finish == .stop)
  }

  @Test("A line that is none is malformed", arguments: ["{\"a\":\n", "7\n", "{}x\n"])
  func nonsense(body: String) {
    guard case .malformed = answer(line(#"{"content":"a"}"#) + body).failure else {
      Issue.record("\(body)")
      return
    }
  }
}

@Suite("Ollama: requests")
struct OllamaRequestTests {
  @Test("The smallest request, and where it goes")
  func smallest() throws {
    let encoded = try OllamaDialect().encode(try Chat.request(), to: endpoint, repairs: [])
    #expect(
      String(decoding: encoded.body ?? [], as: UTF8.self)
        == #"{"model":"m","stream":true,"messages":[{"role":"user","content":"hi"}],"options":{"num_ctx":8192}}"#)
    #expect(encoded.url.description == "http://127.0.0.1:11434/api/chat")
    #expect(encoded.headers["Origin"] == nil)
  }

  @Test("All parameters; a profile's own options win")
  func parameters() throws {
    let request = try Chat.request(
      isStreaming: false, extra: #"{"think":"high","keep_alive":"5m","options":{"num_ctx":4096,"seed":1}}"#
    ) {
      $0.system = "Be brief."
      $0.temperature = 0.5
      $0.topP = 1
      $0.maximumTokens = 500
    }
    #expect(
      String(decoding: try body(request).bytes, as: UTF8.self)
        == #"{"model":"m","stream":false,"messages":[{"role":"system","content":"Be brief."},{"role":"user","content":"hi"}],"#
        + #""options":{"num_ctx":4096,"temperature":0.5,"top_p":1.0,"num_predict":500,"seed":1},"think":"high","keep_alive":"5m"}"#
    )
    #expect(try body(request, repairs: [OllamaDialect.Repairs.noThink])["think"] == nil)
  }

  @Test(
    "The context grows with the conversation, in steps",
    arguments: [
      (10, nil, 8_192), (20_000, nil, 16_384), (90_000, nil, 32_768), (10, 20_000, 32_768),
      (9_000_000, nil, 131_072), (10, .max, 131_072),
    ] as [(Int, Int?, Int)])
  func context(bytes: Int, answer: Int?, tokens: Int) throws {
    let request = try Chat.request([Chat.user(String(repeating: "x", count: bytes))]) { $0.maximumTokens = answer }
    #expect(try body(request)["options"]?["num_ctx"]?.int == tokens)
  }

  @Test("Tools are several messages, thinking goes with their calls only, and invented ids stay here")
  func tools() throws {
    let request = try Chat.request([
      Chat.user("q"),
      Chat.message(
        .assistant, .thinking("why", signature: nil), .thinking("secret", signature: "openai-chat:x"), .text("see"),
        .toolCall(ToolCall(id: "ollama-call:t:0", name: "f", arguments: #"{"a":1}"#, isComplete: true)),
        .toolCall(ToolCall(id: "call_2", name: "g", arguments: "{", isComplete: true)),
        .toolResult(ToolResult(callID: "call_2", name: "g", content: "two", isError: false)),
        .toolResult(ToolResult(callID: "ollama-call:t:0", name: "f", content: "one", isError: false)),
        .thinking("over", signature: nil), .text("done")),
    ])
    #expect(
      try body(request)["messages"]?.array?.dropFirst().map { String(decoding: $0.bytes, as: UTF8.self) }
        == [
          #"{"role":"assistant","content":"see","thinking":"why","tool_calls":[{"function":{"name":"f","arguments":{"a":1}}},{"id":"call_2","function":{"name":"g","arguments":{}}}]}"#,
          #"{"role":"tool","content":"one","tool_name":"f"}"#,
          #"{"role":"tool","content":"two","tool_name":"g","tool_call_id":"call_2"}"#,
          #"{"role":"assistant","content":"done"}"#,
        ])
  }

  @Test("Images stand beside the text; what is neither is refused by name")
  func files() throws {
    let request = try Chat.request([
      Chat.message(
        .user, .attachment(Attachment(name: "a.png", mediaType: "image/png", bytes: [1, 2, 3])),
        .attachment(Attachment(name: "n.txt", mediaType: "text/plain", bytes: Array("note".utf8))), .text("see"))
    ])
    #expect(
      try body(request)["messages"]?[0]
        == ["role": "user", "content": "n.txt:\n```\nnote\n```\n\nsee", "images": ["AQID"]])
    #expect {
      _ = try body(
        try Chat.request([
          Chat.message(.user, .attachment(Attachment(name: "x.pdf", mediaType: "application/pdf", bytes: [0x25])))
        ]))
    } throws: { error in
      (error as? ProviderError)?.explanation.summary.contains("x.pdf") == true
    }
  }

  @Test(
    "OLLAMA_HOST is read as Ollama reads it",
    arguments: [
      ("", "http://127.0.0.1:11434"), ("box", "http://box:11434"), ("box:80", "http://box:80"),
      ("0.0.0.0", "http://127.0.0.1:11434"), ("0.0.0.0:1234", "http://127.0.0.1:1234"), (":99", "http://127.0.0.1:99"),
      ("https://h", "https://h:443"), ("http://h", "http://h:80"), ("https://h:1/p/", "https://h:1/p"),
      (" \"box:7\" ", "http://box:7"), ("[::]", "http://[::1]:11434"), ("[fe80::1]:5", "http://[fe80::1]:5"),
      ("::1", "http://[::1]:11434"), ("box:99999", "http://box:11434"),
    ])
  func host(value: String, url: String) throws {
    #expect(OllamaAddress.baseURL(host: value) == url)
    _ = try HTTPURL(url)
  }
}

@Suite("Ollama: a client and a server")
struct OllamaClientTests {
  static let service = FaultyService(
    dialect: OllamaDialect(), contentType: "application/x-ndjson", piece: line(#"{"content":"kept"}"#),
    error: #"{"error":"boom"}"# + "\n", refusal: #"{"error":"the server's words"}"#)

  @Test("A fault is told, with the text kept", arguments: DialectFault.allCases)
  func fault(fault: DialectFault) async throws { try await Self.service.check(fault) }

  @Test("Where nobody listens, it is asked whether Ollama runs")
  func notRunning() async throws {
    let port = try FaultServer { _ in .stream([]) }.port
    let summary = Summary(
      await all(Self.service.client("http://127.0.0.1:\(port)").stream(try Chat.request())))
    #expect(summary.failure?.explanation.detail.contains("is Ollama running?") == true)
  }

  @Test("A model that is not there is told with the command that fetches it")
  func missingModel() async throws {
    let server = try FaultServer { _ in .respond(404, body: Array(#"{"error":"model 'nope' not found"}"#.utf8)) }
    let summary = Summary(await all(Self.service.client(server.url()).stream(try Chat.request(model: "nope"))))
    #expect(summary.error?.explanation.detail.contains("`ollama pull nope`") == true)
    #expect(summary.error?.explanation.recovery == .chooseModel)
    #expect(summary.error?.isRetryable == false)
  }

  @Test("A model that does not think is asked without it, and models are listed")
  func noThinking() async throws {
    let server = try FaultServer { request in
      if request.method == "GET" {
        return .respond(
          200, ["content-type": "application/json"], body: Array(#"{"models":[{"name":"a:1"},{"model":"b"}]}"#.utf8))
      }
      let body = (try? JSONParser.parse(request.body).get()) ?? .null
      if body["think"] != nil {
        return .respond(400, body: Array(#"{"error":"\"m\" does not support thinking"}"#.utf8))
      }
      return .respond(
        200, ["content-type": "application/x-ndjson"], body: Array((line(#"{"content":"a"}"#) + done).utf8))
    }
    let client = Self.service.client(server.url("/api/"))
    #expect(Summary(await all(client.stream(try Chat.request(extra: #"{"think":true}"#)))).text == "a")
    #expect(try await client.models() == [ModelDescriptor(id: "a:1"), ModelDescriptor(id: "b")])
    #expect(server.log.requests.map(\.target) == ["/api/chat", "/api/chat", "/api/tags"])
  }
}
