// Events of the Responses API into ours (wire notes: openai-responses, sections 2 and 3). An answer is a list of items;
// each is announced, grows by deltas and is told once more when it is done. What a service did not stream is taken from
// these repetitions, so that nothing is lost and nothing is told twice.

import Conversations
import Diagnostics
import Framing
import Streaming

/// What is remembered between the events of one answer.
package struct OpenAIResponsesDecoding: Sendable {
  private let context: ResponseContext
  private var hasStarted = false
  /// The name of the answer at the service.
  private(set) var responseID: String?
  /// Whether the service goes on with the answer when nobody listens.
  private(set) var isBackground = false
  /// The number of the last event.
  private(set) var sequence: Int?
  /// By `output_index`: on some servers the ids of items change between events.
  private var items: [Int: Item] = [:]
  private var callOrder: [String] = []
  private var hasRefused = false
  private var usage: TokenUsage?
  /// Which item the text that was told last belongs to; nil after anything else.
  private var textItem: Int?
  private var held: HeldAnswer

  /// One item of the answer, as far as it was told.
  private struct Item: Sendable {
    var callID: String?
    var hasBegun = false
    var isDone = false
    /// Bytes told of each of its texts.
    var told: [Slot: Int] = [:]
    var lastSummary: Int?
  }

  private struct Slot: Hashable, Sendable {
    enum Kind: Sendable { case text, summary, reasoning, arguments }
    var kind: Kind
    var index: Int
  }

  /// What an event holds, found in one pass.
  private struct Event {
    var type: JSONText?
    var output = 0
    var index = 0
    var delta: String?
    /// A text in whole, by whatever name.
    var whole: String?
    var item: JSONCursor?
    var response: JSONCursor?
  }

  init(_ context: ResponseContext) {
    self.context = context
    held = HeldAnswer(context.resumes)
  }

  // MARK: Frames

  mutating func decode(_ frame: WireFrame, into sink: inout EventSink) throws(DialectError) {
    if frame.isDoneMarker { return }
    let name = frame.event
    let problem: String? = frame.data.withUnsafeBytes { bytes in
      var cursor = JSONCursor(bytes)
      var event = Event()
      var number: Int?
      let isObject = Self.read(&cursor, into: &event, number: &number)
      guard cursor.finish() else { return cursor.failure.map { "an event is not JSON (\($0))" } }
      guard isObject else { return "an event is not an object" }
      if let number {
        // After a break the service may begin a little earlier than it was asked to.
        if isBackground, let sequence, number <= sequence { return nil }
        sequence = number
      }
      guard let type = event.type else {
        // Nothing says what it is but the event's name, or that it holds an error.
        let report = ErrorBody(frame.data)
        if name == "error" || !report.isEmpty { fail(report, into: &sink) }
        return nil
      }
      if type == "error" { fail(ErrorBody(frame.data), into: &sink) } else { take(type, &event, into: &sink) }
      return nil
    }
    if let problem { throw DialectError(problem, excerpt: frame.excerpt()) }
  }

  mutating func decodeWhole(_ body: [UInt8], into sink: inout EventSink) throws(DialectError) {
    let excerpt = WireFrame(data: body).excerpt()
    guard case .success(let response) = JSONParser.parse(body) else {
      throw DialectError("the answer is not JSON", excerpt: excerpt)
    }
    guard response["output"]?.array != nil || response["object"] == "response" else {
      let report = ErrorBody(response)
      if !report.isEmpty { return fail(report, into: &sink) }
      throw DialectError("there is no answer in it", excerpt: excerpt)
    }
    begin(response, into: &sink)
    finish(response, status: response["status"]?.string ?? "completed", into: &sink)
  }

  private static func read(_ cursor: inout JSONCursor, into event: inout Event, number: inout Int?) -> Bool {
    cursor.object { key, cursor in
      switch key {
      case "type": event.type = cursor.text()
      case "sequence_number": number = cursor.int()
      case "output_index": event.output = cursor.int() ?? 0
      case "content_index", "summary_index": event.index = cursor.int() ?? 0
      case "delta": event.delta = cursor.string()
      case "text", "refusal", "arguments", "input": event.whole = cursor.string()
      case "item": event.item = cursor
      case "response": event.response = cursor
      default: break
      }
    }
  }

  // MARK: Events

  private mutating func take(_ type: JSONText, _ event: inout Event, into sink: inout EventSink) {
    switch type {
    case "response.output_text.delta", "response.output_text.done":
      tell(event, as: .text, into: &sink)
    case "response.refusal.delta", "response.refusal.done":
      hasRefused = true
      tell(event, as: .text, into: &sink)
    case "response.reasoning_summary_text.delta", "response.reasoning_summary_text.done":
      tell(event, as: .summary, into: &sink)
    case "response.reasoning_text.delta", "response.reasoning_text.done":
      tell(event, as: .reasoning, into: &sink)
    case "response.function_call_arguments.delta", "response.function_call_arguments.done":
      tell(event, as: .arguments, into: &sink)
    case "response.output_item.added":
      if let item = Self.tree(&event.item) { open(item, at: event.output, into: &sink) }
    case "response.output_item.done":
      if let item = Self.tree(&event.item) { complete(item, at: event.output, into: &sink) }
    case "response.created", "response.queued", "response.in_progress":
      if let response = Self.tree(&event.response) { begin(response, into: &sink) }
    case "response.completed": finish(Self.tree(&event.response), status: "completed", into: &sink)
    case "response.incomplete": finish(Self.tree(&event.response), status: "incomplete", into: &sink)
    case "response.failed": finish(Self.tree(&event.response), status: "failed", into: &sink)
    case "response.cancelled": finish(Self.tree(&event.response), status: "cancelled", into: &sink)
    // What tools of the service are doing, annotations, beginnings and ends of parts: the items say it, too.
    default: break
    }
  }

  private static func tree(_ cursor: inout JSONCursor?) -> JSONValue? {
    guard var place = cursor, let value = JSONParser.read(&place), value.object != nil else { return nil }
    return value
  }

  private mutating func begin(_ response: JSONValue, into sink: inout EventSink) {
    responseID = responseID ?? response["id"]?.string
    if response["background"]?.bool == true, !isBackground, let responseID {
      isBackground = true
      start(response, into: &sink)
      // First of all, so that the answer can be had even if this program dies now.
      emit(.kept(response: responseID), into: &sink)
    }
    start(response, into: &sink)
  }

  private mutating func start(_ response: JSONValue, into sink: inout EventSink) {
    guard !hasStarted else { return }
    hasStarted = true
    sink.emit(
      .start(
        ResponseStart(
          model: response["model"]?.string ?? context.model, requestID: context.requestID ?? responseID)))
  }

  private mutating func tell(_ event: Event, as kind: Slot.Kind, into sink: inout EventSink) {
    let slot = Slot(kind: kind, index: kind == .arguments ? 0 : event.index)
    if let delta = event.delta {
      tell(delta, in: slot, of: event.output, into: &sink)
    } else if let whole = event.whole {
      tell(rest(of: whole, in: slot, of: event.output), in: slot, of: event.output, into: &sink)
    }
  }

  /// What of a whole text was not told yet.
  private func rest(of whole: String, in slot: Slot, of output: Int) -> String {
    let told = items[output]?.told[slot] ?? 0
    return told == 0 ? whole : String(decoding: whole.utf8.dropFirst(told), as: UTF8.self)
  }

  private mutating func tell(_ text: String, in slot: Slot, of output: Int, into sink: inout EventSink) {
    guard !text.isEmpty else { return }
    items[output, default: Item()].told[slot, default: 0] += text.utf8.count
    switch slot.kind {
    case .text:
      // Two messages in a row are two paragraphs.
      if let textItem, textItem != output { emit(text: "\n\n", into: &sink) }
      emit(text: text, into: &sink)
      textItem = output
    case .summary, .reasoning:
      let isNext = items[output]?.lastSummary.map { $0 != slot.index } ?? false
      if slot.kind == .summary { items[output]?.lastSummary = slot.index }
      emit(thinking: slot.kind == .summary && isNext ? "\n\n" + text : text, into: &sink)
    case .arguments:
      guard let id = items[output]?.callID, items[output]?.hasBegun == true else { return }
      if !held.calls.contains(id) { sink.emit(.toolCallArguments(id: id, fragment: text)) }
    }
  }

  private mutating func emit(text: String, into sink: inout EventSink) {
    sink.emit(.textDelta(HeldAnswer.skip(text, &held.textBytes)))
  }

  private mutating func emit(thinking: String, into sink: inout EventSink) {
    textItem = nil
    sink.emit(.thinkingDelta(HeldAnswer.skip(thinking, &held.thinkingBytes)))
  }

  private mutating func emit(_ piece: OpenAIResponsesPiece, label: String = "", into sink: inout EventSink) {
    textItem = nil
    let opaque = piece.opaque(label: label)
    if held.pieces.remove(opaque.content) == nil { sink.emit(.opaque(opaque)) }
  }

  // MARK: Items

  private mutating func open(_ item: JSONValue, at output: Int, into sink: inout EventSink) {
    if items[output] == nil { items[output] = Item() }
    switch item["type"]?.string {
    case "function_call", "custom_tool_call":
      // The call's own id is what its result is sent under, not that of the item.
      if let id = item["call_id"]?.string, let name = item["name"]?.string, !id.isEmpty, !name.isEmpty {
        beginCall(id, name: name, at: output, into: &sink)
      }
    default: break
    }
  }

  private mutating func beginCall(_ id: String, name: String, at output: Int, into sink: inout EventSink) {
    guard items[output]?.hasBegun != true else { return }
    items[output, default: Item()].hasBegun = true
    items[output]?.callID = id
    callOrder.append(id)
    textItem = nil
    if !held.calls.contains(id) { sink.emit(.toolCallBegin(id: id, name: name)) }
  }

  /// An item in whole: tells what was missed of it.
  private mutating func complete(_ item: JSONValue, at output: Int, into sink: inout EventSink) {
    guard items[output]?.isDone != true else { return }
    items[output, default: Item()].isDone = true
    switch item["type"]?.string {
    case "message": completeMessage(item, at: output, into: &sink)
    case "reasoning": completeReasoning(item, at: output, into: &sink)
    case "function_call":
      completeCall(item, arguments: item["arguments"]?.string ?? "", at: output, into: &sink)
    case "custom_tool_call":
      // Free text; as a string it is JSON like the arguments of every call.
      let input = JSONValue.string(item["input"]?.string ?? "")
      completeCall(item, arguments: String(decoding: input.bytes, as: UTF8.self), at: output, into: &sink)
    case nil: break
    default: emit(.item(item), label: OpenAIResponsesPiece.label(of: item), into: &sink)
    }
  }

  private mutating func completeMessage(_ item: JSONValue, at output: Int, into sink: inout EventSink) {
    for (index, part) in (item["content"]?.array ?? []).enumerated() {
      let slot = Slot(kind: .text, index: index)
      if part["type"] == "refusal" { hasRefused = true }
      guard let whole = part["text"]?.string ?? part["refusal"]?.string else { continue }
      tell(rest(of: whole, in: slot, of: output), in: slot, of: output, into: &sink)
    }
    if let phase = item["phase"]?.string { emit(.phase(phase), into: &sink) }
  }

  private mutating func completeReasoning(_ item: JSONValue, at output: Int, into sink: inout EventSink) {
    for (kind, list) in [(Slot.Kind.summary, item["summary"]), (.reasoning, item["content"])] {
      for (index, part) in (list?.array ?? []).enumerated() {
        let slot = Slot(kind: kind, index: index)
        guard let whole = part["text"]?.string else { continue }
        tell(rest(of: whole, in: slot, of: output), in: slot, of: output, into: &sink)
      }
    }
    // Without its encrypted content an item cannot go back: the service keeps nothing under its id.
    if item["encrypted_content"]?.string?.isEmpty == false { emit(.item(item), into: &sink) }
  }

  private mutating func completeCall(
    _ item: JSONValue, arguments: String, at output: Int, into sink: inout EventSink
  ) {
    let id = item["call_id"]?.string ?? item["id"]?.string ?? ""
    beginCall(id.isEmpty ? "call_\(output)" : id, name: item["name"]?.string ?? "", at: output, into: &sink)
    let slot = Slot(kind: .arguments, index: 0)
    tell(rest(of: arguments, in: slot, of: output), in: slot, of: output, into: &sink)
  }

  // MARK: Endings

  private mutating func finish(_ response: JSONValue?, status: String, into sink: inout EventSink) {
    let response = response ?? .null
    start(response, into: &sink)
    responseID = responseID ?? response["id"]?.string
    takeOutput(response["output"]?.array ?? [], into: &sink)
    readUsage(response["usage"], into: &sink)
    // What ended there cannot be gone on with.
    if isBackground, status == "incomplete" { emit(.kept(response: nil), into: &sink) }
    switch status {
    case "completed":
      for id in callOrder { sink.emit(.toolCallEnd(id: id)) }
      sink.emit(.finish(callOrder.isEmpty ? (hasRefused ? .refusal : .stop) : .toolUse))
    case "incomplete":
      let word = response["incomplete_details"]?["reason"]?.string ?? ""
      sink.emit(
        .finish(
          word == "max_output_tokens" || word.isEmpty
            ? .length : word == "content_filter" ? .contentFilter : .other(ForeignWords.bounded(word, characters: 100)))
      )
    case "failed":
      fail(ErrorBody(["error": response["error"] ?? .null]), into: &sink)
    case "cancelled":
      var report = ErrorBody()
      report.message = "the answer was cancelled at the service"
      fail(report, into: &sink)
    default:
      // A background answer that was not asked for as a stream: it is not there yet.
      break
    }
  }

  /// The answer in whole. Items that came are completed by it; if none came it is all there is. Some servers number their
  /// items in another way here, so nothing else is taken but calls, where none came: LiteLLM 1.81 streams the texts and
  /// tells calls only here.
  private mutating func takeOutput(_ output: [JSONValue], into sink: inout EventSink) {
    let isAll = items.isEmpty
    let hasCalls = !callOrder.isEmpty
    for (index, item) in output.enumerated() {
      let type = item["type"]?.string
      let isMissed = !isAll && !hasCalls && (type == "function_call" || type == "custom_tool_call")
      guard isAll || isMissed || items[index] != nil else { continue }
      // A call that the service cut short is none.
      if item["status"] == "incomplete", type != "message" { continue }
      // Its number may be that of something else.
      let place = isMissed ? (items.keys.max() ?? 0) + 1 : index
      if isAll || isMissed { open(item, at: place, into: &sink) }
      complete(item, at: place, into: &sink)
    }
  }

  private mutating func readUsage(_ value: JSONValue?, into sink: inout EventSink) {
    guard let value, value.object != nil else { return }
    let written = value["input_tokens_details"]?["cache_write_tokens"]?.int ?? 0
    let found = TokenUsage(
      input: value["input_tokens"]?.int, output: value["output_tokens"]?.int,
      cacheRead: value["input_tokens_details"]?["cached_tokens"]?.int, cacheWrite: written > 0 ? written : nil,
      reasoning: value["output_tokens_details"]?["reasoning_tokens"]?.int)
    if found != TokenUsage() { sink.emit(.usage(found)) }
  }

  private mutating func fail(_ report: ErrorBody, into sink: inout EventSink) {
    var report = report
    if report.message.isEmpty { report.message = report.code ?? report.type ?? "" }
    report.requestID = report.requestID ?? context.requestID ?? responseID
    if isBackground { emit(.kept(response: nil), into: &sink) }
    var error = ErrorClass(inStream: report).error(of: context.provider, report: report, model: context.model)
    // Text was shown: asking again would show it twice.
    if sink.hasContent { error.explanation.recovery = .resume }
    sink.emit(.error(.provider(error)))
  }
}

/// What a partial answer has already, so that an answer which is told from its beginning adds only what is new.
private struct HeldAnswer: Sendable {
  var textBytes = 0
  var thinkingBytes = 0
  var calls: Set<String> = []
  /// Contents of opaque parts.
  var pieces: Set<String> = []

  init(_ partial: Message?) {
    for part in partial?.parts ?? [] {
      switch part {
      case .text(let text): textBytes += text.utf8.count
      case .thinking(let text, _): thinkingBytes += text.utf8.count
      case .toolCall(let call): if call.isComplete { calls.insert(call.id) }
      case .opaque(let piece):
        if piece.dialect == OpenAIResponsesPiece.dialect { pieces.insert(piece.content) }
      case .toolResult, .attachment: break
      }
    }
  }

  /// What of `text` is new, if its first `count` bytes are not; these are then counted off.
  static func skip(_ text: String, _ count: inout Int) -> String {
    guard count > 0 else { return text }
    let skipped = min(count, text.utf8.count)
    count -= skipped
    return String(decoding: text.utf8.dropFirst(skipped), as: UTF8.self)
  }
}
