// Chunks of Chat Completions into events (wire notes: openai-chat, sections 2 and 3). Read where they stand, without a
// tree: thousands come each second, and of each only a few bytes matter.

import Conversations
import Diagnostics
import Framing
import Streaming

/// What is remembered between the chunks of one answer.
package struct OpenAIChatDecoding: Sendable {
  private let context: ResponseContext
  private var hasStarted = false
  private var think: ThinkTags
  private var calls = ToolCallPieces()
  private var finishWord: String?
  private var hasRefused = false
  private var usage: TokenUsage?
  private var reasoning = ReasoningRecord()

  /// What has to be sent back with the thinking, gathered until the thinking is over.
  private struct ReasoningRecord: Sendable {
    /// More than this is not kept: a record that is not whole cannot be sent back.
    static let maximumBytes = 4 << 20

    /// Elements of `reasoning_details`, comma-separated, as they came.
    var details: [UInt8] = []
    var isReasoningContent = false
    var isPending = false
  }

  init(_ context: ResponseContext) {
    self.context = context
    think = ThinkTags(isOn: context.options["think_tags"] != "false")
  }

  // MARK: Frames

  mutating func decode(_ frame: WireFrame, into sink: inout EventSink) throws(DialectError) {
    if frame.event == "error" { return fail(ErrorBody(frame.data), into: &sink) }
    // A chunk begins with a brace; only what does not can be the end marker.
    if frame.data.first != UInt8(ascii: "{"), frame.isDoneMarker { return finish(into: &sink) }
    let problem: String? = frame.data.withUnsafeBytes { bytes in
      var cursor = JSONCursor(bytes)
      guard readChunk(&cursor, into: &sink) else {
        return cursor.finish() ? "a chunk is not an object" : cursor.failure.map { "a chunk is not JSON (\($0))" }
      }
      return cursor.finish() ? nil : cursor.failure.map { "a chunk is not JSON (\($0))" }
    }
    if let problem { throw DialectError(problem, excerpt: frame.excerpt()) }
  }

  mutating func end(into sink: inout EventSink) {
    if finishWord != nil { finish(into: &sink) }
  }

  mutating func decodeWhole(_ body: [UInt8], into sink: inout EventSink) throws(DialectError) {
    let problem: String? = body.withUnsafeBytes { bytes in
      // Read once for being JSON at all: half an answer must not be shown before the other half turns out to be broken.
      var check = JSONCursor(bytes)
      guard check.finish() else { return check.failure.map { "the answer is not JSON (\($0))" } }
      var cursor = JSONCursor(bytes)
      guard readChunk(&cursor, into: &sink) else { return "the answer is not an object" }
      return nil
    }
    let excerpt = WireFrame(data: body).excerpt()
    if let problem { throw DialectError(problem, excerpt: excerpt) }
    if sink.isEnded { return }
    guard hasStarted else {
      // Not an answer; FastAPI and others report errors with a success status.
      let report = ErrorBody(body)
      if !report.isEmpty { return fail(report, into: &sink) }
      throw DialectError("there is no answer in it", excerpt: excerpt)
    }
    finish(into: &sink)
  }

  // MARK: Chunks

  /// Reads a chunk or a whole answer; false if no object stands there.
  private mutating func readChunk(_ cursor: inout JSONCursor, into sink: inout EventSink) -> Bool {
    guard cursor.beginObject() else { return false }
    var report: ErrorBody?
    while let key = cursor.nextKey() {
      // By length first: most members of a chunk are of no interest and are told by that alone.
      switch key.raw.count {
      case 5: readShort(key, &cursor, &report, into: &sink)
      case 6 where key == "x_groq":
        cursor.object { key, cursor in
          switch key {
          case "usage": readUsage(&cursor, into: &sink)
          case "error": report = Self.readError(&cursor) ?? report
          default: break
          }
        }
      case 7 where key == "choices":
        start(model: nil, into: &sink)
        guard cursor.beginArray() else { continue }
        var position = 0
        while cursor.nextElement() {
          readChoice(&cursor, position: position, into: &sink)
          position += 1
        }
      case 7 where key == "timings": readTimings(&cursor, into: &sink)
      default: break
      }
    }
    // Last, because what stands beside an error was still said.
    if let report { fail(report, into: &sink) }
    return true
  }

  /// The members whose names have five letters.
  @inline(__always)
  private mutating func readShort(
    _ key: JSONText, _ cursor: inout JSONCursor, _ report: inout ErrorBody?, into sink: inout EventSink
  ) {
    switch key {
    case "model":
      if !hasStarted, let model = cursor.string() { start(model: model, into: &sink) }
    case "usage": readUsage(&cursor, into: &sink)
    case "error": report = Self.readError(&cursor) ?? report
    default: break
    }
  }

  /// What is reported beside or instead of an answer; nil for `null`.
  private static func readError(_ cursor: inout JSONCursor) -> ErrorBody? {
    guard !cursor.null(), let value = JSONParser.read(&cursor) else { return nil }
    return ErrorBody(["error": value])
  }

  private mutating func start(model: String?, into sink: inout EventSink) {
    guard !hasStarted else { return }
    hasStarted = true
    sink.emit(.start(ResponseStart(model: model ?? context.model, requestID: context.requestID)))
  }

  private mutating func readChoice(_ cursor: inout JSONCursor, position: Int, into sink: inout EventSink) {
    guard cursor.beginObject() else { return }
    // Only the answer with index 0 is wanted. Nearly all servers put the index first; where they do not, the place in
    // the array must do.
    var isWanted = position == 0
    var finish: JSONText?
    while let key = cursor.nextKey() {
      switch key.raw.count {
      case 5 where key == "index":
        if let index = cursor.int() { isWanted = index == 0 }
      case 5 where key == "delta", 7 where key == "message":
        if isWanted { readDelta(&cursor, into: &sink) }
      case 4 where key == "text":
        // The older completions API, which some servers still answer with.
        if isWanted, let text = cursor.string() { add(text: text, into: &sink) }
      case 13 where key == "finish_reason":
        finish = cursor.text()
      default: break
      }
    }
    if isWanted, let finish, !finish.isEmpty { finishWord = finish.string }
  }

  private mutating func readDelta(_ cursor: inout JSONCursor, into sink: inout EventSink) {
    guard cursor.beginObject() else { return }
    var content: JSONText?
    var contentParts: JSONCursor?
    var thinking: JSONText?
    var refusal: JSONText?
    var callsAt: JSONCursor?
    var functionAt: JSONCursor?
    var detailsAt: JSONCursor?
    var isReasoningContent = false
    while let key = cursor.nextKey() {
      switch key.raw.count {
      case 7 where key == "content":
        content = cursor.text()
        if content == nil, cursor.kind == .array { contentParts = cursor }
      case 17 where key == "reasoning_content":
        if let text = cursor.text(), !text.isEmpty {
          thinking = text
          isReasoningContent = true
        }
      case 9 where key == "reasoning":
        if let text = cursor.text(), !text.isEmpty, thinking == nil { thinking = text }
      case 17 where key == "reasoning_details":
        if cursor.kind == .array { detailsAt = cursor }
      case 7 where key == "refusal":
        refusal = cursor.text()
      case 10 where key == "tool_calls":
        if cursor.kind == .array { callsAt = cursor }
      case 13 where key == "function_call":
        if cursor.kind == .object { functionAt = cursor }
      default: break
      }
    }
    if let thinking {
      add(thinking: thinking.string, into: &sink)
      if isReasoningContent {
        reasoning.isReasoningContent = true
        reasoning.isPending = true
      }
    }
    if var detailsAt { readDetails(&detailsAt, showsText: thinking == nil, into: &sink) }
    if let content, !content.isEmpty { add(text: content.string, into: &sink) }
    if var contentParts { readParts(&contentParts, into: &sink) }
    if let refusal, !refusal.isEmpty {
      hasRefused = true
      closeThinking(into: &sink)
      sink.emit(.textDelta(refusal.string))
    }
    if var callsAt { readCalls(&callsAt, into: &sink) }
    if var functionAt { readFunction(&functionAt, into: &sink) }
  }

  // MARK: Text and thinking

  private mutating func add(text: String, into sink: inout EventSink) {
    if think.isOff {
      closeThinking(into: &sink)
      sink.emit(.textDelta(text))
      return
    }
    var pieces: [ThinkTags.Piece] = []
    think.push(text, into: &pieces)
    emit(pieces, into: &sink)
  }

  private mutating func emit(_ pieces: [ThinkTags.Piece], into sink: inout EventSink) {
    for piece in pieces {
      switch piece {
      case .thinking(let text): add(thinking: text, into: &sink)
      case .text(let text):
        closeThinking(into: &sink)
        sink.emit(.textDelta(text))
      }
    }
  }

  private mutating func add(thinking text: String, into sink: inout EventSink) {
    sink.emit(.thinkingDelta(text))
  }

  /// Thinking is over: what must go back with it is told, while it is still the last part.
  @inline(__always)
  private mutating func closeThinking(into sink: inout EventSink) {
    if reasoning.isPending { tellReasoning(into: &sink) }
  }

  private mutating func tellReasoning(into sink: inout EventSink) {
    if !reasoning.details.isEmpty {
      if reasoning.details.count <= ReasoningRecord.maximumBytes {
        let details = String(decoding: reasoning.details, as: UTF8.self)
        sink.emit(.thinkingSignature("\(OpenAIChatEncoding.signaturePrefix)[\(details)]"))
      }
    } else if reasoning.isReasoningContent {
      sink.emit(.thinkingSignature(OpenAIChatEncoding.reasoningContentSignature))
    }
    reasoning = ReasoningRecord()
  }

  /// OpenRouter's record of thinking. Its text is shown only if the same is not there in plain.
  private mutating func readDetails(_ cursor: inout JSONCursor, showsText: Bool, into sink: inout EventSink) {
    cursor.array { cursor in
      var element = cursor
      if showsText {
        element.object { key, cursor in
          switch key {
          case "text", "summary":
            if let text = cursor.string(), !text.isEmpty { add(thinking: text, into: &sink) }
          default: break
          }
        }
      }
      guard let raw = cursor.rawValue(), reasoning.details.count <= ReasoningRecord.maximumBytes else { return }
      if !reasoning.details.isEmpty { reasoning.details.append(UInt8(ascii: ",")) }
      reasoning.details.append(contentsOf: raw)
      reasoning.isPending = true
    }
  }

  /// Mistral's content: texts and thoughts in an array.
  private mutating func readParts(_ cursor: inout JSONCursor, into sink: inout EventSink) {
    cursor.array { cursor in
      if let text = cursor.string() { return add(text: text, into: &sink) }
      cursor.object { key, cursor in
        switch key {
        case "text":
          if let text = cursor.string() { add(text: text, into: &sink) }
        case "thinking":
          if let text = cursor.string() { return add(thinking: text, into: &sink) }
          cursor.array { cursor in
            cursor.object { key, cursor in
              if key == "text", let text = cursor.string() { add(thinking: text, into: &sink) }
            }
          }
        default: break
        }
      }
    }
  }

  // MARK: Tool calls

  private mutating func readCalls(_ cursor: inout JSONCursor, into sink: inout EventSink) {
    closeThinking(into: &sink)
    var position = 0
    cursor.array { cursor in
      var piece = ToolCallPieces.Piece(position: position)
      position += 1
      cursor.object { key, cursor in
        switch key {
        case "index": piece.index = cursor.int()
        case "id": piece.id = cursor.text()
        case "function": Self.readFunction(&cursor, into: &piece)
        default: break
        }
      }
      calls.add(piece, into: &sink)
    }
  }

  /// The form before there were several calls: always the first one.
  private mutating func readFunction(_ cursor: inout JSONCursor, into sink: inout EventSink) {
    closeThinking(into: &sink)
    var piece = ToolCallPieces.Piece(index: 0, position: 0)
    Self.readFunction(&cursor, into: &piece)
    calls.add(piece, into: &sink)
  }

  private static func readFunction(_ cursor: inout JSONCursor, into piece: inout ToolCallPieces.Piece) {
    cursor.object { key, cursor in
      switch key {
      case "name": piece.name = cursor.text()
      case "arguments":
        if let text = cursor.string() {
          piece.arguments = text
        } else if cursor.kind == .object {
          // Not as the interface says, but plain enough.
          piece.arguments = cursor.rawValue().map { String(decoding: $0, as: UTF8.self) }
        }
      default: break
      }
    }
  }

  // MARK: Figures

  private mutating func readUsage(_ cursor: inout JSONCursor, into sink: inout EventSink) {
    guard cursor.beginObject() else { return }
    var found = TokenUsage()
    while let key = cursor.nextKey() {
      switch key {
      case "prompt_tokens": found.input = cursor.int()
      case "completion_tokens": found.output = cursor.int()
      case "prompt_tokens_details":
        cursor.object { key, cursor in
          switch key {
          case "cached_tokens": found.cacheRead = cursor.int() ?? found.cacheRead
          case "cache_write_tokens": found.cacheWrite = cursor.int()
          default: break
          }
        }
      case "prompt_cache_hit_tokens": found.cacheRead = found.cacheRead ?? cursor.int()
      case "completion_tokens_details":
        cursor.object { key, cursor in
          if key == "reasoning_tokens" { found.reasoning = cursor.int() }
        }
      default: break
      }
    }
    tell(found, into: &sink)
  }

  /// llama.cpp measures even where it gives no usage.
  private mutating func readTimings(_ cursor: inout JSONCursor, into sink: inout EventSink) {
    var found = TokenUsage()
    var cached = 0
    cursor.object { key, cursor in
      switch key {
      case "prompt_n": found.input = cursor.int()
      case "cache_n": cached = cursor.int() ?? 0
      case "predicted_n": found.output = cursor.int()
      default: break
      }
    }
    guard usage == nil, let input = found.input, found.output != nil else { return }
    found.input = input &+ cached
    if cached > 0 { found.cacheRead = cached }
    tell(found, into: &sink)
  }

  private mutating func tell(_ found: TokenUsage, into sink: inout EventSink) {
    // Cumulative, and on some servers in every chunk: only a change is news.
    guard found != TokenUsage(), found != usage else { return }
    usage = found
    sink.emit(.usage(found))
  }

  // MARK: Endings

  private mutating func finish(into sink: inout EventSink) {
    var pieces: [ThinkTags.Piece] = []
    think.finish(into: &pieces)
    emit(pieces, into: &sink)
    closeThinking(into: &sink)
    let word = finishWord ?? ""
    if word == "error" || word == "insufficient_system_resource" {
      var report = ErrorBody()
      report.type = word == "error" ? "server_error" : word
      report.message = "the answer was ended with “\(word)”"
      return fail(report, into: &sink)
    }
    calls.finish(into: &sink)
    sink.emit(.finish(reason(of: word)))
  }

  private func reason(of word: String) -> FinishReason {
    switch word {
    case "length", "model_length", "max_tokens": .length
    case "content_filter": hasRefused ? .refusal : .contentFilter
    case "tool_calls", "function_call": .toolUse
    case "stop", "", "eos", "eos_token", "end_turn", "stop_sequence", "completed":
      // Several servers say "stop" where they want their tools run.
      calls.isEmpty ? (hasRefused ? .refusal : .stop) : .toolUse
    default: .other(ForeignWords.bounded(word, characters: 100))
    }
  }

  private mutating func fail(_ report: ErrorBody, into sink: inout EventSink) {
    // What was held back was said before the failure.
    var pieces: [ThinkTags.Piece] = []
    think.finish(into: &pieces)
    emit(pieces, into: &sink)
    var report = report
    if report.message.isEmpty { report.message = report.type ?? report.code ?? "" }
    report.requestID = report.requestID ?? context.requestID
    var error = ErrorClass(inStream: report).error(of: context.provider, report: report, model: context.model)
    // Text was shown: asking again would show it twice.
    if sink.hasContent { error.explanation.recovery = .resume }
    sink.emit(.error(.provider(error)))
  }
}
