// What kind of refusal this is. The table of the wire notes (errors and retries, section 1) as one function, used for
// refused requests and for errors inside a stream alike.

import Diagnostics
package import Streaming

/// A dozen meanings of every provider's errors.
package enum ErrorClass: Equatable, Sendable {
  case credential, permission, billing, notFound, modelNotFound, badRequest, contextOverflow(overBy: Int?), tooLarge
  case contentFilter, rateLimit, overloaded, server, other

  /// Judges a refusal with an HTTP status.
  package init(status: Int, report: ErrorBody) {
    let words = report.message.lowercased()
    if Self.isBilling(report), status == 400 || status == 402 || status == 403 || status == 429 {
      self = .billing
      return
    }
    if let overflow = Self.contextOverflow(report, words: words),
      status == 400 || status == 413 || status == 422 || status >= 500
    {
      self = overflow
      return
    }
    if Self.isContentFilter(report) {
      self = .contentFilter
      return
    }
    switch status {
    case 401: self = .credential
    case 402: self = .billing
    case 403: self = Self.isAboutSignature(report) ? .credential : .permission
    case 404, 410: self = Self.isAboutModel(report, words: words) ? .modelNotFound : .notFound
    case 408, 409, 424, 425: self = .server
    case 413: self = .tooLarge
    case 429, 498: self = .rateLimit
    case 503, 529: self = .overloaded
    case 400 where Self.isAboutModel(report, words: words) && Self.saysAbsent(words): self = .modelNotFound
    case 400..<500: self = Self.byName(report) ?? .badRequest
    case 500...: self = .server
    default: self = Self.byName(report) ?? .other
    }
  }

  /// Judges an error that came inside a stream, where there is no status of its own.
  package init(inStream report: ErrorBody) {
    if let code = report.code.flatMap({ Int($0) }), (400..<600).contains(code) {
      self.init(status: code, report: report)
    } else if Self.isBilling(report) {
      self = .billing
    } else if let overflow = Self.contextOverflow(report, words: report.message.lowercased()) {
      self = overflow
    } else if Self.isContentFilter(report) {
      self = .contentFilter
    } else {
      self = Self.byName(report) ?? .other
    }
  }

  /// Whether the same request may succeed later.
  package var isRetryable: Bool {
    switch self {
    case .rateLimit, .overloaded, .server: true
    default: false
    }
  }

  // MARK: Recognising

  private static let billingCodes: Set<String> = [
    "insufficient_quota", "credit_balance_exhausted", "organization_spend_limit_exceeded",
    "project_spend_limit_exceeded", "organization_usage_limit_exceeded", "billing_hard_limit_reached",
    "billing_not_active", "insufficient_balance", "billing_error", "insufficient_credits",
  ]

  private static func isBilling(_ report: ErrorBody) -> Bool {
    // Google says "you exceeded your current quota" of the minute's quota, too.
    if report.type == "RESOURCE_EXHAUSTED" { return report.isDailyQuota }
    if [report.code, report.type].contains(where: { $0.map { billingCodes.contains($0.lowercased()) } ?? false }) {
      return true
    }
    let words = report.message.lowercased()
    return words.hasPrefix("your credit balance is too low") || words.hasPrefix("insufficient balance")
      || words.hasPrefix("insufficient credits") || words.hasPrefix("you exceeded your current quota")
      || words.hasPrefix("you have reached your specified")
  }

  /// Names with which AWS refuses keys or a signature; it does so with 403 and 400.
  private static let signatureNames: Set<String> = [
    "expiredtoken", "expiredtokenexception", "unrecognizedclientexception", "invalidclienttokenid",
    "invalidsignatureexception", "signaturedoesnotmatch", "incompletesignature", "incompletesignatureexception",
    "missingauthenticationtoken", "missingauthenticationtokenexception", "requesttimetooskewed", "requestexpired",
  ]

  private static func isAboutSignature(_ report: ErrorBody) -> Bool {
    [report.type, report.code].contains { $0.map { signatureNames.contains($0.lowercased()) } ?? false }
  }

  private static func isContentFilter(_ report: ErrorBody) -> Bool {
    [report.code, report.type].contains { name in
      guard let name = name?.lowercased() else { return false }
      return name == "content_filter" || name == "content_policy_violation" || name == "responsibleaipolicyviolation"
        || name == "safety"
    }
  }

  private static func isAboutModel(_ report: ErrorBody, words: String) -> Bool {
    switch report.code?.lowercased() ?? report.type?.lowercased() {
    case "model_not_found", "model_not_available", "resourcenotfoundexception": return true
    default: return words.utf8.count < 4_000 && words.firstRange(of: "model") != nil
    }
  }

  private static func saysAbsent(_ words: String) -> Bool {
    [
      "not found", "does not exist", "not a valid model", "unknown model", "no such model", "invalid model",
      "model identifier is invalid",
    ]
    .contains { words.firstRange(of: $0) != nil }
  }

  /// Names that say it all, in `type` or `code`.
  private static func byName(_ report: ErrorBody) -> ErrorClass? {
    if isAboutSignature(report) { return .credential }
    for name in [report.reason, report.code, report.type] {
      guard let name = name?.lowercased() else { continue }
      func holds(_ part: String) -> Bool { name.firstRange(of: part) != nil }
      if holds("rate_limit") || holds("ratelimit") || holds("throttl") || holds("too_many")
        || holds("resource_exhausted")
      {
        return .rateLimit
      }
      if holds("overload") || holds("unavailable") || holds("capacity") || holds("notready") { return .overloaded }
      if holds("authentication") || holds("invalid_api_key") || holds("api_key_invalid") || holds("unauthorized")
        || holds("expiredtoken")
      {
        return .credential
      }
      if holds("permission") || holds("forbidden") || holds("accessdenied") || holds("failed_precondition") {
        return .permission
      }
      if holds("server_error") || holds("servererror") || holds("internal") || holds("timeout") || holds("deadline")
        || holds("api_error") || holds("modelstreamerror") || holds("insufficient_system_resource")
      {
        return .server
      }
      if holds("not_found") || holds("notfound") { return holds("model") ? .modelNotFound : .notFound }
      if holds("request_too_large") { return .tooLarge }
      if holds("invalid") || holds("validation") || holds("badrequest") || holds("bad_request") { return .badRequest }
    }
    return nil
  }

  private static let overflowWords = [
    "prompt is too long", "maximum context length", "exceed context limit", "exceeds the available context size",
    "input is too long for requested model", "too many total text bytes", "exceeds the maximum number of tokens",
    "context length exceeded", "context window",
  ]

  private static func contextOverflow(_ report: ErrorBody, words: String) -> ErrorClass? {
    if let prompt = report.promptTokens, let context = report.contextTokens {
      return .contextOverflow(overBy: prompt > context ? prompt - context : nil)
    }
    let names = [report.code, report.type].compactMap { $0?.lowercased() }
    let isNamed = names.contains { $0 == "context_length_exceeded" || $0 == "exceed_context_size_error" }
    guard isNamed || (words.utf8.count < 4_000 && overflowWords.contains { words.firstRange(of: $0) != nil }) else {
      return nil
    }
    return .contextOverflow(overBy: excess(in: words))
  }

  /// `210000 tokens > 200000`, `length is 8192 tokens … requested 10000`, `199000 + 4000 > 200000`: the tokens over.
  private static func excess(in words: String) -> Int? {
    var numbers: [Int] = []
    for digits in words.prefix(2_000).split(whereSeparator: { !($0.isASCII && $0.isNumber) && $0 != "," }) {
      if let number = Int(digits.filter { $0 != "," }), number >= 16 { numbers.append(number) }
    }
    guard numbers.count >= 2 else { return nil }
    if numbers.count >= 3, words.firstRange(of: " + ") != nil, words.firstRange(of: " > ") != nil {
      return numbers[0] + numbers[1] > numbers[2] ? numbers[0] + numbers[1] - numbers[2] : nil
    }
    let difference = numbers[0].subtractingReportingOverflow(numbers[1])
    guard !difference.overflow, difference.partialValue != 0, difference.partialValue != .min else { return nil }
    return abs(difference.partialValue)
  }
}

