// What of a conversation is sent to the model.

package import Conversations

/// Turns a path through a conversation into the messages of a request.
package enum ContextBuilder {
  /// The messages of a path that a model can use, oldest first.
  ///
  /// Left out: answers of which nothing came, and tool calls without a result beside them or results without a call,
  /// which services refuse.
  ///
  /// Prompts between which nothing was answered are one message: many templates demand that roles alternate. They are
  /// joined and not left out, for a short second prompt ("again, please") often lives by the first; the same words said
  /// twice are sent once.
  package static func messages(of path: some Sequence<Message>) -> [Message] {
    var messages: [Message] = []
    for message in path {
      var kept = message
      if message.role == .assistant {
        kept.parts = usable(message.parts)
        if kept.parts.isEmpty { continue }
      } else if let last = messages.last, last.role == .user, message.role == .user {
        messages.removeLast()
        kept.parts = joined(last.parts, message.parts)
      }
      messages.append(kept)
    }
    return messages
  }

  private static func joined(_ parts: [Part], _ newer: [Part]) -> [Part] {
    if parts == newer { return newer }
    guard case .text(let text)? = parts.last, case .text(let more)? = newer.first else { return parts + newer }
    return parts.dropLast() + [.text("\(text)\n\n\(more)")] + newer.dropFirst()
  }

  /// The end of a path that a model's context holds: whole turns are left out from its beginning, never the prompt.
  /// - Parameters:
  ///   - tokens: what prompt and answer may have together.
  ///   - reserved: of these, for the answer and whatever else is in the request.
  /// - Returns: the messages, and how many were left out.
  /// - Complexity: O(parts).
  static func fitting(_ messages: [Message], within tokens: Int, reserved: Int) -> (
    kept: ArraySlice<Message>, left: Int
  ) {
    var room = tokens - reserved
    var start = messages.count
    for index in messages.indices.reversed() {
      room -= tokenCount(of: messages[index])
      if room < 0 { break }
      // A request begins with a prompt.
      if messages[index].role == .user { start = index }
    }
    // The last prompt goes in any case: the service then says how much too long it is.
    let prompt = messages.lastIndex { $0.role == .user } ?? 0
    start = min(start, prompt)
    return (messages[start...], start)
  }

  /// An estimate that is rather too high: three bytes a token, a picture as a service counts a large one.
  static func tokenCount(of message: Message) -> Int {
    message.parts.reduce(4) { sum, part in
      if case .attachment(let file) = part, file.mediaType.hasPrefix("image/") { return sum + 1_600 }
      return sum + byteCount(of: part) / 3 + 1
    }
  }

  /// What of an answer that broke off can be gone on with: complete pieces, and the text without blanks at its end, which
  /// models do not take as a beginning.
  static func continuable(_ parts: [Part]) -> [Part] {
    var kept = usable(parts)
    if case .text(var text)? = kept.last {
      while let last = text.unicodeScalars.last, last == " " || last == "\n" || last == "\t" {
        text.unicodeScalars.removeLast()
      }
      kept[kept.count - 1] = .text(text)
      if text.isEmpty { kept.removeLast() }
    }
    return kept
  }

  /// UTF-8 bytes of text in a request, for estimates.
  package static func byteCount(of messages: [Message]) -> Int {
    messages.reduce(0) { sum, message in sum + message.parts.reduce(0) { $0 + byteCount(of: $1) } }
  }

  /// UTF-8 bytes of text in a part.
  static func byteCount(of part: Part) -> Int {
    switch part {
    case .text(let text), .thinking(let text, _): text.utf8.count
    case .toolCall(let call): call.arguments.utf8.count + call.name.utf8.count
    case .toolResult(let result): result.content.utf8.count
    case .attachment(let attachment): attachment.bytes.count
    case .opaque(let piece): piece.content.utf8.count
    }
  }

  private static func usable(_ parts: [Part]) -> [Part] {
    var calls: Set<String> = []
    var results: Set<String> = []
    for part in parts {
      switch part {
      case .toolCall(let call) where call.isComplete: calls.insert(call.id)
      case .toolResult(let result): results.insert(result.callID)
      default: break
      }
    }
    return parts.filter { part in
      switch part {
      case .toolCall(let call): call.isComplete && results.contains(call.id)
      case .toolResult(let result): calls.contains(result.callID)
      case .text(let text): !text.isEmpty
      case .thinking, .attachment, .opaque: true
      }
    }
  }
}
