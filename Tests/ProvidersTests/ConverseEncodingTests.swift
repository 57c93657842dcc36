// Requests to Converse, and the addresses of Bedrock.

import Conversations
import Diagnostics
import Framing
import Streaming
import Testing
import Transport

@testable import Providers

@Suite("Converse: requests")
struct ConverseEncodingTests {
  private func endpoint(_ options: [String: String] = ["region": "eu-west-1"], baseURL: String = "") -> Endpoint {
    var endpoint = Endpoint(name: "aws", baseURL: baseURL)
    endpoint.options = options
    return endpoint
  }

  private func text(_ request: ChatRequest, repairs: Set<Repair> = []) throws -> String {
    String(
      decoding: try ConverseDialect().encode(request, to: endpoint(), repairs: repairs).body ?? [], as: UTF8.self)
  }

  private func body(_ request: ChatRequest, repairs: Set<Repair> = []) throws -> JSONValue {
    try JSONParser.parse(try text(request, repairs: repairs)).get()
  }

  private func turns(_ messages: Message..., repairs: Set<Repair> = []) throws -> [String] {
    try body(try Chat.request(messages), repairs: repairs)["messages"]?.array?.map {
      String(decoding: $0.bytes, as: UTF8.self)
    } ?? []
  }

  private static let hi = #"{"role":"user","content":[{"text":"hi"}]}"#

  // MARK: Addresses

