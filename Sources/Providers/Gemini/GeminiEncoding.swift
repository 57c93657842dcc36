// A chat request in the words of generateContent (wire notes: gemini, sections 1 and 3). The service insists on roles
// that alternate and on every signature standing where it came from.

import Conversations
import Framing
import Streaming

/// Writes request bodies.
struct GeminiEncoding {
  /// What stands for a signature that a conversation does not have ("Thought signatures", section "Migrating from other
  /// models").
  static let fillerSignature = "skip_thought_signature_validator"

  /// For words about files.
  let provider: String
  let model: String
  let repairs: Set<Repair>

  private var keepsSignatures: Bool { !repairs.contains(GeminiDialect.Repairs.freshSignatures) }

  /// Whether the model refuses calls without signatures: Gemini 3 and what comes after it.
  private var wantsSignatures: Bool { !["gemini-1", "gemini-2", "gemma", "learnlm"].contains(where: model.hasPrefix) }

  /// Whether the model thinks and can show it; others refuse to be asked.
  private var showsThoughts: Bool {
    guard !repairs.contains(GeminiDialect.Repairs.noThoughts) else { return false }
    guard !["image", "tts", "audio", "live", "embedding"].contains(where: { model.firstRange(of: $0) != nil }) else {
      return false
    }
    let thinking = [
      "gemini-2.5", "gemini-3", "gemini-4", "gemini-5", "gemini-pro-latest", "gemini-flash-latest",
    ]
    return thinking.contains(where: model.hasPrefix)
  }

  func body(of request: ChatRequest) throws(ProviderError) -> [UInt8] {
    var system = request.system.isEmpty ? [] : [request.system]
    var contents: [Content] = []
    for message in request.messages {
      switch message.role {
      case .system: if !message.text.isEmpty { system.append(message.text) }
      case .user: Self.add(Content(role: "user", parts: try userParts(message.parts)), to: &contents)
      case .assistant: for content in turns(of: message.parts) { Self.add(content, to: &contents) }
      }
    }
    var writer = JSONWriter(capacity: 4_096)
    writer.object { writer in
      if !system.isEmpty {
        writer.objectField("systemInstruction") { writer in
          writer.arrayField("parts") { $0.object { $0.field("text", system.joined(separator: "\n\n")) } }
        }
      }
      writer.arrayField("contents") { writer in
        for content in contents { writer.object { content.write(into: &$0) } }
      }
      writeConfiguration(of: request, into: &writer)
    }
    return writer.bytes
  }

  private func writeConfiguration(of request: ChatRequest, into writer: inout JSONWriter) {
    guard request.temperature != nil || request.topP != nil || request.maximumTokens != nil || showsThoughts else {
      return
    }
    writer.objectField("generationConfig") { writer in
      writer.field("temperature", request.temperature)
      writer.field("topP", request.topP)
      writer.field("maxOutputTokens", request.maximumTokens)
      if showsThoughts { writer.objectField("thinkingConfig") { $0.field("includeThoughts", true) } }
    }
  }

  /// Neighbours of one role become one: roles must alternate.
  private static func add(_ content: Content, to contents: inout [Content]) {
    if content.parts.isEmpty { return }
    if contents.last?.role == content.role {
      contents[contents.count - 1].parts += content.parts
    } else {
      contents.append(content)
    }
  }

  // MARK: Prompts

  private func userParts(_ parts: [Part]) throws(ProviderError) -> [WirePart] {
    var wire: [WirePart] = []
    for part in parts {
      switch part {
      case .text(let text): if !text.isEmpty { wire.append(.text(text, signature: nil)) }
      case .attachment(let attachment): wire.append(try file(attachment))
      case .thinking, .toolCall, .toolResult, .opaque: break
      }
    }
    return wire
  }

  private func file(_ attachment: Attachment) throws(ProviderError) -> WirePart {
    switch attachment.mediaType {
    case "image/png", "image/jpeg", "image/webp", "image/heic", "image/heif", "application/pdf":
      return .file(attachment)
    case let type where type.hasPrefix("audio/") || type.hasPrefix("video/"):
      return .file(attachment)
    default:
      if let text = AttachmentText.quoted(attachment) { return .text(text, signature: nil) }
      throw AttachmentText.refusal(
        of: attachment, by: provider,
        taken: "images (PNG, JPEG, WebP, HEIC, HEIF), PDF, audio, video and text")
    }
  }

  // MARK: Answers

  /// An answer as it goes back: what was said with the calls, their results as a turn of the user, what was said after.
  private func turns(of parts: [Part]) -> [Content] {
    var results: [String: ToolResult] = [:]
    for case .toolResult(let result) in parts { results[result.callID] = result }
    var contents: [Content] = []
    var step = Step()
    var signatures: [String: String] = [:]
    for part in parts {
      switch part {
      case .text(let text):
        if !step.calls.isEmpty { close(&step, results, into: &contents) }
        step.text += text
      case .thinking(let text, let signature):
        if !step.calls.isEmpty { close(&step, results, into: &contents) }
        step.settleText()
        // Thoughts themselves need not go back; what is signed must stay whole.
        if keepsSignatures, let signature, signature.hasPrefix(GeminiPiece.signaturePrefix) {
          step.parts.append(
            .thought(text, signature: String(signature.dropFirst(GeminiPiece.signaturePrefix.count))))
        }
      case .toolCall(let call):
        step.settleText()
        step.calls.append(call)
        step.parts.append(.call(call, signature: signatures[call.id]))
      case .opaque(let opaque):
        guard let piece = GeminiPiece(opaque) else { continue }
        take(piece, step: &step, signatures: &signatures)
      case .toolResult, .attachment: break
      }
    }
    close(&step, results, into: &contents)
    return contents
  }

