// What a hook reads: one JSON object and the end of its line, with the names of `ask --json`.

import Conversations
import Diagnostics
import Framing
import Interface
import Streaming

extension HookEvent {
  /// The line that a hook reads.
  var line: [UInt8] {
    var json = JSONWriter()
    json.object { object in
      object.field("event", kind.rawValue)
      object.field("conversation", conversation.rawValue)
      object.field("title", title)
      object.field("message", message.description)
      object.field("provider", model.provider)
      object.field("model", model.model)
      object.field("profile", profile)
      if let reason { object.field("reason", reason.name) }
      if let error { Self.write(error, to: &object) }
      object.field("text", text)
      object.field("metrics", json: Array(MetricsJSON.object(metrics).utf8))
      if let usage { Self.write(usage, to: &object) } else { object.nullField("usage") }
    }
    return json.take() + [0x0A]
  }

  private static func write(_ why: Explanation, to object: inout JSONWriter) {
    object.objectField("error") { error in
      error.field("kind", why.kind.rawValue)
      error.field("message", why.detail.isEmpty ? why.summary : "\(why.summary): \(why.detail)")
      if let recovery = why.recovery { error.field("recovery", recovery.name) } else { error.nullField("recovery") }
      if let id = why.requestID { error.field("request_id", id) } else { error.nullField("request_id") }
    }
  }

  private static func write(_ usage: TokenUsage, to object: inout JSONWriter) {
    object.objectField("usage") { counts in
      if let input = usage.input { counts.field("input_tokens", input) } else { counts.nullField("input_tokens") }
      if let output = usage.output { counts.field("output_tokens", output) } else { counts.nullField("output_tokens") }
      counts.field("cache_read_tokens", usage.cacheRead)
      counts.field("cache_write_tokens", usage.cacheWrite)
      counts.field("reasoning_tokens", usage.reasoning)
      counts.field("estimated", usage.isEstimated)
    }
  }
}
