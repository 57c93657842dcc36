// A chat request as a Converse body (wire notes: bedrock, section 2). Bytes of files are base64 inside the JSON.

import Conversations
import Diagnostics
import Framing
import Streaming

/// Writes Converse bodies.
struct ConverseEncoding {
  /// The name under which the service's own pieces are kept.
  let dialect: String
  /// The provider, for explanations.
  let provider: String
  let repairs: Set<Repair>

  private typealias Repairs = ConverseDialect.Repairs

  func body(of request: ChatRequest) throws(ProviderError) -> [UInt8] {
    let extra = try ConverseExtra(request.extraJSON)
    let prompts = BlockTurns(
      request.messages, dialect: dialect, model: request.model, sendsThinking: !repairs.contains(Repairs.noThinkingEcho)
    )
    var system = ([request.system] + prompts.system).filter { !BlockTurns.isBlank($0) }
    var turns = prompts.turns
    if repairs.contains(Repairs.systemInPrompt), !system.isEmpty, !turns.isEmpty {
      turns[0].blocks.insert(.text(system.joined(separator: "\n\n"), citations: nil), at: 0)
      system = []
    }
    if repairs.contains(Repairs.resultsApart) { turns = Self.withResultsApart(turns) }
    var documents = ConverseDocuments(provider: provider)
    for turn in turns { try documents.name(turn) }

    var writer = JSONWriter(capacity: 4_096)
    writer.object { writer in
      writeMessages(turns, documents, extra.cachePoint, into: &writer)
      writeSystem(system, extra.cachePoint, into: &writer)
      writeInference(request, extra, into: &writer)
      writeTools(prompts.toolNames, extra, into: &writer)
    }
    return apply(to: extra.merged(into: writer.bytes))
  }

  private func writeSystem(_ texts: [String], _ cachePoint: [UInt8]?, into writer: inout JSONWriter) {
    guard !texts.isEmpty else { return }
    writer.arrayField("system") { writer in
      for text in texts { writer.object { $0.field("text", text) } }
      Self.writeCachePoint(cachePoint, into: &writer)
    }
  }

  private func writeInference(_ request: ChatRequest, _ extra: ConverseExtra, into writer: inout JSONWriter) {
    let temperature = extra.hasThinking ? nil : request.temperature
    // One of the two: newer models refuse both together.
    let topP = extra.hasThinking || request.temperature != nil ? nil : request.topP
    guard request.maximumTokens != nil || temperature != nil || topP != nil else { return }
    writer.objectField("inferenceConfig") { writer in
      writer.field("maxTokens", request.maximumTokens)
      writer.field("temperature", temperature)
      writer.field("topP", topP)
    }
  }

  /// Calls in the history want their tools declared, also when there are none any more.
  private func writeTools(_ names: [String], _ extra: ConverseExtra, into writer: inout JSONWriter) {
    guard !names.isEmpty, extra.object["toolConfig"] == nil else { return }
    writer.objectField("toolConfig") { writer in
      writer.arrayField("tools") { writer in
        for name in names {
          writer.object { writer in
            writer.objectField("toolSpec") { writer in
              writer.field("name", name)
              writer.field("description", "Not available any more.")
              writer.objectField("inputSchema") { $0.objectField("json") { $0.field("type", "object") } }
            }
          }
        }
      }
    }
  }

  /// What repairs leave of the finished body, the profile's own fields included.
  private func apply(to body: [UInt8]) -> [UInt8] {
    let limit = ClaudeRepairs.tokenLimit(in: repairs)
    // Written by this module, so it parses.
    guard !repairs.isEmpty, case .success(var tree) = JSONParser.parse(body) else { return body }
    if repairs.contains(Repairs.noTemperature) { tree.remove("temperature", from: "inferenceConfig") }
    if repairs.contains(Repairs.noTopP) { tree.remove("topP", from: "inferenceConfig") }
    if repairs.contains(Repairs.noThinking) { tree.remove("thinking", from: "additionalModelRequestFields") }
    if let limit, let asked = tree["inferenceConfig"]?["maxTokens"]?.int, asked > limit {
      tree["inferenceConfig"]?["maxTokens"] = .number(JSONNumber(limit))
    }
    return tree.bytes
  }

