// A conversation as services with content blocks want it: user and assistant in turn, beginning with the user, each call
// with its result in the turn right after it (wire notes: anthropic, sections 1, 4 and 5; bedrock, section 2). How a block
// is written is the dialect's affair.

import Conversations
import Framing

/// A piece of a turn.
enum ContentBlock: Equatable {
  /// Never blank; `citations` is a JSON array that belongs to the text.
  case text(String, citations: [UInt8]?)
  case attachment(Attachment)
  /// With its signature as the service gave it.
  case thinking(String, signature: String)
  /// As the service wrote it, JSON.
  case raw([UInt8], isThinking: Bool)
  /// `input` is a JSON object.
  case call(id: String, name: String, input: [UInt8])
  case result(callID: String, content: String, isError: Bool)

  fileprivate var isResult: Bool {
    if case .result = self { return true }
    return false
  }

  fileprivate var isThinking: Bool {
    switch self {
    case .thinking: true
    case .raw(_, let isThinking): isThinking
    default: false
    }
  }
}

/// What one side says before the other does.
struct BlockTurn: Equatable {
  var isAssistant: Bool
  var blocks: [ContentBlock]

  var hasResults: Bool { blocks.contains(where: \.isResult) }
}

/// Turns messages into turns.
struct BlockTurns {
  /// In alternation, the first one the user's; empty if there is nothing to say.
  private(set) var turns: [BlockTurn] = []
  /// Texts of system messages that stood among the others.
  private(set) var system: [String] = []
  /// Names of the tools that were called, each once, in order.
  private(set) var toolNames: [String] = []

  /// The dialect whose signatures and raw pieces may be sent; those of others mean nothing to the service.
  private let dialect: String
  private let model: String
  private let sendsThinking: Bool
  private var usedIDs: Set<String> = []

  /// Both services take these as names of tools.
  private static let maximumNameLength = 64

  /// The turns of a request.
  /// - Parameter sendsThinking: whether signed thinking goes back at all.
  init(_ messages: [Message], dialect: String, model: String, sendsThinking: Bool = true) {
    self.dialect = dialect
    self.model = model
    self.sendsThinking = sendsThinking
    for (index, message) in messages.enumerated() {
      // Asked again with a refused turn in its context, a model refuses again (wire notes: anthropic, section 3).
      let isLast = index == messages.count - 1
      let answer = message.role == .user && !isLast ? index + 1 : index
      if Self.isRefused(messages[answer]), answer < messages.count - 1 { continue }
      switch message.role {
      case .system: if !Self.isBlank(message.text) { system.append(message.text) }
      case .user: append(userBlocks(message), isAssistant: false)
      case .assistant: appendAnswer(message, isLast: isLast)
      }
    }
    if turns.first?.isAssistant == true {
      turns.insert(BlockTurn(isAssistant: false, blocks: [.text("(continued)", citations: nil)]), at: 0)
    }
    if messages.last?.status != .complete(.pause) { openEnd() }
  }

  // MARK: Turns

  private mutating func append(_ blocks: [ContentBlock], isAssistant: Bool) {
    guard !blocks.isEmpty else { return }
    if let last = turns.indices.last, turns[last].isAssistant == isAssistant {
      turns[last].blocks += blocks
    } else {
      turns.append(BlockTurn(isAssistant: isAssistant, blocks: blocks))
    }
  }

  /// An answer with tools is several turns: the calls, their results, what was said after them, which may be more calls.
  private mutating func appendAnswer(_ message: Message, isLast: Bool) {
    // In order: services that give no ids number the calls of each step anew.
    var results: [String: [ToolResult]] = [:]
    for case .toolResult(let result) in message.parts.reversed() { results[result.callID, default: []].append(result) }
    let takesThinking = sendsThinking && (message.origin.map { $0.model == model || $0.model.isEmpty } ?? true)
    let answered = isLast && message.status == .complete(.pause) ? nil : answeredServerCalls(message)
    var said: [ContentBlock] = []
    var answers: [ContentBlock] = []
    var hasResult = false
    for part in message.parts {
      if case .toolResult = part {
        hasResult = true
        continue
      }
      if hasResult {
        appendStep(&said, &answers)
        hasResult = false
      }
      switch part {
      case .text(let text):
        if !Self.isBlank(text) { said.append(.text(text, citations: nil)) }
      case .thinking(let text, let signature):
        if takesThinking, let own = ownSignature(signature) { said.append(.thinking(text, signature: own)) }
      case .toolCall(let call):
        let id = uniqueID(call.id)
        let name = Self.toolName(call.name)
        if !toolNames.contains(name) { toolNames.append(name) }
        said.append(.call(id: id, name: name, input: Self.input(call.arguments)))
        // Every call wants its result, or the whole request is refused.
        let result = results[call.id]?.popLast()
        answers.append(
          .result(
            callID: id, content: result?.content ?? "This call was not run.", isError: result?.isError ?? true))
      case .opaque(let piece):
        append(piece, to: &said, takesThinking: takesThinking, answered: answered)
      case .attachment, .toolResult: break
      }
    }
    appendStep(&said, &answers)
  }

