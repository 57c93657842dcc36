// A chat request in the words of Chat Completions. Content is a plain string wherever it can be: older servers refuse
// arrays.

import Conversations
import Framing
import Streaming

/// Writes request bodies for one server.
struct OpenAIChatEncoding {
  /// Marks what of an answer's thinking this dialect may send back. Other dialects' signatures do not begin like this.
  static let signaturePrefix = "openai-chat:"
  /// The thinking came in `reasoning_content`, and goes back there.
  static let reasoningContentSignature = signaturePrefix + "reasoning_content"

  let host: String
  let repairs: Set<Repair>

  /// Whether the host is OpenAI's own service, which knows fields that imitators refuse and refuses some that they want.
  private var isOpenAI: Bool { host == "api.openai.com" || host.hasSuffix(".api.openai.com") }

  static func isAzure(_ host: String) -> Bool {
    host.hasSuffix(".openai.azure.com") || host.hasSuffix(".cognitiveservices.azure.com")
  }

  func body(of request: ChatRequest) -> [UInt8] {
    var writer = JSONWriter(capacity: 4_096)
    writer.object { writer in
      writer.field("model", request.model)
      if request.isStreaming {
        writer.field("stream", true)
        if !repairs.contains(OpenAIChatDialect.Repairs.noStreamOptions) {
          writer.objectField("stream_options") { writer in
            writer.field("include_usage", true)
            // Padding against guessing from packet sizes; a quarter of the bytes.
            if isOpenAI { writer.field("include_obfuscation", false) }
          }
        }
      } else {
        writer.field("stream", false)
      }
      writer.arrayField("messages") { writer in
        if !request.system.isEmpty { Self.write(role: "system", request.system, into: &writer) }
        for message in request.messages { write(message, into: &writer) }
      }
      if !repairs.contains(OpenAIChatDialect.Repairs.noTemperature) { writer.field("temperature", request.temperature) }
      if !repairs.contains(OpenAIChatDialect.Repairs.noTopP) { writer.field("top_p", request.topP) }
      writer.field(tokenLimitName, request.maximumTokens)
    }
    return writer.bytes
  }

  private var tokenLimitName: String {
    let wantsNewName = isOpenAI || Self.isAzure(host)
    let isFlipped = repairs.contains(OpenAIChatDialect.Repairs.otherTokenLimit)
    return wantsNewName != isFlipped ? "max_completion_tokens" : "max_tokens"
  }

  // MARK: Messages

  private func write(_ message: Message, into writer: inout JSONWriter) {
    switch message.role {
    case .system: Self.write(role: "system", message.text, into: &writer)
    case .user: writeUser(message, into: &writer)
    case .assistant: writeAssistant(message.parts, into: &writer)
    }
  }

  private static func write(role: String, _ content: String, into writer: inout JSONWriter) {
    writer.object { writer in
      writer.field("role", role)
      writer.field("content", content)
    }
  }

  private func writeUser(_ message: Message, into writer: inout JSONWriter) {
    let pieces = message.parts.compactMap(Piece.init)
    guard !pieces.isEmpty else { return }
    if let text = Piece.text(of: pieces) { return Self.write(role: "user", text, into: &writer) }
    writer.object { writer in
      writer.field("role", "user")
      writer.arrayField("content") { writer in
        for piece in pieces { writer.object { piece.write(into: &$0) } }
      }
    }
  }

  /// An answer with tools is several messages on the wire: what was said before the calls, with them; each result; what
  /// was said after.
  private func writeAssistant(_ parts: [Part], into writer: inout JSONWriter) {
    var results: [String: ToolResult] = [:]
    for case .toolResult(let result) in parts { results[result.callID] = result }
    var turn = Turn()
    for part in parts {
      switch part {
      case .text(let text):
        if !turn.calls.isEmpty { write(turn.take(), results, into: &writer) }
        turn.text += text
      case .thinking(let text, let signature):
        if !turn.calls.isEmpty { write(turn.take(), results, into: &writer) }
        turn.addThinking(text, signature: signature)
      case .toolCall(let call):
        turn.calls.append(call)
      case .toolResult, .attachment, .opaque:
        break
      }
    }
    write(turn, results, into: &writer)
  }

  private func write(_ turn: Turn, _ results: [String: ToolResult], into writer: inout JSONWriter) {
    guard !turn.text.isEmpty || !turn.calls.isEmpty else { return }
    writer.object { writer in
      writer.field("role", "assistant")
      if turn.text.isEmpty { writer.nullField("content") } else { writer.field("content", turn.text) }
      if !turn.calls.isEmpty {
        writeThinking(of: turn, into: &writer)
        writer.arrayField("tool_calls") { writer in
          for call in turn.calls { Self.write(call, into: &writer) }
        }
      }
    }
    for call in turn.calls {
      writer.object { writer in
        writer.field("role", "tool")
        writer.field("tool_call_id", call.id)
        // Every call wants its result, or the whole request is refused.
        writer.field("content", results[call.id]?.content ?? "This call was not run.")
      }
    }
  }