  @Test(
    "The model is one segment of the path, whatever is in its name",
    arguments: [
      ("anthropic.claude-3-7-sonnet-20250219-v1:0", "anthropic.claude-3-7-sonnet-20250219-v1%3A0"),
      ("us.amazon.nova-pro-v1:0", "us.amazon.nova-pro-v1%3A0"),
      (
        "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/ab12",
        "arn%3Aaws%3Abedrock%3Aus-east-1%3A123456789012%3Aapplication-inference-profile%2Fab12"
      ),
      ("../x y", "..%2Fx%20y"),
    ])
  func paths(model: String, segment: String) throws {
    for (isStreaming, operation) in [(true, "converse-stream"), (false, "converse")] {
      let encoded = try ConverseDialect().encode(
        try Chat.request(model: model, isStreaming: isStreaming), to: endpoint(), repairs: [])
      #expect(
        encoded.url.description
          == "https://bedrock-runtime.\(model.hasPrefix("arn") ? "us-east-1" : "eu-west-1").amazonaws.com/model/\(segment)/\(operation)"
      )
      #expect(encoded.headers["content-type"] == "application/json")
      #expect(encoded.headers["authorization"] == nil)
    }
  }

  @Test("The host comes from an address, the ARN or the region, in that order")
  func hosts() throws {
    func host(_ endpoint: Endpoint, _ model: String = "m") throws -> String {
      let url = try ConverseDialect().encode(try Chat.request(model: model), to: endpoint, repairs: []).url
      return "\(url.scheme.rawValue)://\(url.authority)"
    }
    let arn = "arn:aws:bedrock:us-east-1:123456789012:inference-profile/x"
    #expect(try host(endpoint([:]), arn) == "https://bedrock-runtime.us-east-1.amazonaws.com")
    #expect(try host(endpoint(), arn) == "https://bedrock-runtime.us-east-1.amazonaws.com")
    #expect(try host(endpoint(), "arn:aws:bedrock") == "https://bedrock-runtime.eu-west-1.amazonaws.com")
    #expect(try host(endpoint(["region": "cn-north-1"])) == "https://bedrock-runtime.cn-north-1.amazonaws.com.cn")
    #expect(try host(endpoint(baseURL: "http://127.0.0.1:9/")) == "http://127.0.0.1:9")
    #expect(
      try host(endpoint(["endpoint_url": "https://vpce.example", "region": "x"], baseURL: "http://h"))
        == "https://vpce.example")
  }

  @Test("Without a region, with one that is none, and without a model nothing is sent")
  func missing() throws {
    func explanation(_ endpoint: Endpoint, _ model: String = "m") throws -> Explanation? {
      let request = try Chat.request(model: model)
      do throws(ProviderError) {
        _ = try ConverseDialect().encode(request, to: endpoint, repairs: [])
        return nil
      } catch {
        return error.explanation
      }
    }
    for region in ["", "eu-west-1/../evil", "eu.west"] {
      #expect(try explanation(endpoint(["region": region]))?.recovery == .fixSetting(path: "providers.aws.region"))
    }
    #expect(try explanation(endpoint(), "")?.recovery == .chooseModel)
    #expect(try explanation(endpoint(), "")?.kind == .setting)
  }

  @Test("Models come from the configuration: the runtime lists none")
  func models() throws {
    #expect(try ConverseDialect().encodeModelList(for: endpoint()) == nil)
    #expect(try BedrockInvokeDialect().encodeModelList(for: endpoint()) == nil)
  }

  // MARK: Bodies

  @Test("The smallest and the fullest request")
  func bodies() throws {
    #expect(try text(try Chat.request()) == #"{"messages":[\#(Self.hi)]}"#)
    let full = try Chat.request(
      extra: #"{"inferenceConfig":{"stopSequences":["END"]},"additionalModelRequestFields":{"top_k":3}}"#
    ) {
      $0.system = "Be brief."
      $0.temperature = 0.5
      $0.topP = 0.9
      $0.maximumTokens = 500
    }
    #expect(
      try text(full)
        == #"{"messages":[\#(Self.hi)],"system":[{"text":"Be brief."}],"inferenceConfig":{"maxTokens":500,"temperature":0.5,"stopSequences":["END"]},"#
        + #""additionalModelRequestFields":{"top_k":3}}"#)
    #expect(
      try body(try Chat.request { $0.topP = 0.9 })["inferenceConfig"] == [
        "topP": .number(try #require(JSONNumber(0.9)))
      ])
  }

  @Test("With thinking the temperature is left alone")
  func thinkingParameters() throws {
    let request = try Chat.request(
      extra: #"{"additionalModelRequestFields":{"thinking":{"type":"enabled","budget_tokens":2048}}}"#
    ) { $0.temperature = 0.5 }
    #expect(try body(request)["inferenceConfig"] == nil)
  }

  @Test("Marks for the cache stand behind the system and the last two prompts")
  func cachePoints() throws {
    let request = try Chat.request(
      [Chat.user("a"), Chat.assistant("b"), Chat.user("c"), Chat.assistant("d"), Chat.user("e")],
      extra: #"{"cachePoint":{"type":"default"}}"#
    ) { $0.system = "s" }
    let sent = try body(request)
    let point: JSONValue = ["cachePoint": ["type": "default"]]
    #expect(sent["cachePoint"] == nil)
    #expect(sent["system"] == [["text": "s"], point])
    #expect(
      sent["messages"]?.array?.map { $0["content"]?[1] == point } == [false, false, true, false, true])
  }

  @Test("Calls, results, thinking and pieces of the service's own")
  func turnsWithTools() throws {
    let redacted = #"{"reasoningContent":{"redactedContent":"QQ=="}}"#
    let answer = Chat.answer(
      [
        .thinking("hm", signature: "bedrock:s"), .opaque(OpaquePart(dialect: "bedrock", label: "", content: redacted)),
        Chat.call("c1"), Chat.result("c1", "", isError: true), .text("x"), .thinking("no", signature: "anthropic:s"),
      ], model: "m")
    #expect(
      try turns(Chat.user("hi"), answer).dropFirst() == [
        #"{"role":"assistant","content":[{"reasoningContent":{"reasoningText":{"text":"hm","signature":"s"}}},\#(redacted),"#
          + #"{"toolUse":{"toolUseId":"c1","name":"f","input":{"x":1}}}]}"#,
        #"{"role":"user","content":[{"toolResult":{"toolUseId":"c1","content":[{"text":"(no output)"}],"status":"error"}}]}"#,
        #"{"role":"assistant","content":[{"text":"x"}]}"#,
      ])
  }

  @Test("Tools of the history are declared")
  func declaredTools() throws {
    let history = [Chat.user("hi"), Chat.answer([Chat.call("a"), Chat.result("a")])]
    let sent = try body(try Chat.request(history))
    #expect(sent["toolConfig"]?["tools"]?[0]?["toolSpec"]?["name"] == "f")
    #expect(sent["toolConfig"]?["tools"]?[0]?["toolSpec"]?["inputSchema"]?["json"] == ["type": "object"])
    let own = try body(try Chat.request(history, extra: #"{"toolConfig":{"tools":[]}}"#))
    #expect(own["toolConfig"] == ["tools": []])
  }

  @Test("Images, documents under different plain names, and text files as text")
  func files() throws {
    let pdf = Chat.file("report.v1 (final)!.pdf", "application/pdf", [1])
    let prompt = Chat.message(
      .user, Chat.file("a.png", "image/png", [1, 2, 3]), pdf, pdf, Chat.file("a.md", "text/markdown", Array("# a".utf8))
    )
    #expect(
      try turns(prompt) == [
        #"{"role":"user","content":[{"image":{"format":"png","source":{"bytes":"AQID"}}},"#
          + #"{"document":{"format":"pdf","name":"report v1 (final) pdf","source":{"bytes":"AQ=="}}},"#
          + #"{"document":{"format":"pdf","name":"report v1 (final) pdf 2","source":{"bytes":"AQ=="}}},"#
          + #"{"text":"a.md:\n\n# a"}]}"#
      ])
    #expect(
      try turns(Chat.message(.user, pdf)) == [
        #"{"role":"user","content":[{"document":{"format":"pdf","name":"report v1 (final) pdf","source":{"bytes":"AQ=="}}},{"text":"See the attached documents."}]}"#
      ])
  }

  // MARK: Repairs

  @Test(
    "What is refused is changed once",
    arguments: [
      ("The model is unsupported for streaming.", "no stream"),
      ("This model doesn't support tool use in streaming mode.", "no stream"),
      ("This model doesn't support system messages. Try again without a system message.", "system in the prompt"),
      ("Conversation blocks and tool result blocks cannot be provided in the same turn.", "results apart"),
      ("The model returned the following errors: `temperature` is deprecated for this model.", "temperature"),
      ("The model returned the following errors: top_p: Extra inputs are not permitted", "topP"),
      ("The maximum tokens you requested exceeds the model limit of 4096. Try again.", "max_tokens at most 4096"),
      ("User messages cannot contain reasoning content.", "thinking of earlier answers"),
      ("Invocation of model ID x with on-demand throughput isn’t supported.", ""),
      ("Input is too long for requested model.", ""), ("Malformed input request", ""),
    ])
  func repairs(message: String, name: String) throws {
    let failure = try HTTPFailure(message: message)
    let repair = ConverseDialect().repair(failure, applied: [])
    #expect(repair?.name ?? "" == name)
    if let repair { #expect(ConverseDialect().repair(failure, applied: [repair]) != repair) }
  }

  @Test("Repaired requests")
  func repaired() throws {
    let request = try Chat.request {
      $0.system = "s"
      $0.temperature = 0.5
      $0.maximumTokens = 9_000
    }
    let sent = try body(
      request,
      repairs: [
        ConverseDialect.Repairs.noTemperature, ConverseDialect.Repairs.systemInPrompt, ClaudeRepairs.tokenLimit(4_096),
      ])
    #expect(sent["system"] == nil)
    #expect(sent["messages"]?[0]?["content"] == [["text": "s"], ["text": "hi"]])
    #expect(sent["inferenceConfig"] == ["maxTokens": 4_096])
    let whole = try ConverseDialect().encode(request, to: endpoint(), repairs: [ConverseDialect.Repairs.whole])
    #expect(whole.url.target.hasSuffix("/converse"))
    let apart = try turns(
      Chat.user("hi"), Chat.answer([Chat.call("a"), Chat.result("a")]), Chat.user("more"),
      repairs: [ConverseDialect.Repairs.resultsApart])
    #expect(apart.count == 5)
    #expect(apart.last == #"{"role":"user","content":[{"text":"more"}]}"#)
  }
}
