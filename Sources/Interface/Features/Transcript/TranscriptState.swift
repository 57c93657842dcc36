// A conversation as the pane holds it: a piece of its current path, with text as growing bytes. Changes of the session store
// are folded in here; cost is that of the change, not of what is there. Which piece it is, is told in
// `TranscriptState+Window`.

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
  /// When it began to arrive, and when the next one did or the answer ended; unknown for what comes from the archive.
  var began: Instant?
  var ended: Instant?

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
  /// The message before it.
  package let parent: MessageID?
  package let role: Role
  package var created: Timestamp
  package var origin: ModelReference?
  package var status: MessageStatus
  package var usage: TokenUsage?
  package var variant: Variant
  package var metrics: StreamMetrics?
  /// How its times compare with those of its model's earlier answers.
  package var speed = SpeedVerdict.notJudged
  package var parts: [TranscriptPart]
  /// Rises with every change but growth of text; tells the layout to look again.
  package var revision: Int

  /// A message with the figures that are known of it.
  package init(_ message: Message, metrics: StreamMetrics?) {
    id = message.id
    parent = message.parent
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
      (parts[index].began, parts[index].ended) = (former.began, former.ended)
    }
  }

  /// How long a part took to arrive, or has taken so far; `nil` where that was not measured. Of an answer from the archive
  /// the time of its thinking is known if it thought once, at the beginning.
  func thinkingTime(_ part: Int, at now: Instant) -> Duration? {
    guard parts.indices.contains(part) else { return nil }
    if let began = parts[part].began {
      return (parts[part].ended ?? (status.isStreaming ? now : began)) - began
    }
    guard part == 0, parts.count(where: { $0.kind == .thinking }) == 1, let metrics,
      let first = metrics.timeToFirstChunk, let text = metrics.timeToFirstText, text - first >= .milliseconds(1)
    else { return nil }
    return text - first
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
  /// The blank row before the block of part `part` that holds byte `offset`.
  case gap(part: Int, offset: Int)
  case footer(line: Int)
  case spacer
}

