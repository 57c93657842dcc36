// What agents on AgentCore send, into events (wire notes: langgraph-agentcore, sections 3 to 5). The runtime sends whatever
// the agent yields as JSON in an event, so that an agent that yields events as text has them wrapped twice, and one that
// yields text has nothing but text. Two generations of event names are in use, and a third on the web servers in front.

import Conversations
import Diagnostics
import Framing
import Streaming

/// What is remembered between the frames of one answer.
package struct AgentCoreDecoding: Sendable {
  private let context: ResponseContext
  private var hasStarted = false
  /// Whether the agent names its events; then the answer is complete only when one of them says so.
  private var hasNames = false
  private var text = GrowingText()
  private var tools = AgentTools()
  /// A whole message of the agent. Whether it is the answer or a remark on the way is known when the next event comes.
  private var held = ""
  /// Tokens since the last whole message; they are the beginning of the next one.
  private var hasTokens = false
  /// What tools gave back since the last message of the agent: some agents tell it twice.
  private var results: [String] = []
  private var lastStatus = ""
  private var endsWithRemark = false

  init(_ context: ResponseContext) { self.context = context }

  // MARK: Frames

  mutating func decode(_ frame: WireFrame, into sink: inout EventSink) {
    start(into: &sink)
    guard case .success(let value) = JSONParser.parse(frame.data) else {
      if frame.isDoneMarker { return finish(into: &sink) }
      return text.append(frame.text, into: &sink)
    }
    switch value {
    case .string(let inner) where Self.looksLikeEvents(inner): decodeInner(inner, into: &sink)
    case .string(let piece): text.append(piece, into: &sink)
    case .object: decode(name: frame.event, value, into: &sink)
    default: text.append(value.plainText, into: &sink)
    }
  }

  /// A string that is itself a piece of an event stream.
  private mutating func decodeInner(_ inner: String, into sink: inout EventSink) {
    var decoder = ServerSentEventDecoder()
    var frames = decoder.push(Array(inner.utf8))
    frames += decoder.finish()
    for frame in frames {
      guard case .success(let value) = JSONParser.parse(frame.data), value.object != nil else {
        text.append(frame.text, into: &sink)
        continue
      }
      decode(name: frame.event, value, into: &sink)
    }
  }

  private static func looksLikeEvents(_ text: String) -> Bool {
    let start = text.utf8.drop { $0 == 0x20 || $0 == 0x0A || $0 == 0x0D || $0 == 0x09 }
    return ["event:", "data:", "id:", "retry:", ":"].contains { start.starts(with: $0.utf8) }
  }

  private mutating func start(into sink: inout EventSink) {
    guard !hasStarted else { return }
    hasStarted = true
    sink.emit(
      .start(ResponseStart(model: context.model.isEmpty ? nil : context.model, requestID: context.requestID)))
  }

  /// The bytes ended cleanly: that is an ending only for agents that do not name their events.
  mutating func end(into sink: inout EventSink) {
    if hasStarted, !hasNames { finish(into: &sink) }
  }

  mutating func decodeWhole(_ body: [UInt8], into sink: inout EventSink) {
    start(into: &sink)
    guard case .success(let value) = JSONParser.parse(body) else {
      text.append(String(decoding: body, as: UTF8.self), into: &sink)
      return finish(into: &sink)
    }
    if value["error"] != nil, Self.answer(in: value) == nil || value["error_type"] != nil {
      return fail(value, into: &sink)
    }
    text.append(Self.answer(in: value) ?? value.agentText ?? value.plainText, into: &sink)
    finish(into: &sink)
  }

  /// Where agents put an answer into an object.
  private static func answer(in value: JSONValue) -> String? {
    for name in ["output", "result", "response", "message", "content"] {
      guard let member = value[name], member != .null else { continue }
      if let text = member.agentText ?? member["content"]?.agentText { return text }
      return member.plainText
    }
    return nil
  }

  // MARK: Events

  private mutating func decode(name: String?, _ value: JSONValue, into sink: inout EventSink) {
    if let name { return decode(event: Self.normalized(name), value, into: &sink) }
    if value["error_type"] != nil { return fail(value, into: &sink) }
    // The form that the project's guide shows.
    if let type = value["type"]?.string, let inner = value["data"], inner.object != nil {
      return decode(event: Self.normalized(type), inner, into: &sink)
    }
    // The web servers' event for text is named `message`, which in a stream of events is no name.
    if let content = value["content"]?.agentText, hasNames || value["partial"] != nil || value["final"] != nil {
      hasNames = true
      return text.reach(content, into: &sink)
    }
    if value["error"] != nil, value.object?.members.count == 1 { return fail(value, into: &sink) }
    text.append(value.plainText, into: &sink)
  }

  /// `StreamEventType.AGENT_STEP`, `AGENT_STEP` and `agent_step` are one: Python writes the name of an enumeration
  /// differently from version 3.11 on.
  private static func normalized(_ name: String) -> String {
    String(name[(name.lastIndex(of: ".").map { name.index(after: $0) } ?? name.startIndex)...]).lowercased()
  }

  private mutating func decode(event: String, _ value: JSONValue, into sink: inout EventSink) {
    hasNames = true
    switch event {
    case "agent_step": step(value, into: &sink)
    case "llm_token", "token":
      // Tokens after a whole message are the beginning of another one.
      tellHeld(asAnswer: false, into: &sink)
      hasTokens = true
      text.append(value["token"]?.agentText ?? value["content"]?.agentText ?? "", into: &sink)
    case "llm_start":
      text.close()
    case "llm_response":
      hold(value["content"]?.agentText ?? "", into: &sink)
    case "tool_start", "tool_call":
      tellHeld(asAnswer: false, into: &sink)
      endsWithRemark = false
      tools.begin(
        value["tool"]?.string ?? value["name"]?.string ?? "tool", arguments: value["args"] ?? value["input"],
        into: &sink)
    case "tool_end", "tool_result":
      tellHeld(asAnswer: false, into: &sink)
      let content = (value["output"] ?? value["result"] ?? .null)
      tell(result: content.agentText ?? content.plainText, of: value["tool"]?.string, into: &sink)
    case "thinking":
      status(value["message"]?.string ?? value["status"]?.string ?? "", into: &sink)
    case "agent_end":
      end(with: value, into: &sink)
    case "done":
      finish(into: &sink)
    case "error":
      fail(value, into: &sink)
    default:
      // Beginnings, heartbeats and progress say nothing that is shown.
      break
    }
  }

  private mutating func step(_ value: JSONValue, into sink: inout EventSink) {
    let content = value["content"] ?? .null
    switch value["type"]?.string?.lowercased() {
    case "human", "user":
      // The prompt, or one from earlier in the session: what came before it belongs to another answer.
      held = ""
    case "tool":
      tellHeld(asAnswer: false, into: &sink)
      let text = content.agentText ?? content.plainText
      // The same result, as the tool's own event told it, cut there at 200 characters.
      if results.contains(where: { !$0.isEmpty && text.hasPrefix($0) }) { return }
      tell(result: text, of: nil, into: &sink)
    default:
      hold(content.agentText ?? "", into: &sink)
      for block in content.array ?? [] where block["type"]?.string == "tool_use" {
        tellHeld(asAnswer: false, into: &sink)
        endsWithRemark = false
        tools.begin(
          block["name"]?.string ?? "tool", id: block["id"]?.string, arguments: block["input"], into: &sink)
      }
    }
  }

  private mutating func tell(result: String, of name: String?, into sink: inout EventSink) {
    results.append(result)
    endsWithRemark = false
    tools.end(name: name, content: result, into: &sink)
  }

  /// A whole message of the agent: told at once if its tokens were, else when it is known what it is.
  private mutating func hold(_ message: String, into sink: inout EventSink) {
    tellHeld(asAnswer: false, into: &sink)
    results = []
    if hasTokens {
      text.reach(message, into: &sink)
      text.close()
      hasTokens = false
    } else {
      held = message
    }
  }

  /// Lets go of a message that was held back: as the answer, or as a remark on the way to it.
  mutating func tellHeld(asAnswer: Bool, into sink: inout EventSink) {
    guard !held.isEmpty else { return }
    let message = held
    held = ""
    if asAnswer { return text.reach(message, into: &sink) }
    // Remarks with nothing between them are one text on the screen.
    sink.emit(.thinkingDelta(endsWithRemark ? "\n\n" + message : message))
    endsWithRemark = true
  }

  private mutating func status(_ words: String, into sink: inout EventSink) {
    guard !words.isEmpty, words != lastStatus else { return }
    lastStatus = words
    sink.emit(
      .opaque(OpaquePart(dialect: "agentcore", label: ForeignWords.bounded(words, characters: 200), content: "")))
  }

  // MARK: Endings

  private mutating func end(with value: JSONValue, into sink: inout EventSink) {
    let output = value["output"]?.agentText ?? value["output"].flatMap { $0 == .null ? nil : $0.plainText } ?? ""
    // `metrics.tokens` is not told as usage: it is a sum of prompts and answers, and mostly 0.
    if output.isEmpty {
      tellHeld(asAnswer: true, into: &sink)
    } else {
      if !held.isEmpty, !held.utf8.elementsEqual(output.utf8) { tellHeld(asAnswer: false, into: &sink) }
      held = ""
      text.reach(output, into: &sink)
    }
    finish(into: &sink)
  }

  private mutating func finish(into sink: inout EventSink) {
    tellHeld(asAnswer: true, into: &sink)
    sink.emit(.finish(.stop))
  }

  /// The first report wins; the runtime adds one of its own when the agent's generator breaks off.
  private mutating func fail(_ value: JSONValue, into sink: inout EventSink) {
    tellHeld(asAnswer: false, into: &sink)
    var report = ErrorBody()
    report.type = value["error_type"]?.string ?? value["type"]?.string
    report.message =
      value["error"]?.string ?? value["error"]?["message"]?.string ?? value["message"]?.string ?? value.plainText
    report.requestID = context.requestID
    var error = ErrorClass(inStream: report).error(of: context.provider, report: report, model: context.model)
    if let type = report.type, !type.isEmpty {
      error.explanation.detail += " (\(ForeignWords.bounded(type, characters: 100)))"
    }
    // The agent has heard the prompt and may have stored it.
    error.isRetryable = false
    error.retryAfterMilliseconds = nil
    sink.emit(.error(.provider(error)))
  }
}
