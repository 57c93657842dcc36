// What of an answer has to go back to Gemini and is no text: signatures of its thinking, code that it ran, images. The
// service wants each signature on exactly the part it came with (wire notes: gemini, section 3), and a chat stores text
// that has grown together; so a piece says which of the bytes before it, or which call behind it, it belongs to.

import Conversations
import Framing

/// An opaque part of the dialect `gemini`.
enum GeminiPiece: Equatable {
  /// The name under which parts are stored.
  static let dialect = "gemini"
  /// Marks a signature of thinking as one of this dialect.
  static let signaturePrefix = "gemini:"

  /// The signature of the last `bytes` bytes of the text before it.
  case textSignature(String, bytes: Int)
  /// The signature of a call that follows.
  case callSignature(String, call: String)
  /// A part that the last `bytes` bytes of the text before it show to people.
  case shown(JSONValue, bytes: Int)
  /// A part that no text shows.
  case part(JSONValue)

  /// The piece in an opaque part; nil for those of other dialects and for what is not understood.
  init?(_ opaque: OpaquePart) {
    guard opaque.dialect == Self.dialect, case .success(let value) = JSONParser.parse(opaque.content) else {
      return nil
    }
    let bytes = value["bytes"]?.int ?? 0
    if let signature = value["signature"]?.string {
      if let call = value["call"]?.string {
        self = .callSignature(signature, call: call)
      } else {
        self = .textSignature(signature, bytes: max(0, bytes))
      }
    } else if let part = value["part"] {
      self = bytes > 0 ? .shown(part, bytes: bytes) : .part(part)
    } else {
      return nil
    }
  }

  /// The piece as it is stored.
  /// - Parameter label: shown in the conversation; empty for what is not.
  func opaque(label: String = "") -> OpaquePart {
    let content: JSONValue =
      switch self {
      case .textSignature(let signature, let bytes): ["signature": .string(signature), "bytes": .number(.init(bytes))]
      case .callSignature(let signature, let call): ["signature": .string(signature), "call": .string(call)]
      case .shown(let part, let bytes): ["part": part, "bytes": .number(.init(bytes))]
      case .part(let part): ["part": part]
      }
    return OpaquePart(
      dialect: Self.dialect, label: label, content: String(decoding: content.bytes, as: UTF8.self))
  }
}