/// A conversation in the pane.
package struct TranscriptState: Equatable, Sendable {
  package let id: ConversationID
  package var title: String
  package var profile: Profile
  /// A piece of the path without gaps, oldest first.
  package internal(set) var messages: [TranscriptMessage]
  /// Messages on the path before these.
  package internal(set) var earlierCount: Int
  /// Messages on the path after these.
  package internal(set) var laterCount: Int
  /// What of the path was asked for and has not come.
  package internal(set) var request: WindowRequest?
  package var anchor: ScrollAnchor
  /// The last row that there was when the reader left the end: what is below it is new.
  package var seenEnd: SeenEnd?
  package var queue: [Prompt]
  /// Parts that were folded or unfolded by hand, by message and index.
  package var foldOverrides: [PartKey: Bool]
  /// Whether thinking and tools are unfolded altogether.
  package var isUnfolded: Bool
  /// What answers are called whose models are not to be known yet; neither their figures are shown then.
  var aliases: [MessageID: String] = [:]
  /// The last answer of the path while it is not among `messages`.
  var tail: TranscriptMessage?
  /// Messages that came at the end of the path since the reader left it.
  var arrivedCount: Int
  /// The last message that came and is not held.
  var lastCounted: MessageID?
  /// Bytes of text among `messages`.
  var textBytes: Int
  var indices: [MessageID: Int]

  /// The place up to which a reader had seen everything.
  package struct SeenEnd: Equatable, Sendable {
    package var message: MessageID
    /// The last row there was.
    package var place: RowPlace
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
    laterCount = 0
    arrivedCount = 0
    textBytes = 0
    anchor = .bottom
    queue = []
    foldOverrides = [:]
    isUnfolded = false
    indices = [:]
  }

  /// The message with that identifier, if it is in the known piece or is the last answer.
  package func message(_ id: MessageID) -> TranscriptMessage? {
    indices[id].map { messages[$0] } ?? (tail?.id == id ? tail : nil)
  }

  /// Its place among the known messages.
  package func index(of id: MessageID) -> Int? { indices[id] }

  /// The last answer of the path.
  package var lastAnswer: TranscriptMessage? { laterCount > 0 ? tail : messages.last { $0.role == .assistant } }

  /// The known answers that have a text.
  package var answers: [TranscriptMessage] {
    (holdsEnd ? messages : [lastAnswer].compactMap(\.self)).filter { message in
      message.role == .assistant && message.parts.contains { $0.kind == .text && !$0.bytes.isEmpty }
    }
  }

  /// Whether a foldable part is shown as one line.
  package func isFolded(_ part: TranscriptPart, _ key: PartKey) -> Bool {
    part.isFoldable && foldOverrides[key] ?? !isUnfolded
  }

  /// Folds in one change of the session store.
  /// - Parameter now: when it came, if it came just now; tells how long thinking takes.
  package mutating func apply(_ change: TranscriptChange, at now: Instant? = nil) {
    switch change {
    case .opened(let snapshot): open(snapshot)
    case .window(let window, let metrics): take(window, metrics)
    case .message(let message): insertOrReplace(message)
    case .appended(let id, _, let text):
      alter(id) { $0.apply(change, at: now) }
      if indices[id] != nil { textBytes += text.utf8.count }
    case .part(let id, _, _):
      let before = indices[id].map { messages[$0].textBytes } ?? 0
      alter(id) { $0.apply(change, at: now) }
      textBytes += (indices[id].map { messages[$0].textBytes } ?? 0) - before
    case .ended(let id, _, _, _): alter(id) { $0.apply(change, at: now) }
    case .queue(let prompts): queue = prompts
    case .profile(let profile): self.profile = profile
    }
  }

  /// Changes a message in its place; one that is not held is not missed.
  private mutating func alter(_ id: MessageID, _ body: (inout TranscriptMessage) -> Void) {
    if let index = indices[id] {
      body(&messages[index])
    } else if tail?.id == id, var message = tail {
      // The slot lets go of it first, so that it grows in place.
      tail = nil
      body(&message)
      tail = message
    }
  }

  private mutating func insertOrReplace(_ message: Message) {
    guard let old = self.message(message.id) else { return add(message) }
    var replacement = TranscriptMessage(message, metrics: old.metrics)
    replacement.follow(old)
    textBytes += indices[message.id] == nil ? 0 : replacement.textBytes - old.textBytes
    alter(message.id) { $0 = replacement }
  }
}

extension TranscriptMessage {
  /// Bytes of its texts.
  /// - Complexity: O(parts).
  var textBytes: Int { parts.reduce(0) { $0 + $1.bytes.count } }

  /// Folds in a change that is one of its own.
  mutating func apply(_ change: TranscriptChange, at now: Instant?) {
    switch change {
    case .appended(_, let part, let text):
      guard parts.indices.contains(part) else { return }
      parts[part].bytes.append(contentsOf: text.utf8)
    case .part(_, let index, let part): set(part, at: index, now)
    case .ended(_, let new, let counts, let figures):
      status = new
      usage = counts
      metrics = figures
      revision += 1
      if let last = parts.indices.last, parts[last].ended == nil { parts[last].ended = now }
    case .opened, .window, .message, .queue, .profile: break
    }
  }

  /// Replaces a part, or adds one at the end.
  private mutating func set(_ part: Part, at position: Int, _ now: Instant?) {
    guard position >= 0, position <= parts.count else { return }
    var new = TranscriptPart(part)
    if position == parts.count {
      if position > 0, parts[position - 1].ended == nil { parts[position - 1].ended = now }
      new.began = now
      parts.append(new)
    } else {
      let old = parts[position]
      let grew = new.bytes.count >= old.bytes.count && new.bytes.starts(with: old.bytes)
      new.generation = grew ? old.generation : old.generation + 1
      (new.began, new.ended) = (old.began, old.ended)
      parts[position] = new
    }
    revision += 1
  }
}
