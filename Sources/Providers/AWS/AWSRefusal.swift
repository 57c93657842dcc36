// What a refusal says about a signature (AWS "Common errors"; botocore `retryhandler`): keys that ended, a clock that is
// wrong, or something that signing again cannot help.

/// The kinds of refusals that a signer can do something about.
enum AWSRefusal: Equatable, Sendable {
  case expiredKeys
  case clock
  case other

  /// Judges by the error's name and its words.
  init(code: String, message: String) {
    switch code {
    case "ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired": self = .expiredKeys
    case "RequestTimeTooSkewed", "RequestExpired", "RequestInTheFuture": self = .clock
    case "InvalidSignatureException", "SignatureDoesNotMatch", "AuthFailure":
      let isAboutTime =
        message.hasPrefix("Signature expired") || message.hasPrefix("Signature not yet current")
      self = isAboutTime ? .clock : .other
    default: self = .other
    }
  }
}
