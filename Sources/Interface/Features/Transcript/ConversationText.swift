// A conversation as one text, for pagers and editors: what was said, under the names of who said it.

import Conversations
import Diagnostics

/// Writes out what the pane holds.
package enum ConversationText {
  /// Title, then every known message of the current path with its speaker. Thinking and tools are left out; files are
  /// named. Text is as it came: whoever shows it sanitises it.
  package static func text(of transcript: TranscriptState) -> String {
    var blocks = [
      "# \(transcript.title.isEmpty ? transcript.id.rawValue : "\(transcript.title) (\(transcript.id.rawValue))")"
    ]
    if transcript.earlierCount > 0 {
      blocks.append(
        "(\(Figures.grouped(transcript.earlierCount)) earlier messages are not here; scroll to the start first, or: riffle show \(transcript.id.rawValue))"
      )
    }
    for message in transcript.messages {
      blocks.append("## \(speaker(of: message))")
      for part in message.parts {
        switch part.kind {
        case .text: blocks.append(trimmed(String(decoding: part.bytes, as: UTF8.self)))
        case .attachment(let name, let type, let count):
          blocks.append("[file \(name), \(type), \(Figures.exactBytes(count))]")
        case .thinking, .toolCall, .toolResult, .opaque: break
        }
      }
      if let ending = ending(of: message.status) { blocks.append("[\(ending)]") }
    }
    return blocks.filter { !$0.isEmpty }.joined(separator: "\n\n") + "\n"
  }

  private static func speaker(of message: TranscriptMessage) -> String {
    switch message.role {
    case .user: "You"
    case .assistant: message.origin?.label ?? "Answer"
    case .system: "System"
    }
  }

  private static func ending(of status: MessageStatus) -> String? {
    switch status {
    case .complete: nil
    case .streaming: "still being written"
    case .stopped: "stopped"
    case .interrupted: "interrupted"
    case .incomplete(let why), .failed(let why): "\(status.name): \(why.sentence)"
    }
  }

  private static func trimmed(_ text: String) -> String {
    var text = text
    while text.hasSuffix("\n") { text.removeLast() }
    return text
  }
}
