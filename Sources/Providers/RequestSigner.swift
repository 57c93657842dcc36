// What a service wants that asks for more than a fixed credential: the finished request is signed, at the last moment and
// anew with every attempt. The engine calls it where an endpoint has one and no credential of its own.

import Diagnostics
package import Streaming

/// A request with its signature.
package struct SignedRequest: Sendable {
  package var request: DialectRequest
  /// Where the keys came from, in words that follow "from". Never the keys.
  package var source: String

  /// A request that may be sent.
  package init(_ request: DialectRequest, source: String) {
    self.request = request
    self.source = source
  }
}

/// What a signer knows about a refusal.
package enum SignerVerdict: Equatable, Sendable {
  /// The signature was the cause and the next one will be another: keys are fetched anew, or the clock was corrected.
  case tryAgain
  /// Signing again would change nothing. The words help the user and may be empty.
  case stands(hint: String)
}

/// Signs requests of one endpoint. Shared by its streams.
package protocol RequestSigner: Sendable {
  /// The request with everything the service wants to see, whatever stood in those headers before.
  ///
  /// May wait for the network or a program; whoever waits may be cancelled, and the answer is then not looked at.
  func sign(_ request: DialectRequest) async throws(ProviderError) -> SignedRequest

  /// Judges a refusal of a signed request. Asked at most once per request, so that trying again ends.
  func refused(_ failure: HTTPFailure) -> SignerVerdict
}

extension SignerVerdict {
  /// The refusal in words, with what the signer knows added.
  func adding(to error: ProviderError) -> ProviderError {
    guard case .stands(let hint) = self, !hint.isEmpty else { return error }
    var error = error
    error.explanation.detail += error.explanation.detail.isEmpty ? hint : "; \(hint)"
    return error
  }
}
