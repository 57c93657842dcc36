// The events of a run as `ask --json` has them: one JSON object a line.

import Conversations
import Diagnostics
import Framing
import Sessions
import Streaming

/// Writes the events of one run as JSON.
struct EventLines {
  private let output: Output
  /// Which of several runs it is; `nil` where there is one.
  private let lane: Int?
  private var json = JSONWriter()
  private var calls: [String: ToolCall] = [:]
  /// When what is written next came, for answers that are written again.
  var time: Duration?

  init(_ output: Output, lane: Int? = nil) {
    self.output = output
    self.lane = lane
  }

  /// The beginning of an answer that belongs to no conversation.
  mutating func begin(_ model: ModelReference, isStreaming: Bool) {
    object("start") { object in
      object.nullField("conversation")
      object.nullField("message")
      object.field("provider", model.provider)
      object.field("model", model.model)
      object.field("stream", isStreaming)
    }
    writeLine()
  }

  mutating func write(_ event: RunEvent) {
    switch event {
    case .started(let conversation, let message, let model, let isStreaming):
      object("start") { object in
        object.field("conversation", conversation.rawValue)
        object.field("message", message.description)
        object.field("provider", model.provider)
        object.field("model", model.model)
        object.field("stream", isStreaming)
      }
    case .chunk(let chunk): write(chunk.event)
    case .retrying(let attempt, _, let delay, let why):
      object("retry") { object in
        // Repetitions count from one in the JSON; people are told of attempts, of which the request itself is the first.
        object.field("attempt", attempt - 1)
        object.field("delay_ms", delay.components.seconds * 1000 + delay.components.attoseconds / 1_000_000_000_000_000)
        object.field("reason", why.sentence)
      }
    case .shortened(let why):
      // Not an event of the answer: scripts that read events are told beside them.
      output.complain(why.sentence)
      return
    case .ended(let message, let metrics):
      writeEnd(of: message, metrics)
      return
    }
    writeLine()
  }

  private mutating func write(_ event: StreamEvent) {
    switch event {
    case .textDelta(let text): writeDelta("text", text)
    case .thinkingDelta(let text): writeDelta("thinking", text)
    case .toolCallBegin(let id, let name): calls[id] = ToolCall(id: id, name: name)
    case .toolCallArguments(let id, let fragment): calls[id]?.arguments += fragment
    case .toolCallEnd(let id):
      guard let call = calls.removeValue(forKey: id) else { return }
      object("tool_call") { object in
        object.field("id", call.id)
        object.field("name", call.name)
        AskWriter.writeArguments(call.arguments, to: &object)
      }
    case .toolResult(let result):
      object("tool_result") { object in
        object.field("id", result.callID)
        object.field("name", result.name)
        object.field("content", result.content)
        object.field("is_error", result.isError)
      }
    case .resuming(let attempt, _, _, let why):
      object("resume") { object in
        object.field("attempt", attempt)
        object.field("reason", why.sentence)
      }
    case .start, .thinkingSignature, .opaque, .usage, .network, .finish, .error: break
    }
  }

  private mutating func writeDelta(_ type: String, _ text: String) {
    guard !text.isEmpty else { return }
    object(type) { object in
      object.field("delta", text)
    }
  }

  private mutating func writeEnd(of message: Message, _ metrics: StreamMetrics) {
    if let usage = message.usage {
      object("usage") { object in
        AskWriter.writeCounts(usage, to: &object)
      }
      writeLine()
    }
    let moment = time.map { "\"t_ms\":\(AskWriter.milliseconds($0))," } ?? ""
    let mark = lane.map { "\"lane\":\($0)," } ?? ""
    output.write(Array("{\(moment)\"type\":\"metrics\",\(mark)\(MetricsJSON.members(metrics))}\n".utf8))
    switch message.status {
    case .complete(let reason):
      object("finish") { object in
        object.field("reason", (reason ?? .stop).name)
      }
    case .incomplete(let why), .failed(let why): AskWriter.writeError(why, lane: lane, at: time, to: &json)
    case .stopped, .streaming, .interrupted:
      AskWriter.writeError(Explanation(kind: .cancelled, summary: "Stopped"), lane: lane, at: time, to: &json)
    }
    writeLine()
  }

  /// One object: when, what, of which run, and its own members.
  private mutating func object(_ type: String, _ members: (inout JSONWriter) -> Void) {
    let (time, lane) = (time, lane)
    json.object { object in
      if let time { object.field("t_ms", AskWriter.milliseconds(time)) }
      object.field("type", type)
      object.field("lane", lane)
      members(&object)
    }
  }

  private mutating func writeLine() {
    let line = json.take()
    if !line.isEmpty { output.write(line + [0x0A]) }
  }
}
