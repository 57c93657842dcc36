// Requests to Claude: Messages bodies for Anthropic and for Bedrock's InvokeModel, and the turns that Converse shares.

import Conversations
import Diagnostics
import Framing
import Streaming
import Testing
import Transport

@testable import Providers

extension Chat {
  /// A message with a status and a model.
  static func answer(
    _ parts: [Part], status: MessageStatus = .complete(.stop), model: String? = nil
  ) -> Message {
    Message(
      id: MessageID(high: 1, low: 3), parent: nil, role: .assistant, created: Timestamp(milliseconds: 0),
      origin: model.map { ModelReference(provider: "lab", model: $0) }, parts: parts, status: status)
  }

  static func file(_ name: String, _ type: String, _ bytes: [UInt8]) -> Part {
    .attachment(Attachment(name: name, mediaType: type, bytes: bytes))
  }

  static func call(_ id: String, _ name: String = "f", _ arguments: String = #"{"x":1}"#) -> Part {
    .toolCall(ToolCall(id: id, name: name, arguments: arguments, isComplete: true))
  }

  static func result(_ id: String, _ content: String = "out", isError: Bool = false) -> Part {
    .toolResult(ToolResult(callID: id, name: "f", content: content, isError: isError))
  }
}

@Suite("Claude: requests")
struct ClaudeEncodingTests {
  private let open = Endpoint(name: "lab")

  private func body(
    _ request: ChatRequest, repairs: Set<Repair> = [], change: (inout Endpoint) -> Void = { _ in }
  ) throws -> JSONValue {
    var endpoint = open
    change(&endpoint)
    return try JSONParser.parse(try AnthropicDialect().encode(request, to: endpoint, repairs: repairs).body ?? []).get()
  }

  /// The turns as text, one per line.
  private func turns(_ messages: Message..., repairs: Set<Repair> = [], model: String = "m") throws -> [String] {
    try body(try Chat.request(messages, model: model), repairs: repairs)["messages"]?.array?.map {
      String(decoding: $0.bytes, as: UTF8.self)
    } ?? []
  }

  private static let hi = #"{"role":"user","content":[{"type":"text","text":"hi"}]}"#

  // MARK: The frame

  @Test("The smallest request")
  func smallest() throws {
    var encoded = try AnthropicDialect().encode(try Chat.request(), to: open, repairs: [])
    #expect(
      String(decoding: encoded.body ?? [], as: UTF8.self)
        == #"{"model":"m","max_tokens":32000,"stream":true,"messages":[\#(Self.hi)]}"#)
    #expect(encoded.url.description == "https://api.anthropic.com/v1/messages")
    #expect(encoded.headers["anthropic-version"] == "2023-06-01")
    #expect(encoded.headers["accept"] == "text/event-stream")
    #expect(encoded.headers["content-type"] == "application/json")
    try AnthropicDialect().authorize(&encoded, with: Secret("sk-ant-api03-k"))
    #expect(encoded.headers["x-api-key"] == HTTPHeaders.mask)
    #expect(encoded.headers["authorization"] == nil)
  }

  @Test("Tokens of a subscription go where they belong")
  func tokens() throws {
    var encoded = try AnthropicDialect().encode(try Chat.request(), to: open, repairs: [])
    try AnthropicDialect().authorize(&encoded, with: Secret("sk-ant-oat01-k"))
    #expect(encoded.headers["authorization"] == HTTPHeaders.mask)
    #expect(encoded.headers["x-api-key"] == nil)
  }

