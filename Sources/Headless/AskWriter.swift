// The two forms in which `ask` writes an answer: plain text, or one JSON object a line (`EventLines`).

import Conversations
import Diagnostics
import Framing
import Sessions
import Streaming

/// Writes the events of one run.
struct AskWriter: ~Copyable {
  /// When what is written next came, for answers that are written again; told in the JSON.
  var time: Duration? {
    get { lines.time }
    set { lines.time = newValue }
  }
  /// Whether plain output has the thinking too, on standard error.
  var showsThinking = false
  private let isJSON: Bool
  private let output: Output
  private var pieces: PieceWriter
  private var lines: EventLines
  private var thoughts: PieceWriter
  private var isThinking = false
  private var wroteText = false
  private var endsInNewline = false

  init(isJSON: Bool, output: Output) {
    self.isJSON = isJSON
    self.output = output
    pieces = PieceWriter(output)
    lines = EventLines(output)
    thoughts = PieceWriter(output, toErrors: true)
  }

  mutating func write(_ event: RunEvent) {
    if isJSON { lines.write(event) } else { writePlain(event) }
  }

  // MARK: Plain

  private mutating func writePlain(_ event: RunEvent) {
    switch event {
    case .started: break
    case .chunk(let chunk):
      switch chunk.event {
      case .thinkingDelta(let text) where showsThinking && !text.isEmpty:
        isThinking = true
        thoughts.write(text)
      case .textDelta(let text) where !text.isEmpty:
        endThinking()
        pieces.write(text)
        wroteText = true
        endsInNewline = text.hasSuffix("\n")
      case .resuming(let attempt, let total, _, let why):
        output.complain("\(why.sentence); asking for the rest, attempt \(attempt) of \(total)")
      default: break
      }
    case .retrying(let attempt, let total, let delay, let why):
      output.complain("\(why.sentence); attempt \(attempt) of \(total) in \(Self.seconds(delay)) s")
    case .shortened(let why): output.complain(why.sentence)
    case .ended(let message, _):
      endThinking()
      pieces.finish()
      if wroteText, !endsInNewline { output.write([0x0A]) }
      explain(message)
    }
  }

  private mutating func endThinking() {
    guard isThinking else { return }
    isThinking = false
    thoughts.write("\n")
    thoughts.finish()
  }

  private func explain(_ message: Message) {
    switch message.status {
    case .complete(let reason):
      if !wroteText {
        output.complain(message.parts.isEmpty ? "no answer came" : "no text came, only thinking or tools")
      }
      switch reason {
      case .length?: output.complain("the answer was cut at the token limit")
      case .contentFilter?: output.complain("the answer was ended by a content filter")
      case .refusal?: output.complain("the model declined to answer")
      case .stop?, .toolUse?, .pause?, .other?, nil: break
      }
    // When the reader has gone, nobody stopped anything and nobody wants to hear of it.
    case .stopped: if !output.isClosed { output.complain("stopped; the text so far is kept") }
    case .incomplete(let why): output.complain("incomplete: \(why.sentence)")
    case .failed(let why): output.complain(why.sentence)
    case .streaming, .interrupted: break
    }
  }

  private static func seconds(_ duration: Duration) -> String {
    let tenths = (duration.components.seconds * 10) + duration.components.attoseconds / 100_000_000_000_000_000
    return "\(tenths / 10).\(tenths % 10)"
  }

  // MARK: Pieces of JSON

  /// The beginning of an answer that belongs to no conversation.
  mutating func begin(_ model: ModelReference, isStreaming: Bool) {
    if isJSON { lines.begin(model, isStreaming: isStreaming) }
  }

  /// Arguments as JSON if they are, else as the text that came.
  static func writeArguments(_ arguments: String, to object: inout JSONWriter) {
    let text = arguments.isEmpty ? "{}" : arguments
    if case .success(let value) = JSONParser.parse(text) {
      object.field("arguments", value)
    } else {
      object.field("arguments", text)
    }
  }

  static func writeCounts(_ usage: TokenUsage, to object: inout JSONWriter) {
    if let input = usage.input { object.field("input_tokens", input) } else { object.nullField("input_tokens") }
    if let output = usage.output { object.field("output_tokens", output) } else { object.nullField("output_tokens") }
    object.field("cache_read_tokens", usage.cacheRead)
    object.field("cache_write_tokens", usage.cacheWrite)
    object.field("reasoning_tokens", usage.reasoning)
    object.field("estimated", usage.isEstimated)
  }

  /// An `error` object, as `ask --json` and `show --json` have it.
  static func writeError(_ why: Explanation, lane: Int? = nil, at time: Duration? = nil, to writer: inout JSONWriter) {
    writer.object { object in
      if let time { object.field("t_ms", milliseconds(time)) }
      object.field("type", "error")
      object.field("lane", lane)
      object.field("kind", why.kind.rawValue)
      object.field("message", why.detail.isEmpty ? why.summary : "\(why.summary): \(why.detail)")
      if let recovery = why.recovery { object.field("recovery", recovery.name) } else { object.nullField("recovery") }
      if let id = why.requestID { object.field("request_id", id) } else { object.nullField("request_id") }
    }
  }

  /// In microseconds at the finest: recordings are no finer than what a clock tells.
  static func milliseconds(_ time: Duration) -> Double {
    let (seconds, attoseconds) = time.components
    return (Double(seconds) * 1_000_000 + (Double(attoseconds) / 1e12).rounded()) / 1000
  }
}
