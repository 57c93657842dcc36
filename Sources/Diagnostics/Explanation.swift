// How an error speaks to a person: what happened, why, and what helps.

/// What helps against an error. Every case is one command on screen, so that a notice can name its key.
package enum Recovery: Equatable, Hashable, Sendable {
  /// The same request again, after that many milliseconds if the service said so.
  case retry(afterMilliseconds: Int?)
  /// Continue the partial answer.
  case resume
  case addCredential
  case chooseModel
  case shortenPrompt(byTokens: Int?)
  /// A setting by its path in the configuration, such as `providers.lab.base_url`.
  case fixSetting(path: String)
  case checkConnection
  case freeSpace
  case report

  /// The word for it in `ask --json` and in scripts.
  package var name: String {
    switch self {
    case .retry: "retry"
    case .resume: "resume"
    case .addCredential: "add_credential"
    case .chooseModel: "choose_model"
    case .shortenPrompt: "shorten_prompt"
    case .fixSetting: "fix_setting"
    case .checkConnection: "check_connection"
    case .freeSpace: "free_space"
    case .report: "report"
    }
  }
}

/// The kinds of error scripts can tell apart; the raw values are the ones of `ask --json`.
package enum ErrorKind: String, CaseIterable, Equatable, Hashable, Sendable {
  case cancelled, connection, tls, timeout, truncated, malformed, unauthorized, forbidden
  case notFound = "not_found"
  case badRequest = "bad_request"
  case tooLarge = "too_large"
  case rateLimited = "rate_limited"
  case overloaded, server, provider, setting
}

/// An error in words. The text may hold words from outside; it is sanitised where it is shown.
package struct Explanation: Error, Equatable, Sendable {
  package var kind: ErrorKind
  /// What happened, one sentence without a full stop at its end.
  package var summary: String
  /// The cause in the words of whoever reported it, and anything that helps to find it. May be empty.
  package var detail: String
  package var requestID: String?
  package var recovery: Recovery?

  /// An error that can be shown.
  package init(
    kind: ErrorKind, summary: String, detail: String = "", requestID: String? = nil, recovery: Recovery? = nil
  ) {
    self.kind = kind
    self.summary = summary
    self.detail = detail
    self.requestID = requestID
    self.recovery = recovery
  }

  /// Summary and detail on one line.
  package var sentence: String {
    let tail = requestID.map { " (request \($0))" } ?? ""
    return detail.isEmpty ? summary + tail : "\(summary): \(detail)\(tail)"
  }
}

/// An error that can be told to a person.
package protocol Explainable: Error {
  /// The error in words.
  var explanation: Explanation { get }
}

extension Explanation: Explainable {
  package var explanation: Explanation { self }
}
