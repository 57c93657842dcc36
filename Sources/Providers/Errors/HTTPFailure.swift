// An answer that is no success, and what it means (robustness, section 2; wire notes: errors and retries, sections 1, 2
// and 6). One judgement for all services: each has its own words, but they mean the same dozen things.

import Diagnostics
package import Streaming
package import Transport

/// A refusal as it arrived.
package struct HTTPFailure: Sendable {
  package var endpoint: Endpoint
  /// The model that was asked for; empty where none was.
  package var model: String
  package var url: HTTPURL
  package var status: Int
  package var headers: HTTPHeaders
  /// At most 64 KiB.
  package var body: [UInt8]
  /// Bytes of the request's body.
  package var bytesSent: Int
  /// Whether a credential went along.
  package var hadCredential: Bool
  /// Seconds since 1970.
  package var now: Int64

  /// A refusal, complete.
  package init(
    endpoint: Endpoint, model: String, url: HTTPURL, status: Int, headers: HTTPHeaders, body: [UInt8], bytesSent: Int,
    hadCredential: Bool, now: Int64
  ) {
    self.endpoint = endpoint
    self.model = model
    self.url = url
    self.status = status
    self.headers = headers
    self.body = body
    self.bytesSent = bytesSent
    self.hadCredential = hadCredential
    self.now = now
  }

  /// The body, understood.
  package var report: ErrorBody { ErrorBody(body) }

  /// The refusal in words, by status and by what the body says.
  package func classified() -> ProviderError {
    var report = report
    // AWS names the class of error in a header: `ThrottlingException:http://…`.
    if let header = headers["x-amzn-errortype"] {
      report.type = String((header.split(separator: ":").first ?? "").split(separator: "#").last ?? "")
    }
    report.requestID = Self.requestID(in: headers) ?? report.requestID ?? headers["cf-ray"]
    if let location = headers["location"], (300..<400).contains(status) { return redirect(to: location, report) }

    let failure = ErrorClass(status: status, report: report)
    var error = failure.error(
      of: endpoint.name, report: report, status: status, model: model, url: url.description,
      credential: hadCredential ? endpoint.credentialSource : nil, bytesSent: bytesSent)
    if let hint = headers["x-should-retry"] {
      error.isRetryable = hint == "true" ? true : hint == "false" ? false : error.isRetryable
    }
    if error.isRetryable {
      error.retryAfterMilliseconds =
        RetryHint.milliseconds(in: headers, isRateLimit: status == 429, now: now) ?? error.retryAfterMilliseconds
      error.explanation.recovery = .retry(afterMilliseconds: error.retryAfterMilliseconds)
    }
    return error
  }

  private func redirect(to location: String, _ report: ErrorBody) -> ProviderError {
    ProviderError(
      explanation: Explanation(
        kind: .provider, summary: "\(endpoint.name) has moved: it answers \(status) with another address",
        detail:
          "\(url) points to \(ForeignWords.bounded(location, characters: 500)); riffle does not follow, because the "
          + "credential would go there too. Set base_url to the new address if you trust it",
        requestID: report.requestID, recovery: .fixSetting(path: "providers.\(endpoint.name).base_url")),
      status: status)
  }

  /// The name under which the service finds a request again.
  package static func requestID(in headers: HTTPHeaders) -> String? {
    for name in ["x-request-id", "request-id", "x-amzn-requestid", "x-goog-request-id", "x-generation-id"] {
      if let value = headers[name], !value.isEmpty { return ForeignWords.bounded(value, characters: 200) }
    }
    return nil
  }
}
