// What of an answer only the Responses API understands: reasoning that is encrypted, what its own tools did, and under
// which name it keeps the answer (wire notes: openai-responses, sections 1 and 3).

import Conversations
import Framing

/// An opaque part of the dialect `openai-responses`.
enum OpenAIResponsesPiece: Equatable {
  /// The name under which parts are stored.
  static let dialect = "openai-responses"

  /// An output item that goes back as it came.
  case item(JSONValue)
  /// The phase of the text before it, which newer models want back.
  case phase(String)
  /// The answer is made in the background under this name and can be asked for again; nil says that it cannot any more.
  case kept(response: String?)

  /// The piece in an opaque part; nil for those of other dialects and for what is not understood.
  init?(_ opaque: OpaquePart) {
    guard opaque.dialect == Self.dialect, case .success(let value) = JSONParser.parse(opaque.content) else {
      return nil
    }
    if let name = value["response"] {
      self = .kept(response: name.string)
    } else if let phase = value["phase"]?.string, value["type"] == nil {
      self = .phase(phase)
    } else if value["type"]?.string != nil {
      self = .item(value)
    } else {
      return nil
    }
  }

  /// The piece as it is stored.
  /// - Parameter label: shown in the conversation; empty for what is not.
  func opaque(label: String = "") -> OpaquePart {
    let content: JSONValue =
      switch self {
      case .item(let item): item
      case .phase(let phase): ["phase": .string(phase)]
      case .kept(let name): ["response": name.map { .string($0) } ?? .null]
      }
    return OpaquePart(
      dialect: Self.dialect, label: label, content: String(decoding: content.bytes, as: UTF8.self))
  }

  /// The name under which the service keeps an answer that broke off; nil if it keeps none.
  static func keptResponse(in parts: [Part]) -> String? {
    for case .opaque(let opaque) in parts.reversed() {
      if case .kept(let name)? = OpenAIResponsesPiece(opaque) { return name.flatMap { $0.isEmpty ? nil : $0 } }
    }
    return nil
  }

  /// What an item is, for people; empty for what nobody needs to see.
  static func label(of item: JSONValue) -> String {
    let type = item["type"]?.string ?? ""
    let words: String
    switch type {
    case "web_search_call":
      let action = item["action"]
      words = "web search: " + (action?["query"]?.string ?? action?["url"]?.string ?? action?["pattern"]?.string ?? "")
    case "file_search_call":
      words = "file search: " + (item["queries"]?.array ?? []).compactMap(\.string).joined(separator: ", ")
    case "code_interpreter_call": words = "code was run"
    case "image_generation_call":
      words = "image, \(((item["result"]?.string?.utf8.count ?? 0) / 4 * 3 + 1023) / 1024) KiB"
    case "mcp_call": words = "\(item["server_label"]?.string ?? "MCP"): \(item["name"]?.string ?? "")"
    case "reasoning", "mcp_list_tools", "compaction": return ""
    default: words = type.split(separator: "_").joined(separator: " ")
    }
    return ForeignWords.bounded(words, characters: 200)
  }
}
