// Grows a message out of chunks, and says what has changed. It stores nothing and knows no clock.

package import Conversations
import Diagnostics

/// One answer as it grows.
///
/// Text grows in place: a chunk costs what it brings, whatever the length of the answer. For that, `message` should be
/// read when somebody asks, not after each chunk: a copy that is kept makes the next chunk copy the text once.
package struct MessageAssembler: Sendable {
  /// The longest answer that is kept, in UTF-8 bytes of text, thinking, arguments and results (`robustness`, section 1).
  package static let maximumBytes = 64 << 20

  /// The most parts that are kept: a part takes memory of its own, and nobody reads so many.
  package static let maximumParts = 100_000

  /// The message so far. Its status is `.streaming` until the final chunk.
  package private(set) var message: Message
  /// Whether more came than is kept; the stream should then be stopped.
  package private(set) var isFull = false
  /// Bytes kept so far.
  package private(set) var byteCount = 0

  private let limit: Int
  /// Parts that the message began with: those of an answer that is continued.
  private let seededParts: Int
  /// Where the calls stand among the parts; an id that occurs twice means its last call.
  private var calls: [String: Int] = [:]
  /// The call that grew last; its arguments come one after the other, so this saves the look-up.
  private var lastCall: (id: String, part: Int)?
  /// Bytes of the arguments when a call was last told of, by part.
  private var toldBytes: [Int: Int] = [:]

  /// Begins with a message, usually one without parts; the parts of an answer that is continued go on growing.
  /// - Parameter limit: bytes kept; tests make it small.
  package init(message: Message, limit: Int = Self.maximumBytes) {
    self.message = message
    self.limit = limit
    seededParts = message.parts.count
  }

  /// Whether there is anything of an answer.
  package var hasContent: Bool { !message.parts.isEmpty }

  /// Whether anything has arrived since the beginning. Then the request must not be repeated.
  package var hasGrown: Bool { byteCount > 0 || message.parts.count > seededParts }

  /// Adds a chunk and appends what changed on screen to `changes`.
  ///
  /// Growing arguments of a tool call are told of when they have grown by a sixteenth, and whenever the call or the
  /// answer ends: each telling holds all of them, and so the work stays linear.
  package mutating func apply(_ chunk: borrowing StreamChunk, into changes: inout [TranscriptChange]) {
    switch chunk.event {
    case .textDelta(let text):
      append(text, isThinking: false, into: &changes)
    case .thinkingDelta(let text):
      append(text, isThinking: true, into: &changes)
    case .thinkingSignature(let signature):
      if case .thinking(let text, nil)? = message.parts.last {
        message.parts[message.parts.count - 1] = .thinking(text, signature: signature)
        tell(message.parts.count - 1, into: &changes)
      } else if hasRoom(for: signature.utf8.count) {
        add(.thinking("", signature: signature), into: &changes)
      }
    case .toolCallBegin(let id, let name):
      guard hasRoom(for: id.utf8.count + name.utf8.count) else { return }
      calls[id] = message.parts.count
      lastCall = (id, message.parts.count)
      add(.toolCall(ToolCall(id: id, name: name)), into: &changes)
    case .toolCallArguments(let id, let fragment):
      appendArguments(fragment, to: id, into: &changes)
    case .toolCallEnd(let id):
      guard let part = calls[id], case .toolCall(var call) = message.parts[part] else { return }
      call.isComplete = true
      message.parts[part] = .toolCall(call)
      toldBytes[part] = nil
      tell(part, into: &changes)
    case .toolResult(var result):
      guard hasRoom(for: 0) else { return }
      result.content = fitting(result.content)
      add(.toolResult(result), into: &changes)
    case .opaque(let piece):
      if hasRoom(for: piece.content.utf8.count + piece.label.utf8.count) { add(.opaque(piece), into: &changes) }
    case .usage(let usage):
      message.usage = message.usage?.updated(with: usage) ?? usage
    case .start(let start):
      // A service may answer with a more exact name than it was asked for; the one asked for is what profiles know.
      if message.origin?.model.isEmpty == true, let model = start.model { message.origin?.model = model }
    case .network, .resuming:
      break
    case .finish(let reason):
      tellRest(into: &changes)
      message.status = finalStatus(reason)
    case .error(let failure):
      tellRest(into: &changes)
      message.status = finalStatus(failure)
    }
  }

  // MARK: Growing

  private mutating func append(_ text: String, isThinking: Bool, into changes: inout [TranscriptChange]) {
    let text = fitting(text)
    guard !text.isEmpty else { return }
    let last = message.parts.count - 1
    // Asked before and not in a `switch` around the growing: a matched copy would be a second owner of the text, and
    // every piece would then copy all of it.
    if last >= 0, message.parts[last].canGrow(asThinking: isThinking) {
      message.parts[last].appendText(text)
      return changes.appendMerging(.appended(message.id, part: last, text: text))
    }
    guard message.parts.count < Self.maximumParts else {
      isFull = true
      return
    }
    // A part begins as its first piece, not as nothing and then growth: one change instead of two.
    add(isThinking ? .thinking(text, signature: nil) : .text(text), into: &changes)
  }

  private mutating func appendArguments(_ fragment: String, to id: String, into changes: inout [TranscriptChange]) {
    let part: Int
    if let lastCall, lastCall.id == id {
      part = lastCall.part
    } else if let known = calls[id] {
      part = known
      lastCall = (id, known)
    } else {
      // The grammar puts a beginning before the first fragment; without one there is no call to add to.
      return
    }
    let fragment = fitting(fragment)
    guard !fragment.isEmpty, case .toolCall(var call) = message.parts[part] else { return }
    // The slot lets go of its string before the string grows, so that it grows in place.
    message.parts[part] = .text("")
    call.arguments.append(fragment)
    call.isComplete = false
    let size = call.arguments.utf8.count
    message.parts[part] = .toolCall(call)
    let told = toldBytes[part] ?? 0
    if size - told >= told / 16 {
      toldBytes[part] = size
      tell(part, into: &changes)
    }
  }

  private mutating func add(_ part: Part, into changes: inout [TranscriptChange]) {
    message.parts.append(part)
    tell(message.parts.count - 1, into: &changes)
  }

  private func tell(_ part: Int, into changes: inout [TranscriptChange]) {
    changes.append(.part(message.id, index: part, message.parts[part]))
  }

  /// Tells of calls whose last fragments were not told of.
  private mutating func tellRest(into changes: inout [TranscriptChange]) {
    for (part, told) in toldBytes.sorted(by: { $0.key < $1.key }) {
      if case .toolCall(let call) = message.parts[part], call.arguments.utf8.count > told { tell(part, into: &changes) }
    }
    toldBytes = [:]
  }

  /// Whether so many bytes that cannot be cut, and one more part, have room; they are counted then.
  private mutating func hasRoom(for size: Int) -> Bool {
    guard !isFull else { return false }
    guard byteCount + size <= limit, message.parts.count < Self.maximumParts else {
      isFull = true
      return false
    }
    byteCount += size
    return true
  }

  /// As much of a text as still has room, cut between scalars.
  private mutating func fitting(_ text: String) -> String {
    // Once something was left out nothing may follow it: the text would have a hole.
    guard !isFull else { return "" }
    let size = text.utf8.count
    if byteCount + size <= limit {
      byteCount += size
      return text
    }
    isFull = true
    var scalars = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      let width = UTF8.width(scalar)
      guard byteCount + width <= limit else { break }
      scalars.append(scalar)
      byteCount += width
    }
    return String(scalars)
  }

  // MARK: Ending

  private func finalStatus(_ reason: FinishReason) -> MessageStatus {
    guard !hasContent else { return .complete(reason) }
    let word = reason == .stop ? "" : "it ended with the reason \(reason.name)"
    return .failed(
      Explanation(
        kind: .provider, summary: "The provider sent no answer", detail: word, recovery: .retry(afterMilliseconds: nil))
    )
  }

  private func finalStatus(_ failure: StreamFailure) -> MessageStatus {
    switch failure {
    case .cancelled: .stopped
    default: hasContent ? .incomplete(failure.explanation) : .failed(failure.explanation)
    }
  }
}

