// Answers of Claude: the published streams of Anthropic and of Bedrock's InvokeModel, and what may come besides.

import Conversations
import Diagnostics
import Framing
import Streaming
import Testing
import Transport

@testable import Providers

/// What published streams of Claude and of Converse have in common.
struct PublishedExpectation {
  let expect: JSONValue
  let dialect: String

  func check(_ summary: Summary) {
    #expect(summary.endings == 1)
    #expect(summary.text == expect["text"]?.string)
    #expect(summary.thinking == expect["thinking"]?.string)
    checkCalls(summary)
    checkUsage(summary.usage)
    checkEnd(summary)
    if let signature = expect["thinkingSignature"]?.string {
      #expect(summary.signatures == ["\(dialect):\(signature)"])
    }
  }

  private func checkCalls(_ summary: Summary) {
    let usable = summary.finish == nil ? [] : summary.calls.filter(\.isEnded)
    let expected = expect["toolCalls"]?.array ?? []
    #expect(usable.count == expected.count)
    for (call, wanted) in zip(usable, expected) {
      #expect(call.id == wanted["id"]?.string)
      #expect(call.name == wanted["name"]?.string)
      #expect((try? JSONParser.parse(call.arguments).get()) == wanted["arguments"])
    }
    for wanted in expect["incompleteToolCalls"]?.array ?? [] {
      let call = summary.calls.first { $0.id == wanted["id"]?.string }
      #expect(call?.isEnded == false)
      #expect(call?.arguments == wanted["partialArguments"]?.string)
    }
  }

  private func checkUsage(_ usage: TokenUsage?) {
    let wanted = expect["usage"] ?? .null
    let parts = ["inputTokens", "cacheReadTokens", "cacheWriteTokens"].compactMap { wanted[$0]?.int }
    #expect(usage?.input == (parts.isEmpty ? nil : parts.reduce(0, +)))
    #expect(usage?.output == wanted["outputTokens"]?.int)
    #expect(usage?.cacheRead == wanted["cacheReadTokens"]?.int)
    #expect(usage?.cacheWrite == wanted["cacheWriteTokens"]?.int)
  }

  private func checkEnd(_ summary: Summary) {
    switch expect["end"]?.string {
    case "complete": #expect(summary.finish == ClaudeDecoding.reason(of: expect["stopReason"]?.string ?? "?"))
    case "truncated":
      guard case .truncated = summary.failure else {
        Issue.record("\(String(describing: summary.failure))")
        return
      }
    default:
      #expect(summary.error?.explanation.detail.contains(expect["error"]?["message"]?.string ?? "?") == true)
      #expect(summary.error?.isRetryable == expect["error"]?["retryable"]?.bool)
    }
  }
}

/// Feeds a stream in every way of cutting it; the result must be the same.
private func reading(_ bytes: [UInt8], with dialect: some WireDialect) -> Summary {
  let whole = Summary(decode([bytes], with: dialect))
  for pieces in Cuts.all(bytes) {
    let summary = Summary(decode(pieces, with: dialect))
    // Where a stream fails, the byte count in the words is how far it was read.
    if whole.finish != nil {
      #expect(summary == whole)
    } else {
      #expect(summary.text == whole.text)
      #expect(summary.calls == whole.calls)
      #expect(summary.opaque == whole.opaque)
      #expect((summary.failure?.explanation.kind) == whole.failure?.explanation.kind)
    }
  }
  return whole
}

@Suite("Claude: published streams")
struct ClaudeVectorTests {
  static let isPresent = Vectors.has("streams/anthropic") && Vectors.has("streams/bedrock-invoke-claude")
  static let anthropic = StreamVector.all(in: "anthropic").filter { $0.testDescription.hasSuffix(".sse") }
  static let bedrock = StreamVector.all(in: "bedrock-invoke-claude")

  @Test("All published streams were found", .enabled(if: isPresent, Vectors.absence))
  func allFound() {
    #expect(Self.anthropic.count == 6)
    #expect(Self.bedrock.count == 3)
  }

  @Test(
    "A stream of Anthropic means the same however it is cut", .enabled(if: isPresent, Vectors.absence),
    arguments: anthropic)
  func anthropicStream(vector: StreamVector) {
    let summary = reading(vector.body, with: AnthropicDialect())
    PublishedExpectation(expect: vector.expect, dialect: "anthropic").check(summary)
    for block in vector.expect["blocksToEcho"]?.array ?? [] where block["type"] == "redacted_thinking" {
      #expect(summary.opaque.map(\.content) == [String(decoding: block.bytes, as: UTF8.self)])
      #expect(summary.signatures == ["anthropic:SIGONLY=="])
    }
  }

