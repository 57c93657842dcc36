// The events of Converse into ours (wire notes: bedrock, section 3). A block exists from the first time it is spoken of:
// only calls of tools have a beginning of their own.

import Conversations
import Diagnostics
import Framing
import Streaming

/// What is remembered between the events of one answer.
package struct ConverseDecoding: Sendable {
  /// A block that has begun and not ended.
  private enum Block {
    case text(sources: [String])
    case thinking(signature: String)
    /// Encrypted thinking, as it came: base64.
    case redacted([String])
    case call(id: String, hasInput: Bool)
    /// A call that the service makes itself; `input` are the pieces of its input.
    case serverCall(JSONValue, input: [UInt8])
    /// What the service's own tool gave back.
    case serverResult(JSONValue, content: [JSONValue])
    case image(format: String)
  }

  /// More blocks than this are never open at once by a server that ends what it begins.
  private static let maximumOpenBlocks = 1_000
  /// The most that is kept of what only the service understands, as much as of an answer's text.
  private static let maximumKeptBytes = 64 << 20

  private let context: ResponseContext
  private let dialect: String
  private var hasStarted = false
  private var blocks: [Int: Block] = [:]
  /// Set by `messageStop`; the usage comes after it.
  private var stopReason: String?
  /// Bytes of signatures and of pieces that only the service understands.
  private var keptBytes = 0

  init(_ context: ResponseContext, dialect: String) {
    self.context = context
    self.dialect = dialect
  }

  /// Whether nothing is missing but the usage.
  var isComplete: Bool { stopReason != nil }

  // MARK: Frames

  mutating func decode(_ frame: WireFrame, into sink: inout EventSink) throws(DialectError) {
    if let report = BedrockRefusals.report(frame) {
      // What breaks after the end of the answer breaks nothing.
      return isComplete ? finish(into: &sink) : sink.fail(report, in: context)
    }
    guard frame.kind == .message, let event = frame.event else { return }
    let payload: JSONValue
    if frame.data.isEmpty {
      payload = .object(JSONObject())
    } else {
      switch JSONParser.parse(frame.data) {
      case .success(let value): payload = value
      case .failure(let diagnostic):
        throw DialectError("an event is not JSON (\(diagnostic))", excerpt: frame.excerpt())
      }
    }
    let index = payload["contentBlockIndex"]?.int ?? 0
    switch event {
    case "contentBlockDelta":
      try makeRoom(for: index)
      readDelta(payload["delta"] ?? .null, of: index, into: &sink)
    case "contentBlockStart":
      try makeRoom(for: index)
      begin(payload["start"] ?? .null, at: index, into: &sink)
      keptBytes += frame.data.count
    case "contentBlockStop": close(index, into: &sink)
    case "messageStart": start(into: &sink)
    case "messageStop":
      closeAll(into: &sink)
      stopReason = payload["stopReason"]?.string ?? ""
    case "metadata":
      readUsage(payload["usage"], into: &sink)
      if isComplete { finish(into: &sink) }
    // Events that do not exist yet.
    default: break
    }
    if keptBytes > Self.maximumKeptBytes { throw DialectError("the answer holds more than is kept of one") }
  }

  /// The end of the bytes: the usage may be missing, the end of the answer may not.
  mutating func end(into sink: inout EventSink) {
    if isComplete { finish(into: &sink) }
  }

  mutating func decodeWhole(_ body: [UInt8], into sink: inout EventSink) throws(DialectError) {
    let excerpt = WireFrame(data: body).excerpt()
    let answer: JSONValue
    switch JSONParser.parse(body) {
    case .success(let value): answer = value
    case .failure(let diagnostic): throw DialectError("the answer is not JSON (\(diagnostic))", excerpt: excerpt)
    }
    guard let content = answer["output"]?["message"]?["content"]?.array else {
      let report = ErrorBody(answer)
      if report.isEmpty { throw DialectError("there is no answer in it", excerpt: excerpt) }
      return sink.fail(report, in: context)
    }
    start(into: &sink)
    for block in content {
      readWhole(block, into: &sink)
      close(0, into: &sink)
    }
    readUsage(answer["usage"], into: &sink)
    stopReason = answer["stopReason"]?.string ?? ""
    finish(into: &sink)
  }

  private mutating func start(into sink: inout EventSink) {
    guard !hasStarted else { return }
    hasStarted = true
    sink.emit(.start(ResponseStart(model: context.model, requestID: context.requestID)))
  }

  private func makeRoom(for index: Int) throws(DialectError) {
    guard blocks.count < Self.maximumOpenBlocks || blocks[index] != nil else {
      throw DialectError("more blocks are open than any answer has")
    }
  }

  // MARK: Blocks

  private mutating func begin(_ start: JSONValue, at index: Int, into sink: inout EventSink) {
    // A block that was never ended ends where its place is taken.
    close(index, into: &sink)
    if let call = start["toolUse"] {
      if call["type"] == "server_tool_use" {
        blocks[index] = .serverCall(call, input: [])
      } else {
        let id = call["toolUseId"]?.string.flatMap { $0.isEmpty ? nil : $0 } ?? "call_\(index)"
        blocks[index] = .call(id: id, hasInput: false)
        sink.emit(.toolCallBegin(id: id, name: call["name"]?.string ?? ""))
      }
    } else if let result = start["toolResult"] {
      blocks[index] = .serverResult(result, content: [])
    } else if let image = start["image"] {
      blocks[index] = .image(format: image["format"]?.string ?? "")
    }
  }

  private mutating func readDelta(_ delta: JSONValue, of index: Int, into sink: inout EventSink) {
    if let text = delta["text"]?.string {
      if blocks[index] == nil { blocks[index] = .text(sources: []) }
      sink.emit(.textDelta(text))
    } else if let thinking = delta["reasoningContent"] {
      addThinking(thinking, to: index, into: &sink)
    } else if let piece = delta["toolUse"]?["input"]?.string {
      addInput(piece, to: index, into: &sink)
    } else if let citation = delta["citation"] {
      add(citation, to: index)
    } else if let content = delta["toolResult"]?.array {
      guard case .serverResult(let result, var known)? = blocks[index] else { return }
      blocks[index] = nil
      known += content
      keptBytes += content.reduce(0) { $0 + $1.bytes.count }
      blocks[index] = .serverResult(result, content: known)
    }
  }

  private mutating func addThinking(_ delta: JSONValue, to index: Int, into sink: inout EventSink) {
    if let data = delta["redactedContent"]?.string {
      var pieces: [String] = []
      if case .redacted(let known)? = blocks.removeValue(forKey: index) { pieces = known }
      pieces.append(data)
      keptBytes += data.utf8.count
      blocks[index] = .redacted(pieces)
      return
    }
    let piece = delta["signature"]?.string ?? ""
    if !piece.isEmpty || blocks[index] == nil {
      var signature = ""
      if case .thinking(let known)? = blocks.removeValue(forKey: index) { signature = known }
      signature += piece
      keptBytes += piece.utf8.count
      blocks[index] = .thinking(signature: signature)
    }
    if let text = delta["text"]?.string { sink.emit(.thinkingDelta(text)) }
  }

  private mutating func addInput(_ piece: String, to index: Int, into sink: inout EventSink) {
    guard !piece.isEmpty else { return }
    switch blocks[index] {
    case .call(let id, let hasInput):
      if !hasInput { blocks[index] = .call(id: id, hasInput: true) }
      sink.emit(.toolCallArguments(id: id, fragment: piece))
    case .serverCall(let call, var input):
      // The dictionary lets go of the bytes before they grow, so that they grow in place.
      blocks[index] = nil
      input += Array(piece.utf8)
      keptBytes += piece.utf8.count
      blocks[index] = .serverCall(call, input: input)
    default: break
    }
  }

  private mutating func add(_ citation: JSONValue, to index: Int) {
    var sources: [String] = []
    switch blocks[index] {
    case .text(let known)?: sources = known
    case nil: break
    default: return
    }
    let place = citation["location"]?["web"]?["url"]?.string ?? citation["source"]?.string
    let name = [citation["title"]?.string, place.map { "(\($0))" }].compactMap(\.self).joined(separator: " ")
    if !name.isEmpty, !sources.contains(name), sources.count < 20 { sources.append(name) }
    blocks[index] = .text(sources: sources)
  }

  /// A block of an answer in one piece, as the deltas that it would have been.
  private mutating func readWhole(_ block: JSONValue, into sink: inout EventSink) {
    if let text = block["text"] {
      readDelta(["text": text], of: 0, into: &sink)
    } else if let thinking = block["reasoningContent"] {
      addThinking(thinking["reasoningText"] ?? thinking, to: 0, into: &sink)
    } else if let call = block["toolUse"] {
      begin(["toolUse": call], at: 0, into: &sink)
      let input = call["input"].map { String(decoding: $0.bytes, as: UTF8.self) } ?? ""
      addInput(input, to: 0, into: &sink)
    } else if let result = block["toolResult"] {
      begin(["toolResult": result], at: 0, into: &sink)
      readDelta(["toolResult": result["content"] ?? []], of: 0, into: &sink)
    } else if let cited = block["citationsContent"] {
      for piece in cited["content"]?.array ?? [] { readDelta(["text": piece["text"] ?? ""], of: 0, into: &sink) }
      for citation in cited["citations"]?.array ?? [] { add(citation, to: 0) }
    } else if let image = block["image"] {
      begin(["image": image], at: 0, into: &sink)
    }
  }

  private mutating func closeAll(into sink: inout EventSink) {
    for index in blocks.keys.sorted() { close(index, into: &sink) }
  }

  private mutating func close(_ index: Int, into sink: inout EventSink) {
    switch blocks.removeValue(forKey: index) {
    case .text(let sources):
      if !sources.isEmpty {
        tell((sources.count == 1 ? "Source: " : "Sources: ") + sources.joined(separator: ", "), nil, into: &sink)
      }
    case .thinking(let signature):
      if !signature.isEmpty { sink.emit(.thinkingSignature("\(dialect):\(signature)")) }
    case .redacted(let pieces):
      let data = pieces.count == 1 ? pieces[0] : Base64.encode(pieces.flatMap { Base64.decode($0) ?? [] })
      tell(
        "Part of the thinking is encrypted", ["reasoningContent": ["redactedContent": .string(data)]], into: &sink)
    case .call(let id, let hasInput):
      if !hasInput { sink.emit(.toolCallArguments(id: id, fragment: "{}")) }
      sink.emit(.toolCallEnd(id: id))
    case .serverCall(var call, let input):
      call["input"] = .object(JSONObject())
      if case .success(let value) = JSONParser.parse(input), value.object != nil { call["input"] = value }
      let words = String(decoding: input.prefix(1_000), as: UTF8.self)
      tell("\(call["name"]?.string ?? "tool") \(words)", ["toolUse": call], into: &sink)
    case .serverResult(var result, let content):
      result["content"] = .array(content)
      let failed = result["status"] == "error"
      tell(
        failed ? "The tool of the service failed" : "The tool of the service answered", ["toolResult": result],
        into: &sink)
    case .image(let format):
      tell("An image\(format.isEmpty ? "" : " (\(format))"), which cannot be shown", nil, into: &sink)
    case nil: break
    }
  }

  /// A piece that only the service understands; without content it is not sent back.
  private func tell(_ label: String, _ content: JSONValue?, into sink: inout EventSink) {
    let content = content?.bytes ?? []
    sink.emit(
      .opaque(
        OpaquePart(
          dialect: dialect, label: ForeignWords.bounded(label, characters: 300),
          content: String(decoding: content, as: UTF8.self))))
  }

  // MARK: Endings

  private func readUsage(_ usage: JSONValue?, into sink: inout EventSink) {
    guard let usage, usage.object != nil else { return }
    let cacheRead = usage["cacheReadInputTokens"]?.int
    let cacheWrite = usage["cacheWriteInputTokens"]?.int
    // The whole prompt is what was sent anew, what was read from the cache and what was written to it.
    let found = TokenUsage(
      input: usage["inputTokens"]?.int.map { $0 &+ (cacheRead ?? 0) &+ (cacheWrite ?? 0) },
      output: usage["outputTokens"]?.int, cacheRead: cacheRead, cacheWrite: cacheWrite)
    if found != TokenUsage() { sink.emit(.usage(found)) }
  }

  private mutating func finish(into sink: inout EventSink) {
    closeAll(into: &sink)
    let word = stopReason ?? ""
    switch word {
    case "malformed_model_output", "malformed_tool_use":
      var report = ErrorBody()
      report.message = "the answer was ended with “\(word)”"
      sink.fail(report, in: context)
    case "guardrail_intervened", "content_filtered": sink.emit(.finish(.contentFilter))
    default: sink.emit(.finish(ClaudeDecoding.reason(of: word)))
    }
  }
}
