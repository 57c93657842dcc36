// Every kind that speaks HTTP, one description each: the same answer in the words of ten wires. Written by hand from the
// services' own documentation. Where calls come whole, another one or the tool's result stands for growing.

import TestSupport

extension PlayedService {
  static let all: [PlayedService] = [
    openAI, openAIResponses, anthropic, bedrock, bedrockInvoke, gemini, ollama, agentCore, jaf, jafWebSocket,
  ]

  private static let arguments = #"{"city":"Paris","days":3,"unit":"celsius"}"#
  /// The arguments as they arrive: two pieces, one that makes the call grow, and the rest; each as a JSON string.
  private static let pieces = [#""{\"city\":""#, #""\"Paris\"""#, #"",\"days\":3""#, #"",\"unit\":\"celsius\"}""#]
  private static let begun = Moment(text: #"{"city":"Paris""#, chunks: 7)
  private static let grown = Moment(text: #"{"city":"Paris","days":3"#, chunks: 8)

  private static func call(_ id: String) -> Outcome.Call {
    Outcome.Call(id: id, name: "get_weather", arguments: arguments)
  }

  // MARK: OpenAI

  private static let openAI: PlayedService = {
    func chunk(_ delta: String, finish: String = "null") -> [UInt8] {
      WireBytes.event(
        #"{"id":"c1","object":"chat.completion.chunk","model":"m-1","choices":[{"index":0,"delta":"# + delta
          + #","finish_reason":"# + finish + "}]}")
    }
    func piece(_ text: String) -> [UInt8] {
      chunk(#"{"tool_calls":[{"index":0,"function":{"arguments":"# + text + "}}]}")
    }
    let usage =
      #"{"prompt_tokens":12,"completion_tokens":34,"total_tokens":46,"completion_tokens_details":{"reasoning_tokens":5}}"#
    return PlayedService(
      name: "openai", settings: "kind = \"openai\"\nbase_url = \"$SERVER/v1\"\napi_key_env = \"LAB_KEY\"",
      contentType: "text/event-stream",
      stages: [
        [
          chunk(#"{"role":"assistant","content":""}"#), chunk(#"{"reasoning_content":"Looking "}"#),
          chunk(#"{"reasoning_content":"at the map."}"#), chunk(#"{"content":"I will "}"#),
          chunk(#"{"content":"look it up."}"#),
          chunk(
            #"{"tool_calls":[{"index":0,"id":"call_1","type":"function","function":{"name":"get_weather","arguments":""}}]}"#
          ), piece(pieces[0]), piece(pieces[1]),
        ],
        [piece(pieces[2])],
        [
          piece(pieces[3]), chunk("{}", finish: #""tool_calls""#),
          WireBytes.event(#"{"id":"c1","choices":[],"usage":"# + usage + "}"), WireBytes.event("[DONE]"),
        ],
      ],
      whole:
        #"{"id":"c1","model":"m-1","choices":[{"index":0,"message":{"role":"assistant","reasoning_content":"Looking at the map.","content":"I will look it up.","tool_calls":[{"id":"call_1","type":"function","function":{"name":"get_weather","arguments":"{\"city\":\"Paris\",\"days\":3,\"unit\":\"celsius\"}"}}]},"finish_reason":"tool_calls"}],"usage":"#
        + usage + "}",
      outcome: Outcome(calls: [call("call_1")], chunks: 9), wholeOutcome: Outcome(calls: [call("call_1")], chunks: 4),
      begun: begun, grown: grown, kept: chunk(#"{"content":"kept"}"#),
      mishap: WireBytes.event(#"{"error":{"message":"boom","type":"server_error"}}"#), mishapKind: "server",
      refusal: #"{"error":{"message":"the words of the server","type":"x"}}"#)
  }()

  private static let openAIResponses: PlayedService = {
    func event(_ type: String, _ members: String) -> [UInt8] {
      WireBytes.event(#"{"type":"response."# + type + #"","# + members + "}", name: "response.\(type)")
    }
    func piece(_ text: String) -> [UInt8] {
      event("function_call_arguments.delta", #""item_id":"fc_1","output_index":2,"delta":"# + text)
    }
    let reasoning =
      #"{"id":"rs_1","type":"reasoning","summary":[{"type":"summary_text","text":"Looking at the map."}]}"#
    let message =
      #"{"id":"msg_1","type":"message","role":"assistant","status":"completed","content":[{"type":"output_text","text":"I will look it up.","annotations":[]}]}"#
    let function =
      #"{"id":"fc_1","type":"function_call","status":"completed","call_id":"call_1","name":"get_weather","arguments":"{\"city\":\"Paris\",\"days\":3,\"unit\":\"celsius\"}"}"#
    let response =
      #"{"id":"resp_1","object":"response","status":"completed","model":"m-1","output":["#
      + [reasoning, message, function].joined(separator: ",")
      + #"],"usage":{"input_tokens":12,"input_tokens_details":{"cached_tokens":0},"output_tokens":34,"output_tokens_details":{"reasoning_tokens":5},"total_tokens":46}}"#
    return PlayedService(
      name: "openai-responses",
      settings: "kind = \"openai-responses\"\nbase_url = \"$SERVER/v1\"\napi_key_env = \"LAB_KEY\"",
      contentType: "text/event-stream",
      stages: [
        [
          event("created", #""sequence_number":0,"response":{"id":"resp_1","status":"in_progress","model":"m-1"}"#),
          event("output_item.added", #""output_index":0,"item":{"id":"rs_1","type":"reasoning","summary":[]}"#),
          event(
            "reasoning_summary_text.delta", #""item_id":"rs_1","output_index":0,"summary_index":0,"delta":"Looking ""#),
          event(
            "reasoning_summary_text.delta",
            #""item_id":"rs_1","output_index":0,"summary_index":0,"delta":"at the map.""#),
          event("output_item.done", #""output_index":0,"item":"# + reasoning),
          event(
            "output_item.added",
            #""output_index":1,"item":{"id":"msg_1","type":"message","role":"assistant","content":[]}"#),
          event("output_text.delta", #""item_id":"msg_1","output_index":1,"content_index":0,"delta":"I will ""#),
          event("output_text.delta", #""item_id":"msg_1","output_index":1,"content_index":0,"delta":"look it up.""#),
          event("output_item.done", #""output_index":1,"item":"# + message),
          event(
            "output_item.added",
            #""output_index":2,"item":{"id":"fc_1","type":"function_call","call_id":"call_1","name":"get_weather","arguments":""}"#
          ), piece(pieces[0]), piece(pieces[1]),
        ],
        [piece(pieces[2])],
        [
          piece(pieces[3]), event("output_item.done", #""output_index":2,"item":"# + function),
          event("completed", #""response":"# + response),
        ],
      ],
      whole: response, outcome: Outcome(calls: [call("call_1")], chunks: 9),
      wholeOutcome: Outcome(calls: [call("call_1")], chunks: 4), begun: begun, grown: grown,
      kept: event("output_text.delta", #""item_id":"msg_1","output_index":0,"content_index":0,"delta":"kept""#),
      mishap: WireBytes.event(
        #"{"type":"error","code":"server_error","message":"boom","param":null}"#, name: "error"),
      mishapKind: "server", refusal: #"{"error":{"message":"the words of the server","type":"x"}}"#)
  }()

  // MARK: Claude

  /// The events of Claude in the three stages, without a frame around them.
  private static let claudeEvents: [[String]] = {
    func delta(_ index: Int, _ delta: String) -> String {
      #"{"type":"content_block_delta","index":\#(index),"delta":{"type":"# + delta + "}}"
    }
    func piece(_ text: String) -> String { delta(2, #""input_json_delta","partial_json":"# + text) }
    return [
      [
        #"{"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","model":"m-1","content":[],"usage":{"input_tokens":10,"cache_read_input_tokens":2,"output_tokens":1}}}"#,
        #"{"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":"","signature":""}}"#,
        delta(0, #""thinking_delta","thinking":"Looking ""#), delta(0, #""thinking_delta","thinking":"at the map.""#),
        delta(0, #""signature_delta","signature":"c2lnbmVk""#), #"{"type":"content_block_stop","index":0}"#,
        #"{"type":"content_block_start","index":1,"content_block":{"type":"text","text":""}}"#,
        delta(1, #""text_delta","text":"I will ""#), delta(1, #""text_delta","text":"look it up.""#),
        #"{"type":"content_block_stop","index":1}"#,
        #"{"type":"content_block_start","index":2,"content_block":{"type":"tool_use","id":"toolu_1","name":"get_weather","input":{}}}"#,
        piece("\"\""), piece(pieces[0]), piece(pieces[1]),
      ],
      [piece(pieces[2])],
      [
        piece(pieces[3]), #"{"type":"content_block_stop","index":2}"#,
        #"{"type":"message_delta","delta":{"stop_reason":"tool_use","stop_sequence":null},"usage":{"output_tokens":34}}"#,
        #"{"type":"message_stop"}"#,
      ],
    ]
  }()

  private static let claudeMessage =
    #"{"id":"msg_1","type":"message","role":"assistant","model":"m-1","content":[{"type":"thinking","thinking":"Looking at the map.","signature":"c2lnbmVk"},{"type":"text","text":"I will look it up."},{"type":"tool_use","id":"toolu_1","name":"get_weather","input":"#
    + arguments
    + #"}],"stop_reason":"tool_use","stop_sequence":null,"usage":{"input_tokens":10,"cache_read_input_tokens":2,"output_tokens":34}}"#

  private static let claudeKept =
    #"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"kept"}}"#

  private static let anthropic = PlayedService(
    name: "anthropic", settings: "kind = \"anthropic\"\nbase_url = \"$SERVER\"\napi_key_env = \"LAB_KEY\"",
    contentType: "text/event-stream", stages: claudeEvents.map { $0.map { WireBytes.event($0) } },
    whole: claudeMessage, outcome: Outcome(calls: [call("toolu_1")], chunks: 9),
    wholeOutcome: Outcome(calls: [call("toolu_1")], chunks: 4), begun: begun, grown: grown,
    kept: WireBytes.event(claudeKept),
    mishap: WireBytes.event(#"{"type":"error","error":{"type":"overloaded_error","message":"boom"}}"#, name: "error"),
    mishapKind: "overloaded",
    refusal: #"{"type":"error","error":{"type":"x","message":"the words of the server"}}"#)

  private static let bedrockInvoke = PlayedService(
    name: "bedrock-invoke",
    settings: "kind = \"bedrock-invoke\"\nregion = \"eu-west-1\"\nendpoint_url = \"$SERVER\"",
    contentType: "application/vnd.amazon.eventstream", stages: claudeEvents.map { $0.map(WireBytes.chunk) },
    whole: claudeMessage, outcome: Outcome(calls: [call("toolu_1")], chunks: 9),
    wholeOutcome: Outcome(calls: [call("toolu_1")], chunks: 4), begun: begun, grown: grown,
    kept: WireBytes.chunk(claudeKept),
    mishap: WireBytes.exception(
      "modelStreamErrorException", #"{"message":"boom","originalStatusCode":500,"originalMessage":"x"}"#),
    mishapKind: "server", refusal: #"{"message":"the words of the server"}"#, credential: "AWS_ACCESS_KEY_ID",
    asksForPieces: { $0.target.hasSuffix("-stream") })

  // MARK: Converse

  private static let bedrock: PlayedService = {
    func delta(_ index: Int, _ delta: String) -> [UInt8] {
      WireBytes.frame("contentBlockDelta", #"{"contentBlockIndex":\#(index),"delta":"# + delta + #","p":"abc"}"#)
    }
    func piece(_ text: String) -> [UInt8] { delta(2, #"{"toolUse":{"input":"# + text + "}}") }
    func stop(_ index: Int) -> [UInt8] {
      WireBytes.frame("contentBlockStop", #"{"contentBlockIndex":\#(index),"p":"abc"}"#)
    }
    let usage = #"{"inputTokens":12,"outputTokens":34,"totalTokens":46}"#
    return PlayedService(
      name: "bedrock", settings: "kind = \"bedrock\"\nregion = \"eu-west-1\"\nendpoint_url = \"$SERVER\"",
      contentType: "application/vnd.amazon.eventstream",
      stages: [
        [
          WireBytes.frame("messageStart", #"{"role":"assistant","p":"ab"}"#),
          delta(0, #"{"reasoningContent":{"text":"Looking "}}"#),
          delta(0, #"{"reasoningContent":{"text":"at the map."}}"#),
          delta(0, #"{"reasoningContent":{"signature":"c2lnbmVk"}}"#), stop(0), delta(1, #"{"text":"I will "}"#),
          delta(1, #"{"text":"look it up."}"#), stop(1),
          WireBytes.frame(
            "contentBlockStart",
            #"{"contentBlockIndex":2,"start":{"toolUse":{"toolUseId":"tooluse_1","name":"get_weather"}},"p":"a"}"#),
          piece("\"\""), piece(pieces[0]), piece(pieces[1]),
        ],
        [piece(pieces[2])],
        [
          piece(pieces[3]), stop(2), WireBytes.frame("messageStop", #"{"stopReason":"tool_use","p":"abcdef"}"#),
          WireBytes.frame("metadata", #"{"metrics":{"latencyMs":412},"p":"abc","usage":"# + usage + "}"),
        ],
      ],
      whole:
        #"{"output":{"message":{"role":"assistant","content":[{"reasoningContent":{"reasoningText":{"text":"Looking at the map.","signature":"c2lnbmVk"}}},{"text":"I will look it up."},{"toolUse":{"toolUseId":"tooluse_1","name":"get_weather","input":"#
        + arguments + #"}}]}},"stopReason":"tool_use","metrics":{"latencyMs":412},"usage":"# + usage + "}",
      outcome: Outcome(calls: [call("tooluse_1")], chunks: 9),
      wholeOutcome: Outcome(calls: [call("tooluse_1")], chunks: 4), begun: begun, grown: grown,
      kept: delta(0, #"{"text":"kept"}"#),
      mishap: WireBytes.exception("throttlingException", #"{"message":"boom"}"#), mishapKind: "rate_limited",
      refusal: #"{"message":"the words of the server"}"#, credential: "AWS_ACCESS_KEY_ID",
      asksForPieces: { $0.target.hasSuffix("-stream") })
  }()

  // MARK: Calls that come whole

  private static let secondCall = Outcome.Call(id: "call_2", name: "get_time", arguments: #"{"city":"Lyon"}"#)

  private static let gemini: PlayedService = {
    func chunk(_ parts: String, ending: String = "") -> [UInt8] {
      WireBytes.event(
        #"{"candidates":[{"content":{"role":"model","parts":["# + parts + #"]},"index":0"# + ending
          + #"}],"usageMetadata":{"promptTokenCount":12,"candidatesTokenCount":29,"thoughtsTokenCount":5,"totalTokenCount":46},"modelVersion":"m-1","responseId":"r1"}"#
      )
    }
    let first = #"{"functionCall":{"id":"call_1","name":"get_weather","args":"# + arguments + "}}"
    let second = #"{"functionCall":{"id":"call_2","name":"get_time","args":{"city":"Lyon"}}}"#
    return PlayedService(
      name: "gemini", settings: "kind = \"gemini\"\nbase_url = \"$SERVER\"\napi_key_env = \"LAB_KEY\"",
      contentType: "text/event-stream",
      stages: [
        [
          chunk(#"{"text":"Looking ","thought":true}"#), chunk(#"{"text":"at the map.","thought":true}"#),
          chunk(#"{"text":"I will "}"#), chunk(#"{"text":"look it up."}"#), chunk(first),
        ],
        [chunk(second)], [chunk(#"{"text":""}"#, ending: #","finishReason":"STOP""#)],
      ],
      whole:
        #"{"candidates":[{"content":{"role":"model","parts":[{"text":"Looking at the map.","thought":true},{"text":"I will look it up."},"#
        + first + "," + second
        + #"]},"index":0,"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":12,"candidatesTokenCount":29,"thoughtsTokenCount":5,"totalTokenCount":46},"modelVersion":"m-1","responseId":"r1"}"#,
      outcome: Outcome(calls: [call("call_1"), secondCall], chunks: 8),
      wholeOutcome: Outcome(calls: [call("call_1"), secondCall], chunks: 6), begun: Moment(text: arguments, chunks: 6),
      grown: Moment(text: #"{"city":"Lyon"}"#, chunks: 8), kept: chunk(#"{"text":"kept"}"#),
      mishap: WireBytes.event(#"{"error":{"code":503,"message":"boom","status":"UNAVAILABLE"}}"#),
      mishapKind: "overloaded",
      refusal: #"{"error":{"code":400,"message":"the words of the server","status":"X"}}"#,
      asksForPieces: { $0.target.contains("streamGenerateContent") })
  }()

  private static let ollama: PlayedService = {
    func line(_ message: String, _ rest: String = #""done":false"#) -> [UInt8] {
      Array((#"{"model":"m-1","created_at":"2026-01-01T00:00:00Z","message":{"role":"assistant","#).utf8)
        + Array((message + "}," + rest + "}\n").utf8)
    }
    let first = #"{"id":"call_1","function":{"index":0,"name":"get_weather","arguments":"# + arguments + "}}"
    let second = #"{"id":"call_2","function":{"index":1,"name":"get_time","arguments":{"city":"Lyon"}}}"#
    let ending =
      #""done":true,"done_reason":"stop","total_duration":4883583458,"load_duration":1334875,"prompt_eval_count":12,"prompt_eval_duration":342546000,"eval_count":34,"eval_duration":1535599000"#
    return PlayedService(
      name: "ollama", settings: "kind = \"ollama\"\nbase_url = \"$SERVER\"\napi_key_env = \"LAB_KEY\"",
      contentType: "application/x-ndjson",
      stages: [
        [
          line(#""content":"","thinking":"Looking ""#), line(#""content":"","thinking":"at the map.""#),
          line(#""content":"I will ""#), line(#""content":"look it up.""#),
          line(#""content":"","tool_calls":["# + first + "]"),
        ],
        [line(#""content":"","tool_calls":["# + second + "]")], [line(#""content":"""#, ending)],
      ],
      whole: String(
        decoding: line(
          #""content":"I will look it up.","thinking":"Looking at the map.","tool_calls":["# + first + "," + second
            + "]", ending), as: UTF8.self),
      outcome: Outcome(calls: [call("call_1"), secondCall], chunks: 8),
      wholeOutcome: Outcome(calls: [call("call_1"), secondCall], chunks: 6), begun: Moment(text: arguments, chunks: 6),
      grown: Moment(text: #"{"city":"Lyon"}"#, chunks: 8), kept: line(#""content":"kept""#),
      mishap: Array("{\"error\":\"boom\"}\n".utf8),
      mishapKind: "server", refusal: #"{"error":"the words of the server"}"#)
  }()

  // MARK: Agents

  private static func result(_ id: String) -> Outcome.Result {
    Outcome.Result(id: id, name: "get_weather", content: "18 degrees")
  }

  /// Tokens as riffle estimates them where the service tells nothing: two for the prompt.
  private static func guessed(_ output: Int) -> Outcome.Usage {
    Outcome.Usage(input: 2, output: output, isEstimated: true)
  }

  private static let agentCore: PlayedService = {
    /// An event as the runtime sends it: the agent's own text in a JSON string.
    func event(_ name: String, _ json: String) -> [UInt8] {
      let inner = Completion.quoted(Array("event: StreamEventType.\(name)\ndata: \(json)\n\n".utf8))
      return WireBytes.event(String(decoding: inner, as: UTF8.self))
    }
    return PlayedService(
      name: "agentcore", settings: "kind = \"agentcore\"\nbase_url = \"$SERVER\"\napi_key_env = \"LAB_KEY\"",
      contentType: "text/event-stream",
      stages: [
        [
          event("AGENT_START", #"{"session_id":"s","actor_id":"a"}"#),
          event("AGENT_STEP", #"{"step":2,"node":"chatbot","content":"Looking at the map.","type":"ai"}"#),
          event("TOOL_START", #"{"tool":"get_weather","input":"# + arguments + "}"),
        ],
        [event("TOOL_END", #"{"output":"18 degrees"}"#)],
        [
          event("LLM_TOKEN", #"{"token":"I will "}"#), event("LLM_TOKEN", #"{"token":"look it up."}"#),
          event("AGENT_END", #"{"output":"I will look it up.","steps":4,"metrics":{}}"#),
        ],
      ],
      whole: #"{"output":"I will look it up."}"#,
      outcome: Outcome(
        calls: [call("call_1")], results: [result("call_1")], usage: guessed(25), chunks: 6, reason: "stop"),
      wholeOutcome: Outcome(thinking: "", calls: [], usage: guessed(5), chunks: 1, reason: "stop"),
      begun: Moment(text: arguments, chunks: 3),
      grown: Moment(text: "18 degrees", chunks: 4), kept: event("LLM_TOKEN", #"{"token":"kept"}"#),
      mishap: event("ERROR", #"{"error":"boom","type":"ValueError"}"#), mishapKind: "provider",
      refusal: #"{"error":"the words of the server"}"#, isAgent: true)
  }()

  /// The events of a JAF server in the three stages, without a frame around them.
  private static let jafEvents: [[String]] = {
    func event(_ type: String, _ data: String) -> String {
      #"{"type":""# + type + #"","data":"# + data + #","timestamp":1.5,"run_id":"r1","trace_id":"t1"}"#
    }
    return [
      [
        event("start", #"{"agent_name":"Weather","model_name":"m-1","turn_count":0}"#),
        event(
          "tool_call",
          #"{"tool_name":"get_weather","call_id":"call_1","status":"started","arguments":"# + arguments + "}"),
      ],
      [
        event(
          "tool_result",
          #"{"tool_name":"get_weather","call_id":"call_1","status":"success","result":"{\"hitl_status\":\"executed\",\"result\":\"18 degrees\",\"tool_name\":\"get_weather\"}"}"#
        )
      ],
      [
        event("chunk", #"{"content":"I will ","delta":"I will ","is_complete":false,"token_count":null}"#),
        event(
          "chunk", #"{"content":"I will look it up.","delta":"look it up.","is_complete":true,"token_count":5}"#),
        event("complete", #"{"content":"I will look it up.","delta":"","is_complete":true}"#),
      ],
    ]
  }()

  private static let jafOutcome = Outcome(
    thinking: "", calls: [call("call_1")], results: [result("call_1")],
    usage: Outcome.Usage(input: nil, output: 5, isEstimated: true), chunks: 5, reason: "stop")

  private static let jafKept = #"{"type":"chunk","data":{"content":"kept","delta":"kept","is_complete":false}}"#
  private static let jafMishap = #"{"type":"error","data":{"_tag":"ModelBehaviorError","detail":"boom"}}"#

  private static let jaf: PlayedService = {
    var whole = jafOutcome
    whole.chunks = 4
    whole.usage = guessed(21)
    return PlayedService(
      name: "jaf over sse",
      settings: "kind = \"jaf\"\nbase_url = \"$SERVER\"\ntransport = \"sse\"\napi_key_env = \"LAB_KEY\"",
      contentType: "text/event-stream",
      stages: jafEvents.map { $0.map { WireBytes.event($0, name: "StreamingEventType.X") } },
      whole:
        #"{"success":true,"data":{"run_id":"r1","messages":[{"role":"user","content":"weather?"},{"role":"assistant","content":"","tool_calls":[{"id":"call_1","type":"function","function":{"name":"get_weather","arguments":"{\"city\":\"Paris\",\"days\":3,\"unit\":\"celsius\"}"}}]},{"role":"tool","name":"get_weather","tool_call_id":"call_1","content":"18 degrees"},{"role":"assistant","content":"I will look it up."}],"outcome":{"status":"completed","output":"I will look it up."},"turn_count":2},"error":null}"#,
      outcome: jafOutcome, wholeOutcome: whole, begun: Moment(text: arguments, chunks: 2),
      grown: Moment(text: "18 degrees", chunks: 3),
      kept: WireBytes.event(jafKept), mishap: WireBytes.event(jafMishap), mishapKind: "provider",
      refusal: #"{"detail":"the words of the server"}"#, silenceKind: "truncated", isAgent: true)
  }()

  private static let jafWebSocket = PlayedService(
    name: "jaf over websocket",
    settings: "kind = \"jaf\"\nbase_url = \"$SERVER\"\ntransport = \"websocket\"\napi_key_env = \"LAB_KEY\"",
    stages: jafEvents.map { $0.map(WireBytes.message) }, outcome: jafOutcome, wholeOutcome: jafOutcome,
    begun: Moment(text: arguments, chunks: 2),
    grown: Moment(text: "18 degrees", chunks: 3), kept: WireBytes.message(jafKept),
    mishap: WireBytes.message(jafMishap),
    mishapKind: "provider", refusal: #"{"detail":"the words of the server"}"#, silenceKind: "truncated", isAgent: true)
}