extension Part {
  /// Whether text of that kind belongs into this part. Thinking that was signed is finished.
  fileprivate func canGrow(asThinking isThinking: Bool) -> Bool {
    switch self {
    case .text: !isThinking
    case .thinking(_, let signature): isThinking && signature == nil
    case .toolCall, .toolResult, .attachment, .opaque: false
    }
  }

  /// Appends to a text or thinking part in place; does nothing to others.
  package mutating func appendText(_ piece: String) {
    switch self {
    case .text(var text):
      // Emptied first: the string then has one owner and grows in place, instead of being copied.
      self = .text("")
      text.append(piece)
      self = .text(text)
    case .thinking(var text, let signature):
      self = .thinking("", signature: nil)
      text.append(piece)
      self = .thinking(text, signature: signature)
    case .toolCall, .toolResult, .attachment, .opaque: break
    }
  }
}

extension TokenUsage {
  /// These counts with those that `newer` knows; a provider may tell of the prompt first and of the answer last.
  func updated(with newer: TokenUsage) -> TokenUsage {
    TokenUsage(
      input: newer.input ?? input, output: newer.output ?? output, cacheRead: newer.cacheRead ?? cacheRead,
      cacheWrite: newer.cacheWrite ?? cacheWrite, reasoning: newer.reasoning ?? reasoning,
      isEstimated: newer.isEstimated)
  }
}
