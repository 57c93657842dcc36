// Everything that can go wrong between a request and the end of its answer. What a status or a body means is not known
// here: an answer with status 500 that arrived whole is a success of this module.

/// Why a transfer did not end well. Texts in it may come from outside and are to be filtered where they are shown.
package enum TransportError: Error, Sendable, Equatable {
  /// The address was refused; nothing was sent.
  case invalidURL(reason: String)
  /// A header was refused; nothing was sent.
  case invalidHeader(name: String, reason: String)
  /// A credential would have left this machine unencrypted; nothing was sent.
  case plaintextCredential(host: String)
  /// There is no usable libcurl.
  case libraryMissing(reason: String)
  /// The name has no address, or nobody could be asked.
  case resolve(host: String)
  /// No connection came about.
  case connect(host: String, port: Int, reason: String)
  /// The server could not prove who it is, or no common TLS was found.
  case tls(host: String, check: TLSCheck, issuer: String?)
  /// The proxy refused, failed or is gone; named without its password.
  case proxy(name: String, reason: String)
  /// A deadline passed.
  case timedOut(Deadline, phase: TransferPhase, host: String, after: Duration)
  /// The answer had begun and broke off.
  case truncated(host: String, cause: Truncation)
  /// The connection broke before any byte of an answer.
  case reset(host: String)
  /// More than is taken.
  case tooLarge(Oversize)
  /// The server does not speak HTTP as it should.
  case protocolViolation(host: String, detail: String)
  /// The machine ran out of something: descriptors, memory.
  case outOfResources(detail: String)
  /// By `cancel`, by the reader's task or by `shutdown`.
  case cancelled

  /// What a certificate or handshake failed on.
  package enum TLSCheck: Sendable, Equatable {
    case expired, notYetValid, wrongName, unknownIssuer, selfSigned, revoked, protocolVersion
    /// The server answered the handshake with something else, such as plain HTTP.
    case notTLS
    /// The file with additional certificates cannot be used.
    case caFile(String)
    /// Anything else, in the TLS library's words.
    case other(String)
  }

  /// How an answer broke off.
  package enum Truncation: Sendable, Equatable {
    /// Closed before the announced end.
    case closedEarly
    /// The connection was lost.
    case connectionLost
    /// The server took back this one stream of an HTTP/2 connection.
    case streamReset
    /// The machine slept and nothing came after it woke.
    case machineSlept
  }

  /// What was too large.
  package enum Oversize: Sendable, Equatable {
    case headers(maximumBytes: Int)
    /// A small compressed piece that unpacks to more than the transfer library holds.
    case decompressed
  }
}

extension TransportError {
  /// The cause in words for people, with the host where there is one.
  package var summary: String {
    switch self {
    case .invalidURL(let reason): "The address cannot be used: \(reason)."
    case .invalidHeader(let name, let reason): "The header \(name) cannot be sent: \(reason)."
    case .plaintextCredential(let host): "The credential would travel unencrypted to \(host)."
    case .libraryMissing(let reason): "libcurl cannot be loaded: \(reason)."
    case .resolve(let host): "The name \(host) could not be found."
    case .connect(let host, let port, let reason): "No connection to \(host) port \(port): \(reason)."
    case .tls(let host, let check, let issuer): "\(host): \(check.words)\(issuer.map { " (issuer: \($0))" } ?? "")."
    case .proxy(let name, let reason): "The proxy \(name): \(reason)."
    case .timedOut(let deadline, _, let host, let after): deadline.words(host: host, after: after)
    case .truncated(let host, let cause): "The answer of \(host) broke off: \(cause.words)."
    case .reset(let host): "\(host) closed the connection without an answer."
    case .tooLarge(.headers(let maximum)): "The answer's headers are larger than \(maximum / 1024) KiB."
    case .tooLarge(.decompressed): "The answer unpacks to more than can be held."
    case .protocolViolation(let host, let detail): "\(host) does not answer as HTTP requires: \(detail)."
    case .outOfResources(let detail): "This machine ran out of resources: \(detail)."
    case .cancelled: "Stopped."
    }
  }

  /// Whether the same request may succeed a little later, given that nothing of an answer had arrived.
  package var isTransient: Bool {
    switch self {
    case .resolve, .connect, .proxy, .reset, .timedOut(.connect, _, _, _), .timedOut(.firstByte, _, _, _),
      .outOfResources:
      true
    case .invalidURL, .invalidHeader, .plaintextCredential, .libraryMissing, .tls, .timedOut, .truncated, .tooLarge,
      .protocolViolation, .cancelled:
      false
    }
  }
}

extension TransportError.TLSCheck {
  var words: String {
    switch self {
    case .expired: "the certificate has expired"
    case .notYetValid: "the certificate is not valid yet"
    case .wrongName: "the certificate belongs to another name"
    case .unknownIssuer: "the certificate's issuer is not known here"
    case .selfSigned: "the certificate is signed by itself"
    case .revoked: "the certificate was revoked"
    case .protocolVersion: "no common version of TLS (1.2 or newer is needed)"
    case .notTLS: "the server does not speak TLS on this port"
    case .caFile(let path): "the certificate file \(path) cannot be used"
    case .other(let detail): "TLS failed: \(detail)"
    }
  }
}

extension TransportError.Truncation {
  /// The cause, as the end of a sentence.
  package var words: String {
    switch self {
    case .closedEarly: "the connection was closed before the end"
    case .connectionLost: "the connection was lost"
    case .streamReset: "the server ended the stream"
    case .machineSlept: "this machine slept and the connection did not survive"
    }
  }
}

extension Deadline {
  func words(host: String, after: Duration) -> String {
    let seconds = "\(max(1, after.components.seconds)) s"
    return switch self {
    case .connect: "No connection to \(host) after \(seconds)."
    case .firstByte: "\(host) did not begin to answer within \(seconds)."
    case .idle: "Nothing came from \(host) for \(seconds)."
    case .total: "The answer of \(host) took longer than \(seconds)."
    }
  }
}