  @Test(
    "A stream of InvokeModel means the same however it is cut", .enabled(if: isPresent, Vectors.absence),
    arguments: bedrock)
  func bedrockStream(vector: StreamVector) {
    let summary = reading(vector.body, with: BedrockInvokeDialect())
    PublishedExpectation(expect: vector.expect, dialect: "bedrock-invoke").check(summary)
  }

  @Test("What the server did itself is kept for it and shown in one line", .enabled(if: isPresent, Vectors.absence))
  func serverTools() throws {
    let vector = try #require(Self.anthropic.first { $0.testDescription.contains("server-tool") })
    let pieces = Summary(decode([vector.body], with: AnthropicDialect())).opaque
    #expect(
      pieces.map(\.label) == [
        #"web_search {"query":"swift 6"}"#, "web_search: 1 result", "Source: A (https://example.com/a)",
      ])
    #expect(pieces.allSatisfy { $0.dialect == "anthropic" })
    let call = try JSONParser.parse(pieces[0].content).get()
    #expect(call["input"] == vector.expect["serverToolCalls"]?[0]?["arguments"])
    #expect(call["id"] == "srvtoolu_01")
    #expect(try JSONParser.parse(pieces[2].content).get()["citations"] == vector.expect["citations"])
  }

  @Test("A published refusal is told apart", .enabled(if: isPresent, Vectors.absence))
  func refusal() throws {
    let vector = try #require(StreamVector.all(in: "anthropic").first { $0.testDescription.contains("http-429") })
    let error = AnthropicDialect().classify(try HTTPFailure(vector))
    #expect(error.explanation.kind == .rateLimited)
    #expect(error.isRetryable)
    #expect(error.retryAfterMilliseconds == 17_000)
    #expect(error.explanation.requestID == "req_011CWireVector")
    #expect(error.explanation.detail.contains(vector.expect["error"]?["message"]?.string ?? "?"))
  }
}

extension HTTPFailure {
  /// A published refusal as it would arrive.
  init(_ vector: StreamVector, region: String = "") throws {
    var headers = HTTPHeaders()
    for member in vector.expectation["headers"]?.object?.members ?? [] {
      try headers.add(member.key, member.value.string ?? "")
    }
    var endpoint = Endpoint(name: "lab")
    endpoint.options["region"] = region
    self.init(
      endpoint: endpoint, model: "anthropic.claude-sonnet-4-20250514-v1:0", url: try HTTPURL("https://lab.example/"),
      status: vector.expectation["status"]?.int ?? 0, headers: headers, body: vector.body, bytesSent: 10,
      hadCredential: true, now: 0)
  }

  /// A refusal with a message, as Anthropic and Bedrock write it.
  init(status: Int = 400, message: String, region: String = "", model: String = "m") throws {
    var endpoint = Endpoint(name: "lab")
    endpoint.options["region"] = region
    let body: JSONValue = ["type": "error", "message": .string(message), "error": ["message": .string(message)]]
    self.init(
      endpoint: endpoint, model: model, url: try HTTPURL("https://lab.example/"), status: status,
      headers: HTTPHeaders(), body: body.bytes, bytesSent: 10, hadCredential: true, now: 0)
  }
}

private func event(_ json: String) -> String {
  "event: x\ndata: \(json)\n\n"
}

