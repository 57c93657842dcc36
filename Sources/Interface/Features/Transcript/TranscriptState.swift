// A conversation as the pane holds it: the known end of its current path, with text as growing bytes. Changes of the
// session store are folded in here; cost is that of the change, not of what is there.

package import Conversations
package import Streaming

/// A piece of a message as the pane shows it.
package struct TranscriptPart: Equatable, Sendable {
  /// What the piece is.
  package enum Kind: Equatable, Sendable {
    case text, thinking
    case toolCall(id: String, name: String, isComplete: Bool)
    case toolResult(callID: String, name: String, isError: Bool)
    case attachment(name: String, mediaType: String, byteCount: Int)
    /// What only its service understands, by its label.
    case opaque(label: String)
  }

  package var kind: Kind
  /// Text, arguments or result: original bytes from outside, sanitised only where they are drawn.
  package var bytes: [UInt8]
  /// Counts changes other than growth at the end, after which a layout must begin anew.
  package var generation: Int

  /// A part with the content of `part`.
  package init(_ part: Part) {
    generation = 0
    switch part {
    case .text(let text):
      kind = .text
      bytes = Array(text.utf8)
    case .thinking(let text, _):
      kind = .thinking
      bytes = Array(text.utf8)
    case .toolCall(let call):
      kind = .toolCall(id: call.id, name: call.name, isComplete: call.isComplete)
      bytes = Array(call.arguments.utf8)
    case .toolResult(let result):
      kind = .toolResult(callID: result.callID, name: result.name, isError: result.isError)
      bytes = Array(result.content.utf8)
    case .attachment(let attachment):
      kind = .attachment(
        name: attachment.name, mediaType: attachment.mediaType, byteCount: attachment.bytes.count)
      bytes = []
    case .opaque(let piece):
      kind = .opaque(label: piece.label)
      bytes = Array(piece.content.utf8)
    }
  }

  /// Whether there is nothing to show of the part once it is done: signatures, and pieces without a label.
  package var isSilent: Bool {
    switch kind {
    case .thinking: bytes.isEmpty
    case .opaque(let label): label.isEmpty
    default: false
    }
  }

  /// Whether the part is one line until it is unfolded.
  package var isFoldable: Bool { kind != .text }
}

/// A message as the pane shows it.
package struct TranscriptMessage: Equatable, Sendable, Identifiable {
  package let id: MessageID
  package let role: Role
  package var created: Timestamp
  package var origin: ModelReference?
  package var status: MessageStatus
  package var usage: TokenUsage?
  package var variant: Variant
  package var metrics: StreamMetrics?
  package var parts: [TranscriptPart]
  /// Rises with every change but growth of text; tells the layout to look again.
  package var revision: Int

  /// A message with the figures that are known of it.
  package init(_ message: Message, metrics: StreamMetrics?) {
    id = message.id
    role = message.role
    created = message.created
    origin = message.origin
    status = message.status
    usage = message.usage
    variant = message.variant
    self.metrics = metrics
    parts = message.parts.map(TranscriptPart.init)
    revision = 0
  }

  /// Takes the place of what was known of the same message, so that layouts see what changed and keep what did not.
  mutating func follow(_ old: TranscriptMessage) {
    revision = old.revision + 1
    for index in parts.indices where index < old.parts.count {
      let former = old.parts[index]
      let grew = parts[index].kind == former.kind && parts[index].bytes.starts(with: former.bytes)
      parts[index].generation = grew ? former.generation : former.generation + 1
    }
  }

  /// The answer's or prompt's own text. Builds a string: for copying, not for drawing.
  package var text: String {
    parts.reduce(into: "") { text, part in
      if part.kind == .text { text += String(decoding: part.bytes, as: UTF8.self) }
    }
  }
}

/// Where the pane stands.
package enum ScrollAnchor: Equatable, Sendable {
  /// At the end, following what arrives.
  case bottom
  /// The row at the top of the pane: a message and a place in it that survives wrapping anew.
  case top(MessageID, RowPlace)
}

/// A place in a message that does not depend on the width.
package enum RowPlace: Equatable, Sendable {
  case header
  /// The row of part `index` that holds byte `offset`.
  case part(index: Int, offset: Int)
  case footer(line: Int)
  case spacer
}

