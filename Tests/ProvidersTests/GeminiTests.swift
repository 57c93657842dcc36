import Conversations
import Diagnostics
import Framing
import Streaming
import TestSupport
import Testing
import Transport

@testable import Providers

private let endpoint = Endpoint(name: "lab", baseURL: "https://lab.example/v1beta")

private func encode(_ request: ChatRequest, to endpoint: Endpoint = endpoint, repairs: Set<Repair> = []) throws
  -> JSONValue
{
  try JSONParser.parse(try GeminiDialect().encode(request, to: endpoint, repairs: repairs).body ?? []).get()
}

private func contents(_ messages: Message..., model: String = "gemini-3-pro", repairs: Set<Repair> = []) throws
  -> [String]
{
  try encode(try Chat.request(messages, model: model), repairs: repairs)["contents"]?.array?.map {
    String(decoding: $0.bytes, as: UTF8.self)
  } ?? []
}

private func chunk(_ parts: String, _ rest: String = "") -> String {
  #"data: {"candidates":[{"content":{"role":"model","parts":["# + parts + #"]},"index":0"# + rest
    + #"}],"responseId":"r1","modelVersion":"g-1"}"# + "\r\n\r\n"
}

private let stop = chunk(#"{"text":""}"#, #","finishReason":"STOP""#)

private func answer(_ stream: String) -> Summary { decode(stream, with: GeminiDialect()) }

/// The parts of an answer as the conversation then holds them.
private func parts(_ stream: String) -> [Part] {
  var grammar = StreamGrammar(call: CallID(high: 1, low: 2))
  var chunks: [StreamChunk] = []
  for event in decode([Array(stream.utf8)], with: GeminiDialect()) { grammar.accept(event, into: &chunks) }
  var assembler = MessageAssembler(message: Chat.message(.assistant))
  var changes: [TranscriptChange] = []
  for chunk in chunks { assembler.apply(chunk, into: &changes) }
  return assembler.message.parts
}

private func message(_ parts: [Part]) -> Message {
  Message(
    id: MessageID(high: 1, low: 3), parent: nil, role: .assistant, created: Timestamp(milliseconds: 0), parts: parts)
}

@Suite("Gemini: streams")
struct GeminiStreamTests {
  static let isPresent = Vectors.has("streams/gemini")
  static let all = StreamVector.all(in: "gemini")
  static let streams = all.filter { $0.testDescription.hasSuffix(".sse") }
  static let bodies = all.filter { $0.testDescription.hasSuffix(".body.json") }

  @Test(
    "A published stream means the same however it is cut", .enabled(if: isPresent, Vectors.absence), arguments: streams)
  func published(vector: StreamVector) {
    Published.check(vector, with: GeminiDialect(), reasons: ["STOP": [.stop, .toolUse]])
    if let signature = vector.expect["thoughtSignature"]?.string {
      let summary = Summary(decode([vector.body], with: GeminiDialect()))
      #expect(summary.finish == .toolUse)
      #expect(
        summary.opaque.compactMap(GeminiPiece.init)
          == [.callSignature(signature, call: summary.calls.first?.id ?? "")])
    }
  }

  @Test(
    "A damaged stream comes to one ending", .enabled(if: isPresent, Vectors.absence), arguments: streams)
  func damaged(vector: StreamVector) { Published.damage(vector, with: GeminiDialect()) }

  @Test("All published streams were found", .enabled(if: isPresent, Vectors.absence))
  func allFound() {
    #expect(Self.streams.count == 5)
    #expect(Self.bodies.count == 1)
  }

  @Test("A refusal for a moment says how long", .enabled(if: isPresent, Vectors.absence), arguments: bodies)
  func refusal(vector: StreamVector) throws {
    let error = try classified(vector.body, status: vector.expectation["status"]?.int ?? 0)
    #expect(error.isRetryable)
    #expect(error.explanation.kind == .rateLimited)
    #expect(error.retryAfterMilliseconds == 34_075)
  }

  private func classified(_ body: [UInt8], status: Int) throws -> ProviderError {
    GeminiDialect().classify(
      HTTPFailure(
        endpoint: endpoint, model: "m", url: try HTTPURL("https://lab.example/v1beta/models/m:generateContent"),
        status: status, headers: HTTPHeaders(), body: body, bytesSent: 10, hadCredential: true, now: 0))
  }

  @Test(
    "Google's classes of errors are told apart",
    arguments: [
      (
        429,
        #"{"error":{"code":429,"message":"You exceeded your current quota","status":"RESOURCE_EXHAUSTED","details":[{"violations":[{"quotaId":"GenerateRequestsPerDayPerProjectPerModel-FreeTier"}]}]}}"#,
        ErrorKind.forbidden, false
      ),
      (
        429, #"{"error":{"code":429,"message":"You exceeded your current quota","status":"RESOURCE_EXHAUSTED"}}"#,
        .rateLimited, true
      ),
      (
        400,
        #"{"error":{"code":400,"message":"API key not valid. Please pass a valid API key.","status":"INVALID_ARGUMENT","details":[{"reason":"API_KEY_INVALID"}]}}"#,
        .unauthorized, false
      ),
      (
        400,
        #"{"error":{"code":400,"message":"User location is not supported","status":"FAILED_PRECONDITION"}}"#,
        .forbidden, false
      ),
      (400, #"{"error":{"code":400,"message":"bad","status":"INVALID_ARGUMENT"}}"#, .badRequest, false),
      (
        404, #"{"error":{"code":404,"message":"models/x is not found","status":"NOT_FOUND"}}"#, .notFound, false
      ),
      (503, #"[{"error":{"code":503,"message":"overloaded","status":"UNAVAILABLE"}}]"#, .overloaded, true),
      (504, #"{"error":{"code":504,"message":"late","status":"DEADLINE_EXCEEDED"}}"#, .server, true),
    ])
  func classes(status: Int, body: String, kind: ErrorKind, isRetryable: Bool) throws {
    let error = try classified(Array(body.utf8), status: status)
    #expect(error.explanation.kind == kind)
    #expect(error.isRetryable == isRetryable)
  }

  @Test(
    "A finish reason becomes ours",
    arguments: [
      ("STOP", FinishReason.stop), ("MAX_TOKENS", .length), ("SAFETY", .contentFilter), ("RECITATION", .contentFilter),
      ("IMAGE_SAFETY", .contentFilter), ("OTHER", .other("OTHER")), ("NEW_WORD", .other("NEW_WORD")),
    ])
  func reasons(word: String, reason: FinishReason) {
    let summary = answer(chunk(#"{"text":"x"}"#, #","finishReason":"\#(word)""#))
    #expect(summary.finish == reason)
    #expect(summary.text == "x")
  }

  @Test("A malformed call is a failure that may be tried again, with its message")
  func malformedCall() {
    let summary = answer(chunk("", #","finishReason":"MALFORMED_FUNCTION_CALL","finishMessage":"no brace""#))
    #expect(summary.error?.isRetryable == true)
    #expect(summary.error?.explanation.detail.contains("no brace") == true)
  }

  @Test("What comes behind the reason still counts, and a connection that breaks then does not matter")
  func afterTheReason() {
    let text = chunk(#"{"text":"a"}"#, #","finishReason":"STOP""#) + chunk(#"{"text":"b"}"#)
    #expect(answer(text).text == "ab")
    var decoding = EventDecoding(
      GeminiDialect(), context: ResponseContext(provider: "lab", model: "m"), received: .now)
    decoding.push(Array(text.utf8), received: .now)
    decoding.fail(
      TransportError.truncated(host: "h", cause: .connectionLost).streamFailure(of: "lab", hadContent: true),
      received: .now)
    #expect(Summary(decoding.take()).finish == .stop)
  }

  @Test("An answer in one piece, also as an array of chunks", arguments: [false, true])
  func whole(isArray: Bool) {
    let chunk =
      #"{"candidates":[{"content":{"parts":[{"text":"why","thought":true},{"text":"Hi"}]},"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":3,"toolUsePromptTokenCount":2,"candidatesTokenCount":4,"thoughtsTokenCount":5,"cachedContentTokenCount":1},"modelVersion":"g"}"#
    var decoding = EventDecoding(
      GeminiDialect(), context: ResponseContext(provider: "lab", model: "m"), received: .now)
    decoding.decodeWhole(Array((isArray ? "[\(chunk)]" : chunk).utf8), received: .now)
    let summary = Summary(decoding.take())
    #expect(summary.text == "Hi")
    #expect(summary.thinking == "why")
    #expect(summary.usage == TokenUsage(input: 5, output: 9, cacheRead: 1, reasoning: 5))
    #expect(summary.finish == .stop)
  }

  @Test("Other candidates are left out, and images and code are told")
  func otherParts() {
    let summary = answer(
      #"data: {"candidates":[{"index":1,"content":{"parts":[{"text":"no"}]}},{"index":0,"content":{"parts":[{"text":"yes"},{"inlineData":{"mimeType":"image/png","data":"QUJD"}},{"executableCode":{"language":"PYTHON","code":"1+1"}},{"codeExecutionResult":{"outcome":"OUTCOME_OK","output":"2\n"}}]}}]}"#
        + "\n\n" + stop)
    #expect(summary.text == "yes\n\n```python\n1+1\n```\n\n\n\n```\n2\n```\n\n")
    #expect(summary.opaque.map(\.label) == ["image/png, 1 KiB", "", ""])
    #expect(summary.finish == .stop)
  }

  @Test("Nonsense ends a stream as malformed", arguments: ["data: {nonsense\n\n", "data: 7\n\n", "data: [7]\n\n"])
  func nonsense(body: String) {
    switch answer(body).failure {
    case .malformed, .truncated: break
    case let other: Issue.record("\(String(describing: other))")
    }
  }
}

@Suite("Gemini: requests")
struct GeminiRequestTests {
  @Test("The smallest request, and where it goes")
  func smallest() throws {
    let encoded = try GeminiDialect().encode(try Chat.request(model: "gemini-1.5-pro"), to: endpoint, repairs: [])
    #expect(
      String(decoding: encoded.body ?? [], as: UTF8.self)
        == #"{"contents":[{"role":"user","parts":[{"text":"hi"}]}]}"#)
    #expect(
      encoded.url.description == "https://lab.example/v1beta/models/gemini-1.5-pro:streamGenerateContent?alt=sse")
  }

  @Test(
    "Addresses are found from what people write",
    arguments: [
      ("", "m", "https://generativelanguage.googleapis.com/v1beta/models/m:generateContent"),
      ("https://h", "models/m", "https://h/v1beta/models/m:generateContent"),
      ("https://h/", "m", "https://h/v1beta/models/m:generateContent"),
      ("https://h/v1/models/", "tunedModels/m", "https://h/v1/tunedModels/m:generateContent"),
      ("https://h/v1", "a b", "https://h/v1/models/a%20b:generateContent"),
    ])
  func addresses(base: String, model: String, url: String) throws {
    let encoded = try GeminiDialect().encode(
      try Chat.request(model: model, isStreaming: false), to: Endpoint(name: "lab", baseURL: base), repairs: [])
    #expect(encoded.url.description == url)
  }

  @Test("All parameters; what a profile adds is merged; thoughts are asked for where there are some")
  func parameters() throws {
    let request = try Chat.request(
      [Chat.message(.system, .text("More.")), Chat.user("a"), Chat.user("b"), Chat.assistant("c"), Chat.user("d")],
      model: "gemini-2.5-flash", extra: #"{"generationConfig":{"thinkingConfig":{"thinkingBudget":100},"topK":3}}"#
    ) {
      $0.system = "Be brief."
      $0.temperature = 0.5
      $0.topP = 1
      $0.maximumTokens = 500
    }
    #expect(
      String(decoding: try encode(request).bytes, as: UTF8.self)
        == #"{"systemInstruction":{"parts":[{"text":"Be brief.\n\nMore."}]},"contents":[{"role":"user","parts":[{"text":"a"},{"text":"b"}]},"#
        + #"{"role":"model","parts":[{"text":"c"}]},{"role":"user","parts":[{"text":"d"}]}],"#
        + #""generationConfig":{"temperature":0.5,"topP":1.0,"maxOutputTokens":500,"thinkingConfig":{"includeThoughts":true,"thinkingBudget":100},"topK":3}}"#
    )
  }

  @Test("Files go inline, text as text, and what is not taken is refused by name")
  func files() throws {
    let request = try Chat.request([
      Chat.message(
        .user, .attachment(Attachment(name: "a.png", mediaType: "image/png", bytes: [1, 2, 3])),
        .attachment(Attachment(name: "b.pdf", mediaType: "application/pdf", bytes: [4])),
        .attachment(Attachment(name: "c.swift", mediaType: "text/x-swift", bytes: Array("let".utf8))), .text("see"))
    ])
    #expect(
      try encode(request)["contents"]?[0]?["parts"]
        == [
          ["inlineData": ["mimeType": "image/png", "data": "AQID"]],
          ["inlineData": ["mimeType": "application/pdf", "data": "BA=="]], ["text": "c.swift:\n```\nlet\n```"],
          ["text": "see"],
        ])
    #expect {
      _ = try encode(
        try Chat.request([
          Chat.message(.user, .attachment(Attachment(name: "x.gif", mediaType: "image/gif", bytes: [0])))
        ]))
    } throws: { error in
      guard let error = error as? ProviderError else { return false }
      return error.explanation.kind == .badRequest && error.explanation.summary.contains("x.gif")
        && error.explanation.detail.contains("PDF")
    }
  }

  @Test("Every signature goes back to exactly the part it came with")
  func signatures() throws {
    let first =
      chunk(#"{"text":"hm","thought":true,"thoughtSignature":"T1"}"#) + chunk(#"{"text":"plain "}"#)
      + chunk(#"{"text":"signed","thoughtSignature":"S1"}"#)
      + chunk(
        #"{"functionCall":{"id":"fc1","name":"f","args":{"a":1}},"thoughtSignature":"C1"},{"functionCall":{"name":"g"}}"#
      )
      + chunk(#"{"text":"","thoughtSignature":"E1"}"#) + stop
    var all = parts(first)
    let calls = all.compactMap { if case .toolCall(let call) = $0 { call } else { nil } }
    #expect(calls.map(\.id) == ["fc1", "gemini-call:r1:1"])
    for call in calls {
      all.append(.toolResult(ToolResult(callID: call.id, name: call.name, content: "ok", isError: call.name == "g")))
    }
    all += parts(chunk(#"{"text":"done"}"#) + stop)
    #expect(
      try contents(Chat.user("hi"), message(all)).dropFirst()
        == [
          #"{"role":"model","parts":[{"text":"hm","thought":true,"thoughtSignature":"T1"},{"text":"plain "},{"text":"signed","thoughtSignature":"S1"},"#
            + #"{"functionCall":{"id":"fc1","name":"f","args":{"a":1}},"thoughtSignature":"C1"},{"functionCall":{"name":"g","args":{}}},"#
            + #"{"text":"","thoughtSignature":"E1"}]}"#,
          #"{"role":"user","parts":[{"functionResponse":{"id":"fc1","name":"f","response":{"result":"ok"}}},{"functionResponse":{"name":"g","response":{"error":"ok"}}}]}"#,
          #"{"role":"model","parts":[{"text":"done"}]}"#,
        ])
    // A service that finds the signatures corrupt gets none of them.
    let fresh = try contents(message(all), repairs: [GeminiDialect.Repairs.freshSignatures]).joined()
    for signature in ["T1", "S1", "C1", "E1"] { #expect(!fresh.contains("\"\(signature)\"")) }
    #expect(
      fresh.contains(
        #"{"functionCall":{"id":"fc1","name":"f","args":{"a":1}},"thoughtSignature":"skip_thought_signature_validator"}"#
      ))
  }

  @Test("A call that another model made gets the filler where signatures are wanted", arguments: [true, false])
  func filler(isWanted: Bool) throws {
    let message = message([
      .thinking("x", signature: "openai-chat:y"), .opaque(OpaquePart(dialect: "other", label: "", content: "{}")),
      .toolCall(ToolCall(id: "call_1", name: "f", arguments: "{}", isComplete: true)),
      .toolResult(ToolResult(callID: "call_1", name: "f", content: "r", isError: false)),
    ])
    let text = try contents(Chat.user("q"), message, model: isWanted ? "gemini-3-pro" : "gemini-2.5-pro").joined()
    #expect(text.contains("skip_thought_signature_validator") == isWanted)
    #expect(!text.contains("openai-chat"))
    #expect(!text.contains("thought\":true"))
  }

  @Test("Images and code of an answer go back as the parts they were")
  func echo() throws {
    let image = #"{"inlineData":{"mimeType":"image/png","data":"QUJD"},"thoughtSignature":"I1"}"#
    let code = #"{"executableCode":{"language":"PYTHON","code":"1+1"}}"#
    let all = parts(chunk(#"{"text":"look"}"#) + chunk(image) + chunk(code) + stop)
    #expect(
      try contents(Chat.user("q"), message(all)).last
        == #"{"role":"model","parts":[{"text":"look"},"# + image + "," + code + "]}")
  }

  @Test(
    "A refusal that names what to change is repaired",
    arguments: [
      ("Thinking is not enabled for this model", "thoughts"),
      ("Function call is missing a thought_signature in functionCall parts.", "thought signatures"),
      ("Invalid value at 'temperature'", nil),
    ] as [(String, String?)])
  func repairs(words: String, repair: String?) throws {
    let failure = HTTPFailure(
      endpoint: endpoint, model: "m", url: try HTTPURL("https://lab.example/"), status: 400, headers: HTTPHeaders(),
      body: (["error": ["message": .string(words), "code": 400]] as JSONValue).bytes, bytesSent: 1,
      hadCredential: true, now: 0)
    let found = GeminiDialect().repair(failure, applied: [])
    #expect(found?.name == repair)
    if let found { #expect(GeminiDialect().repair(failure, applied: [found]) == nil) }
  }
}

@Suite("Gemini: a client and a server")
struct GeminiClientTests {
  static let service = FaultyService(
    dialect: GeminiDialect(), contentType: "text/event-stream", piece: chunk(#"{"text":"kept"}"#),
    error: "{\n  \"error\": {\n  \"code\": 503,\n  \"message\": \"boom\",\n  \"status\": \"UNAVAILABLE\"\n  }\n}\n\n",
    refusal: #"{"error":{"message":"the server's words"}}"#)

  @Test("A fault is told, with the text kept", arguments: DialectFault.allCases)
  func fault(fault: DialectFault) async throws { try await Self.service.check(fault) }

  @Test("The key is in its header, the answer comes whole where that was asked for, and models are listed")
  func headers() async throws {
    let server = try FaultServer { request in
      let body =
        request.method == "GET"
        ? #"{"models":[{"name":"models/g-1","inputTokenLimit":100,"supportedGenerationMethods":["generateContent"]},{"name":"models/e","supportedGenerationMethods":["embedContent"]}],"nextPageToken":"x"}"#
        : #"{"candidates":[{"content":{"parts":[{"text":"Hi"}]},"finishReason":"STOP"}]}"#
      return .respond(200, ["content-type": "application/json"], body: Array(body.utf8))
    }
    let client = Self.service.client(server.url("/v1beta"))
    #expect(Summary(await all(client.stream(try Chat.request(isStreaming: false)))).text == "Hi")
    #expect(try await client.models() == [ModelDescriptor(id: "g-1", contextLength: 100)])
    let requests = server.log.requests
    #expect(requests.map(\.target) == ["/v1beta/models/m:generateContent", "/v1beta/models?pageSize=1000"])
    #expect(requests.allSatisfy { $0.header("x-goog-api-key") == "key-1" && $0.header("authorization") == nil })
  }
}
