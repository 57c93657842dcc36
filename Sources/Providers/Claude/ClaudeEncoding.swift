// A chat request as a Messages body, for Anthropic and for Bedrock's InvokeModel, which differ in three fields (wire
// notes: anthropic, section 1; bedrock, section 4).

import Conversations
import Diagnostics
import Framing
import Streaming

/// Writes Messages bodies.
struct ClaudeEncoding {
  /// Where the body goes.
  enum Service {
    case anthropic
    /// `betas` are the features that Anthropic takes in a header.
    case bedrock(betas: [String])
  }

  let service: Service
  /// The name under which the service's own pieces are kept.
  let dialect: String
  /// The provider, for explanations.
  let provider: String
  let repairs: Set<Repair>

  /// An answer in one piece has to be done before connections give up, which at usual speeds is about ten minutes.
  private static let wholeTokenLimit = 16_000
  /// Text in place of a result that has none: an empty one is not taken everywhere.
  static let noOutput = "(no output)"

  func body(of request: ChatRequest) throws(ProviderError) -> [UInt8] {
    let extra = try ExtraFields(request.extraJSON)
    let turns = BlockTurns(
      request.messages, dialect: dialect, model: request.model,
      sendsThinking: !repairs.contains(ClaudeRepairs.noThinkingEcho))
    let files = try ClaudeFiles(turns.turns, provider: provider)
    var writer = JSONWriter(capacity: 4_096)
    writer.object { writer in
      switch service {
      case .anthropic: writer.field("model", request.model)
      case .bedrock(let betas):
        writer.field("anthropic_version", "bedrock-2023-05-31")
        if !betas.isEmpty {
          writer.arrayField("anthropic_beta") { writer in for beta in betas { writer.value(beta) } }
        }
      }
      writer.field("max_tokens", tokenLimit(of: request, extra))
      if case .anthropic = service { writer.field("stream", request.isStreaming) }
      writeSystem([request.system] + turns.system, extra.cacheMark, into: &writer)
      write(turns, files, extra.cacheMark, into: &writer)
      if !extra.hasThinking {
        // One of the two: newer models refuse both together.
        writer.field("temperature", request.temperature)
        if request.temperature == nil { writer.field("top_p", request.topP) }
      }
      writeTools(turns.toolNames, extra, into: &writer)
    }
    return ClaudeRepairs.apply(repairs, to: extra.merged(into: writer.bytes))
  }

  private func tokenLimit(of request: ChatRequest, _ extra: ExtraFields) -> Int {
    let usual = ClaudeModel(request.model)?.usualTokenLimit ?? 32_000
    var limit = request.maximumTokens ?? (request.isStreaming ? usual : min(usual, Self.wholeTokenLimit))
    // The budget for thinking is part of the limit and must be less than it.
    if request.maximumTokens == nil, let budget = extra.thinkingBudget, budget >= limit { limit = budget &+ 4_096 }
    return limit
  }

  private func writeSystem(_ texts: [String], _ cacheMark: [UInt8]?, into writer: inout JSONWriter) {
    let texts = texts.filter { !BlockTurns.isBlank($0) }
    guard !texts.isEmpty else { return }
    writer.arrayField("system") { writer in
      for (index, text) in texts.enumerated() {
        writer.object { writer in
          writer.field("type", "text")
          writer.field("text", text)
          if let cacheMark, index == texts.count - 1 { writer.field("cache_control", json: cacheMark) }
        }
      }
    }
  }

  /// Calls in the history want their tools declared, also when there are none any more.
  private func writeTools(_ names: [String], _ extra: ExtraFields, into writer: inout JSONWriter) {
    guard !names.isEmpty, extra.object["tools"] == nil else { return }
    writer.arrayField("tools") { writer in
      for name in names {
        writer.object { writer in
          writer.field("name", name)
          writer.field("description", "Not available any more.")
          writer.objectField("input_schema") { $0.field("type", "object") }
        }
      }
    }
    writer.objectField("tool_choice") { $0.field("type", "none") }
  }

  // MARK: Messages

  private func write(_ turns: BlockTurns, _ files: ClaudeFiles, _ cacheMark: [UInt8]?, into writer: inout JSONWriter) {
    // The last two prompts: what is before the first was cached by the request before, what is before the second will be
    // used by the next.
    let marked = cacheMark == nil ? [] : turns.turns.indices.filter { !turns.turns[$0].isAssistant }.suffix(2)
    writer.arrayField("messages") { writer in
      for (index, turn) in turns.turns.enumerated() {
        writer.object { writer in
          writer.field("role", turn.isAssistant ? "assistant" : "user")
          writer.arrayField("content") { writer in
            for (place, block) in turn.blocks.enumerated() {
              let isMarked = marked.contains(index) && place == turn.blocks.count - 1
              write(block, files, isMarked ? cacheMark : nil, into: &writer)
            }
          }
        }
      }
    }
  }