  private mutating func appendStep(_ said: inout [ContentBlock], _ answers: inout [ContentBlock]) {
    // Thinking that led to nothing may not be the end of a turn.
    while said.last?.isThinking ?? false { said.removeLast() }
    append(said, isAssistant: true)
    append(answers, isAssistant: false)
    said = []
    answers = []
  }

  private func userBlocks(_ message: Message) -> [ContentBlock] {
    message.parts.compactMap { part in
      switch part {
      case .text(let text): Self.isBlank(text) ? nil : .text(text, citations: nil)
      case .attachment(let attachment): .attachment(attachment)
      case .thinking, .toolCall, .toolResult, .opaque: nil
      }
    }
  }

  /// An answer to go on with holds no thinking and does not end in blanks.
  private mutating func openEnd() {
    guard var last = turns.last, last.isAssistant else { return }
    turns.removeLast()
    last.blocks.removeAll(where: \.isThinking)
    if case .text(let text, let citations)? = last.blocks.last {
      var trimmed = Substring(text)
      while trimmed.last?.isWhitespace ?? false { trimmed.removeLast() }
      last.blocks[last.blocks.count - 1] = .text(String(trimmed), citations: citations)
    }
    append(last.blocks, isAssistant: true)
  }

  // MARK: Pieces of the service's own

  private func ownSignature(_ signature: String?) -> String? {
    guard let signature, signature.hasPrefix(dialect + ":") else { return nil }
    return String(signature.dropFirst(dialect.count + 1))
  }

  /// Puts a raw piece where it belongs: citations to their text, everything else by itself.
  /// - Parameter answered: calls of the server's own tools that have a result; nil sends all calls, since a server that
  ///   paused goes on with those that have none.
  private func append(
    _ piece: OpaquePart, to said: inout [ContentBlock], takesThinking: Bool, answered: Set<String>?
  ) {
    guard piece.dialect == dialect, case .success(let value) = JSONParser.parse(piece.content), value.object != nil
    else { return }
    if let citations = value["citations"], value["type"] == nil {
      if case .text(let text, nil)? = said.last { said[said.count - 1] = .text(text, citations: citations.bytes) }
      return
    }
    let isThinking = value["type"] == "redacted_thinking" || value["reasoningContent"] != nil
    if isThinking, !takesThinking { return }
    if let answered, let id = Self.serverCall(value), !answered.contains(id) { return }
    said.append(.raw(Array(piece.content.utf8), isThinking: isThinking))
  }

  /// Calls of tools that the service runs itself, among them those of an answer that broke off before their result.
  private func answeredServerCalls(_ message: Message) -> Set<String> {
    var ids: Set<String> = []
    for case .opaque(let piece) in message.parts where piece.dialect == dialect {
      guard case .success(let value) = JSONParser.parse(piece.content) else { continue }
      if let id = value["tool_use_id"]?.string ?? value["toolResult"]?["toolUseId"]?.string { ids.insert(id) }
    }
    return ids
  }

  /// The id of a call that the service makes itself; nil for anything else.
  private static func serverCall(_ piece: JSONValue) -> String? {
    switch piece["type"]?.string {
    case "server_tool_use", "mcp_tool_use": piece["id"]?.string
    default: piece["toolUse"]?["toolUseId"]?.string
    }
  }

  private static func isRefused(_ message: Message) -> Bool { message.status == .complete(.refusal) }

  // MARK: Tools

  /// An id that the services take and that nothing else in the request has: other services number their calls anew in
  /// each answer.
  private mutating func uniqueID(_ id: String) -> String {
    let clean = Self.clean(id.isEmpty ? "call" : id, length: Self.maximumNameLength)
    var unique = clean
    var count = 1
    while !usedIDs.insert(unique).inserted {
      count += 1
      unique = String(clean.prefix(Self.maximumNameLength - 8)) + "_\(count)"
    }
    return unique
  }

  private static func toolName(_ name: String) -> String {
    clean(name.isEmpty ? "tool" : name, length: maximumNameLength)
  }

  private static func clean(_ name: String, length: Int) -> String {
    String(
      String.UnicodeScalarView(
        name.unicodeScalars.prefix(length).map { scalar in
          let isPlain = scalar.isASCII && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar))
          return isPlain || scalar == "_" || scalar == "-" ? scalar : "_"
        }))
  }

  /// The arguments of a call, if they are an object; half of one would be refused.
  private static func input(_ arguments: String) -> [UInt8] {
    guard case .success(let value) = JSONParser.parse(arguments), value.object != nil else { return Array("{}".utf8) }
    return Array(arguments.utf8)
  }

  static func isBlank(_ text: String) -> Bool { text.allSatisfy(\.isWhitespace) }
}

// MARK: - Files

extension Attachment {
  /// What an image is called in `image/…`, if it is one that Claude and its hosts take.
  var imageFormat: String? {
    switch mediaType.lowercased() {
    case "image/png": "png"
    case "image/jpeg", "image/jpg": "jpeg"
    case "image/gif": "gif"
    case "image/webp": "webp"
    default: nil
    }
  }

  var isPDF: Bool { mediaType.lowercased() == "application/pdf" }

  /// The content as text, if it is text.
  var plainText: String? {
    guard !isPDF, bytes.withUnsafeBytes(UTF8Validator.isValid), !bytes.contains(0) else { return nil }
    return String(decoding: bytes, as: UTF8.self)
  }
}
