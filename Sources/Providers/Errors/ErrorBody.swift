// What services say when they refuse, in the many shapes in which they say it. Nothing here judges; it only finds the
// type, the code and the words (wire notes: errors and retries, section 1).

import Framing

/// The parts of an error report, wherever they stood.
package struct ErrorBody: Equatable, Sendable {
  /// The provider's own class of error, such as `invalid_request_error`.
  package var type: String?
  /// The provider's own code; numbers as text.
  package var code: String?
  /// What the provider says to people; empty if it says nothing.
  package var message = ""
  /// The parameter that is named as the culprit.
  package var parameter: String?
  /// A word for the cause, where Google gives one beside the class: `API_KEY_INVALID`.
  package var reason: String?
  /// Whether a quota that counts by the day is used up: waiting a little does not help.
  package var isDailyQuota = false
  package var requestID: String?
  /// A wait that the body asks for.
  package var retryAfterMilliseconds: Int?
  /// Sizes that llama.cpp names when a prompt does not fit.
  package var promptTokens: Int?
  package var contextTokens: Int?

  /// Nothing known.
  package init() {}

  /// Understands a body: JSON in any of the known shapes, XML, HTML, or plain text.
  package init(_ bytes: [UInt8]) {
    switch JSONParser.parse(bytes) {
    case .success(let value): self.init(value)
    case .failure:
      self.init()
      message = Self.plainWords(bytes)
    }
  }

  /// Understands a JSON error.
  init(_ value: JSONValue) {
    self.init()
    switch value {
    case .array(let elements):
      if let first = elements.first, first.array == nil { self = ErrorBody(first) }
    case .string(let text): message = text
    case .object: read(value)
    case .null, .bool, .number: break
    }
  }

  /// Whether the body says anything at all.
  var isEmpty: Bool { message.isEmpty && type == nil && code == nil }

  private mutating func read(_ value: JSONValue) {
    let inner = value["error"]
    switch inner {
    case .object:
      readFields(inner ?? .null)
      // A gateway in front of another service puts that service's words into `metadata`.
      if let raw = inner?["metadata"]?["raw"]?.string, !raw.isEmpty, raw != message {
        let nested = ErrorBody(Array(raw.utf8))
        let words = nested.isEmpty ? raw : nested.message
        if !words.isEmpty { message = message.isEmpty ? words : "\(message): \(words)" }
      }
      if let reasons = inner?["metadata"]?["reasons"]?.array?.compactMap(\.string), !reasons.isEmpty {
        message += " (\(reasons.joined(separator: ", ")))"
      }
    case .string(let text):
      message = text
      // Where `error` is a word, the sentence stands beside it.
      if let words = value["message"]?.string ?? value["error_description"]?.string {
        type = text
        message = words
      }
    default:
      readFields(value)
    }
    readOuter(value)
  }

  private mutating func readFields(_ value: JSONValue) {
    type = value["type"]?.string ?? value["__type"]?.string ?? value["status"]?.string
    code = value["code"]?.string ?? value["code"]?.int.map { String($0) }
    message = value["message"]?.string ?? value["Message"]?.string ?? value["msg"]?.string ?? ""
    parameter = value["param"]?.string
    promptTokens = value["n_prompt_tokens"]?.int
    contextTokens = value["n_ctx"]?.int
    for detail in value["details"]?.array ?? [] {
      // google.rpc.RetryInfo
      if let delay = detail["retryDelay"]?.string { retryAfterMilliseconds = RetryHint.duration(delay) }
      // google.rpc.ErrorInfo
      if let word = detail["reason"]?.string { reason = word }
      // google.rpc.QuotaFailure
      let quotas = detail["violations"]?.array?.compactMap { $0["quotaId"]?.string } ?? []
      if quotas.contains(where: { $0.firstRange(of: "PerDay") != nil }) { isDailyQuota = true }
    }
  }

  private mutating func readOuter(_ value: JSONValue) {
    requestID = value["request_id"]?.string ?? value["requestId"]?.string
    if let seconds = value["retryAfterSeconds"]?.double ?? value["retry_after_seconds"]?.double
      ?? value["error"]?["retry_after_seconds"]?.double
    {
      retryAfterMilliseconds = RetryHint.milliseconds(seconds: seconds)
    }
    if message.isEmpty { message = Self.detail(value["detail"]) ?? value["errors"]?[0]?["message"]?.string ?? "" }
    if message.isEmpty, let first = value["errors"]?[0]?.string { message = first }
  }

  /// FastAPI: a string, or a list of findings with a place and a message.
  private static func detail(_ value: JSONValue?) -> String? {
    switch value {
    case .string(let text): return text
    case .object: return value?["message"]?.string ?? value?["error"]?.string
    case .array(let findings):
      let words = findings.prefix(3).compactMap { finding -> String? in
        guard let words = finding["msg"]?.string ?? finding.string else { return nil }
        let place = (finding["loc"]?.array ?? []).compactMap { $0.string ?? $0.int.map { String($0) } }
        return place.isEmpty ? words : "\(place.joined(separator: ".")): \(words)"
      }
      return words.isEmpty ? nil : words.joined(separator: "; ")
    default: return nil
    }
  }

  /// The title of a page, the message of an XML error, or the text itself.
  private static func plainWords(_ bytes: [UInt8]) -> String {
    let text = String(decoding: bytes.prefix(16 * 1024), as: UTF8.self)
    for tag in ["title", "Message", "message", "h1"] {
      if let words = content(of: tag, in: text) { return words }
    }
    return collapsed(text)
  }

  /// What stands between `<tag …>` and `</tag>`; tags are found in either case.
  private static func content(of tag: String, in text: String) -> String? {
    let lowered = text.lowercased()
    guard lowered.utf8.count == text.utf8.count,
      let open = lowered.firstRange(of: "<" + tag.lowercased()),
      let start = lowered[open.upperBound...].firstIndex(of: ">"),
      let close = lowered[start...].firstRange(of: "</" + tag.lowercased())
    else { return nil }
    let words = collapsed(String(text[text.index(after: start)..<close.lowerBound]))
    return words.isEmpty ? nil : words
  }

  /// One space between words.
  private static func collapsed(_ text: String) -> String {
    text.split { $0 == " " || $0.isNewline || $0 == "\t" }.joined(separator: " ")
  }
}
