import Configuration
import Diagnostics
import Platform
import Sessions
import Streaming
struct ConfiguredProviders: ProviderDirectory {
  init(_ settings: Settings, environment: Environment, places: Places) {}
  func client(for provider: String) throws(Explanation) -> any ProviderClient { throw Explanation(kind: .setting, summary: "none") }
}