  private func writeThinking(of turn: Turn, into writer: inout JSONWriter) {
    if let details = turn.reasoningDetails { writer.field("reasoning_details", json: Array(details.utf8)) }
    let isFlipped = repairs.contains(OpenAIChatDialect.Repairs.flippedReasoning)
    if turn.hasReasoningContent != isFlipped, !turn.thinking.isEmpty {
      writer.field("reasoning_content", turn.thinking)
    }
  }

  private static func write(_ call: ToolCall, into writer: inout JSONWriter) {
    // Some servers read the arguments of old calls again and fail on half of an object.
    let arguments = Array(call.arguments.utf8)
    let isWhole = arguments.withUnsafeBytes(JSONCursor.isComplete)
    writer.object { writer in
      writer.field("id", call.id)
      writer.field("type", "function")
      writer.objectField("function") { writer in
        writer.field("name", call.name)
        writer.field("arguments", isWhole ? call.arguments : "{}")
      }
    }
  }

  /// What becomes one assistant message.
  private struct Turn {
    var text = ""
    var thinking = ""
    var hasReasoningContent = false
    var reasoningDetails: String?
    var calls: [ToolCall] = []

    mutating func addThinking(_ text: String, signature: String?) {
      guard let signature, signature.hasPrefix(signaturePrefix) else {
        thinking += text
        return
      }
      thinking += text
      if signature == reasoningContentSignature {
        hasReasoningContent = true
      } else {
        reasoningDetails = String(signature.dropFirst(signaturePrefix.count))
      }
    }

    mutating func take() -> Turn {
      let taken = self
      self = Turn()
      return taken
    }
  }
}

// MARK: - Pieces of a prompt

/// A part of a prompt as it goes over the wire.
private enum Piece {
  case text(String)
  case image(Attachment)
  case audio(Attachment, format: String)
  case file(Attachment)

  init?(_ part: Part) {
    switch part {
    case .text(let text):
      if text.isEmpty { return nil }
      self = .text(text)
    case .attachment(let attachment): self = Piece(attachment)
    case .thinking, .toolCall, .toolResult, .opaque: return nil
    }
  }

  private init(_ attachment: Attachment) {
    switch attachment.mediaType {
    case let type where type.hasPrefix("image/"): self = .image(attachment)
    case "audio/wav", "audio/x-wav", "audio/wave": self = .audio(attachment, format: "wav")
    case "audio/mpeg", "audio/mp3": self = .audio(attachment, format: "mp3")
    default:
      // Whatever is text is sent as text: every model reads it, few take files.
      let isText = attachment.bytes.withUnsafeBytes(UTF8Validator.isValid) && !attachment.bytes.contains(0)
      self = isText && attachment.mediaType != "application/pdf" ? .text(Self.quoted(attachment)) : .file(attachment)
    }
  }

  /// The file under its name, in a fence that is longer than any in it.
  private static func quoted(_ attachment: Attachment) -> String {
    let text = String(decoding: attachment.bytes, as: UTF8.self)
    var longest = 0
    var run = 0
    for byte in attachment.bytes {
      run = byte == UInt8(ascii: "`") ? run + 1 : 0
      longest = max(longest, run)
    }
    let fence = String(repeating: "`", count: max(3, longest + 1))
    return "\(attachment.name):\n\(fence)\n\(text)\(text.hasSuffix("\n") ? "" : "\n")\(fence)"
  }

  /// All pieces as one text; nil if one of them is no text.
  static func text(of pieces: [Piece]) -> String? {
    var texts: [String] = []
    for piece in pieces {
      guard case .text(let text) = piece else { return nil }
      texts.append(text)
    }
    return texts.joined(separator: "\n\n")
  }

  func write(into writer: inout JSONWriter) {
    switch self {
    case .text(let text):
      writer.field("type", "text")
      writer.field("text", text)
    case .image(let attachment):
      writer.field("type", "image_url")
      writer.objectField("image_url") { $0.field("url", Self.dataURL(attachment)) }
    case .audio(let attachment, let format):
      writer.field("type", "input_audio")
      writer.objectField("input_audio") { writer in
        writer.field("data", Base64.encode(attachment.bytes))
        writer.field("format", format)
      }
    case .file(let attachment):
      writer.field("type", "file")
      writer.objectField("file") { writer in
        writer.field("filename", attachment.name)
        writer.field("file_data", Self.dataURL(attachment))
      }
    }
  }

  private static func dataURL(_ attachment: Attachment) -> String {
    "data:\(attachment.mediaType);base64,\(Base64.encode(attachment.bytes))"
  }
}