// MARK: - Words

extension ErrorClass {
  /// The error as it is told: what happened, the provider's own words, what helps.
  /// - Parameters:
  ///   - status: `nil` for an error inside a stream.
  ///   - credential: where the credential came from; `nil` if none was sent.
  package func error(
    of provider: String, report: ErrorBody, status: Int? = nil, model: String = "", url: String = "",
    credential: String? = "", bytesSent: Int = 0
  ) -> ProviderError {
    let words = ForeignWords.bounded(report.message)
    let said = words.isEmpty ? status.map { "HTTP status \($0)" } ?? "" : "“\(words)”"
    let wait = report.retryAfterMilliseconds ?? (isRetryable ? RetryHint.milliseconds(in: report.message) : nil)
    var told = telling(of: provider, said: said, model: model, url: url, credential: credential, bytesSent: bytesSent)
    if self == .badRequest, let parameter = report.parameter, !parameter.isEmpty {
      told.detail += " (parameter \(ForeignWords.bounded(parameter, characters: 100)))"
      told.recovery = .fixSetting(path: "profiles")
    }
    return ProviderError(
      explanation: Explanation(
        kind: told.kind, summary: told.summary, detail: told.detail, requestID: report.requestID,
        recovery: isRetryable ? .retry(afterMilliseconds: wait) : told.recovery),
      status: status, isRetryable: isRetryable, retryAfterMilliseconds: isRetryable ? wait : nil)
  }