  // MARK: Messages

  private static func withResultsApart(_ turns: [BlockTurn]) -> [BlockTurn] {
    turns.flatMap { turn in
      let results = turn.blocks.prefix { if case .result = $0 { true } else { false } }
      guard !turn.isAssistant, !results.isEmpty, results.count < turn.blocks.count else { return [turn] }
      return [
        BlockTurn(isAssistant: false, blocks: Array(results)),
        BlockTurn(isAssistant: true, blocks: [.text("I have the results.", citations: nil)]),
        BlockTurn(isAssistant: false, blocks: Array(turn.blocks.dropFirst(results.count))),
      ]
    }
  }

  private func writeMessages(
    _ turns: [BlockTurn], _ documents: ConverseDocuments, _ cachePoint: [UInt8]?, into writer: inout JSONWriter
  ) {
    // The last two prompts: what is before the first was cached by the request before, what is before the second will be
    // used by the next.
    let marked = turns.indices.filter { !turns[$0].isAssistant }.suffix(2)
    writer.arrayField("messages") { writer in
      for (index, turn) in turns.enumerated() {
        writer.object { writer in
          writer.field("role", turn.isAssistant ? "assistant" : "user")
          writer.arrayField("content") { writer in
            for (place, block) in turn.blocks.enumerated() {
              write(block, documents.names[ConverseDocuments.Place(turn: index, block: place)], into: &writer)
            }
            // A document wants a text beside it.
            if documents.needText.contains(index) { writer.object { $0.field("text", "See the attached documents.") } }
            if marked.contains(index) { Self.writeCachePoint(cachePoint, into: &writer) }
          }
        }
      }
    }
  }

  private static func writeCachePoint(_ cachePoint: [UInt8]?, into writer: inout JSONWriter) {
    guard let cachePoint else { return }
    writer.object { $0.field("cachePoint", json: cachePoint) }
  }

  private func write(_ block: ContentBlock, _ documentName: String?, into writer: inout JSONWriter) {
    switch block {
    case .text(let text, _): writer.object { $0.field("text", text) }
    case .raw(let json, _): writer.value(json: json)
    case .thinking(let text, let signature):
      writer.object { writer in
        writer.objectField("reasoningContent") { writer in
          writer.objectField("reasoningText") { writer in
            writer.field("text", text)
            writer.field("signature", signature)
          }
        }
      }
    case .call(let id, let name, let input):
      writer.object { writer in
        writer.objectField("toolUse") { writer in
          writer.field("toolUseId", id)
          writer.field("name", name)
          writer.field("input", json: input)
        }
      }
    case .result(let callID, let content, let isError):
      writer.object { writer in
        writer.objectField("toolResult") { writer in
          writer.field("toolUseId", callID)
          writer.arrayField("content") { writer in
            writer.object { $0.field("text", BlockTurns.isBlank(content) ? ClaudeEncoding.noOutput : content) }
          }
          writer.field("status", isError ? "error" : "success")
        }
      }
    case .attachment(let attachment): write(attachment, documentName, into: &writer)
    }
  }

  private func write(_ attachment: Attachment, _ documentName: String?, into writer: inout JSONWriter) {
    writer.object { writer in
      if let format = attachment.imageFormat {
        writer.objectField("image") { writer in
          writer.field("format", format)
          writer.objectField("source") { $0.field("bytes", Base64.encode(attachment.bytes)) }
        }
      } else if let documentName, let format = ConverseDocuments.format(of: attachment) {
        writer.objectField("document") { writer in
          writer.field("format", format)
          writer.field("name", documentName)
          writer.objectField("source") { $0.field("bytes", Base64.encode(attachment.bytes)) }
        }
      } else {
        // Text goes as text: every model reads it, and only five documents may be in a request.
        writer.field("text", "\(attachment.name):\n\n\(attachment.plainText ?? "")")
      }
    }
  }
}

