// What is told when there are no AWS credentials: which variable, file, section or service it is about, and what helps.
// Words of others are bounded and masked; keys never get here.

import Diagnostics
import Streaming
import Transport

/// Makes the errors of one endpoint's credentials.
struct AWSTrouble: Sendable {
  /// The provider's name in the configuration.
  let provider: String
  let service: AWSService

  /// There are no credentials.
  /// - Parameters:
  ///   - cause: what was found, as the middle of a sentence.
  ///   - help: what to do.
  ///   - isSetting: whether riffle's own configuration is at fault.
  func because(
    _ cause: String, help: String = "", isSetting: Bool = false, isRetryable: Bool = false
  ) -> ProviderError {
    ProviderError(
      explanation: Explanation(
        kind: .unauthorized, summary: "There are no AWS credentials for \(provider)",
        detail: help.isEmpty ? cause : "\(cause); \(help)",
        recovery: isSetting
          ? .fixSetting(path: "providers.\(provider).aws_profile")
          : isRetryable ? .retry(afterMilliseconds: nil) : .addCredential),
      isRetryable: isRetryable)
  }

  /// Credentials could not be fetched, for the network's reasons.
  func network(_ error: TransportError, asking who: String) -> ProviderError {
    var failure = error.providerError(of: provider)
    if failure.explanation.kind == .cancelled { return failure }
    failure.explanation.summary = "The AWS credentials for \(provider) could not be fetched"
    failure.explanation.detail = "\(who): \(failure.explanation.detail)"
    if case .fixSetting = failure.explanation.recovery { failure.explanation.recovery = .addCredential }
    return failure
  }

  /// A service refused to give credentials.
  func refusal(by who: String, _ answer: AWSWeb.Answer, help: String = "") -> ProviderError {
    let report = AWSErrorReport(answer)
    let words = [report.code, report.message].filter { !$0.isEmpty }.joined(separator: ": ")
    let said = words.isEmpty ? "HTTP status \(answer.head.status)" : "“\(ForeignWords.bounded(words, characters: 500))”"
    return because(
      "\(who) refused: \(said)", help: help, isRetryable: answer.head.status >= 500 || answer.head.status == 429)
  }

  /// Digests cannot be made here.
  func digests(_ failure: DigestFailure) -> ProviderError {
    ProviderError(
      explanation: Explanation(
        kind: .setting, summary: "Requests to \(provider) cannot be signed", detail: failure.reason, recovery: .report))
  }
}

/// An error of an AWS service, in the two forms its token services use.
struct AWSErrorReport: Equatable, Sendable {
  /// Such as `ExpiredToken`; empty if none is named.
  var code = ""
  var message = ""

  /// Reads an answer that is no success.
  init(_ answer: AWSWeb.Answer) {
    let report = ErrorBody(answer.body)
    if let leaves = XMLLeaves(answer.body), let code = leaves["Error/Code"] {
      self.code = code
      message = leaves["Error/Message"] ?? ""
    } else {
      code = AWSErrorName.of(answer.head.headers, report) ?? ""
      message = report.message
    }
  }
}

/// The name of an AWS error, wherever it stands.
enum AWSErrorName {
  /// Without the namespace before `#` and the address after `:`.
  static func of(_ headers: HTTPHeaders, _ report: ErrorBody) -> String? {
    guard let name = headers["x-amzn-errortype"] ?? report.type ?? report.code else { return nil }
    return String((name.split(separator: ":").first ?? "").split(separator: "#").last ?? "")
  }
}
