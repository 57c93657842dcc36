import Configuration
import Glibc
import Platform

@main
struct Riffle {
  static func main() {
    let environment = Environment.captured()
    let places = Places(environment, configuration: nil, data: nil)
    let loader = ConfigurationLoader(places: places, environment: environment, flags: SettingsOverrides())
    exit(Composition(environment: environment, places: places, loader: loader, start: .newConversation).run())
  }
}
