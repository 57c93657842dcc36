// What goes over the wire is recorded for `/wire`, and every credential that is configured is made known to the log, so that
// it is recognised wherever it stands.

import Configuration
import Diagnostics
import Providers
import Streaming

extension ConfiguredProviders {
  /// Has the chat requests of an endpoint recorded.
  func record(
    _ endpoint: inout Endpoint, of provider: ProviderSettings, _ source: CredentialSource, in log: WireLog
  ) {
    note(&endpoint, of: provider, source, in: log)
    let tap = log.tap(provider: provider.name, kind: provider.kind.rawValue)
    // What becomes no message, such as the runs of a comparison, would only push out what does.
    endpoint.tap = { request in request.answer == nil ? nil : tap(request) }
  }

  /// Makes every credential of an endpoint known to a log.
  func note(
    _ endpoint: inout Endpoint, of provider: ProviderSettings, _ source: CredentialSource, in log: WireLog
  ) {
    let (name, credential) = (provider.name, endpoint.credential)
    endpoint.credential = { () async throws(ProviderError) in
      let secret = try await credential()
      if let secret {
        switch source {
        case .environment(let variable): log.note(secret, variable: variable)
        case .none, .command, .file, .inline:
          log.note(secret, variable: "RIFFLE_API_KEY", hint: "the key of \(name), from \(source.description)")
        }
      }
      return secret
    }
    for header in endpoint.headers { log.note(header: header.name, value: header.value) }
    for item in endpoint.query { log.note(query: item.name, value: item.value) }
    endpoint.notesKey = { log.note($0, variable: $1) }
  }
}
