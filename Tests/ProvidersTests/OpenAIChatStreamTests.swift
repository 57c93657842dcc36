import Conversations
import Diagnostics
import Framing
import Streaming
import Testing
import Transport

@testable import Providers

@Suite("Chat Completions: published streams")
struct OpenAIChatVectorTests {
  static let isPresent = Vectors.has("streams/openai-chat")
  static let streams = (StreamVector.all(in: "openai-chat") + StreamVector.all(in: "openai-compat"))
    .filter { $0.testDescription.hasSuffix(".sse") }
  static let bodies = StreamVector.all(in: "openai-chat").filter { $0.testDescription.hasSuffix(".body.json") }

  @Test("All published streams were found", .enabled(if: isPresent, Vectors.absence))
  func allFound() {
    #expect(Self.streams.count == 16)
    #expect(Self.bodies.count == 2)
  }

  @Test(
    "A published stream means the same however it is cut", .enabled(if: isPresent, Vectors.absence), arguments: streams)
  func stream(vector: StreamVector) {
    let whole = Summary(decode([vector.body], with: OpenAIChatDialect()))
    check(whole, vector.expect)
    for pieces in Cuts.all(vector.body) {
      #expect(Summary(decode(pieces, with: OpenAIChatDialect())) == whole)
    }
  }

  private func check(_ summary: Summary, _ expect: JSONValue) {
    #expect(summary.endings == 1)
    let isRefusal = summary.finish == .refusal
    #expect((isRefusal ? "" : summary.text) == expect["text"]?.string)
    if let refusal = expect["refusal"]?.string {
      #expect(isRefusal)
      #expect(summary.text == refusal)
    }
    #expect(summary.thinking == expect["thinking"]?.string)
    checkCalls(summary, expect)
    checkUsage(summary.usage, expect["usage"] ?? .null)
    checkEnd(summary, expect)
    if let count = expect["reasoningDetailsCount"]?.int {
      let details =
        summary.signatures.first.map { String($0.dropFirst(OpenAIChatEncoding.signaturePrefix.count)) } ?? ""
      #expect((try? JSONParser.parse(details).get())?.array?.count == count)
    }
  }

  private func checkCalls(_ summary: Summary, _ expect: JSONValue) {
    let usable = summary.finish == nil ? [] : summary.calls.filter(\.isEnded)
    let expected = expect["toolCalls"]?.array ?? []
    #expect(usable.count == expected.count)
    for (call, wanted) in zip(usable, expected) {
      #expect(call.id == wanted["id"]?.string)
      #expect(call.name == wanted["name"]?.string)
      #expect((try? JSONParser.parse(call.arguments).get()) == wanted["arguments"])
    }
    let incomplete = summary.calls.filter { !$0.isEnded }
    let wantedIncomplete = expect["incompleteToolCalls"]?.array ?? []
    #expect(incomplete.count == wantedIncomplete.count)
    for (call, wanted) in zip(incomplete, wantedIncomplete) {
      #expect(call.id == wanted["id"]?.string)
      #expect(call.arguments == wanted["partialArguments"]?.string)
    }
  }

  private func checkUsage(_ usage: TokenUsage?, _ expect: JSONValue) {
    #expect(usage?.input == expect["inputTokens"]?.int)
    #expect(usage?.output == expect["outputTokens"]?.int)
    #expect(usage?.reasoning == expect["reasoningTokens"]?.int)
    #expect(usage?.cacheRead == expect["cacheReadTokens"]?.int)
    #expect(usage?.cacheWrite == expect["cacheWriteTokens"]?.int)
  }

