// Lines of /api/chat into events (wire notes: ollama, section 2). One line per token: read where they stand, without a
// tree.

import Conversations
import Diagnostics
import Framing
import Streaming

/// What is remembered between the lines of one answer.
package struct OllamaDecoding: Sendable {
  /// Begins the ids of calls that came without one; such ids are not sent.
  static let inventedIDPrefix = "ollama-call:"

  private let context: ResponseContext
  private var hasStarted = false
  private var think: ThinkTags
  private var calls: [String] = []

  /// One line, understood as far as it matters.
  private struct Line {
    var model: String?
    var created: String?
    var content: String?
    var thinking: String?
    var calls: [(id: String?, name: String, arguments: String)] = []
    var hasMessage = false
    var isDone = false
    var doneReason = ""
    var promptTokens: Int?
    var answerTokens: Int?
    var error: ErrorBody?
  }

  init(_ context: ResponseContext) {
    self.context = context
    think = ThinkTags(isOn: context.options["think_tags"] != "false")
  }

  mutating func decode(_ bytes: [UInt8], into sink: inout EventSink) throws(DialectError) {
    var line = Line()
    let problem: String? = bytes.withUnsafeBytes { bytes in
      var cursor = JSONCursor(bytes)
      let isObject = Self.read(&cursor, into: &line)
      guard cursor.finish() else { return cursor.failure.map { "a line is not JSON (\($0))" } }
      return isObject ? nil : "a line is not an object"
    }
    if let problem { throw DialectError(problem, excerpt: WireFrame(data: bytes).excerpt()) }
    tell(line, into: &sink)
  }

  mutating func decodeWhole(_ body: [UInt8], into sink: inout EventSink) throws(DialectError) {
    try decode(body, into: &sink)
    if !sink.isEnded, !hasStarted {
      throw DialectError("there is no answer in it", excerpt: WireFrame(data: body).excerpt())
    }
  }

  // MARK: Reading

  private static func read(_ cursor: inout JSONCursor, into line: inout Line) -> Bool {
    cursor.object { key, cursor in
      switch key {
      case "model": line.model = cursor.string()
      case "created_at": line.created = cursor.string()
      case "message": line.hasMessage = readMessage(&cursor, into: &line)
      case "done": line.isDone = cursor.bool() ?? false
      case "done_reason": line.doneReason = cursor.string() ?? ""
      case "prompt_eval_count": line.promptTokens = cursor.int()
      case "eval_count": line.answerTokens = cursor.int()
      case "error":
        if !cursor.null(), let value = JSONParser.read(&cursor) { line.error = ErrorBody(["error": value]) }
      default: break
      }
    }
  }

  private static func readMessage(_ cursor: inout JSONCursor, into line: inout Line) -> Bool {
    cursor.object { key, cursor in
      switch key {
      case "content": line.content = cursor.string()
      case "thinking": line.thinking = cursor.string()
      case "tool_calls":
        cursor.array { cursor in
          var id: String?
          var name = ""
          var arguments = "{}"
          cursor.object { key, cursor in
            switch key {
            case "id": id = cursor.string()
            case "function":
              cursor.object { key, cursor in
                switch key {
                case "name": name = cursor.string() ?? ""
                case "arguments":
                  if cursor.kind == .object {
                    arguments = cursor.rawValue().map { String(decoding: $0, as: UTF8.self) } ?? "{}"
                  } else if let text = cursor.string(), !text.isEmpty {
                    // What imitates Ollama may write them as Chat Completions does.
                    arguments = text
                  }
                default: break
                }
              }
            default: break
            }
          }
          line.calls.append((id, name, arguments))
        }
      default: break
      }
    }
  }

  // MARK: Telling

  private mutating func tell(_ line: Line, into sink: inout EventSink) {
    if !hasStarted, line.hasMessage || line.isDone {
      hasStarted = true
      sink.emit(.start(ResponseStart(model: line.model ?? context.model, requestID: context.requestID)))
    }
    if let thinking = line.thinking { sink.emit(.thinkingDelta(thinking)) }
    if let content = line.content, !content.isEmpty { add(content, into: &sink) }
    for call in line.calls {
      // Calls of one chat must not share a name, and a chat may take several requests.
      let given = call.id.flatMap { $0.isEmpty ? nil : $0 }
      let id = given ?? "\(Self.inventedIDPrefix)\(line.created ?? ""):\(calls.count)"
      calls.append(id)
      sink.emit(.toolCallBegin(id: id, name: call.name))
      sink.emit(.toolCallArguments(id: id, fragment: call.arguments))
    }
    // Zeros are left out.
    if line.promptTokens != nil || line.answerTokens != nil {
      sink.emit(.usage(TokenUsage(input: line.promptTokens, output: line.answerTokens)))
    }
    if let report = line.error { return fail(report, into: &sink) }
    if line.isDone { finish(line.doneReason, into: &sink) }
  }

  /// Models whose thinking the server does not tell apart leave it in the text.
  private mutating func add(_ text: String, into sink: inout EventSink) {
    if think.isOff { return sink.emit(.textDelta(text)) }
    var pieces: [ThinkTags.Piece] = []
    think.push(text, into: &pieces)
    Self.emit(pieces, into: &sink)
  }

  private static func emit(_ pieces: [ThinkTags.Piece], into sink: inout EventSink) {
    for piece in pieces {
      switch piece {
      case .thinking(let text): sink.emit(.thinkingDelta(text))
      case .text(let text): sink.emit(.textDelta(text))
      }
    }
  }

  private mutating func settleThinking(into sink: inout EventSink) {
    var pieces: [ThinkTags.Piece] = []
    think.finish(into: &pieces)
    Self.emit(pieces, into: &sink)
  }

  private mutating func finish(_ word: String, into sink: inout EventSink) {
    settleThinking(into: &sink)
    for id in calls { sink.emit(.toolCallEnd(id: id)) }
    let reason: FinishReason =
      switch word {
      case "length": .length
      // The word does not change for tool calls.
      case "stop", "": calls.isEmpty ? .stop : .toolUse
      default: .other(ForeignWords.bounded(word, characters: 100))
      }
    sink.emit(.finish(reason))
  }

  private mutating func fail(_ report: ErrorBody, into sink: inout EventSink) {
    settleThinking(into: &sink)
    var report = report
    report.requestID = report.requestID ?? context.requestID
    var failure = ErrorClass(inStream: report)
    // A line has words and no class; a runner that died may be there again at the next try.
    if failure == .other { failure = .server }
    var error = failure.error(of: context.provider, report: report, model: context.model)
    // Text was shown: asking again would show it twice.
    if sink.hasContent { error.explanation.recovery = .resume }
    sink.emit(.error(.provider(error)))
  }
}