extension JSONValue {
  /// Takes a member out of an object in this one, and that object if nothing is left in it.
  fileprivate mutating func remove(_ key: String, from outer: String) {
    guard self[outer]?[key] != nil else { return }
    self[outer]?[key] = nil
    if self[outer]?.object?.members.isEmpty ?? false { self[outer] = nil }
  }
}

// MARK: - Documents

/// The files of a request that go as documents, under names that Converse takes and that are all different.
private struct ConverseDocuments {
  struct Place: Hashable {
    var turn: Int
    var block: Int
  }

  let provider: String
  private(set) var names: [Place: String] = [:]
  /// Turns with a document and without a text.
  private(set) var needText: Set<Int> = []
  private var used: Set<String> = []
  private var turnCount = 0

  /// The longest name of a document, and room for a number that makes it unique.
  private static let maximumNameLength = 190

  init(provider: String) { self.provider = provider }

  /// Takes the next turn.
  /// - Throws: a refusal that names the first file of a type that Converse does not take.
  mutating func name(_ turn: BlockTurn) throws(ProviderError) {
    defer { turnCount += 1 }
    var hasDocument = false
    var hasText = false
    for (index, block) in turn.blocks.enumerated() {
      if case .text = block { hasText = true }
      guard case .attachment(let attachment) = block, attachment.imageFormat == nil else { continue }
      if Self.format(of: attachment) != nil {
        hasDocument = true
        names[Place(turn: turnCount, block: index)] = unique(attachment.name)
      } else if attachment.plainText != nil {
        hasText = true
      } else {
        throw .refusedFile(
          attachment, by: provider,
          taken: "PNG, JPEG, GIF and WebP images, PDF, Word and Excel documents and text files are taken")
      }
    }
    if hasDocument, !hasText { needText.insert(turnCount) }
  }

  /// The word for a document's format; nil for what is no document, such as text.
  static func format(of attachment: Attachment) -> String? {
    switch attachment.mediaType.lowercased() {
    case "application/pdf": "pdf"
    case "application/msword": "doc"
    case "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx"
    case "application/vnd.ms-excel": "xls"
    case "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx"
    default: nil
    }
  }

  /// Letters, digits, single blanks, hyphens, parentheses and brackets are taken.
  private mutating func unique(_ name: String) -> String {
    var clean = ""
    for scalar in name.unicodeScalars.prefix(Self.maximumNameLength) {
      let isPlain = scalar.isASCII && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar))
      let isMark = "-()[]".unicodeScalars.contains(scalar)
      if isPlain || isMark {
        clean.unicodeScalars.append(scalar)
      } else if clean.last != " ", !clean.isEmpty {
        clean += " "
      }
    }
    while clean.last == " " { clean.removeLast() }
    if clean.isEmpty { clean = "document" }
    var unique = clean
    var count = 1
    while !used.insert(unique).inserted {
      count += 1
      unique = "\(clean) \(count)"
    }
    return unique
  }
}

// MARK: - Fields of the profile

/// A profile's `extra` as Converse has it.
private struct ConverseExtra {
  private(set) var object = JSONObject()
  /// `cachePoint` at the top level, which Converse does not know there: it goes to the places that are worth caching.
  private(set) var cachePoint: [UInt8]?

  /// - Throws: a setting to fix if this is no JSON object; empty text has no fields.
  init(_ text: String) throws(ProviderError) {
    let fields = try ExtraFields(text)
    object = fields.object
    if let point = object["cachePoint"], point.object != nil {
      cachePoint = point.bytes
      object["cachePoint"] = nil
    }
  }

  /// Whether thinking is asked for: temperature must then be left alone.
  var hasThinking: Bool {
    guard let thinking = object["additionalModelRequestFields"]?["thinking"] else { return false }
    return thinking["type"]?.string != "disabled"
  }

  func merged(into body: [UInt8]) -> [UInt8] {
    // Written by this module, so it parses.
    guard !object.members.isEmpty, case .success(let tree) = JSONParser.parse(body) else { return body }
    return tree.merging(.object(object)).bytes
  }
}
