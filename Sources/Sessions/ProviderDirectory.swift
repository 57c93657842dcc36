// How the store finds a provider by the name a profile has for it.

package import Conversations
package import Diagnostics
package import Streaming

/// The configured providers. A new one takes the place of the old one when the configuration changes; answers that
/// stream keep the client they began with.
package protocol ProviderDirectory: Sendable {
  /// The provider with that name in the configuration; throws what to tell the user if there is none or it cannot work.
  func client(for provider: String) throws(Explanation) -> any ProviderClient
  /// How often a failed request is repeated (`retries`).
  func retries(for provider: String) -> Int
  /// What that model's tokens cost (`[prices]`); `nil` where nobody has said.
  func price(of model: ModelReference) -> ModelPrice?
}

extension ProviderDirectory {
  package func retries(for provider: String) -> Int { RetryPolicy.defaultRetries }

  package func price(of model: ModelReference) -> ModelPrice? { nil }
}