/// A conversation in the pane.
package struct TranscriptState: Equatable, Sendable {
  package let id: ConversationID
  package var title: String
  package var profile: Profile
  package private(set) var messages: [TranscriptMessage]
  package private(set) var earlierCount: Int
  /// Whether older messages were asked for and have not come.
  package var isLoadingEarlier: Bool
  package var anchor: ScrollAnchor
  /// The last message and how many of its rows there were when the reader left the end; counts the new ones.
  package var seenEnd: SeenEnd?
  package var queue: [Prompt]
  /// Parts that were folded or unfolded by hand, by message and index.
  package var foldOverrides: [PartKey: Bool]
  /// Whether thinking and tools are unfolded altogether.
  package var isUnfolded: Bool
  private var indices: [MessageID: Int]

  /// The place up to which a reader had seen everything.
  package struct SeenEnd: Equatable, Sendable {
    package var message: MessageID
    package var rows: Int
    /// The width at which they were counted.
    package var columns: Int
  }

  /// Names a part.
  package struct PartKey: Hashable, Sendable {
    package var message: MessageID
    package var index: Int

    /// Part `index`, from zero, of a message.
    package init(message: MessageID, index: Int) {
      self.message = message
      self.index = index
    }
  }

  /// A conversation without messages, or whose messages have not come yet.
  package init(id: ConversationID, title: String = "", profile: Profile) {
    self.id = id
    self.title = title
    self.profile = profile
    messages = []
    earlierCount = 0
    isLoadingEarlier = false
    anchor = .bottom
    queue = []
    foldOverrides = [:]
    isUnfolded = false
    indices = [:]
  }

  /// The message with that identifier, if it is in the known piece.
  package func message(_ id: MessageID) -> TranscriptMessage? {
    indices[id].map { messages[$0] }
  }

  /// Its place among the known messages.
  package func index(of id: MessageID) -> Int? { indices[id] }

  package var lastAnswer: TranscriptMessage? { messages.last { $0.role == .assistant } }

  /// The known answers that have a text.
  package var answers: [TranscriptMessage] {
    messages.filter { message in
      message.role == .assistant && message.parts.contains { $0.kind == .text && !$0.bytes.isEmpty }
    }
  }

  /// Whether a foldable part is shown as one line.
  package func isFolded(_ part: TranscriptPart, _ key: PartKey) -> Bool {
    part.isFoldable && foldOverrides[key] ?? !isUnfolded
  }

  /// Folds in one change of the session store.
  package mutating func apply(_ change: TranscriptChange) {
    switch change {
    case .opened(let snapshot): replaceAll(with: snapshot)
    case .earlier(let window): prepend(window)
    case .message(let message): insertOrReplace(message)
    case .appended(let id, let part, let text): append(text, to: part, of: id)
    case .part(let id, let index, let part): setPart(part, at: index, of: id)
    case .ended(let id, let status, let usage, let metrics):
      guard let index = indices[id] else { return }
      messages[index].status = status
      messages[index].usage = usage
      messages[index].metrics = metrics
      messages[index].revision += 1
    case .queue(let prompts): queue = prompts
    case .profile(let profile): self.profile = profile
    }
  }

  private mutating func replaceAll(with snapshot: ConversationSnapshot) {
    title = snapshot.record.summary.title
    profile = snapshot.record.profile
    queue = snapshot.record.queue
    messages = snapshot.window.messages.map { message in
      var new = TranscriptMessage(message, metrics: snapshot.metrics[message.id])
      if let index = indices[message.id] { new.follow(messages[index]) }
      return new
    }
    earlierCount = snapshot.window.earlierCount
    isLoadingEarlier = false
    reindex()
    if case .top(let id, _) = anchor, indices[id] == nil { anchor = .bottom }
    if anchor == .bottom { seenEnd = nil }
  }

  private mutating func prepend(_ window: MessageWindow) {
    isLoadingEarlier = false
    let new = window.messages.filter { indices[$0.id] == nil }
    messages.insert(contentsOf: new.map { TranscriptMessage($0, metrics: nil) }, at: 0)
    earlierCount = window.earlierCount
    reindex()
  }

  private mutating func insertOrReplace(_ message: Message) {
    if let index = indices[message.id] {
      var replacement = TranscriptMessage(message, metrics: messages[index].metrics)
      replacement.follow(messages[index])
      messages[index] = replacement
    } else {
      indices[message.id] = messages.count
      messages.append(TranscriptMessage(message, metrics: nil))
    }
  }

  private mutating func append(_ text: String, to part: Int, of id: MessageID) {
    guard let index = indices[id], messages[index].parts.indices.contains(part) else { return }
    messages[index].parts[part].bytes.append(contentsOf: text.utf8)
  }

  private mutating func setPart(_ part: Part, at position: Int, of id: MessageID) {
    guard let index = indices[id], position >= 0, position <= messages[index].parts.count else { return }
    var new = TranscriptPart(part)
    if position == messages[index].parts.count {
      messages[index].parts.append(new)
    } else {
      let old = messages[index].parts[position]
      let grew = new.bytes.count >= old.bytes.count && new.bytes.starts(with: old.bytes)
      new.generation = grew ? old.generation : old.generation + 1
      messages[index].parts[position] = new
    }
    messages[index].revision += 1
  }

  private mutating func reindex() {
    indices = [:]
    indices.reserveCapacity(messages.count)
    for (index, message) in messages.enumerated() { indices[message.id] = index }
  }
}
