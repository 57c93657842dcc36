// The events of Claude into ours (wire notes: anthropic, sections 2 to 4), wherever they come from: as server-sent events,
// or inside the frames of Bedrock's InvokeModel. Deltas are read where they stand; what comes once per answer is read as
// a tree.

import Conversations
import Diagnostics
import Framing
import Streaming

/// What is remembered between the events of one answer.
package struct ClaudeDecoding: Sendable {
  /// A block that has begun and not ended.
  private enum Block {
    case text(citations: [JSONValue])
    case thinking(signature: String)
    case call(id: String, hasInput: Bool, initial: [UInt8])
    /// Only the service understands it; `input` are the pieces of its input.
    case raw(JSONValue, input: [UInt8])
  }

  /// More blocks than this are never open at once by a server that ends what it begins.
  private static let maximumOpenBlocks = 1_000
  /// The most that is kept of what only the service understands, as much as of an answer's text.
  private static let maximumKeptBytes = 64 << 20

  private let context: ResponseContext
  /// Whose pieces these are.
  private let dialect: String
  private var hasStarted = false
  private var blocks: [Int: Block] = [:]
  private var figures = Figures()
  private var told: TokenUsage?
  private var stopReason: String?
  private var refusal = ""
  /// Bytes of signatures, citations and pieces that only the service understands.
  private var keptBytes = 0

  init(_ context: ResponseContext, dialect: String) {
    self.context = context
    self.dialect = dialect
  }

  // MARK: Events

  /// Where the members of an event stand.
  private struct Members {
    var type: JSONText?
    var index = 0
    var delta: JSONCursor?
    var block: JSONCursor?
    var message: JSONCursor?
    var usage: JSONCursor?
    var metrics: JSONCursor?

    init(_ cursor: inout JSONCursor) {
      while let key = cursor.nextKey() {
        switch key {
        case "type": type = cursor.text()
        case "index": index = cursor.int() ?? 0
        case "delta": delta = cursor
        case "content_block": block = cursor
        case "message": message = cursor
        case "usage": usage = cursor
        case "amazon-bedrock-invocationMetrics": metrics = cursor
        default: break
        }
      }
    }
  }

  /// Understands one event.
  mutating func decode(_ event: [UInt8], into sink: inout EventSink) throws(DialectError) {
    let problem: String? = event.withUnsafeBytes { bytes in
      // Read once for being JSON: what is read below is then right in every corner.
      var cursor = JSONCursor(bytes)
      guard cursor.beginObject() else {
        return cursor.finish() ? "an event is not an object" : cursor.failure.map { "an event is not JSON (\($0))" }
      }
      var members = Members(&cursor)
      guard cursor.finish() else { return cursor.failure.map { "an event is not JSON (\($0))" } }
      guard let type = members.type else { return nil }
      return take(type, &members, event, into: &sink)
    }
    if let problem { throw DialectError(problem, excerpt: WireFrame(data: event).excerpt()) }
  }

  /// - Returns: what is wrong with the event, if anything is.
  private mutating func take(
    _ type: JSONText, _ members: inout Members, _ event: [UInt8], into sink: inout EventSink
  ) -> String? {
    switch type {
    case "content_block_delta":
      guard hasRoom(for: members.index) else { return Self.tooManyBlocks }
      if var delta = members.delta { readDelta(&delta, of: members.index, into: &sink) }
    case "content_block_start":
      guard hasRoom(for: members.index) else { return Self.tooManyBlocks }
      if var cursor = members.block, let block = JSONParser.read(&cursor), block.object != nil {
        // A block that was never ended ends where its place is taken.
        close(members.index, into: &sink)
        begin(block, at: members.index, into: &sink)
      }
    case "content_block_stop": close(members.index, into: &sink)
    case "message_start":
      if var cursor = members.message, let message = JSONParser.read(&cursor) { start(message, into: &sink) }
    case "message_delta":
      if var delta = members.delta, let delta = JSONParser.read(&delta) { readEnding(delta) }
      if var usage = members.usage, let usage = JSONParser.read(&usage) { figures.add(usage) }
      tell(into: &sink)
    case "message_stop":
      if var metrics = members.metrics, let metrics = JSONParser.read(&metrics) { figures.add(metrics: metrics) }
      tell(into: &sink)
      finish(into: &sink)
    case "error": fail(ErrorBody(event), into: &sink)
    // Pings, and events that do not exist yet.
    default: break
    }
    return keptBytes > Self.maximumKeptBytes ? "the answer holds more than is kept of one" : nil
  }

  private static var tooManyBlocks: String { "more blocks are open than any answer has" }

  private func hasRoom(for index: Int) -> Bool { blocks.count < Self.maximumOpenBlocks || blocks[index] != nil }

  /// Understands an answer in one piece.
  mutating func decodeWhole(_ body: [UInt8], into sink: inout EventSink) throws(DialectError) {
    let excerpt = WireFrame(data: body).excerpt()
    let message: JSONValue
    switch JSONParser.parse(body) {
    case .success(let value): message = value
    case .failure(let diagnostic): throw DialectError("the answer is not JSON (\(diagnostic))", excerpt: excerpt)
    }
    guard message["type"] == "message" || message["content"]?.array != nil else {
      let report = ErrorBody(message)
      if report.isEmpty { throw DialectError("there is no answer in it", excerpt: excerpt) }
      return fail(report, into: &sink)
    }
    start(message, into: &sink)
    for block in message["content"]?.array ?? [] {
      begin(block, at: 0, into: &sink)
      close(0, into: &sink)
    }
    readEnding(message)
    finish(into: &sink)
  }

  private mutating func start(_ message: JSONValue, into sink: inout EventSink) {
    if !hasStarted {
      hasStarted = true
      let model = message["model"]?.string.flatMap { $0.isEmpty ? nil : $0 }
      sink.emit(.start(ResponseStart(model: model ?? context.model, requestID: context.requestID)))
    }
    if let usage = message["usage"] { figures.add(usage) }
    tell(into: &sink)
  }

  private mutating func readEnding(_ value: JSONValue) {
    if let reason = value["stop_reason"]?.string { stopReason = reason }
    let details = value["stop_details"]
    refusal = [details?["category"]?.string, details?["explanation"]?.string].compactMap(\.self).joined(separator: ": ")
  }

  // MARK: Blocks

  private mutating func begin(_ block: JSONValue, at index: Int, into sink: inout EventSink) {
    let type = block["type"]?.string ?? ""
    switch type {
    case "text":
      blocks[index] = .text(citations: block["citations"]?.array ?? [])
      sink.emit(.textDelta(block["text"]?.string ?? ""))
    case "thinking":
      blocks[index] = .thinking(signature: block["signature"]?.string ?? "")
      sink.emit(.thinkingDelta(block["thinking"]?.string ?? ""))
    case "tool_use":
      let id = block["id"]?.string.flatMap { $0.isEmpty ? nil : $0 } ?? "call_\(index)"
      let input = block["input"].flatMap { $0.object?.members.isEmpty ?? true ? nil : $0.bytes } ?? []
      blocks[index] = .call(id: id, hasInput: false, initial: input)
      keptBytes += input.count
      sink.emit(.toolCallBegin(id: id, name: block["name"]?.string ?? ""))
    default:
      blocks[index] = .raw(block, input: [])
      keptBytes += block.bytes.count
    }
  }

  private mutating func readDelta(_ cursor: inout JSONCursor, of index: Int, into sink: inout EventSink) {
    guard cursor.beginObject() else { return }
    let bookmark = cursor
    // The type decides what the other members mean, and may stand behind them.
    var type: JSONText?
    var text: JSONText?
    var value: JSONCursor?
    while let key = cursor.nextKey() {
      switch key {
      case "type": type = cursor.text()
      case "text", "thinking", "partial_json", "signature":
        let found = cursor.text()
        text = text ?? found
      case "citation": value = cursor
      default: break
      }
    }
    guard let type else { return }
    switch type {
    case "text_delta":
      if blocks[index] == nil { blocks[index] = .text(citations: []) }
      if let text { sink.emit(.textDelta(text.string)) }
    case "thinking_delta":
      if blocks[index] == nil { blocks[index] = .thinking(signature: "") }
      if let text { sink.emit(.thinkingDelta(text.string)) }
    case "input_json_delta":
      if let text, !text.isEmpty { addInput(text, to: index, into: &sink) }
    case "signature_delta":
      if let text {
        blocks[index] = .thinking(signature: text.string)
        keptBytes += text.raw.count
      }
    case "citations_delta":
      if case .text(var citations)? = blocks[index], var value, let citation = JSONParser.read(&value) {
        // The dictionary lets go of the list before it grows, here and below, so that it grows in place.
        blocks[index] = nil
        citations.append(citation)
        keptBytes += value.offset - bookmark.offset
        blocks[index] = .text(citations: citations)
      }
    default: addUnknown(bookmark, to: index)
    }
  }

  private mutating func addInput(_ piece: JSONText, to index: Int, into sink: inout EventSink) {
    switch blocks[index] {
    case .call(let id, let hasInput, let initial):
      if !hasInput { blocks[index] = .call(id: id, hasInput: true, initial: initial) }
      sink.emit(.toolCallArguments(id: id, fragment: piece.string))
    case .raw(let block, var input):
      blocks[index] = nil
      piece.append(to: &input)
      keptBytes += piece.raw.count
      blocks[index] = .raw(block, input: input)
    case .text, .thinking, nil: break
    }
  }

  /// A delta of a kind that does not exist yet: its members become those of its block.
  private mutating func addUnknown(_ members: JSONCursor, to index: Int) {
    guard case .raw(var block, let input)? = blocks[index] else { return }
    var cursor = members
    blocks[index] = nil
    while let key = cursor.nextKey() {
      if key != "type", let value = JSONParser.read(&cursor) { block[key.string] = value }
    }
    keptBytes += cursor.offset - members.offset
    blocks[index] = .raw(block, input: input)
  }

  private mutating func close(_ index: Int, into sink: inout EventSink) {
    switch blocks.removeValue(forKey: index) {
    case .text(let citations):
      if !citations.isEmpty { tell(citations, into: &sink) }
    case .thinking(let signature):
      if !signature.isEmpty { sink.emit(.thinkingSignature("\(dialect):\(signature)")) }
    case .call(let id, let hasInput, let initial):
      if !hasInput {
        let input = initial.isEmpty ? "{}" : String(decoding: initial, as: UTF8.self)
        sink.emit(.toolCallArguments(id: id, fragment: input))
      }
      sink.emit(.toolCallEnd(id: id))
    case .raw(var block, let input):
      if !input.isEmpty, case .success(let value) = JSONParser.parse(input) { block["input"] = value }
      sink.emit(
        .opaque(
          OpaquePart(
            dialect: dialect, label: ClaudeLabels.label(of: block),
            content: String(decoding: block.bytes, as: UTF8.self))))
    case nil: break
    }
  }

  private func tell(_ citations: [JSONValue], into sink: inout EventSink) {
    let kept = citations.map { citation in
      // Answers name a file that there is none of; requests may not.
      var citation = citation
      if citation["file_id"]?.isNull ?? false { citation["file_id"] = nil }
      return citation
    }
    let value: JSONValue = ["citations": .array(kept)]
    sink.emit(
      .opaque(
        OpaquePart(
          dialect: dialect, label: ClaudeLabels.sources(citations),
          content: String(decoding: value.bytes, as: UTF8.self)
        )))
  }

  // MARK: Figures

  /// Counts as the service gives them: each one is a total, and the last one holds.
  private struct Figures {
    var input: Int?
    var cacheWrite: Int?
    var cacheRead: Int?
    var output: Int?
    var reasoning: Int?

    mutating func add(_ usage: JSONValue) {
      input = usage["input_tokens"]?.int ?? input
      cacheWrite = usage["cache_creation_input_tokens"]?.int ?? cacheWrite
      cacheRead = usage["cache_read_input_tokens"]?.int ?? cacheRead
      output = usage["output_tokens"]?.int ?? output
      let details = usage["output_tokens_details"]
      reasoning = details?["thinking_tokens"]?.int ?? details?["reasoning_tokens"]?.int ?? reasoning
    }

    /// What Bedrock adds to the last event, for want of anything better.
    mutating func add(metrics: JSONValue) {
      input = input ?? metrics["inputTokenCount"]?.int
      output = output ?? metrics["outputTokenCount"]?.int
      cacheRead = cacheRead ?? metrics["cacheReadInputTokenCount"]?.int
      cacheWrite = cacheWrite ?? metrics["cacheWriteInputTokenCount"]?.int
    }

    /// The whole prompt is what was sent anew, what was read from the cache and what was written to it.
    var usage: TokenUsage {
      TokenUsage(
        input: input.map { $0 &+ (cacheRead ?? 0) &+ (cacheWrite ?? 0) }, output: output, cacheRead: cacheRead,
        cacheWrite: cacheWrite, reasoning: reasoning)
    }
  }

  private mutating func tell(into sink: inout EventSink) {
    let usage = figures.usage
    guard usage != TokenUsage(), usage != told else { return }
    told = usage
    sink.emit(.usage(usage))
  }

  // MARK: Endings

  private mutating func finish(into sink: inout EventSink) {
    for index in blocks.keys.sorted() { close(index, into: &sink) }
    if stopReason == "refusal", !refusal.isEmpty {
      sink.emit(
        .opaque(
          OpaquePart(
            dialect: dialect, label: "Declined: " + ForeignWords.bounded(refusal, characters: 500), content: "")))
    }
    sink.emit(.finish(Self.reason(of: stopReason ?? "")))
  }

  static func reason(of word: String) -> FinishReason {
    switch word {
    case "end_turn", "stop_sequence", "": .stop
    case "tool_use": .toolUse
    case "max_tokens", "model_context_window_exceeded": .length
    case "refusal": .refusal
    case "pause_turn": .pause
    default: .other(ForeignWords.bounded(word, characters: 100))
    }
  }

  /// The stream ends with a failure that the service reported, or that was reported around its events.
  mutating func fail(_ report: ErrorBody, into sink: inout EventSink) {
    sink.fail(report, in: context)
  }
}

