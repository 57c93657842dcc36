// The prompt for an agent that remembers: of a conversation only what the user said last. Answers, and what was said before
// them, are in the agent's own memory, under the conversation's ID.

import Conversations
import Diagnostics
import Framing
import Streaming

/// What the user says to an agent in one request.
struct AgentPrompt {
  private var messages: [Message]

  /// The user's messages since the last answer; usually one.
  init(_ request: ChatRequest) {
    let end = request.messages.lastIndex { $0.role != .user }
    messages = Array(end.map { request.messages[($0 + 1)...] } ?? request.messages[...])
    // An answer to be continued: the agent cannot do that, so it hears the question again.
    if messages.isEmpty, let last = request.messages.last(where: { $0.role == .user }) { messages = [last] }
  }

  /// The prompt as one text. Files of text are quoted under their names.
  /// - Throws: for a file that is not text: it is named, and nothing is sent.
  func text(for provider: String) throws(ProviderError) -> String {
    var texts: [String] = []
    for part in messages.flatMap(\.parts) {
      switch part {
      case .text(let text): if !text.isEmpty { texts.append(text) }
      case .attachment(let attachment):
        guard let quoted = Self.quoted(attachment) else {
          throw ProviderError(
            explanation: Explanation(
              kind: .badRequest,
              summary:
                "\(provider) takes no files of the type of \(ForeignWords.bounded(attachment.name, characters: 200))",
              detail: "it is \(ForeignWords.bounded(attachment.mediaType, characters: 100)); only text can be sent to "
                + "this agent"))
        }
        texts.append(quoted)
      case .thinking, .toolCall, .toolResult, .opaque: break
      }
    }
    return texts.joined(separator: "\n\n")
  }

  /// The file's text in a fence that is longer than any in it; nil if it is not text.
  static func quoted(_ attachment: Attachment) -> String? {
    let bytes = attachment.bytes
    let type = attachment.mediaType
    let isPicture = type.hasPrefix("image/") && type != "image/svg+xml"
    guard !isPicture, !type.hasPrefix("audio/"), !type.hasPrefix("video/"), type != "application/pdf",
      !bytes.contains(0),
      bytes.withUnsafeBytes(UTF8Validator.isValid)
    else { return nil }
    var (longest, run) = (0, 0)
    for byte in bytes {
      run = byte == UInt8(ascii: "`") ? run + 1 : 0
      longest = max(longest, run)
    }
    let fence = String(repeating: "`", count: max(3, longest + 1))
    let text = String(decoding: bytes, as: UTF8.self)
    return "\(attachment.name):\n\(fence)\n\(text)\(text.hasSuffix("\n") ? "" : "\n")\(fence)"
  }
}

extension ChatRequest {
  /// The profile's own fields for the request; nil for none.
  func extraFields() throws(ProviderError) -> JSONValue? {
    if extraJSON.isEmpty { return nil }
    guard case .success(let extra) = JSONParser.parse(extraJSON), extra.object != nil else {
      throw ProviderError(
        explanation: Explanation(
          kind: .setting, summary: "The profile's extra fields are no JSON object",
          detail: ForeignWords.bounded(extraJSON, characters: 200), recovery: .fixSetting(path: "profiles")))
    }
    return extra
  }
}

extension JSONValue {
  /// What an agent said, where that is a text or a list of pieces: texts joined, other pieces left out. Nil for anything
  /// that is no text.
  var agentText: String? {
    switch self {
    case .string(let text): return text
    case .array(let pieces):
      let texts = pieces.compactMap { $0.string ?? $0["text"]?.string }
      return texts.isEmpty && !pieces.isEmpty ? nil : texts.joined()
    default: return nil
    }
  }