  private func write(
    _ block: ContentBlock, _ files: ClaudeFiles, _ cacheMark: [UInt8]?, into writer: inout JSONWriter
  ) {
    if case .raw(let json, _) = block {
      writer.value(json: json)
      return
    }
    writer.object { writer in
      switch block {
      case .text(let text, let citations):
        writer.field("type", "text")
        writer.field("text", text)
        if let citations { writer.field("citations", json: citations) }
      case .thinking(let text, let signature):
        writer.field("type", "thinking")
        writer.field("thinking", text)
        writer.field("signature", signature)
      case .call(let id, let name, let input):
        writer.field("type", "tool_use")
        writer.field("id", id)
        writer.field("name", name)
        writer.field("input", json: input)
      case .result(let callID, let content, let isError):
        writer.field("type", "tool_result")
        writer.field("tool_use_id", callID)
        writer.field("content", BlockTurns.isBlank(content) ? Self.noOutput : content)
        if isError { writer.field("is_error", true) }
      case .attachment(let attachment):
        files.write(attachment, into: &writer)
      case .raw: break
      }
      if let cacheMark { writer.field("cache_control", json: cacheMark) }
    }
  }
}

// MARK: - Files

/// The files of a request, all of them known to be of a type that Claude takes.
private struct ClaudeFiles {
  /// - Throws: a refusal that names the first file of another type.
  init(_ turns: [BlockTurn], provider: String) throws(ProviderError) {
    for turn in turns {
      for case .attachment(let attachment) in turn.blocks
      where attachment.imageFormat == nil && !attachment.isPDF && attachment.plainText == nil {
        throw .refusedFile(
          attachment, by: provider, taken: "PNG, JPEG, GIF and WebP images, PDF and text files are taken")
      }
    }
  }

  func write(_ attachment: Attachment, into writer: inout JSONWriter) {
    if let format = attachment.imageFormat {
      writer.field("type", "image")
      writeSource("base64", "image/\(format)", Base64.encode(attachment.bytes), into: &writer)
    } else if let text = attachment.plainText, BlockTurns.isBlank(text) {
      // A document without anything in it is refused.
      writer.field("type", "text")
      writer.field("text", "The file \(attachment.name) is empty.")
    } else if let text = attachment.plainText {
      writer.field("type", "document")
      writeSource("text", "text/plain", text, into: &writer)
      writer.field("title", attachment.name)
    } else {
      writer.field("type", "document")
      writeSource("base64", "application/pdf", Base64.encode(attachment.bytes), into: &writer)
      writer.field("title", attachment.name)
    }
  }

  private func writeSource(_ type: String, _ mediaType: String, _ data: String, into writer: inout JSONWriter) {
    writer.objectField("source") { writer in
      writer.field("type", type)
      writer.field("media_type", mediaType)
      writer.field("data", data)
    }
  }
}

extension ProviderError {
  /// A file that cannot be sent, refused before anything is.
  static func refusedFile(_ attachment: Attachment, by provider: String, taken: String) -> ProviderError {
    ProviderError(
      explanation: Explanation(
        kind: .badRequest,
        summary: "\(provider) does not take the file “\(ForeignWords.bounded(attachment.name, characters: 200))”",
        detail: "it is of the type \(ForeignWords.bounded(attachment.mediaType, characters: 100)); \(taken)",
        recovery: .chooseModel))
  }
}

// MARK: - Fields of the profile

/// A profile's `extra` as this family of services reads it before it is merged into the body.
struct ExtraFields {
  private(set) var object = JSONObject()
  /// `cache_control` at the top level, which is not sent there: it goes to the places that are worth caching.
  private(set) var cacheMark: [UInt8]?

  /// - Throws: a setting to fix if this is no JSON object; empty text has no fields.
  init(_ text: String) throws(ProviderError) {
    guard !text.isEmpty else { return }
    guard case .success(let value) = JSONParser.parse(text), let object = value.object else {
      throw ProviderError(
        explanation: Explanation(
          kind: .setting, summary: "The profile's extra fields are no JSON object",
          detail: ForeignWords.bounded(text, characters: 200), recovery: .fixSetting(path: "profiles")))
    }
    self.object = object
    if let mark = object["cache_control"], mark.object != nil {
      cacheMark = mark.bytes
      self.object["cache_control"] = nil
    }
  }

  private var thinking: JSONValue? { object["thinking"] }

  /// Whether thinking is asked for: temperature must then be left alone.
  var hasThinking: Bool { thinking.map { $0["type"]?.string != "disabled" } ?? false }

  var thinkingBudget: Int? { thinking?["budget_tokens"]?.int }

  /// The body with these fields laid over it.
  func merged(into body: [UInt8]) -> [UInt8] {
    // Written by this module, so it parses.
    guard !object.members.isEmpty, case .success(let tree) = JSONParser.parse(body) else { return body }
    return tree.merging(.object(object)).bytes
  }
}