extension EventSink {
  /// Puts in the ending that a report inside a stream makes.
  mutating func fail(_ report: ErrorBody, in context: ResponseContext) {
    var report = report
    if report.message.isEmpty { report.message = report.type ?? report.code ?? "" }
    report.requestID = report.requestID ?? context.requestID
    var error = ErrorClass(inStream: report).error(of: context.provider, report: report, model: context.model)
    // Text was shown: asking again would show it twice.
    if hasContent { error.explanation.recovery = .resume }
    emit(.error(.provider(error)))
  }
}

/// One line for what only the service understands.
private enum ClaudeLabels {
  private static let maximumCharacters = 300

  static func label(of block: JSONValue) -> String {
    let type = block["type"]?.string ?? "piece"
    switch type {
    case "redacted_thinking": return "Part of the thinking is encrypted"
    case "server_tool_use", "mcp_tool_use":
      let name = [block["server_name"]?.string, block["name"]?.string].compactMap(\.self).joined(separator: " ")
      let input = block["input"].map { String(decoding: $0.bytes, as: UTF8.self) } ?? ""
      return bounded("\(name.isEmpty ? type : name) \(input == "{}" ? "" : input)")
    default:
      return bounded(outcome(block["content"], of: type))
    }
  }

  private static func outcome(_ content: JSONValue?, of type: String) -> String {
    guard type.hasSuffix("_tool_result") else { return type }
    let name = type.dropLast("_tool_result".count)
    if let code = content?["error_code"]?.string { return "\(name) failed: \(code)" }
    guard let results = content?.array else { return "\(name) answered" }
    return "\(name): \(results.count) \(results.count == 1 ? "result" : "results")"
  }

  /// `Sources: A (https://a.example), B`, each once.
  static func sources(_ citations: [JSONValue]) -> String {
    var names: [String] = []
    for citation in citations {
      let title = citation["title"]?.string ?? citation["document_title"]?.string
      let name = [title, citation["url"]?.string.map { "(\($0))" }].compactMap(\.self).joined(separator: " ")
      if !name.isEmpty, !names.contains(name), names.count < 20 { names.append(name) }
    }
    return names.isEmpty ? "" : bounded("\(names.count == 1 ? "Source" : "Sources"): \(names.joined(separator: ", "))")
  }

  private static func bounded(_ text: String) -> String {
    ForeignWords.bounded(text, characters: maximumCharacters)
  }
}