  @Test(
    "A base address is taken as people write it",
    arguments: [
      "https://h", "https://h/", "https://h/v1", "https://h/v1/", "https://h/v1/messages", "https://h/v1/messages/",
    ])
  func addresses(base: String) throws {
    let endpoint = Endpoint(name: "lab", baseURL: base)
    #expect(
      try AnthropicDialect().encode(try Chat.request(), to: endpoint, repairs: []).url.description
        == "https://h/v1/messages")
    #expect(
      try AnthropicDialect().encodeModelList(for: endpoint)?.url.description == "https://h/v1/models?limit=1000")
  }

  @Test("The list of models names what can be asked for, and its context where that is told")
  func models() throws {
    let list =
      #"{"data":[{"type":"model","id":"claude-a","display_name":"A","max_input_tokens":200000},{"id":"claude-b"},{"x":1}],"has_more":false}"#
    #expect(
      try AnthropicDialect().decodeModelList(Array(list.utf8)) == [
        ModelDescriptor(id: "claude-a", contextLength: 200_000), ModelDescriptor(id: "claude-b"),
      ])
    #expect(throws: DialectError.self) { try AnthropicDialect().decodeModelList(Array("{}".utf8)) }
    #expect(throws: DialectError.self) { try AnthropicDialect().decodeModelList(Array("<html>".utf8)) }
  }

  @Test("All parameters, not streaming; of temperature and top_p one is sent")
  func parameters() throws {
    let request = try Chat.request(isStreaming: false) {
      $0.system = "Be brief."
      $0.temperature = 0.5
      $0.topP = 0.9
      $0.maximumTokens = 500
    }
    let encoded = try AnthropicDialect().encode(request, to: open, repairs: [])
    #expect(
      String(decoding: encoded.body ?? [], as: UTF8.self)
        == #"{"model":"m","max_tokens":500,"stream":false,"system":[{"type":"text","text":"Be brief."}],"messages":[\#(Self.hi)],"temperature":0.5}"#
    )
    #expect(encoded.headers["accept"] == "application/json")
    #expect(try body(try Chat.request { $0.topP = 0.9 })["top_p"]?.double == 0.9)
  }

  @Test(
    "What a name tells of a model",
    arguments: [
      ("claude-3-opus-20240229", 4_096, true), ("claude-3-5-sonnet-20241022", 8_192, true),
      ("claude-3-7-sonnet-latest", 32_000, true), ("claude-sonnet-4-20250514", 32_000, true),
      ("claude-opus-4-1-20250805", 32_000, true), ("us.anthropic.claude-sonnet-4-5-20250929-v1:0", 32_000, true),
      ("claude-sonnet-4-6", 32_000, false), ("global.anthropic.claude-opus-4-7", 32_000, false),
      ("claude-opus-5", 32_000, false), ("claude-2.1", 4_096, true), ("claude-novel", 32_000, false),
      ("anthropic.claude-3-haiku-20240307-v1:0", 4_096, true), ("claude-3.5-haiku@20241022", 8_192, true),
      ("other", 32_000, false),
    ])
  func modelNames(name: String, limit: Int, takesPrefill: Bool) throws {
    #expect(try body(try Chat.request(model: name))["max_tokens"]?.int == limit)
    #expect(AnthropicDialect().canPrefill(name) == takesPrefill)
    #expect(BedrockInvokeDialect().canPrefill(name) == takesPrefill)
    #expect(ConverseDialect().canPrefill(name) == takesPrefill)
  }

  @Test("An answer in one piece is kept shorter, thinking gets room beside its budget and no temperature")
  func tokenLimits() throws {
    #expect(try body(try Chat.request(isStreaming: false))["max_tokens"]?.int == 16_000)
    let thinking = try body(
      try Chat.request(extra: #"{"thinking":{"type":"enabled","budget_tokens":40000}}"#) { $0.temperature = 0.5 })
    #expect(thinking["max_tokens"]?.int == 44_096)
    #expect(thinking["temperature"] == nil)
    #expect(thinking["thinking"]?["budget_tokens"]?.int == 40_000)
    let off = try body(try Chat.request(extra: #"{"thinking":{"type":"disabled"}}"#) { $0.temperature = 0.5 })
    #expect(off["temperature"]?.double == 0.5)
  }

  @Test("Extra fields are laid over the body unchanged; those that are no object are a setting to fix")
  func extra() throws {
    let request = try Chat.request(extra: #"{"stop_sequences":["END"],"max_tokens":7,"metadata":{"user_id":null}}"#)
    let sent = try body(request)
    #expect(sent["stop_sequences"] == ["END"])
    #expect(sent["max_tokens"]?.int == 7)
    #expect(sent["metadata"]?["user_id"]?.isNull == true)
    for dialect in [AnthropicDialect().encode, BedrockInvokeDialect().encode, ConverseDialect().encode]
      as [(ChatRequest, Endpoint, Set<Repair>) throws(ProviderError) -> DialectRequest]
    {
      var endpoint = open
      endpoint.options["region"] = "eu-west-1"
      let wrong = try Chat.request(extra: "[1]")
      #expect {
        _ = try dialect(wrong, endpoint, [])
      } throws: { ($0 as? ProviderError)?.explanation.kind == .setting }
    }
  }

  @Test("Marks for the cache stand behind the system and the last two prompts")
  func cacheMarks() throws {
    let request = try Chat.request(
      [Chat.user("a"), Chat.assistant("b"), Chat.user("c"), Chat.assistant("d"), Chat.user("e")],
      extra: #"{"cache_control":{"type":"ephemeral","ttl":"1h"}}"#
    ) { $0.system = "s" }
    let sent = try body(request)
    let mark: JSONValue = ["type": "ephemeral", "ttl": "1h"]
    #expect(sent["cache_control"] == nil)
    #expect(sent["system"]?[0]?["cache_control"] == mark)
    let marks = sent["messages"]?.array?.map { $0["content"]?[0]?["cache_control"] == mark }
    #expect(marks == [false, false, true, false, true])
  }

  // MARK: Turns

  @Test("Neighbours of one role are one turn, system messages go to the system, blank ones nowhere")
  func neighbours() throws {
    let request = try Chat.request([
      Chat.message(.system, .text("s")), Chat.user("a"), Chat.user(" \n"), Chat.user("b"), Chat.message(.assistant),
      Chat.assistant("c"), Chat.assistant("d"), Chat.user("e"),
    ])
    let sent = try body(request)
    #expect(sent["system"] == [["type": "text", "text": "s"]])
    #expect(sent["messages"]?.array?.map { $0["role"]?.string } == ["user", "assistant", "user"])
    #expect(sent["messages"]?[0]?["content"]?.array?.map { $0["text"]?.string } == ["a", "b"])
  }

  @Test("A conversation begins with the user, and an answer to go on with does not end in blanks")
  func edges() throws {
    #expect(
      try turns(Chat.assistant("Once upon \n"), model: "claude-3-opus") == [
        #"{"role":"user","content":[{"type":"text","text":"(continued)"}]}"#,
        #"{"role":"assistant","content":[{"type":"text","text":"Once upon"}]}"#,
      ])
  }

  @Test("A refused turn is left out, with the prompt that was refused")
  func refused() throws {
    #expect(
      try turns(
        Chat.user("bad"), Chat.answer([.text("I can")], status: .complete(.refusal)), Chat.user("hi")) == [Self.hi])
    // Unless it is to be gone on with.
    #expect(try turns(Chat.user("hi"), Chat.answer([.text("I can")], status: .complete(.refusal))).count == 2)
  }

  @Test("Calls and results become turns: the results first, in the order of the calls")
  func tools() throws {
    let answer = Chat.answer([
      .text("Let me look."), Chat.call("c1"), Chat.call("c2", "g h", "{\"x\":"), Chat.result("c2", "", isError: true),
      Chat.result("c1", "one"), .text("Done."), Chat.call("c3"), Chat.result("c3"),
    ])
    #expect(
      try turns(Chat.user("hi"), answer, Chat.user("thanks")).dropFirst() == [
        #"{"role":"assistant","content":[{"type":"text","text":"Let me look."},{"type":"tool_use","id":"c1","name":"f","input":{"x":1}},"#
          + #"{"type":"tool_use","id":"c2","name":"g_h","input":{}}]}"#,
        #"{"role":"user","content":[{"type":"tool_result","tool_use_id":"c1","content":"one"},"#
          + #"{"type":"tool_result","tool_use_id":"c2","content":"(no output)","is_error":true}]}"#,
        #"{"role":"assistant","content":[{"type":"text","text":"Done."},{"type":"tool_use","id":"c3","name":"f","input":{"x":1}}]}"#,
        #"{"role":"user","content":[{"type":"tool_result","tool_use_id":"c3","content":"out"},{"type":"text","text":"thanks"}]}"#,
      ])
  }

  @Test("Text between a call and its result stays in the turn, calls after a result begin another")
  func toolOrder() throws {
    let answer = Chat.answer([Chat.call("a"), .text("wait"), Chat.result("a"), Chat.call("b"), Chat.result("b")])
    let sent = try body(try Chat.request([Chat.user("hi"), answer]))
    let kinds = sent["messages"]?.array?.map { turn in
      (turn["content"]?.array ?? []).compactMap { $0["type"]?.string }
    }
    #expect(kinds == [["text"], ["tool_use", "text"], ["tool_result"], ["tool_use"], ["tool_result"]])
  }

  @Test("Ids that other services used twice are told apart, and ones that are not taken are changed")
  func ids() throws {
    let answers = [
      Chat.answer([Chat.call("call_0"), Chat.result("call_0", "1")]), Chat.user("more"),
      Chat.answer([Chat.call("call_0"), Chat.result("call_0", "2"), Chat.call("a.b:ü"), Chat.result("a.b:ü", "3")]),
    ]
    let sent = try body(try Chat.request([Chat.user("hi")] + answers))
    let blocks = (sent["messages"]?.array ?? []).flatMap { $0["content"]?.array ?? [] }
    #expect(blocks.compactMap { $0["id"]?.string } == ["call_0", "call_0_2", "a_b__"])
    #expect(blocks.compactMap { $0["tool_use_id"]?.string } == ["call_0", "call_0_2", "a_b__"])
    #expect(blocks.compactMap { $0["content"]?.string } == ["1", "2", "3"])
  }

  @Test("Calls of one answer with the same id have each its own result")
  func sameIDs() throws {
    let answer = Chat.answer([
      Chat.call("call_0"), Chat.result("call_0", "1"), Chat.call("call_0"), Chat.result("call_0", "2"),
    ])
    let sent = try body(try Chat.request([Chat.user("hi"), answer]))
    let blocks = (sent["messages"]?.array ?? []).flatMap { $0["content"]?.array ?? [] }
    #expect(blocks.compactMap { $0["tool_use_id"]?.string } == ["call_0", "call_0_2"])
    #expect(blocks.compactMap { $0["content"]?.string } == ["1", "2"])
  }

  @Test("Tools of the history are declared, and not offered")
  func declaredTools() throws {
    let history = [Chat.user("hi"), Chat.answer([Chat.call("a"), Chat.result("a")])]
    let sent = try body(try Chat.request(history))
    #expect(sent["tools"]?.array?.map { $0["name"]?.string } == ["f"])
    #expect(sent["tool_choice"] == ["type": "none"])
    let own = try body(try Chat.request(history, extra: #"{"tools":[{"name":"f"}]}"#))
    #expect(own["tools"] == [["name": "f"]])
    #expect(own["tool_choice"] == nil)
  }

  // MARK: Thinking and pieces of the service's own

  @Test("Thinking goes back first and unchanged, to the model and the service that it came from")
  func thinking() throws {
    func sent(_ signature: String?, model: String? = "m", repairs: Set<Repair> = []) throws -> JSONValue? {
      let answer = Chat.answer(
        [.thinking("hm", signature: signature), Chat.call("a"), Chat.result("a"), .text("x")], model: model)
      return try body(try Chat.request([Chat.user("hi"), answer]), repairs: repairs)["messages"]?[1]?["content"]?[0]
    }
    let block: JSONValue = ["type": "thinking", "thinking": "hm", "signature": "sig"]
    #expect(try sent("anthropic:sig") == block)
    #expect(try sent("anthropic:sig", model: nil) == block)
    #expect(try sent("anthropic:sig", model: "other")?["type"] == "tool_use")
    #expect(try sent("anthropic:sig", repairs: [ClaudeRepairs.noThinkingEcho])?["type"] == "tool_use")
    #expect(try sent("bedrock:sig")?["type"] == "tool_use")
    #expect(try sent(nil)?["type"] == "tool_use")
  }

  @Test("Thinking that led to nothing is not sent: it may not end a turn")
  func lonelyThinking() throws {
    let redacted = OpaquePart(dialect: "anthropic", label: "", content: #"{"type":"redacted_thinking","data":"QQ=="}"#)
    #expect(
      try turns(
        Chat.user("hi"), Chat.answer([.thinking("hm", signature: "anthropic:s"), .opaque(redacted)])) == [Self.hi])
    let sent = try turns(Chat.user("hi"), Chat.answer([.opaque(redacted), .text("x")]), Chat.user("more"))
    #expect(sent[1].contains(#"[{"type":"redacted_thinking","data":"QQ=="},{"type":"text","text":"x"}]"#))
    // An answer to go on with may not hold any.
    let begun = try turns(Chat.user("hi"), Chat.answer([.opaque(redacted), .text("x")]))
    #expect(begun.last == #"{"role":"assistant","content":[{"type":"text","text":"x"}]}"#)
  }

  @Test("Pieces of the service's own go back in their places, to no other service")
  func pieces() throws {
    func piece(_ content: String, dialect: String = "anthropic") -> Part {
      .opaque(OpaquePart(dialect: dialect, label: "x", content: content))
    }
    let call = piece(#"{"type":"server_tool_use","id":"s1","name":"web_search","input":{"q":1}}"#)
    let result = piece(#"{"type":"web_search_tool_result","tool_use_id":"s1","content":[]}"#)
    let cited = [
      call, result, .text("a"), piece(#"{"citations":[{"url":"u"}]}"#), piece(""), piece("{}", dialect: "bedrock"),
      .text("b"),
    ]
    let sent = try turns(Chat.user("hi"), Chat.answer(cited), Chat.user("more"))
    #expect(
      sent[1]
        == #"{"role":"assistant","content":[{"type":"server_tool_use","id":"s1","name":"web_search","input":{"q":1}},"#
        + #"{"type":"web_search_tool_result","tool_use_id":"s1","content":[]},{"type":"text","text":"a","citations":[{"url":"u"}]},{"type":"text","text":"b"}]}"#
    )
    // A call without a result is only sent where the server goes on with it.
    let paused = try turns(Chat.user("hi"), Chat.answer([.text("a"), call], status: .complete(.pause)))
    #expect(paused.last?.contains("server_tool_use") == true)
    let broken = try turns(Chat.user("hi"), Chat.answer([.text("a"), call]), Chat.user("more"))
    #expect(broken[1] == #"{"role":"assistant","content":[{"type":"text","text":"a"}]}"#)
    let goneOnWith = try turns(Chat.user("hi"), Chat.answer([.text("a"), call], status: .interrupted))
    #expect(goneOnWith[1] == broken[1])
  }

  // MARK: Files

  @Test("Images, PDFs and texts are sent as what they are")
  func files() throws {
    let prompt = Chat.message(
      .user, Chat.file("a.jpg", "image/jpg", [1, 2, 3]), Chat.file("a.pdf", "application/pdf", [1]),
      Chat.file("a.swift", "text/x-swift", Array("let a = 1".utf8)), .text("see"))
    #expect(
      try turns(prompt) == [
        #"{"role":"user","content":[{"type":"image","source":{"type":"base64","media_type":"image/jpeg","data":"AQID"}},"#
          + #"{"type":"document","source":{"type":"base64","media_type":"application/pdf","data":"AQ=="},"title":"a.pdf"},"#
          + #"{"type":"document","source":{"type":"text","media_type":"text/plain","data":"let a = 1"},"title":"a.swift"},"#
          + #"{"type":"text","text":"see"}]}"#
      ])
  }

  @Test("A file without anything in it is told of")
  func emptyFile() throws {
    #expect(
      try turns(Chat.message(.user, Chat.file("a.txt", "text/plain", []))) == [
        #"{"role":"user","content":[{"type":"text","text":"The file a.txt is empty."}]}"#
      ])
  }

  @Test(
    "A file that is not taken is refused by its name",
    arguments: [("a.zip", "application/zip"), ("a.tiff", "image/tiff")])
  func refusedFile(name: String, type: String) throws {
    let request = try Chat.request([Chat.message(.user, Chat.file(name, type, [0, 1, 0xFF]))])
    var endpoint = open
    endpoint.options["region"] = "eu-west-1"
    for dialect in [AnthropicDialect().encode, BedrockInvokeDialect().encode, ConverseDialect().encode]
      as [(ChatRequest, Endpoint, Set<Repair>) throws(ProviderError) -> DialectRequest]
    {
      #expect {
        _ = try dialect(request, endpoint, [])
      } throws: { error in
        let explanation = (error as? ProviderError)?.explanation
        return explanation?.kind == .badRequest && explanation?.summary.contains(name) == true
          && explanation?.detail.contains("PNG") == true
      }
    }
  }

  // MARK: Bedrock

  @Test("InvokeModel gets the same body without model and stream, and with its version and betas")
  func invoke() throws {
    var endpoint = open
    endpoint.options["region"] = "eu-west-1"
    endpoint.headers = [Endpoint.Header(name: "Anthropic-Beta", value: Secret("a-1, b-2"))]
    let request = try Chat.request(model: "eu.anthropic.claude-sonnet-4-20250514-v1:0") { $0.temperature = 0.5 }
    let encoded = try BedrockInvokeDialect().encode(request, to: endpoint, repairs: [])
    #expect(
      String(decoding: encoded.body ?? [], as: UTF8.self)
        == #"{"anthropic_version":"bedrock-2023-05-31","anthropic_beta":["a-1","b-2"],"max_tokens":32000,"messages":[\#(Self.hi)],"temperature":0.5}"#
    )
    #expect(
      encoded.url.description
        == "https://bedrock-runtime.eu-west-1.amazonaws.com/model/eu.anthropic.claude-sonnet-4-20250514-v1%3A0/invoke-with-response-stream"
    )
    #expect(encoded.headers["x-amzn-bedrock-accept"] == "application/json")
    #expect(encoded.headers["authorization"] == nil)
    let whole = try BedrockInvokeDialect().encode(try Chat.request(isStreaming: false), to: endpoint, repairs: [])
    #expect(whole.url.target == "/model/m/invoke")
    #expect(whole.headers["accept"] == "application/json")
  }

  // MARK: Repairs

  @Test(
    "What is refused is changed once",
    arguments: [
      ("temperature: Extra inputs are not permitted", "temperature"),
      ("`temperature` and `top_p` cannot both be specified for this model.", "temperature"),
      ("`top_p` is deprecated for this model.", "top_p"), ("top_k: Extra inputs are not permitted", "top_k"),
      ("messages.1.content.0: Invalid `signature` in `thinking` block", "thinking of earlier answers"),
      (
        "messages.5.content.3: `thinking` or `redacted_thinking` blocks in the latest assistant message cannot be modified.",
        "thinking of earlier answers"
      ),
      ("messages.1.content.0.type: Expected `thinking` or `redacted_thinking`, but found `tool_use`.", "thinking"),
      ("'claude-x' does not support thinking.", "thinking"),
      (
        "\"thinking.type.enabled\" is not supported for this model. Use \"thinking.type.adaptive\".",
        "thinking.type.adaptive"
      ),
      (
        "max_tokens: 100000 > 64000, which is the maximum allowed number of output tokens for claude-x",
        "max_tokens at most 64000"
      ),
      ("temperature: Input should be less than or equal to 1", ""), ("prompt is too long: 210000 tokens > 200000", ""),
      ("input length and `max_tokens` exceed context limit: 199000 + 4000 > 200000", ""), ("messages: required", ""),
    ])
  func repairs(message: String, name: String) throws {
    let failure = try HTTPFailure(message: message)
    let repair = AnthropicDialect().repair(failure, applied: [])
    #expect(repair?.name ?? "" == name)
    #expect(BedrockInvokeDialect().repair(failure, applied: []) == repair)
    if let repair { #expect(AnthropicDialect().repair(failure, applied: [repair]) != repair) }
    #expect(AnthropicDialect().repair(try HTTPFailure(status: 500, message: message), applied: []) == nil)
  }

  @Test("A repair reaches what the profile's extra fields put into the body")
  func repairedBody() throws {
    let request = try Chat.request(
      extra:
        #"{"temperature":0.1,"top_p":0.2,"top_k":3,"thinking":{"type":"enabled","budget_tokens":2048},"max_tokens":99999}"#
    )
    let adaptive = try body(
      request,
      repairs: [
        ClaudeRepairs.noTemperature, ClaudeRepairs.noTopP, ClaudeRepairs.noTopK, ClaudeRepairs.adaptiveThinking,
        ClaudeRepairs.tokenLimit(64_000),
      ])
    #expect(adaptive["thinking"] == ["type": "adaptive"])
    #expect([adaptive["temperature"], adaptive["top_p"], adaptive["top_k"]] == [nil, nil, nil])
    #expect(adaptive["max_tokens"]?.int == 64_000)
    #expect(try body(request, repairs: [ClaudeRepairs.noThinking])["thinking"] == nil)
  }

  @Test("Overflow, credit and unknown models are told as what they are")
  func classes() throws {
    func error(_ status: Int, _ message: String) throws -> ProviderError {
      AnthropicDialect().classify(try HTTPFailure(status: status, message: message))
    }
    #expect(
      try error(400, "prompt is too long: 210000 tokens > 200000 maximum").explanation.recovery
        == .shortenPrompt(byTokens: 10_000))
    #expect(try error(400, "Your credit balance is too low to access the API.").explanation.kind == .forbidden)
    #expect(
      try error(400, "You have reached your specified workspace API usage limits.").explanation.kind == .forbidden)
    #expect(try error(404, "model: claude-nope").explanation.recovery == .chooseModel)
    #expect(try error(529, "Overloaded").isRetryable)
    #expect(try error(409, "Conflict").isRetryable)
  }
}