  private func checkEnd(_ summary: Summary, _ expect: JSONValue) {
    switch expect["end"]?.string {
    case "complete":
      let reasons: [FinishReason] =
        switch expect["stopReason"]?.string {
        case "tool_calls": [.toolUse]
        case "stop": [.stop, .toolUse, .refusal]
        default: [.stop]
        }
      #expect(summary.finish.map { reasons.contains($0) } == true)
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

  @Test("A published refusal is told apart", .enabled(if: isPresent, Vectors.absence), arguments: bodies)
  func refusal(vector: StreamVector) throws {
    var headers = HTTPHeaders()
    for member in vector.expectation["headers"]?.object?.members ?? [] {
      try headers.add(member.key, member.value.string ?? "")
    }
    let error = OpenAIChatDialect().classify(
      HTTPFailure(
        endpoint: Endpoint(name: "lab"), model: "m", url: try HTTPURL("https://lab.example/v1/chat/completions"),
        status: vector.expectation["status"]?.int ?? 0, headers: headers, body: vector.body, bytesSent: 10,
        hadCredential: true, now: 0))
    let expected = vector.expect["error"] ?? .null
    #expect(error.isRetryable == expected["retryable"]?.bool)
    #expect(error.explanation.detail.contains(expected["message"]?.string ?? "?"))
    #expect(error.retryAfterMilliseconds == expected["retryAfterSeconds"]?.double.map { Int($0 * 1000) })
    #expect(error.explanation.requestID == vector.expectation["headers"]?["x-request-id"]?.string)
  }
}

/// One chunk of a stream, from the inside of its delta.
private func delta(_ json: String, rest: String = "") -> String {
  #"data: {"id":"c","model":"m-1","choices":[{"index":0,"delta":"# + json + #","finish_reason":null}]"# + rest + "}\n\n"
}

private let done = "data: [DONE]\n\n"

private func finish(_ word: String) -> String {
  #"data: {"choices":[{"index":0,"delta":{},"finish_reason":""# + word + "\"}]}\n\n"
}

@Suite("Chat Completions: what servers do differently")
struct OpenAIChatVariantTests {
  @Test(
    "A finish reason becomes ours",
    arguments: [
      ("stop", FinishReason.stop), ("length", .length), ("model_length", .length), ("tool_calls", .toolUse),
      ("function_call", .toolUse), ("content_filter", .contentFilter), ("eos", .stop), ("end_turn", .stop),
      ("odd", .other("odd")),
    ])
  func reasons(word: String, reason: FinishReason) {
    #expect(decode(delta(#"{"content":"x"}"#) + finish(word) + done).finish == reason)
  }

  @Test(
    "A reason that means failure fails, and may be tried again", arguments: ["error", "insufficient_system_resource"])
  func failingReasons(word: String) {
    let summary = decode(delta(#"{"content":"x"}"#) + finish(word) + done)
    #expect(summary.error?.isRetryable == true)
    #expect(summary.text == "x")
  }

  @Test("A reason and a clean end are complete without an end marker")
  func noDone() {
    #expect(decode(delta(#"{"content":"x"}"#) + finish("stop")).finish == .stop)
  }

  @Test("An end marker without its blank line counts")
  func doneWithoutBlankLine() {
    #expect(decode(delta(#"{"content":"x"}"#) + "data: [DONE]").finish == .stop)
    #expect(decode(delta(#"{"content":"x"}"#) + "data:  [DONE] \n\n").finish == .stop)
  }

  @Test("Nothing after the end marker is taken")
  func nothingAfterDone() {
    let summary = decode(delta(#"{"content":"x"}"#) + done + delta(#"{"content":"y"}"#) + "data: garbage\n\n")
    #expect(summary.text == "x")
    #expect(summary.finish == .stop)
    #expect(summary.endings == 1)
  }

  @Test("Only the first choice is wanted, wherever its index stands")
  func firstChoiceOnly() {
    let two =
      #"data: {"choices":[{"index":1,"delta":{"content":"no"}},{"index":0,"delta":{"content":"yes"}}]}"# + "\n\n"
    #expect(decode(two + done).text == "yes")
    let late = #"data: {"choices":[{"delta":{"content":"a"},"index":0},{"index":1,"delta":{"content":"b"}}]}"# + "\n\n"
    #expect(decode(late + done).text == "a")
  }

  @Test("Chunks without choices mean nothing by themselves")
  func emptyChoices() {
    let azure = #"data: {"choices":[],"prompt_filter_results":[{"prompt_index":0}]}"# + "\n\n"
    #expect(decode(azure + delta(#"{"content":"x"}"#) + done).text == "x")
    #expect(decode("data: {\"id\":\"c\"}\n\n" + delta(#"{"content":"x"}"#) + done).finish == .stop)
  }

  @Test("The start names the model as the server does")
  func start() {
    #expect(decode(delta(#"{"content":"x"}"#) + done).starts == [ResponseStart(model: "m-1")])
  }

  @Test("Content as an array gives text and thinking in order")
  func contentArrays() {
    let parts =
      #"{"content":[{"type":"thinking","thinking":[{"type":"text","text":"hm"}]},{"type":"text","text":"yes"},{"type":"text","text":"!"}]}"#
    let summary = decode(delta(parts) + done)
    #expect(summary.thinking == "hm")
    #expect(summary.text == "yes!")
  }

  @Test("Thinking comes before text of the same chunk, from one field only")
  func thinkingFields() {
    let events = decode(
      [Array((delta(#"{"content":"a","reasoning_content":"t","reasoning":"t"}"#) + done).utf8)],
      with: OpenAIChatDialect())
    #expect(
      events.map(\.event) == [
        .start(ResponseStart(model: "m-1")), .thinkingDelta("t"), .thinkingSignature("openai-chat:reasoning_content"),
        .textDelta("a"), .finish(.stop),
      ])
  }

  @Test("Details alone are shown, and go back as they came")
  func detailsOnly() {
    let one = #"{"type":"reasoning.text","text":"Let ","index":0}"#
    let two = #"{"type":"reasoning.encrypted","data":"xyz","index":0}"#
    let summary = decode(
      delta(#"{"reasoning_details":["# + one + "]}") + delta(#"{"reasoning_details":["# + two + "]}")
        + delta(#"{"content":"a"}"#) + done)
    #expect(summary.thinking == "Let ")
    #expect(summary.signatures == ["openai-chat:[\(one),\(two)]"])
  }

  @Test(
    "Think tags are split off at the start of the answer only",
    arguments: [
      ("<think>a</think>b", "a", "b"), (" \n<think>\na\n</think>\n\nb", "\na\n", "b"),
      ("x <think>a</think>", "", "x <think>a</think>"),
      ("<thin", "", "<thin"), ("<think>a", "a", ""), ("<think>a</thi", "a</thi", ""),
      ("<thinking>a", "", "<thinking>a"),
      ("<think></think>b", "", "b"), ("<think>a</think>", "a", ""), ("", "", ""), ("  x", "", "  x"),
      ("<think>a < b </ c</think>d <think>e", "a < b </ c", "d <think>e"),
    ])
  func thinkTags(content: String, thinking: String, text: String) {
    for length in 1...max(1, content.count) {
      var stream = ""
      var rest = content[...]
      while !rest.isEmpty {
        var writer = JSONWriter()
        writer.object { $0.field("content", String(rest.prefix(length))) }
        stream += delta(writer.text)
        rest = rest.dropFirst(length)
      }
      let summary = decode(stream + done)
      #expect(summary.thinking == thinking)
      #expect(summary.text == text)
    }
  }

  @Test("Think tags stay where the switch says so")
  func thinkTagsOff() {
    let context = ResponseContext(provider: "lab", model: "m", options: ["think_tags": "false"])
    let bytes = Array((delta(#"{"content":"<think>a</think>b"}"#) + done).utf8)
    #expect(Summary(decode([bytes], with: OpenAIChatDialect(), context: context)).text == "<think>a</think>b")
  }

  @Test("Escapes and characters outside the basic plane arrive as they are meant")
  func escapes() {
    #expect(decode(delta(#"{"content":"\ud83c\udf0d \u00e9\n\"q\""}"#) + done).text == "🌍 é\n\"q\"")
  }

  // MARK: Tool calls

  private func calls(_ chunks: String...) -> [Summary.Call] {
    decode(chunks.map { delta(#"{"tool_calls":["# + $0 + "]}") }.joined() + finish("tool_calls") + done).calls
  }

  private func call(_ id: String, _ name: String, _ arguments: String) -> Summary.Call {
    Summary.Call(id: id, name: name, arguments: arguments, isEnded: true)
  }

  @Test("A repeated name and a repeated id are the same call")
  func repeatedName() {
    #expect(
      calls(
        #"{"index":0,"id":"a","function":{"name":"f","arguments":"{"}}"#,
        #"{"index":0,"id":"a","function":{"name":"f","arguments":"}"}}"#) == [call("a", "f", "{}")])
  }

  @Test("A new id under a number in use is a new call")
  func reusedIndex() {
    #expect(
      calls(
        #"{"index":0,"id":"a","function":{"name":"f","arguments":"{}"}}"#,
        #"{"index":0,"id":"b","function":{"name":"g","arguments":"{\"x\":1"}}"#,
        #"{"index":0,"function":{"arguments":"}"}}"#) == [call("a", "f", "{}"), call("b", "g", #"{"x":1}"#)])
  }

  @Test("Calls without ids get names")
  func missingIDs() {
    #expect(
      calls(
        #"{"index":0,"function":{"name":"f","arguments":"{}"}}"#,
        #"{"index":1,"function":{"name":"g","arguments":"{}"}}"#)
        == [call("call_0", "f", "{}"), call("call_1", "g", "{}")])
  }

  @Test("Calls without numbers go on where they were")
  func missingIndexes() {
    #expect(
      calls(
        #"{"id":"a","function":{"name":"f","arguments":"{\"x\":"}}"#, #"{"function":{"arguments":"1}"}}"#,
        #"{"id":"b","function":{"name":"g","arguments":"{"}}"#, #"{"function":{"arguments":"}"}}"#,
        #"{"id":"a","function":{"arguments":" "}}"#)
        == [call("a", "f", #"{"x":1} "#), call("b", "g", "{}")])
  }

  @Test("Arguments before the name wait for it, and arguments as an object become text")
  func oddArguments() {
    #expect(
      calls(
        #"{"index":0,"id":"a","function":{"arguments":"{"}}"#, #"{"index":0,"function":{"name":"f","arguments":"}"}}"#)
        == [call("a", "f", "{}")])
    #expect(
      calls(#"{"index":0,"id":"a","function":{"name":"f","arguments":{"x": [1]}}}"#) == [call("a", "f", #"{"x": [1]}"#)]
    )
  }

  @Test("The older function call is a call")
  func functionCall() {
    let summary = decode(
      delta(#"{"function_call":{"name":"f","arguments":"{"}}"#) + delta(#"{"function_call":{"arguments":"}"}}"#)
        + finish("function_call") + done)
    #expect(summary.calls == [call("call_0", "f", "{}")])
    #expect(summary.finish == .toolUse)
  }

  @Test("A hundred thousand calls take no longer than their number")
  func manyCalls() {
    var body = ""
    for index in 0..<20_000 {
      body += delta(#"{"tool_calls":[{"index":\#(index),"id":"c\#(index)","function":{"name":"f","arguments":"{}"}}]}"#)
    }
    let events = decode([Array((body + done).utf8)], with: OpenAIChatDialect())
    #expect(events.count == 20_000 * 3 + 2)
  }

  // MARK: Usage

  @Test("Usage is told where it stands and never added up")
  func usage() {
    let everywhere =
      delta(#"{"content":"a"}"#, rest: #","usage":{"prompt_tokens":5,"completion_tokens":1}"#)
      + delta(#"{"content":"b"}"#, rest: #","usage":{"prompt_tokens":5,"completion_tokens":2}"#) + done
    #expect(decode(everywhere).usage == TokenUsage(input: 5, output: 2))
    let groq =
      delta(#"{"content":"a"}"#, rest: #","x_groq":{"id":"r","usage":{"prompt_tokens":7,"completion_tokens":3}}"#)
      + done
    #expect(decode(groq).usage == TokenUsage(input: 7, output: 3))
    let llama = delta(#"{"content":"a"}"#, rest: #","timings":{"cache_n":2,"prompt_n":9,"predicted_n":4}"#) + done
    #expect(decode(llama).usage == TokenUsage(input: 11, output: 4, cacheRead: 2))
    let deepSeek =
      delta(
        #"{"content":"a"}"#, rest: #","usage":{"prompt_tokens":7,"completion_tokens":3,"prompt_cache_hit_tokens":4}"#)
      + done
    #expect(decode(deepSeek).usage == TokenUsage(input: 7, output: 3, cacheRead: 4))
  }

  // MARK: Failures

  @Test(
    "An error in any shape fails the turn and keeps the text",
    arguments: [
      #"data: {"error":{"message":"boom","type":"server_error"}}"#, #"data: {"error":"boom"}"#,
      "event: error\ndata: {\"error\":{\"message\":\"boom\"}}",
      "event: error\ndata: {\"message\":\"boom\",\"code\":500}",
      #"error: {"code":500,"message":"boom"}"#, #"data: {"x_groq":{"error":"boom"},"choices":[]}"#,
    ])
  func errors(event: String) {
    let summary = decode(delta(#"{"content":"kept"}"#) + event + "\n\n" + done)
    #expect(summary.text == "kept")
    #expect(summary.endings == 1)
    #expect(summary.error?.explanation.detail.contains("boom") == true)
    #expect(summary.error?.explanation.recovery == .resume)
  }

  @Test("An error of null is none")
  func nullError() {
    #expect(decode(delta(#"{"content":"x"}"#, rest: #","error":null"#) + done).finish == .stop)
  }

  @Test("An integer code is judged like a status", arguments: [(429, true), (503, true), (400, false), (401, false)])
  func integerCodes(code: Int, isRetryable: Bool) {
    #expect(decode(#"data: {"error":{"message":"m","code":\#(code)}}"# + "\n\n").error?.isRetryable == isRetryable)
  }

  @Test(
    "Garbage is malformed, names what came, and keeps the text",
    arguments: [
      "data: {\"choices\":[{\"delta\":{\"content\":\"x\n\n", "data: <html>\n\n", "data: 42\n\n", "data: [1]\n\n",
      "data: {} trailing\n\n",
    ])
  func garbage(event: String) {
    let summary = decode(delta(#"{"content":"kept"}"#) + event + done)
    #expect(summary.text.hasPrefix("kept"))
    guard case .malformed(let explanation) = summary.failure else {
      Issue.record("\(String(describing: summary.failure))")
      return
    }
    #expect(explanation.detail.contains("byte"))
  }

  @Test(
    "A stream that was cut is truncated, and its calls are not complete",
    arguments: [
      delta(#"{"content":"x"}"#), delta(#"{"content":"x"}"#) + "data: {\"cho",
      delta(#"{"content":"x"}"#) + finish("stop") + "data: {\"cho",
      delta(#"{"tool_calls":[{"index":0,"id":"a","function":{"name":"f","arguments":"{"}}]}"#),
    ])
  func truncated(stream: String) {
    let summary = decode(stream)
    guard case .truncated(let explanation) = summary.failure else {
      Issue.record("\(String(describing: summary.failure))")
      return
    }
    #expect(explanation.recovery == .resume)
    #expect(summary.calls.allSatisfy { !$0.isEnded })
  }

  @Test("A success without content says so", arguments: ["", ": ping\n\n: ping\n\n", "\n\n"])
  func nothing(stream: String) {
    let summary = decode(stream)
    #expect(summary.error?.explanation.summary == "lab sent no answer")
    #expect(summary.error?.isRetryable == false)
  }

  @Test("An answer without any framing is understood")
  func unframed() {
    let whole =
      #"{"model":"m-1","choices":[{"index":0,"message":{"role":"assistant","content":"hi"},"finish_reason":"stop"}]}"#
    #expect(decode(whole).text == "hi")
    #expect(decode(#"{"error":{"message":"boom","type":"server_error"}}"#).error?.isRetryable == true)
    guard case .malformed = decode("what is this").failure else {
      Issue.record("prose is no answer")
      return
    }
  }

  @Test("A line without end is refused")
  func endlessLine() {
    var decoding = EventDecoding(
      OpenAIChatDialect(), context: ResponseContext(provider: "lab", model: "m"), received: .now)
    let piece = [UInt8](repeating: UInt8(ascii: "x"), count: 1 << 20)
    decoding.push(Array("data: ".utf8), received: .now)
    var pushed = 0
    while !decoding.isEnded, pushed < 40 {
      decoding.push(piece, received: .now)
      pushed += 1
    }
    #expect(pushed == 32)
    guard case .malformed = Summary(decoding.take()).failure else {
      Issue.record("an endless line must end the stream")
      return
    }
  }

  // MARK: Whole answers

  @Test("An answer in one piece gives the events of a stream")
  func whole() {
    let body = #"""
      {"id":"c","model":"m-1","choices":[{"index":0,"message":{"role":"assistant","content":"hi","reasoning_content":"hm",
      "tool_calls":[{"id":"a","type":"function","function":{"name":"f","arguments":"{}"}}]},"finish_reason":"tool_calls"}],
      "usage":{"prompt_tokens":1,"completion_tokens":2}}
      """#
    var decoding = EventDecoding(
      OpenAIChatDialect(), context: ResponseContext(provider: "lab", model: "m"), received: .now)
    decoding.decodeWhole(Array(body.utf8), received: .now)
    let summary = Summary(decoding.take())
    #expect(summary.text == "hi")
    #expect(summary.thinking == "hm")
    #expect(summary.calls == [call("a", "f", "{}")])
    #expect(summary.usage == TokenUsage(input: 1, output: 2))
    #expect(summary.finish == .toolUse)
    #expect(summary.bytes == body.utf8.count)
  }

  @Test("Half of a whole answer shows nothing")
  func halfWhole() {
    let body = #"{"choices":[{"index":0,"message":{"content":"hi"}}"#
    var decoding = EventDecoding(
      OpenAIChatDialect(), context: ResponseContext(provider: "lab", model: "m"), received: .now)
    decoding.decodeWhole(Array(body.utf8), received: .now)
    let summary = Summary(decoding.take())
    #expect(summary.text.isEmpty)
    guard case .malformed = summary.failure else {
      Issue.record("\(String(describing: summary.failure))")
      return
    }
  }

  // MARK: Arrival

  @Test("Events carry the time of their read and the bytes of their frame")
  func arrival() {
    let first = delta(#"{"content":"a"}"#)
    let second = delta(#"{"content":"b","reasoning":"t"}"#)
    let start = ContinuousClock.now
    var decoding = EventDecoding(
      OpenAIChatDialect(), context: ResponseContext(provider: "lab", model: "m"), received: start)
    decoding.push(Array(first.utf8), received: start + .milliseconds(5))
    decoding.push(Array(second.utf8), received: start + .milliseconds(9))
    let events = decoding.take()
    #expect(events.map(\.received) == [5, 5, 9, 9].map { start + .milliseconds($0) })
    #expect(events.map(\.bytes) == [0, first.utf8.count, second.utf8.count, 0])
  }
}
