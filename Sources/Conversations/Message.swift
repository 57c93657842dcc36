// What is said: messages of one role, made of parts, with a status beside the text.

package import Diagnostics

/// Who speaks.
package enum Role: String, Equatable, Hashable, Sendable {
  case system, user, assistant
}

/// A model of a configured provider.
package struct ModelReference: Equatable, Hashable, Sendable {
  /// The provider's name in the configuration.
  package var provider: String
  package var model: String

  /// A model by the names that the configuration and the provider use.
  package init(provider: String, model: String) {
    self.provider = provider
    self.model = model
  }

  /// `provider/model`, or the provider alone: agents have no model to name.
  package var label: String { model.isEmpty ? provider : "\(provider)/\(model)" }
}

/// A tool call as the model made it.
package struct ToolCall: Equatable, Sendable {
  package var id: String
  package var name: String
  /// JSON text as received, growing while it streams; parsed only when complete.
  package var arguments: String
  package var isComplete: Bool

  /// A call; `arguments` may still be a fragment.
  package init(id: String, name: String, arguments: String = "", isComplete: Bool = false) {
    self.id = id
    self.name = name
    self.arguments = arguments
    self.isComplete = isComplete
  }
}

/// What a tool gave back.
package struct ToolResult: Equatable, Sendable {
  /// The call's id.
  package var callID: String
  package var name: String
  package var content: String
  package var isError: Bool

  /// The result of the call with that id.
  package init(callID: String, name: String, content: String, isError: Bool) {
    self.callID = callID
    self.name = name
    self.content = content
    self.isError = isError
  }
}

/// A file sent along with a prompt.
package struct Attachment: Equatable, Sendable {
  package var name: String
  /// Such as `text/plain` or `image/png`.
  package var mediaType: String
  package var bytes: [UInt8]

  /// A file's content under the name that is shown.
  package init(name: String, mediaType: String, bytes: [UInt8]) {
    self.name = name
    self.mediaType = mediaType
    self.bytes = bytes
  }
}

/// A piece that only the service that made it understands, such as the result of a search that it did itself.
package struct OpaquePart: Equatable, Sendable {
  /// The dialect that wrote it and can send it back; any other leaves it out.
  package var dialect: String
  /// What it is, for people; a piece without a label is not shown.
  package var label: String
  /// As the dialect wants it back, verbatim.
  package var content: String

  /// A piece of that dialect.
  package init(dialect: String, label: String, content: String) {
    self.dialect = dialect
    self.label = label
    self.content = content
  }
}

/// A piece of a message, in the order in which it arrived.
package enum Part: Equatable, Sendable {
  case text(String)
  /// The model's reasoning; `signature` is opaque and sent back verbatim where a provider wants it.
  case thinking(String, signature: String?)
  case toolCall(ToolCall)
  case toolResult(ToolResult)
  case attachment(Attachment)
  case opaque(OpaquePart)
}

/// Why an answer ended.
package enum FinishReason: Equatable, Hashable, Sendable {
  case stop, length, toolUse, contentFilter, refusal, pause
  /// A word of the provider that riffle does not know.
  case other(String)

  /// The word in `ask --json`.
  package var name: String {
    switch self {
    case .stop: "stop"
    case .length: "length"
    case .toolUse: "tool_use"
    case .contentFilter: "content_filter"
    case .refusal: "refusal"
    case .pause: "pause"
    case .other(let word): "other:\(word)"
    }
  }

  /// Reads the form that `name` writes.
  package init(name: String) {
    switch name {
    case "stop": self = .stop
    case "length": self = .length
    case "tool_use": self = .toolUse
    case "content_filter": self = .contentFilter
    case "refusal": self = .refusal
    case "pause": self = .pause
    default: self = .other(name.hasPrefix("other:") ? String(name.dropFirst(6)) : name)
    }
  }
}

/// How a message stands. Partial text is kept in every case.
package enum MessageStatus: Equatable, Sendable {
  case complete(FinishReason?)
  case streaming
  /// Stopped by the user.
  case stopped
  /// riffle died while the answer streamed.
  case interrupted
  /// The stream broke after something had arrived.
  case incomplete(Explanation)
  /// Nothing arrived.
  case failed(Explanation)

  /// The word in `show --json`.
  package var name: String {
    switch self {
    case .complete: "complete"
    case .streaming: "streaming"
    case .stopped: "stopped"
    case .interrupted: "interrupted"
    case .incomplete: "incomplete"
    case .failed: "failed"
    }
  }

  package var isStreaming: Bool { self == .streaming }
}

/// Token counts as the provider gave them, or estimated.
package struct TokenUsage: Equatable, Sendable {
  /// All prompt tokens, cached ones included.
  package var input: Int?
  /// All answer tokens, reasoning included.
  package var output: Int?
  package var cacheRead: Int?
  package var cacheWrite: Int?
  package var reasoning: Int?
  /// Whether riffle estimated the numbers from the text.
  package var isEstimated: Bool

  /// Counts; `nil` where nothing is known.
  package init(
    input: Int? = nil, output: Int? = nil, cacheRead: Int? = nil, cacheWrite: Int? = nil, reasoning: Int? = nil,
    isEstimated: Bool = false
  ) {
    self.input = input
    self.output = output
    self.cacheRead = cacheRead
    self.cacheWrite = cacheWrite
    self.reasoning = reasoning
    self.isEstimated = isEstimated
  }
}

/// One turn of one role: a node of the conversation's tree.
package struct Message: Identifiable, Equatable, Sendable {
  package let id: MessageID
  /// The message this one follows; `nil` at the root.
  package let parent: MessageID?
  package let role: Role
  package var created: Timestamp
  /// The model that answered; `nil` for messages of the user.
  package var origin: ModelReference?
  package var parts: [Part]
  package var status: MessageStatus
  package var usage: TokenUsage?
  /// Which of its siblings this is, counted from one, and how many there are.
  package var variant: Variant

  /// A message; by default the only child of its parent.
  package init(
    id: MessageID, parent: MessageID?, role: Role, created: Timestamp, origin: ModelReference? = nil,
    parts: [Part] = [], status: MessageStatus = .complete(nil), usage: TokenUsage? = nil, variant: Variant = Variant()
  ) {
    self.id = id
    self.parent = parent
    self.role = role
    self.created = created
    self.origin = origin
    self.parts = parts
    self.status = status
    self.usage = usage
    self.variant = variant
  }

  /// The answer's or prompt's own text, without thinking and tools.
  package var text: String {
    parts.reduce(into: "") { text, part in
      if case .text(let piece) = part { text += piece }
    }
  }
}

/// A message's place among its siblings: `‹2/3›`.
package struct Variant: Equatable, Hashable, Sendable {
  /// From one.
  package var index: Int
  package var count: Int

  /// The only one, unless said otherwise.
  package init(index: Int = 1, count: Int = 1) {
    self.index = index
    self.count = count
  }
}
