// Whether and when a failed request is sent again. Pure: a failure and a random number in, a delay out.

import Diagnostics
package import Streaming

/// The rule for repeating one request before anything of its answer has come (`robustness`, section 1 and table P).
package struct RetryPolicy: Equatable, Sendable {
  /// Repetitions unless a provider's settings say otherwise.
  package static let defaultRetries = 4
  /// The longest wait a service may ask for; beyond it nothing happens by itself.
  static let longestHint = Duration.seconds(120)
  private static let longestDelay = Duration.seconds(30)

  /// Repetitions allowed.
  package let retries: Int
  /// Whether a request that was sent whole may be sent again.
  package let isRepeatable: Bool
  /// Repetitions granted so far.
  package private(set) var attempts = 0
  private var firstByteTimeouts = 0

  /// A policy for one answer.
  package init(retries: Int = Self.defaultRetries, isRepeatable: Bool = true) {
    self.retries = max(0, retries)
    self.isRepeatable = isRepeatable
  }

  /// How long to wait before the request is sent again; `nil` if it is not.
  ///
  /// One second, doubled each time, at most thirty, spread by a quarter up and down, so that many clients do not come
  /// back together. What the service asked for is obeyed as it is.
  /// - Parameter wasSent: whether the request had left whole when it failed.
  package mutating func delay(
    after failure: StreamFailure, wasSent: Bool, using generator: inout some RandomNumberGenerator
  ) -> Duration? {
    guard attempts < retries, isRepeatable || isBeforeSending(failure, wasSent: wasSent), mayPass(failure) else {
      return nil
    }
    var delay =
      min(Self.longestDelay, .seconds(1 << min(attempts, 5))) * Double.random(in: 0.75...1.25, using: &generator)
    if case .provider(let error) = failure, let asked = error.retryAfterMilliseconds, asked >= 0 {
      guard .milliseconds(asked) <= Self.longestHint else { return nil }
      delay = .milliseconds(asked)
    }
    if case .timedOut(.firstByte, _) = failure { firstByteTimeouts += 1 }
    attempts += 1
    return delay
  }

  /// An agent that remembers must not hear the same thing twice: only what certainly never reached it is repeated.
  private func isBeforeSending(_ failure: StreamFailure, wasSent: Bool) -> Bool {
    switch failure {
    case .connection, .timedOut(.connect, _): !wasSent
    case .provider(let error): error.wasTurnedAway
    default: false
    }
  }

  private func mayPass(_ failure: StreamFailure) -> Bool {
    switch failure {
    // A certificate does not become valid by asking again (P2), and a wrong setting stays wrong.
    case .connection(let explanation): explanation.kind == .connection || explanation.kind == .timeout
    case .timedOut(.connect, _): true
    case .timedOut(.firstByte, _): firstByteTimeouts == 0
    case .provider(let error): error.isRetryable
    case .timedOut(.idle, _), .timedOut(.total, _), .cancelled, .truncated, .malformed: false
    }
  }
}