private let start = event(
  #"{"type":"message_start","message":{"model":"claude-x","content":[],"usage":{"input_tokens":5,"output_tokens":1}}}"#)
private let stop = event(#"{"type":"message_stop"}"#)

private func block(_ index: Int, _ json: String, _ deltas: String...) -> String {
  event(#"{"type":"content_block_start","index":\#(index),"content_block":\#(json)}"#)
    + deltas.map { event(#"{"type":"content_block_delta","index":\#(index),"delta":\#($0)}"#) }.joined()
    + event(#"{"type":"content_block_stop","index":\#(index)}"#)
}

private func ending(_ reason: String) -> String {
  event(#"{"type":"message_delta","delta":{"stop_reason":"\#(reason)"},"usage":{"output_tokens":9}}"#) + stop
}

private func read(_ text: String) -> Summary { decode(text, with: AnthropicDialect()) }

@Suite("Claude: what may come besides")
struct ClaudeVariantTests {
  private static let text = block(0, #"{"type":"text","text":""}"#, #"{"type":"text_delta","text":"hi"}"#)

  @Test(
    "A stop reason becomes ours",
    arguments: [
      ("end_turn", FinishReason.stop), ("stop_sequence", .stop), ("tool_use", .toolUse), ("max_tokens", .length),
      ("model_context_window_exceeded", .length), ("pause_turn", .pause), ("refusal", .refusal),
      ("odd", .other("odd")),
    ])
  func reasons(word: String, reason: FinishReason) {
    #expect(read(start + Self.text + ending(word)).finish == reason)
  }

  @Test("Only message_stop ends an answer", arguments: ["", ending("end_turn").replacing(stop, with: "")])
  func noEnding(rest: String) {
    guard case .truncated = read(start + Self.text + rest).failure else {
      Issue.record("an answer without its end is not complete")
      return
    }
  }

  @Test("An answer without anything in it is an answer")
  func emptyAnswer() {
    let summary = read(start + ending("end_turn"))
    #expect(summary.finish == .stop)
    #expect(summary.text == "")
    #expect(summary.starts == [ResponseStart(model: "claude-x")])
  }

  @Test("Events and deltas that do not exist yet mean nothing, and the type may stand last")
  func unknown() {
    let odd =
      event(#"{"type":"news","x":[1,{"y":2}]}"#) + event(#"{"x":1}"#) + event(#"{"type":"ping"}"#)
      + event(#"{"type":"content_block_delta","index":7,"delta":{"type":"odd_delta","text":"no"}}"#)
    let late = event(#"{"delta":{"text":" there","type":"text_delta"},"index":0,"type":"content_block_delta"}"#)
    #expect(read(odd + start + odd + Self.text + late + odd + ending("end_turn")).text == "hi there")
  }

  @Test("What a block begins with is part of it")
  func initialContent() {
    let whole =
      block(0, #"{"type":"thinking","thinking":"hm","signature":"s"}"#) + block(1, #"{"type":"text","text":"a"}"#)
      + block(2, #"{"type":"tool_use","id":"t","name":"f","input":{"x":1}}"#)
    let summary = read(start + whole + ending("tool_use"))
    #expect(summary.thinking == "hm")
    #expect(summary.signatures == ["anthropic:s"])
    #expect(summary.text == "a")
    #expect(summary.calls == [Summary.Call(id: "t", name: "f", arguments: #"{"x":1}"#, isEnded: true)])
  }

  @Test("Deltas of blocks that are open at once go to theirs")
  func interleaved() {
    let opened = (0...1).map {
      event(
        #"{"type":"content_block_start","index":\#($0),"content_block":{"type":"tool_use","id":"t\#($0)","name":"f","input":{}}}"#
      )
    }.joined()
    func piece(_ index: Int, _ text: String) -> String {
      event(
        #"{"type":"content_block_delta","index":\#(index),"delta":{"type":"input_json_delta","partial_json":"\#(text)"}}"#
      )
    }
    let summary = read(
      start + opened + piece(0, "{") + piece(1, "[") + piece(0, "}") + piece(1, "]") + ending("tool_use"))
    #expect(summary.calls.map(\.arguments) == ["{}", "[]"])
    #expect(summary.calls.allSatisfy { $0.isEnded })
  }

  @Test("The last signature of a block holds, and one is told when its block ends")
  func signatures() {
    let thinking = block(
      0, #"{"type":"thinking","thinking":"","signature":""}"#, #"{"type":"thinking_delta","thinking":"hm"}"#,
      #"{"type":"signature_delta","signature":"old"}"#, #"{"type":"signature_delta","signature":"new"}"#)
    #expect(read(start + thinking + ending("end_turn")).signatures == ["anthropic:new"])
    let cut = thinking.replacing(event(#"{"type":"content_block_stop","index":0}"#), with: "")
    #expect(read(start + cut).signatures == [])
  }

  @Test("A piece of an unknown kind is kept with what its deltas bring")
  func compaction() throws {
    let piece = block(
      0, #"{"type":"compaction","content":null}"#, #"{"type":"compaction_delta","content":"short"}"#)
    let kept = try #require(read(start + piece + ending("end_turn")).opaque.first)
    #expect(kept.content == #"{"type":"compaction","content":"short"}"#)
    #expect(kept.label == "compaction")
  }

  @Test("Failures of the server's own tools are told as such")
  func failedServerTool() {
    let piece = block(
      0,
      #"{"type":"web_search_tool_result","tool_use_id":"s","content":{"type":"web_search_tool_result_error","error_code":"max_uses_exceeded"}}"#
    )
    #expect(read(start + piece + ending("end_turn")).opaque.map(\.label) == ["web_search failed: max_uses_exceeded"])
  }

  @Test("A refusal says why in one line")
  func refusalReason() {
    let details =
      event(
        #"{"type":"message_delta","delta":{"stop_reason":"refusal","stop_details":{"type":"refusal","category":"bio","explanation":"Declined."}}}"#
      ) + stop
    let summary = read(start + Self.text + details)
    #expect(summary.finish == .refusal)
    #expect(summary.opaque == [OpaquePart(dialect: "anthropic", label: "Declined: bio: Declined.", content: "")])
  }

  @Test(
    "An error inside a stream is classified by its type",
    arguments: [
      ("overloaded_error", ErrorKind.overloaded, true), ("rate_limit_error", .rateLimited, true),
      ("api_error", .server, true), ("timeout_error", .server, true), ("invalid_request_error", .badRequest, false),
      ("authentication_error", .unauthorized, false), ("billing_error", .forbidden, false),
    ])
  func errors(type: String, kind: ErrorKind, isRetryable: Bool) {
    let error = event(
      #"{"type":"error","error":{"type":"\#(type)","message":"the words"},"request_id":"req_1"}"#)
    let summary = read(start + Self.text + error + ending("end_turn"))
    #expect(summary.text == "hi")
    #expect(summary.error?.explanation.kind == kind)
    #expect(summary.error?.isRetryable == isRetryable)
    #expect(summary.error?.explanation.requestID == "req_1")
    #expect(summary.error?.explanation.recovery == .resume)
  }

  @Test("Totals replace totals; the prompt is what was sent, read from the cache and written to it")
  func usage() {
    let usage = event(
      #"{"type":"message_delta","delta":{},"usage":{"input_tokens":10,"cache_read_input_tokens":100,"cache_creation_input_tokens":null,"output_tokens":7,"output_tokens_details":{"thinking_tokens":3}}}"#
    )
    #expect(
      read(start + usage + ending("end_turn")).usage == TokenUsage(input: 110, output: 9, cacheRead: 100, reasoning: 3))
  }

  @Test("Bedrock's figures are taken where there are no others")
  func metrics() {
    let end = #"{"type":"message_stop","amazon-bedrock-invocationMetrics":{"inputTokenCount":4,"outputTokenCount":2}}"#
    let bytes = EventStreamFrames.chunk(end)
    #expect(Summary(decode([bytes], with: BedrockInvokeDialect())).usage == TokenUsage(input: 4, output: 2))
  }

  @Test("An answer in one piece gives the same events as its stream")
  func whole() {
    let body =
      #"{"type":"message","role":"assistant","model":"claude-x","content":[{"type":"thinking","thinking":"hm","signature":"s"},"#
      + #"{"type":"redacted_thinking","data":"QQ=="},{"type":"text","text":"a"},{"type":"tool_use","id":"t","name":"f","input":{}}],"#
      + #""stop_reason":"tool_use","usage":{"input_tokens":5,"output_tokens":9}}"#
    var decoding = EventDecoding(
      AnthropicDialect(), context: ResponseContext(provider: "lab", model: "m"), received: .now)
    decoding.decodeWhole(Array(body.utf8), received: .now)
    var summary = Summary(decoding.take())
    let blocks =
      block(0, #"{"type":"thinking","thinking":"hm","signature":"s"}"#)
      + block(1, #"{"type":"redacted_thinking","data":"QQ=="}"#) + block(2, #"{"type":"text","text":"a"}"#)
      + block(3, #"{"type":"tool_use","id":"t","name":"f","input":{}}"#)
    var streamed = read(start + blocks + ending("tool_use"))
    #expect(summary.finish == .toolUse)
    // Only what travelled differs.
    (summary.bytes, streamed.bytes) = (0, 0)
    #expect(summary == streamed)
  }

  @Test("An error with a success status, half an answer and something else are told apart")
  func wrongWholes() {
    func whole(_ body: String) -> StreamFailure? {
      var decoding = EventDecoding(
        AnthropicDialect(), context: ResponseContext(provider: "lab", model: "m"), received: .now)
      decoding.decodeWhole(Array(body.utf8), received: .now)
      return Summary(decoding.take()).failure
    }
    guard case .provider(let error) = whole(#"{"type":"error","error":{"type":"overloaded_error","message":"x"}}"#),
      case .malformed = whole(#"{"type":"message","content":[{"#), case .malformed = whole("[]")
    else {
      Issue.record("these are no answers")
      return
    }
    #expect(error.isRetryable)
  }

  @Test("Events that are no JSON are malformed", arguments: ["{\"type\":\"text", "[1]", "nonsense", "{} {}"])
  func garbage(data: String) {
    guard case .malformed = read(start + "data: \(data)\n\n").failure else {
      Issue.record("\(data) is no event")
      return
    }
  }

  @Test("What gateways add is understood: an end marker of others, errors by the name of the event")
  func gateways() {
    #expect(read(start + Self.text + "data: [DONE]\n\n" + ending("end_turn")).finish == .stop)
    let error = read(start + Self.text + "event: error\ndata: upstream is gone\n\n")
    #expect(error.error?.explanation.detail.contains("upstream is gone") == true)
  }

  @Test("Damaged events have one ending and never trap", arguments: 1...150)
  func damage(seed: UInt64) {
    var numbers = SeededNumbers(seed: seed)
    let events = [
      #"{"type":"message_start","message":{"model":"m","content":[],"usage":{"input_tokens":5,"output_tokens":1}}}"#,
      #"{"type":"content_block_start","index":0,"content_block":{"type":"server_tool_use","id":"s","input":{}}}"#,
      #"{"type":"content_block_delta","index":0,"delta":{"type":"input_json_delta","partial_json":"{\"q\":1}"}}"#,
      #"{"type":"content_block_delta","index":1,"delta":{"type":"citations_delta","citation":{"url":"u"}}}"#,
      #"{"type":"content_block_stop","index":0}"#, #"{"type":"message_delta","delta":{"stop_reason":"x"},"usage":{}}"#,
      #"{"contentBlockIndex":0,"delta":{"reasoningContent":{"redactedContent":"QQ=="}},"start":{"toolUse":{"toolUseId":"t"}}}"#,
      #"{"usage":{"inputTokens":9223372036854775807,"cacheReadInputTokens":9},"stopReason":"end_turn"}"#,
    ]
    let names = ["contentBlockStart", "contentBlockDelta", "contentBlockStop", "messageStop", "metadata", "chunk"]
    var sse: [UInt8] = []
    var converse: [UInt8] = []
    var invoke: [UInt8] = []
    for _ in 0..<12 {
      var payload = Array((events.randomElement(using: &numbers) ?? "").utf8)
      for _ in 0..<Int.random(in: 0...2, using: &numbers) {
        payload[Int.random(in: payload.indices, using: &numbers)] =
          Array("0{}[]\",:x".utf8).randomElement(using: &numbers) ?? 0
      }
      let text = String(decoding: payload, as: UTF8.self)
      sse += Array("data: \(text)\n\n".utf8)
      converse += EventStreamFrames.event(names.randomElement(using: &numbers) ?? "", text)
      invoke += EventStreamFrames.chunk(text)
    }
    for cut in [sse, Array(sse.dropLast(9))] { #expect(reading(cut, with: AnthropicDialect()).endings == 1) }
    for cut in [converse, Array(converse.dropLast(9))] { #expect(reading(cut, with: ConverseDialect()).endings == 1) }
    for cut in [invoke, Array(invoke.dropLast(9))] { #expect(reading(cut, with: BedrockInvokeDialect()).endings == 1) }
  }

  @Test(
    "A flood of blocks that nobody ends is given up",
    arguments: [
      #"{"type":"content_block_start","index":N,"content_block":{"type":"text","text":""}}"#,
      #"{"type":"content_block_delta","index":N,"delta":{"type":"signature_delta","signature":"s"}}"#,
    ])
  func flood(of block: String) {
    let opened = (0...1_001).map { event(block.replacing("N", with: "\($0)")) }.joined()
    guard case .malformed = read(start + opened).failure else {
      Issue.record("nobody needs so many blocks")
      return
    }
  }

  @Test("Chunks of InvokeModel that hold no event are malformed, frames of other kinds mean nothing")
  func invokeFrames() {
    func outcome(_ frames: [UInt8]) -> StreamFailure? {
      Summary(decode([frames], with: BedrockInvokeDialect())).failure
    }
    let odd = EventStreamFrames.event("later", "{}") + EventStreamFrames.frame([(":event-type", "chunk")], "{")
    guard case .truncated = outcome(odd),
      case .malformed = outcome(odd + EventStreamFrames.event("chunk", #"{"bytes":"!"}"#)),
      case .malformed = outcome(odd + EventStreamFrames.event("chunk", #"{"p":"x"}"#)),
      case .malformed = outcome(odd + EventStreamFrames.event("chunk", #"{"bytes":"e30=""#))
    else {
      Issue.record("frames without events are told apart")
      return
    }
  }
}
