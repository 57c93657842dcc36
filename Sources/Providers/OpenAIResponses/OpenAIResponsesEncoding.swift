// A chat request in the words of the Responses API (wire notes: openai-responses, section 1). Nothing is kept at the
// service: each request holds the whole conversation, with the items that an answer was made of in their order.

import Conversations
import Framing
import Streaming

/// Writes request bodies.
struct OpenAIResponsesEncoding {
  /// For words about files, and to know which items are this service's.
  let provider: String
  let host: String
  let model: String
  let repairs: Set<Repair>

  private var isOpenAI: Bool { host == "api.openai.com" || host.hasSuffix(".api.openai.com") }

  /// Whether the model reasons, by its name at OpenAI; others refuse to be asked for a summary.
  private var reasons: Bool {
    model.firstRange(of: "-chat") == nil && ["o1", "o3", "o4", "gpt-5", "gpt-6"].contains(where: model.hasPrefix)
  }

  /// Whether the model is known not to reason: then there is nothing to encrypt, and asking for it is an error.
  private var isPlain: Bool { ["gpt-3", "gpt-4", "chatgpt-"].contains(where: model.hasPrefix) }

  /// - Parameter isBackground: whether the service is to go on when nobody listens, for which it has to keep the answer.
  func body(of request: ChatRequest, isBackground: Bool) throws(ProviderError) -> [UInt8] {
    var items: [WireItem] = []
    for message in request.messages {
      switch message.role {
      case .system: if !message.text.isEmpty { items.append(.prompt(role: "system", [.text(message.text)])) }
      case .user:
        let contents = try contents(of: message.parts)
        if !contents.isEmpty { items.append(.prompt(role: "user", contents)) }
      case .assistant: items += answer(message)
      }
    }
    // A background answer is always streamed: asked for in one piece, it would not be there yet.
    let isStreaming = request.isStreaming || isBackground
    var writer = JSONWriter(capacity: 4_096)
    writer.object { writer in
      writer.field("model", request.model)
      writer.field("stream", isStreaming)
      if isStreaming, isOpenAI, !repairs.contains(OpenAIResponsesDialect.Repairs.noStreamOptions) {
        // Padding against guessing from packet sizes; a quarter of the bytes.
        writer.objectField("stream_options") { $0.field("include_obfuscation", false) }
      }
      writer.field("store", isBackground)
      if !request.system.isEmpty { writer.field("instructions", request.system) }
      writer.arrayField("input") { writer in
        for item in items { item.write(into: &writer) }
      }
      if isOpenAI, reasons, !repairs.contains(OpenAIResponsesDialect.Repairs.noSummary) {
        writer.objectField("reasoning") { $0.field("summary", "auto") }
      }
      if !isPlain, !repairs.contains(OpenAIResponsesDialect.Repairs.noEncryption) {
        writer.arrayField("include") { $0.value("reasoning.encrypted_content") }
      }
      if !repairs.contains(OpenAIResponsesDialect.Repairs.noTemperature) {
        writer.field("temperature", request.temperature)
      }
      if !repairs.contains(OpenAIResponsesDialect.Repairs.noTopP) { writer.field("top_p", request.topP) }
      // Less is refused.
      writer.field("max_output_tokens", request.maximumTokens.map { max(16, $0) })
    }
    return writer.bytes
  }

  // MARK: Prompts

  private func contents(of parts: [Part]) throws(ProviderError) -> [WireContent] {
    var contents: [WireContent] = []
    for part in parts {
      switch part {
      case .text(let text): if !text.isEmpty { contents.append(.text(text)) }
      case .attachment(let attachment):
        switch attachment.mediaType {
        case "image/png", "image/jpeg", "image/webp", "image/gif": contents.append(.image(attachment))
        case "application/pdf": contents.append(.file(attachment))
        default:
          guard let text = AttachmentText.quoted(attachment) else {
            throw AttachmentText.refusal(
              of: attachment, by: provider, taken: "images (PNG, JPEG, WebP, GIF), PDF and text")
          }
          contents.append(.text(text))
        }
      case .thinking, .toolCall, .toolResult, .opaque: break
      }
    }
    return contents
  }

