package import Streaming
package final class GuideClient: ProviderClient {
  package let name: String
  package let isRepeatable = true
  init(name: String, clock: ProviderClock) { self.name = name }
  package func models() async throws(ProviderError) -> [ModelDescriptor] { [] }
  package func stream(_ request: ChatRequest) -> any ProviderStream { PacedStream(clock: .system) { _ in [] } }
}
