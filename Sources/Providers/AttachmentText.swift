// Attached text as words of a prompt: every model reads text, few take files.

import Conversations
import Diagnostics
import Framing
import Streaming

/// What a dialect does with attached files.
enum AttachmentText {
  /// The file under its name, in a fence that is longer than any in it; nil for a file that is no text.
  static func quoted(_ attachment: Attachment) -> String? {
    guard attachment.mediaType != "application/pdf", !attachment.mediaType.hasPrefix("image/") else { return nil }
    guard !attachment.bytes.contains(0), attachment.bytes.withUnsafeBytes(UTF8Validator.isValid) else { return nil }
    let text = String(decoding: attachment.bytes, as: UTF8.self)
    var longest = 0
    var run = 0
    for byte in attachment.bytes {
      run = byte == UInt8(ascii: "`") ? run + 1 : 0
      longest = max(longest, run)
    }
    let fence = String(repeating: "`", count: max(3, longest + 1))
    return "\(attachment.name):\n\(fence)\n\(text)\(text.hasSuffix("\n") ? "" : "\n")\(fence)"
  }

  /// A file that the service does not take.
  /// - Parameter taken: what it takes, as the end of a sentence.
  static func refusal(of attachment: Attachment, by provider: String, taken: String) -> ProviderError {
    let name = ForeignWords.bounded(attachment.name, characters: 200)
    let type = attachment.mediaType.isEmpty ? "" : " (\(ForeignWords.bounded(attachment.mediaType, characters: 100)))"
    return ProviderError(
      explanation: Explanation(
        kind: .badRequest, summary: "\(provider) does not take the file \(name)\(type)",
        detail: "it takes \(taken); nothing was sent", recovery: .chooseModel))
  }

  /// `data:` and the file, as RFC 2397 writes it.
  static func dataURL(_ attachment: Attachment) -> String {
    "data:\(attachment.mediaType);base64,\(Base64.encode(attachment.bytes))"
  }
}