  private func take(_ piece: GeminiPiece, step: inout Step, signatures: inout [String: String]) {
    switch piece {
    case .textSignature(let signature, let bytes):
      guard keepsSignatures else { return }
      step.parts.append(.text(step.takeText(bytes), signature: signature))
    case .callSignature(let signature, let call):
      if keepsSignatures { signatures[call] = signature }
    case .shown(let part, let bytes):
      _ = step.takeText(bytes)
      step.parts.append(.raw(withoutSignature(part)))
    case .part(let part):
      step.settleText()
      step.parts.append(.raw(withoutSignature(part)))
    }
  }

  private func withoutSignature(_ part: JSONValue) -> JSONValue {
    guard !keepsSignatures else { return part }
    var part = part
    part["thoughtSignature"] = nil
    return part
  }

  private func close(_ step: inout Step, _ results: [String: ToolResult], into contents: inout [Content]) {
    step.settleText()
    if wantsSignatures, !step.parts.contains(where: \.isSignedCall) {
      let first = step.parts.firstIndex { if case .call = $0 { true } else { false } }
      if let first, case .call(let call, _) = step.parts[first] {
        step.parts[first] = .call(call, signature: Self.fillerSignature)
      }
    }
    contents.append(Content(role: "model", parts: step.parts))
    // In the order of the calls, all in one turn.
    contents.append(
      Content(
        role: "user",
        parts: step.calls.map { call in
          .result(
            results[call.id]
              ?? ToolResult(callID: call.id, name: call.name, content: "This call was not run.", isError: true))
        }))
    step = Step()
  }

  /// What becomes one turn of the model.
  private struct Step {
    var parts: [WirePart] = []
    var calls: [ToolCall] = []
    /// Text that no piece has claimed yet.
    var text = ""

    mutating func settleText() {
      if !text.isEmpty { parts.append(.text(text, signature: nil)) }
      text = ""
    }

    /// The last bytes of the text; what is before them becomes a part of its own.
    mutating func takeText(_ bytes: Int) -> String {
      let utf8 = text.utf8
      // A signature signs whole characters; one that would cut them belongs to another text.
      let cut = utf8.index(utf8.endIndex, offsetBy: -bytes, limitedBy: utf8.startIndex) ?? utf8.startIndex
      let place = cut.samePosition(in: text.unicodeScalars) ?? text.endIndex
      let tail = String(text[place...])
      text = String(text[..<place])
      settleText()
      return tail
    }
  }
}

/// A turn on the wire.
private struct Content {
  var role: String
  var parts: [WirePart]

  func write(into writer: inout JSONWriter) {
    writer.field("role", role)
    writer.arrayField("parts") { writer in
      for part in parts { part.write(into: &writer) }
    }
  }
}

/// A part on the wire.
private enum WirePart {
  case text(String, signature: String?)
  case thought(String, signature: String)
  case file(Attachment)
  case call(ToolCall, signature: String?)
  case result(ToolResult)
  case raw(JSONValue)

  var isSignedCall: Bool {
    if case .call(_, .some) = self { return true }
    return false
  }

  func write(into writer: inout JSONWriter) {
    if case .raw(let value) = self { return writer.value(value) }
    writer.object { writer in
      switch self {
      case .text(let text, let signature):
        writer.field("text", text)
        writer.field("thoughtSignature", signature)
      case .thought(let text, let signature):
        writer.field("text", text)
        writer.field("thought", true)
        writer.field("thoughtSignature", signature)
      case .file(let attachment):
        writer.objectField("inlineData") { writer in
          writer.field("mimeType", attachment.mediaType)
          writer.field("data", Base64.encode(attachment.bytes))
        }
      case .call(let call, let signature):
        writer.objectField("functionCall") { writer in
          writer.field("id", Self.id(call.id))
          writer.field("name", call.name)
          writer.field("args", Self.arguments(of: call))
        }
        writer.field("thoughtSignature", signature)
      case .result(let result):
        writer.objectField("functionResponse") { writer in
          writer.field("id", Self.id(result.callID))
          writer.field("name", result.name)
          // Must be an object, whatever the tool said.
          writer.objectField("response") { $0.field(result.isError ? "error" : "result", result.content) }
        }
      case .raw: break
      }
    }
  }

  /// Models before Gemini 3 give no ids; then name and order tell what belongs together.
  private static func id(_ id: String) -> String? { id.hasPrefix(GeminiDecoding.inventedIDPrefix) ? nil : id }

  private static func arguments(of call: ToolCall) -> JSONValue {
    guard case .success(let value) = JSONParser.parse(call.arguments), value.object != nil else {
      return .object(JSONObject())
    }
    return value
  }
}