  // MARK: Answers

  /// The items of an answer in their order, results behind their calls.
  private func answer(_ message: Message) -> [WireItem] {
    // Items are encrypted for one model of one account; another refuses them.
    let isOwn =
      (message.origin?.model ?? model) == model && (message.origin?.provider ?? provider) == provider
      && !repairs.contains(OpenAIResponsesDialect.Repairs.freshItems)
    var results: [String: ToolResult] = [:]
    for case .toolResult(let result) in message.parts { results[result.callID] = result }
    var items: [WireItem] = []
    var text = ""
    var calls: [ToolCall] = []
    func settle(phase: String? = nil) {
      if !text.isEmpty { items.append(.answer(text, phase: phase)) }
      text = ""
    }
    func settleCalls() {
      for call in calls {
        items.append(.output(callID: call.id, results[call.id]?.content ?? "This call was not run."))
      }
      calls = []
    }
    for part in message.parts {
      switch part {
      case .text(let piece):
        settleCalls()
        text += piece
      case .toolCall(let call):
        settle()
        calls.append(call)
        items.append(.call(call))
      case .opaque(let opaque):
        guard isOwn, let piece = OpenAIResponsesPiece(opaque) else { continue }
        switch piece {
        case .phase(let phase): settle(phase: phase)
        case .item(let item):
          settleCalls()
          settle()
          items.append(item["type"] == "reasoning" ? .reasoning(item) : .raw(item))
        case .kept: break
        }
      case .thinking, .toolResult, .attachment: break
      }
    }
    settle()
    settleCalls()
    return Self.withoutLooseReasoning(items)
  }

  /// Reasoning without the item it led to is refused: an answer that broke off may end with it.
  private static func withoutLooseReasoning(_ items: [WireItem]) -> [WireItem] {
    var kept: [WireItem] = []
    var isFollowed = false
    for item in items.reversed() {
      switch item {
      case .reasoning: if !isFollowed { continue }
      case .output: isFollowed = false
      case .prompt, .answer, .call, .raw: isFollowed = true
      }
      kept.append(item)
    }
    return kept.reversed()
  }
}

/// An element of `input`.
private enum WireItem {
  case prompt(role: String, [WireContent])
  case answer(String, phase: String?)
  case call(ToolCall)
  case output(callID: String, String)
  case reasoning(JSONValue)
  case raw(JSONValue)

  func write(into writer: inout JSONWriter) {
    switch self {
    case .reasoning(let item), .raw(let item): return writer.value(item)
    default: break
    }
    writer.object { writer in
      switch self {
      case .prompt(let role, let contents):
        writer.field("role", role)
        if contents.count == 1, case .text(let text) = contents[0] {
          writer.field("content", text)
        } else {
          writer.arrayField("content") { writer in
            for content in contents { writer.object { content.write(into: &$0) } }
          }
        }
      case .answer(let text, let phase):
        writer.field("role", "assistant")
        writer.arrayField("content") { writer in
          writer.object { writer in
            writer.field("type", "output_text")
            writer.field("text", text)
          }
        }
        writer.field("phase", phase)
      case .call(let call):
        let isWhole = Array(call.arguments.utf8).withUnsafeBytes(JSONCursor.isComplete)
        writer.field("type", "function_call")
        writer.field("call_id", call.id)
        writer.field("name", call.name)
        writer.field("arguments", isWhole ? call.arguments : "{}")
      case .output(let id, let content):
        writer.field("type", "function_call_output")
        writer.field("call_id", id)
        writer.field("output", content)
      case .reasoning, .raw: break
      }
    }
  }
}

/// A part of a prompt.
private enum WireContent {
  case text(String)
  case image(Attachment)
  case file(Attachment)

  func write(into writer: inout JSONWriter) {
    switch self {
    case .text(let text):
      writer.field("type", "input_text")
      writer.field("text", text)
    case .image(let attachment):
      writer.field("type", "input_image")
      writer.field("image_url", AttachmentText.dataURL(attachment))
    case .file(let attachment):
      writer.field("type", "input_file")
      writer.field("filename", attachment.name)
      writer.field("file_data", AttachmentText.dataURL(attachment))
    }
  }
}
