// What JAF servers send, into events (wire notes: jaf, sections 2 to 4). An event is known by the `type` in its data and
// never by its name: releases forget line breaks, and Python writes the names in two ways.

import Conversations
import Diagnostics
import Framing
import Streaming

/// What is remembered between the frames of one answer.
package struct JAFDecoding: Sendable {
  private let context: ResponseContext
  private var hasStarted = false
  private var text = GrowingText()
  private var tools = AgentTools()
  private var usage: TokenUsage?
  /// Words counted in finished texts, until the server gives its own sum.
  private var words = 0
  /// Whether the server streams raw text, which has no end marker.
  private var isRawText = false

  /// Whether the server is one that streams raw text, if it was not adapted.
  private let readsText: Bool

  init(_ context: ResponseContext, readsText: Bool = false) {
    self.context = context
    self.readsText = readsText
  }

  // MARK: Frames

  mutating func decode(_ frame: WireFrame, into sink: inout EventSink) throws(DialectError) {
    if frame.event == TextRecordDecoder.textName {
      isRawText = true
      start(into: &sink)
      return text.append(frame.text, into: &sink)
    }
    if frame.event == "close" { return closed(frame.text, into: &sink) }
    if frame.isDoneMarker { return finish(into: &sink) }
    guard case .success(let value) = JSONParser.parse(frame.data) else {
      throw DialectError("an event is not JSON", excerpt: frame.excerpt())
    }
    guard let type = value["type"]?.string else { return untyped(frame, value, into: &sink) }
    if let data = value["data"], data.object != nil {
      start(frame, value, into: &sink)
      decode(type, data, into: &sink)
    } else {
      start(into: &sink)
      decodeMessage(type, value, into: &sink)
    }
  }

  /// Frames of the server itself, around those of the run.
  private mutating func untyped(_ frame: WireFrame, _ value: JSONValue, into sink: inout EventSink) {
    if readsText, frame.event == nil {
      // An answer in raw text that happens to be JSON.
      isRawText = true
      start(into: &sink)
      return text.append(frame.text, into: &sink)
    }
    if frame.event == "error" || value["error"] != nil {
      return fail(value["error"] ?? value, into: &sink)
    }
    if frame.event == "stream_end" || value["ended"]?.bool == true {
      sink.emit(.error(unfinished("the server ended the stream before the answer was complete")))
    } else if value["runId"] != nil || frame.event == "stream_start" {
      start(model: value["agent"]?.string, run: value["runId"]?.string, into: &sink)
    } else if frame.event == nil, value.object == nil {
      start(into: &sink)
      text.append(value.plainText, into: &sink)
    }
    // Anything else is of a version that is not known yet.
  }

  private mutating func start(_ frame: WireFrame, _ value: JSONValue, into sink: inout EventSink) {
    if hasStarted { return }
    // Releases since 2025 write `event: stream_start data: {…}event: …` in one line.
    var run = value["run_id"]?.string
    if let name = frame.event, let brace = name.firstIndex(of: "{"), let end = name[brace...].firstIndex(of: "}"),
      case .success(let opening) = JSONParser.parse(String(name[brace...end]))
    {
      run = opening["runId"]?.string ?? run
    }
    start(model: value["data"]?["agent_name"]?.string, run: run, into: &sink)
  }

  private mutating func start(model: String? = nil, run: String? = nil, into sink: inout EventSink) {
    guard !hasStarted else { return }
    hasStarted = true
    let model = model ?? (context.model.isEmpty ? nil : context.model)
    let run = run.map { ForeignWords.bounded($0, characters: 200) }
    sink.emit(.start(ResponseStart(model: model, requestID: run ?? context.requestID)))
  }

  // MARK: Events of a run

  private mutating func decode(_ type: String, _ data: JSONValue, into sink: inout EventSink) {
    switch type {
    case "chunk": chunk(data, into: &sink)
    case "tool_call":
      text.close()
      tools.begin(
        data["tool_name"]?.string ?? "tool", id: data["call_id"]?.string, arguments: data["arguments"], into: &sink)
    case "tool_result":
      text.close()
      result(data, into: &sink)
    case "agent_switch":
      let name = data["to_agent"]?.string ?? data["agent_name"]?.string ?? ""
      if !name.isEmpty { note("agent: \(name)", into: &sink) }
    case "metadata":
      if let total = data["total_tokens"]?.int, total > 0 { tell(words: total, into: &sink) }
    case "error": fail(data, into: &sink)
    case "complete":
      text.reach(data["content"]?.agentText ?? "", into: &sink)
      finish(into: &sink)
    default: break
    }
  }

  private mutating func chunk(_ data: JSONValue, into sink: inout EventSink) {
    let delta = data["delta"]?.agentText ?? ""
    if !delta.isEmpty { text.append(delta, into: &sink) }
    if let content = data["content"]?.agentText { text.reach(content, into: &sink) }
    guard data["is_complete"]?.bool == true else { return }
    text.close()
    if let count = data["token_count"]?.int, count > 0 {
      words += count
      tell(words: words, into: &sink)
    }
  }

  private mutating func tell(words count: Int, into sink: inout EventSink) {
    // The server counts words and calls them tokens.
    let found = TokenUsage(output: count, isEstimated: true)
    guard found != usage else { return }
    usage = found
    sink.emit(.usage(found))
  }

  private mutating func note(_ label: String, into sink: inout EventSink) {
    sink.emit(
      .opaque(OpaquePart(dialect: "jaf", label: ForeignWords.bounded(label, characters: 300), content: "")))
  }

  // MARK: Tools

  private static let failedStates: Set<String> = [
    "execution_error", "execution_timeout", "validation_error", "tool_not_found", "rejected",
  ]

  private mutating func result(_ data: JSONValue, into sink: inout EventSink) {
    let name = data["tool_name"]?.string ?? "tool"
    // What a tool gave is wrapped with how it came to be run, as JSON in a string.
    var content = data["result"]?.agentText ?? data["result"].map(\.plainText) ?? ""
    var state = ""
    if case .success(let wrapper) = JSONParser.parse(content), let word = wrapper["hitl_status"]?.string {
      state = word
      content = (wrapper["result"] ?? wrapper["message"]).map { $0.agentText ?? $0.plainText } ?? ""
    }
    let isError = data["status"]?.string == "error" || Self.failedStates.contains(state)
    if state == "pending_approval" {
      content = content.isEmpty ? "it waits for an approval" : content
    }
    tools.end(name: name, id: data["call_id"]?.string, content: content, isError: isError, into: &sink)
    if state == "pending_approval" { noteApproval(of: name, into: &sink) }
  }

  private mutating func noteApproval(of tool: String, into sink: inout EventSink) {
    note("approval wanted for \(tool); riffle cannot give it, decide at the server", into: &sink)
  }

  // MARK: Messages of the guide's server

  private mutating func decodeMessage(_ type: String, _ value: JSONValue, into sink: inout EventSink) {
    switch type {
    case "chunk": text.append(value["content"]?.agentText ?? value["delta"]?.agentText ?? "", into: &sink)
    case "complete":
      finish(into: &sink)
    case "error": fail(value, into: &sink)
    default: break
    }
  }

  /// A WebSocket was closed before the answer was complete.
  private mutating func closed(_ words: String, into sink: inout EventSink) {
    let parts = words.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
    let code = parts.first.flatMap { Int($0) } ?? 1005
    let reason = parts.count > 1 ? String(parts[1]) : ""
    if code == 1000 || code == 1005 {
      return sink.emit(.error(unfinished("the server closed the WebSocket before the answer was complete")))
    }
    var report = ErrorBody()
    report.message = reason.isEmpty ? "the WebSocket was closed with code \(code)" : "\(reason) (close code \(code))"
    report.requestID = context.requestID
    // 1011 an error of the server, 1012 a restart, 1013 too busy (RFC 6455 section 7.4.1 and its registry).
    let kind: ErrorClass =
      switch code {
      case 1001, 1011, 1012: .server
      case 1013: .overloaded
      case 1008: .permission
      default: .other
      }
    emit(kind, report, into: &sink)
  }

  // MARK: Whole answers

  mutating func decodeWhole(_ body: [UInt8], into sink: inout EventSink) throws(DialectError) {
    let excerpt = WireFrame(data: body).excerpt()
    guard case .success(let value) = JSONParser.parse(body) else {
      throw DialectError("the answer is not JSON", excerpt: excerpt)
    }
    if value["success"]?.bool == false || (value["data"] == nil && value["error"] != nil) {
      return fail(value["error"] ?? value, into: &sink)
    }
    let data = value["data"] ?? value
    guard let outcome = data["outcome"] else {
      // A server that was adapted: whatever looks like an answer.
      guard
        let text = value.agentText ?? data["output"]?.agentText ?? data["response"]?.agentText
          ?? data["content"]?.agentText
      else { throw DialectError("there is no answer in it", excerpt: excerpt) }
      start(into: &sink)
      self.text.append(text, into: &sink)
      return finish(into: &sink)
    }
    start(run: data["run_id"]?.string, into: &sink)
    let answer = replay(data["messages"]?.array ?? [], into: &sink)
    let output = outcome["output"].flatMap { $0 == .null ? nil : $0.agentText ?? $0.plainText } ?? answer
    let interruptions = outcome["interruptions"]?.array ?? []
    if !output.isEmpty { text.append(output, into: &sink) }
    for interruption in interruptions { tell(interruption, into: &sink) }
    switch outcome["status"]?.string {
    case "completed", nil: finish(into: &sink)
    case "interrupted": sink.emit(.finish(.pause))
    case let word?:
      if let error = outcome["error"], error != .null { return fail(error, into: &sink) }
      if word == "error" { return fail(outcome, into: &sink) }
      sink.emit(.finish(.other(ForeignWords.bounded(word, characters: 100))))
    }
  }

  /// Tells of the tools in the messages of this turn.
  /// - Returns: the last words of the agent.
  private mutating func replay(_ messages: [JSONValue], into sink: inout EventSink) -> String {
    func role(_ message: JSONValue) -> String {
      (message["role"]?.string?.split(separator: ".").last ?? "").lowercased()
    }
    let prompt = messages.lastIndex { role($0) == "user" }
    var answer = ""
    for message in messages[(prompt.map { $0 + 1 } ?? 0)...] {
      switch role(message) {
      case "assistant":
        if let words = message["content"]?.agentText, !words.isEmpty { answer = words }
        for call in message["tool_calls"]?.array ?? [] {
          tools.begin(
            call["function"]?["name"]?.string ?? call["name"]?.string ?? "tool", id: call["id"]?.string,
            arguments: call["function"]?["arguments"] ?? call["arguments"], into: &sink)
        }
      case "tool":
        result(
          [
            "tool_name": message["name"] ?? .null, "call_id": message["tool_call_id"] ?? .null,
            "result": message["content"] ?? .null,
          ], into: &sink)
      default: break
      }
    }
    return answer
  }

  private mutating func tell(_ interruption: JSONValue, into sink: inout EventSink) {
    let call = interruption["tool_call"] ?? interruption
    let name = call["function"]?["name"]?.string ?? call["tool_name"]?.string ?? call["name"]?.string ?? "a tool"
    let id = call["id"]?.string ?? call["tool_call_id"]?.string
    if id.map({ !tools.isOpen(id: $0) }) ?? true {
      tools.begin(
        name, id: id, arguments: call["function"]?["arguments"] ?? call["arguments"], into: &sink)
    }
    tools.end(name: name, id: id, content: "it waits for an approval", into: &sink)
    noteApproval(of: name, into: &sink)
  }

  // MARK: Endings

  mutating func end(into sink: inout EventSink) {
    if isRawText { finish(into: &sink) }
  }

  /// Silence has a reason of its own here, and a way out.
  mutating func interrupt(_ failure: StreamFailure, into sink: inout EventSink) {
    guard case .timedOut(.idle, let explanation) = failure else { return }
    sink.emit(
      .error(
        .truncated(
          Explanation(
            kind: .truncated, summary: "\(context.provider) stopped sending before the answer was complete",
            detail: explanation.detail + "; many JAF servers never tell that a run has ended. With stream = false in "
              + "the profile (/stream off) they answer whole",
            requestID: context.requestID, recovery: .fixSetting(path: "profiles")))))
  }

  private mutating func finish(into sink: inout EventSink) { sink.emit(.finish(.stop)) }

  private func unfinished(_ detail: String) -> StreamFailure {
    .truncated(
      Explanation(
        kind: .truncated, summary: "The answer of \(context.provider) ended before it was complete", detail: detail,
        requestID: context.requestID, recovery: .resume))
  }

  private mutating func fail(_ value: JSONValue, into sink: inout EventSink) {
    let tag = value["_tag"]?.string ?? value["error_type"]?.string ?? ""
    var report = ErrorBody()
    report.requestID = context.requestID
    report.message =
      value.agentText
      ?? ["detail", "reason", "message", "errors", "error", "content"].lazy
      .compactMap { name in value[name].flatMap { $0 == .null ? nil : $0.agentText ?? $0.plainText } }.first ?? tag
    if let seconds = value["retry_after_seconds"]?.double {
      report.retryAfterMilliseconds = RetryHint.milliseconds(seconds: seconds)
    }
    var kind: ErrorClass =
      switch tag {
      case "RateLimitError": .rateLimit
      case "RecoverableError": .server
      case "NetworkError": value["is_retryable"]?.bool == true ? .server : .other
      case "AgentNotFound": .modelNotFound
      case "ValidationError": .badRequest
      case "InputGuardrailTripwire", "OutputGuardrailTripwire": .contentFilter
      default: .other
      }
    if kind == .other, report.message.hasPrefix("Agent "), report.message.contains("not found") {
      kind = .modelNotFound
    }
    if !tag.isEmpty, !report.message.contains(tag) {
      report.message = report.message.isEmpty ? tag : "\(report.message) (\(tag))"
    }
    emit(kind, report, into: &sink)
  }

  private mutating func emit(_ kind: ErrorClass, _ report: ErrorBody, into sink: inout EventSink) {
    var error = kind.error(of: context.provider, report: report, model: context.model)
    if sink.hasContent { error.explanation.recovery = .resume }
    sink.emit(.error(.provider(error)))
  }
}