  /// The JSON text of what a tool was given: as it is, but a string that holds JSON as that JSON.
  var toolArguments: String {
    if case .string(let text) = self, Array(text.utf8).withUnsafeBytes(JSONCursor.isComplete) { return text }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The value as people read it: a string without its quotes, anything else as JSON.
  var plainText: String { string ?? String(decoding: bytes, as: UTF8.self) }
}

/// The text of an answer that a service may tell several times, in pieces and whole, where the screen only grows.
struct GrowingText: Sendable {
  /// What was told since the last `close`.
  private var shown = ""
  /// What was told before that, since the `close` before.
  private var last = ""
  /// Everything that was told.
  private var all = ""

  /// More of the text.
  mutating func append(_ text: String, into sink: inout EventSink) {
    shown += text
    all += text
    sink.emit(.textDelta(text))
  }

  /// The text so far, or all of it. What is missing is told; if it is another text than the one that was told, it follows
  /// as a paragraph of its own, since nothing can be taken back.
  mutating func reach(_ text: String, into sink: inout EventSink) {
    let current = shown.isEmpty ? last : shown
    if text.isEmpty || Self.isSame(text, current) || Self.isSame(text, all) { return }
    if let rest = Self.rest(of: text, after: current) ?? Self.rest(of: text, after: all) {
      return append(rest, into: &sink)
    }
    if !all.isEmpty { sink.emit(.textDelta("\n\n")) }
    all = ""
    shown = ""
    append(text, into: &sink)
  }

  /// What comes next is another text.
  mutating func close() {
    guard !shown.isEmpty else { return }
    last = shown
    shown = ""
  }

  private static func rest(of text: String, after start: String) -> String? {
    guard !start.isEmpty, text.utf8.starts(with: start.utf8) else { return nil }
    return String(decoding: text.utf8.dropFirst(start.utf8.count), as: UTF8.self)
  }

  private static func isSame(_ text: String, _ other: String) -> Bool {
    text.utf8.elementsEqual(other.utf8) || trimmed(text).elementsEqual(trimmed(other))
  }

  private static func trimmed(_ text: String) -> Substring.UTF8View {
    func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 }
    var bytes = Substring(text).utf8
    while let first = bytes.first, isBlank(first) { bytes.removeFirst() }
    while let last = bytes.last, isBlank(last) { bytes.removeLast() }
    return bytes
  }
}

/// The tools that an agent runs by itself, as calls and results. Agents name some calls and not others.
struct AgentTools: Sendable {
  private struct Open: Sendable {
    var id: String
    var name: String
  }

  private var open: [Open] = []
  private var known: Set<String> = []

  /// A tool was begun.
  /// - Parameter id: the agent's own name for the call; empty or nil for none.
  mutating func begin(_ name: String, id: String? = nil, arguments: JSONValue?, into sink: inout EventSink) {
    var id = id.flatMap { $0.isEmpty ? nil : $0 } ?? "call_\(known.count + 1)"
    while known.contains(id) { id += "'" }
    known.insert(id)
    open.append(Open(id: id, name: name))
    sink.emit(.toolCallBegin(id: id, name: name))
    sink.emit(.toolCallArguments(id: id, fragment: (arguments ?? .object(JSONObject())).toolArguments))
    sink.emit(.toolCallEnd(id: id))
  }

  /// Whether that call was begun and has no result.
  func isOpen(id: String) -> Bool { open.contains { $0.id == id } }

  /// A tool gave something back. It belongs to the call with that id, else to the first open one of that name, else to the
  /// one that was begun last; where there is none, a call is made up for it.
  mutating func end(
    name: String? = nil, id: String? = nil, content: String, isError: Bool = false, into sink: inout EventSink
  ) {
    let byID = id.flatMap { id in open.firstIndex { $0.id == id } }
    let byName = name.flatMap { name in open.firstIndex { $0.name == name } }
    if byID == nil, byName == nil, open.isEmpty || name.map({ !$0.isEmpty }) == true {
      begin(name ?? "tool", id: id, arguments: nil, into: &sink)
    }
    let call = open.remove(at: byID ?? byName ?? open.count - 1)
    sink.emit(.toolResult(ToolResult(callID: call.id, name: call.name, content: content, isError: isError)))
  }
}
