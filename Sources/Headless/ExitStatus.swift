// What the shell is told: stable numbers, scripts rely on them.

package import Conversations
package import Diagnostics

/// Exit statuses of all commands.
package enum ExitStatus {
  package static let done: Int32 = 0
  /// Failed on this machine: a file, the archive, a setting.
  package static let failed: Int32 = 1
  package static let usage: Int32 = 2
  /// The provider refused.
  package static let refused: Int32 = 3
  /// Network, time-out, or an incomplete answer.
  package static let network: Int32 = 4
  /// Ended by SIGINT.
  package static let interrupted: Int32 = 130
  /// The reader of standard output went away.
  package static let brokenPipe: Int32 = 141

  /// The status for an error.
  package static func status(of explanation: Explanation) -> Int32 {
    switch explanation.kind {
    case .cancelled: interrupted
    case .connection, .tls, .timeout, .truncated, .malformed: network
    case .unauthorized, .forbidden, .notFound, .badRequest, .tooLarge, .rateLimited, .overloaded, .server, .provider:
      refused
    case .setting:
      // A request that a setting forbids is a wrong way to use riffle; anything else is this machine's fault.
      if case .fixSetting? = explanation.recovery { usage } else { failed }
    }
  }

  /// The status for an answer in its final form.
  package static func status(of message: Message) -> Int32 {
    switch message.status {
    case .complete: message.parts.isEmpty ? refused : done
    case .streaming, .interrupted: network
    case .stopped: interrupted
    case .incomplete(let why), .failed(let why): status(of: why)
    }
  }
}
