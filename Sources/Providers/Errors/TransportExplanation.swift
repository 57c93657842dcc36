// Failures of the network, told in the terms of a stream. The cause stays; the next step is added.

import Diagnostics
import Streaming
import Transport

extension TransportError {
  /// What the stream of `provider` ends with.
  /// - Parameter hadContent: whether part of the answer was delivered: it is then continued, not asked for again.
  func streamFailure(of provider: String, hadContent: Bool) -> StreamFailure {
    func explained(_ kind: ErrorKind, _ summary: String, _ recovery: Recovery?) -> Explanation {
      Explanation(kind: kind, summary: summary, detail: words, recovery: recovery)
    }
    let again: Recovery = hadContent ? .resume : .retry(afterMilliseconds: nil)
    switch self {
    case .cancelled:
      return .cancelled
    case .invalidURL:
      return .connection(
        explained(.setting, "\(provider) cannot be reached", .fixSetting(path: "providers.\(provider).base_url")))
    case .invalidHeader:
      return .connection(
        explained(
          .setting, "The request to \(provider) cannot be sent", .fixSetting(path: "providers.\(provider).headers")))
    case .plaintextCredential:
      return .connection(
        Explanation(
          kind: .setting, summary: "The key of \(provider) would travel unencrypted",
          detail: words + "; use https, or say allow_plaintext = true in [providers.\(provider)]",
          recovery: .fixSetting(path: "providers.\(provider).allow_plaintext")))
    case .libraryMissing:
      return .connection(explained(.setting, "riffle cannot reach the network", .report))
    case .resolve, .connect, .reset, .proxy:
      return .connection(explained(.connection, "\(provider) cannot be reached", .checkConnection))
    case .tls(_, .caFile, _):
      return .connection(
        explained(.tls, "\(provider) cannot be trusted", .fixSetting(path: "providers.\(provider).ca_file")))
    case .tls:
      return .connection(explained(.tls, "\(provider) could not prove who it is", .checkConnection))
    case .timedOut(let deadline, _, _, _):
      // Both modules have deadlines of the same names.
      let reached = Streaming.Deadline(rawValue: deadline.rawValue) ?? .total
      let summary =
        switch reached {
        case .connect: "\(provider) cannot be reached in time"
        case .firstByte: "\(provider) does not answer"
        case .idle: "\(provider) fell silent"
        case .total: "\(provider) took too long"
        }
      return .timedOut(reached, explained(.timeout, summary, reached == .connect ? .checkConnection : again))
    case .truncated:
      return .truncated(explained(.truncated, "The answer of \(provider) broke off", again))
    case .tooLarge:
      return .malformed(explained(.malformed, "\(provider) sent more than riffle takes", again))
    case .protocolViolation:
      return .malformed(explained(.malformed, "\(provider) does not speak HTTP as it should", .report))
    case .outOfResources:
      return .connection(explained(.connection, "This machine has no room for another connection", .freeSpace))
    }
  }

  /// The same as an error of a request that streams nothing.
  func providerError(of provider: String) -> ProviderError {
    ProviderError(
      explanation: streamFailure(of: provider, hadContent: false).explanation, isRetryable: isTransient)
  }

  /// `summary` as part of a longer sentence, which has said already whose answer broke off.
  private var words: String {
    switch self {
    case .truncated(_, let cause): cause.words
    case .protocolViolation(_, let detail): detail
    default: summary.last == "." ? String(summary.dropLast()) : summary
    }
  }
}