  private struct Telling {
    var kind: ErrorKind
    var summary: String
    var detail: String
    var recovery: Recovery?
  }

  private func telling(
    of provider: String, said: String, model: String, url: String, credential: String?, bytesSent: Int
  ) -> Telling {
    let asked = model.isEmpty ? url : "asked for model “\(ForeignWords.bounded(model, characters: 200))” at \(url)"
    switch self {
    case .credential:
      guard let credential else {
        return Telling(
          kind: .unauthorized, summary: "\(provider) wants a credential, and none is configured", detail: said,
          recovery: .addCredential)
      }
      let origin = credential.isEmpty ? "" : "it came from \(credential)"
      return Telling(
        kind: .unauthorized, summary: "\(provider) does not accept the credential", detail: Self.join(origin, said),
        recovery: .addCredential)
    case .permission:
      return Telling(
        kind: .forbidden, summary: "\(provider) does not allow this request", detail: Self.join(said, asked),
        recovery: .addCredential)
    case .billing:
      return Telling(
        kind: .forbidden, summary: "\(provider) has no quota or credit left for this account", detail: said,
        recovery: .chooseModel)
    case .notFound:
      return Telling(
        kind: .notFound, summary: "\(provider) has nothing at this address", detail: Self.join(said, asked),
        recovery: model.isEmpty ? .fixSetting(path: "providers.\(provider).base_url") : .chooseModel)
    case .modelNotFound:
      return Telling(
        kind: .notFound, summary: "\(provider) does not know this model", detail: Self.join(said, asked),
        recovery: .chooseModel)
    case .badRequest:
      return Telling(
        kind: .badRequest, summary: "\(provider) does not understand the request", detail: said, recovery: .chooseModel)
    case .contextOverflow(let overBy):
      let over = overBy.map { "about \($0) tokens too many" } ?? ""
      return Telling(
        kind: .badRequest, summary: "The conversation is too long for this model", detail: Self.join(over, said),
        recovery: .shortenPrompt(byTokens: overBy))
    case .tooLarge:
      let size = bytesSent > 0 ? "\(bytesSent) bytes were sent" : ""
      return Telling(
        kind: .tooLarge, summary: "The request is too large for \(provider)", detail: Self.join(size, said),
        recovery: .shortenPrompt(byTokens: nil))
    case .contentFilter:
      return Telling(
        kind: .provider, summary: "\(provider) blocked this conversation by its content rules", detail: said,
        recovery: nil)
    case .rateLimit:
      return Telling(kind: .rateLimited, summary: "\(provider) takes no more requests right now", detail: said)
    case .overloaded:
      return Telling(kind: .overloaded, summary: "\(provider) is overloaded", detail: said)
    case .server:
      return Telling(kind: .server, summary: "\(provider) had an error of its own", detail: said)
    case .other:
      return Telling(
        kind: .provider, summary: "\(provider) reported an error", detail: said,
        recovery: .retry(afterMilliseconds: nil))
    }
  }

  private static func join(_ first: String, _ second: String) -> String {
    first.isEmpty ? second : second.isEmpty ? first : "\(first); \(second)"
  }
}
