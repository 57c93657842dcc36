// Answers of Converse: the published streams, and what may come besides.

import Conversations
import Diagnostics
import Framing
import Streaming
import Testing
import Transport

@testable import Providers

@Suite("Converse: published streams")
struct ConverseVectorTests {
  static let isPresent = Vectors.has("streams/bedrock-converse")
  static let streams = StreamVector.all(in: "bedrock-converse").filter { $0.testDescription.hasSuffix(".bin") }

  @Test("All published streams were found", .enabled(if: isPresent, Vectors.absence))
  func allFound() { #expect(Self.streams.count == 4) }

  @Test(
    "A published stream means the same however it is cut", .enabled(if: isPresent, Vectors.absence), arguments: streams)
  func stream(vector: StreamVector) {
    let whole = Summary(decode([vector.body], with: ConverseDialect()))
    PublishedExpectation(expect: vector.expect, dialect: "bedrock").check(whole)
    for pieces in Cuts.all(vector.body) { #expect(Summary(decode(pieces, with: ConverseDialect())) == whole) }
  }

  @Test(
    "The frames of the decoder's own cases are understood, too",
    .enabled(if: Vectors.has("eventstream/03-converse-reasoning-cache.bin"), Vectors.absence))
  func frames() {
    func summary(_ name: String) -> Summary {
      Summary(decode([Vectors.bytes("eventstream/\(name).bin")], with: ConverseDialect()))
    }
    let reasoning = summary("03-converse-reasoning-cache")
    #expect(reasoning.thinking == "The user asks for 25*4.")
    #expect(reasoning.signatures == ["bedrock:EqQBCkgIBRABGAIiQL8m"])
    #expect(reasoning.opaque.map(\.content) == [#"{"reasoningContent":{"redactedContent":"cmVkYWN0ZWQ="}}"#])
    #expect(reasoning.usage == TokenUsage(input: 2_068, output: 35, cacheRead: 2_048, cacheWrite: 0))
    #expect(summary("05-exception-throttling-midstream").error?.explanation.kind == .rateLimited)
    #expect(summary("06-exception-model-stream-error").error?.explanation.detail.contains("upstream closed") == true)
    #expect(summary("07-error-frame").error?.isRetryable == true)
    #expect(summary("15-unknown-event-and-empty-payload").text == "ok")
    #expect(summary("20-large-delta").finish == .length)
    #expect(summary("22-surrogate-escapes").text == "🚀 café")
    guard case .malformed(let damage) = summary("11-bad-message-crc").failure,
      case .truncated = summary("13-truncated-frame").failure,
      case .truncated = summary("14-ends-without-message-stop").failure
    else {
      Issue.record("a damaged and a cut stream are told apart")
      return
    }
    #expect(damage.detail.contains("byte 149"))
  }

  @Test("A model that wants a profile is told with the ones to try", .enabled(if: isPresent, Vectors.absence))
  func onDemand() throws {
    let vector = try #require(
      StreamVector.all(in: "bedrock-converse").first { $0.testDescription.contains("http-400") })
    let error = ConverseDialect().classify(try HTTPFailure(vector, region: "eu-west-1"))
    #expect(error.explanation.kind == .badRequest)
    #expect(!error.isRetryable)
    #expect(error.explanation.recovery == .chooseModel)
    #expect(error.explanation.detail.contains("“eu.anthropic.claude-sonnet-4-20250514-v1:0” or “global."))
    #expect(error.explanation.detail.contains("on-demand throughput"))
    #expect(error.explanation.requestID == "r")
  }
}

private func event(_ type: String, _ payload: String) -> [UInt8] { EventStreamFrames.event(type, payload) }

private let messageStart = event("messageStart", #"{"role":"assistant","p":"x"}"#)

private func text(_ words: String, index: Int = 0) -> [UInt8] {
  event("contentBlockDelta", #"{"contentBlockIndex":\#(index),"delta":{"text":"\#(words)"},"p":"ab"}"#)
}

private func delta(_ json: String, index: Int = 0) -> [UInt8] {
  event("contentBlockDelta", #"{"contentBlockIndex":\#(index),"delta":\#(json)}"#)
}

private func stop(_ reason: String = "end_turn") -> [UInt8] { event("messageStop", #"{"stopReason":"\#(reason)"}"#) }

private let metadata = event("metadata", #"{"usage":{"inputTokens":3,"outputTokens":2,"totalTokens":5}}"#)

private func read(_ bytes: [UInt8]) -> Summary { Summary(decode([bytes], with: ConverseDialect())) }

@Suite("Converse: what may come besides")
struct ConverseVariantTests {
  @Test(
    "A stop reason becomes ours",
    arguments: [
      ("end_turn", FinishReason.stop), ("stop_sequence", .stop), ("tool_use", .toolUse), ("max_tokens", .length),
      ("model_context_window_exceeded", .length), ("guardrail_intervened", .contentFilter),
      ("content_filtered", .contentFilter), ("odd", .other("odd")),
    ])
  func reasons(word: String, reason: FinishReason) {
    #expect(read(messageStart + text("hi") + stop(word) + metadata).finish == reason)
  }

  @Test("A malformed answer of the model fails", arguments: ["malformed_model_output", "malformed_tool_use"])
  func malformed(word: String) {
    let summary = read(messageStart + text("hi") + stop(word) + metadata)
    #expect(summary.error?.explanation.detail.contains(word) == true)
    #expect(summary.text == "hi")
  }

  @Test("The answer ends with its usage, not before, and is complete without it")
  func usageAfterStop() {
    let start = ContinuousClock.now
    var decoding = EventDecoding(
      ConverseDialect(), context: ResponseContext(provider: "lab", model: "m"), received: start)
    decoding.push(messageStart + text("hi") + stop(), received: start)
    #expect(!decoding.isEnded)
    var broken = decoding
    decoding.push(metadata, received: start)
    #expect(decoding.isEnded)
    #expect(Summary(decoding.take()).usage == TokenUsage(input: 3, output: 2))
    // What breaks after the end of the answer breaks nothing; a stop of the user is a stop.
    var stopped = broken
    broken.fail(.connection(Explanation(kind: .connection, summary: "gone")), received: start)
    #expect(Summary(broken.take()).finish == .stop)
    stopped.fail(.cancelled, received: start)
    #expect(Summary(stopped.take()).failure == .cancelled)
    #expect(read(messageStart + text("hi") + stop() + EventStreamFrames.exception("x", "{}")).finish == .stop)
  }

  @Test("A connection that breaks before the end of the answer cuts it")
  func brokenEarlier() {
    var decoding = EventDecoding(
      ConverseDialect(), context: ResponseContext(provider: "lab", model: "m"), received: .now)
    decoding.push(messageStart + text("hi"), received: .now)
    let failure = StreamFailure.connection(Explanation(kind: .connection, summary: "gone"))
    decoding.fail(failure, received: .now)
    #expect(Summary(decoding.take()).failure == failure)
  }

  @Test("Calls have a beginning, pieces that may be empty, and an empty object for none")
  func calls() {
    func begin(_ index: Int) -> [UInt8] {
      event(
        "contentBlockStart",
        #"{"contentBlockIndex":\#(index),"start":{"toolUse":{"toolUseId":"t\#(index)","name":"f"}}}"#)
    }
    let bytes =
      messageStart + begin(1) + delta(#"{"toolUse":{"input":""}}"#, index: 1) + begin(2)
      + delta(#"{"toolUse":{"input":"{\"x\":"}}"#, index: 1) + delta(#"{"toolUse":{"input":"1}"}}"#, index: 1)
    #expect(
      read(bytes + stop("tool_use")).calls == [
        Summary.Call(id: "t1", name: "f", arguments: #"{"x":1}"#, isEnded: true),
        Summary.Call(id: "t2", name: "f", arguments: "{}", isEnded: true),
      ])
    #expect(read(bytes).calls.allSatisfy { !$0.isEnded })
  }

  @Test("What the service's own tools did is kept for it; sources and images are told in one line")
  func pieces() throws {
    let call = event(
      "contentBlockStart",
      #"{"contentBlockIndex":0,"start":{"toolUse":{"toolUseId":"s","name":"search","type":"server_tool_use"}}}"#)
    let result = event(
      "contentBlockStart",
      #"{"contentBlockIndex":1,"start":{"toolResult":{"toolUseId":"s","type":"found","status":"success"}}}"#)
    let image = event("contentBlockStart", #"{"contentBlockIndex":3,"start":{"image":{"format":"png"}}}"#)
    let citation = #"{"citation":{"title":"A","location":{"web":{"url":"https://a.example"}}}}"#
    let bytes =
      messageStart + call + delta(#"{"toolUse":{"input":"{\"q\":1}"}}"#) + event("contentBlockStop", "{}") + result
      + delta(#"{"toolResult":[{"text":"one"}]}"#, index: 1) + delta(#"{"toolResult":[{"text":"two"}]}"#, index: 1)
      + event("contentBlockStop", #"{"contentBlockIndex":1}"#) + text("yes", index: 2) + delta(citation, index: 2)
      + delta(citation, index: 2) + event("contentBlockStop", #"{"contentBlockIndex":2}"#) + image
    let summary = read(bytes + stop())
    #expect(
      summary.opaque.map(\.label) == [
        #"search {"q":1}"#, "The tool of the service answered", "Source: A (https://a.example)",
        "An image (png), which cannot be shown",
      ])
    #expect(
      summary.opaque.map(\.content) == [
        #"{"toolUse":{"toolUseId":"s","name":"search","type":"server_tool_use","input":{"q":1}}}"#,
        #"{"toolResult":{"toolUseId":"s","type":"found","status":"success","content":[{"text":"one"},{"text":"two"}]}}"#,
        "", "",
      ])
    #expect(summary.calls.isEmpty)
  }

  @Test("Encrypted thinking in pieces is one")
  func redacted() {
    let bytes =
      messageStart + delta(#"{"reasoningContent":{"redactedContent":"QQ=="}}"#)
      + delta(#"{"reasoningContent":{"redactedContent":"Qg=="}}"#) + stop()
    #expect(read(bytes).opaque.map(\.content) == [#"{"reasoningContent":{"redactedContent":"QUI="}}"#])
  }

  @Test("An answer in one piece gives the same as its stream")
  func whole() {
    let body =
      #"{"output":{"message":{"role":"assistant","content":[{"reasoningContent":{"reasoningText":{"text":"hm","signature":"s"}}},"#
      + #"{"reasoningContent":{"redactedContent":"QQ=="}},{"text":"a"},{"citationsContent":{"content":[{"text":"b"}],"citations":[{"title":"T"}]}},"#
      + #"{"toolUse":{"toolUseId":"t","name":"f","input":{"x":1}}}]}},"stopReason":"tool_use","usage":{"inputTokens":3,"outputTokens":2}}"#
    var decoding = EventDecoding(
      ConverseDialect(), context: ResponseContext(provider: "lab", model: "m", requestID: "r"), received: .now)
    decoding.decodeWhole(Array(body.utf8), received: .now)
    let summary = Summary(decoding.take())
    #expect(summary.thinking == "hm")
    #expect(summary.signatures == ["bedrock:s"])
    #expect(summary.text == "ab")
    #expect(summary.opaque.map(\.label) == ["Part of the thinking is encrypted", "Source: T"])
    #expect(summary.calls == [Summary.Call(id: "t", name: "f", arguments: #"{"x":1}"#, isEnded: true)])
    #expect(summary.usage == TokenUsage(input: 3, output: 2))
    #expect(summary.finish == .toolUse)
    #expect(summary.starts == [ResponseStart(model: "m", requestID: "r")])
  }

  @Test(
    "An exception is classified by its name",
    arguments: [
      ("throttlingException", ErrorKind.rateLimited, true), ("internalServerException", .server, true),
      ("serviceUnavailableException", .overloaded, true), ("modelStreamErrorException", .server, true),
      ("modelTimeoutException", .server, true), ("validationException", .badRequest, false),
    ])
  func exceptions(name: String, kind: ErrorKind, isRetryable: Bool) {
    for dialect in [true, false] {
      let frame = EventStreamFrames.exception(name, #"{"message":"the words"}"#)
      let summary =
        dialect ? read(frame) : Summary(decode([frame], with: BedrockInvokeDialect()))
      #expect(summary.error?.explanation.kind == kind)
      #expect(summary.error?.isRetryable == isRetryable)
      #expect(summary.error?.explanation.detail.contains("the words") == true)
    }
  }

  @Test("A context that is too long is told as that, also inside a stream")
  func overflow() {
    let frame = EventStreamFrames.exception(
      "validationException", #"{"message":"Input is too long for requested model."}"#)
    #expect(read(frame).error?.explanation.recovery == .shortenPrompt(byTokens: nil))
  }

  @Test(
    "Error frames may be tried again if their code says so",
    arguments: [
      ("InternalError", true), ("ThrottledRequest", true), ("ServiceUnavailable", true), ("ModelTimeout", true),
      ("Forbidden", false),
    ])
  func errorFrames(code: String, isRetryable: Bool) {
    #expect(read(messageStart + EventStreamFrames.error(code, "words")).error?.isRetryable == isRetryable)
  }

  @Test("Words in place of frames are shown as they are")
  func noFrames() {
    guard case .malformed(let explanation) = read(Array(#"{"message":"Forbidden by the proxy"}"#.utf8)).failure else {
      Issue.record("words are no frames")
      return
    }
    #expect(explanation.detail.contains("Forbidden by the proxy"))
  }

  @Test("Bytes are counted as they travelled")
  func byteCount() {
    let bytes = messageStart + text("hi") + stop() + metadata
    let events = decode([bytes], with: ConverseDialect())
    let carried = events.reduce(0) { $0 + $1.bytes }
    // The frame with the end of the answer makes no event of its own.
    #expect(carried == bytes.count - stop().count)
  }

  @Test(
    "The profiles to try fit the region",
    arguments: [
      ("us-west-2", ["us", "global"]), ("eu-central-1", ["eu", "global"]),
      ("ap-northeast-1", ["jp", "apac", "global"]),
      ("ap-south-1", ["apac", "global"]), ("us-gov-west-1", ["us-gov"]), ("", ["us", "eu", "apac", "global"]),
    ])
  func profiles(region: String, areas: [String]) {
    #expect(BedrockRefusals.profiles(of: "m", region: region) == areas.map { "“\($0).m”" })
  }

  @Test("A quota of the day is not waited for")
  func dailyQuota() throws {
    let daily = try HTTPFailure(status: 429, message: "Too many tokens per day, please wait before trying again.")
    #expect(!ConverseDialect().classify(daily).isRetryable)
    let usual = try HTTPFailure(status: 429, message: "Too many tokens, please wait before trying again.")
    #expect(ConverseDialect().classify(usual).isRetryable)
  }
}
