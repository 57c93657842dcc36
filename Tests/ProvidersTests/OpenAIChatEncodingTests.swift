import Conversations
import Diagnostics
import Framing
import Streaming
import Testing
import Transport

@testable import Providers

@Suite("Chat Completions: requests")
struct OpenAIChatEncodingTests {
  private let local = Endpoint(name: "lab", baseURL: "http://127.0.0.1:8000/v1")

  private func encode(_ request: ChatRequest, to endpoint: Endpoint? = nil, repairs: Set<Repair> = []) throws
    -> JSONValue
  {
    let encoded = try OpenAIChatDialect().encode(request, to: endpoint ?? local, repairs: repairs)
    return try JSONParser.parse(encoded.body ?? []).get()
  }

  /// The messages as text, one per line.
  private func messages(_ messages: Message..., repairs: Set<Repair> = []) throws -> [String] {
    try encode(try Chat.request(messages), repairs: repairs)["messages"]?.array?.map {
      String(decoding: $0.bytes, as: UTF8.self)
    } ?? []
  }

  @Test("The smallest request")
  func smallest() throws {
    let encoded = try OpenAIChatDialect().encode(try Chat.request(), to: local, repairs: [])
    #expect(
      String(decoding: encoded.body ?? [], as: UTF8.self)
        == #"{"model":"m","stream":true,"stream_options":{"include_usage":true},"messages":[{"role":"user","content":"hi"}]}"#
    )
    #expect(encoded.url.description == "http://127.0.0.1:8000/v1/chat/completions")
  }

  @Test("All parameters, not streaming")
  func parameters() throws {
    let request = try Chat.request(isStreaming: false) {
      $0.system = "Be brief."
      $0.temperature = 0.7
      $0.topP = 1
      $0.maximumTokens = 500
    }
    let encoded = try OpenAIChatDialect().encode(request, to: local, repairs: [])
    #expect(
      String(decoding: encoded.body ?? [], as: UTF8.self)
        == #"{"model":"m","stream":false,"messages":[{"role":"system","content":"Be brief."},{"role":"user","content":"hi"}],"#
        + #""temperature":0.7,"top_p":1.0,"max_tokens":500}"#)
  }

  @Test(
    "The token limit has the name that the host wants",
    arguments: [
      ("", "max_completion_tokens"), ("https://api.openai.com/v1", "max_completion_tokens"),
      ("https://res.openai.azure.com/openai/v1", "max_completion_tokens"),
      ("https://api.groq.com/openai/v1", "max_tokens"),
      ("https://api.openai.com.evil.example/v1", "max_tokens"),
    ])
  func tokenLimit(base: String, name: String) throws {
    let request = try Chat.request { $0.maximumTokens = 5 }
    let other = name == "max_tokens" ? "max_completion_tokens" : "max_tokens"
    let body = try encode(request, to: Endpoint(name: "x", baseURL: base))
    #expect(body[name]?.int == 5)
    #expect(body[other] == nil)
    let repaired = try encode(
      request, to: Endpoint(name: "x", baseURL: base), repairs: [OpenAIChatDialect.Repairs.otherTokenLimit])
    #expect(repaired[other]?.int == 5)
    #expect(repaired[name] == nil)
  }

  @Test("Only OpenAI is asked to leave out padding")
  func obfuscation() throws {
    let open = try encode(try Chat.request(), to: Endpoint(name: "x"))
    #expect(open["stream_options"] == ["include_usage": true, "include_obfuscation": false])
  }

  @Test(
    "A base address is taken as people write it",
    arguments: [
      ("http://h/v1", "http://h/v1/chat/completions"), ("http://h/v1/", "http://h/v1/chat/completions"),
      ("http://h/v1//", "http://h/v1/chat/completions"),
      ("http://h/v1/chat/completions", "http://h/v1/chat/completions"),
      ("http://h/v1/chat/completions/", "http://h/v1/chat/completions"), ("http://h", "http://h/chat/completions"),
      ("http://h/v1?api-version=1", "http://h/v1/chat/completions?api-version=1"),
      ("", "https://api.openai.com/v1/chat/completions"),
    ])
  func addresses(base: String, url: String) throws {
    #expect(
      try OpenAIChatDialect().encode(try Chat.request(), to: Endpoint(name: "x", baseURL: base), repairs: []).url
        .description == url)
  }

  @Test("Azure gets its key in its own header")
  func azure() throws {
    for (base, name) in [("https://r.openai.azure.com/openai/v1", "api-key"), ("https://h/v1", "authorization")] {
      let dialect = OpenAIChatDialect()
      var request = try dialect.encode(try Chat.request(), to: Endpoint(name: "x", baseURL: base), repairs: [])
      try dialect.authorize(&request, with: Secret("k"))
      #expect(request.headers[name] == HTTPHeaders.mask)
      #expect(!"\(request)".contains("Bearer"))
    }
  }

  @Test("Several texts of a prompt are one string")
  func texts() throws {
    #expect(try messages(Chat.message(.user, .text("a"), .text("b"))) == [#"{"role":"user","content":"a\n\nb"}"#])
  }

  @Test("A conversation of several turns")
  func turns() throws {
    #expect(
      try messages(Chat.user("a"), Chat.assistant("b"), Chat.user("c")) == [
        #"{"role":"user","content":"a"}"#, #"{"role":"assistant","content":"b"}"#, #"{"role":"user","content":"c"}"#,
      ])
  }

  @Test("Empty answers and prompts are left out")
  func empties() throws {
    #expect(
      try messages(
        Chat.user("a"), Chat.message(.assistant), Chat.message(.assistant, .thinking("t", signature: nil)),
        Chat.message(.user), Chat.user("b"))
        == [#"{"role":"user","content":"a"}"#, #"{"role":"user","content":"b"}"#])
  }

  @Test("An answer with tools becomes its calls, their results and what was said after")
  func tools() throws {
    let answer = Chat.message(
      .assistant, .text("Let me look."),
      .toolCall(ToolCall(id: "c1", name: "f", arguments: #"{"x":1}"#, isComplete: true)),
      .toolCall(ToolCall(id: "c2", name: "g", arguments: "", isComplete: true)),
      .toolResult(ToolResult(callID: "c1", name: "f", content: "one", isError: false)),
      .toolResult(ToolResult(callID: "c2", name: "g", content: "two", isError: true)), .text("Done."))
    #expect(
      try messages(Chat.user("q"), answer) == [
        #"{"role":"user","content":"q"}"#,
        #"{"role":"assistant","content":"Let me look.","tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{\"x\":1}"}},"#
          + #"{"id":"c2","type":"function","function":{"name":"g","arguments":"{}"}}]}"#,
        #"{"role":"tool","tool_call_id":"c1","content":"one"}"#,
        #"{"role":"tool","tool_call_id":"c2","content":"two"}"#,
        #"{"role":"assistant","content":"Done."}"#,
      ])
  }

  @Test("A call that was not run has a result that says so, and half of its arguments is not sent")
  func callWithoutResult() throws {
    let answer = Chat.message(.assistant, .toolCall(ToolCall(id: "c1", name: "f", arguments: #"{"x":"#)))
    #expect(
      try messages(Chat.user("q"), answer).dropFirst() == [
        #"{"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{}"}}]}"#,
        #"{"role":"tool","tool_call_id":"c1","content":"This call was not run."}"#,
      ])
  }

  @Test("Thinking goes back only with calls, only to where it came from, unless the server wants the reverse")
  func reasoning() throws {
    func answer(_ signature: String?, call: Bool) -> Message {
      let parts: [Part] =
        [.thinking("hm", signature: signature)]
        + (call ? [.toolCall(ToolCall(id: "c", name: "f", arguments: "{}"))] : [])
      return Message(
        id: MessageID(high: 1, low: 1), parent: nil, role: .assistant, created: Timestamp(milliseconds: 0),
        parts: parts + [.text("x")])
    }
    func sent(_ message: Message, repairs: Set<Repair> = []) throws -> JSONValue? {
      try encode(try Chat.request([message]), repairs: repairs)["messages"]?[0]
    }
    let own = OpenAIChatEncoding.reasoningContentSignature
    #expect(try sent(answer(own, call: true))?["reasoning_content"] == "hm")
    #expect(try sent(answer(own, call: false))?["reasoning_content"] == nil)
    #expect(try sent(answer(nil, call: true))?["reasoning_content"] == nil)
    #expect(try sent(answer("foreign", call: true))?["reasoning_content"] == nil)
    let flipped: Set<Repair> = [OpenAIChatDialect.Repairs.flippedReasoning]
    #expect(try sent(answer(own, call: true), repairs: flipped)?["reasoning_content"] == nil)
    #expect(try sent(answer(nil, call: true), repairs: flipped)?["reasoning_content"] == "hm")
    let details = #"[{"type":"reasoning.text","text":"a"}]"#
    let withDetails = try sent(answer("openai-chat:" + details, call: true))
    #expect(withDetails?["reasoning_details"] == (try JSONParser.parse(details).get()))
    #expect(withDetails?["reasoning_content"] == nil)
  }

  @Test("Images, sound and files go beside the text, text files into it")
  func attachments() throws {
    func attachment(_ name: String, _ type: String, _ bytes: [UInt8]) -> Part {
      .attachment(Attachment(name: name, mediaType: type, bytes: bytes))
    }
    #expect(
      try messages(Chat.message(.user, .text("see"), attachment("a.png", "image/png", [1, 2, 3]))) == [
        #"{"role":"user","content":[{"type":"text","text":"see"},{"type":"image_url","image_url":{"url":"data:image/png;base64,AQID"}}]}"#
      ])
    #expect(
      try messages(
        Chat.message(.user, attachment("a.pdf", "application/pdf", [1]), attachment("a.mp3", "audio/mpeg", [1, 2])))
        == [
          #"{"role":"user","content":[{"type":"file","file":{"filename":"a.pdf","file_data":"data:application/pdf;base64,AQ=="}},"#
            + #"{"type":"input_audio","input_audio":{"data":"AQI=","format":"mp3"}}]}"#
        ])
    #expect(
      try messages(Chat.message(.user, .text("see"), attachment("a.txt", "text/plain", Array("x ``` y".utf8)))) == [
        #"{"role":"user","content":"see\n\na.txt:\n````\nx ``` y\n````"}"#
      ])
    #expect(try messages(Chat.message(.user, attachment("a.bin", "text/plain", [0xFF])))[0].contains(#""type":"file""#))
  }

  @Test("Extra fields are laid over the body unchanged")
  func extra() throws {
    let body = try encode(
      try Chat.request(
        extra: #"{"preferences":{"genre":"sci-fi"},"stream_options":{"include_usage":false},"seed":null,"n":1.50}"#))
    #expect(body["preferences"] == ["genre": "sci-fi"])
    #expect(body["stream_options"] == ["include_usage": false])
    #expect(body["seed"]?.isNull == true)
    #expect(String(decoding: body.bytes, as: UTF8.self).contains("1.50"))
    #expect(body["model"] == "m")
  }

  @Test("Extra fields that are no object are a setting to fix", arguments: ["[1]", "{", "7"])
  func wrongExtra(extra: String) throws {
    let request = try Chat.request(extra: extra)
    #expect {
      _ = try OpenAIChatDialect().encode(request, to: local, repairs: [])
    } throws: { ($0 as? ProviderError)?.explanation.kind == .setting }
  }

  @Test("Control characters of a prompt travel as escapes")
  func controls() throws {
    #expect(try messages(Chat.user("a\u{1B}[31m\u{7F}")) == [#"{"role":"user","content":"a\u001b[31m\u007f"}"#])
  }

  @Test("Base64 comes back as it went", arguments: 0...20)
  func base64(count: Int) {
    let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 89 &+ 7) }
    #expect(Base64.decode(Base64.encode(bytes)) == bytes)
  }
}
