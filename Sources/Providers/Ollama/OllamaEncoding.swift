// A chat request in the words of /api/chat (wire notes: ollama, section 1). Contents are plain strings, images stand
// beside them, and everything about sampling is in `options`.

import Conversations
import Framing
import Streaming

/// Writes request bodies.
struct OllamaEncoding {
  /// The smallest context that is asked for: the server's own default forgets after a few pages.
  static let smallestContext = 8_192
  /// The largest one that is asked for unasked. Each token of it takes memory whether it is used or not.
  static let largestContext = 131_072

  /// For words about files.
  let provider: String

  func body(of request: ChatRequest) throws(ProviderError) -> [UInt8] {
    var messages: [WireMessage] = []
    if !request.system.isEmpty { messages.append(WireMessage(role: "system", content: request.system)) }
    for message in request.messages {
      switch message.role {
      case .system:
        if !message.text.isEmpty { messages.append(WireMessage(role: "system", content: message.text)) }
      case .user: if let prompt = try prompt(message.parts) { messages.append(prompt) }
      case .assistant: messages += Self.turns(of: message.parts)
      }
    }
    var writer = JSONWriter(capacity: 4_096)
    writer.object { writer in
      writer.field("model", request.model)
      writer.field("stream", request.isStreaming)
      writer.arrayField("messages") { writer in
        for message in messages { message.write(into: &writer) }
      }
      writer.objectField("options") { writer in
        writer.field("num_ctx", Self.context(for: messages, answer: request.maximumTokens))
        writer.field("temperature", request.temperature)
        writer.field("top_p", request.topP)
        writer.field("num_predict", request.maximumTokens)
      }
    }
    return writer.bytes
  }

  /// How large a context to ask for, in tokens: the smallest power of two from 8192 on that holds prompt and answer.
  ///
  /// The server cuts what does not fit without a word, and loads the model anew for each other size: so it is always told,
  /// and in steps that a conversation takes rarely.
  private static func context(for messages: [WireMessage], answer: Int?) -> Int {
    // Three bytes to a token is on the safe side for most languages; an image takes up to about 1500 tokens.
    let prompt = messages.reduce(0) { $0 + $1.textBytes / 3 + $1.images.count * 1_500 + 8 }
    let needed = prompt &+ max(0, min(answer ?? 2_048, largestContext))
    var context = smallestContext
    while context < needed, context < largestContext { context *= 2 }
    return context
  }

  // MARK: Prompts

  private func prompt(_ parts: [Part]) throws(ProviderError) -> WireMessage? {
    var texts: [String] = []
    var images: [Attachment] = []
    for part in parts {
      switch part {
      case .text(let text): if !text.isEmpty { texts.append(text) }
      case .attachment(let attachment):
        switch attachment.mediaType {
        case "image/png", "image/jpeg", "image/webp": images.append(attachment)
        default:
          guard let text = AttachmentText.quoted(attachment) else {
            throw AttachmentText.refusal(
              of: attachment, by: provider, taken: "images (PNG, JPEG, WebP) and text; of a PDF, send the text")
          }
          texts.append(text)
        }
      case .thinking, .toolCall, .toolResult, .opaque: break
      }
    }
    guard !texts.isEmpty || !images.isEmpty else { return nil }
    return WireMessage(role: "user", content: texts.joined(separator: "\n\n"), images: images)
  }

  // MARK: Answers

  /// An answer with tools is several messages: what was said before the calls, with them; each result; the rest.
  private static func turns(of parts: [Part]) -> [WireMessage] {
    var results: [String: ToolResult] = [:]
    for case .toolResult(let result) in parts { results[result.callID] = result }
    var messages: [WireMessage] = []
    var turn = WireMessage(role: "assistant")
    func close() {
      guard !turn.content.isEmpty || !turn.calls.isEmpty else { return }
      // Models want to see what they thought before a call, and nothing of older turns.
      if turn.calls.isEmpty { turn.thinking = "" }
      messages.append(turn)
      for call in turn.calls {
        messages.append(
          WireMessage(
            role: "tool", content: results[call.id]?.content ?? "This call was not run.", toolName: call.name,
            callID: call.id))
      }
      turn = WireMessage(role: "assistant")
    }
    for part in parts {
      switch part {
      case .text(let text):
        if !turn.calls.isEmpty { close() }
        turn.content += text
      case .thinking(let text, let signature):
        if !turn.calls.isEmpty { close() }
        // What is signed belongs to another service.
        if signature == nil { turn.thinking += text }
      case .toolCall(let call): turn.calls.append(call)
      case .toolResult, .attachment, .opaque: break
      }
    }
    close()
    return messages
  }
}

/// A message on the wire.
private struct WireMessage {
  var role: String
  var content = ""
  var thinking = ""
  var images: [Attachment] = []
  var calls: [ToolCall] = []
  var toolName: String?
  var callID: String?

  var textBytes: Int {
    content.utf8.count + thinking.utf8.count + calls.reduce(0) { $0 + $1.arguments.utf8.count + $1.name.utf8.count }
  }

  func write(into writer: inout JSONWriter) {
    writer.object { writer in
      writer.field("role", role)
      writer.field("content", content)
      if !thinking.isEmpty { writer.field("thinking", thinking) }
      if !images.isEmpty {
        // Bare base64, no data URL.
        writer.arrayField("images") { writer in
          for image in images { writer.value(Base64.encode(image.bytes)) }
        }
      }
      if !calls.isEmpty {
        writer.arrayField("tool_calls") { writer in
          for call in calls {
            writer.object { writer in
              writer.field("id", Self.id(call.id))
              writer.objectField("function") { writer in
                writer.field("name", call.name)
                // An object here, not text.
                writer.field("arguments", Self.arguments(of: call))
              }
            }
          }
        }
      }
      writer.field("tool_name", toolName)
      writer.field("tool_call_id", callID.flatMap(Self.id))
    }
  }

  private static func id(_ id: String) -> String? { id.hasPrefix(OllamaDecoding.inventedIDPrefix) ? nil : id }

  private static func arguments(of call: ToolCall) -> JSONValue {
    guard case .success(let value) = JSONParser.parse(call.arguments), value.object != nil else {
      return .object(JSONObject())
    }
    return value
  }
}
